//! A search for good settings that goes on as long as it is let.

use std::ops::ControlFlow;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::blend::blends;
use super::candidate::Candidate;
use super::out_of_fold::{Learner, OutOfFold};
use super::prepare::{LONGEST_LEAD, Prepared};
use super::trainer::fit_options;
use super::view::View;
use super::{TrainSettings, Trainer, Trial};
use crate::corpus::Corpus;
use crate::features::{Weighting, are_short};
use crate::{Article, Result};

/// What a search has found so far.
#[derive(Debug, Clone)]
pub struct Tuned {
    /// The best settings: all that was searched is fixed in them.
    pub settings: TrainSettings,
    /// What they scored on articles that were not learned from, in all folds.
    pub trial: Trial,
    /// How many settings were compared, on one fold or more.
    pub tried: usize,
}

/// Settings that are drawn together. A third of them is measured on more folds, and a third of those on all: successive
/// halving (Jamieson and Talwalkar 2016).
const BRACKET: usize = 9;

const COSTS: [f32; 8] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];
const LEAD_TOKENS: [u32; 6] = [10, 20, 40, 60, 80, LONGEST_LEAD];
const FIELD_WEIGHTS: [f32; 6] = [0.1, 0.2, 0.3, 0.5, 0.7, 1.0];

impl Trainer {
    /// Searches for settings better than those of the trainer, at random and by successive halving on out-of-fold scores.
    /// What the trainer's settings fix stays.
    ///
    /// `tell` hears of the best settings so far whenever settings were compared, and says when to stop; the first call comes
    /// with what the trainer would use by itself. The same corpus, settings and seed give the same course.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use topicwire::{Corpus, Trainer};
    ///
    /// let corpus = Corpus::read("corpus/newsroom.jsonl")?;
    /// let tuned = Trainer::default().tune(&corpus, &mut |tuned| match tuned.tried {
    ///     ..10 => ControlFlow::Continue(()),
    ///     _ => ControlFlow::Break(()),
    /// })?;
    /// assert!(tuned.settings.cost.is_some() && tuned.trial.figure > 0.5);
    /// # Ok::<(), topicwire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn tune(&self, corpus: &Corpus, tell: &mut dyn FnMut(&Tuned) -> ControlFlow<()>) -> Result<Tuned> {
        let settings = self.settings();
        let mut prepared = Vec::new();
        for settings in with_other_terms(settings, &corpus.articles) {
            // Settings are compared by what labelled articles teach.
            let labelled = TrainSettings { self_training: false, ..settings.clone() };
            let (read, _) = Prepared::new(&corpus.articles, &labelled)?;
            prepared.push((settings, read));
        }
        let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
        let first = Contender::new(&prepared[0].1, fixed(settings, Candidate::usual(settings)))?;
        let mut best = first.finished()?;
        let mut tried = 1;
        while tell(&Tuned { tried, ..best.clone() }).is_continue() {
            let mut contenders = Vec::new();
            for _ in 0..BRACKET {
                let (settings, prepared) = &prepared[random.random_range(0..prepared.len())];
                let drawn = fixed(settings, draw(settings, &mut random));
                contenders.push(Contender::new(prepared, drawn)?);
                tried += 1;
                if tell(&Tuned { tried, ..best.clone() }).is_break() {
                    return Ok(Tuned { tried, ..best });
                }
            }
            let mut contenders = strongest(contenders, BRACKET / 3);
            for contender in &mut contenders {
                contender.measure(contender.prepared.folds.div_ceil(2))?;
            }
            for contender in strongest(contenders, 1) {
                let found = contender.finished()?;
                if found.trial.figure > best.trial.figure {
                    best = found;
                }
            }
        }
        Ok(Tuned { tried, ..best })
    }
}

/// `settings`, and where these leave it free, the same with other terms: with pairs of words of openings, of whole articles or none,
/// and with symbols or none.
fn with_other_terms(settings: &TrainSettings, articles: &[Article]) -> Vec<TrainSettings> {
    let short = are_short(articles);
    let mut all = vec![settings.clone()];
    if settings.ngrams.is_none() && !settings.opening_pairs {
        all.push(TrainSettings { opening_pairs: true, ..settings.clone() });
        all.push(TrainSettings { ngrams: Some(if short { 1 } else { 2 }), ..settings.clone() });
    }
    if settings.symbols.is_none() {
        all.push(TrainSettings { symbols: Some(!short), ..settings.clone() });
    }
    all
}

/// Settings drawn at random, where `settings` leaves them free.
fn draw(settings: &TrainSettings, random: &mut ChaCha8Rng) -> Candidate {
    let mut candidate = Candidate::usual(settings);
    let mut pick = |from: &[f32], usual: f32| from.choose(random).copied().unwrap_or(usual);
    if settings.cost.is_none() {
        candidate.cost *= pick(&COSTS, 1.0);
    }
    if settings.lead_weight.is_none() {
        candidate.fields.lead = pick(&FIELD_WEIGHTS, candidate.fields.lead);
    }
    if settings.title_weight.is_none() {
        candidate.fields.title = pick(&FIELD_WEIGHTS, candidate.fields.title);
    }
    if settings.lead_tokens.is_none() {
        candidate.fields.lead_tokens =
            LEAD_TOKENS.choose(random).copied().unwrap_or(candidate.fields.lead_tokens);
    }
    if settings.weighting.is_none() {
        candidate.weighting = Weighting::ALL.choose(random).copied().unwrap_or(candidate.weighting);
    }
    candidate
}

/// `settings` with everything fixed that `candidate` says, and `candidate`.
fn fixed(settings: &TrainSettings, candidate: Candidate) -> (TrainSettings, Candidate) {
    let settings = TrainSettings {
        weighting: Some(candidate.weighting),
        cost: Some(candidate.cost),
        lead_tokens: Some(candidate.fields.lead_tokens),
        lead_weight: Some(candidate.fields.lead),
        title_weight: Some(candidate.fields.title),
        ..settings.clone()
    };
    (settings, candidate)
}

/// The `count` contenders with the highest figures; of equals, those drawn first.
fn strongest(mut contenders: Vec<Contender<'_>>, count: usize) -> Vec<Contender<'_>> {
    contenders.sort_by(|a, b| b.figure.total_cmp(&a.figure));
    contenders.truncate(count);
    contenders
}

/// Settings in the race, measured on the first folds.
struct Contender<'a> {
    settings: TrainSettings,
    candidate: Candidate,
    prepared: &'a Prepared,
    view: View,
    scores: OutOfFold,
    figure: f64,
}

impl<'a> Contender<'a> {
    fn new(prepared: &'a Prepared, (settings, candidate): (TrainSettings, Candidate)) -> Result<Self> {
        let view = View::new(prepared, &candidate.fields);
        let scores = OutOfFold::default();
        let mut contender = Contender { settings, candidate, prepared, view, scores, figure: 0.0 };
        contender.measure(1)?;
        Ok(contender)
    }

    /// Measures on the folds below `folds`, those measured already left out.
    fn measure(&mut self, folds: u8) -> Result<()> {
        let learner = Learner {
            prepared: self.prepared,
            view: &self.view,
            candidate: &self.candidate,
            how: fit_options(&self.settings),
            left_out: &[],
            blends: blends(self.prepared, &self.settings, &self.candidate),
            tell: &|_| (),
        };
        let measured = self.scores.duals.len() as u8;
        let further = learner.out_of_fold(measured..folds.max(measured), &[])?;
        self.scores.append(further);
        self.figure = self.scores.clone().blended(self.prepared, &[]).0.figure(self.prepared);
        Ok(())
    }

    /// Measures on all folds.
    fn finished(mut self) -> Result<Tuned> {
        self.measure(self.prepared.folds)?;
        let articles = self.scores.rows.len() as u64;
        let trial = Trial { candidate: self.candidate, figure: self.figure, articles };
        Ok(Tuned { settings: self.settings, trial, tried: 1 })
    }
}
