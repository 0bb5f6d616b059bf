//! Complement naive Bayes.

use linfa::dataset::DatasetBase;
use linfa::prelude::ParamGuard;
use linfa::traits::Fit;

use super::dual::{LANES, Lanes};
use super::weights::predict_scores;
use super::{Convergence, Labels, Weights};
use crate::features::Records;
use crate::{Error, Result};

/// A fitted complement naive Bayes classifier (Rennie et al. 2003, "Tackling the Poor Assumptions of Naive Bayes").
///
/// A topic's weight for a column is how much more likely the column is in the topic than in all articles outside it:
/// `ln θ(column | topic) - ln θ(column | rest)`, each smoothed by `alpha`, and each topic's weights brought to length
/// 1, so that large topics do not win by size. For one topic of many the complement is what makes the estimate firm;
/// for a topic on its own the difference is the naive Bayes log odds.
#[derive(Debug, Clone)]
pub struct NaiveBayes {
    weights: Weights,
    convergence: Convergence,
}

predict_scores!(NaiveBayes);

impl NaiveBayes {
    /// Parameters, to be set and checked.
    pub fn params() -> NaiveBayesParams {
        NaiveBayesParams(NaiveBayesValidParams { alpha: 0.1 })
    }
}

/// Parameters of naive Bayes that are known to make sense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NaiveBayesValidParams {
    alpha: f32,
}

/// Parameters of naive Bayes, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NaiveBayesParams(NaiveBayesValidParams);

impl NaiveBayesParams {
    /// What is added to every count; above 0.
    #[must_use]
    pub fn alpha(mut self, alpha: f32) -> Self {
        self.0.alpha = alpha;
        self
    }
}

impl ParamGuard for NaiveBayesParams {
    type Checked = NaiveBayesValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&NaiveBayesValidParams> {
        if self.0.alpha.is_finite() && self.0.alpha > 0.0 {
            return Ok(&self.0);
        }
        Err(Error::Settings(format!("naive-bayes: alpha = {}: choose a number above 0", self.0.alpha)))
    }

    fn check(self) -> Result<NaiveBayesValidParams> {
        self.check_ref().copied()
    }
}

impl Fit<Records, Labels, Error> for NaiveBayesValidParams {
    type Object = NaiveBayes;

    fn fit(&self, dataset: &DatasetBase<Records, Labels>) -> Result<NaiveBayes> {
        let rows: Vec<u32> = (0..dataset.records.len() as u32).collect();
        self.fit_rows(&dataset.records, &dataset.targets, &rows)
    }
}

impl NaiveBayesValidParams {
    /// Fits to `rows` of `records` alone.
    ///
    /// # Errors
    ///
    /// [`Error::Fit`] where records and labels differ in length.
    pub fn fit_rows(&self, records: &Records, labels: &Labels, rows: &[u32]) -> Result<NaiveBayes> {
        labels.check_length(records)?;
        let width = records.width();
        let mut total = vec![0.0_f32; width];
        let add = |sums: &mut [f32], row: u32| {
            records.row(row as usize).for_each(|(column, value)| sums[column as usize] += value);
        };
        rows.iter().for_each(|&row| add(&mut total, row));
        let mut blocks: Vec<Vec<Lanes>> = vec![vec![[0.0; LANES]; width + 1]; labels.blocks()];
        let mut inside = vec![0.0_f32; width];
        for topic in 0..labels.topics() {
            inside.fill(0.0);
            let members = rows.iter().filter(|&&row| labels.has(row as usize, topic));
            let count = members.clone().count() as f32;
            members.for_each(|&row| add(&mut inside, row));
            let smooth = self.alpha * width as f32;
            let sum_inside = inside.iter().sum::<f32>() + smooth;
            let sum_outside = total.iter().sum::<f32>() - sum_inside + 2.0 * smooth;
            let weight = |column: usize| {
                let outside = (total[column] - inside[column]).max(0.0);
                ((inside[column] + self.alpha) / sum_inside).ln()
                    - ((outside + self.alpha) / sum_outside).ln()
            };
            let length =
                (0..width).map(|c| f64::from(weight(c)).powi(2)).sum::<f64>().sqrt().max(1e-9) as f32;
            // Scaled by the square root of the width, scores are of the size of other classifiers' scores.
            let scale = (width as f32).sqrt() / length;
            let lanes = &mut blocks[topic / LANES];
            for (column, lanes) in lanes[..width].iter_mut().enumerate() {
                lanes[topic % LANES] = weight(column) * scale;
            }
            let odds = (count + 1.0) / (rows.len() as f32 - count + 1.0);
            lanes[width][topic % LANES] = if labels.one_each() { 0.0 } else { odds.ln() };
        }
        Ok(NaiveBayes {
            weights: Weights::from_blocks(labels.topics(), blocks),
            convergence: Convergence { iterations: 1, violation: 0.0, converged: true },
        })
    }
}
