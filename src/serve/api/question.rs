//! What is asked: articles as they arrive, and what is wanted of them.

use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};

use crate::model::PredictOptions;
use crate::serve::Limits;
use crate::serve::extract::{Entry, Extracted, feed, main_text};
use crate::serve::problem::Problem;
use crate::serve::work::Errand;
use crate::{Article, Topic};

/// How far apart places in a text are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::serve) enum Offsets {
    /// Bytes of UTF-8.
    #[default]
    Bytes,
    /// Characters (code points), as Python counts.
    Characters,
    /// UTF-16 units, as JavaScript and Java count.
    Utf16,
}

/// An article: its text, or a page that holds it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct ArticleInput {
    /// What tells this article from the others; by default its place, counted from 1.
    #[serde(default, deserialize_with = "id")]
    #[schema(value_type = Option<String>, example = "a-17")]
    pub id: Option<String>,
    /// The headline.
    #[schema(example = "OPEC trims output")]
    pub title: Option<String>,
    /// Everything below the headline.
    #[schema(example = "Oil ministers agreed to cut their quotas, and crude rose by three percent.")]
    pub text: Option<String>,
    /// A page, of which the main text is taken. Not together with `text`.
    pub html: Option<String>,
    /// The language, as an ISO 639-1 code, where it is known.
    #[schema(example = "en")]
    pub language: Option<String>,
}

/// Articles, and what is wanted of them: one article (`title` and `text`, or `html`), several (`articles`), or a feed (`feed`).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct Question {
    /// Several articles.
    pub articles: Option<Vec<ArticleInput>>,
    /// An RSS or Atom feed as XML: each entry is an article.
    pub feed: Option<String>,
    /// What tells this article from others; comes back with the answer.
    #[serde(default, deserialize_with = "id")]
    #[schema(value_type = Option<String>, example = "a-17")]
    pub id: Option<String>,
    /// The headline.
    #[schema(example = "OPEC trims output")]
    pub title: Option<String>,
    /// Everything below the headline.
    #[schema(example = "Oil ministers agreed to cut their quotas, and crude rose by three percent.")]
    pub text: Option<String>,
    /// A page, of which the main text is taken. Not together with `text`.
    pub html: Option<String>,
    /// The language, as an ISO 639-1 code, where it is known.
    #[schema(example = "en")]
    pub language: Option<String>,
    /// The model that is asked; by default the service's default.
    pub model: Option<String>,
    /// Whether to say which words speak for each topic.
    #[serde(default)]
    pub explain: bool,
    /// Topics to explain whether they are assigned or not. Asks for `explain` too.
    #[schema(max_items = 100)]
    pub topics: Option<Vec<String>>,
    /// How places in explanations are counted.
    #[serde(default)]
    pub offsets: Offsets,
    /// Whether to give the probability of every topic.
    #[serde(default)]
    pub all_scores: bool,
    /// Leaves out topics less likely than this.
    #[schema(minimum = 0, maximum = 1)]
    pub min_probability: Option<f32>,
    /// Gives no topic where the likeliest assigned one is less likely than this, or a smaller share of words is known.
    #[schema(minimum = 0, maximum = 1)]
    pub abstain_below: Option<f32>,
}

/// What is wanted of articles that come as a stream.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::serve) struct StreamParameters {
    /// The model that is asked; by default the service's default.
    pub model: Option<String>,
    /// Whether to give the probability of every topic.
    #[serde(default)]
    pub all_scores: bool,
    /// Leaves out topics less likely than this.
    #[param(minimum = 0, maximum = 1)]
    pub min_probability: Option<f32>,
    /// Gives no topic where the likeliest assigned one is less likely than this, or a smaller share of words is known.
    #[param(minimum = 0, maximum = 1)]
    pub abstain_below: Option<f32>,
}

/// Ids are text; numbers are taken as they are written.
fn id<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    Ok(Option::<Id>::deserialize(input)?.map(|id| match id {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    }))
}

/// An article that is ready, and what the answer says of where it came from.
pub(super) struct Ready {
    /// The article.
    pub article: Article,
    /// Whether title and text were found in a page or feed, so that the asker has yet to see them.
    pub extracted: bool,
    /// Where a feed's entry can be read.
    pub link: Option<String>,
}

/// Texts up to this are answered on the spot: it takes less than a millisecond, and going aside takes longer.
pub(super) const ON_THE_SPOT: usize = 64 << 10;

/// The articles of a question.
pub(super) enum Articles {
    /// One; answered as one.
    One(Ready),
    /// Any number; answered as a list.
    Several(Vec<Ready>),
}

impl Question {
    /// Whether answering takes more than a moment; `size` is how many bytes the question takes.
    pub fn is_heavy(&self, size: usize) -> bool {
        let is_long = size * (1 + self.explained()) > ON_THE_SPOT;
        is_long || self.articles.is_some() || self.feed.is_some() || self.html.is_some()
    }

    /// How many topics are explained, as far as that is known beforehand: those that are assigned come as one.
    fn explained(&self) -> usize {
        usize::from(self.explain) + self.topics.as_ref().map_or(0, Vec::len)
    }

    /// Checks what needs no model.
    pub fn check(&self) -> Result<(), Problem> {
        options(self.min_probability, self.abstain_below)?;
        if self.topics.as_ref().is_some_and(|topics| topics.len() > MAX_EXPLAINED) {
            return Err(Problem::unprocessable(format!("topics: ask about {MAX_EXPLAINED} at once at most")));
        }
        Ok(())
    }

    /// What is asked beyond the model's own decision.
    pub fn options(&self) -> PredictOptions {
        // Both were checked.
        options(self.min_probability, self.abstain_below).unwrap_or_default()
    }

    /// The topics that are asked about by name.
    pub fn asked(&self) -> Vec<Topic> {
        self.topics.iter().flatten().map(|topic| Topic::from(topic.as_str())).collect()
    }

    /// Takes the articles out, at most as many as `limits` allow.
    pub fn take_articles(&mut self, limits: &Limits, errand: &Errand) -> Result<Articles, Problem> {
        let articles = self.take_any(limits.batch, errand)?;
        let length = |ready: &Ready| ready.article.title.len() + ready.article.text.len();
        let bytes: usize = match &articles {
            Articles::One(ready) => length(ready),
            Articles::Several(ready) => ready.iter().map(length).sum(),
        };
        // An explanation takes more room than its text, and each topic has one: what is asked with a few bytes would be
        // answered with gigabytes.
        if bytes.saturating_mul(self.explained()) > limits.body {
            let detail = "there is too much to explain: ask about fewer topics, or fewer or shorter articles";
            return Err(Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        Ok(articles)
    }

    fn take_any(&mut self, limit: usize, errand: &Errand) -> Result<Articles, Problem> {
        let one = ArticleInput {
            id: self.id.take(),
            title: self.title.take(),
            text: self.text.take(),
            html: self.html.take(),
            language: self.language.take(),
        };
        let has_one = one.title.is_some() || one.text.is_some() || one.html.is_some();
        let ready = match (has_one, self.articles.take(), self.feed.take()) {
            (true, None, None) => return Ok(Articles::One(one.ready("1".to_owned())?)),
            (false, Some(articles), None) if one.id.is_none() && one.language.is_none() => {
                fits(articles.len(), limit)?;
                let numbered = articles.into_iter().zip(1..);
                numbered
                    .map(|(article, number): (_, usize)| {
                        errand.goes_on()?;
                        article.ready(number.to_string()).map_err(|problem| {
                            Problem::unprocessable(format!("article {number}: {}", problem.detail()))
                        })
                    })
                    .collect::<Result<_, _>>()?
            }
            (false, None, Some(xml)) if one.id.is_none() => {
                let entries = feed(&xml).map_err(Problem::unprocessable)?;
                fits(entries.len(), limit)?;
                entries.into_iter().map(|entry| from_entry(entry, one.language.clone())).collect()
            }
            _ => return Err(Problem::unprocessable(ONE_OF)),
        };
        Ok(Articles::Several(ready))
    }
}

const ONE_OF: &str = "send one article (`title` and `text`, or `html`), or `articles` (a list of such), or `feed` (XML): \
                      exactly one of the three";

/// The most topics that are explained unasked for.
const MAX_EXPLAINED: usize = 100;

fn fits(articles: usize, limit: usize) -> Result<(), Problem> {
    if articles <= limit {
        return Ok(());
    }
    let detail = format!("{articles} articles at once, and {limit} are allowed: send fewer, or stream them");
    Err(Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, detail))
}

/// Both probabilities, if they are such.
pub(super) fn options(min: Option<f32>, abstain: Option<f32>) -> Result<PredictOptions, Problem> {
    for (name, value) in [("min_probability", min), ("abstain_below", abstain)] {
        if value.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return Err(Problem::unprocessable(format!("{name}: write a number from 0 to 1")));
        }
    }
    Ok(PredictOptions { min_probability: min.unwrap_or(0.0), abstain_below: abstain.unwrap_or(0.0) })
}

impl ArticleInput {
    /// The article, with the id `place` where it has none.
    pub fn ready(self, place: String) -> Result<Ready, Problem> {
        let id = self.id.unwrap_or(place);
        let (title, text, extracted) = match (self.text, self.html) {
            (Some(_), Some(_)) => return Err(Problem::unprocessable("send `text` or `html`, not both")),
            (None, None) if self.title.is_none() => {
                return Err(Problem::unprocessable("an article has a `title`, a `text` or an `html`"));
            }
            (text, None) => (self.title.unwrap_or_default(), text.unwrap_or_default(), false),
            (None, Some(html)) => {
                let found = main_text(&html);
                (self.title.unwrap_or(found.title), found.text, true)
            }
        };
        let article = Article { language: self.language, ..Article::new(id, title, text) };
        Ok(Ready { article, extracted, link: None })
    }
}

fn from_entry(entry: Entry, language: Option<String>) -> Ready {
    let Extracted { title, text } = entry.article;
    Ready {
        article: Article { language, ..Article::new(entry.id, title, text) },
        extracted: true,
        link: entry.link,
    }
}
