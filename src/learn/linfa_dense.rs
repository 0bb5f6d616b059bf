//! The classifiers of linfa's own crates, one-vs-rest on the columns that chi-square selects.
//!
//! They take dense arrays: this is the one place where one is made, and it is bounded.

use linfa::dataset::DatasetBase;
use linfa::prelude::ParamGuard;
use linfa::traits::Fit;
use linfa_bayes::NaiveBayes as _;
use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::dual::{LANES, Lanes};
use super::weights::predict_scores;
use super::{Convergence, Labels, Weights};
use crate::features::{Records, chi_square};
use crate::{Error, Result};

/// The most cells of the dense array: 1 GB of single-precision numbers.
const MAX_CELLS: usize = 250_000_000;

/// The selected columns of some rows, dense.
struct Dense {
    columns: Vec<u32>,
    array: Array2<f32>,
}

impl Dense {
    fn new(name: &str, records: &Records, labels: &Labels, rows: &[u32], keep: usize) -> Result<Dense> {
        let keep = keep.min(records.width());
        if rows.len().saturating_mul(keep) > MAX_CELLS {
            return Err(Error::Fit(format!(
                "{name} takes a dense array, and {} articles × {keep} columns would be one of {:.1} GB: \
                 choose fewer columns with --selected-columns, or a classifier that stays sparse, such as svm",
                rows.len(),
                rows.len() as f64 * keep as f64 * 4.0 / 1e9
            )));
        }
        let mut targets = vec![Vec::new(); records.len()];
        for &row in rows {
            targets[row as usize] =
                (0..labels.topics() as u32).filter(|&t| labels.has(row as usize, t as usize)).collect();
        }
        let columns = chi_square(records, &targets, labels.topics(), keep);
        let mut place = vec![u32::MAX; records.width()];
        columns.iter().enumerate().for_each(|(at, &column)| place[column as usize] = at as u32);
        let mut array = Array2::zeros((rows.len(), columns.len()));
        for (at, &row) in rows.iter().enumerate() {
            for (column, value) in records.row(row as usize) {
                if place[column as usize] != u32::MAX {
                    array[(at, place[column as usize] as usize)] = value;
                }
            }
        }
        Ok(Dense { columns, array })
    }

    /// Fits `fit` for each topic that divides the rows, and lays out the weights of selected columns.
    fn fit_topics(
        &self,
        records: &Records,
        labels: &Labels,
        rows: &[u32],
        fit: impl Fn(&Array2<f32>, Array1<bool>) -> Result<(Array1<f32>, f32)> + Sync,
    ) -> Result<Weights> {
        let width = records.width();
        let topics: Vec<Option<(Array1<f32>, f32)>> = (0..labels.topics())
            .into_par_iter()
            .map(|topic| {
                let has: Array1<bool> = rows.iter().map(|&row| labels.has(row as usize, topic)).collect();
                let positives = has.iter().filter(|&&has| has).count();
                if positives == 0 || positives == rows.len() {
                    return Ok(None);
                }
                fit(&self.array, has).map(Some)
            })
            .collect::<Result<_>>()?;
        let mut blocks: Vec<Vec<Lanes>> = vec![vec![[0.0; LANES]; width + 1]; labels.blocks()];
        for (topic, fitted) in topics.iter().enumerate() {
            let lanes = &mut blocks[topic / LANES];
            let Some((weights, bias)) = fitted else {
                lanes[width][topic % LANES] = -1.0;
                continue;
            };
            for (&column, &weight) in self.columns.iter().zip(weights) {
                lanes[column as usize][topic % LANES] = weight;
            }
            lanes[width][topic % LANES] = *bias;
        }
        Ok(Weights::from_blocks(labels.topics(), blocks))
    }
}

macro_rules! dense_classifier {
    ($fitted:ident, $params:ident, $valid:ident, $name:literal, $number:ident = $default:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone)]
        pub struct $fitted {
            weights: Weights,
            convergence: Convergence,
        }

        predict_scores!($fitted);

        impl $fitted {
            /// Parameters, to be set and checked.
            pub fn params() -> $params {
                $params($valid { $number: $default, columns: 2_000 })
            }
        }

        #[doc = concat!("Parameters of ", $name, " that are known to make sense.")]
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $valid {
            $number: f32,
            columns: usize,
        }

        #[doc = concat!("Parameters of ", $name, ", not checked yet.")]
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $params($valid);

        impl $params {
            /// How strongly estimates are smoothed; above 0.
            #[must_use]
            pub fn $number(mut self, $number: f32) -> Self {
                self.0.$number = $number;
                self
            }

            /// How many columns are selected; above 0.
            #[must_use]
            pub fn columns(mut self, columns: usize) -> Self {
                self.0.columns = columns;
                self
            }
        }

        impl ParamGuard for $params {
            type Checked = $valid;
            type Error = Error;

            fn check_ref(&self) -> Result<&$valid> {
                if !(self.0.$number.is_finite() && self.0.$number > 0.0) || self.0.columns == 0 {
                    return Err(Error::Settings(format!(
                        concat!(
                            $name,
                            ": ",
                            stringify!($number),
                            " = {} with {} columns: both must be above 0"
                        ),
                        self.0.$number, self.0.columns
                    )));
                }
                Ok(&self.0)
            }

            fn check(self) -> Result<$valid> {
                self.check_ref().copied()
            }
        }

        impl Fit<Records, Labels, Error> for $valid {
            type Object = $fitted;

            fn fit(&self, dataset: &DatasetBase<Records, Labels>) -> Result<$fitted> {
                let rows: Vec<u32> = (0..dataset.records.len() as u32).collect();
                self.fit_rows(&dataset.records, &dataset.targets, &rows)
            }
        }

        impl $valid {
            /// Fits to `rows` of `records` alone.
            ///
            /// # Errors
            ///
            /// [`Error::Fit`] where records and labels differ in length, the dense array would be too large, or where the crate reports a failure.
            pub fn fit_rows(&self, records: &Records, labels: &Labels, rows: &[u32]) -> Result<$fitted> {
                labels.check_length(records)?;
                let dense = Dense::new($name, records, labels, rows, self.columns)?;
                let weights = dense.fit_topics(records, labels, rows, |x, y| self.fit_topic(x, y))?;
                let convergence = Convergence { iterations: 0, violation: 0.0, converged: true };
                Ok($fitted { weights, convergence })
            }
        }
    };
}

dense_classifier!(
    LinfaLogistic,
    LinfaLogisticParams,
    LinfaLogisticValidParams,
    "linfa-logistic",
    alpha = 0.1,
    "A logistic regression fitted by linfa-logistic."
);

impl LinfaLogisticValidParams {
    fn fit_topic(&self, x: &Array2<f32>, y: Array1<bool>) -> Result<(Array1<f32>, f32)> {
        let failed = |error: linfa_logistic::error::Error| Error::Fit(format!("linfa-logistic: {error}"));
        let dataset = DatasetBase::new(x.view(), y);
        let fitted = linfa_logistic::LogisticRegression::default()
            .alpha(self.alpha)
            .max_iterations(100)
            .gradient_tolerance(1e-3)
            .fit(&dataset)
            .map_err(failed)?;
        // The crate decides by itself which of two classes is the positive one.
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        Ok((fitted.params() * sign, fitted.intercept() * sign))
    }
}

dense_classifier!(
    LinfaBayes,
    LinfaBayesParams,
    LinfaBayesValidParams,
    "linfa-bayes",
    alpha = 0.1,
    "A Bernoulli naive Bayes classifier fitted by linfa-bayes: the presence of columns counts, not their values."
);

impl LinfaBayesValidParams {
    fn fit_topic(&self, x: &Array2<f32>, y: Array1<bool>) -> Result<(Array1<f32>, f32)> {
        let failed = |error: linfa_bayes::NaiveBayesError| Error::Fit(format!("linfa-bayes: {error}"));
        let dataset = DatasetBase::new(x.view(), y.mapv(usize::from));
        let fitted = linfa_bayes::BernoulliNb::params()
            .alpha(self.alpha)
            .binarize(Some(0.0))
            .fit(&dataset)
            .map_err(failed)?;
        // The joint log-likelihood is linear in the features: at the origin it is the constant, at a unit vector the
        // constant and one weight.
        let odds = |points: Array2<f32>| -> Array1<f32> {
            let likelihood = fitted.joint_log_likelihood(points.view());
            let of = |class: usize| {
                likelihood.get(&class).cloned().unwrap_or_else(|| Array1::zeros(points.nrows()))
            };
            of(1) - of(0)
        };
        let constant = odds(Array2::zeros((1, x.ncols())))[0];
        let weights = odds(Array2::eye(x.ncols())) - constant;
        // Features are TF-IDF values, a fraction of the 0 and 1 that the estimates stand for. Raised to the size of
        // 1 on average over an article, and without the constant for all that is absent, scores keep their order and
        // calibration does the rest.
        let scale = (x.ncols() as f32).sqrt() / weights.mapv(|w| w * w).sum().sqrt().max(1e-6);
        Ok((weights * scale, 0.0))
    }
}
