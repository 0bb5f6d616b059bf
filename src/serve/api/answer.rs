//! What is answered.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::question::{Offsets, Ready};
use crate::features::Field;
use crate::model::{Assigned, Explanation, Part, Prediction, Span, TopicExplanation};
use crate::serve::models::Loaded;
use crate::{Article, Topic};

/// The model that answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::serve) struct ModelName {
    /// Its name.
    pub name: String,
    /// What tells it from every other model that was ever served under the name.
    pub version: String,
}

impl ModelName {
    pub fn of(loaded: &Loaded) -> ModelName {
        ModelName { name: loaded.name.clone(), version: loaded.version.clone() }
    }
}

/// A topic that an article was given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::serve) struct TopicAnswer {
    /// The topic.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// How likely it is that the article has it.
    pub probability: f32,
}

/// What the model says of one article.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct ArticleAnswer {
    /// The article's id.
    pub id: String,
    /// The language that the article was taken to be in, where the model knows several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<&'static str>,
    /// The assigned topics, likeliest first.
    pub topics: Vec<TopicAnswer>,
    /// Which share of the article's words the model knows, from 0 to 1.
    pub known: f32,
    /// The probability of every topic, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, f32>>)]
    pub probabilities: Option<BTreeMap<Topic, f32>>,
    /// Why, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Vec<TopicWhy>>,
    /// Title and text as they were found in a page or feed. Places in the explanation are places in these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extracted: Option<ExtractedAnswer>,
    /// Where a feed's entry can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Title and text as they were found.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct ExtractedAnswer {
    /// The headline.
    pub title: String,
    /// The main text.
    pub text: String,
}

/// One article's answer.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct OneAnswer {
    /// The model that answered.
    pub model: ModelName,
    #[serde(flatten)]
    pub answer: ArticleAnswer,
}

/// Several articles' answers.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct BatchAnswer {
    /// The model that answered.
    pub model: ModelName,
    /// An answer to each article, in their order.
    pub articles: Vec<ArticleAnswer>,
}

/// Why an article was given a topic, or was not.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct TopicWhy {
    /// The topic.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// Whether the article was given it.
    pub assigned: bool,
    /// The score: the bias and all contributions together.
    pub score: f32,
    /// How likely it is that the article has the topic.
    pub probability: f32,
    /// The probability from which the topic is assigned; none where an article has exactly one topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f32>,
    /// The score of an article of which no word is known.
    pub bias: f32,
    /// What each term in each field adds to the score, what speaks most for the topic first.
    pub contributions: Vec<ContributionAnswer>,
    /// What each word adds to the score, in the order of the article.
    pub marks: Vec<Mark>,
}

/// What a term in a field adds to the score of a topic.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct ContributionAnswer {
    /// The term: a stem, mostly.
    #[schema(value_type = String)]
    pub term: std::sync::Arc<str>,
    /// The field that it stands in: body, lead or title. The body is the whole article.
    #[schema(value_type = String)]
    pub field: Field,
    /// What it adds; below 0 where it speaks against the topic.
    pub contribution: f32,
}

/// What a word adds to the score of a topic.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct Mark {
    /// Where the word stands: title or text.
    #[schema(value_type = String)]
    pub part: Part,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The word as it is written.
    pub word: String,
    /// What it adds.
    pub contribution: f32,
}

/// What goes into answers besides the prediction.
pub(super) struct Wanted<'a> {
    pub loaded: &'a Loaded,
    pub all_scores: bool,
    pub offsets: Offsets,
}

impl Wanted<'_> {
    /// The answer to `ready`.
    pub fn answer(
        &self,
        ready: Ready,
        prediction: Prediction,
        explanation: Option<Explanation>,
    ) -> ArticleAnswer {
        let model = &self.loaded.model;
        let languages = &model.card().analyzer.languages;
        let language = languages.get(prediction.language).filter(|_| languages.len() > 1);
        let Ready { article, extracted, link } = ready;
        ArticleAnswer {
            language: language.map(|language| language.code()),
            topics: prediction.topics.into_iter().map(topic_answer).collect(),
            known: prediction.known,
            probabilities: self
                .all_scores
                .then(|| model.topics().iter().cloned().zip(prediction.probabilities).collect()),
            explanation: explanation
                .map(|why| why.topics.into_iter().map(|topic| self.why(topic, &article)).collect()),
            extracted: extracted.then_some(ExtractedAnswer { title: article.title, text: article.text }),
            id: article.id,
            link,
        }
    }

    fn why(&self, topic: TopicExplanation, article: &Article) -> TopicWhy {
        let places = topic.by_place();
        let mut counters =
            [Counter::new(&article.title, self.offsets), Counter::new(&article.text, self.offsets)];
        let marks = places.into_iter().map(|(span, contribution)| {
            let Span { part, start, end } = span;
            let counter = &mut counters[usize::from(part == Part::Text)];
            let (start, end) = counter.range(start, end);
            Mark { part, start, end, word: span.of(article).to_owned(), contribution }
        });
        TopicWhy {
            marks: marks.collect(),
            assigned: topic.assigned,
            score: topic.score,
            probability: topic.probability,
            threshold: topic.threshold,
            bias: topic.bias,
            contributions: topic
                .contributions
                .into_iter()
                .map(|one| ContributionAnswer {
                    term: one.term,
                    field: one.field,
                    contribution: one.contribution,
                })
                .collect(),
            topic: topic.topic,
        }
    }
}

pub(super) fn topic_answer(assigned: Assigned) -> TopicAnswer {
    TopicAnswer { topic: assigned.topic, probability: assigned.probability }
}

/// Byte offsets to other counts, for places that mostly ascend: each stretch of text is counted once.
struct Counter<'a> {
    text: &'a str,
    offsets: Offsets,
    byte: usize,
    count: usize,
}

impl<'a> Counter<'a> {
    fn new(text: &'a str, offsets: Offsets) -> Self {
        Counter { text, offsets, byte: 0, count: 0 }
    }

    fn range(&mut self, start: usize, end: usize) -> (usize, usize) {
        let from = self.at(start);
        (from, from + self.length(start, end))
    }

    fn at(&mut self, byte: usize) -> usize {
        // Terms of several words begin before the last one ended.
        if byte < self.byte {
            (self.byte, self.count) = (0, 0);
        }
        self.count += self.length(self.byte, byte);
        self.byte = byte;
        self.count
    }

    fn length(&self, start: usize, end: usize) -> usize {
        let stretch = self.text.get(start..end).unwrap_or_default();
        match self.offsets {
            Offsets::Bytes => stretch.len(),
            Offsets::Characters => stretch.chars().count(),
            Offsets::Utf16 => stretch.encode_utf16().count(),
        }
    }
}
