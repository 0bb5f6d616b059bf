//! `topicwire train`: a labelled corpus to a model file.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use topicwire::train::Step;
use topicwire::{Corpus, Task, TopicModel, Trainer};

use super::inputs::{LabelledArguments, TaxonomyArgument};
use super::numbers::whole;
use super::settings::SettingArguments;
use super::timings::Timings;
use super::{Context, progress, target};

/// Arguments of `topicwire train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire train news.jsonl --model news.safetensors
  topicwire train 20news-bydate-train --model 20news.safetensors
  topicwire train reuters21578 --split train --model reuters.safetensors
  topicwire train news.jsonl --taxonomy topics.toml --model news.safetensors
  topicwire train news.csv more.jsonl --model news.safetensors --effort best --config settings.toml
  zcat archive.jsonl.gz | topicwire train - --model archive.safetensors

A settings file holds the names of the settings below, without the dashes:
  effort = \"best\"
  language = [\"en\"]    # or \"auto\"
  target = \"precision=0.9\"
  [topic-target]
  energy = \"recall=0.8\"")]
pub struct Arguments {
    /// The model file to write.
    #[arg(long, short, value_name = "FILE")]
    model: PathBuf,
    /// Say where the time went: seconds, articles and megabytes a second for each stage, and memory.
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    corpus: LabelledArguments,
    #[command(flatten)]
    taxonomy: TaxonomyArgument,
    #[command(flatten)]
    settings: SettingArguments,
    /// In how many folds out-of-fold scores are made: 2 to 20; by default 20 for a small corpus, down to 5 for a large one.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u8>, help_heading = "Settings")]
    folds: Option<u8>,
}

pub fn run(arguments: Arguments, context: Context) -> anyhow::Result<()> {
    let settings = arguments.settings.settings(arguments.folds)?;
    let mut trainer = Trainer::new(settings)?;
    target::check("--model", &arguments.model)?;

    let timings = Timings::new(arguments.timings);
    timings.stage("read");
    let taxonomy = arguments.taxonomy.read()?;
    if let Some(taxonomy) = &taxonomy {
        trainer = trainer.with_taxonomy(Arc::clone(taxonomy));
    }
    let corpus = Corpus::from(arguments.corpus.read_to_train(trainer.settings(), taxonomy, context)?);
    let articles = corpus.articles.len();
    let bytes = corpus.articles.iter().map(|article| (article.title.len() + article.text.len()) as u64).sum();
    let bar = progress::spinner(context);
    let model = train(&trainer, corpus, &bar, &timings, context)?;
    bar.finish_and_clear();
    timings.stage("save");
    model.save(&arguments.model)?;
    timings.finish(articles, bytes, context);
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
    corpus: Corpus,
    bar: &indicatif::ProgressBar,
    timings: &Timings,
    context: Context,
) -> anyhow::Result<TopicModel> {
    let model = trainer.train_and_drop(corpus, &|step| match step {
        Step::Reading => {
            timings.stage("terms");
            progress::stage(bar, "reading terms", 1);
        }
        Step::Task(task, articles, with_one) => bar.suspend(|| {
            timings.stage("choose settings");
            let why = match task {
                Task::Single if with_one == articles => "each has exactly one topic".to_owned(),
                Task::Single => format!("{with_one} have exactly one topic"),
                Task::Multi => format!("{} have no topic or several", articles - with_one),
            };
            context.say(format_args!("Task: {task} ({articles} articles; {why})."));
        }),
        Step::Choosing(most) => progress::stage(bar, "choosing settings", most),
        Step::Tried(trial) => {
            bar.inc(1);
            bar.set_message(format!("choosing settings, {:.4} out of fold", trial.figure));
        }
        Step::Fitting(fits) => {
            timings.stage("fit");
            progress::stage(bar, "fitting", fits);
        }
        Step::Fitted => bar.inc(1),
        Step::Deciding => {
            timings.stage("decide, pack");
            progress::stage(bar, "finding thresholds and packing", 1);
        }
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
