//! The whole way from a corpus to a model.

use super::calibrate::OutOfFold;
use super::candidate::FitOptions;
use super::choose::choose;
use super::prepare::Prepared;
use super::{TrainSettings, TrainingReport, Trial};
use crate::corpus::Corpus;
use crate::model::{Parts, TopicModel};
use crate::{Result, Task};

/// Trains models.
///
/// ```
/// use topicwire::{Article, Corpus, Trainer};
///
/// let corpus = Corpus::from(vec![
///     Article::new("1", "Oil rises", "Crude oil prices rose as OPEC cut output.").with_topics(["energy"]),
///     Article::new("2", "Gas pipeline", "A new pipeline will carry natural gas.").with_topics(["energy"]),
///     Article::new("3", "Cup final", "The home side won the cup final on penalties.").with_topics(["sport"]),
///     Article::new("4", "Coach leaves", "The coach of the team leaves after the season.").with_topics(["sport"]),
/// ]);
/// let model = Trainer::default().train(&corpus)?;
/// let prediction = model.predict(&Article::new("5", "", "Oil output of OPEC"));
/// assert_eq!(prediction.topics[0].topic.as_str(), "energy");
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Trainer {
    settings: TrainSettings,
}

/// How far a training has come.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Step<'a> {
    /// The articles are read into terms.
    Reading,
    /// The task was found: how many articles there are, and how many of them have exactly one topic.
    Task(Task, usize, usize),
    /// A candidate was compared.
    Tried(&'a Trial),
    /// The chosen settings are fitted to all articles.
    Fitting,
    /// Scores are made out of fold, for thresholds and probabilities.
    Calibrating,
}

impl Trainer {
    /// A trainer with `settings`.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`](crate::Error::Settings) where they make no sense.
    pub fn new(settings: TrainSettings) -> Result<Trainer> {
        settings.check()?;
        Ok(Trainer { settings })
    }

    /// The settings.
    pub fn settings(&self) -> &TrainSettings {
        &self.settings
    }

    /// Learns the topics of `corpus`.
    ///
    /// The same corpus, settings and seed give the same model, byte for byte, whatever the number of threads.
    ///
    /// # Errors
    ///
    /// [`Error::Corpus`](crate::Error::Corpus) where there is nothing to learn: no articles, no topics, one topic on
    /// all of them, articles without labels, no words.
    pub fn train(&self, corpus: &Corpus) -> Result<TopicModel> {
        self.train_with(corpus, &|_| ())
    }

    /// As [`Trainer::train`], telling `tell` how far it has come.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn train_with(&self, corpus: &Corpus, tell: &dyn Fn(Step<'_>)) -> Result<TopicModel> {
        let settings = &self.settings;
        tell(Step::Reading);
        let prepared = Prepared::new(&corpus.articles, settings)?;
        let with_one_topic = prepared.targets.iter().filter(|row| row.len() == 1).count();
        tell(Step::Task(prepared.task, prepared.len(), with_one_topic));
        let how = fit_options(settings);
        let choice = choose(&prepared, settings, how, &|trial| tell(Step::Tried(trial)))?;

        tell(Step::Fitting);
        let (column_weights, records) = choice.view.records(&prepared, &choice.candidate, None);
        let rows: Vec<u32> = (0..prepared.len() as u32).collect();
        let fitted = choice.candidate.fit(&records, &prepared.labels, &rows, &choice.start, how)?;
        drop(records);

        tell(Step::Calibrating);
        let scores =
            OutOfFold::new(&prepared, &choice.view, &choice.candidate, &fitted.duals, how, prepared.folds)?;
        let (decision, topic_reports) = scores.decide(&prepared, settings);

        let report = TrainingReport {
            articles: prepared.len() as u64,
            with_one_topic: with_one_topic as u64,
            without_topic: prepared.targets.iter().filter(|row| row.is_empty()).count() as u64,
            terms: prepared.vocabulary.terms.len() as u64,
            columns: choice.view.columns.len() as u64,
            chosen: Some(choice.candidate),
            trials: choice.trials,
            figure: if prepared.task == Task::Single { "accuracy" } else { "¾ micro-F1 + ¼ macro-F1" }.into(),
            convergence: fitted.convergence,
            topics: topic_reports,
        };
        TopicModel::from_parts(&Parts {
            settings: settings.clone(),
            task: prepared.task,
            analyzer: prepared.analyzer,
            vocabulary: &prepared.vocabulary,
            columns: &choice.view.columns,
            column_weights: &column_weights,
            fields: choice.candidate.fields,
            weights: &fitted.weights,
            topics: prepared.topics,
            decision,
            report,
        })
    }
}

/// What is the same for all fits under `settings`.
pub(super) fn fit_options(settings: &TrainSettings) -> FitOptions {
    FitOptions { tolerance: TOLERANCE, seed: settings.seed, selected_columns: settings.selected_columns }
}

/// The violation of the optimality conditions that is let be: below it, no figure changes in the third digit.
const TOLERANCE: f32 = 0.1;
