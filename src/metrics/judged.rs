//! Gold and given topics side by side, and joined to scores.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{Scores, TopicSets};
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

/// Gold and given topics with a score or probability for every article and topic.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    judged: Judged<'a>,
    scores: &'a Scores,
}

impl<'a> Scored<'a> {
    /// Joins scores to gold and given topics.
    ///
    /// The scores may be for fewer topics: those beyond (a topic of the corpus that the model has never seen)
    /// have the probability 0, or `rest` where the scores are sparse.
    ///
    /// # Errors
    /// [`Error::Settings`] where the numbers of articles differ, or the scores are for more topics than exist.
    pub fn new(judged: Judged<'a>, scores: &'a Scores) -> Result<Self> {
        if scores.articles() != judged.articles() {
            let (scores, judged) = (scores.articles(), judged.articles());
            return Err(Error::Settings(format!(
                "there are scores of {scores} articles and topics of {judged}: they must be of the same articles"
            )));
        }
        if scores.topics() > judged.topics() {
            let (scores, topics) = (scores.topics(), judged.topics());
            return Err(Error::Settings(format!(
                "there are scores for {scores} topics, but {topics} topics"
            )));
        }
        Ok(Scored { judged, scores })
    }

    /// The gold and given topics.
    pub fn judged(&self) -> &Judged<'a> {
        &self.judged
    }

    /// The scores.
    pub fn scores(&self) -> &'a Scores {
        self.scores
    }

    /// Goes through all topics of one article. Those that the scores do not state come last and together, since
    /// they share one probability: at most four calls, with `count` above 1.
    pub(super) fn pairs(&self, article: usize, mut each: impl FnMut(Pairs)) {
        let row = self.scores.row(article);
        let mut stated = row.stated().peekable();
        // How many topics that are not stated are [neither, gold alone, given alone, both].
        let mut unstated = [0u64; 4];
        self.judged.outcomes(article, |topic, outcome| {
            while let Some((_, probability)) = stated.next_if(|(stated, _)| *stated < topic) {
                each(Pairs { probability, gold: false, given: false, count: 1 });
            }
            let (gold, given) = (outcome != Outcome::Wrong, outcome != Outcome::Missed);
            match stated.next_if(|(stated, _)| *stated == topic) {
                Some((_, probability)) => each(Pairs { probability, gold, given, count: 1 }),
                None => unstated[usize::from(gold) + 2 * usize::from(given)] += 1,
            }
        });
        for (_, probability) in stated {
            each(Pairs { probability, gold: false, given: false, count: 1 });
        }
        let known: u64 = unstated.iter().sum();
        unstated[0] = (self.judged.topics - row.stated_len()) as u64 - known;
        for (kind, &count) in unstated.iter().enumerate().filter(|&(_, &count)| count > 0) {
            each(Pairs { probability: row.rest(), gold: kind & 1 == 1, given: kind & 2 == 2, count });
        }
    }
}

/// `count` pairs of an article and a topic that are alike.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pairs {
    pub(super) probability: f32,
    pub(super) gold: bool,
    pub(super) given: bool,
    pub(super) count: u64,
}

/// How many articles are summed in one piece. Fixed, since the order in which fractions are added shows in the
/// last digits.
const BLOCK: usize = 2048;

/// Sums `K` figures over all articles, in parallel, with the same result whatever the number of threads.
pub(super) fn sum_over<const K: usize>(
    articles: usize,
    each: impl Fn(usize, &mut [f64; K]) + Sync,
) -> [f64; K] {
    let blocks: Vec<[f64; K]> = (0..articles.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let mut sums = [0.0; K];
            for article in block * BLOCK..articles.min((block + 1) * BLOCK) {
                each(article, &mut sums);
            }
            sums
        })
        .collect();
    blocks.iter().fold([0.0; K], |mut total, block| {
        for (total, sum) in total.iter_mut().zip(block) {
            *total += sum;
        }
        total
    })
}

/// `part / whole`, and 0 where there is nothing to divide by.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
