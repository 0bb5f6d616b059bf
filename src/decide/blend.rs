//! How much of a second opinion goes into a score.

use rayon::prelude::*;

use super::exponential::exp;
use super::regression::{Loss, minimise};

/// How many articles tell the share: two numbers need no more.
const SAMPLE: usize = 10_000;

/// Articles that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 256;

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
    let size = size_of(
        rows.iter().flat_map(|(scores, seconds, _)| scores.iter().copied().zip(seconds.iter().copied())),
    );
    let at = |weights: &[f64; 2]| {
        let weights = [weights[0] as f32, (weights[1] * size) as f32];
        let parts: Vec<Loss<2>> = rows
            .par_chunks(CHUNK)
            .map(|rows| {
                let mut part = Loss::NONE;
                rows.iter().for_each(|&(scores, seconds, own)| {
                    part.add(&softmax_loss(scores, seconds, own as usize, weights, size));
                });
                part
            })
            .collect();
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
fn size_of(pairs: impl Iterator<Item = (f32, f32)>) -> f64 {
    let square = |x: f32| f64::from(x) * f64::from(x);
    let (first, second) =
        pairs.fold((0.0, 0.0), |(first, second), (a, b)| (first + square(a), second + square(b)));
    if second > 0.0 { (first / second).sqrt() } else { 0.0 }
}

/// The negative log likelihood of an article's own topic, with its derivatives in the weights of both kinds of scores.
fn softmax_loss(scores: &[f32], seconds: &[f32], own: usize, weights: [f32; 2], size: f64) -> Loss<2> {
    let joined = |at: usize| weights[0] * scores[at] + weights[1] * seconds[at];
    let highest = (0..scores.len()).map(joined).fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut means, mut products) = (0.0_f64, [0.0_f64; 2], [0.0_f64; 3]);
    for at in 0..scores.len() {
        let probability = f64::from(exp(joined(at) - highest));
        let both = [f64::from(scores[at]), f64::from(seconds[at]) * size];
        sum += probability;
        means[0] += probability * both[0];
        means[1] += probability * both[1];
        products[0] += probability * both[0] * both[0];
        products[1] += probability * both[0] * both[1];
        products[2] += probability * both[1] * both[1];
    }
    let means = means.map(|mean| mean / sum);
    let products = products.map(|product| product / sum);
    Loss {
        value: sum.ln() + f64::from(highest - joined(own)),
        gradient: [means[0] - f64::from(scores[own]), means[1] - f64::from(seconds[own]) * size],
        hessian: [
            [products[0] - means[0] * means[0], 0.0],
            [products[1] - means[0] * means[1], products[2] - means[1] * means[1]],
        ],
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
