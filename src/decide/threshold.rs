//! The probability from which a topic is assigned.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What thresholds aim at.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// The best F1.
    #[default]
    F1,
    /// The most articles found while this share of those given the topic have it.
    Precision(f32),
    /// The fewest false ones while this share of those that have the topic are found.
    Recall(f32),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("`{text}` is no target: write f1, precision=0.9 or recall=0.9");
        if text == "f1" {
            return Ok(Target::F1);
        }
        let (name, value) = text.split_once('=').ok_or_else(problem)?;
        let value: f32 = value.parse().map_err(|_| problem())?;
        if !(value > 0.0 && value <= 1.0) {
            return Err(format!("`{text}`: the share must be above 0 and at most 1"));
        }
        match name {
            "precision" => Ok(Target::Precision(value)),
            "recall" => Ok(Target::Recall(value)),
            _ => Err(problem()),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> String {
        target.to_string()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::F1 => f.write_str("f1"),
            Target::Precision(share) => write!(f, "precision={share}"),
            Target::Recall(share) => write!(f, "recall={share}"),
        }
    }
}

/// A threshold and what it reaches on the articles that it was found on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Scores above it get the topic.
    pub score: f32,
    /// F1 on the out-of-fold scores.
    pub f1: f32,
    /// Whether the topic was too rare, or too badly told, for a threshold of its own.
    pub guarded: bool,
}

/// Below so many articles with the topic, it gets the guard: the score of its only article comes from a fit that knew
/// none, and whatever it is, it tells nothing.
const TOO_FEW: u32 = 2;

/// Below this F1 out of fold, a topic's own threshold is worth less than the guard.
const WORTHLESS: f32 = 0.3;

/// A place where a threshold can part articles, and what giving the topic above it comes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// The threshold: halfway to the next lower score.
    pub score: f32,
    /// Articles above it.
    pub given: u32,
    /// Those of them that have the topic.
    pub hits: u32,
}

/// The cuts of `pairs` of (score, has the topic), which must be sorted from the highest score down. Equal scores cannot be
/// told apart by a threshold.
pub(super) fn cuts(pairs: &[(f32, bool)]) -> impl Iterator<Item = Cut> + '_ {
    let mut hits = 0;
    pairs.iter().enumerate().filter_map(move |(at, &(score, has))| {
        hits += u32::from(has);
        let next = pairs.get(at + 1).map(|pair| pair.0);
        (next != Some(score)).then(|| Cut {
            score: next.map_or(score - 0.05, |next| 0.5 * (next + score)),
            given: at as u32 + 1,
            hits,
        })
    })
}

/// How good giving a topic to `given` articles is by `target`, where `hits` of them and `positives` of all have it; and of
/// what is equally good, the more hits the better.
pub(super) fn value(target: Target, given: u32, hits: u32, positives: u32) -> (f32, u32) {
    let (precision, recall) = (share(hits, given), share(hits, positives));
    match target {
        Target::F1 => (share(2 * hits, positives + given), 0),
        Target::Precision(least) if precision >= least => (recall, 0),
        Target::Recall(least) if recall >= least => (2.0 + precision, hits),
        Target::Precision(_) => (precision - 2.0, hits),
        Target::Recall(_) => (recall - 2.0, 0),
    }
}

/// `part` of `whole`; 0 of nothing.
pub(super) fn share(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// The threshold for the out-of-fold `pairs` of (score, has the topic), which are left sorted from the highest score down.
///
/// This is SCutFBR.1 of Lewis et al. 2004 ("RCV1"): the score that is best by `target`; where even that is poor,
/// because the topic is rare, the highest score of all, so that a doubtful topic is given rarely rather than often.
pub fn find(pairs: &mut [(f32, bool)], target: Target) -> Threshold {
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let Some(&(highest, _)) = pairs.first() else {
        return Threshold { score: 0.0, f1: 0.0, guarded: true };
    };
    let positives = pairs.iter().filter(|pair| pair.1).count() as u32;
    let (mut most, mut best) = ((f32::NEG_INFINITY, 0), Cut { score: highest, given: 0, hits: 0 });
    for cut in cuts(pairs) {
        let value = value(target, cut.given, cut.hits, positives);
        if value > most {
            (most, best) = (value, cut);
        }
    }
    let f1 = share(2 * best.hits, positives + best.given);
    let guarded = target == Target::F1 && (f1 < WORTHLESS || positives < TOO_FEW);
    Threshold { score: if guarded { highest } else { best.score }, f1, guarded }
}

/// The lowest log odds that a threshold may have: a probability of 10 %. A topic that is found at less than that is not told
/// from the others.
const FLOOR: f32 = -2.2;

/// Below this F1 out of fold, nothing was learned of a topic, and it gets the guard. Between this and what SCutFBR.1 asks
/// for, the floor guards well enough: measured as below, a stricter guard loses.
const HOPELESS: f32 = 0.02;

/// How much of an article's standing comes from its probability, against what its label says.
const EXPECTED: f64 = 0.75;

/// The threshold for the out-of-fold `pairs` of (log odds, has the topic) at which F1 is best, a quarter as counted and
/// three quarters as the probabilities have it: an article with the topic counts as `¼ + ¾ p`, one without as `¾ p`.
/// The pairs are left sorted from the highest log odds down.
///
/// The best threshold by the labels alone is, for a rare topic, a matter of one article more or less. The expected F1
/// (Lewis 1995; Nan et al. 2012) is smooth, but knows only what the calibration knows. On halves of the out-of-fold
/// scores of Reuters-90, chosen on one and measured on the other, their mean gains .004 of micro-F1 and .02 of macro-F1
/// over SCutFBR.1, and .006 of micro-F1 on random splits of the starter corpus.
pub fn smooth(pairs: &mut [(f32, bool)]) -> Threshold {
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let Some(&(highest, _)) = pairs.first() else {
        return Threshold { score: 0.0, f1: 0.0, guarded: true };
    };
    let standing = |pair: &(f32, bool)| {
        let label = f64::from(u8::from(pair.1));
        (1.0 - EXPECTED) * label + EXPECTED * f64::from(super::probability_of(pair.0))
    };
    let all: f64 = pairs.iter().map(standing).sum();
    let positives = pairs.iter().filter(|pair| pair.1).count() as u32;
    let (mut sum, mut summed, mut most) = (0.0, 0, f64::NEG_INFINITY);
    let mut best = Cut { score: highest, given: 0, hits: 0 };
    for cut in cuts(pairs) {
        let given = cut.given as usize;
        sum += pairs[summed..given].iter().map(standing).sum::<f64>();
        summed = given;
        let value = 2.0 * sum / (all + given as f64);
        if value > most {
            (most, best) = (value, Cut { score: cut.score.max(FLOOR), ..cut });
        }
        if pairs.get(given).is_none_or(|next| next.0 <= FLOOR) {
            break;
        }
    }
    let f1 = share(2 * best.hits, positives + best.given);
    let guarded = f1 < HOPELESS || positives < TOO_FEW;
    Threshold { score: if guarded { highest } else { best.score }, f1, guarded }
}
