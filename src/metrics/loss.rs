//! Losses over probabilities.

use super::TopicSets;
use crate::Task;

/// Probabilities are kept this far from 0 and 1, as scikit-learn does for single precision, so that one certain error is
/// no infinite loss.
const EDGE: f64 = f32::EPSILON as f64;

fn logarithm(probability: f64) -> f64 {
    probability.clamp(EDGE, 1.0 - EDGE).ln()
}

/// The mean log loss of `rows` of one probability for each topic: over articles, of the gold topic's probability, where
/// an article has exactly one; over all pairs of an article and a topic where it may have several.
pub fn log_loss(gold: &TopicSets, rows: &[Vec<f32>], task: Task) -> f64 {
    mean(gold, rows, task, |probability, is_gold| match (task, is_gold) {
        (Task::Single, false) => 0.0,
        (_, true) => -logarithm(probability),
        (Task::Multi, false) => -logarithm(1.0 - probability),
    })
}

/// The mean squared error of `rows`: over articles, summed over topics, where an article has exactly one topic; over all
/// pairs where it may have several.
pub fn brier_score(gold: &TopicSets, rows: &[Vec<f32>], task: Task) -> f64 {
    mean(gold, rows, task, |probability, is_gold| (probability - f64::from(u8::from(is_gold))).powi(2))
}

/// The log loss of who knows nothing of an article but how frequent the `topics` topics are among the gold ones.
pub fn base_rate_log_loss(gold: &TopicSets, topics: usize, task: Task) -> f64 {
    let mut counts = vec![0_u64; topics];
    gold.iter().flatten().for_each(|topic| counts[topic.index()] += 1);
    let rates: Vec<f32> = counts.iter().map(|&count| count as f32 / gold.len().max(1) as f32).collect();
    log_loss(gold, &vec![rates; gold.len()], task)
}

fn mean(gold: &TopicSets, rows: &[Vec<f32>], task: Task, loss: impl Fn(f64, bool) -> f64) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0);
    for (article, row) in rows.iter().enumerate() {
        let mut own = gold.get(article).iter().peekable();
        for (topic, &probability) in row.iter().enumerate() {
            let is_gold = own.next_if(|own| own.index() == topic).is_some();
            sum += loss(f64::from(probability), is_gold);
        }
        pairs += row.len();
    }
    let count = if task == Task::Single { rows.len() } else { pairs };
    if count == 0 { 0.0 } else { sum / count as f64 }
}
