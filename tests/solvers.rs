//! Solvers find the optimum of what they say they minimise, from wherever they start.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use linfa::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use topicwire::features::Records;
use topicwire::learn::{Duals, Labels, Logistic, Loss, Svm, SvmValidParams, Weights};

/// A random sparse problem in which topics lean on columns of their own, but not cleanly.
struct Problem {
    records: Records,
    labels: Labels,
    topics: usize,
}

const WIDTH: usize = 12;

impl Problem {
    fn new(rows: usize, topics: usize, single: bool, seed: u64) -> Problem {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut matrix = Vec::new();
        let mut targets = Vec::new();
        for _ in 0..rows {
            let topic: u32 = random.random_range(0..topics as u32);
            let mut own = vec![topic];
            if !single {
                own.retain(|_| random.random_bool(0.8));
                (0..topics as u32).filter(|_| random.random_bool(0.1)).for_each(|other| own.push(other));
                own.sort_unstable();
                own.dedup();
            }
            let mut row: Vec<(u32, f32)> = Vec::new();
            for column in 0..WIDTH as u32 {
                let lean = if column % topics as u32 == topic { 0.7 } else { 0.25 };
                if random.random_bool(lean) {
                    row.push((column, random.random_range(0.1..1.0)));
                }
            }
            targets.push(own);
            matrix.push(row);
        }
        let labels = Labels::new(&targets, topics);
        Problem { records: Records::from_rows(WIDTH, matrix).unwrap(), labels, topics }
    }

    fn rows(&self) -> Vec<u32> {
        (0..self.records.len() as u32).collect()
    }

    /// Row `row` in full, the bias behind it.
    fn dense(&self, row: u32) -> [f64; WIDTH + 1] {
        let mut dense = [0.0; WIDTH + 1];
        self.records.row(row as usize).for_each(|(column, value)| dense[column as usize] = f64::from(value));
        dense[WIDTH] = 1.0;
        dense
    }

    fn sign(&self, row: u32, topic: usize) -> f64 {
        if self.labels.has(row as usize, topic) { 1.0 } else { -1.0 }
    }
}

type Vector = [f64; WIDTH + 1];

fn weights_of(weights: &Weights, topic: usize) -> Vector {
    std::array::from_fn(|column| f64::from(weights.get(column, topic)))
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The loss of a margin, its first and its second derivative.
type Margin = fn(f64) -> [f64; 3];

fn squared_hinge(margin: f64) -> [f64; 3] {
    let short = (1.0 - margin).max(0.0);
    [short * short, -2.0 * short, if short > 0.0 { 2.0 } else { 0.0 }]
}

fn logistic(margin: f64) -> [f64; 3] {
    let p = 1.0 / (1.0 + (-margin).exp());
    [(-margin).exp().ln_1p(), p - 1.0, p * (1.0 - p)]
}

/// `½ |w|² + C Σ loss(y w·x)` over `rows`, and its gradient.
fn objective(
    problem: &Problem,
    rows: &[u32],
    topic: usize,
    cost: f64,
    loss: Margin,
    w: &Vector,
) -> (f64, Vector) {
    let (mut value, mut gradient) = (0.5 * dot(w, w), *w);
    for &row in rows {
        let (x, y) = (problem.dense(row), problem.sign(row, topic));
        let [of, slope, _] = loss(y * dot(w, &x));
        value += cost * of;
        gradient.iter_mut().zip(&x).for_each(|(g, x)| *g += cost * slope * y * x);
    }
    (value, gradient)
}

/// The least value that the objective takes, by Newton's method in double precision with steps that are halved until the
/// objective falls: slow, and as different from the solvers as can be.
fn least(problem: &Problem, rows: &[u32], topic: usize, cost: f64, loss: Margin) -> f64 {
    let mut w = [0.0; WIDTH + 1];
    for _ in 0..200 {
        let (value, gradient) = objective(problem, rows, topic, cost, loss, &w);
        if dot(&gradient, &gradient).sqrt() < 1e-9 {
            return value;
        }
        let mut hessian = [[0.0; WIDTH + 1]; WIDTH + 1];
        (0..=WIDTH).for_each(|at| hessian[at][at] = 1.0);
        for &row in rows {
            let x = problem.dense(row);
            let curve = cost * loss(problem.sign(row, topic) * dot(&w, &x))[2];
            for a in 0..=WIDTH {
                (0..=WIDTH).for_each(|b| hessian[a][b] += curve * x[a] * x[b]);
            }
        }
        let step = solve(hessian, gradient);
        let mut length = 1.0;
        loop {
            let tried: Vector = std::array::from_fn(|at| w[at] - length * step[at]);
            if objective(problem, rows, topic, cost, loss, &tried).0 < value || length < 1e-12 {
                w = tried;
                break;
            }
            length *= 0.5;
        }
    }
    objective(problem, rows, topic, cost, loss, &w).0
}

/// Gaussian elimination, for a positive definite matrix.
fn solve(mut a: [Vector; WIDTH + 1], mut b: Vector) -> Vector {
    for pivot in 0..=WIDTH {
        for row in pivot + 1..=WIDTH {
            let factor = a[row][pivot] / a[pivot][pivot];
            (pivot..=WIDTH).for_each(|column| a[row][column] -= factor * a[pivot][column]);
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..=WIDTH).rev() {
        let known: f64 = (row + 1..=WIDTH).map(|column| a[row][column] * b[column]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}

fn svm(cost: f32) -> SvmValidParams {
    Svm::params().cost(cost).tolerance(1e-3).max_epochs(5_000).check().unwrap()
}

#[track_caller]
fn assert_within(value: f64, least: f64, share: f64) {
    assert!(value >= least * (1.0 - 1e-5) - 1e-9, "{value} is below the least, {least}");
    assert!(value <= least * (1.0 + share), "{value}, but {least} can be had");
}

#[test]
fn svm_finds_the_optimum_of_every_topic() {
    // More topics than fit into one block, and few; cheap errors and dear ones.
    for (rows, topics, cost) in [(60, 3, 1.0), (80, 19, 0.3), (40, 2, 30.0), (5, 4, 1.0)] {
        let problem = Problem::new(rows, topics, false, 5);
        let all = problem.rows();
        let fit = svm(cost).fit_rows(&problem.records, &problem.labels, &all, &Duals::None).unwrap();
        assert!(fit.convergence().converged, "{:?}", fit.convergence());
        let Duals::Blocks(duals) = fit.duals() else { panic!("one-vs-rest has dual variables by blocks") };
        for topic in 0..problem.topics {
            let w = weights_of(fit.weights(), topic);
            let (primal, _) = objective(&problem, &all, topic, cost.into(), squared_hinge, &w);
            assert_within(primal, least(&problem, &all, topic, cost.into(), squared_hinge), 1e-3);
            // The dual variables are none the worse: w is their sum, and the gap between primal and dual is small.
            let dual = |row: u32| f64::from(duals[topic / 16][row as usize][topic % 16]);
            let sum = all.iter().fold([0.0; WIDTH + 1], |sum: Vector, &row| {
                let (x, step) = (problem.dense(row), dual(row) * problem.sign(row, topic));
                std::array::from_fn(|at| sum[at] + step * x[at])
            });
            assert!(sum.iter().zip(&w).all(|(a, b)| (a - b).abs() < 1e-3), "{sum:?} {w:?}");
            let value: f64 =
                all.iter().map(|&row| dual(row) - dual(row).powi(2) / (4.0 * f64::from(cost))).sum();
            assert!(all.iter().all(|&row| dual(row) >= 0.0));
            assert!((primal - (value - 0.5 * dot(&w, &w))) / primal < 2e-3);
        }
    }
}

#[test]
fn the_usual_tolerances_come_within_a_hundredth() {
    let problem = Problem::new(200, 19, false, 11);
    let all = problem.rows();
    let svm = Svm::params().check().unwrap();
    let svm = svm.fit_rows(&problem.records, &problem.labels, &all, &Duals::None).unwrap();
    let regression = Logistic::params().check().unwrap();
    let regression = regression.fit_rows(&problem.records, &problem.labels, &all).unwrap();
    for topic in 0..problem.topics {
        for (weights, cost, loss) in
            [(svm.weights(), 1.0, squared_hinge as Margin), (regression.weights(), 10.0, logistic)]
        {
            let reached = objective(&problem, &all, topic, cost, loss, &weights_of(weights, topic)).0;
            assert_within(reached, least(&problem, &all, topic, cost, loss), 0.01);
        }
    }
}

#[test]
fn svm_reaches_the_same_from_elsewhere() {
    let problem = Problem::new(80, 18, false, 6);
    let full = svm(2.0).fit_rows(&problem.records, &problem.labels, &problem.rows(), &Duals::None).unwrap();
    // A fold starts from the solution for all rows; another cost from the solution for this one.
    for (cost, rows) in
        [(2.0, (0..64).collect::<Vec<u32>>()), (0.5, problem.rows()), (8.0, (16..80).collect())]
    {
        let fit =
            |start: &Duals| svm(cost).fit_rows(&problem.records, &problem.labels, &rows, start).unwrap();
        let (cold, warm) = (fit(&Duals::None), fit(full.duals()));
        for topic in 0..problem.topics {
            let best = least(&problem, &rows, topic, cost.into(), squared_hinge);
            for fit in [&cold, &warm] {
                let w = weights_of(fit.weights(), topic);
                assert_within(
                    objective(&problem, &rows, topic, cost.into(), squared_hinge, &w).0,
                    best,
                    1e-3,
                );
            }
        }
    }
    let again = svm(2.0).fit_rows(&problem.records, &problem.labels, &problem.rows(), full.duals()).unwrap();
    assert!(again.convergence().iterations <= 3, "{:?}", again.convergence());
}

/// The primal objective of Crammer and Singer, and the dual one of the variables `dual`.
fn together(problem: &Problem, rows: &[u32], cost: f64, weights: &Weights, dual: &[f32]) -> (f64, f64) {
    let topics = problem.topics;
    let stride = dual.len() / problem.records.len();
    let own = problem.labels.own().unwrap();
    let all: Vec<Vector> = (0..topics).map(|topic| weights_of(weights, topic)).collect();
    let size: f64 = all.iter().map(|w| 0.5 * dot(w, w)).sum();
    let (mut primal, mut value) = (size, -size);
    for &row in rows {
        let (x, own) = (problem.dense(row), own[row as usize] as usize);
        let scores: Vec<f64> = all.iter().map(|w| dot(w, &x)).collect();
        let short =
            (0..topics).filter(|&t| t != own).map(|t| 1.0 + scores[t] - scores[own]).fold(0.0, f64::max);
        primal += cost * short;
        let dual = &dual[row as usize * stride..][..topics];
        assert!((dual.iter().map(|&d| f64::from(d)).sum::<f64>()).abs() < 1e-4);
        assert!(f64::from(dual[own]) <= cost + 1e-5);
        value -= (0..topics).filter(|&t| t != own).map(|t| f64::from(dual[t])).sum::<f64>();
    }
    (primal, value)
}

#[test]
fn the_multi_class_loss_finds_its_optimum_cold_and_warm() {
    for (rows, topics, cost) in [(60, 3, 1.0), (70, 20, 0.5), (40, 4, 10.0)] {
        let problem = Problem::new(rows, topics, true, 7);
        let params = |cost: f32, tolerance: f32| {
            let params = Svm::params().loss(Loss::CrammerSinger).cost(cost).tolerance(tolerance);
            params.max_epochs(20_000).check().unwrap()
        };
        let all = problem.rows();
        let full =
            params(cost, 1e-3).fit_rows(&problem.records, &problem.labels, &all, &Duals::None).unwrap();
        let part: Vec<u32> = all.iter().copied().filter(|row| row % 5 != 0).collect();
        for (cost, rows) in [(cost, &all), (cost, &part), (cost * 3.0, &all)] {
            let fit = |start: &Duals, tolerance| {
                params(cost, tolerance).fit_rows(&problem.records, &problem.labels, rows, start).unwrap()
            };
            for fit in [fit(&Duals::None, 1e-3), fit(full.duals(), 1e-3)] {
                assert!(fit.convergence().converged, "{:?}", fit.convergence());
                let Duals::Rows(dual, at_cost) = fit.duals() else { panic!("one row for each article") };
                assert_eq!(*at_cost, cost);
                // Rows that were not learned from have no say.
                let mut own_rows = vec![0.0; dual.len()];
                let stride = dual.len() / problem.records.len();
                for &row in rows {
                    let range = row as usize * stride..(row as usize + 1) * stride;
                    own_rows[range.clone()].copy_from_slice(&dual[range]);
                }
                assert_eq!(own_rows, dual.to_vec());
                // Between primal and dual lies the optimum: no reference is needed.
                let (primal, value) = together(&problem, rows, cost.into(), fit.weights(), dual);
                assert!(value <= primal * 1.0001 && (primal - value) / primal < 2e-3, "{primal} {value}");
            }
        }
    }
    let several = Problem::new(20, 3, false, 8);
    let params = Svm::params().loss(Loss::CrammerSinger).check().unwrap();
    let outcome = params.fit_rows(&several.records, &several.labels, &several.rows(), &Duals::None);
    assert!(outcome.unwrap_err().to_string().contains("exactly one topic"));
}

#[test]
fn logistic_regression_finds_the_optimum_of_every_topic() {
    for (rows, topics, cost) in [(60, 3, 1.0), (80, 19, 10.0), (5, 4, 1.0)] {
        let problem = Problem::new(rows, topics, false, 9);
        let all = problem.rows();
        let params = Logistic::params().cost(cost).tolerance(1e-3).check().unwrap();
        let fit = params.fit_rows(&problem.records, &problem.labels, &all).unwrap();
        assert!(fit.convergence().converged, "{:?}", fit.convergence());
        for topic in 0..topics {
            let of = |w: &Vector| objective(&problem, &all, topic, cost.into(), logistic, w);
            let (value, gradient) = of(&weights_of(fit.weights(), topic));
            let (_, first) = of(&[0.0; WIDTH + 1]);
            assert!(dot(&gradient, &gradient).sqrt() < 2e-3 * dot(&first, &first).sqrt());
            assert_within(value, least(&problem, &all, topic, cost.into(), logistic), 1e-3);
        }
    }
}

#[test]
fn dual_variables_of_another_kind_are_not_taken() {
    let problem = Problem::new(30, 3, true, 10);
    let all = problem.rows();
    let strange = [
        Duals::Rows(vec![0.5; 3].into(), 1.0),
        Duals::Blocks(vec![Arc::from(vec![[0.5; 16]; 2])]),
        Duals::Blocks(Vec::new()),
    ];
    for loss in [Loss::SquaredHinge, Loss::CrammerSinger] {
        let params = Svm::params().loss(loss).tolerance(1e-3).max_epochs(5_000).check().unwrap();
        let cold = params.fit_rows(&problem.records, &problem.labels, &all, &Duals::None).unwrap();
        for start in &strange {
            let fit = params.fit_rows(&problem.records, &problem.labels, &all, start).unwrap();
            for topic in 0..3 {
                let (a, b) = (weights_of(fit.weights(), topic), weights_of(cold.weights(), topic));
                assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.02), "{loss:?} {a:?} {b:?}");
            }
        }
    }
}
