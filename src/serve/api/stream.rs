//! `POST /v1/predict/stream`: a line of JSON to an article in, a line to an answer out, in order, for any length.
//!
//! Two tasks work on a stream. One reads, cuts lines into batches and hands each to a thread that scores it; the other is the
//! body of the answer, which waits for the batches in their order. Between them stands a short queue: a client that does not
//! read its answers stops the scoring, and that stops the reading. A stream that cannot go on ends with a line that says why:
//! what was answered before is all that was done.

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
use tokio::sync::{mpsc, oneshot};
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
use crate::serve::work::{Deadline, Errand, aside};
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
    let (sender, queue) = mpsc::channel(QUEUE);
    let (end, last) = oneshot::channel();
    let state = Arc::clone(&state);
    let body = request.into_body();
    tokio::spawn(async move {
        if let Err(problem) = read(state, job, body, lines, sender).await {
            // A client that has gone needs no explanation.
            let _ = end.send(problem);
        }
    });
    let body = Body::new(Answers { queue, now: None, last, ended: false });
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// The answers to a batch, or the line with which the stream ends instead.
type Scored = JoinHandle<Result<Vec<u8>, Vec<u8>>>;

/// Reads the stream to its end, as fast as its batches are scored and written.
///
/// # Errors
///
/// The line that says why the stream ends before.
async fn read(
    state: Arc<State>,
    job: Arc<Job>,
    mut body: Body,
    mut lines: Lines,
    queue: mpsc::Sender<Scored>,
) -> Result<(), Vec<u8>> {
    // The request has been answered with its head: what goes on counts as under way all the same.
    let Ok(_permit) = state.requests.acquire().await else { return Ok(()) };
    let patience = state.limits().timeout;
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
            place = timeout(patience, queue.reserve()), if lines.is_ready() => match place {
                Ok(Ok(place)) => {
                    let (batch, rest) = lines.take();
                    place.send(score(&state, &job, batch));
                    rest
                }
                // The client has gone, or a batch has ended the stream.
                Ok(Err(_)) => return Ok(()),
                Err(_) => Err("the answers were not read for too long"),
            }
        };
        step.map_err(|problem| written(lines.number(), problem))?;
    }
    Ok(())
}

/// Has a batch scored on another thread, once a processor is free.
fn score(state: &Arc<State>, job: &Arc<Job>, batch: Batch) -> Scored {
    let (state, job, first) = (Arc::clone(state), Arc::clone(job), batch.first);
    tokio::spawn(async move {
        let shared = Arc::clone(&state);
        let work = move |errand: &Errand| job.score(&shared, &batch, errand);
        let scored = aside(&state, Deadline::from_now(&state), work).await;
        scored.and_then(|answers| answers).map_err(|problem| written(first, problem.detail()))
    })
}

impl Job {
    /// The answers to the lines of `batch`.
    fn score(&self, state: &State, batch: &Batch, errand: &Errand) -> Result<Vec<u8>, Problem> {
        let mut out = Vec::with_capacity(batch.lines.len() / 8);
        let mut predictions = Vec::new();
        self.loaded.scoring(|scorer| {
            let lines = batch.lines.split(|&byte| byte == b'\n').zip(batch.first..);
            for (line, number) in lines.filter(|(line, _)| !line.trim_ascii().is_empty()) {
                errand.goes_on()?;
                match article(line, number) {
                    Ok(article) => {
                        let prediction = self.loaded.model.predict_as(scorer, &article, &self.options);
                        predictions.push(self.write(&mut out, article.id, prediction));
                    }
                    Err(problem) => out.extend(written(number, &problem)),
                }
            }
            Ok(())
        })?;
        state.telemetry.predicted(&self.loaded, &predictions);
        Ok(out)
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

/// The line that takes the place of the answer to line `number`.
fn written(number: u64, error: &str) -> Vec<u8> {
    // Text and nothing else: writing it cannot fail.
    let mut bytes = serde_json::to_vec(&ErrorLine { id: number.to_string(), error }).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The body of the answer: what becomes of the batches, in their order.
struct Answers {
    queue: mpsc::Receiver<Scored>,
    now: Option<Scored>,
    /// The line that says why the stream could not be read to its end.
    last: oneshot::Receiver<Vec<u8>>,
    ended: bool,
}

impl Answers {
    /// The next piece; `None` at the end.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Vec<u8>>> {
        while !self.ended {
            if let Some(scored) = &mut self.now {
                let done = std::task::ready!(Pin::new(scored).poll(context));
                self.now = None;
                match done {
                    Ok(Ok(answers)) if answers.is_empty() => {}
                    Ok(Ok(answers)) => return Poll::Ready(Some(answers)),
                    Ok(Err(last)) => {
                        self.end();
                        return Poll::Ready(Some(last));
                    }
                    // The service is being shut down.
                    Err(_) => self.end(),
                }
            } else if let Some(scored) = std::task::ready!(self.queue.poll_recv(context)) {
                self.now = Some(scored);
            } else {
                let last = std::task::ready!(Pin::new(&mut self.last).poll(context)).ok();
                self.end();
                return Poll::Ready(last);
            }
        }
        Poll::Ready(None)
    }

    /// Nothing comes any more, and nothing need be read.
    fn end(&mut self) {
        self.ended = true;
        self.queue.close();
    }
}

impl HttpBody for Answers {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.poll_next(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes.into()))))
    }
}
