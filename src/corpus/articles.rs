//! The corpus: labelled articles in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::corpus::{Batch, Batches, OnError, ReadOptions, Reencoded, in_order};
use crate::error::{Error, Result};
use crate::{Article, Task, Topic};

/// How many errors a lenient reading keeps to be shown.
const SHOWN: usize = 10;

/// Labelled articles, in the order of their source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corpus {
    /// The articles.
    pub articles: Vec<Article>,
}

/// A corpus that was read, and what was left out of it.
#[derive(Debug, Default)]
pub struct Reading {
    /// What was read.
    pub corpus: Corpus,
    /// The first few of the errors that were skipped.
    pub skipped: Vec<Error>,
    /// How many records were skipped because of an error.
    pub skipped_count: u64,
    /// How many articles were left out because nobody has labelled them.
    pub unlabelled_skipped: u64,
    /// The files that are not UTF-8, by name.
    pub reencoded: Vec<Reencoded>,
}

/// How far a reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadSoFar {
    /// How many articles were read.
    pub articles: u64,
    /// How many bytes of the inputs were read, as they lie on the disk.
    pub bytes: u64,
    /// How many bytes there are in all, where the inputs say so: see [`Batches::bytes`].
    pub of_bytes: Option<u64>,
}

impl From<Vec<Article>> for Corpus {
    fn from(articles: Vec<Article>) -> Self {
        Corpus { articles }
    }
}

impl Corpus {
    /// Reads one file or folder with the default options: every record must be a labelled article.
    ///
    /// # Errors
    /// Those of [`Corpus::read_all`].
    pub fn read(path: impl AsRef<Path>) -> Result<Corpus> {
        let paths = [path.as_ref().to_owned()];
        Ok(Corpus::read_all(&paths, &ReadOptions::default())?.corpus)
    }

    /// Reads files and folders (`-` is standard input) one after another, parsing on many threads. The
    /// outcome is the same for any number of threads.
    ///
    /// # Errors
    /// A path leads nowhere or a file cannot be read; a record is not an article, or an article has no
    /// labels, and the options do not say to skip it; no article is left.
    pub fn read_all(paths: &[PathBuf], options: &ReadOptions) -> Result<Reading> {
        Corpus::read_all_with(paths, options, &mut |_| ())
    }

    /// As [`Corpus::read_all`], telling `tell` how far it has come.
    ///
    /// # Errors
    /// The same.
    pub fn read_all_with(
        paths: &[PathBuf],
        options: &ReadOptions,
        tell: &mut dyn FnMut(ReadSoFar),
    ) -> Result<Reading> {
        let mut reading = Reading::default();
        let batches = Batches::open(paths, options)?;
        let of_bytes = batches.bytes();
        let reencodings = batches.reencodings();
        let work = |batch: Batch| (batch.consumed(), batch.parsed());
        in_order(batches, options.thread_count(), work, |(bytes, parsed)| {
            reading.unlabelled_skipped += parsed.unlabelled_skipped;
            reading.corpus.articles.reserve(parsed.articles.len());
            for found in parsed.articles {
                match found {
                    Ok(article) => reading.corpus.articles.push(article),
                    Err(error) if options.on_error == OnError::Fail => return Err(error),
                    Err(error) => {
                        reading.skipped_count += 1;
                        if reading.skipped.len() < SHOWN {
                            reading.skipped.push(error);
                        }
                    }
                }
            }
            tell(ReadSoFar { articles: reading.corpus.articles.len() as u64, bytes, of_bytes });
            Ok(())
        })?;
        reading.reencoded = reencodings.list();
        if reading.corpus.articles.is_empty() {
            return Err(nothing_read(paths, &reading));
        }
        Ok(reading)
    }

    /// The distinct topics, sorted, each with the number of its articles.
    pub fn topics(&self) -> Vec<(Topic, usize)> {
        let mut counts: BTreeMap<&Topic, usize> = BTreeMap::new();
        for topic in self.articles.iter().flat_map(|article| article.labels()) {
            *counts.entry(topic).or_default() += 1;
        }
        counts.into_iter().map(|(topic, count)| (topic.clone(), count)).collect()
    }

    /// [`Task::Single`] where every labelled article has exactly one topic, else [`Task::Multi`].
    pub fn task(&self) -> Task {
        if self.articles_against_single() == 0 { Task::Single } else { Task::Multi }
    }

    /// How many articles have labels, be they none of the topics.
    pub fn labelled(&self) -> usize {
        self.articles.iter().filter(|article| article.topics.is_some()).count()
    }

    /// How many labelled articles have no topic or several, and so make the task [`Task::Multi`].
    pub fn articles_against_single(&self) -> usize {
        self.articles
            .iter()
            .filter_map(|article| article.topics.as_ref())
            .filter(|topics| topics.len() != 1)
            .count()
    }
}

/// The error of a reading that leaves no article, which says what became of what was there.
fn nothing_read(paths: &[PathBuf], reading: &Reading) -> Error {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let mut problem = format!("{}: there is no article to read", names.join(", "));
    if reading.unlabelled_skipped > 0 {
        problem += &format!("; {} without topics were skipped", reading.unlabelled_skipped);
    }
    if let Some(first) = reading.skipped.first() {
        problem += &format!("; {} bad records were skipped, the first: {first}", reading.skipped_count);
    }
    Error::Corpus(problem)
}
