//! The model as a program sees it.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::file::Storage;
use super::parts::with_card;
use super::{Assigned, Parts, PredictOptions, Prediction, Scorer, Scratch, Size};
use crate::corpus::{Corpus, TopicInfo};
use crate::decide::{Calibration, Curve, Decision};
use crate::features::{Field, FieldWeights, TermColumns};
use crate::save::save_bytes;
use crate::text::Analyzer;
use crate::train::{TrainSettings, Trainer, TrainingReport};
use crate::{Article, Error, Result, Task, Topic, TopicId};

/// A trained model: puts topics on articles.
///
/// ```no_run
/// use topicwire::{Article, TopicModel};
///
/// let model = TopicModel::load("newsroom.safetensors")?;
/// let article = Article::new("1", "Pipeline reopens", "Crude oil flows again after repairs.");
/// for assigned in model.predict(&article).topics {
///     println!("{} {:.2}", assigned.topic, assigned.probability);
/// }
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TopicModel {
    pub(super) storage: Storage,
    pub(super) card: Card,
}

/// All of a model but its arrays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The version of the file format.
    pub version: u32,
    /// Exactly one topic to an article, or several.
    pub task: Task,
    /// The topics, sorted by name; their places are their numbers.
    pub topics: Vec<Topic>,
    /// What the taxonomy says of them, and of the topics that they are shown under; empty without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxonomy: Vec<TopicInfo>,
    /// How text becomes terms.
    pub analyzer: Analyzer,
    /// How many of the terms, the last, are character n-grams, by which words are known that are no terms.
    #[serde(default, skip_serializing_if = "are_none")]
    pub character_ngrams: u32,
    /// The weights of the fields, and the length of the lead.
    pub fields: FieldWeights,
    /// How scores become topics.
    pub decision: Decision,
    /// What other thresholds would come to, for each topic; empty where an article has exactly one, and in models of
    /// older programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<Curve>,
    /// The settings of the training.
    pub settings: TrainSettings,
    /// What the training did.
    pub report: TrainingReport,
    /// CRC-32 of the arrays.
    pub checksum: u32,
}

fn are_none(count: &u32) -> bool {
    *count == 0
}

impl Card {
    /// How many of `terms` terms, the first, are no character n-grams.
    pub(super) fn words(&self, terms: usize) -> usize {
        terms.saturating_sub(self.character_ngrams as usize)
    }

    /// Whether the parts of the card fit each other.
    pub(super) fn fits(&self) -> bool {
        let topics = self.topics.len();
        let calibrated = match &self.decision.calibration {
            Calibration::Softmax(_) => self.task == Task::Single,
            Calibration::Platt { scalings, .. } => self.task == Task::Multi && scalings.len() == topics,
        };
        let languages = self.analyzer.languages.len();
        let curves = self.curves.is_empty() || self.curves.len() == topics;
        calibrated && curves && self.decision.thresholds.len() == topics && (1..=255).contains(&languages)
    }
}

/// A term that speaks for or against a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    /// The term: a stem, mostly.
    pub term: String,
    /// Where it stands.
    pub field: Field,
    /// Its weight for the topic, times what its column is worth.
    pub weight: f32,
}

impl TopicModel {
    /// Learns the topics of `corpus` with usual settings; [`Trainer`] takes others.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn train(corpus: &Corpus) -> Result<TopicModel> {
        Trainer::default().train(corpus)
    }

    /// Opens the model file at `path`, mapped into memory: ready at once, whatever its size.
    ///
    /// Checks structure and bounds; [`TopicModel::verify`] checks every byte.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] where the file cannot be read, [`Error::Model`] where it is no model, damaged or too new.
    pub fn load(path: impl AsRef<Path>) -> Result<TopicModel> {
        let (storage, card) = Storage::map(path.as_ref())?;
        Ok(TopicModel { storage, card })
    }

    /// Opens a copy of the model file at `path`, with every byte checked: for a process that runs long, which a file
    /// cut short by somebody else must not end.
    ///
    /// # Errors
    ///
    /// As [`TopicModel::load`].
    pub fn load_copy(path: impl AsRef<Path>) -> Result<TopicModel> {
        let (storage, card) = Storage::copy(path.as_ref())?;
        let model = TopicModel { storage, card };
        model.verify().map_err(|error| match error {
            Error::Model { problem, .. } => Error::Model { path: path.as_ref().to_owned(), problem },
            other => other,
        })?;
        Ok(model)
    }

    /// The model in `bytes`, which are those of a model file.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] where they are not.
    pub fn from_bytes(bytes: &[u8]) -> Result<TopicModel> {
        let (storage, card) = Storage::from_bytes(bytes)?;
        Ok(TopicModel { storage, card })
    }

    /// The model made of `parts`.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] where they do not fit each other.
    pub fn from_parts(parts: &Parts<'_>) -> Result<TopicModel> {
        TopicModel::from_bytes(&parts.encode()?)
    }

    /// The same model with another decision.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] where it does not fit the model's topics.
    pub fn with_decision(&self, decision: Decision) -> Result<TopicModel> {
        let card = Card { decision, ..self.card.clone() };
        TopicModel::from_bytes(&with_card(self.storage.bytes(), card)?)
    }

    /// Writes the model to `path`: the whole of it, or nothing, and then what stood there before is untouched.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        save_bytes(path.as_ref(), self.storage.bytes())
    }

    /// The bytes of the model file.
    pub fn as_bytes(&self) -> &[u8] {
        self.storage.bytes()
    }

    /// Checks every byte of the arrays against the checksum.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] where they differ.
    pub fn verify(&self) -> Result<()> {
        self.storage.verify(&self.card).map_err(|problem| Error::Model { path: Default::default(), problem })
    }

    /// All of the model but its arrays.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The topics, sorted by name.
    pub fn topics(&self) -> &[Topic] {
        &self.card.topics
    }

    /// What the taxonomy says of `topic`; `None` where the model has none.
    pub fn topic_info(&self, topic: &str) -> Option<&TopicInfo> {
        self.card.taxonomy.iter().find(|info| info.id.as_str() == topic)
    }

    /// What people are shown for `topic`: its name in the taxonomy, else the topic itself.
    pub fn name_of<'a>(&'a self, topic: &'a Topic) -> &'a str {
        self.topic_info(topic.as_str()).map_or(topic.as_str(), |info| info.name.as_str())
    }

    /// Exactly one topic to an article, or several.
    pub fn task(&self) -> Task {
        self.card.task
    }

    /// How many bytes each part of the file takes, largest first.
    pub fn sizes(&self) -> Vec<Size> {
        self.storage.sizes()
    }

    /// The model at work on one article after the other: for a loop, one to each thread.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(self)
    }

    /// A scorer that goes on with the scratch space of an earlier one of this model, which saves making it anew.
    pub fn resume_scorer(&self, scratch: Scratch) -> Scorer<'_> {
        Scorer::resume(self, scratch)
    }

    /// The topics of `article`.
    pub fn predict(&self, article: &Article) -> Prediction {
        self.predict_with(&mut self.scorer(), article)
    }

    /// The topics of `article`, with the scratch space of `scorer`, which must be this model's.
    pub fn predict_with(&self, scorer: &mut Scorer<'_>, article: &Article) -> Prediction {
        let scored = scorer.score(article);
        let mut probabilities = scored.scores;
        self.card.decision.probabilities(&mut probabilities);
        let topics = self
            .assigned(&probabilities, scored.known)
            .into_iter()
            .map(|topic| Assigned {
                topic: self.card.topics[topic.index()].clone(),
                probability: probabilities[topic.index()],
            })
            .collect();
        Prediction { topics, probabilities, known: scored.known, language: scored.language }
    }

    /// The topics that an article is given of which the share `known` of the words is known.
    pub(super) fn assigned(&self, probabilities: &[f32], known: f32) -> Vec<TopicId> {
        // Where no word is known, the bias alone has spoken. In a model of few articles it may reach a threshold, but
        // it says nothing of this article.
        let may_be_none = self.card.task == Task::Multi && !self.card.decision.at_least_one;
        if known == 0.0 && may_be_none {
            return Vec::new();
        }
        self.card.decision.assign(probabilities)
    }

    /// As [`TopicModel::predict_with`], held to `options`.
    pub fn predict_as(
        &self,
        scorer: &mut Scorer<'_>,
        article: &Article,
        options: &PredictOptions,
    ) -> Prediction {
        let mut prediction = self.predict_with(scorer, article);
        options.apply(&mut prediction);
        prediction
    }

    /// The topics of every one of `articles`, in their order, on all threads.
    pub fn predict_batch(&self, articles: &[Article]) -> Vec<Prediction> {
        articles
            .par_iter()
            .with_min_len(16)
            .map_init(|| self.scorer(), |scorer, article| self.predict_with(scorer, article))
            .collect()
    }

    /// The `count` terms that speak most for `topic`, strongest first.
    pub fn strongest_terms(&self, topic: TopicId, count: usize) -> Vec<Term> {
        let arrays = self.storage.arrays();
        let mut found = Vec::new();
        let words = self.card.words(arrays.terms.len());
        for (term, &columns) in arrays.terms[..words].iter().enumerate() {
            for field in Field::ALL {
                let Some(column) = TermColumns(columns).get(field) else { continue };
                let weights =
                    arrays.columns.get(column as usize).zip(arrays.weights.get(column as usize, topic));
                let Some((&[weight, scale], of_topic)) = weights else { continue };
                found.push((f32::from(of_topic) * scale * weight, term, field));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        found.truncate(count);
        found
            .into_iter()
            .filter(|found| found.0 > 0.0)
            .map(|(weight, term, field)| Term { term: self.term_text(term), field, weight })
            .collect()
    }

    /// The text of term number `term`.
    pub(crate) fn term_text(&self, term: usize) -> String {
        let arrays = self.storage.arrays();
        let end = arrays.term_ends.get(term).map_or(0, |&end| end as usize);
        let start = if term == 0 { 0 } else { arrays.term_ends.get(term - 1).map_or(0, |&end| end as usize) };
        String::from_utf8_lossy(arrays.term_text.get(start..end).unwrap_or_default()).into_owned()
    }
}
