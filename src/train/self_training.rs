//! Articles without labels: given those that a first fit is sure of, and learned from like the others.

use rayon::prelude::*;

use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::Prepared;
use super::trainer::Step;
use super::whole::WholeFit;
use crate::decide::{ArticleScores, Decision};
use crate::learn::Duals;
use crate::{Result, Task};

/// Where articles have exactly one topic, a label is sure from this probability on.
const SURE_OF_ONE: f32 = 0.9;

/// Where they may have several, from this for each topic that it has, and up to what is left of 1 for each that it lacks:
/// all topics must be sure, which says more.
const SURE_OF_EACH: f32 = 0.8;

/// Topics that are at least as likely as not are those of an article.
const LIKELY: f32 = 0.5;

/// What an article without labels is taken for.
struct Given {
    topics: Vec<u32>,
    sure: bool,
}

impl Learner<'_> {
    /// Self-training (Yarowsky 1995). A teacher learns from labelled articles alone, and what it is sure of becomes the labels of
    /// the others; a student learns from both. The teacher of the student that scores a fold has not seen that fold either, so
    /// that out-of-fold scores, and thresholds and probabilities with them, stay honest.
    ///
    /// The learner must leave out the articles without labels.
    pub fn self_train(&self) -> Result<(OutOfFold, WholeFit)> {
        let prepared = self.prepared;
        let fits = 2 * (usize::from(prepared.folds) + 1);
        (self.tell)(Step::Fitting(fits * prepared.portions().len()));
        let mut given = self.teach()?;
        let for_all = given.pop().unwrap_or_default();
        let student = |fold: u8| {
            let (prepared, left_out) = prepared.with_given(&given[usize::from(fold)]);
            Learner { prepared: &prepared, left_out: &left_out, ..*self }.out_of_fold(fold..fold + 1, &[])
        };
        let mut scores = OutOfFold::default();
        for part in self.fold_by_fold(0..prepared.folds, student) {
            scores.append(part?);
        }
        let (prepared, left_out) = prepared.with_given(&for_all);
        let fit = Learner { prepared: &prepared, left_out: &left_out, ..*self }.whole()?;
        Ok((scores, fit))
    }

    /// What each article without labels is taken for, by teachers without one fold after the other and last by one that learns
    /// from all labelled articles.
    fn teach(&self) -> Result<Vec<Vec<Given>>> {
        let prepared = self.prepared;
        // Where articles have exactly one topic, none may be without, though it be left out.
        let nothing: Vec<Given> =
            prepared.without_labels().map(|_| Given { topics: vec![0], sure: false }).collect();
        let (with_any, _) = prepared.with_given(&nothing);
        let teacher = Learner { prepared: &with_any, ..*self };
        let ask = |fold: u8| {
            let mut rows = prepared.split(fold).1;
            rows.extend(prepared.without_labels());
            teacher.without(fold, rows, &Duals::None)
        };
        let (mut all, mut lengths) = (OutOfFold::default(), Vec::new());
        // No article is in the fold behind the last.
        for part in self.fold_by_fold(0..prepared.folds + 1, ask) {
            let part = part?;
            lengths.push(part.rows.len());
            all.append(part);
        }
        let (all, _) = all.blended(prepared, &prepared.unlabelled);
        let calibration = all.only(|row| !prepared.unlabelled[row]).calibration(prepared);
        let thresholds = vec![0.0; prepared.topics.len()];
        let decision = Decision { calibration, thresholds, at_least_one: false };
        let OutOfFold { rows, mut scores, .. } = all;
        scores.par_iter_mut().with_min_len(64).for_each(|scores| decision.probabilities_of_best(scores));
        let mut asked = rows.into_iter().zip(scores);
        let of_teacher = |length: usize| {
            let answers = asked.by_ref().take(length);
            let of_others = answers.filter(|(row, _)| prepared.unlabelled[*row as usize]);
            of_others.map(|(_, probabilities)| taken_for(prepared.task, &probabilities)).collect()
        };
        Ok(lengths.into_iter().map(of_teacher).collect())
    }
}

/// The topics that `probabilities` make likely, and whether they are sure.
fn taken_for(task: Task, probabilities: &ArticleScores) -> Given {
    match task {
        Task::Single => {
            let best = probabilities.highest().and_then(|place| probabilities.iter().nth(place));
            let (topic, probability) = best.unwrap_or_default();
            Given { topics: vec![topic], sure: probability >= SURE_OF_ONE }
        }
        Task::Multi => {
            let likely = probabilities.iter().filter(|&(_, probability)| probability >= LIKELY);
            let sure = |probability: &f32| *probability >= SURE_OF_EACH || *probability <= 1.0 - SURE_OF_EACH;
            Given {
                topics: likely.map(|(topic, _)| topic).collect(),
                sure: probabilities.scores().iter().all(sure),
            }
        }
    }
}

impl Prepared {
    /// The rows of the articles without labels.
    fn without_labels(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.unlabelled).filter(|row| *row.1).map(|row| row.0)
    }

    /// The same articles, those without labels with what is `given` for them, and which to leave out.
    fn with_given(&self, given: &[Given]) -> (Prepared, Vec<bool>) {
        let (mut prepared, mut left_out) = (self.clone(), self.unlabelled.clone());
        for (row, given) in self.without_labels().zip(given) {
            prepared.targets[row as usize].clone_from(&given.topics);
            left_out[row as usize] = !given.sure;
        }
        (prepared, left_out)
    }
}
