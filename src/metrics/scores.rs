//! The scores or probabilities of many articles, dense or sparse.

use crate::{Error, Result, TopicId};

/// A score or probability for every article and topic.
///
/// Two layouts. *Dense* keeps one `f32` per article and topic. *Sparse* keeps, per article, the topics that
/// matter, and one number, `rest`, that stands for every topic an article does not state: a million articles
/// with a thousand topics need not hold a billion numbers. What is pruned is the caller's choice and shows in
/// the log loss: a gold topic that is not stated is charged as if it had been given `rest`.
///
/// ```
/// use topicwire::TopicId;
/// use topicwire::metrics::Scores;
///
/// let dense = Scores::from_rows(3, [[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]])?;
/// let mut sparse = Scores::sparse(3, 0.0);
/// sparse.push_sparse([(TopicId(2), 0.5), (TopicId(0), 0.5)])?;
/// sparse.push_sparse([(TopicId(0), 1.0)])?;
/// for article in 0..2 {
///     for topic in (0..3).map(TopicId) {
///         assert_eq!(dense.row(article).get(topic), sparse.row(article).get(topic));
///     }
/// }
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    topics: usize,
    articles: usize,
    values: Vec<f32>,
    sparse: Option<Sparse>,
}

#[derive(Debug, Clone, PartialEq)]
struct Sparse {
    /// Where each article's values begin, and where the last one's end.
    starts: Vec<usize>,
    /// The topic of each value; sorted within an article.
    ids: Vec<TopicId>,
    rest: f32,
}

impl Scores {
    /// Dense scores of no article yet, for `topics` topics.
    pub fn dense(topics: usize) -> Self {
        Scores { topics, articles: 0, values: Vec::new(), sparse: None }
    }

    /// Sparse scores of no article yet, for `topics` topics; `rest` stands for what an article does not state.
    /// A `rest` that is not finite counts as 0.
    pub fn sparse(topics: usize, rest: f32) -> Self {
        let rest = if rest.is_finite() { rest + 0.0 } else { 0.0 };
        let sparse = Sparse { starts: vec![0], ids: Vec::new(), rest };
        Scores { topics, articles: 0, values: Vec::new(), sparse: Some(sparse) }
    }

    /// Dense scores from one row per article, `topics` numbers each.
    ///
    /// # Errors
    /// [`Error::Settings`] where a row is longer or shorter, or holds a number that is not finite.
    pub fn from_rows<R: AsRef<[f32]>>(topics: usize, rows: impl IntoIterator<Item = R>) -> Result<Self> {
        let mut scores = Scores::dense(topics);
        for row in rows {
            scores.push_dense(row.as_ref())?;
        }
        Ok(scores)
    }

    /// Adds an article with a number for each topic. In the sparse layout all of them are kept.
    ///
    /// # Errors
    /// [`Error::Settings`] where the row does not have one number per topic, or one is not finite.
    pub fn push_dense(&mut self, row: &[f32]) -> Result<()> {
        if row.len() != self.topics {
            return Err(self.misfit(format!("has {} scores for {} topics", row.len(), self.topics)));
        }
        if row.iter().any(|score| !score.is_finite()) {
            return Err(self.misfit("has a score that is not a finite number".into()));
        }
        // Adding 0 turns -0 into 0, so that equal scores are equal bit for bit.
        self.values.extend(row.iter().map(|score| score + 0.0));
        if let Some(sparse) = &mut self.sparse {
            sparse.ids.extend((0..row.len()).map(|topic| TopicId(topic as u32)));
            sparse.starts.push(self.values.len());
        }
        self.articles += 1;
        Ok(())
    }

    /// Adds an article with numbers for some topics, in any order. In the dense layout the others get 0.
    ///
    /// # Errors
    /// [`Error::Settings`] where a topic is not among the topics or comes twice, or a number is not finite.
    pub fn push_sparse(&mut self, row: impl IntoIterator<Item = (TopicId, f32)>) -> Result<()> {
        let mut row: Vec<_> = row.into_iter().collect();
        row.sort_unstable_by_key(|&(topic, _)| topic);
        if row.iter().any(|(_, score)| !score.is_finite()) {
            return Err(self.misfit("has a score that is not a finite number".into()));
        }
        if row.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(self.misfit("has two scores for one topic".into()));
        }
        if let Some((topic, _)) = row.last().filter(|(topic, _)| topic.index() >= self.topics) {
            return Err(self.misfit(format!("has a score for topic {} of {} topics", topic.0, self.topics)));
        }
        if let Some(sparse) = &mut self.sparse {
            self.values.extend(row.iter().map(|(_, score)| score + 0.0));
            sparse.ids.extend(row.iter().map(|(topic, _)| *topic));
            sparse.starts.push(self.values.len());
        } else {
            let start = self.values.len();
            self.values.resize(start + self.topics, 0.0);
            for (topic, score) in row {
                self.values[start + topic.index()] = score + 0.0;
            }
        }
        self.articles += 1;
        Ok(())
    }

    /// The scores of one article.
    ///
    /// # Panics
    /// Panics, as a slice does, where `article` is not below [`articles`](Self::articles).
    pub fn row(&self, article: usize) -> ScoreRow<'_> {
        match &self.sparse {
            None => ScoreRow {
                ids: None,
                values: &self.values[article * self.topics..(article + 1) * self.topics],
                rest: 0.0,
            },
            Some(sparse) => {
                let range = sparse.starts[article]..sparse.starts[article + 1];
                ScoreRow {
                    ids: Some(&sparse.ids[range.clone()]),
                    values: &self.values[range],
                    rest: sparse.rest,
                }
            }
        }
    }

    /// How many articles there are.
    pub fn articles(&self) -> usize {
        self.articles
    }

    /// How many topics each article has a score for.
    pub fn topics(&self) -> usize {
        self.topics
    }

    /// What stands for the topics that an article does not state; 0 in the dense layout.
    pub fn rest(&self) -> f32 {
        self.sparse.as_ref().map_or(0.0, |sparse| sparse.rest)
    }

    fn misfit(&self, problem: String) -> Error {
        Error::Settings(format!("article {} (counted from 0) {problem}", self.articles))
    }
}

/// The scores of one article.
#[derive(Debug, Clone, Copy)]
pub struct ScoreRow<'a> {
    /// `None` where every topic is stated, in order.
    ids: Option<&'a [TopicId]>,
    values: &'a [f32],
    rest: f32,
}

impl<'a> ScoreRow<'a> {
    /// The score of a topic: as stated, or else [`rest`](Self::rest).
    pub fn get(&self, topic: TopicId) -> f32 {
        let at = match self.ids {
            None => Some(topic.index()),
            Some(ids) => ids.binary_search(&topic).ok(),
        };
        at.and_then(|at| self.values.get(at)).copied().unwrap_or(self.rest)
    }

    /// The topics that are stated, in order, with their scores.
    pub fn stated(&self) -> impl Iterator<Item = (TopicId, f32)> + use<'a> {
        let ids = self.ids;
        self.values.iter().enumerate().map(move |(at, &score)| {
            let topic = ids.map_or(TopicId(at as u32), |ids| ids[at]);
            (topic, score)
        })
    }

    /// How many topics are stated.
    pub fn stated_len(&self) -> usize {
        self.values.len()
    }

    /// What stands for the topics that are not stated; 0 in a dense row.
    pub fn rest(&self) -> f32 {
        self.rest
    }

    /// The stated topic with the highest score, and the score; the first of several. `None` for an empty row.
    pub fn likeliest(&self) -> Option<(TopicId, f32)> {
        self.stated().reduce(|best, next| if next.1 > best.1 { next } else { best })
    }
}
