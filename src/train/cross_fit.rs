//! Probabilities of labelled articles by models that have not seen them.

use std::fmt;

use rayon::prelude::*;

use super::blend::blends;
use super::candidate::FitOptions;
use super::choose::choose;
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::{Prepared, Words, stays};
use super::trainer::fit_options;
use super::view::View;
use super::whole::Whole;
use super::{Candidate, TrainSettings, Trainer};
use crate::corpus::Corpus;
use crate::decide::{Blend, Decision};
use crate::learn::Duals;
use crate::model::TopicModel;
use crate::{Result, Task, Topic};

/// A corpus in folds, ready to be learned from without one fold after the other.
///
/// ```
/// use topicwire::train::{Effort, TrainSettings};
/// use topicwire::{Article, Corpus, Trainer};
///
/// let mut articles = Vec::new();
/// for place in ["Basra", "Brent", "Kirkuk", "Lagos", "Tampico", "Zubair"] {
///     let energy = Article::new(format!("e-{place}"), "", format!("crude oil came from {place}"));
///     let sport = Article::new(format!("s-{place}"), "", format!("the match was won in {place}"));
///     articles.extend([energy.with_topics(["energy"]), sport.with_topics(["sport"])]);
/// }
/// let trainer = Trainer::new(TrainSettings { effort: Effort::Fast, ..TrainSettings::default() })?;
/// let cross_fit = trainer.cross_fit(&Corpus::from(articles))?;
/// let probabilities = cross_fit.probabilities(&[])?;
/// assert_eq!(cross_fit.topics()[0].as_str(), "energy");
/// assert!(probabilities[0][0] > probabilities[0][1]);
/// # Ok::<(), topicwire::Error>(())
/// ```
pub struct CrossFit {
    prepared: Prepared,
    words: Words,
    view: View,
    candidate: Candidate,
    how: FitOptions,
    settings: TrainSettings,
    /// For the first folds, where their fits start.
    starts: Vec<Duals>,
}

impl fmt::Debug for CrossFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrossFit")
            .field("articles", &self.prepared.len())
            .field("topics", &self.prepared.topics.len())
            .field("folds", &self.prepared.folds)
            .field("candidate", &self.candidate)
            .finish_non_exhaustive()
    }
}

impl Trainer {
    /// Reads `corpus` into folds, to learn from it without one fold after the other.
    ///
    /// With [`Effort::Fast`](super::Effort::Fast) no setting is chosen by what the articles show, and so nothing of what
    /// scores an article has seen it. With more effort the settings are chosen on folds of the same articles.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn cross_fit(&self, corpus: &Corpus) -> Result<CrossFit> {
        let settings = &TrainSettings { self_training: false, ..self.settings().clone() };
        let (prepared, words) = Prepared::new(&corpus.articles, settings)?;
        let how = fit_options(settings);
        let choice = choose(&prepared, settings, how, &|_| ())?;
        let candidate = choice.candidate;
        let view = choice.view.unwrap_or_else(|| View::new(&prepared, &candidate.fields));
        // Which terms a compact model keeps is chosen on all articles: what scores an article must not have seen it.
        let settings = TrainSettings { compact: false, ..settings.clone() };
        Ok(CrossFit { prepared, words, view, candidate, how, settings, starts: choice.scores.duals })
    }
}

impl CrossFit {
    /// Exactly one topic to an article, or several.
    pub fn task(&self) -> Task {
        self.prepared.task
    }

    /// The topics, sorted by name; their places are their numbers.
    pub fn topics(&self) -> &[Topic] {
        &self.prepared.topics
    }

    /// The numbers of the topics of each article, ascending.
    pub fn targets(&self) -> &[Vec<u32>] {
        &self.prepared.targets
    }

    /// The fold of each article. Articles of the same words or under the same title are in one fold.
    pub fn folds(&self) -> &[u8] {
        &self.prepared.fold
    }

    /// For each article (articles × topics) the probability of every topic: column weights and classifier are learned without
    /// the article's fold, and the scores of the other folds say what its scores mean. Only which terms there are is known
    /// from all articles, labels aside.
    ///
    /// Nothing is learned from articles that are true in `left_out` (empty: none), but they get probabilities like the
    /// others.
    ///
    /// # Errors
    ///
    /// [`Error::Fit`](crate::Error::Fit) where the classifier fails.
    pub fn probabilities(&self, left_out: &[bool]) -> Result<Vec<Vec<f32>>> {
        Ok(self.calibrated(&self.scores(left_out)?.0, left_out))
    }

    /// The same, and the model that is learned from all folds but what is `left_out`.
    ///
    /// # Errors
    ///
    /// The same, and [`Error::Model`](crate::Error::Model) where the model is too large.
    pub fn probabilities_and_model(&self, left_out: &[bool]) -> Result<(Vec<Vec<f32>>, TopicModel)> {
        let scores = self.scores(left_out)?;
        let probabilities = self.calibrated(&scores.0, left_out);
        let whole =
            Whole { settings: &self.settings, words: &self.words, taxonomy: Vec::new(), trials: Vec::new() };
        let learner = self.learner(left_out);
        Ok((probabilities, whole.model(learner, learner.whole()?, scores)?))
    }

    fn learner<'a>(&'a self, left_out: &'a [bool]) -> Learner<'a> {
        let CrossFit { prepared, view, candidate, how, .. } = self;
        let blends = blends(prepared, &self.settings, candidate);
        Learner { prepared, view, candidate, how: *how, left_out, blends, tell: &|_| () }
    }

    /// Out-of-fold scores, and how much of the log ratios of naive Bayes there is in them.
    fn scores(&self, left_out: &[bool]) -> Result<(OutOfFold, Blend)> {
        let learner = self.learner(left_out);
        let scores = learner.out_of_fold(0..self.prepared.folds, &self.starts)?;
        Ok(scores.blended(&self.prepared, left_out))
    }

    /// The probabilities of each fold, calibrated on the others.
    fn calibrated(&self, scores: &OutOfFold, left_out: &[bool]) -> Vec<Vec<f32>> {
        let prepared = &self.prepared;
        let scores = scores.clone().corrected(prepared, &self.settings, left_out);
        // A softmax has three numbers to find, and is fitted once for each fold.
        let stride = match prepared.task {
            Task::Single => prepared.len().div_ceil(SOFTMAX_ARTICLES),
            Task::Multi => 1,
        };
        let parts: Vec<OutOfFold> = (0..prepared.folds)
            .into_par_iter()
            .map(|fold| {
                let taken = |row: usize| row.is_multiple_of(stride) && stays(left_out, row);
                let others = scores.only(|row| prepared.fold[row] != fold && taken(row));
                let decision = Decision {
                    calibration: others.calibration(prepared),
                    thresholds: vec![0.0; prepared.topics.len()],
                    at_least_one: false,
                };
                let mut own = scores.only(|row| prepared.fold[row] == fold);
                own.scores.iter_mut().for_each(|scores| decision.probabilities_of_best(scores));
                own
            })
            .collect();
        let mut probabilities = vec![Vec::new(); prepared.len()];
        for part in parts {
            for (row, of) in part.rows.into_iter().zip(part.scores) {
                probabilities[row as usize] = of.spread(prepared.topics.len());
            }
        }
        probabilities
    }
}

/// From how many articles the way from scores to probabilities is learned, where articles have exactly one topic.
const SOFTMAX_ARTICLES: usize = 2_500;
