//! Probabilities and assignments for all topics of a model.

use serde::{Deserialize, Serialize};

use super::{ArticleScores, Platt, Rivalry, SHORTLIST, Softmax};
use crate::TopicId;

/// How scores become probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calibration {
    /// Exactly one topic: probabilities sum to 1.
    Softmax(Softmax),
    /// Any number of topics: each has its own scaling, and all the same correction.
    Platt {
        /// For each topic, from score to log odds.
        scalings: Vec<Platt>,
        /// From these log odds to better ones.
        #[serde(alias = "bend")]
        rivalry: Rivalry,
    },
}

impl Calibration {
    /// Turns the scores of the topics that come into question into log odds, in place, where each topic has its own.
    pub(crate) fn log_odds(&self, best: &mut ArticleScores) {
        if let Calibration::Platt { scalings, rivalry } = self {
            best.change(|topic, score| scalings[topic as usize].log_odds(score));
            rivalry.apply(best.scores_mut());
        }
    }
}

/// Scores to probabilities to topics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// How scores become probabilities.
    pub calibration: Calibration,
    /// For each topic, the probability from which it is assigned. Unused where an article has exactly one topic.
    pub thresholds: Vec<f32>,
    /// Whether an article that no topic reaches gets its likeliest.
    pub at_least_one: bool,
}

impl Decision {
    /// Turns the scores of all topics of an article into probabilities, in place.
    pub fn probabilities(&self, scores: &mut [f32]) {
        match &self.calibration {
            Calibration::Softmax(softmax) if scores.len() > SHORTLIST => {
                let mut best = ArticleScores::of(scores);
                softmax.apply(best.scores_mut());
                scores.fill(0.0);
                best.iter().for_each(|(topic, probability)| scores[topic as usize] = probability);
            }
            Calibration::Softmax(softmax) => softmax.apply(scores),
            Calibration::Platt { scalings, rivalry } => {
                scores.iter_mut().zip(scalings).for_each(|(score, platt)| *score = platt.log_odds(*score));
                rivalry.apply(scores);
                scores.iter_mut().for_each(|score| *score = probability_of(*score));
            }
        }
    }

    /// Turns the scores of the topics that come into question into probabilities, in place.
    pub fn probabilities_of_best(&self, best: &mut ArticleScores) {
        match &self.calibration {
            Calibration::Softmax(softmax) => softmax.apply(best.scores_mut()),
            Calibration::Platt { .. } => {
                self.calibration.log_odds(best);
                best.scores_mut().iter_mut().for_each(|score| *score = probability_of(*score));
            }
        }
    }

    /// The topics that are assigned, likeliest first; of equal probability, by number.
    pub fn assign(&self, probabilities: &[f32]) -> Vec<TopicId> {
        let likeliest = || {
            let by_probability =
                |a: &usize, b: &usize| probabilities[*a].total_cmp(&probabilities[*b]).then(b.cmp(a));
            (0..probabilities.len()).max_by(by_probability).map(|topic| TopicId(topic as u32))
        };
        if let Calibration::Softmax(_) = self.calibration {
            return likeliest().into_iter().collect();
        }
        let reached = |topic: &usize| probabilities[*topic] >= self.thresholds[*topic];
        let mut assigned: Vec<usize> = (0..probabilities.len()).filter(reached).collect();
        assigned.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
        if assigned.is_empty() && self.at_least_one {
            return likeliest().into_iter().collect();
        }
        assigned.into_iter().map(|topic| TopicId(topic as u32)).collect()
    }
}

/// The probability at log odds `z`.
#[inline]
pub fn probability_of(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}
