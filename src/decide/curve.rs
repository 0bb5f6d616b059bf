//! What every threshold of a topic would come to: a short record of its out-of-fold scores.

use serde::{Deserialize, Serialize};

use super::probability_of;
use super::threshold::{Cut, Target, cuts, share, value};

/// Precision and recall of a topic on out-of-fold scores, from threshold to threshold: enough to choose another one
/// without the scores.
///
/// It holds the thresholds that are the best there are for some precision or recall, and a few between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// How many articles there are.
    seen: u32,
    /// How many of them have the topic.
    articles: u32,
    /// The threshold that training finds for F1.
    f1: f32,
    /// From the highest threshold down.
    points: Vec<Point>,
}

/// A threshold, the articles that reach it, and those of them that have the topic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Point(f32, u32, u32);

/// What a threshold comes to on out-of-fold scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reached {
    /// The share of the articles given the topic that have it; 0 where it is given to none.
    pub precision: f32,
    /// The share of the articles with the topic that are given it.
    pub recall: f32,
    /// The harmonic mean of the two.
    pub f1: f32,
}

/// So many of the best thresholds are kept, even steps of recall apart where there are more.
const BEST: usize = 40;

/// So many others, even steps of recall apart.
const BETWEEN: usize = 12;

/// And so many even steps of articles apart, for thresholds far below any good one.
const ALL_ALONG: usize = 8;

impl Curve {
    /// The curve of `pairs` of (log odds, has the topic), which must be sorted from the highest down. `f1` is the
    /// probability that training found for F1, and `chosen` the one that it took: both are kept whatever they are.
    pub fn new(pairs: &[(f32, bool)], f1: f32, chosen: f32) -> Curve {
        let articles = pairs.iter().filter(|pair| pair.1).count() as u32;
        // Of the cuts with the same hits, the first gives the topic to the fewest others.
        let all: Vec<Cut> = cuts(pairs).collect();
        let mut found = all.clone();
        found.dedup_by_key(|cut| cut.hits);
        found.retain(|cut| cut.hits > 0);
        let mut best = Vec::new();
        let mut highest = 0.0;
        for cut in found.iter().rev() {
            // No lower threshold, with its higher recall, is as precise.
            if share(cut.hits, cut.given) > highest {
                highest = share(cut.hits, cut.given);
                best.push(*cut);
            }
        }
        let mut hits = vec![0_u32];
        hits.extend(pairs.iter().scan(0, |hits, pair| {
            *hits += u32::from(pair.1);
            Some(*hits)
        }));
        // Scores that differ may come to the same probability, and then all of them reach it.
        let point = |threshold: f32| {
            let given = pairs.partition_point(|pair| probability_of(pair.0) >= threshold);
            Point(threshold, given as u32, hits[given])
        };
        let spread = spaced(&best, BEST).chain(spaced(&found, BETWEEN)).chain(spaced(&all, ALL_ALONG));
        let thresholds = spread.map(|cut| probability_of(cut.score)).chain([f1, chosen]);
        let mut points: Vec<Point> = thresholds.map(point).collect();
        points.sort_by(|a, b| b.0.total_cmp(&a.0));
        points.dedup_by_key(|point| point.0);
        Curve { seen: pairs.len() as u32, articles, f1, points }
    }

    /// The probability from which the topic is to be assigned for `target`. `None` where nothing is known of it.
    pub fn threshold(&self, target: Target) -> Option<f32> {
        if target == Target::F1 {
            return Some(self.f1);
        }
        let mut most = (f32::NEG_INFINITY, 0);
        let mut best = None;
        for &Point(threshold, given, hits) in self.points.iter().filter(|point| point.2 > 0) {
            let value = value(target, given, hits, self.articles);
            if value > most {
                (most, best) = (value, Some(threshold));
            }
        }
        best
    }

    /// The curve's own thresholds and what they come to, from the highest down.
    pub fn points(&self) -> impl Iterator<Item = (f32, Reached)> {
        self.points.iter().map(|&Point(threshold, given, hits)| {
            let reached = Reached::of(given as f32, hits as f32, self.articles as f32);
            (threshold, reached)
        })
    }

    /// What `threshold` comes to: as counted where it is one of the curve's own, else from its neighbours on the curve.
    pub fn reached(&self, threshold: f32) -> Reached {
        let below = self.points.iter().find(|point| point.0 <= threshold).copied();
        let below = below.unwrap_or(Point(0.0, self.seen, self.articles));
        let above = self.points.iter().rev().find(|point| point.0 >= threshold).copied();
        let above = above.unwrap_or(Point(1.0, 0, 0));
        let step = if above.0 > below.0 { (threshold - below.0) / (above.0 - below.0) } else { 1.0 };
        let between = |below: u32, above: u32| below as f32 + step * (above as f32 - below as f32);
        let (given, hits) = (between(below.1, above.1), between(below.2, above.2));
        Reached::of(given, hits, self.articles as f32)
    }
}

impl Reached {
    /// What comes of a topic that `given` articles are given, `hits` of them rightly, where `articles` have it.
    fn of(given: f32, hits: f32, articles: f32) -> Reached {
        let ratio = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
        Reached {
            precision: ratio(hits, given),
            recall: ratio(hits, articles),
            f1: ratio(2.0 * hits, given + articles),
        }
    }
}

/// Of `cuts`, at most `count`, the first and the last among them.
fn spaced(cuts: &[Cut], count: usize) -> impl Iterator<Item = &Cut> {
    let steps = count.min(cuts.len());
    (0..steps).map(move |step| &cuts[step * (cuts.len() - 1) / (steps - 1).max(1)])
}
