//! `topicwire monitor`: whether new articles are still like those that a model learned from.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use topicwire::corpus::{Batch, Batches, OnError, in_order};
use topicwire::evaluate::{Monitor, MonitorReport};
use topicwire::{Error, TopicModel};

use super::inputs::{ReadArguments, report_skipped};
use super::{CheckFailed, Context, progress, table};

/// Arguments of `topicwire monitor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire monitor --model news.safetensors today.jsonl
  topicwire monitor --model news.safetensors week.jsonl --baseline test.jsonl
  zcat week.jsonl.gz | topicwire monitor --model news.safetensors - --fail-on-drift || mail -s 'label and retrain' desk")]
pub struct Arguments {
    /// Files or folders of new articles; - is standard input.
    #[arg(required = true, value_name = "ARTICLES")]
    articles: Vec<PathBuf>,
    /// The model.
    #[arg(long, short, value_name = "FILE")]
    model: PathBuf,
    /// Articles on which the model is known to be good, read with the same flags: words and confidence are compared
    /// with theirs.
    #[arg(long, value_name = "ARTICLES")]
    baseline: Option<PathBuf>,
    /// Exit with code 3 where there is a warning.
    #[arg(long)]
    fail_on_drift: bool,
    /// Write all figures as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArguments,
}

/// How many errors are shown.
const SHOWN: usize = 5;

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    let model = TopicModel::load_copy(&arguments.model)?;
    let baseline = match &arguments.baseline {
        None => None,
        Some(path) => Some(watch(&model, std::slice::from_ref(path), arguments, context)?),
    };
    let monitor = watch(&model, &arguments.articles, arguments, context)?;
    let report = monitor.report(baseline.as_ref());
    if report.articles == 0 {
        return Err(Error::Corpus("there are no articles to look at".into()).into());
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        write(&mut out, &report)?;
    }
    if arguments.fail_on_drift && !report.warnings.is_empty() {
        let kinds: Vec<&str> = report.warnings.iter().map(|warning| warning.message.as_str()).collect();
        return Err(CheckFailed(format!("the articles have drifted: {}", kinds.join("; "))).into());
    }
    Ok(())
}

/// Lets all articles of `paths` pass, a batch after the other.
fn watch<'m>(
    model: &'m TopicModel,
    paths: &[PathBuf],
    arguments: &Arguments,
    context: Context,
) -> anyhow::Result<Monitor<'m>> {
    let mut options = arguments.read.any(context);
    let fail = options.on_error == OnError::Fail;
    options.on_error = OnError::Skip;
    let batches = Batches::open(paths, &options)?;
    let bar = progress::articles(context, "watching", batches.bytes());
    let mut monitor = Monitor::new(model);
    let (mut shown, mut skipped, mut articles) = (Vec::new(), 0, 0);
    let work = |batch: Batch| {
        let (mut scorer, mut monitor, mut errors) = (model.scorer(), Monitor::new(model), Vec::new());
        let (mut articles, consumed) = (0, batch.consumed());
        for article in batch.parse() {
            match article {
                Ok(article) => {
                    articles += 1;
                    monitor.add(&article, &model.predict_with(&mut scorer, &article));
                }
                Err(error) => errors.push(error),
            }
        }
        (monitor, articles, consumed, errors)
    };
    in_order(batches, context.threads, work, |(part, count, consumed, mut errors)| {
        if fail && !errors.is_empty() {
            return Err(errors.swap_remove(0));
        }
        monitor.merge(part);
        articles += count;
        progress::passed(&bar, articles, consumed);
        skipped += errors.len() as u64;
        let room = SHOWN - shown.len();
        shown.extend(errors.into_iter().take(room));
        Ok(())
    })?;
    bar.finish_and_clear();
    report_skipped(&shown, skipped, context);
    Ok(monitor)
}

fn write(out: &mut impl Write, report: &MonitorReport) -> anyhow::Result<()> {
    let mut topics = table::new(&["topic", "in training", "now", "95 % interval", "given to", ""]);
    for (topic, rate) in &report.topics {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        topics.add_row([
            topic.to_string(),
            percent(rate.training_rate),
            percent(rate.rate),
            format!("{} to {}", percent(rate.interval.low), percent(rate.interval.high)),
            rate.given.to_string(),
            if rate.changed { "changed" } else { "" }.to_owned(),
        ]);
    }
    writeln!(out, "{topics}\n")?;
    let baseline =
        |value: Option<f64>| value.map_or(String::new(), |value| format!("  (baseline {value:.3})"));
    writeln!(out, "articles            {}", report.articles)?;
    writeln!(
        out,
        "unknown words       {:.3}{}",
        report.unknown_words,
        baseline(report.baseline_unknown_words)
    )?;
    writeln!(
        out,
        "expected F1         {:.3}  (training {:.3}){}",
        report.expected_f1,
        report.training_f1,
        baseline(report.baseline_expected_f1)
    )?;
    writeln!(
        out,
        "without any topic   {:.3}  (training {:.3})",
        report.without_topic, report.training_without_topic
    )?;
    let languages: Vec<String> =
        report.languages.iter().map(|(language, count)| format!("{language} {count}")).collect();
    let languages = if languages.is_empty() { "too short to tell".to_owned() } else { languages.join(", ") };
    writeln!(out, "languages           {languages}\n")?;
    for warning in &report.warnings {
        writeln!(out, "Warning: {}.", warning.message)?;
    }
    if report.warnings.is_empty() {
        writeln!(out, "No drift: these articles are like those that the model learned from.")?;
    } else {
        writeln!(
            out,
            "Label some hundred of these articles, measure the model on them (topicwire evaluate), and train again with \
             them."
        )?;
    }
    Ok(())
}
