//! linfa classifiers over records: one file per algorithm, and the solvers that they share.
//!
//! Every classifier here is linear: a topic's score is a weighted sum of an article's features, so that the
//! contributions of words add up to it. Each has `params()`, whose checked form implements [`linfa::traits::Fit`] on a
//! dataset of [`Records`](crate::features::Records) and [`Labels`], and a fitted form that implements
//! [`linfa::traits::Predict`].

pub mod crammer_singer;
pub mod dual;
mod labels;
mod linfa_dense;
mod log_ratios;
mod logistic;
mod naive_bayes;
mod sparse_weights;
mod svm;
mod weights;

pub use labels::Labels;
pub use linfa_dense::{LinfaBayes, LinfaBayesParams, LinfaBayesValidParams};
pub use linfa_dense::{LinfaLogistic, LinfaLogisticParams, LinfaLogisticValidParams};
pub(crate) use log_ratios::log_ratios;
pub use logistic::{Logistic, LogisticParams, LogisticValidParams};
pub use naive_bayes::{NaiveBayes, NaiveBayesParams, NaiveBayesValidParams};
pub use sparse_weights::SparseWeights;
pub use svm::{Loss, Svm, SvmParams, SvmValidParams};
pub use weights::{Convergence, Duals, Weights};
