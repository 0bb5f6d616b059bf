//! `topicwire predict`: articles in, topics out, as a stream.

use std::io::{BufWriter, IsTerminal, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;
use topicwire::corpus::{Batch, Batches, OnError, in_order};
use topicwire::model::{Assigned, PredictOptions, Prediction};
use topicwire::{Article, Error, Task, Topic, TopicModel};

use super::inputs::{AskedArguments, ReadArguments, report_reencoded, report_skipped};
use super::numbers::probability;
use super::timings::Timings;
use super::{Context, progress, table};

/// Arguments of `topicwire predict`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire predict --text 'The ceasefire held for a third day along the border.'
  topicwire predict --model news.safetensors today.jsonl
  topicwire predict --model news.safetensors articles/ --format txt --output csv > topics.csv
  zcat archive.jsonl.gz | topicwire predict --model news.safetensors - --output jsonl > topics.jsonl")]
pub struct Arguments {
    #[command(flatten)]
    asked: AskedArguments,
    /// A table (the default on a terminal), jsonl (the default elsewhere) or csv.
    #[arg(long, value_name = "FORM")]
    output: Option<Output>,
    /// Write the probability of every topic too.
    #[arg(long)]
    all_scores: bool,
    /// Leave out topics that are less likely than this, whatever their thresholds say.
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = probability)]
    min_probability: Option<f32>,
    /// Give no topic at all to an article whose likeliest assigned topic, or whose share of known words, is below this.
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = probability)]
    abstain_below: Option<f32>,
    /// Say how fast it went: seconds, articles and megabytes a second, and memory.
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    read: ReadArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Jsonl,
    Csv,
}

/// An article's line of output.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    topics: &'a [Assigned],
    #[serde(skip_serializing_if = "Option::is_none")]
    probabilities: Option<std::collections::BTreeMap<&'a str, f32>>,
}

#[derive(Serialize)]
struct ErrorLine<'a> {
    id: &'a str,
    error: String,
}

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    let model = arguments.asked.model(context)?;
    let stdout = std::io::stdout();
    let default = if stdout.is_terminal() { Output::Table } else { Output::Jsonl };
    let form = Form {
        output: arguments.output.unwrap_or(default),
        all_scores: arguments.all_scores,
        options: PredictOptions {
            min_probability: arguments.min_probability.unwrap_or(0.0),
            abstain_below: arguments.abstain_below.unwrap_or(0.0),
        },
        model: &model,
    };
    let mut out = BufWriter::with_capacity(1 << 16, stdout.lock());
    form.write_header(&mut out)?;
    if let Some(text) = &arguments.asked.text {
        let article = Article::new("text", "", text.as_str());
        out.write_all(&form.lines(vec![Ok(article)]).bytes)?;
    } else {
        stream(arguments, &form, &mut out, context)?;
    }
    out.flush()?;
    Ok(())
}

/// Predicts all of the input, a batch after the other.
fn stream(
    arguments: &Arguments,
    form: &Form<'_>,
    out: &mut impl Write,
    context: Context,
) -> anyhow::Result<()> {
    let mut options = arguments.read.any(context);
    let fail = options.on_error == OnError::Fail;
    options.on_error = OnError::Skip;
    let batches = Batches::open(&arguments.asked.input, &options)?;
    let reencodings = batches.reencodings();
    let bar = progress::articles(context, "predicting", batches.bytes());
    let timings = Timings::new(arguments.timings);
    timings.stage("read, predict, write");
    let (mut shown, mut count, mut articles, mut read) = (Vec::new(), 0_u64, 0_u64, 0_u64);
    in_order(
        batches,
        context.threads,
        |batch: Batch| (batch.consumed(), form.lines(batch.parse())),
        |(consumed, mut lines)| {
            if fail && !lines.errors.is_empty() {
                return Err(lines.errors.swap_remove(0));
            }
            out.write_all(&lines.bytes).map_err(|source| Error::write("-", source))?;
            articles += lines.articles;
            read += lines.read;
            progress::passed(&bar, articles, consumed);
            count += lines.errors.len() as u64;
            let room = SHOWN - shown.len();
            shown.extend(lines.errors.into_iter().take(room));
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    timings.finish(articles as usize, read, context);
    report_reencoded(&reencodings.list(), context);
    report_skipped(&shown, count, context);
    Ok(())
}

/// How many errors are shown.
const SHOWN: usize = 5;

/// What a batch became.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    articles: u64,
    /// Bytes of text that the articles have.
    read: u64,
    errors: Vec<Error>,
}

/// How output is written.
struct Form<'a> {
    output: Output,
    all_scores: bool,
    options: PredictOptions,
    model: &'a TopicModel,
}

impl Form<'_> {
    fn write_header(&self, out: &mut impl Write) -> std::io::Result<()> {
        match self.output {
            Output::Csv => writeln!(out, "id,topics,probabilities"),
            _ => Ok(()),
        }
    }

    /// Predicts `articles`, and writes their lines into memory.
    fn lines(&self, articles: Vec<topicwire::Result<Article>>) -> Lines {
        let mut scorer = self.model.scorer();
        let mut lines = Lines { articles: articles.len() as u64, ..Lines::default() };
        let mut rows = Vec::new();
        for article in articles {
            match article {
                Ok(article) => {
                    lines.read += (article.title.len() + article.text.len()) as u64;
                    let prediction = self.model.predict_as(&mut scorer, &article, &self.options);
                    self.line(&article, &prediction, &mut lines.bytes, &mut rows);
                }
                Err(error) => {
                    self.error_line(&error, &mut lines.bytes, &mut rows);
                    lines.errors.push(error);
                }
            }
        }
        if self.output == Output::Table && !rows.is_empty() {
            let mut table = table::new(&["article", "topics"]);
            if let Some(column) = table.column_mut(1) {
                column.set_cell_alignment(comfy_table::CellAlignment::Left);
            }
            table.add_rows(rows);
            // Writing into memory cannot fail.
            let _ = writeln!(lines.bytes, "{table}");
        }
        lines
    }

    fn line(
        &self,
        article: &Article,
        prediction: &Prediction,
        bytes: &mut Vec<u8>,
        rows: &mut Vec<[String; 2]>,
    ) {
        match self.output {
            Output::Table => rows.push([label(article), self.topics_for_people(prediction)]),
            Output::Jsonl => {
                let card = self.model.card();
                let several = card.analyzer.languages.len() > 1;
                let language = card.analyzer.languages.get(prediction.language).filter(|_| several);
                let all =
                    || card.topics.iter().map(|topic| topic.as_str()).zip(prediction.probabilities.clone());
                let line = Line {
                    id: &article.id,
                    language: language.map(|language| language.code()),
                    topics: &prediction.topics,
                    probabilities: self.all_scores.then(|| all().collect()),
                };
                // Writing into memory cannot fail, and neither can these types.
                let _ = serde_json::to_writer(&mut *bytes, &line);
                bytes.push(b'\n');
            }
            Output::Csv => {
                let topics: Vec<_> =
                    prediction.topics.iter().map(|assigned| assigned.topic.as_str()).collect();
                let probabilities: Vec<_> = if self.all_scores {
                    let all = self.model.topics().iter().zip(&prediction.probabilities);
                    all.map(|(topic, probability)| format!("{topic}={probability:.4}")).collect()
                } else {
                    prediction.topics.iter().map(|assigned| format!("{:.4}", assigned.probability)).collect()
                };
                csv_row(bytes, &[&article.id, &topics.join("|"), &probabilities.join("|")]);
            }
        }
    }

    fn error_line(&self, error: &Error, bytes: &mut Vec<u8>, rows: &mut Vec<[String; 2]>) {
        let id = match error {
            Error::Record { place, .. } => place.to_string(),
            other => other.to_string(),
        };
        let problem = match error {
            Error::Record { problem, .. } => problem.clone(),
            other => other.to_string(),
        };
        match self.output {
            Output::Table => rows.push([id, format!("error: {problem}")]),
            Output::Jsonl => {
                let _ = serde_json::to_writer(&mut *bytes, &ErrorLine { id: &id, error: problem });
                bytes.push(b'\n');
            }
            Output::Csv => csv_row(bytes, &[&id, "", &format!("error: {problem}")]),
        }
    }

    fn topics_for_people(&self, prediction: &Prediction) -> String {
        let show = |topic: &Topic, probability: f32| {
            format!("{} {:.0}%", self.model.name_of(topic), 100.0 * probability)
        };
        let mut text: Vec<String> = prediction.topics.iter().map(|a| show(&a.topic, a.probability)).collect();
        if text.is_empty() {
            text.push("none".into());
        }
        if self.all_scores || (self.model.task() == Task::Multi && prediction.topics.is_empty()) {
            let mut others: Vec<_> = self.model.topics().iter().zip(&prediction.probabilities).collect();
            others.retain(|(topic, _)| prediction.topics.iter().all(|assigned| assigned.topic != **topic));
            others.sort_by(|a, b| b.1.total_cmp(a.1));
            let shown = if self.all_scores { others.len() } else { 1 };
            let others = others.iter().take(shown).map(|(topic, p)| show(topic, **p));
            text.push(format!("({})", others.collect::<Vec<_>>().join(", ")));
        }
        text.join(", ")
    }
}

/// What tells an article from others to a person: its title, or else its id and first words.
fn label(article: &Article) -> String {
    let text = if article.title.is_empty() { &article.text } else { &article.title };
    let words: Vec<&str> = text.split_whitespace().take(12).collect();
    let short: String = words.join(" ").chars().filter(|c| !c.is_control()).take(70).collect();
    if article.title.is_empty() && article.id != "text" { format!("{}: {short}", article.id) } else { short }
}

fn csv_row(bytes: &mut Vec<u8>, cells: &[&str]) {
    let mut writer = csv::Writer::from_writer(bytes);
    // Writing into memory cannot fail.
    let _ = writer.write_record(cells);
    let _ = writer.flush();
}
