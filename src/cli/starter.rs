//! The starter corpus and the starter model, built into the program.

use std::path::Path;

use topicwire::{Article, Result, Taxonomy, TopicModel};

use super::Context;

static MODEL: &[u8] = include_bytes!("../../models/newsroom.safetensors");
static CORPUS: &str = include_str!("../../corpus/newsroom.jsonl");
static TAXONOMY: &str = include_str!("../../corpus/topics.toml");
static SAMPLES: &str = include_str!("../../corpus/samples.jsonl");

/// The starter model, for the service.
#[cfg(feature = "serve")]
pub fn source() -> topicwire::serve::ModelSource {
    topicwire::serve::ModelSource::Builtin { name: "newsroom".to_owned(), bytes: MODEL }
}

/// The starter model.
pub fn model() -> Result<TopicModel> {
    TopicModel::from_bytes(MODEL)
}

/// The model at `path`; without one the starter model, saying so.
pub fn model_or(path: Option<&Path>, context: Context) -> Result<TopicModel> {
    match path {
        Some(path) => TopicModel::load(path),
        None => {
            context.say("No --model: using the starter model for general news in English.");
            model()
        }
    }
}

/// The starter corpus.
pub fn corpus() -> Result<Vec<Article>> {
    articles("newsroom.jsonl", CORPUS)
}

/// The topics of the starter corpus.
pub fn taxonomy() -> Result<Taxonomy> {
    Taxonomy::parse(TAXONOMY, "topics.toml")
}

/// Three articles that nobody has labelled.
pub fn samples() -> Result<Vec<Article>> {
    articles("samples.jsonl", SAMPLES)
}

fn articles(name: &str, jsonl: &str) -> Result<Vec<Article>> {
    let lines = jsonl.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| {
            serde_json::from_str(line).map_err(|error| topicwire::Error::Record {
                place: topicwire::Place { file: name.into(), line: number },
                problem: error.to_string(),
            })
        })
        .collect()
}
