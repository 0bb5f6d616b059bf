//! Out-of-fold scores topic by topic, as thresholds and probabilities are found.

use super::out_of_fold::OutOfFold;
use super::prepare::Prepared;

/// A score, and whether the article has the topic.
pub(super) type Pair = (f32, bool);

/// The pairs of each topic.
pub(super) enum ByTopic<'a> {
    /// Looked up in the scores of the articles, which are those of all topics.
    All(&'a OutOfFold, &'a Prepared),
    /// Collected from scores that are those of some topics alone.
    Listed(Vec<Vec<Pair>>),
}

impl<'a> ByTopic<'a> {
    pub fn new(scores: &'a OutOfFold, prepared: &'a Prepared) -> ByTopic<'a> {
        if scores.scores.iter().all(|scores| scores.are_all()) {
            return ByTopic::All(scores, prepared);
        }
        let mut pairs = vec![Vec::new(); prepared.topics.len()];
        for (&row, scores) in scores.rows.iter().zip(&scores.scores) {
            let targets = &prepared.targets[row as usize];
            for (topic, score) in scores.iter() {
                pairs[topic as usize].push((score, targets.binary_search(&topic).is_ok()));
            }
            // A topic that did not come into question is missed, whatever the threshold. Its score was no higher than these.
            let lowest = scores.scores().iter().copied().fold(f32::INFINITY, f32::min);
            for &topic in targets.iter().filter(|&&topic| scores.place_of(topic).is_none()) {
                pairs[topic as usize].push((lowest, true));
            }
        }
        ByTopic::Listed(pairs)
    }

    /// The pairs of `topic`, in the order of the articles.
    pub fn pairs(&self, topic: usize) -> Vec<Pair> {
        match self {
            ByTopic::All(of, prepared) => {
                let rows = of.rows.iter().zip(&of.scores);
                rows.map(|(&row, scores)| (scores.scores()[topic], prepared.has(row, topic))).collect()
            }
            ByTopic::Listed(pairs) => pairs[topic].clone(),
        }
    }
}
