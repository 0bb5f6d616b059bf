//! `topicwire train`: a labelled corpus to a model file.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use topicwire::corpus::Unlabelled;
use topicwire::decide::Target;
use topicwire::features::Weighting;
use topicwire::text::{Language, Numbers};
use topicwire::train::{Classifier, Effort, Step, TrainSettings};
use topicwire::{Corpus, Task, Topic, TopicModel, Trainer};

use super::inputs::{ReadArguments, read};
use super::{Context, Usage, progress};

/// Arguments of `topicwire train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire train news.jsonl --model news.safetensors
  topicwire train 20news-bydate-train --model 20news.safetensors
  topicwire train reuters21578 --split train --model reuters.safetensors
  topicwire train news.csv more.jsonl --model news.safetensors --effort best --config settings.toml
  zcat archive.jsonl.gz | topicwire train - --model archive.safetensors

A settings file holds the names of the settings below, without the dashes:
  effort = \"best\"
  language = [\"en\"]
  target = \"precision=0.9\"
  [topic-target]
  energy = \"recall=0.8\"")]
pub struct Arguments {
    /// Files or folders of labelled articles; - is standard input.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// The model file to write.
    #[arg(long, short, value_name = "FILE")]
    model: PathBuf,
    /// Settings from a TOML file; flags go before it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What to do with articles that are not labelled: fail or skip.
    #[arg(long, default_value = "fail", value_name = "FAIL|SKIP")]
    unlabelled: Unlabelled,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    settings: SettingArguments,
}

/// A flag for every setting.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
struct SettingArguments {
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
    /// The most words of a term: 1 for words alone, 2 for pairs of words too, 3 for triples.
    #[arg(long, value_name = "N")]
    ngrams: Option<u8>,
    /// A term must occur in this many articles.
    #[arg(long, value_name = "N")]
    min_articles: Option<u32>,
    /// No more terms than this, the most frequent.
    #[arg(long, value_name = "N")]
    max_terms: Option<usize>,
    /// How many words of the text are its lead; by default chosen out of fold.
    #[arg(long, value_name = "N")]
    lead_tokens: Option<u32>,
    /// What the lead weighs, against 1 for the whole article.
    #[arg(long, value_name = "X")]
    lead_weight: Option<f32>,
    /// What the title weighs, against 1 for the whole article.
    #[arg(long, value_name = "X")]
    title_weight: Option<f32>,
    /// What terms are worth: idf, relevance, pmi or igm; by default chosen out of fold.
    #[arg(long, value_parser = of_name::<Weighting>, value_name = "NAME")]
    weighting: Option<Weighting>,
    /// The cost of an error; by default chosen out of fold.
    #[arg(long, value_name = "C")]
    cost: Option<f32>,
    /// How many columns linfa-logistic and linfa-bayes see.
    #[arg(long, value_name = "N")]
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
    /// In how many folds out-of-fold scores are made: 2 to 20; by default 20 for a small corpus, down to 5 for a large one.
    #[arg(long, value_name = "N")]
    folds: Option<u8>,
    /// Where random order starts from.
    #[arg(long, value_name = "N")]
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

fn topic_target(text: &str) -> Result<(Topic, Target), String> {
    let (topic, target) = text.split_once('=').ok_or("write TOPIC=TARGET, such as energy=recall=0.8")?;
    Ok((topic.into(), target.parse()?))
}

impl SettingArguments {
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
            let codes: Vec<_> = codes.iter().map(|code| code.trim()).filter(|code| *code != "auto").collect();
            let languages: Result<Vec<Language>, String> = codes.iter().map(|code| code.parse()).collect();
            settings.languages = languages.map_err(|problem| Usage(format!("--language: {problem}")))?;
        }
        set(&mut settings.classifier, self.classifier);
        set(&mut settings.effort, self.effort);
        set(&mut settings.stem, self.stem);
        set(&mut settings.numbers, self.numbers);
        set(&mut settings.ngrams, self.ngrams);
        set(&mut settings.min_articles, self.min_articles);
        set(&mut settings.max_terms, self.max_terms);
        set(&mut settings.lead_tokens, self.lead_tokens.map(Some));
        set(&mut settings.lead_weight, self.lead_weight.map(Some));
        set(&mut settings.title_weight, self.title_weight.map(Some));
        set(&mut settings.weighting, self.weighting.map(Some));
        set(&mut settings.cost, self.cost.map(Some));
        set(&mut settings.selected_columns, self.selected_columns);
        set(&mut settings.target, self.target);
        settings.topic_targets.extend(self.topic_target);
        set(&mut settings.at_least_one, self.at_least_one);
        set(&mut settings.folds, self.folds.map(Some));
        set(&mut settings.seed, self.seed);
        Ok(())
    }
}

pub fn run(arguments: Arguments, context: Context) -> anyhow::Result<()> {
    let mut settings = match &arguments.config {
        None => TrainSettings::default(),
        Some(path) => read_settings(path)?,
    };
    arguments.settings.apply(&mut settings)?;
    let trainer = Trainer::new(settings)?;
    check_target(&arguments.model)?;

    let bar = progress::spinner(context);
    bar.set_message("reading");
    let options = arguments.read.labelled(arguments.unlabelled, context);
    let corpus = Corpus::from(read(&arguments.corpus, &options, context)?);
    let model = train(&trainer, &corpus, &bar, context)?;
    bar.finish_and_clear();
    model.save(&arguments.model)?;
    context.say(format_args!(
        "Wrote {} ({:.1} MB, {} topics, {} terms).",
        arguments.model.display(),
        model.as_bytes().len() as f64 / 1e6,
        model.topics().len(),
        model.card().report.terms,
    ));
    Ok(())
}

/// Trains, saying what is found on the way.
pub fn train(
    trainer: &Trainer,
    corpus: &Corpus,
    bar: &indicatif::ProgressBar,
    context: Context,
) -> anyhow::Result<TopicModel> {
    let model = trainer.train_with(corpus, &|step| match step {
        Step::Reading => bar.set_message("reading terms"),
        Step::Task(task, articles, with_one) => bar.suspend(|| {
            let why = match task {
                Task::Single if with_one == articles => "each has exactly one topic".to_owned(),
                Task::Single => format!("{with_one} have exactly one topic"),
                Task::Multi => format!("{} have no topic or several", articles - with_one),
            };
            context.say(format_args!("Task: {task} ({articles} articles; {why})."));
        }),
        Step::Tried(trial) => bar.set_message(format!("choosing settings: {:.4} out of fold", trial.figure)),
        Step::Fitting => bar.set_message("fitting"),
        Step::Calibrating => bar.set_message("finding thresholds"),
        _ => {}
    })?;
    let report = &model.card().report;
    if !report.convergence.converged {
        context.say(format_args!(
            "The fit stopped after {} passes with a violation of {:.2}: figures may improve with a smaller --cost.",
            report.convergence.iterations, report.convergence.violation
        ));
    }
    let guarded: Vec<&str> = model
        .topics()
        .iter()
        .zip(&report.topics)
        .filter(|(_, topic)| topic.guarded)
        .map(|(name, _)| name.as_str())
        .collect();
    if !guarded.is_empty() {
        let shown = guarded.iter().take(8).copied().collect::<Vec<_>>().join(", ");
        let more = if guarded.len() > 8 { ", …" } else { "" };
        context.say(format_args!(
            "{} topics are too rare for a threshold of their own and will be given seldom: {shown}{more}.",
            guarded.len()
        ));
    }
    Ok(model)
}

fn read_settings(path: &PathBuf) -> anyhow::Result<TrainSettings> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).map_err(|error| Usage(format!("{}: {error}", path.display())).into())
}

/// Says before the work, not after it, that the model could not be written.
fn check_target(model: &std::path::Path) -> Result<(), Usage> {
    let folder = model.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(Usage(format!(
            "--model {}: there is no folder {}: make it first",
            model.display(),
            folder.display()
        ))),
        _ if model.is_dir() => {
            Err(Usage(format!("--model {}: this is a folder: name a file", model.display())))
        }
        _ => Ok(()),
    }
}
