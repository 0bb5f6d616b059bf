//! L2-regularised logistic regression, one-vs-rest.

use linfa::dataset::DatasetBase;
use linfa::prelude::ParamGuard;
use linfa::traits::Fit;
use rayon::prelude::*;

use super::dual::{LANES, Lanes, Mask, add, dot};
use super::weights::predict_scores;
use super::{Convergence, Labels, Weights};
use crate::features::Records;
use crate::{Error, Result};

/// A fitted logistic regression.
///
/// Minimises `½ |w|² + C Σ ln(1 + exp(-y w·x))` by Newton steps, each found by conjugate gradients and shortened until
/// the objective falls (Lin, Weng and Keerthi 2008, with a line search for the trust region). A walk over the matrix
/// serves a block of topics, as in [`dual`](super::dual).
#[derive(Debug, Clone)]
pub struct Logistic {
    weights: Weights,
    convergence: Convergence,
}

predict_scores!(Logistic);

impl Logistic {
    /// Parameters, to be set and checked.
    pub fn params() -> LogisticParams {
        LogisticParams(LogisticValidParams { cost: 10.0, tolerance: 0.01, max_steps: 50 })
    }
}

/// Parameters of logistic regression that are known to make sense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticValidParams {
    cost: f32,
    tolerance: f32,
    max_steps: u32,
}

/// Parameters of logistic regression, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticParams(LogisticValidParams);

impl LogisticParams {
    /// The cost of an error, against the size of the weights; above 0.
    #[must_use]
    pub fn cost(mut self, cost: f32) -> Self {
        self.0.cost = cost;
        self
    }

    /// Stop when the gradient has fallen to this share of what it was at first; above 0.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f32) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// The most Newton steps.
    #[must_use]
    pub fn max_steps(mut self, steps: u32) -> Self {
        self.0.max_steps = steps;
        self
    }
}

impl ParamGuard for LogisticParams {
    type Checked = LogisticValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&LogisticValidParams> {
        for (name, value) in [("cost", self.0.cost), ("tolerance", self.0.tolerance)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Settings(format!("logistic: {name} = {value}: choose a number above 0")));
            }
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<LogisticValidParams> {
        self.check_ref().copied()
    }
}

impl Fit<Records, Labels, Error> for LogisticValidParams {
    type Object = Logistic;

    fn fit(&self, dataset: &DatasetBase<Records, Labels>) -> Result<Logistic> {
        let rows: Vec<u32> = (0..dataset.records.len() as u32).collect();
        self.fit_rows(&dataset.records, &dataset.targets, &rows)
    }
}

impl LogisticValidParams {
    /// Fits to `rows` of `records` alone.
    ///
    /// # Errors
    ///
    /// [`Error::Fit`] where records and labels differ in length.
    pub fn fit_rows(&self, records: &Records, labels: &Labels, rows: &[u32]) -> Result<Logistic> {
        labels.check_length(records)?;
        let fits: Vec<_> = (0..labels.blocks())
            .into_par_iter()
            .map(|block| {
                let problem = Problem { records, rows, positive: labels.block(block), cost: self.cost };
                problem.minimise(self.tolerance, self.max_steps)
            })
            .collect();
        let convergence = fits.iter().map(|fit| fit.1).reduce(Convergence::and).unwrap_or_default();
        let blocks = fits.into_iter().map(|fit| fit.0).collect();
        Ok(Logistic { weights: Weights::from_blocks(labels.topics(), blocks), convergence })
    }
}

struct Problem<'a> {
    records: &'a Records,
    rows: &'a [u32],
    positive: &'a [Mask],
    cost: f32,
}

/// A vector for each topic of a block: a row per column, and one for the bias.
type Vectors = Vec<Lanes>;

impl Problem<'_> {
    fn minimise(&self, tolerance: f32, max_steps: u32) -> (Vectors, Convergence) {
        let mut weights = vec![[0.0; LANES]; self.records.width() + 1];
        let mut margins = self.products(&weights);
        let mut value = self.objective(&weights, &margins);
        let mut first = None;
        let mut convergence = Convergence::default();
        for step in 1..=max_steps {
            let gradient = self.gradient(&weights, &margins);
            let norms = inner(&gradient, &gradient);
            let first = first.get_or_insert(norms);
            let share = |l: usize| if first[l] > 0.0 { (norms[l] / first[l]).sqrt() } else { 0.0 };
            let violation = (0..LANES).map(share).fold(0.0, f32::max);
            convergence = Convergence { iterations: step, violation, converged: violation <= tolerance };
            if convergence.converged {
                break;
            }
            let direction = self.newton_direction(&gradient, &norms, &margins);
            let change = self.products(&direction);
            let slope = inner(&gradient, &direction);
            if !self.advance(&mut weights, &mut margins, &mut value, &direction, &change, &slope) {
                break;
            }
        }
        (weights, convergence)
    }

    /// Moves each topic along its direction, by a step that is halved until its objective falls enough; whether any
    /// moved.
    fn advance(
        &self,
        weights: &mut Vectors,
        margins: &mut Vectors,
        value: &mut Lanes,
        direction: &Vectors,
        change: &Vectors,
        slope: &Lanes,
    ) -> bool {
        let mut length = [1.0_f32; LANES];
        for _ in 0..20 {
            let tried = moved(weights, direction, &length);
            let tried_margins = moved(margins, change, &length);
            let reached = self.objective(&tried, &tried_margins);
            let mut fine = true;
            for l in 0..LANES {
                if reached[l] > value[l] + 1e-4 * length[l] * slope[l] && length[l] > 0.0 {
                    length[l] = if length[l] > 1e-4 { 0.5 * length[l] } else { 0.0 };
                    fine = false;
                }
            }
            if fine {
                (*weights, *margins, *value) = (tried, tried_margins, reached);
                return length.iter().any(|&length| length > 0.0);
            }
        }
        false
    }

    /// `w·x` for each row.
    fn products(&self, weights: &Vectors) -> Vectors {
        let bias = weights[self.records.width()];
        self.rows
            .iter()
            .map(|&row| {
                let (columns, values) = self.records.parts(row as usize);
                let sum = dot(weights, columns, values);
                std::array::from_fn(|l| sum[l] + bias[l])
            })
            .collect()
    }

    fn sign(&self, row: u32, lane: usize) -> f32 {
        if self.positive[row as usize] >> lane & 1 == 1 { 1.0 } else { -1.0 }
    }

    fn objective(&self, weights: &Vectors, margins: &Vectors) -> Lanes {
        let mut sum = inner(weights, weights).map(|square| f64::from(0.5 * square));
        for (&row, margins) in self.rows.iter().zip(margins) {
            for l in 0..LANES {
                let z = -self.sign(row, l) * margins[l];
                sum[l] += f64::from(self.cost * (z.max(0.0) + (-z.abs()).exp().ln_1p()));
            }
        }
        sum.map(|sum| sum as f32)
    }

    /// `Σ coefficient x`, over rows.
    fn combine(&self, coefficients: impl Iterator<Item = Lanes>) -> Vectors {
        let width = self.records.width();
        let mut sum = vec![[0.0; LANES]; width + 1];
        for (&row, coefficient) in self.rows.iter().zip(coefficients) {
            let (columns, values) = self.records.parts(row as usize);
            add(&mut sum, columns, values, &coefficient);
            (0..LANES).for_each(|l| sum[width][l] += coefficient[l]);
        }
        sum
    }

    fn gradient(&self, weights: &Vectors, margins: &Vectors) -> Vectors {
        let coefficients = self.rows.iter().zip(margins).map(|(&row, margins)| {
            std::array::from_fn(|l| {
                let sign = self.sign(row, l);
                -self.cost * sign / (1.0 + (sign * margins[l]).exp())
            })
        });
        moved(&self.combine(coefficients), weights, &[1.0; LANES])
    }

    /// Solves `H d = -gradient` by conjugate gradients, to a tenth of the gradient.
    fn newton_direction(&self, gradient: &Vectors, norms: &Lanes, margins: &Vectors) -> Vectors {
        let spread: Vectors = margins
            .iter()
            .map(|margins| {
                std::array::from_fn(|l| {
                    let p = 1.0 / (1.0 + (-margins[l]).exp());
                    self.cost * p * (1.0 - p)
                })
            })
            .collect();
        let mut direction = vec![[0.0; LANES]; gradient.len()];
        let mut residual: Vectors = gradient.iter().map(|g| g.map(|g| -g)).collect();
        let mut search = residual.clone();
        let mut square = *norms;
        for _ in 0..25 {
            let products = self.products(&search);
            let weighted = products.iter().zip(&spread).map(|(p, s)| std::array::from_fn(|l| p[l] * s[l]));
            let curved = moved(&self.combine(weighted), &search, &[1.0; LANES]);
            let curvature = inner(&search, &curved);
            let length: Lanes =
                std::array::from_fn(|l| if curvature[l] > 0.0 { square[l] / curvature[l] } else { 0.0 });
            direction = moved(&direction, &search, &length);
            residual = moved(&residual, &curved, &length.map(|length| -length));
            let next = inner(&residual, &residual);
            if (0..LANES).all(|l| next[l] <= 0.01 * norms[l]) {
                break;
            }
            let keep: Lanes =
                std::array::from_fn(|l| if square[l] > 0.0 { next[l] / square[l] } else { 0.0 });
            search = moved(&residual, &search, &keep);
            square = next;
        }
        direction
    }
}

/// `a + length · b`, topic by topic.
fn moved(a: &Vectors, b: &Vectors, length: &Lanes) -> Vectors {
    a.iter().zip(b).map(|(a, b)| std::array::from_fn(|l| a[l] + length[l] * b[l])).collect()
}

fn inner(a: &Vectors, b: &Vectors) -> Lanes {
    let mut sum = [0.0_f64; LANES];
    for (a, b) in a.iter().zip(b) {
        (0..LANES).for_each(|l| sum[l] += f64::from(a[l] * b[l]));
    }
    sum.map(|sum| sum as f32)
}
