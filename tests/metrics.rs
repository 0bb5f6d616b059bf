//! Figures are those of scikit-learn and statsmodels, to the sixth digit: `bench/metrics_reference.py` made the reference.

use serde::Deserialize;
use topicwire::metrics::{Counts, Judged, TopicSets, evaluate, mcnemar, sample_averages};
use topicwire::{Task, Topic};

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
    mcnemar: Vec<(u64, u64, f64)>,
}

#[derive(Deserialize)]
struct Case {
    task: Task,
    gold: Vec<Vec<u32>>,
    given: Vec<Vec<u32>>,
    probabilities: Vec<Vec<f32>>,
    averages: std::collections::BTreeMap<String, [f64; 3]>,
    exact: f64,
    average_precision: Vec<f64>,
    calibration_error: f64,
    log_loss: f64,
    brier: f64,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("data/metrics_reference.json")).unwrap()
}

#[track_caller]
fn same(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() < 1e-6, "{what}: {ours} against {theirs}");
}

#[test]
fn every_figure_is_that_of_scikit_learn() {
    for case in reference().cases {
        let topics = case.probabilities[0].len();
        let (gold, given) = (TopicSets::from_indices(case.gold), TopicSets::from_indices(case.given));
        let judged = Judged::new(&gold, &given, topics).unwrap();
        let names: Vec<Topic> = (0..topics).map(|topic| Topic::from(format!("{topic:02}"))).collect();
        let figures = evaluate(&judged, &case.probabilities, &names, case.task).unwrap();
        let ours = [
            ("micro", figures.micro),
            ("macro", figures.macro_average),
            ("weighted", figures.weighted),
            ("samples", sample_averages(&judged)),
        ];
        for (name, ours) in ours {
            let [precision, recall, f1] = case.averages[name];
            same(ours.precision, precision, name);
            same(ours.recall, recall, name);
            same(ours.f1, f1, name);
        }
        same(figures.exact_match, case.exact, "exact match");
        same(figures.calibration_error, case.calibration_error, "calibration error");
        same(figures.log_loss, case.log_loss, "log loss");
        same(figures.brier_score, case.brier, "Brier score");
        for (topic, theirs) in names.iter().zip(case.average_precision) {
            same(
                figures.topics.get(topic).map_or(0.0, |of| of.average_precision),
                theirs,
                "average precision",
            );
        }
        assert!(figures.intervals.micro_f1.low <= figures.micro.f1);
        assert!(figures.micro.f1 <= figures.intervals.micro_f1.high);
        assert_eq!(figures, evaluate(&judged, &case.probabilities, &names, case.task).unwrap());
    }
}

#[test]
fn mcnemar_is_that_of_statsmodels() {
    for (a, b, theirs) in reference().mcnemar {
        same(mcnemar(a, b), theirs, "p");
    }
}

#[test]
fn swapping_gold_and_given_swaps_precision_and_recall() {
    for case in reference().cases {
        let topics = case.probabilities[0].len();
        let (gold, given) = (TopicSets::from_indices(case.gold), TopicSets::from_indices(case.given));
        let one = Counts::of(&Judged::new(&gold, &given, topics).unwrap());
        let other = Counts::of(&Judged::new(&given, &gold, topics).unwrap());
        same(one.micro().precision, other.micro().recall, "micro");
        same(one.macro_average().f1, other.macro_average().f1, "macro F1");
    }
}

#[test]
fn topics_of_other_articles_are_refused() {
    let (gold, given) = (TopicSets::from_indices([[0], [1]]), TopicSets::from_indices([[0]]));
    assert!(Judged::new(&gold, &given, 2).is_err());
    assert!(Judged::new(&gold, &gold, 1).is_err());
}
