//! `topicwire explain`: why an article is given its topics, word by word.

mod html;
mod json;
mod marks;
mod text;

use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use topicwire::corpus::Unlabelled;
use topicwire::model::{Explanation, Neighbours};
use topicwire::{Article, Topic, TopicModel};

use super::inputs::{AskedArguments, ReadArguments, read};
use super::numbers::whole;
use super::{Context, Usage};

/// Arguments of `topicwire explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire explain --text 'The ceasefire held for a third day along the border.'
  topicwire explain --model news.safetensors today.jsonl --topic energy
  topicwire explain --model news.safetensors today.jsonl --corpus train.jsonl
  topicwire explain --model news.safetensors today.jsonl --output html > why.html")]
pub struct Arguments {
    #[command(flatten)]
    asked: AskedArguments,
    /// Explain this topic too, whether it is assigned or not; may be repeated.
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<Topic>,
    /// Labelled articles, such as those that the model learned from: the nearest ones are shown.
    #[arg(long, value_name = "CORPUS")]
    corpus: Option<PathBuf>,
    /// text, html (a page that stands alone) or json (a line to an article, with byte offsets).
    #[arg(long, default_value = "text", value_name = "FORM")]
    output: Output,
    /// How many words are listed for a topic, and half as many against it. JSON holds all.
    #[arg(long, default_value_t = 10, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    words: usize,
    #[command(flatten)]
    read: ReadArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Html,
    Json,
}

/// How many of the nearest articles are shown.
const NEAREST: usize = 5;

/// An article with all that is said about it.
struct Explained<'a> {
    model: &'a TopicModel,
    article: &'a Article,
    explanation: Explanation,
    /// Similarity and article; `None` where no corpus was given.
    nearest: Option<Vec<(f32, &'a Article)>>,
    /// How many words are listed.
    words: usize,
}

pub fn run(arguments: &Arguments, context: Context) -> anyhow::Result<()> {
    let model = arguments.asked.model(context)?;
    if let Some(topic) = arguments.topic.iter().find(|topic| !model.topics().contains(topic)) {
        let known: Vec<&str> = model.topics().iter().take(20).map(|topic| topic.as_str()).collect();
        let more = if model.topics().len() > 20 { ", …" } else { "" };
        return Err(Usage(format!(
            "--topic {topic}: the model has no such topic; it has {}{more}",
            known.join(", ")
        ))
        .into());
    }
    let articles = match &arguments.asked.text {
        Some(text) => vec![Article::new("text", "", text.as_str())],
        None => read(&arguments.asked.input, &arguments.read.any(context), context)?,
    };
    let labelled = match &arguments.corpus {
        None => None,
        Some(path) => {
            let options = topicwire::corpus::ReadOptions {
                format: None,
                ..arguments.read.labelled(Unlabelled::Skip, context)
            };
            let labelled = read(std::slice::from_ref(path), &options, context)?;
            Some((Neighbours::new(&model, &labelled), labelled))
        }
    };
    let stdout = std::io::stdout();
    let colours = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut out = BufWriter::new(stdout.lock());
    if arguments.output == Output::Html {
        html::write_head(&mut out)?;
    }
    let mut scorer = model.scorer();
    for article in &articles {
        let explained = Explained {
            model: &model,
            article,
            explanation: model.explain_with(&mut scorer, article, Some(&arguments.topic)),
            nearest: labelled.as_ref().map(|(neighbours, labelled)| {
                // One more, for the article itself may be among them.
                let near = neighbours.nearest(&mut scorer, article, NEAREST + 1).into_iter();
                let near = near.map(|neighbour| (neighbour.similarity, &labelled[neighbour.place]));
                let other = |(_, near): &(f32, &Article)| {
                    (&near.id, &near.title, &near.text) != (&article.id, &article.title, &article.text)
                };
                near.filter(other).take(NEAREST).collect()
            }),
            words: arguments.words,
        };
        match arguments.output {
            Output::Text => text::write(&mut out, &explained, colours)?,
            Output::Html => html::write(&mut out, &explained)?,
            Output::Json => json::write(&mut out, &explained)?,
        }
    }
    if arguments.output == Output::Html {
        html::write_foot(&mut out)?;
    }
    out.flush()?;
    Ok(())
}
