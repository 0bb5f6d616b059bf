//! Which settings of a portfolio do best on articles that were not learned from.

use std::ops::Range;

use rayon::prelude::*;

use super::candidate::{Candidate, FitOptions};
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::Prepared;
use super::trainer::{Step, Tell};
use super::view::View;
use super::{Classifier, Effort, TrainSettings, Trial};
use crate::decide::SHORTLIST;
use crate::features::{FieldWeights, Weighting};
use crate::learn::Loss;
use crate::{Result, Task};

/// What the search found.
pub(super) struct Choice {
    pub candidate: Candidate,
    /// Its view of the articles, where the search made one of all of them.
    pub view: Option<View>,
    pub trials: Vec<Trial>,
    /// The scores under it of the articles of the first folds, as far as the search went.
    pub scores: OutOfFold,
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
            weighting: settings.weighting.unwrap_or(Weighting::Information),
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
    tell: Tell<'_>,
) -> Result<Choice> {
    let usual = Candidate::usual(settings);
    if settings.effort == Effort::Fast {
        let scores = OutOfFold::default();
        return Ok(Choice { candidate: usual, view: None, trials: Vec::new(), scores });
    }
    let sample = prepared.sample(TRIAL_ARTICLES, TRIAL_TOPICS);
    let prepared = sample.as_ref().unwrap_or(prepared);
    let view = View::new(prepared, &usual.fields);
    let folds = match settings.effort {
        Effort::Best => prepared.folds,
        _ => trial_folds(prepared),
    };
    let best = Tried { candidate: usual, first: -1.0, whole: -1.0, scores: OutOfFold::default(), view: None };
    let mut search = Search { prepared, how, folds, tell, best, view, trials: Vec::new() };
    // The usual one is as good as the best of all, chosen out of fold.
    let weightings: Vec<Weighting> = match (settings.weighting, settings.effort) {
        (None, Effort::Best) => Weighting::ALL.into_iter().filter(|&w| w != usual.weighting).collect(),
        _ => Vec::new(),
    };
    let cost_steps = match settings.effort {
        _ if settings.cost.is_some() => 0,
        Effort::Best => 4,
        _ => 2,
    };
    let together = costs_together(prepared, settings);
    let fields = other_fields(settings);
    let costs_tried = if cost_steps > 0 { cost_steps + 1 } else { 0 };
    tell(Step::Choosing(1 + weightings.len() + costs_tried + together.len() + fields.len()));

    search.try_candidates(&[usual])?;
    let weighted = weightings.into_iter().map(|weighting| Candidate { weighting, ..usual });
    search.try_candidates(&weighted.collect::<Vec<_>>())?;
    search.try_costs(cost_steps)?;
    search.try_together(&together)?;
    search.try_fields(&fields)?;
    let whole = sample.is_none();
    Ok(Choice {
        candidate: search.best.candidate,
        view: whole.then_some(search.view),
        trials: search.trials,
        scores: if whole { search.best.scores } else { OutOfFold::default() },
    })
}

/// How many folds tell candidates apart: three in five, or fewer where fewer have articles enough.
fn trial_folds(prepared: &Prepared) -> u8 {
    let usual = (prepared.folds * 3).div_ceil(5);
    usual.min(prepared.folds_with(TOLD_APART).max(2))
}

/// With this many articles scored, differences in the third digit show as well as they need to.
const TOLD_APART: usize = 3_000;

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
    scores: OutOfFold,
    /// Its view of the articles, where that of the best so far does not serve it.
    view: Option<View>,
}

struct Search<'a> {
    prepared: &'a Prepared,
    how: FitOptions,
    folds: u8,
    tell: Tell<'a>,
    best: Tried,
    /// The view of the best candidate.
    view: View,
    trials: Vec<Trial>,
}

impl Search<'_> {
    /// Tries `candidates`; whether one of them is the new best.
    fn try_candidates(&mut self, candidates: &[Candidate]) -> Result<bool> {
        let mut better = false;
        // Two side by side: with few topics a fit is work for one thread. More would take more memory.
        for pair in candidates.chunks(2) {
            let tried: Vec<Result<Tried>> =
                pair.par_iter().map(|candidate| self.measure(*candidate)).collect();
            for tried in tried {
                better |= self.judge(tried?);
            }
        }
        Ok(better)
    }

    /// The figures of `candidate`: on the first fold alone, where it shows enough, or on all.
    fn measure(&self, candidate: Candidate) -> Result<Tried> {
        let Search { prepared, best, folds, .. } = self;
        let own = (!self.view.serves(&candidate.fields)).then(|| View::new(prepared, &candidate.fields));
        let view = own.as_ref().unwrap_or(&self.view);
        // Nothing comes before the first of all: it is scored on all folds at once.
        let at_first = if best.first < 0.0 { *folds } else { 1 };
        let mut scores = self.score(&candidate, view, 0..at_first)?;
        let first = scores.only(|row| prepared.fold[row] == 0).figure(prepared);
        let given_up = scores.rows.len() >= ENOUGH_ARTICLES && first < best.first;
        if !given_up {
            scores.append(self.score(&candidate, view, at_first..*folds)?);
        }
        let whole = if given_up { -1.0 } else { scores.figure(prepared) };
        Ok(Tried { candidate, first, whole, scores, view: own })
    }

    /// Scores the articles of `folds`, each fit starting from the best candidate's of the same fold.
    fn score(&self, candidate: &Candidate, view: &View, folds: Range<u8>) -> Result<OutOfFold> {
        let Search { prepared, how, .. } = *self;
        let learner = Learner { prepared, view, candidate, how, left_out: &[], blends: false, tell: &|_| () };
        learner.out_of_fold(folds, &self.best.scores.duals)
    }

    fn judge(&mut self, mut tried: Tried) -> bool {
        let figure = if tried.whole < 0.0 { tried.first } else { tried.whole };
        let trial = Trial { candidate: tried.candidate, figure, articles: tried.scores.rows.len() as u64 };
        (self.tell)(Step::Tried(&trial));
        self.trials.push(trial);
        let better = tried.whole > self.best.whole + MARGIN;
        if better {
            if let Some(view) = tried.view.take() {
                self.view = view;
            }
            self.best = tried;
        }
        better
    }

    /// Tries half of the cost and twice the cost, and goes on the way that helps, `steps` steps at most.
    fn try_costs(&mut self, steps: usize) -> Result<()> {
        let usual = self.best.candidate;
        let times = |factor: f32, from: Candidate| Candidate { cost: from.cost * factor, ..from };
        if steps == 0 || !self.try_candidates(&[times(0.5, usual), times(2.0, usual)])? {
            return Ok(());
        }
        let factor = self.best.candidate.cost / usual.cost;
        for _ in 1..steps {
            if !self.try_candidates(&[times(factor, self.best.candidate)])? {
                break;
            }
        }
        Ok(())
    }

    /// Tries the multi-class loss, at `costs`.
    fn try_together(&mut self, costs: &[f32]) -> Result<()> {
        let apart = self.best.candidate;
        for &cost in costs {
            self.try_candidates(&[Candidate { loss: Loss::CrammerSinger, cost, ..apart }])?;
        }
        Ok(())
    }

    /// Tries other leads and weights of the fields.
    fn try_fields(&mut self, fields: &[FieldWeights]) -> Result<()> {
        for pair in fields.chunks(2) {
            let best = self.best.candidate;
            self.try_candidates(
                &pair.iter().map(|&fields| Candidate { fields, ..best }).collect::<Vec<_>>(),
            )?;
        }
        Ok(())
    }
}

/// The costs at which the multi-class loss is tried, which takes much effort.
fn costs_together(prepared: &Prepared, settings: &TrainSettings) -> Vec<f32> {
    let pays = settings.effort == Effort::Best
        && settings.classifier == Classifier::Svm
        && prepared.task == Task::Single
        && (3..=MAX_TOPICS_TOGETHER).contains(&prepared.topics.len());
    match settings.cost {
        _ if !pays => Vec::new(),
        Some(cost) => vec![cost],
        None => vec![0.5, 0.25, 1.0, 2.0],
    }
}

/// Other leads, and with more effort other weights of the fields.
fn other_fields(settings: &TrainSettings) -> Vec<FieldWeights> {
    if settings.lead_tokens.is_some() {
        return Vec::new();
    }
    let usual = settings.fields();
    let lead = |lead_tokens: u32| FieldWeights { lead_tokens, ..usual };
    let weights = |weight: f32| FieldWeights { title: weight, lead: weight, ..usual };
    // Of two that are tried side by side, one needs no counts of its own.
    match (settings.lead_weight.is_none() && settings.title_weight.is_none(), settings.effort) {
        (false, _) => vec![lead(20), lead(80)],
        (true, Effort::Best) => vec![lead(20), weights(0.3), lead(80), weights(0.7)],
        (true, _) => vec![lead(20), weights(0.3), lead(80)],
    }
}
