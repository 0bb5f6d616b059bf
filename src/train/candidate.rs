//! One choice of settings, and the fit that it asks for.

use linfa::prelude::ParamGuard;
use serde::{Deserialize, Serialize};

use super::Classifier;
use crate::Result;
use crate::features::{FieldWeights, Records, Weighting};
use crate::learn::{
    Convergence, Duals, Labels, LinfaBayes, LinfaLogistic, Logistic, Loss, NaiveBayes, Svm, Weights,
};

/// The settings that are compared out of fold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Candidate {
    /// The classifier.
    pub classifier: Classifier,
    /// What columns are worth.
    pub weighting: Weighting,
    /// The weights of the fields, and the length of the lead.
    pub fields: FieldWeights,
    /// The cost of an error; for naive Bayes, what is added to every count.
    pub cost: f32,
    /// What the support vector machine minimises.
    pub loss: Loss,
}

/// What a fit found.
pub(super) struct Fitted {
    pub weights: Weights,
    pub convergence: Convergence,
    pub duals: Duals,
}

impl Candidate {
    /// Fits the classifier to `rows` of `records`, starting from `start` where it can.
    pub(super) fn fit(
        &self,
        records: &Records,
        labels: &Labels,
        rows: &[u32],
        start: &Duals,
        how: FitOptions,
    ) -> Result<Fitted> {
        macro_rules! fitted {
            ($fit:expr) => {{
                let fit = $fit;
                Ok(Fitted {
                    weights: fit.weights().clone(),
                    convergence: fit.convergence(),
                    duals: Duals::None,
                })
            }};
        }
        match self.classifier {
            Classifier::Svm => {
                let params =
                    Svm::params().cost(self.cost).loss(self.loss).tolerance(how.tolerance).seed(how.seed);
                let fit = params.check()?.fit_rows(records, labels, rows, start)?;
                Ok(Fitted {
                    convergence: fit.convergence(),
                    duals: fit.duals().clone(),
                    weights: fit.into_weights(),
                })
            }
            Classifier::Logistic => {
                fitted!(Logistic::params().cost(self.cost).check()?.fit_rows(records, labels, rows)?)
            }
            Classifier::NaiveBayes => {
                fitted!(NaiveBayes::params().alpha(self.cost).check()?.fit_rows(records, labels, rows)?)
            }
            Classifier::LinfaLogistic => {
                let params = LinfaLogistic::params().alpha(self.cost).columns(how.selected_columns);
                fitted!(params.check()?.fit_rows(records, labels, rows)?)
            }
            Classifier::LinfaBayes => {
                let params = LinfaBayes::params().alpha(self.cost).columns(how.selected_columns);
                fitted!(params.check()?.fit_rows(records, labels, rows)?)
            }
        }
    }
}

/// What is the same for all candidates of a training.
#[derive(Debug, Clone, Copy)]
pub(super) struct FitOptions {
    pub tolerance: f32,
    pub seed: u64,
    pub selected_columns: usize,
}

impl FitOptions {
    /// The same for fits of which nothing is kept but what they say of articles, or of each other.
    pub fn loose(self) -> FitOptions {
        FitOptions { tolerance: LOOSE_TOLERANCE, ..self }
    }
}

/// The violation of the optimality conditions that is let be: the objective is within a thousandth of its optimum then. A
/// third of it takes a third more passes and moves figures by less than other folds do.
pub(super) const TOLERANCE: f32 = 0.3;

/// The same for out-of-fold scores: cross-validated, the models come out as good as with the other.
const LOOSE_TOLERANCE: f32 = 1.0;
