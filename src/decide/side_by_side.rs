//! The scores of several articles side by side, so that sums over topics are of vectors.

use super::exponential::exp;

/// So many articles lie side by side.
pub(super) const LANES: usize = 16;

/// A number for each of them.
pub(super) type Lanes = [f32; LANES];

/// Some articles: for each topic, the scores of all of them less each one's highest.
pub(super) struct Block {
    scores: Vec<Lanes>,
    /// The score of each article's own topic, less its highest.
    own: Lanes,
    /// How many articles there are; what is beyond them means nothing.
    pub articles: usize,
}

/// The sums over the topics of an article that a softmax is fitted by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    /// The probability of its own topic.
    pub likelihood: f64,
    /// The derivative of the log likelihood in the slope: own score less expected score.
    pub rise: f64,
    /// The variance of the scores under the softmax, which is the second derivative with its sign turned.
    pub variance: f64,
}

/// A score that weighs nothing beside the highest: of a topic that an article has no score for.
const NONE: f32 = -1e4;

impl Block {
    /// The articles `rows` of (scores, own topic), [`LANES`] to a block.
    pub fn of(rows: &[(&[f32], u32)]) -> Vec<Block> {
        rows.chunks(LANES)
            .map(|rows| {
                let topics = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
                let mut block =
                    Block { scores: vec![[NONE; LANES]; topics], own: [0.0; LANES], articles: rows.len() };
                for (lane, &(scores, own)) in rows.iter().enumerate() {
                    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    for (lanes, score) in block.scores.iter_mut().zip(scores) {
                        lanes[lane] = score - highest;
                    }
                    block.own[lane] = scores[own as usize] - highest;
                }
                block
            })
            .collect()
    }

    /// What a softmax at `slope` says of each article.
    #[inline(always)]
    pub fn moments(&self, slope: f32) -> [Moments; LANES] {
        let (mut sum, mut first, mut second) = ([0.0_f32; LANES], [0.0_f32; LANES], [0.0_f32; LANES]);
        for scores in &self.scores {
            for l in 0..LANES {
                let weight = exp(slope * scores[l]);
                let weighted = weight * scores[l];
                sum[l] += weight;
                first[l] += weighted;
                second[l] += weighted * scores[l];
            }
        }
        let mut all = [Moments { likelihood: 0.0, rise: 0.0, variance: 0.0 }; LANES];
        for l in 0..LANES {
            let mean = f64::from(first[l] / sum[l]);
            all[l] = Moments {
                likelihood: f64::from(exp(slope * self.own[l]) / sum[l]),
                rise: f64::from(self.own[l]) - mean,
                variance: f64::from(second[l] / sum[l]) - mean * mean,
            };
        }
        all
    }
}
