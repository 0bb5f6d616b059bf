//! `POST /v1/predict/stream`: a line of JSON to an article in, a line to an answer out, in order, for any length.
//!
//! Two tasks work on a stream. One reads, cuts lines into batches and hands each to a thread that scores it; the other is the
//! body of the answer, which waits for the batches in their order. Between them stands a short queue: a client that does not
//! read its answers stops the scoring, and that stops the reading.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::answer::{TopicAnswer, topic_answer};
use super::lines::{Batch, Lines};
use super::question::{ArticleInput, StreamParameters, options};
use crate::model::{PredictOptions, Prediction};
use crate::serve::body::{expect_type, packing};
use crate::serve::models::Loaded;
use crate::serve::problem::Problem;
use crate::serve::state::{Shared, State};
use crate::{Article, Topic};

/// How much text makes a batch: enough that handing it over costs nothing beside scoring it.
const BATCH: usize = 256 << 10;

/// Batches that are being scored or wait for their turn to be written.
const QUEUE: usize = 4;

/// What is done with each article of a stream.
struct Job {
    loaded: Arc<Loaded>,
    options: PredictOptions,
    all_scores: bool,
}

/// The line of an article's answer, as `topicwire predict` writes it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct StreamLine {
    /// The article's id; the number of its line where it has none.
    id: String,
    /// The language that the article was taken to be in, where the model knows several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    language: Option<&'static str>,
    /// The assigned topics, likeliest first.
    topics: Vec<TopicAnswer>,
    /// The probability of every topic, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, f32>>)]
    probabilities: Option<BTreeMap<Topic, f32>>,
}

/// What takes the place of an answer where a line cannot be read.
#[derive(Serialize)]
struct ErrorLine<'a> {
    id: String,
    error: &'a str,
}

/// Topics for any number of articles, a line of JSON to each, in their order. A line that cannot be read becomes
/// `{"id": …, "error": …}` in its place. Answers come while articles are still sent.
#[utoipa::path(
    post, path = "/v1/predict/stream", tag = "topics", params(StreamParameters),
    request_body(content = ArticleInput, content_type = "application/x-ndjson", description = "A line to each article"),
    responses(
        (status = 200, description = "A line to an answer", body = String, content_type = "application/x-ndjson"),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too much to do", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn stream(
    state: Shared,
    parameters: Result<Query<StreamParameters>, QueryRejection>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let Query(parameters) = parameters.map_err(|rejection| Problem::unprocessable(rejection.body_text()))?;
    expect_type(request.headers(), &["application/x-ndjson", "application/ndjson", "application/jsonl"])?;
    let lines = Lines::new(packing(request.headers())?, state.limits().body, BATCH);
    let job = Arc::new(Job {
        loaded: state.model(parameters.model.as_deref())?,
        options: options(parameters.min_probability, parameters.abstain_below)?,
        all_scores: parameters.all_scores,
    });
    let (sender, receiver) = mpsc::channel(QUEUE);
    let state = Arc::clone(&state);
    tokio::spawn(read(state, job, request.into_body(), lines, sender));
    let body = Body::new(Answers { queue: receiver, now: None });
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

type Scored = JoinHandle<Vec<u8>>;

/// Reads the stream to its end, as fast as its batches are scored and written.
async fn read(
    state: Arc<State>,
    job: Arc<Job>,
    mut body: Body,
    mut lines: Lines,
    queue: mpsc::Sender<Scored>,
) {
    // The request has been answered with its head: what goes on counts as under way all the same.
    let Ok(_permit) = state.requests.acquire().await else { return };
    let patience = state.limits().timeout;
    let mut end = None;
    let mut open = true;
    while open || lines.is_ready() {
        // Reading comes first: under load batches grow, and a client that sends one article and waits gets its answer.
        let step = tokio::select! {
            biased;
            frame = timeout(patience, body.frame()), if open && lines.is_hungry() => match frame {
                Ok(Some(Ok(frame))) => frame.into_data().map_or(Ok(()), |data| lines.push(data)),
                Ok(None) => {
                    open = false;
                    lines.finish()
                }
                Ok(Some(Err(_))) => Err("the stream breaks off before its end"),
                Err(_) => Err("the stream stood still for too long"),
            },
            place = timeout(patience, queue.reserve()), if lines.is_ready() => {
                // The client does not read its answers, or has gone.
                let Ok(Ok(place)) = place else { return };
                lines.take().map(|batch| place.send(score(&state, &job, batch)))
            }
        };
        if let Err(problem) = step {
            end = Some(problem);
            break;
        }
    }
    if let Some(problem) = end {
        let line = ErrorLine { id: lines.number().to_string(), error: problem };
        let last = tokio::spawn(std::future::ready(written(&line)));
        let _ = timeout(patience, queue.send(last)).await;
    }
}

/// Has a batch scored on another thread, once a processor is free.
fn score(state: &Arc<State>, job: &Arc<Job>, batch: Batch) -> Scored {
    let (state, job) = (Arc::clone(state), Arc::clone(job));
    tokio::spawn(async move {
        let permit = state.processors.acquire().await;
        let shared = Arc::clone(&state);
        let scored = tokio::task::spawn_blocking(move || job.score(&shared, &batch)).await;
        drop(permit);
        scored.unwrap_or_else(|error| {
            tracing::error!(%error, "scoring broke off");
            written(&ErrorLine { id: String::new(), error: "something went wrong here; the log has more" })
        })
    })
}

impl Job {
    /// The answers to the lines of `batch`.
    fn score(&self, state: &State, batch: &Batch) -> Vec<u8> {
        let mut out = Vec::with_capacity(batch.lines.len() / 8);
        let mut predictions = Vec::new();
        self.loaded.scoring(|scorer| {
            let lines = batch.lines.split(|&byte| byte == b'\n').zip(batch.first..);
            for (line, number) in lines.filter(|(line, _)| !line.trim_ascii().is_empty()) {
                match article(line, number) {
                    Ok(article) => {
                        let prediction = self.loaded.model.predict_as(scorer, &article, &self.options);
                        predictions.push(self.write(&mut out, article.id, prediction));
                    }
                    Err(problem) => {
                        out.extend(written(&ErrorLine { id: number.to_string(), error: &problem }))
                    }
                }
            }
        });
        state.telemetry.predicted(&self.loaded, &predictions);
        out
    }

    /// Writes the line of a prediction.
    fn write(&self, out: &mut Vec<u8>, id: String, prediction: Prediction) -> Prediction {
        let model = &self.loaded.model;
        let languages = &model.card().analyzer.languages;
        let language = languages.get(prediction.language).filter(|_| languages.len() > 1);
        let all = || model.topics().iter().cloned().zip(prediction.probabilities.iter().copied()).collect();
        let line = StreamLine {
            id,
            language: language.map(|language| language.code()),
            topics: prediction.topics.iter().cloned().map(topic_answer).collect(),
            probabilities: self.all_scores.then(all),
        };
        // Writing into memory cannot fail, and neither can these types.
        let _ = serde_json::to_writer(&mut *out, &line);
        out.push(b'\n');
        prediction
    }
}

/// The article on a line, or what is wrong with it.
fn article(line: &[u8], number: u64) -> Result<Article, String> {
    let input: ArticleInput =
        serde_json::from_slice(line).map_err(|error| match std::str::from_utf8(line) {
            Ok(_) => format!("not an article: {error}"),
            Err(_) => "the line is not UTF-8".to_owned(),
        })?;
    let ready = input.ready(number.to_string()).map_err(|problem| problem.detail().to_owned())?;
    Ok(ready.article)
}

fn written(line: &ErrorLine<'_>) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The body of the answer: what becomes of the batches, in their order.
struct Answers {
    queue: mpsc::Receiver<Scored>,
    now: Option<Scored>,
}

impl HttpBody for Answers {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            if let Some(scored) = &mut self.now {
                let done = std::task::ready!(Pin::new(scored).poll(context));
                self.now = None;
                // What broke off has written its own line; nothing cancels these tasks.
                let bytes = done.unwrap_or_default();
                if !bytes.is_empty() {
                    return Poll::Ready(Some(Ok(Frame::data(bytes.into()))));
                }
            }
            match std::task::ready!(self.queue.poll_recv(context)) {
                Some(scored) => self.now = Some(scored),
                None => return Poll::Ready(None),
            }
        }
    }
}
