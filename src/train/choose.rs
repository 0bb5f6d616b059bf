//! The portfolio: which settings do best on articles that were not learned from.

use super::calibrate::OutOfFold;
use super::candidate::{Candidate, FitOptions};
use super::prepare::{Prepared, View};
use super::{Classifier, Effort, TrainSettings, Trial};
use crate::features::{FieldWeights, Weighting};
use crate::learn::{Duals, Loss};
use crate::{Result, Task};

/// What the search found.
pub(super) struct Choice {
    pub candidate: Candidate,
    pub view: View,
    pub trials: Vec<Trial>,
    /// A solution from which the final fit starts.
    pub start: Duals,
}

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
    let view = View::new(prepared, &usual.fields);
    if settings.effort == Effort::Fast {
        return Ok(Choice { candidate: usual, view, trials: Vec::new(), start: Duals::None });
    }
    let folds =
        if settings.effort == Effort::Best { prepared.folds } else { (prepared.folds * 3).div_ceil(5) };
    let (_, records) = view.records(prepared, &usual, None);
    let rows: Vec<u32> = (0..prepared.len() as u32).collect();
    let start = usual.fit(&records, &prepared.labels, &rows, &Duals::None, how)?.duals;
    drop(records);
    let mut search =
        Search { prepared, how, folds, tell, best: usual, figure: -1.0, view, start, trials: Vec::new() };
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
    Ok(Choice { candidate: search.best, view: search.view, trials: search.trials, start: search.start })
}

/// A candidate must be better by this much to take the place of the best so far: smaller differences are noise, and the
/// settings tried first are those that do well everywhere.
const MARGIN: f64 = 0.001;

struct Search<'a> {
    prepared: &'a Prepared,
    how: FitOptions,
    folds: u8,
    tell: &'a dyn Fn(&Trial),
    best: Candidate,
    figure: f64,
    /// The view of the best candidate.
    view: View,
    start: Duals,
    trials: Vec<Trial>,
}

impl Search<'_> {
    /// Tries `candidate`, whose fields are those of the best so far; whether it is the new best.
    fn try_candidate(&mut self, candidate: Candidate) -> Result<bool> {
        let start = if candidate.loss == self.best.loss { self.start.clone() } else { Duals::None };
        let scores = OutOfFold::new(self.prepared, &self.view, &candidate, &start, self.how, self.folds)?;
        Ok(self.judge(candidate, &scores))
    }

    fn judge(&mut self, candidate: Candidate, scores: &OutOfFold) -> bool {
        let figure = scores.figure(self.prepared);
        let trial = Trial { candidate, figure };
        (self.tell)(&trial);
        self.trials.push(trial);
        let better = figure > self.figure + MARGIN;
        if better {
            (self.best, self.figure) = (candidate, figure);
        }
        better
    }

    /// Walks the cost down, or else up, as long as that helps.
    fn try_costs(&mut self, effort: Effort) -> Result<()> {
        let steps = if effort == Effort::Best { 4 } else { 2 };
        for factor in [0.5, 2.0] {
            let mut walked = false;
            for _ in 0..steps {
                let candidate = Candidate { cost: self.best.cost * factor, ..self.best };
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
        let apart = self.best;
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
            let candidate = Candidate { fields, ..self.best };
            let start = if self.best.loss == Loss::SquaredHinge { self.start.clone() } else { Duals::None };
            let scores = OutOfFold::new(self.prepared, &view, &candidate, &start, self.how, self.folds)?;
            if self.judge(candidate, &scores) {
                self.view = view;
            }
        }
        Ok(())
    }
}
