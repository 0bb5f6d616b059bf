//! Which topics stay: what makes a published split of a collection.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::Topic;
use crate::corpus::Corpus;
use crate::error::{Error, Result};

/// Which topics, and with them which articles, stay in a corpus.
///
/// An article keeps those of its topics that are wanted; one that carries none of them is dropped, or with
/// `keep_empty` stays as an article that is labelled with none.
///
/// The published splits of Reuters-21578 come out so: **ModApte** is the reading with
/// [`split`](crate::corpus::ReadOptions::split). **Reuters-90** is each half of it with the topics that it
/// shares with the other half. **R52** is each half read with `min_topics` and `max_topics` 1, with the
/// topics that the two then share; **R8** keeps eight of these.
///
/// ```
/// use topicwire::Article;
/// use topicwire::corpus::{Corpus, Filter};
///
/// let mut corpus = Corpus::from(vec![
///     Article::new("1", "", "Wheat rose.").with_topics(["grain", "wheat"]),
///     Article::new("2", "", "A merger.").with_topics(["acq"]),
/// ]);
/// let filter = Filter { keep_topics: Some(["grain".into()].into()), ..Filter::default() };
/// assert_eq!(filter.apply(&mut corpus), 1);
/// assert_eq!(corpus.articles[0].labels().len(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The topics to keep; `None` keeps all.
    pub keep_topics: Option<BTreeSet<Topic>>,
    /// The topics of another corpus: only what both have stays.
    pub shared_topics: Option<BTreeSet<Topic>>,
    /// Whether an article stays that carries none of the wanted topics.
    pub keep_empty: bool,
}

impl Filter {
    /// Applies the filter and returns how many articles it dropped. A filter that keeps all topics drops no
    /// article.
    pub fn apply(&self, corpus: &mut Corpus) -> usize {
        let lists: Vec<&BTreeSet<Topic>> =
            [&self.keep_topics, &self.shared_topics].into_iter().flatten().collect();
        if lists.is_empty() {
            return 0;
        }
        let before = corpus.articles.len();
        corpus.articles.retain_mut(|article| {
            if let Some(topics) = &mut article.topics {
                topics.retain(|topic| lists.iter().all(|list| list.contains(topic)));
            }
            self.keep_empty || !article.labels().is_empty()
        });
        before - corpus.articles.len()
    }
}

impl Corpus {
    /// The set of its topics, as a [`Filter`] of another corpus takes it.
    pub fn topic_set(&self) -> BTreeSet<Topic> {
        self.articles.iter().flat_map(|article| article.labels()).cloned().collect()
    }
}

/// The topics that a user names: a file with a topic to a line where one of that name exists, and else a
/// list parted by commas.
///
/// # Errors
/// The file cannot be read, or no topic is named.
pub fn topic_list(given: &str) -> Result<BTreeSet<Topic>> {
    let path = Path::new(given);
    let (content, separator) = match path.is_file() {
        true => (fs::read_to_string(path).map_err(|error| Error::read(path, error))?, '\n'),
        false => (given.to_owned(), ','),
    };
    let names = content.split(separator).map(str::trim).filter(|name| !name.is_empty());
    let topics: BTreeSet<Topic> = names.map(Topic::from).collect();
    match topics.is_empty() {
        true => Err(Error::Settings(format!("`{given}` names no topic"))),
        false => Ok(topics),
    }
}
