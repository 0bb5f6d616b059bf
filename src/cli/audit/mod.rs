//! `topicwire audit`: what is wrong with a corpus.

mod labels;
mod lines;
mod tables;

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use topicwire::audit::{Audit, AuditSettings, audit};
use topicwire::corpus::{Corpus, Format, ReadOptions, Unlabelled};
use topicwire::report::{audit_page, save_page};
use topicwire::{Split, Task};

use super::inputs::{ReadArguments, file_names, read};
use super::settings::TaskArgument;
use super::{CheckFailed, Context, Usage, progress, target};

/// Arguments of `topicwire audit`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire audit news.jsonl
  topicwire audit train.jsonl --against test.jsonl --fix clean.jsonl --report audit.html
  topicwire audit news.jsonl --output jsonl > to-do.jsonl
  topicwire audit train.jsonl --against test.jsonl --fail-on leaks,duplicates")]
pub struct Arguments {
    /// Files or folders of articles; - is standard input.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// The test corpus, read with the same flags: articles that stand in it too are leaks. With --split, its other half.
    #[arg(long, value_name = "TEST")]
    against: Option<PathBuf>,
    /// From which Jaccard similarity of five-word shingles on two articles are near duplicates: above 0, at most 1.
    #[arg(long, default_value_t = AuditSettings::default().similarity, value_name = "S")]
    similarity: f64,
    /// Do not look at the labels: nothing is learned then, and copies, leaks and odd texts are found sooner.
    #[arg(long)]
    no_labels: bool,
    /// Exactly one topic to an article (single), or several (multi); by default what the corpus shows.
    #[arg(long, default_value = "auto", value_name = "TASK")]
    task: TaskArgument,
    /// Where random order starts from.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// table (for people), jsonl (a line to a finding, to work through) or json (everything in one object).
    #[arg(long, default_value = "table", value_name = "FORM")]
    output: Output,
    /// How many findings of a kind the table shows.
    #[arg(long, default_value_t = 10, value_name = "N")]
    show: usize,
    /// Write everything that was found as one page.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Write the corpus without the exact duplicates and without what stands in the test corpus.
    #[arg(long, value_name = "OUT")]
    fix: Option<PathBuf>,
    /// End with exit code 3 where there are findings of these kinds, separated by commas.
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    fail_on: Vec<Kind>,
    #[command(flatten)]
    read: ReadArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Jsonl,
    Json,
}

/// A kind of finding that a script may not want to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Articles with the same title and text.
    Duplicates,
    /// Articles that are nearly the same.
    NearDuplicates,
    /// Copies, exact or near, with different topics.
    Conflicts,
    /// Articles that stand in the test corpus too.
    Leaks,
    /// Ids that articles with different texts share.
    Ids,
    /// Articles that are empty, very short or long, in another language, full of markup, or garbled.
    Texts,
}

impl Kind {
    /// How many findings of this kind there are, and what they are called.
    fn count(self, audit: &Audit) -> (usize, &'static str) {
        let copies = || audit.duplicates.iter().chain(&audit.near_duplicates);
        match self {
            Kind::Duplicates => (audit.duplicates.len(), "groups of exact duplicates"),
            Kind::NearDuplicates => (audit.near_duplicates.len(), "groups of near duplicates"),
            Kind::Conflicts => (
                copies().filter(|group| group.topics_differ).count(),
                "groups of copies with different topics",
            ),
            Kind::Leaks => {
                (audit.leaks.as_ref().map_or(0, Vec::len), "articles that stand in the test corpus")
            }
            Kind::Ids => (audit.repeated_ids.len(), "ids of different articles"),
            Kind::Texts => (audit.texts.len(), "articles with something wrong about their texts"),
        }
    }
}

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    if arguments.fail_on.contains(&Kind::Leaks) && arguments.against.is_none() {
        return Err(Usage("--fail-on leaks: name the test corpus with --against".into()).into());
    }
    if let Some(report) = &arguments.report {
        target::check("--report", report)?;
    }
    let options = arguments.read.labelled(Unlabelled::Keep, context);
    let corpus = Corpus::from(read(&arguments.corpus, &options, context)?);
    let test = match &arguments.against {
        None => None,
        Some(path) => {
            // Of one collection with both halves in it, one is the corpus and the other the test corpus.
            let other = arguments.read.split.map(|half| match half {
                Split::Train => Split::Test,
                Split::Test => Split::Train,
            });
            let options = ReadOptions { split: other, ..options };
            Some(Corpus::from(read(std::slice::from_ref(path), &options, context)?))
        }
    };
    let bar = progress::spinner(context);
    bar.set_message("looking for copies, leaks, odd texts and doubtful labels");
    let mut settings = AuditSettings { similarity: arguments.similarity, ..AuditSettings::default() };
    if let Some(labels) = &mut settings.labels {
        labels.seed = arguments.seed;
        labels.task = match arguments.task {
            TaskArgument::Auto => None,
            TaskArgument::Single => Some(Task::Single),
            TaskArgument::Multi => Some(Task::Multi),
        };
    }
    if arguments.no_labels {
        settings.labels = None;
    }
    let audit = audit(&corpus, test.as_ref(), &settings)?;
    bar.finish_and_clear();

    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.output {
        Output::Table => tables::write(&mut out, &audit, arguments.show)?,
        Output::Jsonl => lines::write(&mut out, &audit)?,
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, &audit)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    if let Some(path) = &arguments.report {
        save_page(path, &audit_page(&audit, &file_names(&arguments.corpus)))?;
        context.say(format_args!("Wrote {}.", path.display()));
    }
    if let Some(path) = &arguments.fix {
        fix(path, &audit, &corpus, context)?;
    }
    let failed: Vec<String> = arguments
        .fail_on
        .iter()
        .map(|kind| kind.count(&audit))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(CheckFailed(format!("found {}", failed.join(", "))).into()) }
}

fn fix(path: &std::path::Path, audit: &Audit, corpus: &Corpus, context: Context) -> anyhow::Result<()> {
    let clean = audit.cleaned(corpus);
    clean.write(path, Format::detect(path, b""))?;
    context.say(format_args!(
        "Wrote {} ({} of {} articles).",
        path.display(),
        clean.articles.len(),
        corpus.articles.len()
    ));
    let differ = audit.duplicates.iter().filter(|group| group.topics_differ).count();
    if differ > 0 {
        context.say(format_args!(
            "In {differ} groups of exact duplicates the topics differ: the first article stays, with its own topics."
        ));
    }
    Ok(())
}
