//! Topics that articles were given: by a model, or by whatever wrote a file of predictions.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use crate::{Article, Error, Place, Result, Topic, TopicModel};

/// The topics that each of some articles was given, in the order of the articles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given(pub Vec<Vec<Topic>>);

/// A line of what `topicwire predict --output jsonl` writes.
#[derive(Deserialize)]
struct Line {
    id: String,
    topics: Option<Vec<Named>>,
    error: Option<String>,
}

/// A topic with what is said of it, or its bare name.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Assigned { topic: Topic },
    Name(Topic),
}

/// The most ids that an error message names.
const NAMED: usize = 3;

impl Given {
    /// What `model` gives `articles`.
    pub fn by_model(model: &TopicModel, articles: &[Article]) -> Given {
        let names = |prediction: crate::model::Prediction| {
            prediction.topics.into_iter().map(|assigned| assigned.topic).collect()
        };
        Given(model.predict_batch(articles).into_iter().map(names).collect())
    }

    /// What the file at `path` says of `articles`: a model file gives them topics; any other is read as predictions, one
    /// JSON object to a line, as `topicwire predict --output jsonl` writes them (topics may also be bare names).
    ///
    /// Predictions may stand in any order: they are matched by id. Those of other articles are left alone.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] and [`Error::Model`] as of [`TopicModel::load_copy`]; [`Error::Record`] for a line that is no
    /// prediction, or one that an error stands in; [`Error::Corpus`] where articles have no prediction, or where an id that
    /// comes twice leaves open which is meant.
    pub fn read(path: &Path, articles: &[Article]) -> Result<Given> {
        let mut file = std::fs::File::open(path).map_err(|error| Error::read(path, error))?;
        let mut start = Vec::new();
        file.by_ref().take(9).read_to_end(&mut start).map_err(|error| Error::read(path, error))?;
        if is_model(&start) {
            return Ok(Given::by_model(&TopicModel::load_copy(path)?, articles));
        }
        let predictions = read_lines(path, BufReader::new(start.chain(file)))?;
        if predictions.len() == articles.len()
            && predictions.iter().zip(articles).all(|((id, _), article)| *id == article.id)
        {
            // Even where ids repeat, the order tells them apart.
            return Ok(Given(predictions.into_iter().map(|prediction| prediction.1).collect()));
        }
        by_id(path, predictions, articles)
    }
}

/// Whether a file that starts with `start` is a model: the length of a header, and its opening brace.
fn is_model(start: &[u8]) -> bool {
    start.len() == 9 && start[8] == b'{' && start[5..8] == [0; 3]
}

fn read_lines(path: &Path, reader: impl BufRead) -> Result<Vec<(String, Vec<Topic>)>> {
    let mut predictions = Vec::new();
    for (number, line) in reader.split(b'\n').enumerate() {
        let line = line.map_err(|error| Error::read(path, error))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let wrong = |problem: String| Error::Record {
            place: Place { file: path.to_owned(), line: number as u64 + 1 },
            problem,
        };
        let line: Line = serde_json::from_slice(&line).map_err(|error| {
            wrong(format!(
                "neither a model nor a prediction ({error}): give a model file, or what `topicwire predict --output \
                 jsonl` writes"
            ))
        })?;
        let Some(topics) = line.topics else {
            let problem = line.error.unwrap_or_else(|| "no \"topics\" field".into());
            return Err(wrong(format!("there is no prediction for {}: {problem}", line.id)));
        };
        let name = |named| match named {
            Named::Assigned { topic } | Named::Name(topic) => topic,
        };
        predictions.push((line.id, topics.into_iter().map(name).collect()));
    }
    Ok(predictions)
}

fn by_id(path: &Path, predictions: Vec<(String, Vec<Topic>)>, articles: &[Article]) -> Result<Given> {
    let problem = |problem: String| Error::Corpus(format!("{}: {problem}", path.display()));
    let mut by_id = HashMap::with_capacity(predictions.len());
    for (id, topics) in predictions {
        if by_id.contains_key(&id) {
            return Err(problem(format!(
                "two predictions have the id {id}, and they are not in the order of the articles: give every article an id \
                 of its own"
            )));
        }
        by_id.insert(id, topics);
    }
    let missing: Vec<&str> =
        articles.iter().map(|article| article.id.as_str()).filter(|id| !by_id.contains_key(*id)).collect();
    if !missing.is_empty() {
        let named = missing.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if missing.len() > NAMED { ", …" } else { "" };
        return Err(problem(format!(
            "{} of the {} articles have no prediction: {named}{more}. Predict the same articles, with the same ids",
            missing.len(),
            articles.len()
        )));
    }
    let mut given = Vec::with_capacity(articles.len());
    for article in articles {
        let topics = by_id.remove(&article.id).ok_or_else(|| {
            problem(format!("two articles have the id {}: give every article an id of its own", article.id))
        })?;
        given.push(topics);
    }
    Ok(Given(given))
}
