//! What a person can say about how a model is trained. Every key is also a flag of `topicwire train`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::decide::Target;
use crate::features::{FieldWeights, MAX_NGRAM, Weighting};
use crate::text::{Language, Numbers};
use crate::{Error, Result, Task, Topic};

/// Which linear classifier is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Classifier {
    /// Support vector machine: the best on most corpora.
    #[default]
    Svm,
    /// Logistic regression.
    Logistic,
    /// Complement naive Bayes: the fastest to fit.
    NaiveBayes,
    /// linfa-logistic, on the columns that chi-square selects.
    LinfaLogistic,
    /// linfa-bayes (Bernoulli), on the columns that chi-square selects.
    LinfaBayes,
}

impl Classifier {
    /// All classifiers, with their names on the command line.
    pub const ALL: [(Classifier, &'static str); 5] = [
        (Classifier::Svm, "svm"),
        (Classifier::Logistic, "logistic"),
        (Classifier::NaiveBayes, "naive-bayes"),
        (Classifier::LinfaLogistic, "linfa-logistic"),
        (Classifier::LinfaBayes, "linfa-bayes"),
    ];

    /// Whether its weights are fitted together to tell topics apart, and not each counted on its own.
    pub(super) fn is_discriminative(self) -> bool {
        matches!(self, Classifier::Svm | Classifier::Logistic)
    }
}

impl fmt::Display for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Classifier::ALL.iter().find(|(classifier, _)| classifier == self).map_or("", |row| row.1);
        f.pad(name)
    }
}

impl FromStr for Classifier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Classifier::ALL.iter().find(|(_, name)| *name == text);
        found.map(|row| row.0).ok_or_else(|| {
            let names: Vec<_> = Classifier::ALL.iter().map(|row| row.1).collect();
            format!("there is no classifier `{text}`: write one of {}", names.join(", "))
        })
    }
}

/// How much is tried to find good settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Settings that do well everywhere; out-of-fold scores for thresholds and probabilities only.
    Fast,
    /// Costs and fields, compared out of fold.
    #[default]
    Default,
    /// More of them, and other weightings and losses, compared on more folds.
    Best,
}

/// The settings of a training. `None` leaves the choice to the trainer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrainSettings {
    /// Exactly one topic to an article, or several; by default, or as `auto`, what the corpus shows.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "task_or_auto")]
    pub task: Option<Task>,
    /// Which classifier learns.
    pub classifier: Classifier,
    /// How much is tried.
    pub effort: Effort,
    /// The languages of the articles; empty, or as `auto`, detected. In a file, one code may stand without a list.
    #[serde(rename = "language", deserialize_with = "languages_or_auto")]
    pub languages: Vec<Language>,
    /// Whether words become stems.
    pub stem: bool,
    /// What becomes of numbers.
    pub numbers: Numbers,
    /// Whether marks of punctuation, signs and emoji are terms too; by default where articles are short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbols: Option<bool>,
    /// The most words of a term: 1 for words alone, 2 for pairs of words too, 3 for triples; by default 2 where articles are short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ngrams: Option<u8>,
    /// Whether pairs of words of the title and of the opening of the text are terms there; not beside n-grams of the whole
    /// article.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opening_pairs: bool,
    /// Whether the log ratios of naive Bayes are blended into the weights.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub log_ratios: bool,
    /// Whether articles without labels are learned from too, with the topics that what is learned from the others is sure of.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub self_training: bool,
    /// A term must occur in this many articles; by default in two, or in one where words of a single article are many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_articles: Option<u32>,
    /// Whether character n-grams are learned beside words, so that words never seen are known by them; by default where articles are
    /// short and words of a single one are many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character_ngrams: Option<bool>,
    /// No more terms than this.
    pub max_terms: usize,
    /// How many tokens of the text are its lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_tokens: Option<u32>,
    /// What the lead weighs, against 1 for the whole article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_weight: Option<f32>,
    /// What the title weighs, against 1 for the whole article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_weight: Option<f32>,
    /// What columns are worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weighting: Option<Weighting>,
    /// The cost of an error, against the size of the weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f32>,
    /// The columns kept for the classifiers of linfa, which take dense arrays.
    pub selected_columns: usize,
    /// What thresholds aim at.
    pub target: Target,
    /// What the threshold of single topics aims at instead.
    #[serde(rename = "topic-target", skip_serializing_if = "BTreeMap::is_empty")]
    pub topic_targets: BTreeMap<Topic, Target>,
    /// Whether every article gets a topic, the likeliest where no threshold is reached.
    pub at_least_one: bool,
    /// Whether the model keeps only the terms that matter most, and no spellings of them: a much smaller file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub compact: bool,
    /// In how many folds out-of-fold scores are made; by default 20 for a small corpus, down to 5 for a large one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folds: Option<u8>,
    /// Where random order starts from.
    pub seed: u64,
}

impl Default for TrainSettings {
    fn default() -> Self {
        TrainSettings {
            task: None,
            classifier: Classifier::default(),
            effort: Effort::default(),
            languages: Vec::new(),
            stem: true,
            numbers: Numbers::default(),
            symbols: None,
            ngrams: None,
            opening_pairs: false,
            log_ratios: true,
            self_training: false,
            min_articles: None,
            character_ngrams: None,
            max_terms: 2_000_000,
            lead_tokens: None,
            lead_weight: None,
            title_weight: None,
            weighting: None,
            cost: None,
            selected_columns: 2_000,
            target: Target::F1,
            topic_targets: BTreeMap::new(),
            at_least_one: false,
            compact: false,
            folds: None,
            seed: 1,
        }
    }
}

impl TrainSettings {
    /// Checks that the settings make sense together.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`] names the setting and the values that it can have.
    pub fn check(&self) -> Result<()> {
        let wrong = |problem: String| Err(Error::Settings(problem));
        if let Some(folds) = self.folds.filter(|folds| !(2..=20).contains(folds)) {
            return wrong(format!("folds = {folds}: choose 2 to 20"));
        }
        if let Some(cost) = self.cost.filter(|cost| !(cost.is_finite() && *cost > 0.0)) {
            return wrong(format!("cost = {cost}: choose a number above 0"));
        }
        if let Some(ngrams) = self.ngrams.filter(|ngrams| !(1..=MAX_NGRAM).contains(ngrams)) {
            return wrong(format!("ngrams = {ngrams}: choose 1 to {MAX_NGRAM}"));
        }
        if let Some(ngrams) = self.ngrams.filter(|&ngrams| self.opening_pairs && ngrams > 1) {
            return wrong(format!(
                "opening-pairs: ngrams = {ngrams} has the pairs of the whole article already: choose one"
            ));
        }
        if self.self_training && self.compact {
            return wrong(
                "self-training: a compact model learns from labelled articles alone: choose one".into(),
            );
        }
        if self.min_articles == Some(0) {
            return wrong("min-articles = 0: choose 1 or more".into());
        }
        if self.character_ngrams == Some(true) && self.compact {
            return wrong("character-ngrams: a compact model has none: choose one".into());
        }
        if self.character_ngrams == Some(true) && !self.classifier.is_discriminative() {
            return wrong(
                "character-ngrams: they are for the classifiers svm and logistic: choose one of these".into(),
            );
        }
        if self.max_terms == 0 {
            return wrong("max-terms = 0: a model needs terms".into());
        }
        if self.selected_columns == 0 {
            return wrong("selected-columns = 0: a classifier needs columns".into());
        }
        for (name, weight) in [("lead-weight", self.lead_weight), ("title-weight", self.title_weight)] {
            if let Some(weight) = weight.filter(|w| !(0.0..=10.0).contains(w)) {
                return wrong(format!("{name} = {weight}: choose 0 to 10"));
            }
        }
        if self.languages.len() > 255 {
            return wrong("language: no more than 255".into());
        }
        Ok(())
    }

    /// Writes the settings as a file that `topicwire train --config` takes, under a comment of one line.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] where the file cannot be written; the old one is whole then.
    pub fn save(&self, path: impl AsRef<Path>, heading: &str) -> Result<()> {
        let settings = toml::to_string(self).map_err(|error| Error::Settings(error.to_string()))?;
        crate::save::save_bytes(path.as_ref(), format!("# {heading}\n{settings}").as_bytes())
    }

    /// The fields with what these settings fix.
    pub fn fields(&self) -> FieldWeights {
        let usual = FieldWeights::default();
        FieldWeights {
            body: usual.body,
            lead: self.lead_weight.unwrap_or(usual.lead),
            title: self.title_weight.unwrap_or(usual.title),
            lead_tokens: self.lead_tokens.unwrap_or(usual.lead_tokens),
        }
    }
}

/// Reads a task as the flag does.
fn task_or_auto<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Task>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Said {
        Auto,
        Single,
        Multi,
    }
    Ok(match Said::deserialize(source)? {
        Said::Auto => None,
        Said::Single => Some(Task::Single),
        Said::Multi => Some(Task::Multi),
    })
}

/// Reads codes of languages as the flag does: one, several with commas between them, a list of them, or `auto`.
fn languages_or_auto<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Language>, D::Error> {
    struct Codes;

    impl<'de> Visitor<'de> for Codes {
        type Value = Vec<Language>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("\"auto\", a code such as \"en\", or a list of codes")
        }

        fn visit_str<E: serde::de::Error>(self, codes: &str) -> Result<Vec<Language>, E> {
            Language::list(codes.split(',')).map_err(E::custom)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Language>, A::Error> {
            let mut codes: Vec<String> = Vec::new();
            while let Some(code) = list.next_element()? {
                codes.push(code);
            }
            Language::list(codes.iter().map(String::as_str)).map_err(serde::de::Error::custom)
        }
    }

    source.deserialize_any(Codes)
}
