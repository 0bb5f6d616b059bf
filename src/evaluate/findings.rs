//! All that an evaluation shows: the figures, and where and why the model fails.

use std::collections::BTreeMap;

use serde::Serialize;

use super::errors::{WorstError, opening, worst_errors};
use super::measured::Measured;
use super::outcome;
use crate::metrics::{
    Confusions, CoverageCurve, CoveragePoint, CurvePoint, Evaluation, Mistake, ScoreHistogram,
    ThresholdPoint, occurring_together, rank_all_pairs, rank_topics,
};
use crate::model::{Assigned, Term, TopicModel};
use crate::{Article, Result, Task, Topic, TopicId};

/// The figures of a model on some articles with the curves behind them, its worst errors, and the articles whose words it
/// hardly knows: what `evaluate --json` writes and the report shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Findings {
    /// The figures.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// Topics of the articles that the model has never seen, with how many articles have them: they count as missed.
    pub unknown_topics: BTreeMap<Topic, usize>,
    /// How many of the articles have no topic or several.
    pub without_exactly_one: usize,
    /// The probability from which each topic is assigned; empty where every article is given the likeliest one.
    pub thresholds: BTreeMap<Topic, f32>,
    /// The precision–recall curve over all pairs of an article and a topic.
    pub precision_recall: Vec<CurvePoint>,
    /// What is left, and how much of it is right, when only the surer of the given topics are kept.
    pub coverage_curve: Vec<CoveragePoint>,
    /// The curves of each topic that the model knows.
    pub curves: BTreeMap<Topic, TopicCurves>,
    /// What was given instead of what, what is right included.
    pub confusion: Vec<Mistake>,
    /// How often two topics are both gold.
    pub together: Vec<TopicPair>,
    /// The errors of which the model was surest.
    pub worst_errors: Vec<WorstError>,
    /// How many articles have so great a share of known words: ten bins from 0 to 1.
    pub known_words: [u64; 10],
    /// Of how many articles the model knows fewer than [`HARDLY_KNOWN`] of the words.
    pub hardly_known_count: u64,
    /// The least known of these, the least known first.
    pub hardly_known: Vec<HardlyKnown>,
    /// The terms that speak most for each topic.
    pub strongest_terms: BTreeMap<Topic, Vec<Term>>,
}

/// The curves of one topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicCurves {
    /// Precision against recall, from the highest threshold to the lowest. Empty where no article has the topic.
    pub precision_recall: Vec<CurvePoint>,
    /// The probabilities of the articles that have the topic, and of the others.
    pub histogram: ScoreHistogram,
    /// What the topic's figures would be at other thresholds.
    pub by_threshold: Vec<ThresholdPoint>,
}

/// Two topics that articles have both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicPair {
    /// The one.
    pub first: Topic,
    /// The other.
    pub second: Topic,
    /// How many articles have both.
    pub articles: u64,
}

/// An article of whose words the model knows few.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HardlyKnown {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How its text begins.
    pub opening: String,
    /// Which share of its words is known.
    pub known: f32,
    /// What people gave it.
    pub gold: Vec<Topic>,
    /// What the model gave it.
    pub given: Vec<Assigned>,
}

/// Below this share of known words, what a model says rests on too little.
pub const HARDLY_KNOWN: f32 = 0.7;

/// How many points a curve has at most.
const CURVE_POINTS: usize = 60;
/// How many errors and how many hardly known articles are listed.
const LISTED: usize = 24;
/// How many terms of a topic are named.
const TERMS: usize = 12;

/// Predicts `articles`, which must be labelled, and finds out how good the model is, and where and why it fails.
///
/// ```
/// use topicwire::evaluate::examine;
/// use topicwire::{Article, Corpus, TopicModel};
///
/// let article = |n: usize| {
///     let (topic, word) = if n % 2 == 0 { ("energy", "crude oil") } else { ("sport", "cup match") };
///     Article::new(n.to_string(), "", format!("{word} {n}")).with_topics([topic])
/// };
/// let model = TopicModel::train(&Corpus::from((0..20).map(article).collect::<Vec<_>>()))?;
/// let mislabelled = Article::new("x", "", "crude oil").with_topics(["sport"]);
/// let findings = examine(&model, &[article(0), mislabelled])?;
/// assert_eq!(findings.evaluation.exact_match, 0.5);
/// assert_eq!(findings.worst_errors[0].id, "x");
/// assert!(["crude", "oil"].contains(&findings.worst_errors[0].wrong[0].words_for[0].word.as_str()));
/// # Ok::<(), topicwire::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Corpus`](crate::Error::Corpus) where there are no articles or one is not labelled.
pub fn examine(model: &TopicModel, articles: &[Article]) -> Result<Findings> {
    let measured = Measured::new(model, articles)?;
    let evaluation = outcome(model, &measured)?.evaluation;
    let scored = measured.scored()?;
    let known = || model.topics().iter().cloned().enumerate();
    let (rankings, histograms) = (rank_topics(&scored), ScoreHistogram::of_topics(&scored));
    let curves = |(number, topic): (usize, Topic)| {
        let curves = TopicCurves {
            precision_recall: rankings[number].curve(CURVE_POINTS),
            by_threshold: histograms[number].by_threshold(),
            histogram: histograms[number].clone(),
        };
        (topic, curves)
    };
    let coverage = CoverageCurve::of(&scored);
    let name = |topic: Option<TopicId>| topic.map(|topic| measured.name(topic).to_string());
    let confusion = Confusions::of(scored.judged());
    let confusion = confusion.cells().iter().map(|cell| Mistake {
        gold: name(cell.gold),
        given: name(cell.given),
        articles: cell.articles,
    });
    let together = occurring_together(&measured.gold).into_iter().map(|pair| TopicPair {
        first: measured.name(pair.first),
        second: measured.name(pair.second),
        articles: pair.articles,
    });
    let thresholds = &model.card().decision.thresholds;
    let thresholds = known().filter_map(|(number, topic)| Some((topic, *thresholds.get(number)?)));
    let terms = |(number, topic)| (topic, model.strongest_terms(TopicId(number as u32), TERMS));
    let (known_words, hardly_known_count, hardly_known) = hardly_known(articles, &measured);
    Ok(Findings {
        thresholds: if model.task() == Task::Multi { thresholds.collect() } else { BTreeMap::new() },
        without_exactly_one: articles.iter().filter(|article| article.labels().len() != 1).count(),
        precision_recall: rank_all_pairs(&scored).curve(CURVE_POINTS),
        coverage_curve: thin(coverage.points(), CURVE_POINTS),
        curves: known().map(curves).collect(),
        confusion: confusion.collect(),
        together: together.collect(),
        worst_errors: worst_errors(model, articles, &measured, LISTED),
        known_words,
        hardly_known_count,
        hardly_known,
        strongest_terms: known().map(terms).collect(),
        evaluation,
        unknown_topics: measured.unknown_topics,
    })
}

/// At most `most` of `points`, evenly spaced, the first and the last among them.
fn thin(points: &[CoveragePoint], most: usize) -> Vec<CoveragePoint> {
    if points.len() <= most {
        return points.to_vec();
    }
    (0..most).map(|at| points[at * (points.len() - 1) / (most - 1)]).collect()
}

fn hardly_known(articles: &[Article], measured: &Measured) -> ([u64; 10], u64, Vec<HardlyKnown>) {
    let mut bins = [0; 10];
    let mut found: Vec<(f32, usize)> = Vec::new();
    for (at, prediction) in measured.predictions.iter().enumerate() {
        bins[((prediction.known * 10.0) as usize).min(9)] += 1;
        if prediction.known < HARDLY_KNOWN {
            found.push((prediction.known, at));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let describe = |(known, at): (f32, usize)| HardlyKnown {
        id: articles[at].id.clone(),
        title: articles[at].title.clone(),
        opening: opening(&articles[at].text),
        known,
        gold: articles[at].labels().to_vec(),
        given: measured.predictions[at].topics.clone(),
    };
    (bins, found.len() as u64, found.into_iter().take(LISTED).map(describe).collect())
}
