//! The portfolio: which settings do best on articles that were not learned from.

use super::candidate::{Candidate, FitOptions};
use super::out_of_fold::Learner;
use super::prepare::{Prepared, View};
use super::{Classifier, Effort, TrainSettings, Trial};
use crate::decide::SHORTLIST;
use crate::features::{FieldWeights, Weighting};
use crate::learn::{Duals, Loss};
use crate::{Result, Task};

/// What the search found.
pub(super) struct Choice {
    pub candidate: Candidate,
    /// Its view of the articles, where the search made one of all of them.
    pub view: Option<View>,
    pub trials: Vec<Trial>,
    /// Solutions without fold 0, fold 1, …, as far as the search went, from which later fits start.
    pub starts: Vec<Duals>,
}

/// Candidates are compared on no more articles and topics than about this: more tell them apart no better, and take longer.
const TRIAL_ARTICLES: usize = 20_000;
const TRIAL_TOPICS: usize = SHORTLIST;

/// More topics than this are not fitted together: each article would weigh all of them.
const MAX_TOPICS_TOGETHER: usize = 200;

impl Candidate {
    /// The settings that do well everywhere, with what `settings` fixes.
    pub(super) fn usual(settings: &TrainSettings) -> Candidate {
        let cost = match settings.classifier {
            Classifier::Svm => 1.0,
            Classifier::Logistic => 10.0,
            Classifier::NaiveBayes | Classifier::LinfaLogistic | Classifier::LinfaBayes => 0.1,
        };
        Candidate {
            classifier: settings.classifier,
            weighting: settings.weighting.unwrap_or(Weighting::Pmi),
            fields: settings.fields(),
            cost: settings.cost.unwrap_or(cost),
            loss: Loss::SquaredHinge,
        }
    }
}

/// Compares candidates out of fold, one setting after the other, and keeps the best.
pub(super) fn choose(
    prepared: &Prepared,
    settings: &TrainSettings,
    how: FitOptions,
    tell: &dyn Fn(&Trial),
) -> Result<Choice> {
    let usual = Candidate::usual(settings);
    if settings.effort == Effort::Fast {
        return Ok(Choice { candidate: usual, view: None, trials: Vec::new(), starts: Vec::new() });
    }
    let sample = prepared.sample(TRIAL_ARTICLES, TRIAL_TOPICS);
    let prepared = sample.as_ref().unwrap_or(prepared);
    let view = View::new(prepared, &usual.fields);
    let folds = match settings.effort {
        Effort::Best => prepared.folds,
        _ => trial_folds(prepared),
    };
    let best = Tried { candidate: usual, first: -1.0, whole: -1.0, starts: Vec::new() };
    let mut search = Search { prepared, how: how.for_trials(), folds, tell, best, view, trials: Vec::new() };
    search.try_candidate(usual)?;
    if settings.weighting.is_none() {
        for weighting in Weighting::ALL.into_iter().filter(|&w| w != usual.weighting) {
            search.try_candidate(Candidate { weighting, ..usual })?;
        }
    }
    if settings.cost.is_none() {
        search.try_costs(settings.effort)?;
    }
    let together = settings.effort == Effort::Best
        && settings.classifier == Classifier::Svm
        && prepared.task == Task::Single
        && (3..=MAX_TOPICS_TOGETHER).contains(&prepared.topics.len());
    if together {
        search.try_together(settings)?;
    }
    if settings.lead_tokens.is_none() {
        search.try_fields(settings)?;
    }
    let whole = sample.is_none();
    Ok(Choice {
        candidate: search.best.candidate,
        view: whole.then_some(search.view),
        trials: search.trials,
        starts: if whole { search.best.starts } else { Vec::new() },
    })
}

/// How many folds tell candidates apart: three in five, or fewer where fewer have articles enough.
fn trial_folds(prepared: &Prepared) -> u8 {
    let usual = (prepared.folds * 3).div_ceil(5);
    let enough = (TOLD_APART * usize::from(prepared.folds)).div_ceil(prepared.len().max(1));
    usual.min(enough.clamp(2, 255) as u8)
}

/// With this many articles scored, differences in the third digit show as well as they need to.
const TOLD_APART: usize = 4_000;

/// A candidate must be better by this much to take the place of the best so far: smaller differences are noise, and the
/// settings tried first are those that do well everywhere.
const MARGIN: f64 = 0.001;

/// A candidate that is behind on the first fold is given up, where that fold has so many articles: one that is better by
/// half a point all the same is lost one time in eight.
const ENOUGH_ARTICLES: usize = 1_000;

/// A candidate with what was found for it.
struct Tried {
    candidate: Candidate,
    /// The figure on the first fold, and that on all.
    first: f64,
    whole: f64,
    /// Solutions by fold.
    starts: Vec<Duals>,
}

struct Search<'a> {
    prepared: &'a Prepared,
    how: FitOptions,
    folds: u8,
    tell: &'a dyn Fn(&Trial),
    best: Tried,
    /// The view of the best candidate.
    view: View,
    trials: Vec<Trial>,
}

impl Search<'_> {
    /// Tries `candidate`, whose fields are those of the best so far; whether it is the new best.
    fn try_candidate(&mut self, candidate: Candidate) -> Result<bool> {
        let tried = self.measure(candidate, &self.view)?;
        Ok(self.judge(tried))
    }

    /// Scores the articles of the trial's folds, each fit starting from the best candidate's of the same fold; of the first
    /// fold alone, where that shows enough.
    fn measure(&self, candidate: Candidate, view: &View) -> Result<(Tried, Trial)> {
        let learner =
            Learner { prepared: self.prepared, view, candidate: &candidate, how: self.how, left_out: &[] };
        let of = |folds| learner.out_of_fold(folds, &self.best.starts);
        let mut scores = of(0..1)?;
        let first = scores.figure(self.prepared);
        let given_up = scores.rows.len() >= ENOUGH_ARTICLES && first < self.best.first;
        let mut whole = -1.0;
        if !given_up {
            scores.append(of(1..self.folds)?);
            whole = scores.figure(self.prepared);
        }
        let figure = if given_up { first } else { whole };
        let trial = Trial { candidate, figure, articles: scores.rows.len() as u64 };
        Ok((Tried { candidate, first, whole, starts: scores.duals }, trial))
    }

    fn judge(&mut self, (tried, trial): (Tried, Trial)) -> bool {
        (self.tell)(&trial);
        self.trials.push(trial);
        let better = tried.whole > self.best.whole + MARGIN;
        if better {
            self.best = tried;
        }
        better
    }

    /// Walks the cost down, or else up, as long as that helps.
    fn try_costs(&mut self, effort: Effort) -> Result<()> {
        let steps = if effort == Effort::Best { 4 } else { 2 };
        for factor in [0.5, 2.0] {
            let mut walked = false;
            for _ in 0..steps {
                let candidate = Candidate { cost: self.best.candidate.cost * factor, ..self.best.candidate };
                if !self.try_candidate(candidate)? {
                    break;
                }
                walked = true;
            }
            if walked {
                break;
            }
        }
        Ok(())
    }

    /// Tries the multi-class loss, at a few costs.
    fn try_together(&mut self, settings: &TrainSettings) -> Result<()> {
        let apart = self.best.candidate;
        let costs: &[f32] = if settings.cost.is_some() { &[1.0] } else { &[0.5, 0.25, 1.0, 2.0] };
        for factor in costs {
            let cost = settings.cost.unwrap_or(*factor);
            self.try_candidate(Candidate { loss: Loss::CrammerSinger, cost, ..apart })?;
        }
        Ok(())
    }

    /// Tries other leads, and with more effort other weights of the fields.
    fn try_fields(&mut self, settings: &TrainSettings) -> Result<()> {
        let usual = settings.fields();
        let mut tried =
            vec![FieldWeights { lead_tokens: 20, ..usual }, FieldWeights { lead_tokens: 80, ..usual }];
        let weights_free = settings.lead_weight.is_none() && settings.title_weight.is_none();
        if weights_free {
            tried.push(FieldWeights { title: 0.3, lead: 0.3, ..usual });
        }
        if settings.effort == Effort::Best && weights_free {
            tried.push(FieldWeights { title: 0.7, lead: 0.7, ..usual });
        }
        for fields in tried {
            let view = View::new(self.prepared, &fields);
            let tried = self.measure(Candidate { fields, ..self.best.candidate }, &view)?;
            if self.judge(tried) {
                self.view = view;
            }
        }
        Ok(())
    }
}
