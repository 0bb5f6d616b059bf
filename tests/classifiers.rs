//! Every classifier learns what can be told, behaves as linfa's do, and refuses what makes no sense.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use linfa::prelude::*;
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use topicwire::features::Records;
use topicwire::learn::{Labels, LinfaBayes, LinfaLogistic, Logistic, Loss, NaiveBayes, Svm, Weights};
use topicwire::{Error, Result};

/// Random sparse records of unit length, with labels that a few columns tell and some noise.
fn problem(rows: usize, topics: u32, seed: u64) -> (Records, Vec<Vec<u32>>) {
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
        targets.push(vec![if random.random_bool(0.1) { random.random_range(0..topics) } else { topic }]);
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
    let data = problem(400, 4, 5);
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
    let data = problem(50, 3, 6);
    let dataset = DatasetBase::new(data.0.clone(), Labels::new(&data.1, 3));
    let svm = Svm::params().fit(&dataset).unwrap();
    let scores: ndarray::Array2<f32> = svm.predict(&dataset);
    assert_eq!(scores.dim(), (50, 3));
    assert_eq!(scores.row(7).to_vec(), svm.weights().scores(&data.0, 7));
    // Of records alone, as of linfa's own arrays.
    assert_eq!(svm.predict(&data.0), scores);
}

/// Two topics with columns of their own, and one column for both.
fn two_topics() -> (Records, Labels) {
    let rows = (0..20).map(|row| {
        let topic = row % 2;
        vec![(topic, 0.8), (2 + topic + 2 * (row % 3), 0.5), (8, 0.3)]
    });
    let topics: Vec<Vec<u32>> = (0..20).map(|row| vec![row % 2]).collect();
    (Records::from_rows(9, rows).unwrap(), Labels::new(&topics, 2))
}

#[track_caller]
fn tells_two_topics_apart<P, F>(params: P)
where
    P: ParamGuard<Error = Error>,
    P::Checked: Fit<Records, Labels, Error, Object = F>,
    F: PredictInplace<Records, Array2<f32>> + for<'a> Predict<&'a Records, Array2<f32>>,
{
    let (records, labels) = two_topics();
    let valid = params.check().unwrap();
    let fitted = valid.fit(&DatasetBase::new(records.clone(), labels.clone())).unwrap();
    let scores: Array2<f32> = fitted.predict(&records);
    assert_eq!(scores.dim(), (20, 2));
    for row in 0..20 {
        let (own, other) = (scores[(row, row % 2)], scores[(row, 1 - row % 2)]);
        assert!(own > other && own.is_finite() && other.is_finite(), "row {row}: {scores}");
    }
    // More of a topic's own column, a higher score.
    let weak = Records::from_rows(9, [vec![(0, 0.1)], vec![(0, 0.9)], vec![(1, 0.9)]]).unwrap();
    let scores: Array2<f32> = fitted.predict(&weak);
    assert!(scores[(1, 0)] > scores[(0, 0)] && scores[(0, 0)] > scores[(2, 0)], "{scores}");

    // Nothing to learn from and no such columns are no reason to panic.
    let none = Records::from_rows(9, []).unwrap();
    let _ = valid.fit(&DatasetBase::new(none, Labels::new(&[], 2)));
    let no_columns = Records::from_rows(0, [vec![], vec![]]).unwrap();
    let _ = valid.fit(&DatasetBase::new(no_columns, Labels::new(&[vec![0], vec![1]], 2)));
    // One topic on all, and one on none.
    let lopsided = Labels::new(&vec![vec![0]; 20], 2);
    let fitted = valid.fit(&DatasetBase::new(records.clone(), lopsided)).unwrap();
    let scores: Array2<f32> = fitted.predict(&records);
    assert!((0..20).all(|row| scores[(row, 0)].is_finite() && scores[(row, 1)].is_finite()), "{scores}");
    // Labels of other articles are told from ours.
    let outcome = valid.fit(&DatasetBase::new(records, Labels::new(&[vec![0], vec![1]], 2)));
    assert!(matches!(outcome, Err(Error::Fit(problem)) if problem.contains("20 articles but labels for 2")));
}

#[test]
fn every_classifier_tells_two_topics_apart() {
    tells_two_topics_apart(Svm::params());
    tells_two_topics_apart(Svm::params().loss(Loss::CrammerSinger));
    tells_two_topics_apart(Logistic::params());
    tells_two_topics_apart(NaiveBayes::params());
    tells_two_topics_apart(LinfaLogistic::params());
    tells_two_topics_apart(LinfaBayes::params());
}

#[test]
fn parameters_that_make_no_sense() {
    fn refused<P: ParamGuard<Error = Error>>(params: P, name: &str) {
        let problem: Result<P::Checked> = params.check();
        match problem.map(drop) {
            Err(Error::Settings(problem)) => assert!(problem.contains(name), "{problem}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    for wrong in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        refused(Svm::params().cost(wrong), "svm: cost");
        refused(Svm::params().tolerance(wrong), "svm: tolerance");
        refused(Logistic::params().cost(wrong), "logistic: cost");
        refused(Logistic::params().tolerance(wrong), "logistic: tolerance");
        refused(NaiveBayes::params().alpha(wrong), "naive-bayes: alpha");
        refused(LinfaLogistic::params().alpha(wrong), "linfa-logistic: alpha");
        refused(LinfaBayes::params().alpha(wrong), "linfa-bayes: alpha");
    }
    refused(LinfaLogistic::params().columns(0), "0 columns");
    refused(LinfaBayes::params().columns(0), "0 columns");
    // linfa's own way: unchecked parameters check themselves when they are fitted.
    let (records, labels) = two_topics();
    assert!(Svm::params().cost(0.0).fit(&DatasetBase::new(records, labels)).is_err());
}

#[test]
fn a_dense_array_too_large_is_refused() {
    let rows = 60_000;
    let records = Records::from_rows(5_000, (0..rows).map(|row| vec![(row % 5_000, 1.0)])).unwrap();
    let labels = Labels::new(&(0..rows).map(|row| vec![row % 2]).collect::<Vec<_>>(), 2);
    let dataset = DatasetBase::new(records, labels);
    for problem in [
        LinfaLogistic::params().columns(5_000).fit(&dataset).unwrap_err().to_string(),
        LinfaBayes::params().columns(usize::MAX).fit(&dataset).unwrap_err().to_string(),
    ] {
        assert!(problem.contains("60000 articles × 5000 columns") && problem.contains("1.2 GB"), "{problem}");
        assert!(problem.contains("--selected-columns") && problem.contains("svm"), "{problem}");
    }
}
