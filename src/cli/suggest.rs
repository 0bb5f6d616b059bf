//! `topicwire suggest`: which articles to label next.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use topicwire::audit::{Suggestion, suggest};
use topicwire::corpus::{Corpus, Format, write_for_labelling};
use topicwire::{Article, Topic, TopicModel};

use super::inputs::{ReadArguments, read};
use super::{Context, progress, table};

/// Arguments of `topicwire suggest`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire suggest --model news.safetensors archive.jsonl --count 50
  topicwire suggest --model news.safetensors archive.jsonl --count 200 --output label-studio > tasks.json
  topicwire corpus convert export.json --format label-studio --out labelled.jsonl")]
pub struct Arguments {
    /// Files or folders of articles; - is standard input. Those that are labelled already are passed over.
    #[arg(required = true, value_name = "UNLABELLED")]
    input: Vec<PathBuf>,
    /// The model that shall become better.
    #[arg(long, short, value_name = "FILE")]
    model: PathBuf,
    /// How many articles to suggest.
    #[arg(long, short = 'n', default_value_t = 20, value_name = "N")]
    count: usize,
    /// table (for people), jsonl (the articles, with why), label-studio or doccano (to import there).
    #[arg(long, default_value = "table", value_name = "FORM")]
    output: Output,
    #[command(flatten)]
    read: ReadArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Jsonl,
    LabelStudio,
    Doccano,
}

/// An article as it came, and why it was suggested. Without `topics`, it is read as one that nobody has labelled.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    article: &'a Article,
    suggestion: Reason<'a>,
}

#[derive(Serialize)]
struct Reason<'a> {
    topic: &'a Topic,
    probability: f32,
    uncertainty: f32,
    similarity: f32,
    assigned: Vec<&'a str>,
}

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    let model = TopicModel::load_copy(&arguments.model)?;
    let corpus = Corpus::from(read(&arguments.input, &arguments.read.any(context), context)?);
    let labelled = corpus.labelled();
    if labelled > 0 {
        context.say(format_args!("Passed over {labelled} articles that are labelled already."));
    }
    let bar = progress::spinner(context);
    bar.set_message("looking for what would teach most");
    let suggestions = suggest(&model, &corpus, arguments.count);
    bar.finish_and_clear();
    if suggestions.len() < arguments.count {
        context.say(format_args!(
            "Found {} to suggest: the others are labelled, the same as these, or of words that the model does not know.",
            suggestions.len()
        ));
    }
    let articles: Vec<&Article> =
        suggestions.iter().map(|suggestion| &corpus.articles[suggestion.article.place]).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.output {
        Output::Table => write_table(&mut out, &suggestions)?,
        Output::Jsonl => {
            for (article, of) in articles.into_iter().zip(&suggestions) {
                let suggestion = Reason {
                    topic: &of.topic,
                    probability: of.probability,
                    uncertainty: of.uncertainty,
                    similarity: of.similarity,
                    assigned: of.assigned.iter().map(|assigned| assigned.topic.as_str()).collect(),
                };
                serde_json::to_writer(&mut out, &Line { article, suggestion })?;
                writeln!(out)?;
            }
        }
        tool @ (Output::LabelStudio | Output::Doccano) => {
            let format = if tool == Output::LabelStudio { Format::LabelStudio } else { Format::Doccano };
            let articles: Vec<Article> = articles.into_iter().cloned().collect();
            let assigned =
                |of: &Suggestion| of.assigned.iter().map(|assigned| assigned.topic.clone()).collect();
            let suggested: Vec<Vec<Topic>> = suggestions.iter().map(assigned).collect();
            write_for_labelling(&mut out, format, &articles, &suggested)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn write_table(out: &mut impl Write, suggestions: &[Suggestion]) -> std::io::Result<()> {
    let mut rows = table::new(&["uncertainty", "article", "open topic", "would be given", "opening"]);
    for column in 1..5 {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Left);
        }
    }
    for of in suggestions {
        let assigned: Vec<&str> = of.assigned.iter().map(|assigned| assigned.topic.as_str()).collect();
        rows.add_row([
            format!("{:.2}", of.uncertainty),
            of.article.id.clone(),
            format!("{} {:.0} %", of.topic, 100.0 * of.probability),
            if assigned.is_empty() { "none".to_owned() } else { assigned.join(", ") },
            of.article.opening.clone(),
        ]);
    }
    writeln!(out, "{rows}")
}
