//! The flags that say how a corpus is read: the same for every command that reads one.

use std::path::PathBuf;

use clap::Args;
use topicwire::corpus::{Corpus, Encoding, Format, Headers, OnError, ReadOptions, Reading, Unlabelled};
use topicwire::{Article, Split};

use super::Context;

/// How files of articles are read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadArguments {
    /// The format; told from name and content where it is left out. jsonl, csv, tsv, fasttext, label-studio,
    /// doccano, folder, reuters21578, txt, md or html.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// The encoding: auto (UTF-8, else what a guess says), latin-1, or another name that the web uses.
    #[arg(long, default_value = "auto", value_name = "NAME")]
    encoding: Encoding,
    /// Whether the mail header that a file of a folder opens with belongs to its text: keep or drop. Its Subject
    /// is the title either way.
    #[arg(long, default_value = "keep", value_name = "KEEP|DROP")]
    headers: Headers,
    /// Read only the articles of this half of the published split: train or test.
    #[arg(long, value_name = "HALF")]
    pub split: Option<Split>,
    /// What to do with a record that is wrong: fail or skip.
    #[arg(long, value_name = "FAIL|SKIP")]
    on_error: Option<OnError>,
}

impl ReadArguments {
    /// Options for reading labelled articles.
    pub fn labelled(&self, unlabelled: Unlabelled, context: Context) -> ReadOptions {
        ReadOptions {
            format: self.format,
            encoding: self.encoding,
            headers: self.headers,
            on_error: self.on_error.unwrap_or(OnError::Fail),
            unlabelled,
            split: self.split,
            threads: context.threads,
            ..ReadOptions::default()
        }
    }

    /// Options for reading articles whose labels do not matter.
    pub fn any(&self, context: Context) -> ReadOptions {
        ReadOptions {
            on_error: self.on_error.unwrap_or(OnError::Skip),
            ..self.labelled(Unlabelled::Keep, context)
        }
    }
}

/// Reads `paths`, and says what was skipped.
pub fn read(paths: &[PathBuf], options: &ReadOptions, context: Context) -> anyhow::Result<Vec<Article>> {
    let Reading { corpus, skipped, skipped_count, unlabelled_skipped } = Corpus::read_all(paths, options)?;
    report_skipped(&skipped, skipped_count, context);
    if unlabelled_skipped > 0 {
        context.say(format_args!("Skipped {unlabelled_skipped} articles that are not labelled."));
    }
    Ok(corpus.articles)
}

/// Says how many records were wrong, and shows the first few.
pub fn report_skipped(shown: &[topicwire::Error], count: u64, context: Context) {
    if count == 0 {
        return;
    }
    context.say(format_args!("Skipped {count} {}:", if count == 1 { "record" } else { "records" }));
    for error in shown {
        context.say(format_args!("  {error}"));
    }
    if count > shown.len() as u64 {
        context.say(format_args!("  and {} more", count - shown.len() as u64));
    }
}
