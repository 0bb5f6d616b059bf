//! A model on labelled articles: what it gives, against what people gave.
//!
//! [`evaluate_model`] measures a model that there is; [`cross_validate`] says how good a model of a corpus will be, and
//! [`learning_curve`] what more articles would bring; [`compare`] says whether one of two models is really better, and a
//! [`Monitor`] whether new articles have drifted from what a model learned.

mod compare;
mod cross_validate;
mod given;
mod learning_curve;
mod monitor;
mod spread;

use std::collections::BTreeMap;

use crate::metrics::{Evaluation, EvaluationOptions, Scores, TopicSets, evaluate};
use crate::model::{Prediction, TopicModel};
use crate::{Article, Error, Result, Task, Topic, TopicId};

pub use compare::{Comparison, Differing, Side, TopicDifference, compare, p_value};
pub use cross_validate::{CrossValidation, FoldFigures, MeanFigures, TopicCrossValidation, cross_validate};
pub use given::Given;
pub use learning_curve::{CurvePoint, LearningCurve, TopicGain, learning_curve};
pub use monitor::{Monitor, MonitorReport, TopicRate, Warning, WarningKind};
pub use spread::Spread;

/// A model's figures on some articles, and what the figures alone do not tell.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// Topics of the articles that the model has never seen, with how many articles have them: it cannot give them, and
    /// they count as missed.
    pub unknown_topics: BTreeMap<Topic, usize>,
}

/// Predicts `articles`, which must be labelled, and measures the outcome.
///
/// A topic that the model does not know counts as missed on every article that has it.
///
/// # Errors
///
/// [`Error::Corpus`] where there are no articles or one is not labelled.
pub fn evaluate_model(model: &TopicModel, articles: &[Article]) -> Result<Outcome> {
    if let Some(article) = articles.iter().find(|article| article.topics.is_none()) {
        return Err(Error::Corpus(format!(
            "article {} is not labelled: there is nothing to compare with",
            article.id
        )));
    }
    if articles.is_empty() {
        return Err(Error::Corpus("there are no articles to evaluate on".into()));
    }
    let predictions = model.predict_batch(articles);
    measure(model.topics(), model.task(), articles, predictions)
}

fn measure(
    known: &[Topic],
    task: Task,
    articles: &[Article],
    predictions: Vec<Prediction>,
) -> Result<Outcome> {
    let mut names = known.to_vec();
    let mut unknown_topics: BTreeMap<Topic, usize> = BTreeMap::new();
    for topic in articles.iter().flat_map(Article::labels) {
        if known.binary_search(topic).is_err() {
            *unknown_topics.entry(topic.clone()).or_default() += 1;
        }
    }
    names.extend(unknown_topics.keys().cloned());
    let number: BTreeMap<&str, u32> = names.iter().zip(0..).map(|(topic, at)| (topic.as_str(), at)).collect();
    let sets = |rows: Vec<Vec<u32>>| {
        let mut sets = TopicSets::new();
        rows.into_iter().for_each(|row| sets.push(row.into_iter().map(TopicId)));
        sets
    };
    let numbers = |topics: &mut dyn Iterator<Item = &Topic>| -> Vec<u32> {
        topics.filter_map(|topic| number.get(topic.as_str()).copied()).collect()
    };
    let gold = sets(articles.iter().map(|article| numbers(&mut article.labels().iter())).collect());
    let given = sets(
        predictions
            .iter()
            .map(|prediction| numbers(&mut prediction.topics.iter().map(|assigned| &assigned.topic)))
            .collect(),
    );
    // Topics that the model does not know have no score, which counts as a probability of 0.
    let rows = predictions.iter().map(|prediction| &prediction.probabilities);
    let scores = Scores::from_rows(known.len(), rows)?;
    let evaluation = evaluate(&gold, &given, Some(&scores), &names, task, &EvaluationOptions::default())?;
    Ok(Outcome { evaluation, unknown_topics })
}
