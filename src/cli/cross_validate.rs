//! `topicwire cross-validate`: how good a model of a corpus will be, before there is a test half.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use topicwire::evaluate::{CrossValidation, LearningCurve, Spread, cross_validate, learning_curve};
use topicwire::report::{cross_validation_page, learning_curve_page, save_page};
use topicwire::{Corpus, Task};

use super::inputs::LabelledArguments;
use super::settings::SettingArguments;
use super::{Context, progress, table, target};

/// Arguments of `topicwire cross-validate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire cross-validate news.jsonl
  topicwire cross-validate news.jsonl --folds 10 --effort fast --json > figures.json
  topicwire cross-validate news.jsonl --learning-curve
  topicwire cross-validate news.jsonl --learning-curve=5 --report curve.html")]
pub struct Arguments {
    /// In how many folds the articles are put: 2 to 100.
    #[arg(long, default_value_t = 5, value_name = "N")]
    folds: u8,
    /// Learn from growing shares of the articles instead, and say what more articles would bring. Measured on one
    /// fold, or on as many as are asked for.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "1", value_name = "FOLDS")]
    learning_curve: Option<u8>,
    /// Write all figures as JSON.
    #[arg(long)]
    json: bool,
    /// Write a page with all figures, and with the learning curve as a picture, to open in a browser.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    corpus: LabelledArguments,
    #[command(flatten)]
    settings: SettingArguments,
    /// In how many folds each training makes its out-of-fold scores, as --folds of `topicwire train`: 2 to 20.
    #[arg(long, value_name = "N", help_heading = "Settings")]
    training_folds: Option<u8>,
}

pub fn run(arguments: Arguments, context: Context) -> anyhow::Result<()> {
    if let Some(report) = &arguments.report {
        target::check("--report", report)?;
    }
    let settings = arguments.settings.settings(arguments.training_folds)?;
    let corpus = Corpus::from(arguments.corpus.read_to_train(&settings, None, context)?);
    let bar = progress::spinner(context);
    let folds = arguments.folds;
    let name = arguments.corpus.name();
    let report = |page: &dyn Fn() -> String| -> anyhow::Result<()> {
        if let Some(path) = &arguments.report {
            save_page(path, &page())?;
            context.say(format_args!("Wrote {}.", path.display()));
        }
        Ok(())
    };
    let mut out = std::io::stdout().lock();
    if let Some(measured) = arguments.learning_curve {
        let curve = learning_curve(&corpus, &settings, folds, measured, &|fold, share| {
            bar.set_message(format!("fold {}: learning from {:.0} %", fold + 1, 100.0 * share));
        })?;
        bar.finish_and_clear();
        if arguments.json {
            json(&mut out, &curve)?;
        } else {
            write_curve(&mut out, &curve, curve.task)?;
        }
        return report(&|| learning_curve_page(&curve, &name));
    }
    progress::stage(&bar, "learning without one fold after the other", usize::from(folds));
    let figures = cross_validate(&corpus, &settings, folds, &|_, of| {
        bar.inc(1);
        bar.set_message(format!(
            "learning without one fold after the other (the last: micro-F1 {:.3})",
            of.micro_f1
        ));
    })?;
    bar.finish_and_clear();
    if arguments.json {
        json(&mut out, &figures)?;
    } else {
        write(&mut out, &figures)?;
    }
    report(&|| cross_validation_page(&figures, &name))
}

fn json(out: &mut impl Write, figures: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, figures)?;
    writeln!(out)?;
    Ok(())
}

fn spread(of: Spread) -> String {
    match of.standard_error {
        Some(error) => format!("{:.3} ± {error:.3}", of.mean),
        None => table::figure(of.mean),
    }
}

fn exact(task: Task) -> &'static str {
    if task == Task::Single { "accuracy" } else { "exactly right" }
}

fn write(out: &mut impl Write, figures: &CrossValidation) -> anyhow::Result<()> {
    let mut topics = table::new(&["topic", "precision", "recall", "F1", "F1 of the folds", "articles"]);
    for (topic, of) in &figures.topics {
        topics.add_row([
            topic.to_string(),
            table::figure(of.precision),
            table::figure(of.recall),
            table::figure(of.f1),
            spread(of.f1_of_folds),
            of.support.to_string(),
        ]);
    }
    for (name, of) in [("all (micro)", &figures.micro), ("all (macro)", &figures.macro_average)] {
        topics.add_row([
            name.to_owned(),
            table::figure(of.precision),
            table::figure(of.recall),
            table::figure(of.f1),
            String::new(),
            figures.articles.to_string(),
        ]);
    }
    writeln!(out, "{topics}\n")?;
    let columns = [
        "fold",
        "learned from",
        "articles",
        exact(figures.task),
        "micro F1",
        "macro F1",
        "calibration error",
        "log loss",
    ];
    let mut folds = table::new(&columns);
    for (number, fold) in figures.folds.iter().enumerate() {
        folds.add_row([
            (number + 1).to_string(),
            fold.learned_from.to_string(),
            fold.articles.to_string(),
            table::figure(fold.exact_match),
            table::figure(fold.micro_f1),
            table::figure(fold.macro_f1),
            table::figure(fold.calibration_error),
            table::figure(fold.log_loss),
        ]);
    }
    let mean = &figures.mean;
    let means = [mean.exact_match, mean.micro_f1, mean.macro_f1, mean.calibration_error, mean.log_loss];
    let mut row = vec!["mean ± standard error".to_owned(), String::new(), String::new()];
    row.extend(means.map(spread));
    folds.add_row(row);
    writeln!(out, "{folds}")?;
    Ok(())
}

/// How many topics are shown that gain most.
const SHOWN: usize = 10;

/// Measured on fewer articles, a topic's gain is chance, and is not shown.
const MEASURED_ON: u64 = 5;

fn write_curve(out: &mut impl Write, curve: &LearningCurve, task: Task) -> anyhow::Result<()> {
    let mut points = table::new(&["share", "articles", exact(task), "micro F1", "macro F1"]);
    for point in &curve.points {
        let mut row = vec![format!("{:.0} %", 100.0 * point.share), format!("{:.0}", point.articles)];
        if point.articles > 0.0 {
            row.extend([point.exact_match, point.micro_f1, point.macro_f1].map(spread));
        }
        points.add_row(row);
    }
    writeln!(out, "{points}")?;
    for point in &curve.points {
        if let Some(problem) = &point.problem {
            writeln!(out, "{:.0} % of the articles were too few: {problem}", 100.0 * point.share)?;
        }
    }
    let gaining = curve.topics.iter().filter(|topic| topic.gain > 0.0 && topic.support >= MEASURED_ON);
    let gaining: Vec<_> = gaining.take(SHOWN).collect();
    if gaining.is_empty() {
        writeln!(out, "\nNo topic with {MEASURED_ON} articles to measure on gained from the last step.")?;
        return Ok(());
    }
    writeln!(
        out,
        "\nTopics that still gained most from the last step, from 70 % to all articles (of those with {MEASURED_ON} \
         articles to measure on):"
    )?;
    let mut topics = table::new(&["topic", "articles", "measured on", "F1 at 70 %", "F1 at 100 %", "gain"]);
    for topic in gaining {
        topics.add_row([
            topic.topic.to_string(),
            topic.articles.to_string(),
            topic.support.to_string(),
            table::figure(topic.f1_before),
            table::figure(topic.f1),
            format!("{:+.3}", topic.gain),
        ]);
    }
    writeln!(out, "{topics}")?;
    if curve.folds == 1 {
        writeln!(out, "Measured on one fold: --learning-curve=3 tells gain from chance better.")?;
    }
    Ok(())
}
