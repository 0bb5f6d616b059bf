//! An article as a format's parser hands it on, and the rules that let it into a corpus.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::corpus::{Encoding, Headers, ReadOptions, Reencodings, Taxonomy, Unlabelled};
use crate::error::{Error, Place, Result};
use crate::{Article, Split, Topic};

/// An article with what its source says of it beyond the article.
pub(super) struct Record {
    pub(super) article: Article,
    /// How many topic entries the source has: a topic that is named twice counts twice.
    pub(super) entries: usize,
}

/// The part of the read options that parsing needs.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) encoding: Encoding,
    pub(super) headers: Headers,
    pub(super) reencodings: Reencodings,
    unlabelled: Unlabelled,
    split: Option<Split>,
    min_topics: usize,
    max_topics: Option<usize>,
    taxonomy: Option<Arc<Taxonomy>>,
}

impl Rules {
    pub(super) fn new(options: &ReadOptions) -> Self {
        Rules {
            encoding: options.encoding,
            headers: options.headers,
            reencodings: Reencodings::default(),
            unlabelled: options.unlabelled,
            split: options.split,
            min_topics: options.min_topics,
            max_topics: options.max_topics,
            taxonomy: options.taxonomy.clone(),
        }
    }
}

/// What came out of a block: articles and errors in the order of the input, and what was left out.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) articles: Vec<Result<Article>>,
    pub(super) unlabelled_skipped: u64,
}

impl Parsed {
    /// Takes in what a parser found at `line` of `file`, as far as the rules admit it.
    pub(super) fn take(&mut self, found: Result<Record, String>, file: &Path, line: u64, rules: &Rules) {
        let record = match found {
            Ok(record) => record,
            Err(problem) => return self.articles.push(Err(at(file, line, problem))),
        };
        if rules.split.is_some() && record.article.split != rules.split {
            return;
        }
        if record.article.topics.is_none() {
            match rules.unlabelled {
                Unlabelled::Keep => {}
                Unlabelled::Skip => return self.unlabelled_skipped += 1,
                Unlabelled::Fail => return self.articles.push(Err(at(file, line, NOT_LABELLED.to_owned()))),
            }
        }
        if let Some(taxonomy) = &rules.taxonomy {
            let problem = |topic: &Topic| taxonomy.problem_with(topic.as_str());
            if let Some(problem) = record.article.labels().iter().find_map(problem) {
                return self.articles.push(Err(at(file, line, problem)));
            }
        }
        if record.entries < rules.min_topics || rules.max_topics.is_some_and(|most| record.entries > most) {
            return;
        }
        self.articles.push(Ok(record.article));
    }
}

const NOT_LABELLED: &str = "the article has no topics: label it (no topic at all is an empty list), \
                            leave such articles out with `--unlabelled skip`, or let `train` learn from \
                            them too with `--self-training`";

/// The error of a record that stands at `line` of `file`; line 0 is the whole file.
pub(super) fn at(file: &Path, line: u64, problem: String) -> Error {
    Error::Record { place: Place { file: file.to_owned(), line }, problem }
}

/// The id of an article whose source gives it none.
pub(super) fn place_as_id(file: &Path, line: u64) -> String {
    Place { file: file.to_owned(), line }.to_string()
}

/// Makes topics of names: every topic of a block is allocated once.
#[derive(Default)]
pub(super) struct TopicNames(HashSet<Topic, FixedState>);

impl TopicNames {
    /// The topics that `names` spell, each once and in order, and how many entries there were.
    ///
    /// # Errors
    /// A name is empty or blank.
    pub(super) fn topics<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<(Vec<Topic>, usize), String> {
        let mut topics: Vec<Topic> = Vec::new();
        let mut entries = 0;
        for name in names {
            let name = name.trim();
            if name.is_empty() {
                return Err("a topic is empty: name it, or leave it out".to_owned());
            }
            entries += 1;
            // Lists are short; a long one of thousands of entries would deserve a set.
            if topics.iter().any(|topic| topic.as_str() == name) {
                continue;
            }
            topics.push(match self.0.get(name) {
                Some(known) => known.clone(),
                None => {
                    let topic = Topic::from(name);
                    self.0.insert(topic.clone());
                    topic
                }
            });
        }
        Ok((topics, entries))
    }
}
