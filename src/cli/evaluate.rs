//! `topicwire evaluate`: how good a model is on labelled articles.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use topicwire::evaluate::{Outcome, evaluate_model, examine};
use topicwire::metrics::Interval;
use topicwire::report::{evaluation_page, save_page};
use topicwire::{Task, TopicModel};

use super::inputs::{LabelledArguments, TaxonomyArgument, file_name, report_repeated_ids};
use super::{Context, table, target};

/// Arguments of `topicwire evaluate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire evaluate --model news.safetensors test.jsonl
  topicwire evaluate --model news.safetensors test.jsonl --report report.html
  topicwire evaluate --model reuters.safetensors reuters21578 --split test --json > figures.json")]
pub struct Arguments {
    /// The model.
    #[arg(long, short, value_name = "FILE")]
    model: PathBuf,
    /// Write all figures as JSON.
    #[arg(long)]
    json: bool,
    /// Write a page with all figures, charts and the worst errors, to open in a browser.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    corpus: LabelledArguments,
    #[command(flatten)]
    taxonomy: TaxonomyArgument,
}

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    if let Some(report) = &arguments.report {
        target::check("--report", report)?;
    }
    let model = TopicModel::load_copy(&arguments.model)?;
    let articles = arguments.corpus.read(arguments.taxonomy.read()?, context)?;
    report_repeated_ids(&articles, context);
    let several = articles.iter().filter(|article| article.labels().len() != 1).count();
    if model.task() == Task::Single && several > 0 {
        context.say(format_args!(
            "The model gives exactly one topic to an article, but {several} of these articles have none or several: \
             what it cannot give counts as missed."
        ));
    }
    let mut out = std::io::stdout().lock();
    if !arguments.json && arguments.report.is_none() {
        let outcome = evaluate_model(&model, &articles)?;
        say_unknown(&outcome, context);
        write_figures(&mut out, &outcome, model.task())?;
        return Ok(());
    }
    let findings = examine(&model, &articles)?;
    let outcome =
        Outcome { evaluation: findings.evaluation.clone(), unknown_topics: findings.unknown_topics.clone() };
    say_unknown(&outcome, context);
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &findings)?;
        writeln!(out)?;
    } else {
        write_figures(&mut out, &outcome, model.task())?;
    }
    if let Some(report) = &arguments.report {
        let (model, corpus) = (file_name(&arguments.model), arguments.corpus.name());
        save_page(report, &evaluation_page(&findings, &model, &corpus))?;
        context.say(format_args!("Wrote {}.", report.display()));
    }
    Ok(())
}

fn say_unknown(outcome: &Outcome, context: Context) {
    if outcome.unknown_topics.is_empty() {
        return;
    }
    let shown: Vec<_> =
        outcome.unknown_topics.iter().take(8).map(|(topic, count)| format!("{topic} ({count})")).collect();
    context.say(format_args!(
        "The model has never seen {} topics of these articles, which count as missed: {}{}",
        outcome.unknown_topics.len(),
        shown.join(", "),
        if outcome.unknown_topics.len() > 8 { ", …" } else { "" }
    ));
}

/// Writes the figures for people.
pub fn write_figures(out: &mut impl Write, outcome: &Outcome, task: Task) -> std::io::Result<()> {
    let figures = &outcome.evaluation;
    let mut topics = table::new(&["topic", "precision", "recall", "F1", "articles"]);
    for (topic, of) in &figures.topics {
        topics.add_row([
            topic.to_string(),
            table::figure(of.precision),
            table::figure(of.recall),
            table::figure(of.f1),
            of.support.to_string(),
        ]);
    }
    let mut row = |name: &str, of: &topicwire::metrics::Averages| {
        topics.add_row([
            name.to_owned(),
            table::figure(of.precision),
            table::figure(of.recall),
            table::figure(of.f1),
            figures.articles.to_string(),
        ]);
    };
    row("all (micro)", &figures.micro);
    row("all (macro)", &figures.macro_average);
    writeln!(out, "{topics}")?;
    let exact = if task == Task::Single { "accuracy" } else { "exactly right" };
    let intervals = figures.intervals.as_ref().map(|of| &of.figures);
    let mut line = |name: &str, value: f64, interval: Option<Interval>| {
        let within = interval.map(|i| format!("   (95 % interval {:.3} to {:.3})", i.low, i.high));
        writeln!(out, "{name:<18} {value:.3}{}", within.unwrap_or_default())
    };
    line(exact, figures.exact_match, intervals.map(|of| of.exact_match))?;
    line("micro F1", figures.micro.f1, intervals.map(|of| of.micro_f1))?;
    line("macro F1", figures.macro_average.f1, intervals.map(|of| of.macro_f1))?;
    if let Some(error) = figures.calibration_error {
        line("calibration error", error, None)?;
    }
    if let Some(coverage) = &figures.coverage {
        line("coverage at 95 %", coverage.coverage, None)?;
    }
    if let (Some(loss), Some(base)) = (figures.log_loss, figures.log_loss_base) {
        writeln!(out, "{:<18} {loss:.4}  (base rates alone: {base:.4})", "log loss")?;
    }
    Ok(())
}
