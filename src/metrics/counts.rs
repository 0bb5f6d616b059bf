//! Precision, recall and F1 per topic and in all averages.

use serde::{Deserialize, Serialize};

use super::Judged;
use super::judged::{Outcome, share, sum_over};

/// How often a topic was right, wrong and missed. Counts are of articles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicCounts {
    /// Articles that have the topic and were given it.
    pub true_positives: u64,
    /// Articles that do not have the topic but were given it.
    pub false_positives: u64,
    /// Articles that have the topic but were not given it.
    pub false_negatives: u64,
}

impl TopicCounts {
    /// How many articles have the topic.
    pub fn support(&self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// How many articles were given the topic.
    pub fn given(&self) -> u64 {
        self.true_positives + self.false_positives
    }

    /// Whether the topic occurs at all, in gold or among the given.
    pub fn occurs(&self) -> bool {
        self.true_positives + self.false_positives + self.false_negatives > 0
    }

    /// The share of articles given the topic that have it; 0 where none was given it.
    pub fn precision(&self) -> f64 {
        share(self.true_positives as f64, self.given() as f64)
    }

    /// The share of articles that have the topic which were given it; 0 where none has it.
    pub fn recall(&self) -> f64 {
        share(self.true_positives as f64, self.support() as f64)
    }

    /// The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn); 0 where the topic does not occur.
    pub fn f1(&self) -> f64 {
        let twice = 2.0 * self.true_positives as f64;
        share(twice, twice + (self.false_positives + self.false_negatives) as f64)
    }

    fn add(&mut self, outcome: Outcome, count: u64) {
        match outcome {
            Outcome::Right => self.true_positives += count,
            Outcome::Wrong => self.false_positives += count,
            Outcome::Missed => self.false_negatives += count,
        }
    }
}

/// Precision, recall and F1, averaged in one way. All lie between 0 and 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Averages {
    /// How much of what was given is right.
    pub precision: f64,
    /// How much of what is gold was given.
    pub recall: f64,
    /// F1. In the macro, weighted and samples averages the mean of F1s, not the F1 of the means.
    pub f1: f64,
}

/// The counts of every topic.
///
/// ```
/// use topicwire::metrics::{Counts, Judged, TopicSets};
///
/// let gold = TopicSets::from_indices([[0], [0], [1]]);
/// let given = TopicSets::from_indices([[0], [1], [1]]);
/// let counts = Counts::of(&Judged::new(&gold, &given, 3)?);
/// assert_eq!(counts.topics()[0].precision(), 1.0);
/// assert_eq!(counts.topics()[0].recall(), 0.5);
/// // The third topic occurs nowhere, so the macro average is over the other two.
/// assert!((counts.macro_average().f1 - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    topics: Vec<TopicCounts>,
}

impl Counts {
    /// Counts right, wrong and missed topics.
    pub fn of(judged: &Judged<'_>) -> Self {
        let mut counts = Counts::zero(judged.topics());
        for article in 0..judged.articles() {
            judged.outcomes(article, |topic, outcome| counts.topics[topic.index()].add(outcome, 1));
        }
        counts
    }

    /// Counts from elsewhere, one for each topic.
    pub fn from_topics(topics: Vec<TopicCounts>) -> Self {
        Counts { topics }
    }

    pub(super) fn zero(topics: usize) -> Self {
        Counts { topics: vec![TopicCounts::default(); topics] }
    }

    /// The counts of each topic, by its number.
    pub fn topics(&self) -> &[TopicCounts] {
        &self.topics
    }

    pub(super) fn topics_mut(&mut self) -> &mut [TopicCounts] {
        &mut self.topics
    }

    /// Micro average: all pairs of an article and a topic in one pot. With exactly one topic gold and given
    /// for each article all three figures are the accuracy.
    pub fn micro(&self) -> Averages {
        let total = self.topics.iter().fold(TopicCounts::default(), |sum, topic| TopicCounts {
            true_positives: sum.true_positives + topic.true_positives,
            false_positives: sum.false_positives + topic.false_positives,
            false_negatives: sum.false_negatives + topic.false_negatives,
        });
        Averages { precision: total.precision(), recall: total.recall(), f1: total.f1() }
    }

    /// Macro average: the mean over the topics that occur in gold or among the given ones, each as heavy as
    /// any other.
    pub fn macro_average(&self) -> Averages {
        self.mean(|topic| f64::from(u8::from(topic.occurs())))
    }

    /// Weighted average: the mean over topics, each as heavy as the number of articles that have it.
    pub fn weighted(&self) -> Averages {
        self.mean(|topic| topic.support() as f64)
    }

    fn mean(&self, weight: impl Fn(&TopicCounts) -> f64) -> Averages {
        let mut sum = Averages::default();
        let mut weights = 0.0;
        for topic in &self.topics {
            let weight = weight(topic);
            weights += weight;
            sum.precision += weight * topic.precision();
            sum.recall += weight * topic.recall();
            sum.f1 += weight * topic.f1();
        }
        Averages {
            precision: share(sum.precision, weights),
            recall: share(sum.recall, weights),
            f1: share(sum.f1, weights),
        }
    }
}

/// Samples average: precision, recall and F1 of each article's list of topics, averaged over articles. An
/// article without any topic, gold or given, counts 0 like every 0/0, as scikit-learn does with
/// `zero_division=0`; where many articles rightly have no topic, look at [`exact_match`] instead.
pub fn sample_averages(judged: &Judged<'_>) -> Averages {
    let sums = sum_over(judged.articles(), |article, sums: &mut [f64; 3]| {
        let mut counts = TopicCounts::default();
        judged.outcomes(article, |_, outcome| counts.add(outcome, 1));
        sums[0] += counts.precision();
        sums[1] += counts.recall();
        sums[2] += counts.f1();
    });
    let [precision, recall, f1] = sums.map(|sum| share(sum, judged.articles() as f64));
    Averages { precision, recall, f1 }
}

/// The share of articles whose given topics are exactly the gold ones: the accuracy where every article has one
/// topic, subset accuracy otherwise. 0 where there is no article.
pub fn exact_match(judged: &Judged<'_>) -> f64 {
    let exact = (0..judged.articles()).filter(|&article| judged.is_exact(article)).count();
    share(exact as f64, judged.articles() as f64)
}
