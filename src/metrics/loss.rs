//! How much probability was put on what came true: log loss and Brier score.

use super::judged::{share, sum_over};
use super::{Judged, Scored};
use crate::{Error, Result, Task};

/// Probabilities are kept this far from 0 and 1 before their logarithm is taken: the machine precision of the
/// `f32` they come in, which is what scikit-learn does. A sure and wrong probability costs 15.9.
const EPSILON: f64 = f32::EPSILON as f64;

fn negative_log(probability: f64) -> f64 {
    -probability.clamp(EPSILON, 1.0 - EPSILON).ln()
}

/// Log loss in nats; 0 where there is nothing to judge.
///
/// [`Task::Single`]: the mean over articles of −ln p(gold topic). An article with several gold topics costs
/// their mean, and one with none is left out. [`Task::Multi`]: the mean over all pairs of an article and a topic
/// of −ln p where the topic is gold and −ln(1 − p) where it is not.
///
/// ```
/// use topicwire::Task;
/// use topicwire::metrics::{Judged, Scored, Scores, TopicSets, base_rate_log_loss, log_loss};
///
/// let gold = TopicSets::from_indices([[0], [1]]);
/// let probabilities = Scores::from_rows(2, [[0.75, 0.25], [0.25, 0.75]])?;
/// let judged = Judged::new(&gold, &gold, 2)?;
/// let loss = log_loss(&Scored::new(judged, &probabilities)?, Task::Single);
/// assert!((loss - -0.75f64.ln()).abs() < 1e-12);
/// assert!(loss < base_rate_log_loss(&judged, Task::Single, None)?);
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn log_loss(scored: &Scored<'_>, task: Task) -> f64 {
    let [loss, weight] = sum_over(scored.judged().articles(), |article, sums: &mut [f64; 2]| match task {
        Task::Single => {
            let gold = scored.judged().gold().get(article);
            let row = scored.scores().row(article);
            let loss: f64 = gold.iter().map(|&topic| negative_log(row.get(topic).into())).sum();
            sums[0] += share(loss, gold.len() as f64);
            sums[1] += if gold.is_empty() { 0.0 } else { 1.0 };
        }
        Task::Multi => scored.pairs(article, |pairs| {
            let probability = f64::from(pairs.probability);
            let cost = negative_log(if pairs.gold { probability } else { 1.0 - probability });
            sums[0] += pairs.count as f64 * cost;
            sums[1] += pairs.count as f64;
        }),
    });
    share(loss, weight)
}

/// The log loss of giving every article the same probabilities, the base rates: what a model that has read
/// nothing would get, and so the figure to hold a model's log loss against.
///
/// `rates` holds one rate per topic, as known from training; for [`Task::Single`] they should sum to 1. `None`
/// takes the rates of the gold topics themselves, the constant that does best.
///
/// # Errors
/// [`Error::Settings`] where `rates` does not hold one number between 0 and 1 per topic.
pub fn base_rate_log_loss(judged: &Judged<'_>, task: Task, rates: Option<&[f64]>) -> Result<f64> {
    let topics = judged.topics();
    if let Some(rates) = rates
        && (rates.len() != topics || rates.iter().any(|rate| !(0.0..=1.0).contains(rate)))
    {
        return Err(Error::Settings(format!(
            "base rates must be one number between 0 and 1 for each of the {topics} topics"
        )));
    }
    // What of each topic is gold, in articles: an article with several topics counts as one in a single task.
    let mut gold = vec![0.0; topics];
    let mut labelled = 0u64;
    for labels in judged.gold().iter() {
        labelled += u64::from(!labels.is_empty());
        for topic in labels {
            gold[topic.index()] += if task == Task::Single { 1.0 / labels.len() as f64 } else { 1.0 };
        }
    }
    let articles = if task == Task::Single { labelled as f64 } else { judged.articles() as f64 };
    let rate = |topic: usize| rates.map_or_else(|| share(gold[topic], articles), |rates| rates[topic]);
    let loss: f64 = (0..topics)
        .map(|topic| match task {
            Task::Single => gold[topic] * negative_log(rate(topic)),
            Task::Multi => {
                gold[topic] * negative_log(rate(topic))
                    + (articles - gold[topic]) * negative_log(1.0 - rate(topic))
            }
        })
        .sum();
    Ok(share(loss, if task == Task::Single { articles } else { articles * topics as f64 }))
}

/// Brier score; 0 where there is nothing to judge.
///
/// [`Task::Single`]: the mean over articles of the summed squared distance between the probabilities and the
/// truth, from 0 to 2 (scikit-learn's `brier_score_loss` of more than two classes). [`Task::Multi`]: the mean
/// over all pairs of an article and a topic, from 0 to 1.
pub fn brier_score(scored: &Scored<'_>, task: Task) -> f64 {
    let articles = scored.judged().articles();
    let [squares] = sum_over(articles, |article, sums: &mut [f64; 1]| {
        scored.pairs(article, |pairs| {
            let truth = if pairs.gold { 1.0 } else { 0.0 };
            sums[0] += pairs.count as f64 * (truth - f64::from(pairs.probability)).powi(2);
        });
    });
    let pairs = if task == Task::Single { 1 } else { scored.judged().topics() };
    share(squares, articles as f64 * pairs as f64)
}
