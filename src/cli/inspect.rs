//! `topicwire inspect`: what a model is made of.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use topicwire::model::{Size, Term};
use topicwire::train::Candidate;
use topicwire::{Task, TopicId, TopicModel};

use super::numbers::whole;
use super::{starter, table};

/// Arguments of `topicwire inspect`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire inspect news.safetensors
  topicwire inspect news.safetensors --terms 20
  topicwire inspect news.safetensors --json")]
pub struct Arguments {
    /// The model; without it, the starter model.
    #[arg(value_name = "MODEL")]
    model: Option<PathBuf>,
    /// How many of the strongest terms of each topic are shown.
    #[arg(long, default_value_t = 6, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    terms: usize,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Inspection<'a> {
    #[serde(flatten)]
    card: &'a topicwire::model::Card,
    strongest_terms: std::collections::BTreeMap<&'a str, Vec<Term>>,
    size: Vec<Size>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let model = match &arguments.model {
        Some(path) => TopicModel::load_copy(path)?,
        None => starter::model()?,
    };
    model.verify()?;
    let mut out = std::io::stdout().lock();
    let terms = |number: usize| model.strongest_terms(TopicId(number as u32), arguments.terms);
    if arguments.json {
        let names = model.topics().iter().map(|topic| topic.as_str());
        let inspection = Inspection {
            card: model.card(),
            strongest_terms: names.enumerate().map(|(number, name)| (name, terms(number))).collect(),
            size: model.sizes(),
        };
        serde_json::to_writer_pretty(&mut out, &inspection)?;
        writeln!(out)?;
        return Ok(());
    }
    write_settings(&mut out, &model)?;
    writeln!(out, "\n{}", topics_table(&model, &terms))?;
    write_trials(&mut out, &model)?;
    let total: u64 = model.sizes().iter().map(|size| size.bytes).sum();
    let parts: Vec<_> = model
        .sizes()
        .iter()
        .take(5)
        .map(|size| format!("{} {:.2}", size.part, size.bytes as f64 / 1e6))
        .collect();
    writeln!(out, "\nSize: {:.2} MB ({}, …)", total as f64 / 1e6, parts.join(", "))?;
    Ok(())
}

fn write_settings(out: &mut impl Write, model: &TopicModel) -> std::io::Result<()> {
    let (card, report) = (model.card(), &model.card().report);
    let languages: Vec<_> = card.analyzer.languages.iter().map(|language| language.name()).collect();
    writeln!(
        out,
        "Task:        {}",
        match card.task {
            Task::Single => "single (exactly one topic to an article)",
            Task::Multi => "multi (any number of topics, each with its threshold)",
        }
    )?;
    writeln!(
        out,
        "Learned from {} articles: {} with one topic, {} with none; {} topics",
        report.articles,
        report.with_one_topic,
        report.without_topic,
        card.topics.len()
    )?;
    if report.self_labelled > 0 {
        writeln!(
            out,
            "        and {} without labels, with topics that what is learned from those is sure of",
            report.self_labelled
        )?;
    }
    writeln!(out, "Language:    {}", languages.join(", "))?;
    let among = [
        (report.min_articles == 1, "words of a single article"),
        (card.analyzer.symbols, "symbols"),
        (card.analyzer.ngrams > 1, "word n-grams"),
        (card.analyzer.opening_pairs, "word pairs of openings"),
    ];
    let among: Vec<&str> = among.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
    let among = if among.is_empty() { String::new() } else { format!(", {} among them", among.join(", ")) };
    writeln!(out, "Vocabulary:  {} terms in {} columns{among}", report.terms, report.columns)?;
    if report.character_ngrams > 0 {
        writeln!(
            out,
            "        and {} character n-grams, by which words are known that are no terms",
            report.character_ngrams
        )?;
    }
    if let Some(chosen) = &report.chosen {
        writeln!(
            out,
            "Classifier:  {} ({}), cost {}, weighting {}; fields: body {}, lead {} ({} tokens), title {}",
            chosen.classifier,
            name_of(&chosen.loss),
            chosen.cost,
            name_of(&chosen.weighting),
            chosen.fields.body,
            chosen.fields.lead,
            chosen.fields.lead_tokens,
            chosen.fields.title,
        )?;
    }
    if report.log_ratios > 0.0 {
        writeln!(
            out,
            "Blend:       {:.0} % of the scores are log ratios of naive Bayes, fitted out of fold",
            100.0 * report.log_ratios
        )?;
    }
    let fit = &report.convergence;
    let end = if fit.converged { "converged" } else { "stopped early" };
    writeln!(out, "Fit:         {end} after {} passes, violation {:.3}", fit.iterations, fit.violation)
}

fn topics_table(model: &TopicModel, terms: &dyn Fn(usize) -> Vec<Term>) -> comfy_table::Table {
    let multi = model.task() == Task::Multi;
    let named = !model.card().taxonomy.is_empty();
    let mut header = vec!["topic", "articles", "F1 out of fold"];
    header.extend(multi.then_some("threshold"));
    header.extend(named.then_some("name"));
    header.push("strongest terms");
    let mut table = table::new(&header);
    for column in header.len() - 1 - usize::from(named)..header.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Left);
        }
    }
    let card = model.card();
    for (number, (topic, report)) in card.topics.iter().zip(&card.report.topics).enumerate() {
        let mut row = vec![topic.to_string(), report.articles.to_string(), table::figure(report.f1.into())];
        if multi {
            let mark = if report.guarded { "*" } else { "" };
            row.push(format!("{:.3}{mark}", card.decision.thresholds[number]));
        }
        if named {
            row.push(model.name_of(topic).to_owned());
        }
        let mut words: Vec<String> = Vec::new();
        for term in terms(number) {
            if !words.contains(&term.term) {
                words.push(term.term);
            }
        }
        row.push(words.join(" "));
        table.add_row(row);
    }
    table
}

fn write_trials(out: &mut impl Write, model: &TopicModel) -> std::io::Result<()> {
    let report = &model.card().report;
    if report.topics.iter().any(|topic| topic.guarded) {
        writeln!(
            out,
            "* too rare for a threshold of its own: given only where nothing in training scored higher"
        )?;
    }
    if report.trials.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nCompared out of fold ({}):", report.figure)?;
    let all = report.trials.iter().map(|trial| trial.articles).max().unwrap_or(0);
    for trial in &report.trials {
        let Candidate { loss, weighting, cost, fields, .. } = &trial.candidate;
        let (loss, weighting) = (name_of(loss), name_of(weighting));
        write!(out, "  {:.4}  {loss} {weighting} cost {cost} ", trial.figure)?;
        write!(out, "lead {} ({} tokens) title {}", fields.lead, fields.lead_tokens, fields.title)?;
        if Some(trial.candidate) == report.chosen {
            write!(out, " <- chosen")?;
        } else if trial.articles < all {
            write!(out, " (given up: behind the best so far on the first {} articles)", trial.articles)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The name under which a choice stands in a settings file.
pub fn name_of(choice: &impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
