//! `POST /v1/predict`: topics for an article, or for a batch of them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use rayon::prelude::*;

use super::answer::{ArticleAnswer, BatchAnswer, ModelName, OneAnswer, Wanted};
use super::question::{Articles, ON_THE_SPOT, Question, Ready};
use crate::Topic;
use crate::model::{PredictOptions, Prediction};
use crate::serve::body::{expect_type, json, read};
use crate::serve::models::Loaded;
use crate::serve::problem::Problem;
use crate::serve::state::{Shared, State};
use crate::serve::work::{Errand, aside};

/// Topics for one article, for a batch, or for the entries of a feed.
#[utoipa::path(
    post, path = "/v1/predict", tag = "topics", request_body = Question,
    responses(
        (status = 200, description = "One answer for one article, a list for several", body = inline(PredictAnswer)),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too much to do", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn predict(state: Shared, request: Request<Body>) -> Result<Response, Problem> {
    expect_type(request.headers(), &["application/json"])?;
    let (bytes, deadline) = read(&state, request).await?;
    if bytes.len() > ON_THE_SPOT {
        let shared = Arc::clone(&state);
        return aside(&state, deadline, move |errand| answer(&shared, errand, json(&bytes)?)).await?;
    }
    let question: Question = json(&bytes)?;
    if question.is_heavy(bytes.len()) {
        let shared = Arc::clone(&state);
        return aside(&state, deadline, move |errand| answer(&shared, errand, question)).await?;
    }
    answer(&state, &Errand::default(), question)
}

/// What a prediction is answered with.
#[derive(utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the two kinds of answers, of which each is written as it is")]
pub(super) enum PredictAnswer {
    One(OneAnswer),
    Several(BatchAnswer),
}

fn answer(state: &State, errand: &Errand, mut question: Question) -> Result<Response, Problem> {
    question.check()?;
    let loaded = state.model(question.model.as_deref())?;
    let asked = question.asked();
    if let Some(topic) = asked.iter().find(|topic| loaded.model.topics().binary_search(topic).is_err()) {
        return Err(Problem::unprocessable(format!("topics: the model has no topic `{topic}`")));
    }
    let articles = question.take_articles(state.limits(), errand)?;
    let job = Job {
        loaded: &loaded,
        options: question.options(),
        why: (question.explain || !asked.is_empty()).then_some(asked),
        wanted: Wanted { loaded: &loaded, all_scores: question.all_scores, offsets: question.offsets },
    };
    let model = ModelName::of(&loaded);
    match articles {
        Articles::One(ready) => {
            let answer = job.one(state, ready);
            Ok(Json(OneAnswer { model, answer }).into_response())
        }
        Articles::Several(ready) => {
            let answers = ready.into_par_iter().with_min_len(4).map(|ready| {
                errand.goes_on()?;
                Ok(job.one(state, ready))
            });
            let articles = answers.collect::<Result<_, Problem>>()?;
            Ok(Json(BatchAnswer { model, articles }).into_response())
        }
    }
}

/// What is to be done with each article.
struct Job<'a> {
    loaded: &'a Loaded,
    options: PredictOptions,
    /// The topics to explain besides those that are assigned; `None` explains nothing.
    why: Option<Vec<Topic>>,
    wanted: Wanted<'a>,
}

impl Job<'_> {
    fn one(&self, state: &State, ready: Ready) -> ArticleAnswer {
        let model = &self.loaded.model;
        let (prediction, explanation) = self.loaded.scoring(|scorer| {
            let prediction: Prediction = model.predict_as(scorer, &ready.article, &self.options);
            let why = self.why.as_deref();
            (prediction, why.map(|asked| model.explain_with(scorer, &ready.article, Some(asked))))
        });
        state.telemetry.predicted(self.loaded, [&prediction]);
        self.wanted.answer(ready, prediction, explanation)
    }
}
