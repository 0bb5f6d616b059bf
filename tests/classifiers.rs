//! Classifiers find the optimum that they promise, and behave as linfa's do.

use linfa::prelude::*;
use linfa::traits::Fit;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use topicwire::Error;
use topicwire::features::Records;
use topicwire::learn::{Duals, Labels, LinfaBayes, LinfaLogistic, Logistic, Loss, NaiveBayes, Svm, Weights};

/// Random sparse records of unit length, with labels that a few columns tell and some noise.
fn problem(rows: usize, topics: u32, single: bool, seed: u64) -> (Records, Vec<Vec<u32>>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let width = 40;
    let mut data = Vec::new();
    let mut targets = Vec::new();
    for _ in 0..rows {
        let topic = random.random_range(0..topics);
        let mut row = std::collections::BTreeMap::new();
        for _ in 0..6 {
            *row.entry(random.random_range(0..width)).or_insert(0.0) += 1.0_f32;
        }
        *row.entry(topic).or_insert(0.0) += 1.5;
        let length = row.values().map(|v| v * v).sum::<f32>().sqrt();
        data.push(row.into_iter().map(|(column, value)| (column, value / length)).collect());
        let mut own =
            vec![if random.random_range(0..10) == 0 { random.random_range(0..topics) } else { topic }];
        if !single && random.random_range(0..3) == 0 {
            own.push(random.random_range(0..topics));
        }
        own.sort_unstable();
        own.dedup();
        targets.push(own);
    }
    (Records::from_rows(width as usize, data).unwrap(), targets)
}

fn fit<F: Fit<Records, Labels, Error>>(
    params: &F,
    (records, targets): &(Records, Vec<Vec<u32>>),
    topics: usize,
) -> F::Object {
    params.fit(&DatasetBase::new(records.clone(), Labels::new(targets, topics))).unwrap()
}

/// ½|w|² + C Σ loss of one topic, the bias a weight like the others.
fn objective(
    weights: &Weights,
    data: &(Records, Vec<Vec<u32>>),
    topic: usize,
    cost: f64,
    loss: fn(f64) -> f64,
) -> f64 {
    let square: f64 = (0..=data.0.width()).map(|c| f64::from(weights.get(c, topic)).powi(2)).sum();
    let losses = data.1.iter().enumerate().map(|(row, own)| {
        let sign = if own.contains(&(topic as u32)) { 1.0 } else { -1.0 };
        loss(sign * f64::from(weights.scores(&data.0, row)[topic]))
    });
    0.5 * square + cost * losses.sum::<f64>()
}

fn squared_hinge(margin: f64) -> f64 {
    (1.0 - margin).max(0.0).powi(2)
}

fn log_loss(margin: f64) -> f64 {
    (-margin).exp().ln_1p()
}

#[test]
fn svm_comes_within_a_thousandth_of_the_optimum() {
    // Twenty topics: more than one block.
    let data = problem(300, 20, false, 1);
    for cost in [0.1, 1.0, 10.0] {
        let usual = fit(&Svm::params().cost(cost).check().unwrap(), &data, 20);
        let close = fit(&Svm::params().cost(cost).tolerance(0.02).check().unwrap(), &data, 20);
        let long =
            fit(&Svm::params().cost(cost).tolerance(1e-4).max_epochs(3_000).check().unwrap(), &data, 20);
        assert!(usual.convergence().converged && close.convergence().converged);
        for topic in 0..20 {
            let of = |svm: &Svm| objective(svm.weights(), &data, topic, cost.into(), squared_hinge);
            let best = of(&long);
            assert!(of(&usual) <= 1.005 * best, "cost {cost}, topic {topic}: {} against {best}", of(&usual));
            assert!(of(&close) <= 1.001 * best, "cost {cost}, topic {topic}: {} against {best}", of(&close));
        }
    }
}

#[test]
fn svm_from_a_warm_start_finds_the_same_optimum() {
    let data = problem(300, 5, true, 2);
    let labels = Labels::new(&data.1, 5);
    let rows: Vec<u32> = (0..300).filter(|row| row % 5 != 0).collect();
    for loss in [Loss::SquaredHinge, Loss::CrammerSinger] {
        let params = Svm::params().loss(loss).tolerance(1e-3).max_epochs(2_000).check().unwrap();
        let all: Vec<u32> = (0..300).collect();
        let start = params.fit_rows(&data.0, &labels, &all, &Duals::None).unwrap();
        let cold = params.fit_rows(&data.0, &labels, &rows, &Duals::None).unwrap();
        let warm = params.fit_rows(&data.0, &labels, &rows, start.duals()).unwrap();
        assert!(warm.convergence().converged && cold.convergence().converged, "{loss:?}");
        for row in 0..300 {
            let pairs =
                cold.weights().scores(&data.0, row).into_iter().zip(warm.weights().scores(&data.0, row));
            pairs.for_each(|(cold, warm)| assert!((cold - warm).abs() < 0.01, "{loss:?}: {cold} and {warm}"));
        }
    }
}

#[test]
fn the_multi_class_svm_lowers_its_own_objective() {
    let data = problem(200, 4, true, 3);
    let objective = |weights: &Weights| {
        let square: f64 = (0..4)
            .flat_map(|t| (0..=40).map(move |c| (c, t)))
            .map(|(c, t)| f64::from(weights.get(c, t)).powi(2))
            .sum();
        let losses = data.1.iter().enumerate().map(|(row, own)| {
            let scores = weights.scores(&data.0, row);
            let own = own[0] as usize;
            let other = (0..4).map(|t| f64::from(scores[t]) + if t == own { 0.0 } else { 1.0 });
            other.fold(f64::MIN, f64::max) - f64::from(scores[own])
        });
        0.5 * square + losses.sum::<f64>()
    };
    let params = Svm::params().loss(Loss::CrammerSinger);
    let usual = objective(fit(&params.check().unwrap(), &data, 4).weights());
    let long = objective(fit(&params.tolerance(1e-4).max_epochs(3_000).check().unwrap(), &data, 4).weights());
    let apart = objective(fit(&Svm::params().check().unwrap(), &data, 4).weights());
    assert!(usual <= 1.01 * long && long < apart, "{usual}, {long}, {apart}");
}

#[test]
fn logistic_regression_comes_within_a_thousandth_of_the_optimum() {
    let data = problem(300, 6, false, 4);
    let usual = fit(&Logistic::params().cost(2.0).check().unwrap(), &data, 6);
    let long = fit(&Logistic::params().cost(2.0).tolerance(1e-5).max_steps(200).check().unwrap(), &data, 6);
    assert!(usual.convergence().converged);
    for topic in 0..6 {
        let reached = objective(usual.weights(), &data, topic, 2.0, log_loss);
        assert!(reached <= 1.001 * objective(long.weights(), &data, topic, 2.0, log_loss));
    }
}

/// The share of articles whose likeliest topic is their own.
fn accuracy(weights: &Weights, data: &(Records, Vec<Vec<u32>>)) -> f64 {
    let right = data.1.iter().enumerate().filter(|(row, own)| {
        let scores = weights.scores(&data.0, *row);
        let likeliest = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
        own.contains(&(likeliest as u32))
    });
    right.count() as f64 / data.1.len() as f64
}

#[test]
fn every_classifier_tells_clear_topics_apart() {
    let data = problem(400, 4, true, 5);
    let reached = [
        ("svm", accuracy(fit(&Svm::params().check().unwrap(), &data, 4).weights(), &data)),
        ("logistic", accuracy(fit(&Logistic::params().check().unwrap(), &data, 4).weights(), &data)),
        ("naive-bayes", accuracy(fit(&NaiveBayes::params().check().unwrap(), &data, 4).weights(), &data)),
        (
            "linfa-logistic",
            accuracy(fit(&LinfaLogistic::params().check().unwrap(), &data, 4).weights(), &data),
        ),
        ("linfa-bayes", accuracy(fit(&LinfaBayes::params().check().unwrap(), &data, 4).weights(), &data)),
    ];
    for (name, accuracy) in reached {
        assert!(accuracy > 0.75, "{name}: {accuracy}");
    }
}

#[test]
fn predict_of_linfa_gives_the_scores() {
    let data = problem(50, 3, true, 6);
    let dataset = DatasetBase::new(data.0.clone(), Labels::new(&data.1, 3));
    let svm = Svm::params().fit(&dataset).unwrap();
    let scores: ndarray::Array2<f32> = svm.predict(&dataset);
    assert_eq!(scores.dim(), (50, 3));
    assert_eq!(scores.row(7).to_vec(), svm.weights().scores(&data.0, 7));
}

#[test]
fn senseless_parameters_are_refused() {
    let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Settings(_))));
    refused(Svm::params().cost(0.0).check().map(drop));
    refused(Svm::params().tolerance(f32::NAN).check().map(drop));
    refused(Logistic::params().cost(f32::INFINITY).check().map(drop));
    refused(NaiveBayes::params().alpha(-1.0).check().map(drop));
    refused(LinfaLogistic::params().alpha(0.0).check().map(drop));
    refused(LinfaBayes::params().columns(0).check().map(drop));
}

#[test]
fn a_dense_array_that_is_too_large_is_refused_before_it_is_made() {
    let rows = 300_000;
    let records = Records::from_rows(1_000, (0..rows).map(|row| vec![(row % 1_000, 1.0)])).unwrap();
    let targets: Vec<Vec<u32>> = (0..rows).map(|row| vec![row % 2]).collect();
    let dataset = DatasetBase::new(records, Labels::new(&targets, 2));
    let error = LinfaBayes::params().columns(1_000).fit(&dataset).unwrap_err().to_string();
    assert!(error.contains("1.2 GB") && error.contains("--selected-columns"), "{error}");
}
