//! Logistic regression on a handful of features, by which all that turns scores of single topics into log odds is fitted.

use rayon::prelude::*;

use super::cholesky::Cholesky;
use super::exponential::exp;

/// One observation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<const N: usize> {
    /// What the log odds depend on.
    pub features: [f64; N],
    /// What is seen: 1 or 0, or a little less sure than that.
    pub target: f64,
    /// How many observations it stands for.
    pub count: f64,
}

/// Where the weights are drawn to: the penalty is `½ Σ strength · (weight - center)²`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pull<const N: usize> {
    pub center: [f64; N],
    pub strength: [f64; N],
}

const MAX_STEPS: usize = 100;

/// A step that promises less than this, in nats of all rows together, is not worth going.
const SETTLED: f64 = 1e-5;

/// The weights under which `row` of each of `items` is likeliest, given the `pull`.
pub(super) fn regression<const N: usize, T: Sync>(
    items: &[T],
    row: impl Fn(&T) -> Row<N> + Sync,
    pull: Pull<N>,
) -> [f64; N] {
    let at = |weights: &[f64; N]| {
        let parts: Vec<Loss<N>> =
            items.par_chunks(CHUNK).map(|items| Loss::of_rows(items, &row, weights)).collect();
        let mut loss = Loss::of_pull(&pull, weights);
        parts.iter().for_each(|part| loss.add(part));
        loss
    };
    minimise(at, pull.center)
}

/// The weights at which the convex loss `at` is least: Newton's method from `start`, each step halved until it leads down, as
/// Lin, Weng and Keerthi (2007) do it for Platt scaling.
pub(super) fn minimise<const N: usize>(at: impl Fn(&[f64; N]) -> Loss<N>, start: [f64; N]) -> [f64; N] {
    let mut weights = start;
    let mut current = at(&weights);
    for _ in 0..MAX_STEPS {
        let step = current.newton();
        let promise: f64 =
            0.5 * step.iter().zip(&current.gradient).map(|(step, slope)| step * slope).sum::<f64>();
        if promise.is_nan() || promise < SETTLED {
            break;
        }
        let mut length = 1.0;
        loop {
            let tried: [f64; N] = std::array::from_fn(|at| weights[at] - length * step[at]);
            let loss = at(&tried);
            if loss.value < current.value {
                (weights, current) = (tried, loss);
                break;
            }
            length *= 0.5;
            if length < 1e-3 {
                return weights;
            }
        }
    }
    weights
}

/// Rows that are summed together: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 8_192;

/// The penalised negative log likelihood at some weights.
pub(super) struct Loss<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    /// The lower triangle of the second derivatives.
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Loss<N> {
    pub const NONE: Loss<N> = Loss { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] };

    fn of_pull(pull: &Pull<N>, weights: &[f64; N]) -> Loss<N> {
        let mut loss = Loss::NONE;
        for (at, weight) in weights.iter().enumerate() {
            let away = weight - pull.center[at];
            loss.value += 0.5 * pull.strength[at] * away * away;
            loss.gradient[at] = pull.strength[at] * away;
            loss.hessian[at][at] = pull.strength[at];
        }
        loss
    }

    fn of_rows<T>(items: &[T], row: &impl Fn(&T) -> Row<N>, weights: &[f64; N]) -> Loss<N> {
        let mut loss = Loss::NONE;
        for some in items.chunks(32) {
            // The sum of logarithms, as that of a product, which no 32 factors of at most 2 can overflow.
            let mut product = 1.0;
            for item in some {
                let Row { features, target, count } = row(item);
                let z: f64 = (0..N).map(|at| weights[at] * features[at]).sum();
                let small = f64::from(exp(-z.abs() as f32));
                let likelier = 1.0 / (1.0 + small);
                let p = if z > 0.0 { likelier } else { small * likelier };
                // ln(1 + e^z) - t z, without overflow.
                loss.value += count * (z.max(0.0) - target * z);
                if count == 1.0 {
                    product *= 1.0 + small
                } else {
                    loss.value += count * small.ln_1p()
                }
                let (error, spread) = (count * (p - target), count * p * (1.0 - p));
                for at in 0..N {
                    loss.gradient[at] += error * features[at];
                    for column in 0..=at {
                        loss.hessian[at][column] += spread * features[at] * features[column];
                    }
                }
            }
            loss.value += product.ln();
        }
        loss
    }

    pub fn add(&mut self, other: &Loss<N>) {
        self.value += other.value;
        for at in 0..N {
            self.gradient[at] += other.gradient[at];
            (0..=at).for_each(|column| self.hessian[at][column] += other.hessian[at][column]);
        }
    }

    /// The step down to where a parabola of these derivatives has its lowest point, to be taken off.
    fn newton(&self) -> [f64; N] {
        let mut step = self.gradient;
        Cholesky::new(self.hessian.as_flattened().to_vec(), N).solve(&mut step, 1);
        step
    }
}
