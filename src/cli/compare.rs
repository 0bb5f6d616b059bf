//! `topicwire compare`: whether one of two models is really better.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use topicwire::Topic;
use topicwire::evaluate::{self, Comparison, Given, compare};
use topicwire::metrics::Difference;

use super::inputs::{LabelledArguments, report_repeated_ids};
use super::{Context, table};

/// Arguments of `topicwire compare`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire compare old.safetensors new.safetensors test.jsonl
  topicwire compare old.jsonl new.jsonl test.jsonl --json > difference.json
  topicwire compare fasttext.jsonl news.safetensors test.jsonl

Predictions are what `topicwire predict --output jsonl` writes; any program can write them:
  {\"id\": \"a-1\", \"topics\": [\"energy\", \"trade\"]}")]
pub struct Arguments {
    /// The first model, or predictions as jsonl.
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The second model, or predictions as jsonl.
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Write all figures, and all articles that differ, as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    corpus: LabelledArguments,
}

/// How many of the articles that differ are shown.
const SHOWN: usize = 10;

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    let articles = arguments.corpus.read(None, context)?;
    report_repeated_ids(&articles, context);
    let a = Given::read(&arguments.a, &articles)?;
    let b = Given::read(&arguments.b, &articles)?;
    let comparison = compare(&articles, &a, &b)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &comparison)?;
        writeln!(out)?;
        return Ok(());
    }
    write_topics(&mut out, &comparison)?;
    write_figures(&mut out, &comparison)?;
    write_differing(&mut out, &comparison)?;
    writeln!(out, "\n{}", comparison.verdict)?;
    Ok(())
}

fn write_topics(out: &mut impl Write, comparison: &Comparison) -> std::io::Result<()> {
    let mut topics =
        table::new(&["topic", "F1 of A", "F1 of B", "B - A", "given by A", "given by B", "articles"]);
    let mut rows: Vec<_> = comparison.topics.iter().collect();
    // Where it matters first; of equals, by name.
    rows.sort_by(|a, b| b.1.difference.abs().total_cmp(&a.1.difference.abs()));
    for (topic, of) in rows {
        topics.add_row([
            topic.to_string(),
            table::figure(of.f1_a),
            table::figure(of.f1_b),
            format!("{:+.3}", of.difference),
            of.given_a.to_string(),
            of.given_b.to_string(),
            of.support.to_string(),
        ]);
    }
    writeln!(out, "{topics}\n")
}

fn write_figures(out: &mut impl Write, comparison: &Comparison) -> std::io::Result<()> {
    let mut figures = table::new(&["figure", "A", "B", "B - A", "95 % interval", "p"]);
    let (a, b, of) = (&comparison.a, &comparison.b, &comparison.differences);
    let mut row = |name: &str, a: f64, b: f64, of: &Difference| {
        figures.add_row([
            name.to_owned(),
            table::figure(a),
            table::figure(b),
            format!("{:+.4}", of.difference),
            format!("{:+.4} to {:+.4}", of.interval.low, of.interval.high),
            format!("{:.4}", of.p_value),
        ]);
    };
    row("micro F1", a.micro.f1, b.micro.f1, &of.micro_f1);
    row("macro F1", a.macro_average.f1, b.macro_average.f1, &of.macro_f1);
    writeln!(out, "{figures}")?;
    if let Some(test) = &comparison.mcnemar {
        writeln!(
            out,
            "Only A is right on {} articles, only B on {}: McNemar's exact test says {}.",
            test.only_first,
            test.only_second,
            evaluate::p_value(test.p_value)
        )?;
    }
    Ok(())
}

fn write_differing(out: &mut impl Write, comparison: &Comparison) -> std::io::Result<()> {
    let count = comparison.differing.len();
    writeln!(out, "\nThey differ on {count} of {} articles.", comparison.articles)?;
    if count == 0 {
        return Ok(());
    }
    let names = |topics: &[Topic]| -> String {
        let names: Vec<&str> = topics.iter().map(|topic| topic.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut rows = table::new(&["article", "labels", "A", "B"]);
    for column in 1..4 {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Left);
        }
    }
    for one in comparison.differing.iter().take(SHOWN) {
        let title: String = one.title.chars().filter(|c| !c.is_control()).take(60).collect();
        let id: String = one.id.chars().filter(|c| !c.is_control()).collect();
        let article = if title.is_empty() { id } else { format!("{id}: {title}") };
        rows.add_row([article, names(&one.gold), names(&one.a), names(&one.b)]);
    }
    writeln!(out, "{rows}")?;
    if count > SHOWN {
        writeln!(out, "and {} more: --json lists all", count - SHOWN)?;
    }
    Ok(())
}
