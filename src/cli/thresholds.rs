//! `topicwire thresholds`: from which probability topics are given, and others without training again.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use topicwire::decide::{Reached, Target};
use topicwire::model::{OperatingPoint, ThresholdChanges};
use topicwire::{Topic, TopicModel};

use super::numbers::probability;
use super::settings::topic_target;
use super::{Context, table};

/// Arguments of `topicwire thresholds`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire thresholds news.safetensors
  topicwire thresholds news.safetensors --target precision=0.9
  topicwire thresholds news.safetensors --set energy=0.4 --set sport=0.7 --out news.safetensors
  topicwire thresholds news.safetensors --topic-target security=recall=0.95 --out careful.safetensors

Precision, recall and F1 are those on out-of-fold scores of the training. Without --out, nothing is written.")]
pub struct Arguments {
    /// The model.
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Set the threshold of a topic; may be repeated.
    #[arg(long, value_parser = topic_threshold, value_name = "TOPIC=P")]
    set: Vec<(Topic, f32)>,
    /// What the thresholds of all topics are to aim at: f1, precision=0.9 or recall=0.9.
    #[arg(long, value_name = "TARGET")]
    target: Option<Target>,
    /// The same for one topic, such as energy=recall=0.8; may be repeated.
    #[arg(long, value_parser = topic_target, value_name = "TOPIC=TARGET")]
    topic_target: Vec<(Topic, Target)>,
    /// Write the model with the new thresholds to this file, which may be the model itself.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

fn topic_threshold(text: &str) -> Result<(Topic, f32), String> {
    let (topic, threshold) = text.rsplit_once('=').ok_or("write TOPIC=P, such as energy=0.4")?;
    Ok((topic.into(), probability(threshold)?))
}

pub fn run(arguments: Arguments, context: Context) -> anyhow::Result<()> {
    let old = TopicModel::load_copy(&arguments.model)?;
    let changes = ThresholdChanges {
        target: arguments.target,
        topic_targets: arguments.topic_target.into_iter().collect(),
        set: arguments.set.into_iter().collect(),
    };
    let new = old.with_thresholds(&changes)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &new.operating_points())?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", points_table(&old, &new))?;
    }
    match &arguments.out {
        Some(path) => {
            new.save(path)?;
            context.say(format_args!("Wrote {}.", path.display()));
        }
        None if changes != ThresholdChanges::default() => {
            context.say("Nothing is written: name a file with --out.");
        }
        None => {}
    }
    Ok(())
}

/// The thresholds of `new`, and those of `old` where they were others.
fn points_table(old: &TopicModel, new: &TopicModel) -> comfy_table::Table {
    let (before, after) = (old.operating_points(), new.operating_points());
    let changed = before.iter().zip(&after).any(|(before, after)| before.threshold != after.threshold);
    let mut header = vec!["topic", "articles"];
    header.extend(changed.then_some("before"));
    header.extend(["threshold", "precision", "recall", "F1"]);
    let mut table = table::new(&header);
    for (before, after) in before.iter().zip(&after) {
        let OperatingPoint { topic, articles, threshold, reached } = after;
        let mut row = vec![topic.to_string(), articles.to_string()];
        if changed {
            let moved = before.threshold != *threshold;
            row.push(if moved { table::figure(before.threshold.into()) } else { String::new() });
        }
        row.push(table::figure((*threshold).into()));
        let figures = |of: &Reached| [of.precision, of.recall, of.f1].map(|f| table::figure(f.into()));
        row.extend(reached.as_ref().map_or_else(|| ["–", "–", "–"].map(str::to_owned), figures));
        table.add_row(row);
    }
    table
}
