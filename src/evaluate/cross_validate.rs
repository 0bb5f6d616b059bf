//! Cross-validation: every article predicted by a model that has not seen it.
//!
//! The whole training runs inside each fold: vocabulary, choice of settings, fit, probabilities and thresholds. So the
//! figures are what a model reaches on new articles that are like these. Articles that nearly copy each other stay in one
//! fold, and so do those that are equal.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Spread, evaluate_model};
use crate::corpus::{Corpus, grouped_folds};
use crate::metrics::{Averages, Counts, Evaluation, TopicCounts, TopicFigures};
use crate::train::{TrainSettings, Trainer};
use crate::{Article, Error, Result, Task, Topic};

/// From this Jaccard similarity of five-word shingles on, articles stay in one fold.
pub(super) const NEAR: f64 = 0.5;

/// The figures of a cross-validation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossValidation {
    /// How many articles there are.
    pub articles: usize,
    /// Exactly one topic to an article, or several.
    pub task: Task,
    /// Fold by fold.
    pub folds: Vec<FoldFigures>,
    /// Means over the folds.
    pub mean: MeanFigures,
    /// All folds in one pot: averages over all pairs of an article and a topic.
    pub micro: Averages,
    /// All folds in one pot: averages over topics. A topic that is rarer than there are folds weighs as much as any other
    /// here, and not in all folds.
    #[serde(rename = "macro")]
    pub macro_average: Averages,
    /// Topic by topic.
    pub topics: BTreeMap<Topic, TopicCrossValidation>,
}

/// The figures on one fold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FoldFigures {
    /// How many articles were learned from.
    pub learned_from: usize,
    /// How many articles are in the fold.
    pub articles: usize,
    /// Which share of them was given exactly its topics.
    pub exact_match: f64,
    /// F1 over all pairs of an article and a topic.
    pub micro_f1: f64,
    /// The mean F1 of the topics that occur in the fold.
    pub macro_f1: f64,
    /// Expected calibration error.
    pub calibration_error: f64,
    /// Mean log loss.
    pub log_loss: f64,
}

/// Means over folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanFigures {
    /// See [`FoldFigures::exact_match`].
    pub exact_match: Spread,
    /// See [`FoldFigures::micro_f1`].
    pub micro_f1: Spread,
    /// See [`FoldFigures::macro_f1`].
    pub macro_f1: Spread,
    /// See [`FoldFigures::calibration_error`].
    pub calibration_error: Spread,
    /// See [`FoldFigures::log_loss`].
    pub log_loss: Spread,
}

/// The figures of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopicCrossValidation {
    /// Over all folds together: how much of what was given is right.
    pub precision: f64,
    /// Over all folds together: how much of what is gold was given.
    pub recall: f64,
    /// Over all folds together.
    pub f1: f64,
    /// The mean of F1 over the folds in which the topic occurs.
    pub f1_of_folds: Spread,
    /// How many articles have the topic.
    pub support: u64,
}

/// Trains on all folds but one and evaluates on this one, for each of `folds` folds in turn. `tell` hears of each fold, with
/// its number from 0.
///
/// # Errors
///
/// [`Error::Settings`] for fewer than 2 or more than 100 folds or for bad settings; [`Error::Corpus`] where an article is
/// not labelled, or where what is left of the corpus without a fold cannot be learned from.
///
/// ```
/// use topicwire::evaluate::cross_validate;
/// use topicwire::{Article, Corpus};
///
/// let article = |n: usize| {
///     let (topic, word) = if n % 2 == 0 { ("energy", "crude oil") } else { ("sport", "cup match") };
///     Article::new(n.to_string(), "", format!("{word} {n}")).with_topics([topic])
/// };
/// let corpus = Corpus::from((0..20).map(article).collect::<Vec<_>>());
/// let figures = cross_validate(&corpus, &Default::default(), 4, &|_, _| ())?;
/// assert_eq!(figures.folds.len(), 4);
/// assert_eq!(figures.mean.micro_f1.mean, 1.0);
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn cross_validate(
    corpus: &Corpus,
    settings: &TrainSettings,
    folds: u8,
    tell: &dyn Fn(u8, &FoldFigures),
) -> Result<CrossValidation> {
    let parts = Folds::new(corpus, settings, folds)?;
    let mut evaluations = Vec::new();
    let mut figures = Vec::new();
    for fold in 0..folds {
        let (seen, unseen) = parts.of(fold);
        let evaluation = parts.evaluate(&seen, &unseen)?;
        let of = FoldFigures::new(seen.labelled(), &evaluation);
        tell(fold, &of);
        figures.push(of);
        evaluations.push(evaluation);
    }
    let topics = topics(&evaluations);
    let counts = Counts::from_topics(topics.values().map(|topic| topic.0).collect());
    let mean = |figure: fn(&FoldFigures) -> f64| Spread::of(figures.iter().map(figure));
    Ok(CrossValidation {
        articles: corpus.labelled(),
        task: parts.task,
        mean: MeanFigures {
            exact_match: mean(|fold| fold.exact_match),
            micro_f1: mean(|fold| fold.micro_f1),
            macro_f1: mean(|fold| fold.macro_f1),
            calibration_error: mean(|fold| fold.calibration_error),
            log_loss: mean(|fold| fold.log_loss),
        },
        micro: counts.micro(),
        macro_average: counts.macro_average(),
        topics: topics.into_iter().map(|(topic, (_, figures))| (topic, figures)).collect(),
        folds: figures,
    })
}

impl FoldFigures {
    pub(super) fn new(learned_from: usize, evaluation: &Evaluation) -> FoldFigures {
        FoldFigures {
            learned_from,
            articles: evaluation.articles,
            exact_match: evaluation.exact_match,
            micro_f1: evaluation.micro.f1,
            macro_f1: evaluation.macro_average.f1,
            // A model always gives probabilities.
            calibration_error: evaluation.calibration_error.unwrap_or_default(),
            log_loss: evaluation.log_loss.unwrap_or_default(),
        }
    }
}

/// The counts of each topic over all folds, and its figures.
fn topics(evaluations: &[Evaluation]) -> BTreeMap<Topic, (TopicCounts, TopicCrossValidation)> {
    let mut found: BTreeMap<Topic, (TopicCounts, Vec<f64>)> = BTreeMap::new();
    for (topic, figures) in evaluations.iter().flat_map(|evaluation| &evaluation.topics) {
        let (sum, f1) = found.entry(topic.as_str().into()).or_default();
        let counts = counts_of(figures);
        sum.true_positives += counts.true_positives;
        sum.false_positives += counts.false_positives;
        sum.false_negatives += counts.false_negatives;
        f1.push(figures.f1);
    }
    let figures = |(topic, (counts, f1)): (Topic, (TopicCounts, Vec<f64>))| {
        let figures = TopicCrossValidation {
            precision: counts.precision(),
            recall: counts.recall(),
            f1: counts.f1(),
            f1_of_folds: Spread::of(f1),
            support: counts.support(),
        };
        (topic, (counts, figures))
    };
    found.into_iter().map(figures).collect()
}

/// The counts behind `figures`.
fn counts_of(figures: &TopicFigures) -> TopicCounts {
    // A whole number by its nature; rounding only takes away what the division left.
    let true_positives = (figures.recall * figures.support as f64).round() as u64;
    TopicCounts {
        true_positives,
        false_positives: figures.given - true_positives,
        false_negatives: figures.support - true_positives,
    }
}

/// A corpus in folds.
pub(super) struct Folds<'a> {
    pub corpus: &'a Corpus,
    pub task: Task,
    /// For each article, the first of those that it resembles.
    pub groups: Vec<u32>,
    /// The topics of each article, by number.
    pub topics: Vec<Vec<u32>>,
    fold: Vec<u8>,
    settings: TrainSettings,
}

impl<'a> Folds<'a> {
    pub fn new(corpus: &'a Corpus, settings: &TrainSettings, folds: u8) -> Result<Folds<'a>> {
        if !(2..=100).contains(&folds) {
            return Err(Error::Settings(format!("folds = {folds}: choose 2 to 100")));
        }
        if corpus.labelled() < usize::from(folds) {
            return Err(Error::Corpus(format!(
                "there are {} articles, fewer than {folds} folds",
                corpus.labelled()
            )));
        }
        // Without one fold or the other a corpus may look like one of the other task.
        let task = settings.task.unwrap_or_else(|| corpus.task());
        let groups = corpus.near_duplicate_groups(NEAR);
        let topics = corpus.topic_numbers();
        let mut fold = grouped_folds(&topics, &groups, folds, settings.seed);
        // Articles without labels are learned from in every fold, and never asked about.
        let articles = fold.iter_mut().zip(&corpus.articles);
        articles.filter(|(_, article)| article.topics.is_none()).for_each(|(fold, _)| *fold = u8::MAX);
        if let Some(empty) = (0..folds).find(|fold_number| !fold.contains(fold_number)) {
            return Err(Error::Corpus(format!(
                "fold {} of {folds} has no articles, since too many of the articles are near copies of each other: choose \
                 fewer folds",
                empty + 1
            )));
        }
        let settings = TrainSettings { task: Some(task), ..settings.clone() };
        Ok(Folds { corpus, task, groups, topics, fold, settings })
    }

    /// The articles outside fold `fold`, and those in it.
    pub fn of(&self, fold: u8) -> (Corpus, Corpus) {
        let (seen, unseen) = self.places(fold);
        let take = |places: &[usize]| Corpus::from(self.take(places));
        (take(&seen), take(&unseen))
    }

    /// The places of the articles outside fold `fold`, and of those in it.
    pub fn places(&self, fold: u8) -> (Vec<usize>, Vec<usize>) {
        (0..self.fold.len()).partition(|&place| self.fold[place] != fold)
    }

    /// The articles at `places`.
    pub fn take(&self, places: &[usize]) -> Vec<Article> {
        places.iter().map(|&place| self.corpus.articles[place].clone()).collect()
    }

    /// Learns from `seen` and evaluates on `unseen`.
    pub fn evaluate(&self, seen: &Corpus, unseen: &Corpus) -> Result<Evaluation> {
        let model = Trainer::new(self.settings.clone())?.train(seen)?;
        Ok(evaluate_model(&model, &unseen.articles)?.evaluation)
    }
}
