//! The flags that say how a model is trained: the same for every command that trains.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use topicwire::decide::Target;
use topicwire::features::Weighting;
use topicwire::text::{Language, Numbers};
use topicwire::train::{Classifier, Effort, TrainSettings};
use topicwire::{Task, Topic};

use super::Usage;
use super::numbers::{amount, whole};

/// A flag for every setting.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingArguments {
    /// Settings from a TOML file; flags go before it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Exactly one topic to an article (single), several (multi), or what the corpus shows (auto).
    #[arg(long, value_name = "TASK")]
    task: Option<TaskArgument>,
    /// svm (the default), logistic, naive-bayes, linfa-logistic or linfa-bayes.
    #[arg(long, value_name = "NAME")]
    classifier: Option<Classifier>,
    /// How much is tried to find good settings: fast, default or best.
    #[arg(long, value_parser = of_name::<Effort>, value_name = "EFFORT")]
    effort: Option<Effort>,
    /// The languages of the articles, such as en or en,ar; auto finds them.
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    language: Option<Vec<String>>,
    /// Whether words become stems.
    #[arg(long, value_name = "TRUE|FALSE")]
    stem: Option<bool>,
    /// What becomes of numbers: keep, shape (digits become 0) or drop.
    #[arg(long, value_parser = of_name::<Numbers>, value_name = "NUMBERS")]
    numbers: Option<Numbers>,
    /// Whether marks of punctuation, signs and emoji are terms too; by default where articles are short.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    symbols: Option<bool>,
    /// The most words of a term: 1 for words alone, 2 for pairs of words too, 3 for triples; by default 2 where articles are
    /// short.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u8>)]
    ngrams: Option<u8>,
    /// Whether pairs of words of the title and of the opening of the text are terms there.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    opening_pairs: Option<bool>,
    /// Learn from articles without labels too, with the topics that what is learned from the others is sure of.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    self_training: Option<bool>,
    /// A term must occur in this many articles; by default in 2, or in 1 where articles are short or few.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u32>)]
    min_articles: Option<u32>,
    /// Whether words never seen are known by their character n-grams; by default where articles are short and words of a single
    /// one are terms.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    character_ngrams: Option<bool>,
    /// No more terms than this, the most frequent.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    max_terms: Option<usize>,
    /// How many words of the text are its lead; by default chosen out of fold.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u32>)]
    lead_tokens: Option<u32>,
    /// What the lead weighs, against 1 for the whole article.
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = amount)]
    lead_weight: Option<f32>,
    /// What the title weighs, against 1 for the whole article.
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = amount)]
    title_weight: Option<f32>,
    /// What terms are worth: idf, relevance, pmi, igm or information, the default (with --effort best, the best of them out of
    /// fold).
    #[arg(long, value_parser = of_name::<Weighting>, value_name = "NAME")]
    weighting: Option<Weighting>,
    /// Whether the log ratios of naive Bayes are blended into the weights, as far as they help.
    #[arg(long, value_name = "TRUE|FALSE")]
    log_ratios: Option<bool>,
    /// The cost of an error; by default chosen out of fold.
    #[arg(long, value_name = "C", allow_negative_numbers = true, value_parser = amount)]
    cost: Option<f32>,
    /// How many columns linfa-logistic and linfa-bayes see.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    selected_columns: Option<usize>,
    /// What thresholds aim at: f1, precision=0.9 or recall=0.9.
    #[arg(long, value_name = "TARGET")]
    target: Option<Target>,
    /// The same for one topic, such as energy=recall=0.8; may be repeated.
    #[arg(long, value_parser = topic_target, value_name = "TOPIC=TARGET")]
    topic_target: Vec<(Topic, Target)>,
    /// Give every article a topic: the likeliest, where no threshold is reached.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    at_least_one: Option<bool>,
    /// Keep only the terms that matter most: a much smaller model, nearly as good.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    compact: Option<bool>,
    /// Where random order starts from.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>)]
    seed: Option<u64>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum TaskArgument {
    Auto,
    Single,
    Multi,
}

/// Parses a setting by the name that it has in a settings file.
fn of_name<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, String> {
    use serde::de::IntoDeserializer;
    let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
    T::deserialize(name).map_err(|error| error.to_string())
}

pub fn topic_target(text: &str) -> Result<(Topic, Target), String> {
    let (topic, target) = text.split_once('=').ok_or("write TOPIC=TARGET, such as energy=recall=0.8")?;
    Ok((topic.into(), target.parse()?))
}

impl SettingArguments {
    /// The settings: those of the file, and over them those of the command line. `folds` has a flag of its own in
    /// every command.
    pub fn settings(mut self, folds: Option<u8>) -> anyhow::Result<TrainSettings> {
        let mut settings = match self.config.take() {
            None => TrainSettings::default(),
            Some(path) => read_settings(&path)?,
        };
        self.apply(&mut settings)?;
        settings.folds = folds.or(settings.folds);
        Ok(settings)
    }

    /// Puts what was said on the command line over `settings`.
    fn apply(self, settings: &mut TrainSettings) -> Result<(), Usage> {
        fn set<T>(slot: &mut T, said: Option<T>) {
            if let Some(said) = said {
                *slot = said;
            }
        }
        match self.task {
            None => {}
            Some(TaskArgument::Auto) => settings.task = None,
            Some(TaskArgument::Single) => settings.task = Some(Task::Single),
            Some(TaskArgument::Multi) => settings.task = Some(Task::Multi),
        }
        if let Some(codes) = self.language {
            let languages = Language::list(codes.iter().map(String::as_str));
            settings.languages = languages.map_err(|problem| Usage(format!("--language: {problem}")))?;
        }
        set(&mut settings.classifier, self.classifier);
        set(&mut settings.effort, self.effort);
        set(&mut settings.stem, self.stem);
        set(&mut settings.numbers, self.numbers);
        set(&mut settings.symbols, self.symbols.map(Some));
        set(&mut settings.ngrams, self.ngrams.map(Some));
        set(&mut settings.opening_pairs, self.opening_pairs);
        set(&mut settings.self_training, self.self_training);
        set(&mut settings.min_articles, self.min_articles.map(Some));
        set(&mut settings.character_ngrams, self.character_ngrams.map(Some));
        set(&mut settings.max_terms, self.max_terms);
        set(&mut settings.lead_tokens, self.lead_tokens.map(Some));
        set(&mut settings.lead_weight, self.lead_weight.map(Some));
        set(&mut settings.title_weight, self.title_weight.map(Some));
        set(&mut settings.weighting, self.weighting.map(Some));
        set(&mut settings.log_ratios, self.log_ratios);
        set(&mut settings.cost, self.cost.map(Some));
        set(&mut settings.selected_columns, self.selected_columns);
        set(&mut settings.target, self.target);
        settings.topic_targets.extend(self.topic_target);
        set(&mut settings.at_least_one, self.at_least_one);
        set(&mut settings.compact, self.compact);
        set(&mut settings.seed, self.seed);
        Ok(())
    }
}

fn read_settings(path: &Path) -> anyhow::Result<TrainSettings> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).map_err(|error| Usage(format!("{}: {error}", path.display())).into())
}
