//! The whole way from a corpus to a model.

use std::sync::Arc;

use super::blend::blends;
use super::candidate::{FitOptions, TOLERANCE};
use super::choose::choose;
use super::compact::compact;
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::{Prepared, Words};
use super::view::View;
use super::whole::{Whole, WholeFit};
use super::{Effort, TrainSettings, Trial};
use crate::corpus::{Corpus, Taxonomy, TopicInfo};
use crate::features::Bags;
use crate::memory::give_back;
use crate::model::TopicModel;
use crate::{Error, Result, Task, Topic};

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
    taxonomy: Option<Arc<Taxonomy>>,
}

/// How far a training has come.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Step<'a> {
    /// The articles are read into terms.
    Reading,
    /// The task was found: how many labelled articles there are, and how many of them have exactly one topic.
    Task(Task, usize, usize),
    /// Candidates are compared: how many at most, each of which is told of by [`Step::Tried`]. Not told of where there is
    /// nothing to choose.
    Choosing(usize),
    /// A candidate was compared.
    Tried(&'a Trial),
    /// The chosen settings are fitted: without each fold, for thresholds and probabilities, and to all articles. By how many
    /// fits, each of which is told of by [`Step::Fitted`].
    Fitting(usize),
    /// One of the fits is done.
    Fitted,
    /// Thresholds and probabilities are found, and the model is packed.
    Deciding,
}

/// Hears how far a training has come, from whichever thread has come so far.
pub(super) type Tell<'a> = &'a (dyn Fn(Step<'_>) + Sync);

impl Trainer {
    /// A trainer with `settings`.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`](crate::Error::Settings) where they make no sense.
    pub fn new(settings: TrainSettings) -> Result<Trainer> {
        settings.check()?;
        Ok(Trainer { settings, taxonomy: None })
    }

    /// The same trainer, for a corpus that is labelled by `taxonomy`. The model keeps what it says of the corpus's topics.
    #[must_use]
    pub fn with_taxonomy(mut self, taxonomy: Arc<Taxonomy>) -> Trainer {
        self.taxonomy = Some(taxonomy);
        self
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
    /// all of them, articles without labels, no words, a topic that is not in the taxonomy.
    pub fn train(&self, corpus: &Corpus) -> Result<TopicModel> {
        self.train_with(corpus, &|_| ())
    }

    /// As [`Trainer::train`], telling `tell` how far it has come, from whichever thread has come so far.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn train_with(&self, corpus: &Corpus, tell: &(dyn Fn(Step<'_>) + Sync)) -> Result<TopicModel> {
        tell(Step::Reading);
        let (prepared, words) = Prepared::new(&corpus.articles, &self.settings)?;
        self.learn(prepared, words, tell)
    }

    /// As [`Trainer::train_with`], letting go of the articles as soon as they are read into terms: of a large corpus, the
    /// text would take a quarter of the memory.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn train_and_drop(&self, corpus: Corpus, tell: &(dyn Fn(Step<'_>) + Sync)) -> Result<TopicModel> {
        tell(Step::Reading);
        let (prepared, words) = Prepared::new(&corpus.articles, &self.settings)?;
        let let_go = || {
            drop(corpus);
            give_back();
        };
        rayon::join(let_go, || self.learn(prepared, words, tell)).1
    }

    fn learn(&self, mut prepared: Prepared, mut words: Words, tell: Tell<'_>) -> Result<TopicModel> {
        let settings = &self.settings;
        let taxonomy = self.taxonomy_of(&prepared.topics)?;
        let with_one_topic = prepared.targets.iter().filter(|row| row.len() == 1).count();
        tell(Step::Task(prepared.task, prepared.labelled(), with_one_topic));
        let how = fit_options(settings);
        let choice = choose(&prepared, settings, how, tell)?;
        let mut scores = choice.scores;
        let mut view = choice.view.unwrap_or_else(|| View::new(&prepared, &choice.candidate.fields));
        if settings.compact {
            view = compact(&mut prepared, &mut words, view, &choice.candidate, how)?;
            // With fewer terms scores are others.
            scores = OutOfFold::default();
        }
        prepared.bags = Bags::default();
        give_back();

        let candidate = &choice.candidate;
        let blends = blends(&prepared, settings, candidate);
        let left_out = &prepared.unlabelled[..];
        let learner = Learner { prepared: &prepared, view: &view, candidate, how, left_out, blends, tell };
        let (scores, fit) =
            if left_out.is_empty() { learner.fit_all(scores, settings)? } else { learner.self_train()? };
        let scores = scores.blended(&prepared, &[]);
        let whole = Whole { settings, words: &words, taxonomy, trials: choice.trials };
        whole.model(learner, fit, scores)
    }

    /// What is known of `topics`, all of which must be known.
    fn taxonomy_of(&self, topics: &[Topic]) -> Result<Vec<TopicInfo>> {
        let Some(taxonomy) = &self.taxonomy else { return Ok(Vec::new()) };
        match topics.iter().find_map(|topic| taxonomy.problem_with(topic.as_str())) {
            Some(problem) => Err(Error::Corpus(problem)),
            None => Ok(taxonomy.part(topics)),
        }
    }
}

impl Learner<'_> {
    /// Scores the articles of the folds that `of_trials` has not scored, as far as they are needed, and fits all articles.
    fn fit_all(&self, of_trials: OutOfFold, settings: &TrainSettings) -> Result<(OutOfFold, WholeFit)> {
        let prepared = self.prepared;
        let scored = of_trials.duals.len() as u8;
        let telling = prepared.telling_folds(settings.effort).max(scored);
        (self.tell)(Step::Fitting((usize::from(telling - scored) + 1) * prepared.portions().len()));
        let rest = || (self.ratios_out_of_fold(scored), self.out_of_fold(scored..telling, &[]));
        // Where articles have exactly one topic, a looser last fit answers as well; where they have several, it does not.
        let loose = settings.effort == Effort::Fast && prepared.task == Task::Single;
        let how = if loose { self.how.loose() } else { self.how };
        // With few topics a fit is work for one thread. Where records take much memory, one after the other.
        let whole = || Learner { how, ..*self }.whole();
        let ((ratios, rest), fit) =
            if self.view.is_large() { (rest(), whole()) } else { rayon::join(rest, whole) };
        let mut scores = OutOfFold { ratios, ..of_trials };
        scores.append(rest?);
        Ok((scores, fit?))
    }
}

/// What is the same for all fits under `settings`.
pub(super) fn fit_options(settings: &TrainSettings) -> FitOptions {
    FitOptions { tolerance: TOLERANCE, seed: settings.seed, selected_columns: settings.selected_columns }
}
