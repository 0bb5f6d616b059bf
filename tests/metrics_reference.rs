//! Every figure equals scikit-learn's, and McNemar's test statsmodels', to 1e-6.
//!
//! `bench/metrics_reference.py` computed what is compared with, once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde::Deserialize;
use serde_json::Value;
use topicwire::metrics::{
    Averages, Bootstrap, CoverageCurve, Evaluation, EvaluationOptions, Interval, Judged, Scored, Scores,
    TopicSets, evaluate, mcnemar_exact,
};
use topicwire::{Task, Topic, TopicId};

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
    mcnemar: Vec<McNemarCase>,
}

#[derive(Deserialize)]
struct McNemarCase {
    b: u64,
    c: u64,
    p: f64,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    task: Task,
    topics: usize,
    gold: Vec<Vec<u32>>,
    given: Vec<Vec<u32>>,
    /// Per article (topic, probability in 1/1024); what is not listed is 0.
    units: Vec<Vec<(u32, u16)>>,
    exact_match: f64,
    micro: Averages,
    #[serde(rename = "macro")]
    macro_average: Averages,
    weighted: Averages,
    samples: Averages,
    per_topic: Vec<PerTopic>,
    micro_average_precision: f64,
    macro_average_precision: f64,
    log_loss: f64,
    log_loss_base: f64,
    brier: f64,
    calibration_error: f64,
    coverage: CoverageAt,
    coverage_90: CoverageAt,
    bootstrap: Option<Drawn>,
}

#[derive(Deserialize)]
struct PerTopic {
    precision: f64,
    recall: f64,
    f1: f64,
    support: u64,
    average_precision: Option<f64>,
    roc_auc: Option<f64>,
}

#[derive(Deserialize)]
struct CoverageAt {
    cut: Option<f32>,
    coverage: f64,
}

#[derive(Deserialize)]
struct Drawn {
    micro_f1: [f64; 2],
    macro_f1: [f64; 2],
    exact_match: [f64; 2],
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("data/metrics_reference.json")).unwrap()
}

impl Case {
    fn gold(&self) -> TopicSets {
        TopicSets::from_indices(self.gold.clone())
    }

    fn given(&self) -> TopicSets {
        TopicSets::from_indices(self.given.clone())
    }

    /// The same probabilities in both layouts.
    fn layouts(&self) -> [Scores; 2] {
        [Scores::dense(self.topics), Scores::sparse(self.topics, 0.0)].map(|mut scores| {
            for row in &self.units {
                let row = row.iter().map(|&(topic, units)| (TopicId(topic), f32::from(units) / 1024.0));
                scores.push_sparse(row).unwrap();
            }
            scores
        })
    }

    fn evaluate(&self, probabilities: &Scores, options: &EvaluationOptions) -> Evaluation {
        let names: Vec<Topic> = (0..self.topics).map(|topic| name(topic).into()).collect();
        evaluate(&self.gold(), &self.given(), Some(probabilities), &names, self.task, options).unwrap()
    }
}

fn name(topic: usize) -> String {
    format!("topic {topic:02}")
}

fn no_intervals() -> EvaluationOptions {
    EvaluationOptions {
        bootstrap: Bootstrap { resamples: 0, ..Bootstrap::default() },
        ..EvaluationOptions::default()
    }
}

#[track_caller]
fn close(what: &str, ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() < 1e-6, "{what}: {ours} is not {theirs}");
}

#[track_caller]
fn close_averages(what: &str, ours: Averages, theirs: Averages) {
    close(&format!("{what} precision"), ours.precision, theirs.precision);
    close(&format!("{what} recall"), ours.recall, theirs.recall);
    close(&format!("{what} F1"), ours.f1, theirs.f1);
}

#[track_caller]
fn close_options(what: &str, ours: Option<f64>, theirs: Option<f64>) {
    assert_eq!(ours.is_some(), theirs.is_some(), "{what}: {ours:?} is not {theirs:?}");
    close(what, ours.unwrap_or_default(), theirs.unwrap_or_default());
}

#[test]
fn averages_equal_scikit_learns() {
    for case in reference().cases {
        let ours = case.evaluate(&case.layouts()[0], &no_intervals());
        close(&case.name, ours.exact_match, case.exact_match);
        close_averages(&format!("{} micro", case.name), ours.micro, case.micro);
        close_averages(&format!("{} macro", case.name), ours.macro_average, case.macro_average);
        close_averages(&format!("{} weighted", case.name), ours.weighted, case.weighted);
        close_averages(&format!("{} samples", case.name), ours.samples, case.samples);
    }
}

#[test]
fn figures_of_topics_equal_scikit_learns() {
    for case in reference().cases {
        for probabilities in case.layouts() {
            let ours = case.evaluate(&probabilities, &no_intervals());
            assert_eq!(ours.topics.len(), case.topics);
            for (topic, theirs) in case.per_topic.iter().enumerate() {
                let what = format!("{} topic {topic}", case.name);
                let ours = ours.topics[&name(topic)];
                close(&what, ours.precision, theirs.precision);
                close(&what, ours.recall, theirs.recall);
                close(&what, ours.f1, theirs.f1);
                assert_eq!(ours.support, theirs.support, "{what}");
                close_options(&what, ours.average_precision, theirs.average_precision);
                close_options(&what, ours.roc_auc, theirs.roc_auc);
            }
        }
    }
}

#[test]
fn figures_of_probabilities_equal_scikit_learns() {
    for case in reference().cases {
        for probabilities in case.layouts() {
            let ours = case.evaluate(&probabilities, &no_intervals());
            let what = |figure: &str| format!("{} {figure}", case.name);
            close(&what("micro AP"), ours.micro_average_precision.unwrap(), case.micro_average_precision);
            close(&what("macro AP"), ours.macro_average_precision.unwrap(), case.macro_average_precision);
            close(&what("log loss"), ours.log_loss.unwrap(), case.log_loss);
            close(&what("base log loss"), ours.log_loss_base.unwrap(), case.log_loss_base);
            close(&what("Brier"), ours.brier.unwrap(), case.brier);
            close(&what("calibration error"), ours.calibration_error.unwrap(), case.calibration_error);
        }
    }
}

#[test]
fn coverage_equals_a_try_of_every_cut() {
    for case in reference().cases {
        let (gold, given) = (case.gold(), case.given());
        let judged = Judged::new(&gold, &given, case.topics).unwrap();
        for probabilities in case.layouts() {
            let curve = CoverageCurve::of(&Scored::new(judged, &probabilities).unwrap());
            for (precision, theirs) in [(0.95, &case.coverage), (0.9, &case.coverage_90)] {
                let ours = curve.at_precision(precision);
                close(&case.name, ours.coverage, theirs.coverage);
                assert_eq!(ours.cut, theirs.cut, "{}", case.name);
            }
        }
    }
}

#[test]
fn sparse_and_dense_rows_give_the_same_evaluation() {
    for case in reference().cases {
        let [dense, sparse] = case.layouts().map(|scores| case.evaluate(&scores, &no_intervals()));
        let same = |what, f: fn(&Evaluation) -> f64| close(what, f(&dense), f(&sparse));
        same("log loss", |evaluation| evaluation.log_loss.unwrap());
        same("Brier", |evaluation| evaluation.brier.unwrap());
        assert_eq!(dense.reliability, sparse.reliability);
        assert_eq!(dense.topics, sparse.topics);
    }
}

#[test]
fn a_rest_above_zero_stands_for_every_topic_that_is_not_stated() {
    for case in reference().cases.iter().filter(|case| case.task == Task::Multi) {
        let rest = 13.0 / 1024.0;
        let mut dense = Scores::dense(case.topics);
        let mut sparse = Scores::sparse(case.topics, rest);
        for row in &case.units {
            let mut full = vec![rest; case.topics];
            let stated: Vec<_> = row.iter().filter(|(topic, _)| topic % 2 == 1).collect();
            for &&(topic, units) in &stated {
                full[topic as usize] = f32::from(units) / 1024.0;
            }
            dense.push_dense(&full).unwrap();
            let stated = stated.iter().map(|&&(topic, units)| (TopicId(topic), f32::from(units) / 1024.0));
            sparse.push_sparse(stated).unwrap();
        }
        let [dense, sparse] = [dense, sparse].map(|scores| case.evaluate(&scores, &no_intervals()));
        close("log loss", sparse.log_loss.unwrap(), dense.log_loss.unwrap());
        close("Brier", sparse.brier.unwrap(), dense.brier.unwrap());
        close("calibration", sparse.calibration_error.unwrap(), dense.calibration_error.unwrap());
        close_options("AP", sparse.micro_average_precision, dense.micro_average_precision);
        assert_eq!(sparse.topics, dense.topics);
        assert_eq!(sparse.coverage, dense.coverage);
    }
}

#[test]
fn intervals_agree_with_numpys_bootstrap() {
    let mut seen = 0;
    for case in reference().cases {
        let Some(theirs) = &case.bootstrap else { continue };
        seen += 1;
        let options = EvaluationOptions {
            bootstrap: Bootstrap { resamples: 4000, seed: 7, level: 0.95 },
            ..EvaluationOptions::default()
        };
        let ours = case.evaluate(&case.layouts()[0], &options).intervals.unwrap().figures;
        // Both are random: at 4,000 draws an end of the interval moves by about a twentieth of its width.
        let near = |ours: Interval, [low, high]: [f64; 2]| {
            let slack = 0.06 * (high - low);
            assert!(
                (ours.low - low).abs() < slack && (ours.high - high).abs() < slack,
                "{ours:?} [{low}, {high}]"
            );
        };
        near(ours.micro_f1, theirs.micro_f1);
        near(ours.macro_f1, theirs.macro_f1);
        near(ours.exact_match, theirs.exact_match);
    }
    assert_eq!(seen, 2);
}

#[test]
fn mcnemar_equals_statsmodels() {
    for McNemarCase { b, c, p } in reference().mcnemar {
        let ours = mcnemar_exact(b, c);
        assert!((ours - p).abs() <= 1e-6 * p, "b = {b}, c = {c}: {ours} is not {p}");
    }
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let case = &reference().cases[3];
    let evaluation = case.evaluate(&case.layouts()[0], &EvaluationOptions::default());
    let json = serde_json::to_value(&evaluation).unwrap();
    assert_eq!(json["articles"], 500);
    for key in ["exact_match", "calibration_error", "log_loss", "log_loss_base", "brier"] {
        assert!(json[key].is_f64(), "{key}");
    }
    for average in ["micro", "macro", "weighted", "samples"] {
        for key in ["precision", "recall", "f1"] {
            assert!(json[average][key].is_f64(), "{average} {key}");
        }
    }
    for key in ["precision", "recall", "f1", "support", "average_precision"] {
        assert!(json["topics"]["topic 00"][key].is_number(), "{key}");
    }
    for figure in ["micro_f1", "macro_f1", "exact_match"] {
        assert!(json["intervals"][figure]["low"].as_f64() < json["intervals"][figure]["high"].as_f64());
    }
    assert_eq!(json["intervals"]["resamples"], 1000);
    assert_eq!(json["coverage"]["precision"], 0.95);
    assert_eq!(json["reliability"].as_array().unwrap().len(), 15);
    let text = serde_json::to_string(&evaluation).unwrap();
    let back: Evaluation = serde_json::from_str(&text).unwrap();
    same_json(&serde_json::to_value(&back).unwrap(), &json);
}

/// The same keys and values; numbers to 1e-12, since what serde_json reads can be off in the last digit.
#[track_caller]
fn same_json(one: &Value, two: &Value) {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            assert!(one.keys().eq(two.keys()));
            one.values().zip(two.values()).for_each(|(one, two)| same_json(one, two));
        }
        (Value::Array(one), Value::Array(two)) => {
            assert_eq!(one.len(), two.len());
            one.iter().zip(two).for_each(|(one, two)| same_json(one, two));
        }
        (Value::Number(one), Value::Number(two)) => {
            assert!((one.as_f64().unwrap() - two.as_f64().unwrap()).abs() < 1e-12);
        }
        _ => assert_eq!(one, two),
    }
}
