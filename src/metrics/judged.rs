//! Gold and given topics side by side.

use std::cmp::Ordering;

use super::TopicSets;
use crate::{Error, Result, TopicId};

/// Gold and given topics of the same articles, known to fit each other.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    gold: &'a TopicSets,
    given: &'a TopicSets,
    topics: usize,
}

impl<'a> Judged<'a> {
    /// Puts gold topics beside given ones. `topics` is how many topics there are; article number `i` is the
    /// same article in both.
    ///
    /// # Errors
    /// [`Error::Settings`] where the numbers of articles differ or a topic's number is not below `topics`.
    pub fn new(gold: &'a TopicSets, given: &'a TopicSets, topics: usize) -> Result<Self> {
        if gold.len() != given.len() {
            let (gold, given) = (gold.len(), given.len());
            return Err(Error::Settings(format!(
                "gold topics are of {gold} articles, given topics of {given}: they must be of the same articles"
            )));
        }
        for (what, sets) in [("gold", gold), ("given", given)] {
            if sets.bound() > topics {
                let greatest = sets.bound() - 1;
                return Err(Error::Settings(format!(
                    "a {what} topic has the number {greatest}, but there are {topics} topics"
                )));
            }
        }
        Ok(Judged { gold, given, topics })
    }

    /// The topics that people labelled.
    pub fn gold(&self) -> &'a TopicSets {
        self.gold
    }

    /// The topics that the model assigned.
    pub fn given(&self) -> &'a TopicSets {
        self.given
    }

    /// How many topics there are.
    pub fn topics(&self) -> usize {
        self.topics
    }

    /// How many articles there are.
    pub fn articles(&self) -> usize {
        self.gold.len()
    }

    /// Whether an article was given exactly its gold topics.
    pub(super) fn is_exact(&self, article: usize) -> bool {
        self.gold.get(article) == self.given.get(article)
    }

    /// Tells for each topic of one article, in order, whether it is gold and whether it is given. Topics that
    /// are neither are left out.
    pub(super) fn outcomes(&self, article: usize, mut each: impl FnMut(TopicId, Outcome)) {
        let (gold, given) = (self.gold.get(article), self.given.get(article));
        let (mut g, mut a) = (0, 0);
        while g < gold.len() || a < given.len() {
            // A list that has ended sorts behind everything; both cannot have ended.
            let order = match (gold.get(g), given.get(a)) {
                (Some(gold), Some(given)) => gold.cmp(given),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            match order {
                Ordering::Less => {
                    each(gold[g], Outcome::Missed);
                    g += 1;
                }
                Ordering::Greater => {
                    each(given[a], Outcome::Wrong);
                    a += 1;
                }
                Ordering::Equal => {
                    each(gold[g], Outcome::Right);
                    g += 1;
                    a += 1;
                }
            }
        }
    }
}

/// What became of a topic that is gold or given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Gold and given: a true positive.
    Right,
    /// Given, not gold: a false positive.
    Wrong,
    /// Gold, not given: a false negative.
    Missed,
}
