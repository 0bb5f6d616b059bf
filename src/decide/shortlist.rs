//! The scores of an article: of every topic, or where there are very many of those that come into question.

/// With more topics than this, only so many of an article's best come into question: thresholds and probabilities are learned
/// from their scores alone, so that memory does not grow with articles × topics. Where an article has exactly one topic, the
/// others have a probability of 0.
pub const SHORTLIST: usize = 128;

/// The scores of the topics of an article that come into question.
///
/// ```
/// use topicwire::decide::{ArticleScores, SHORTLIST};
///
/// let few = ArticleScores::of(&[0.5, -1.0]);
/// assert_eq!(few.iter().collect::<Vec<_>>(), [(0, 0.5), (1, -1.0)]);
///
/// let many: Vec<f32> = (0..1000).map(|topic| topic as f32).collect();
/// let best = ArticleScores::of(&many);
/// assert_eq!(best.scores().len(), SHORTLIST);
/// assert_eq!(best.place_of(999), Some(SHORTLIST - 1));
/// assert_eq!(best.place_of(0), None);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArticleScores {
    /// Ascending; empty where they are all topics from 0 on.
    topics: Vec<u32>,
    scores: Vec<f32>,
}

impl ArticleScores {
    /// The scores of all topics, in the order of their numbers; the best of them, where they are very many.
    pub fn of(scores: &[f32]) -> ArticleScores {
        let mut of =
            ArticleScores { topics: Vec::new(), scores: Vec::with_capacity(scores.len().min(SHORTLIST)) };
        of.add(0, scores);
        of
    }

    /// Adds the scores of further topics, from number `first` on, which must be above all that were added before.
    pub fn add(&mut self, first: u32, scores: &[f32]) {
        if first as usize == self.scores.len()
            && self.topics.is_empty()
            && first as usize + scores.len() <= SHORTLIST
        {
            self.scores.extend_from_slice(scores);
            return;
        }
        let mut all: Vec<(u32, f32)> = self.iter().chain((first..).zip(scores.iter().copied())).collect();
        if all.len() > SHORTLIST {
            // Of equal scores, the lower number: so it does not matter in what portions they came.
            all.select_nth_unstable_by(SHORTLIST, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            all.truncate(SHORTLIST);
            all.sort_unstable_by_key(|&(topic, _)| topic);
        }
        (self.topics, self.scores) = all.into_iter().unzip();
    }

    /// Topics and their scores, ascending by topic.
    pub fn iter(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        let topic = |place: usize| self.topics.get(place).copied().unwrap_or(place as u32);
        self.scores.iter().enumerate().map(move |(place, &score)| (topic(place), score))
    }

    /// Puts another score in the place of each, which is given with its topic.
    pub fn change(&mut self, to: impl Fn(u32, f32) -> f32) {
        for place in 0..self.scores.len() {
            let topic = self.topics.get(place).copied().unwrap_or(place as u32);
            self.scores[place] = to(topic, self.scores[place]);
        }
    }

    /// The scores alone.
    pub fn scores(&self) -> &[f32] {
        &self.scores
    }

    /// The scores alone, to be changed.
    pub fn scores_mut(&mut self) -> &mut [f32] {
        &mut self.scores
    }

    /// Whether these are the scores of all topics.
    pub fn are_all(&self) -> bool {
        self.topics.is_empty()
    }

    /// Where the score of `topic` stands, if it is here.
    pub fn place_of(&self, topic: u32) -> Option<usize> {
        if self.are_all() {
            return ((topic as usize) < self.scores.len()).then_some(topic as usize);
        }
        self.topics.binary_search(&topic).ok()
    }

    /// The place of the highest score; of equals, that of the lowest topic.
    pub fn highest(&self) -> Option<usize> {
        let by_score = |a: &usize, b: &usize| self.scores[*a].total_cmp(&self.scores[*b]).then(b.cmp(a));
        (0..self.scores.len()).max_by(by_score)
    }

    /// The scores of `topics` topics, 0 where there is none.
    pub fn spread(&self, topics: usize) -> Vec<f32> {
        let mut spread = vec![0.0; topics];
        self.iter().for_each(|(topic, score)| spread[topic as usize] = score);
        spread
    }
}
