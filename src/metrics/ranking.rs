//! How well scores rank: average precision, precision–recall curves, area under the ROC curve.
//!
//! Only gold pairs are sorted. Every other pair is counted into the gap between two of their scores, so that a
//! ranking of a hundred million pairs takes memory for its gold pairs alone, and stays exact, ties included.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Scored;
use super::judged::share;

/// Pairs of an article and a topic ranked by score.
///
/// ```
/// use topicwire::metrics::{Judged, Scored, Scores, TopicSets, rank_topics};
///
/// let gold = TopicSets::from_indices([vec![], vec![], vec![0], vec![0]]);
/// let scores = Scores::from_rows(1, [[0.1], [0.4], [0.35], [0.8]])?;
/// let scored = Scored::new(Judged::new(&gold, &gold, 1)?, &scores)?;
/// let ranking = &rank_topics(&scored)[0];
/// assert!((ranking.average_precision().unwrap() - 0.833333).abs() < 1e-6);
/// assert_eq!(ranking.roc_auc(), Some(0.75));
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// One step for each score that a gold pair has, highest first.
    steps: Vec<Step>,
    gold: u64,
    others: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    score: f32,
    /// Gold pairs with just this score.
    gold: u64,
    /// Other pairs with just this score.
    tied: u64,
    /// Other pairs below the step before (or from the top) and above this one.
    above: u64,
}

/// A point on a precision–recall curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The pairs that score this much or more are taken as given.
    pub threshold: f32,
    /// The share of them that is gold.
    pub precision: f64,
    /// The share of the gold pairs that is among them.
    pub recall: f64,
}

impl Ranking {
    /// Average precision: Σ (Rₖ − Rₖ₋₁) Pₖ over the thresholds k, as scikit-learn's `average_precision_score`.
    /// `None` where no pair is gold.
    pub fn average_precision(&self) -> Option<f64> {
        (self.gold > 0).then(|| {
            let sum: f64 =
                self.walk().map(|(step, right, wrong)| step.gold as f64 * precision(right, wrong)).sum();
            sum / self.gold as f64
        })
    }

    /// The chance that a gold pair scores higher than another one, a tie counting half: the area under the ROC
    /// curve. `None` where all pairs are gold or none is.
    pub fn roc_auc(&self) -> Option<f64> {
        (self.gold > 0 && self.others > 0).then(|| {
            let won: f64 = self
                .walk()
                .map(|(step, _, wrong)| {
                    step.gold as f64 * ((self.others - wrong) as f64 + step.tied as f64 / 2.0)
                })
                .sum();
            won / (self.gold as f64 * self.others as f64)
        })
    }

    /// The precision–recall curve, from the highest threshold to the lowest, in at most `most` points (2 at
    /// least). It has a point for each score of a gold pair; thresholds between them add no recall and only
    /// lose precision. Where there are more than `most`, evenly spaced ones are kept, the first and the last
    /// among them.
    pub fn curve(&self, most: usize) -> Vec<CurvePoint> {
        let most = most.max(2);
        let point = |(step, right, wrong): (&Step, u64, u64)| CurvePoint {
            threshold: step.score,
            precision: precision(right, wrong),
            recall: share(right as f64, self.gold as f64),
        };
        let steps = self.steps.len();
        if steps <= most {
            return self.walk().map(point).collect();
        }
        let mut kept = 0;
        self.walk()
            .enumerate()
            .filter(|(at, _)| {
                let wanted = kept * (steps - 1) / (most - 1) == *at;
                kept += usize::from(wanted);
                wanted
            })
            .map(|(_, step)| point(step))
            .collect()
    }

    /// How many pairs are gold.
    pub fn gold(&self) -> u64 {
        self.gold
    }

    /// Each step with the number of gold and of other pairs that score as high or higher.
    fn walk(&self) -> impl Iterator<Item = (&Step, u64, u64)> {
        self.steps.iter().scan((0, 0), |(right, wrong), step| {
            *right += step.gold;
            *wrong += step.above + step.tied;
            Some((step, *right, *wrong))
        })
    }
}

fn precision(right: u64, wrong: u64) -> f64 {
    share(right as f64, (right + wrong) as f64)
}

/// Ranks the articles of each topic by its score: one ranking per topic, by the topic's number.
pub fn rank_topics(scored: &Scored<'_>) -> Vec<Ranking> {
    rank(scored, scored.judged().topics(), |topic| topic)
}

/// Ranks all pairs of an article and a topic together: its average precision is the micro average.
pub fn rank_all_pairs(scored: &Scored<'_>) -> Ranking {
    let mut rankings = rank(scored, 1, |_| 0);
    rankings.pop().unwrap_or(Ranking { steps: Vec::new(), gold: 0, others: 0 })
}

/// The mean of the topics' average precision, over those that have a gold article. 0 where none has.
pub fn macro_average_precision(rankings: &[Ranking]) -> f64 {
    let each: Vec<f64> = rankings.iter().filter_map(Ranking::average_precision).collect();
    share(each.iter().sum(), each.len() as f64)
}

/// Ranks pairs in `groups` rankings; `group` says to which a topic belongs.
fn rank(scored: &Scored<'_>, groups: usize, group: impl Fn(usize) -> usize + Sync) -> Vec<Ranking> {
    let judged = scored.judged();
    let mut rankings = gold_steps(scored, groups, &group);

    // Other pairs are counted in one flat array: for each step those above it and those tied with it, and at
    // the end of each ranking those below all steps.
    let mut starts = Vec::with_capacity(groups);
    let mut slots = 0;
    for ranking in &rankings {
        starts.push(slots);
        slots += 2 * ranking.steps.len() + 1;
    }
    let mut topics_in = vec![0u64; groups];
    for topic in 0..judged.topics() {
        topics_in[group(topic)] += 1;
    }
    // Counts are whole numbers, so the parts may be cut as the threads like.
    let part = judged.articles().div_ceil(rayon::current_num_threads()).max(1024);
    let counted: Vec<Vec<u64>> = (0..judged.articles().div_ceil(part))
        .into_par_iter()
        .map(|index| {
            let mut counts = vec![0u64; slots];
            for article in index * part..judged.articles().min((index + 1) * part) {
                let mut gold = judged.gold().get(article);
                for (topic, score) in scored.scores().row(article).stated() {
                    while let [first, behind @ ..] = gold
                        && *first < topic
                    {
                        gold = behind;
                    }
                    if gold.first() != Some(&topic) {
                        let group = group(topic.index());
                        counts[starts[group] + slot(&rankings[group].steps, score)] += 1;
                    }
                }
            }
            counts
        })
        .collect();
    let mut counts = vec![0u64; slots];
    for part in &counted {
        counts.iter_mut().zip(part).for_each(|(sum, count)| *sum += count);
    }

    let rest = scored.scores().rest();
    for (group, ranking) in rankings.iter_mut().enumerate() {
        let counts = &mut counts[starts[group]..starts[group] + 2 * ranking.steps.len() + 1];
        ranking.others = topics_in[group] * judged.articles() as u64 - ranking.gold;
        // What is left is neither gold nor stated. Such pairs all score `rest`.
        let seen: u64 = counts.iter().sum();
        counts[slot(&ranking.steps, rest)] += ranking.others - seen;
        for (step, counts) in ranking.steps.iter_mut().zip(counts.chunks_exact(2)) {
            (step.above, step.tied) = (counts[0], counts[1]);
        }
    }
    rankings
}

/// The steps of each ranking with their gold pairs; other pairs are not counted yet.
fn gold_steps(scored: &Scored<'_>, groups: usize, group: &impl Fn(usize) -> usize) -> Vec<Ranking> {
    let mut scores: Vec<Vec<f32>> = vec![Vec::new(); groups];
    for (article, topics) in scored.judged().gold().iter().enumerate() {
        let row = scored.scores().row(article);
        for &topic in topics {
            scores[group(topic.index())].push(row.get(topic));
        }
    }
    scores
        .into_par_iter()
        .map(|mut scores| {
            scores.sort_unstable_by(|a, b| b.total_cmp(a));
            let steps = scores
                .chunk_by(|a, b| a == b)
                .map(|same| Step { score: same[0], gold: same.len() as u64, tied: 0, above: 0 })
                .collect();
            Ranking { steps, gold: scores.len() as u64, others: 0 }
        })
        .collect()
}

/// Where a pair that is not gold is counted: 2k above step k, 2k + 1 tied with it.
fn slot(steps: &[Step], score: f32) -> usize {
    // Most pairs score lower than any gold one.
    if steps.last().is_none_or(|last| score < last.score) {
        return 2 * steps.len();
    }
    let at = steps.partition_point(|step| step.score > score);
    2 * at + usize::from(steps[at].score == score)
}
