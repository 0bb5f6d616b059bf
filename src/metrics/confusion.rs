//! What was given instead of what, and which topics go together.

use std::collections::BTreeMap;

use super::judged::Outcome;
use super::{Judged, TopicSets};
use crate::TopicId;

/// How many articles have one topic and were given another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confusion {
    /// The topic that is gold; `None` where the given one came on top of what is gold.
    pub gold: Option<TopicId>,
    /// The topic that was given; `None` where nothing was given in the gold one's place.
    pub given: Option<TopicId>,
    /// How many articles.
    pub articles: u64,
}

/// What was given instead of what.
///
/// In each article, a topic that is gold and given counts in the cell of itself; every gold topic that was
/// missed counts in a cell with every topic that was wrongly given there, or with `None` where nothing was;
/// and where nothing was missed, every wrongly given topic counts in a cell with `None`. With one topic gold and
/// given for each article this is the usual confusion matrix. Only cells that are not 0 are held.
///
/// ```
/// use topicwire::TopicId;
/// use topicwire::metrics::{Confusions, Judged, TopicSets};
///
/// let gold = TopicSets::from_indices([vec![0], vec![0, 2], vec![1]]);
/// let given = TopicSets::from_indices([vec![1], vec![1, 2], vec![]]);
/// let confusions = Confusions::of(&Judged::new(&gold, &given, 3)?);
/// assert_eq!(confusions.get(Some(TopicId(0)), Some(TopicId(1))), 2);
/// assert_eq!(confusions.get(Some(TopicId(1)), None), 1);
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusions {
    cells: Vec<Confusion>,
}

impl Confusions {
    /// Counts what was given instead of what.
    pub fn of(judged: &Judged<'_>) -> Self {
        let mut cells = BTreeMap::<_, u64>::new();
        let mut count = |gold, given| *cells.entry((gold, given)).or_default() += 1;
        let (mut missed, mut wrong) = (Vec::new(), Vec::new());
        for article in 0..judged.articles() {
            missed.clear();
            wrong.clear();
            judged.outcomes(article, |topic, outcome| match outcome {
                Outcome::Right => count(Some(topic), Some(topic)),
                Outcome::Missed => missed.push(Some(topic)),
                Outcome::Wrong => wrong.push(Some(topic)),
            });
            if missed.is_empty() != wrong.is_empty() {
                let empty = if missed.is_empty() { &mut missed } else { &mut wrong };
                empty.push(None);
            }
            for &gold in &missed {
                for &given in &wrong {
                    count(gold, given);
                }
            }
        }
        let cells =
            cells.into_iter().map(|((gold, given), articles)| Confusion { gold, given, articles }).collect();
        Confusions { cells }
    }

    /// All cells that are not 0, sorted by gold, then by given topic; `None` comes first.
    pub fn cells(&self) -> &[Confusion] {
        &self.cells
    }

    /// How many articles are in a cell.
    pub fn get(&self, gold: Option<TopicId>, given: Option<TopicId>) -> u64 {
        self.cells
            .binary_search_by_key(&(gold, given), |cell| (cell.gold, cell.given))
            .map_or(0, |at| self.cells[at].articles)
    }

    /// The cells in which the given topic is not the gold one, most frequent first.
    pub fn mistakes(&self) -> Vec<Confusion> {
        most_frequent(self.cells.iter().filter(|cell| cell.gold != cell.given))
    }

    /// What was given where `topic` was missed, most frequent first.
    pub fn instead_of(&self, topic: TopicId) -> Vec<Confusion> {
        most_frequent(self.cells.iter().filter(|cell| cell.gold == Some(topic) && cell.given != cell.gold))
    }
}

fn most_frequent<'a>(cells: impl Iterator<Item = &'a Confusion>) -> Vec<Confusion> {
    let mut cells: Vec<_> = cells.copied().collect();
    // The sort is stable: cells that are equally frequent stay in the order of their topics.
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.articles));
    cells
}

/// How many articles have two topics both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Together {
    /// The topic with the lower number.
    pub first: TopicId,
    /// The topic with the higher number.
    pub second: TopicId,
    /// How many articles.
    pub articles: u64,
}

/// How often each two topics occur in the same article, sorted by topics; pairs that never do are left out.
pub fn occurring_together(sets: &TopicSets) -> Vec<Together> {
    let mut pairs = BTreeMap::<_, u64>::new();
    for topics in sets.iter() {
        for (at, first) in topics.iter().enumerate() {
            for second in &topics[at + 1..] {
                *pairs.entry((*first, *second)).or_default() += 1;
            }
        }
    }
    pairs.into_iter().map(|((first, second), articles)| Together { first, second, articles }).collect()
}
