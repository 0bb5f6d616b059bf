//! `topicwire tune`: search for settings.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use topicwire::train::Tuned;
use topicwire::{Corpus, Trainer};

use super::inputs::LabelledArguments;
use super::inspect::name_of;
use super::numbers::whole;
use super::settings::SettingArguments;
use super::{Context, progress, target};

/// Arguments of `topicwire tune`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  topicwire tune news.jsonl --budget 60s --out news.toml
  topicwire train news.jsonl --config news.toml --model news.topicwire

The file is written whenever better settings are found: stop the search at any moment with Ctrl-C, and the best are kept.")]
pub struct Arguments {
    /// How long to search, such as 90s, 5m or 1h.
    #[arg(long, default_value = "60s", value_parser = duration, value_name = "TIME")]
    budget: Duration,
    /// How many settings to try at most; with this and without the clock, the same corpus gives the same settings.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    trials: Option<usize>,
    /// The settings file to write.
    #[arg(long, default_value = "topicwire.toml", value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    corpus: LabelledArguments,
    #[command(flatten)]
    settings: SettingArguments,
    /// In how many folds settings are measured: 2 to 20; by default 20 for a small corpus, down to 5 for a large one.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u8>, help_heading = "Settings")]
    folds: Option<u8>,
}

pub fn run(arguments: Arguments, context: Context) -> anyhow::Result<()> {
    let trainer = Trainer::new(arguments.settings.settings(arguments.folds)?)?;
    target::check("--out", &arguments.out)?;
    let corpus = Corpus::from(arguments.corpus.read(None, context)?);
    let bar = progress::spinner(context);

    let end = Instant::now() + arguments.budget;
    let (mut best, mut failed) = (f64::NEG_INFINITY, None);
    let found = trainer.tune(&corpus, &mut |tuned| {
        bar.set_message(format!("{} tried, best {:.4} out of fold", tuned.tried, tuned.trial.figure));
        if tuned.trial.figure > best {
            best = tuned.trial.figure;
            bar.suspend(|| context.say(format_args!("{:.4}  {}", best, described(tuned))));
            failed = write(&arguments.out, tuned).err();
        }
        let enough = arguments.trials.is_some_and(|most| tuned.tried >= most);
        if failed.is_some() || enough || Instant::now() >= end {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    if let Some(problem) = failed {
        return Err(problem);
    }
    write(&arguments.out, &found)?;
    context.say(format_args!(
        "{} settings tried; wrote {}. Learn with: topicwire train … --config {}",
        found.tried,
        arguments.out.display(),
        arguments.out.display()
    ));
    Ok(())
}

fn described(tuned: &Tuned) -> String {
    let candidate = &tuned.trial.candidate;
    let pairs = match (tuned.settings.ngrams, tuned.settings.opening_pairs) {
        (_, true) => ", word pairs of openings",
        (Some(1), false) => ", words alone",
        (None, false) => "",
        _ => ", word pairs",
    };
    let symbols = match tuned.settings.symbols {
        None => "",
        Some(true) => ", symbols",
        Some(false) => ", no symbols",
    };
    format!(
        "{}, cost {}, lead {} at {} tokens, title {}{pairs}{symbols}",
        name_of(&candidate.weighting),
        candidate.cost,
        candidate.fields.lead,
        candidate.fields.lead_tokens,
        candidate.fields.title,
    )
}

fn write(path: &Path, tuned: &Tuned) -> anyhow::Result<()> {
    let heading = format!(
        "Found by `topicwire tune`: {:.4} out of fold, the best of {} settings.",
        tuned.trial.figure, tuned.tried
    );
    Ok(tuned.settings.save(path, &heading)?)
}

/// A time such as `90`, `90s`, `5m` or `1h`.
fn duration(text: &str) -> Result<Duration, String> {
    let problem = || format!("`{text}` is no time: write one such as 90s, 5m or 1h");
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len()));
    let number: f64 = number.trim().parse().map_err(|_| problem())?;
    let seconds = match unit {
        "" | "s" => number,
        "m" => 60.0 * number,
        "h" => 3600.0 * number,
        _ => return Err(problem()),
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| problem())
}
