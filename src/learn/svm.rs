//! The linear support vector machine, one-vs-rest or multi-class.

use std::sync::Arc;

use linfa::dataset::DatasetBase;
use linfa::prelude::ParamGuard;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::crammer_singer::MultiProblem;
use super::dual::{Block, LANES, Lanes, Stop};
use super::weights::predict_scores;
use super::{Convergence, Duals, Labels, Weights};
use crate::features::Records;
use crate::{Error, Result};

/// What the support vector machine minimises beside the size of its weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// For each topic on its own, the square of how far an article is on the wrong side of its margin.
    #[default]
    SquaredHinge,
    /// Of all topics together, how far another topic comes within the margin of the article's own. Needs exactly one
    /// topic to an article.
    CrammerSinger,
}

/// A fitted support vector machine.
///
/// ```
/// use linfa::prelude::*;
/// use topicwire::features::Records;
/// use topicwire::learn::{Labels, Svm};
///
/// let records = Records::from_rows(2, [vec![(0, 1.0)], vec![(1, 1.0)]]).unwrap();
/// let labels = Labels::new(&[vec![0], vec![1]], 2);
/// let dataset = DatasetBase::new(records, labels);
/// let svm = Svm::params().cost(10.0).fit(&dataset)?;
/// let scores: ndarray::Array2<f32> = svm.predict(&dataset);
/// assert!(scores[(0, 0)] > 0.0 && scores[(0, 1)] < 0.0);
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Svm {
    weights: Weights,
    convergence: Convergence,
    duals: Duals,
}

predict_scores!(Svm);

impl Svm {
    /// Parameters, to be set and checked.
    pub fn params() -> SvmParams {
        SvmParams(SvmValidParams {
            cost: 1.0,
            loss: Loss::SquaredHinge,
            tolerance: 0.1,
            max_epochs: 300,
            seed: 1,
        })
    }

    /// The dual variables, from which a similar problem may start.
    pub fn duals(&self) -> &Duals {
        &self.duals
    }

    /// What was learned, without the rest.
    pub fn into_weights(self) -> Weights {
        self.weights
    }
}

/// Parameters of a support vector machine that are known to make sense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SvmValidParams {
    cost: f32,
    loss: Loss,
    tolerance: f32,
    max_epochs: u32,
    seed: u64,
}

/// Parameters of a support vector machine, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SvmParams(SvmValidParams);

impl SvmParams {
    /// The cost of an error, against the size of the weights; above 0.
    #[must_use]
    pub fn cost(mut self, cost: f32) -> Self {
        self.0.cost = cost;
        self
    }

    /// What is minimised.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.loss = loss;
        self
    }

    /// The largest violation of the optimality conditions that is let be; above 0.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f32) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// The most passes over the articles.
    #[must_use]
    pub fn max_epochs(mut self, epochs: u32) -> Self {
        self.0.max_epochs = epochs;
        self
    }

    /// Where the random order of the articles starts from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for SvmParams {
    type Checked = SvmValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&SvmValidParams> {
        for (name, value) in [("cost", self.0.cost), ("tolerance", self.0.tolerance)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Settings(format!("svm: {name} = {value}: choose a number above 0")));
            }
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<SvmValidParams> {
        self.check_ref().copied()
    }
}

impl Fit<Records, Labels, Error> for SvmValidParams {
    type Object = Svm;

    fn fit(&self, dataset: &DatasetBase<Records, Labels>) -> Result<Svm> {
        let rows: Vec<u32> = (0..dataset.records.len() as u32).collect();
        self.fit_rows(&dataset.records, &dataset.targets, &rows, &Duals::None)
    }
}

impl SvmValidParams {
    /// Fits to `rows` of `records` alone, starting from `start`.
    ///
    /// # Errors
    ///
    /// [`Error::Fit`] where records and labels differ in length, or where the multi-class loss meets an article
    /// that has not exactly one topic.
    pub fn fit_rows(&self, records: &Records, labels: &Labels, rows: &[u32], start: &Duals) -> Result<Svm> {
        labels.check_length(records)?;
        match (self.loss, labels.own()) {
            (Loss::SquaredHinge, _) => Ok(self.fit_blocks(records, labels, rows, start)),
            (Loss::CrammerSinger, Some(own)) => {
                Ok(self.fit_together(records, own, labels.topics(), rows, start))
            }
            (Loss::CrammerSinger, None) => {
                Err(Error::Fit("the multi-class loss needs exactly one topic to an article".into()))
            }
        }
    }

    fn stop(&self) -> Stop {
        Stop { tolerance: self.tolerance, max_epochs: self.max_epochs }
    }

    fn fit_blocks(&self, records: &Records, labels: &Labels, rows: &[u32], start: &Duals) -> Svm {
        let fits: Vec<_> = (0..labels.blocks())
            .into_par_iter()
            .map(|block| {
                let start = match start {
                    Duals::Blocks(blocks) => blocks.get(block).map(|duals| &duals[..]),
                    _ => None,
                };
                let cost = [self.cost; 2];
                let topics = (labels.topics() - block * LANES).min(LANES);
                let block = Block { records, rows, topics, positive: labels.block(block), cost };
                block.fit(start, self.stop(), self.seed)
            })
            .collect();
        let convergence = fits
            .iter()
            .map(|fit| self.judge(fit.epochs, fit.violation))
            .reduce(Convergence::and)
            .unwrap_or_default();
        let (weights, duals) = fits.into_iter().map(|fit| (fit.weights, Arc::from(fit.dual))).unzip();
        Svm {
            weights: Weights::from_blocks(labels.topics(), weights),
            convergence,
            duals: Duals::Blocks(duals),
        }
    }

    fn fit_together(
        &self,
        records: &Records,
        own: &[u32],
        topics: usize,
        rows: &[u32],
        start: &Duals,
    ) -> Svm {
        let problem = MultiProblem { records, rows, topic: own, topics, cost: self.cost };
        // Dual variables are bounded by the cost: those found at another are brought to this one.
        let scaled = match start {
            Duals::Rows(duals, cost) => {
                Some(duals.iter().map(|d| d * (self.cost / cost)).collect::<Vec<_>>())
            }
            _ => None,
        };
        let fit = problem.fit(scaled.as_deref(), self.stop(), self.seed);
        let blocks = (0..topics.div_ceil(LANES))
            .map(|block| {
                let lanes = |row: &[f32]| -> Lanes {
                    std::array::from_fn(|l| row.get(block * LANES + l).copied().unwrap_or(0.0))
                };
                fit.weights.chunks_exact(fit.stride).map(lanes).collect()
            })
            .collect();
        Svm {
            weights: Weights::from_blocks(topics, blocks),
            convergence: self.judge(fit.epochs, fit.violation),
            duals: Duals::Rows(fit.dual.into(), self.cost),
        }
    }

    fn judge(&self, iterations: u32, violation: f32) -> Convergence {
        Convergence { iterations, violation, converged: violation <= self.tolerance }
    }
}
