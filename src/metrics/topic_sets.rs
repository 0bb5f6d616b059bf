//! The topics of many articles, in two flat arrays.

use crate::TopicId;

/// The topics of many articles: for each a sorted list without repetition, empty ones included.
///
/// All lists stand one after another in one array, so a million articles cost 8 bytes each and 4 bytes a topic,
/// and no allocation of their own.
///
/// ```
/// use topicwire::TopicId;
/// use topicwire::metrics::TopicSets;
///
/// let mut sets = TopicSets::new();
/// sets.push([TopicId(2), TopicId(0), TopicId(2)]);
/// sets.push([]);
/// assert_eq!(sets.get(0), [TopicId(0), TopicId(2)]);
/// assert!(sets.get(1).is_empty());
/// assert_eq!(sets.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSets {
    /// Where each article's list begins in `topics`, and one last entry: where the last list ends.
    starts: Vec<usize>,
    topics: Vec<TopicId>,
    /// One more than the greatest topic seen; 0 where there is none.
    bound: usize,
}

impl Default for TopicSets {
    fn default() -> Self {
        TopicSets { starts: vec![0], topics: Vec::new(), bound: 0 }
    }
}

impl TopicSets {
    /// The topics of no article yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The topics of articles given as lists of topic numbers, in any order.
    pub fn from_indices<L: IntoIterator<Item = u32>>(lists: impl IntoIterator<Item = L>) -> Self {
        lists.into_iter().map(|list| list.into_iter().map(TopicId)).collect()
    }

    /// Adds an article. The order of its topics does not matter, and one that is named twice counts once.
    pub fn push(&mut self, topics: impl IntoIterator<Item = TopicId>) {
        let start = self.topics.len();
        self.topics.extend(topics);
        self.topics[start..].sort_unstable();
        let mut end = start;
        for read in start..self.topics.len() {
            if read == start || self.topics[read] != self.topics[end - 1] {
                self.topics[end] = self.topics[read];
                end += 1;
            }
        }
        self.topics.truncate(end);
        if let Some(last) = self.topics[start..].last() {
            self.bound = self.bound.max(last.index() + 1);
        }
        self.starts.push(end);
    }

    /// The topics of one article, sorted.
    ///
    /// # Panics
    /// Panics, as a slice does, where `article` is not below [`len`](Self::len).
    pub fn get(&self, article: usize) -> &[TopicId] {
        &self.topics[self.starts[article]..self.starts[article + 1]]
    }

    /// The topics of each article, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[TopicId]> + '_ {
        (0..self.len()).map(|article| self.get(article))
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no article.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many topics all articles have together.
    pub fn assignments(&self) -> usize {
        self.topics.len()
    }

    /// One more than the greatest topic number; 0 where no article has a topic.
    pub fn bound(&self) -> usize {
        self.bound
    }
}

impl<L: IntoIterator<Item = TopicId>> FromIterator<L> for TopicSets {
    fn from_iter<I: IntoIterator<Item = L>>(lists: I) -> Self {
        let mut sets = TopicSets::new();
        for list in lists {
            sets.push(list);
        }
        sets
    }
}
