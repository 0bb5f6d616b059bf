//! How much of a second opinion goes into a score.

use rayon::prelude::*;

use super::exponential::exp;
use super::regression::{Loss, minimise};
use super::side_by_side::{LANES, Lanes};
use crate::wide::{Wide, wide};

/// How many articles tell the share: two numbers need no more.
const SAMPLE: usize = 10_000;

/// Blocks of articles that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 16;

/// How a second opinion goes into a score: `score + share · second`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Blend {
    pub share: f32,
    /// What part of the joined scores comes of the second, by the size of both: from 0 to 1.
    pub part: f32,
}

/// The blend under which a softmax of the joined scores makes the own topics of `rows` likeliest: of each article both kinds of
/// scores of all topics, and the number of its own.
pub(crate) fn blend(rows: &[(&[f32], &[f32], u32)]) -> Blend {
    let stride = rows.len().div_ceil(SAMPLE).max(1);
    let rows: Vec<(&[f32], &[f32], u32)> = rows.iter().step_by(stride).copied().collect();
    let size = size_ratio(
        rows.iter().flat_map(|(scores, seconds, _)| scores.iter().copied().zip(seconds.iter().copied())),
    );
    let blocks: Vec<Both> = rows.chunks(LANES).map(|rows| Both::of(rows, size as f32)).collect();
    let at = |weights: &[f64; 2]| {
        let weights = weights.map(|weight| weight as f32);
        let parts: Vec<Loss<2>> =
            blocks.par_chunks(CHUNK).map(|blocks| wide(LossOf { blocks, weights })).collect();
        let mut loss = Loss::NONE;
        parts.iter().for_each(|part| loss.add(part));
        loss
    };
    let [first, second] = minimise(at, [1.0, 0.0]);
    // A second opinion that speaks against itself is not heard.
    if first <= 0.0 || second <= 0.0 {
        return Blend::default();
    }
    Blend { share: (second / first * size) as f32, part: (second / (first + second)) as f32 }
}

/// What the second scores are multiplied by, to be as large as the first.
fn size_ratio(pairs: impl Iterator<Item = (f32, f32)>) -> f64 {
    let square = |x: f32| f64::from(x) * f64::from(x);
    let (first, second) =
        pairs.fold((0.0, 0.0), |(first, second), (a, b)| (first + square(a), second + square(b)));
    if second > 0.0 { (first / second).sqrt() } else { 0.0 }
}

/// Some articles side by side: for each topic both kinds of scores, less those of each article's own topic.
struct Both {
    scores: Vec<[Lanes; 2]>,
    articles: usize,
}

impl Both {
    /// The articles `rows`, [`LANES`] at most, with their second scores times `size`.
    fn of(rows: &[(&[f32], &[f32], u32)], size: f32) -> Both {
        let topics = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
        let mut both = Both { scores: vec![[[0.0; LANES]; 2]; topics], articles: rows.len() };
        for (lane, &(scores, seconds, own)) in rows.iter().enumerate() {
            let own = own as usize;
            for (topic, lanes) in both.scores.iter_mut().enumerate() {
                lanes[0][lane] = scores[topic] - scores[own];
                lanes[1][lane] = size * (seconds[topic] - seconds[own]);
            }
        }
        both
    }
}

/// The negative log likelihood of the own topics of the articles in `blocks`, with its derivatives in the `weights` of both
/// kinds of scores.
struct LossOf<'a> {
    blocks: &'a [Both],
    weights: [f32; 2],
}

impl Wide for LossOf<'_> {
    type Output = Loss<2>;

    #[inline(always)]
    fn run(self) -> Loss<2> {
        let [a, b] = self.weights;
        let mut loss = Loss::NONE;
        for block in self.blocks {
            // The own topic's score is 0, and so the highest is not below it.
            let mut highest = [0.0_f32; LANES];
            for [first, second] in &block.scores {
                for l in 0..LANES {
                    let joined = a * first[l] + b * second[l];
                    highest[l] = if joined > highest[l] { joined } else { highest[l] };
                }
            }
            let (mut sum, mut means, mut products) =
                ([0.0_f32; LANES], [[0.0_f32; LANES]; 2], [[0.0_f32; LANES]; 3]);
            for [first, second] in &block.scores {
                for l in 0..LANES {
                    let weight = exp(a * first[l] + b * second[l] - highest[l]);
                    let (one, two) = (weight * first[l], weight * second[l]);
                    sum[l] += weight;
                    means[0][l] += one;
                    means[1][l] += two;
                    products[0][l] += one * first[l];
                    products[1][l] += one * second[l];
                    products[2][l] += two * second[l];
                }
            }
            for l in 0..block.articles {
                let mean = [means[0][l] / sum[l], means[1][l] / sum[l]].map(f64::from);
                let product = [products[0][l] / sum[l], products[1][l] / sum[l], products[2][l] / sum[l]]
                    .map(f64::from);
                loss.value += f64::from(sum[l]).ln() + f64::from(highest[l]);
                loss.gradient[0] += mean[0];
                loss.gradient[1] += mean[1];
                loss.hessian[0][0] += product[0] - mean[0] * mean[0];
                loss.hessian[1][0] += product[1] - mean[0] * mean[1];
                loss.hessian[1][1] += product[2] - mean[1] * mean[1];
            }
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::blend;

    /// The log likelihood of `rows` under the best softmax of scores with `share` of the second.
    fn likelihood(rows: &[([f32; 3], [f32; 3], u32)], share: f32) -> f64 {
        let at = |slope: f64| -> f64 {
            let of_row = |(scores, seconds, own): &([f32; 3], [f32; 3], u32)| {
                let joined = |at: usize| slope * f64::from(scores[at] + share * seconds[at]);
                joined(*own as usize) - (0..3).map(|at| joined(at).exp()).sum::<f64>().ln()
            };
            rows.iter().map(of_row).sum()
        };
        (0..400).map(|step| at(1e-4 * 1.03_f64.powi(step))).fold(f64::NEG_INFINITY, f64::max)
    }

    proptest! {
        #[test]
        fn no_other_share_fits_better(
            rows in prop::collection::vec((any::<[i8; 3]>(), any::<[i8; 3]>(), 0_u32..3), 30..60),
        ) {
            let size = |scores: [i8; 3]| scores.map(|score| f32::from(score) / 64.0);
            let rows: Vec<_> = rows.iter().map(|row| (size(row.0), size(row.1), row.2)).collect();
            let found = blend(&rows.iter().map(|row| (&row.0[..], &row.1[..], row.2)).collect::<Vec<_>>());
            prop_assert!(found.share >= 0.0 && (0.0..=1.0).contains(&found.part));
            // Where the scores say nothing of the topics, any share is as good.
            let best = likelihood(&rows, found.share);
            if found.share > 0.0 && found.share < 3.0 {
                for other in [0.0, 0.8 * found.share, 1.25 * found.share] {
                    prop_assert!(likelihood(&rows, other) < best + 0.02, "{other} beats {}", found.share);
                }
            }
        }
    }

    #[test]
    fn a_second_opinion_against_itself_is_not_heard() {
        let rows = [
            (&[1.0, 0.0][..], &[0.0, 1.0][..], 0),
            (&[0.5, 1.0], &[1.0, 0.2], 1),
            (&[0.2, 0.0], &[0.3, 0.0], 1),
        ];
        assert_eq!(blend(&rows).share, 0.0);
    }
}
