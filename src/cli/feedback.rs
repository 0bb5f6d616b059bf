//! `topicwire feedback`: what people corrected in the service, as a corpus, or gone.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use topicwire::Corpus;
use topicwire::corpus::Format;
use topicwire::serve::{Store, default_path};

use super::{Context, Usage};

/// Commands of `topicwire feedback`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the corrected articles as a corpus: the latest correction of each.
    Export(ExportArguments),
    /// Remove corrections for good.
    Purge(PurgeArguments),
}

/// Arguments of `topicwire feedback export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire feedback export --out corrected.jsonl
  topicwire train news.jsonl corrected.jsonl --model better.safetensors")]
pub struct ExportArguments {
    /// The store; without it the one that `topicwire serve` uses if it is not told another.
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_FEEDBACK")]
    feedback: Option<PathBuf>,
    /// Where to write; - is standard output.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

/// Arguments of `topicwire feedback purge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire feedback purge --older-than 90
  topicwire feedback purge --all")]
pub struct PurgeArguments {
    /// The store; without it the one that `topicwire serve` uses if it is not told another.
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_FEEDBACK")]
    feedback: Option<PathBuf>,
    /// Corrections older than so many days.
    #[arg(long, value_name = "DAYS", required_unless_present = "all")]
    older_than: Option<u64>,
    /// All corrections.
    #[arg(long, conflicts_with = "older_than")]
    all: bool,
}

pub fn run(command: &Command, context: Context) -> anyhow::Result<()> {
    match command {
        Command::Export(arguments) => export(arguments, context),
        Command::Purge(arguments) => purge(arguments, context),
    }
}

fn store(path: &Option<PathBuf>) -> anyhow::Result<Store> {
    let path = path.clone().or_else(default_path);
    let path =
        path.ok_or_else(|| Usage("where are the corrections? Name their file with --feedback".into()))?;
    Ok(Store::open_existing(&path)?)
}

fn export(arguments: &ExportArguments, context: Context) -> anyhow::Result<()> {
    let mut corrections = store(&arguments.feedback)?.latest()?;
    let count = corrections.len();
    for correction in &mut corrections {
        // Ids of pasted articles are not their own, and a corpus tells its articles apart by them.
        correction.article = format!("correction-{}", correction.id);
    }
    let articles: Vec<_> = corrections.into_iter().map(|correction| correction.into_article()).collect();
    Corpus::from(articles).write(&arguments.out, Format::Jsonl)?;
    context.say(format_args!("Wrote {count} corrected articles."));
    Ok(())
}

fn purge(arguments: &PurgeArguments, context: Context) -> anyhow::Result<()> {
    let mut store = store(&arguments.feedback)?;
    let age = Duration::from_secs(arguments.older_than.unwrap_or(0).saturating_mul(24 * 3600));
    let count = store.purge(age)?;
    store.compact()?;
    context.say(format_args!("Removed {count} corrections."));
    Ok(())
}
