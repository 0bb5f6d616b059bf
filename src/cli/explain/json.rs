//! An explanation for programs: one line of JSON to an article, nothing left out.

use std::io::Write;

use serde::Serialize;
use topicwire::Topic;
use topicwire::features::Field;
use topicwire::model::Span;

use super::Explained;
use super::marks::written;

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    known: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
    topics: Vec<TopicLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<Vec<NearestLine<'a>>>,
}

#[derive(Serialize)]
struct TopicLine<'a> {
    topic: &'a Topic,
    assigned: bool,
    score: f32,
    probability: f32,
    threshold: Option<f32>,
    bias: f32,
    contributions: Vec<ContributionLine<'a>>,
}

#[derive(Serialize)]
struct ContributionLine<'a> {
    term: &'a str,
    words: Vec<&'a str>,
    field: Field,
    contribution: f32,
    spans: &'a [Span],
}

#[derive(Serialize)]
struct NearestLine<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    similarity: f32,
    topics: &'a [Topic],
}

/// Writes the line of an article.
pub fn write(out: &mut impl Write, explained: &Explained<'_>) -> anyhow::Result<()> {
    let article = explained.article;
    let languages = &explained.model.card().analyzer.languages;
    let language = languages.get(explained.explanation.language).filter(|_| languages.len() > 1);
    let topics = explained.explanation.topics.iter().map(|topic| TopicLine {
        topic: &topic.topic,
        assigned: topic.assigned,
        score: topic.score,
        probability: topic.probability,
        threshold: topic.threshold,
        bias: topic.bias,
        contributions: topic
            .contributions
            .iter()
            .map(|one| ContributionLine {
                term: &one.term,
                words: written(&one.spans, article),
                field: one.field,
                contribution: one.contribution,
                spans: &one.spans,
            })
            .collect(),
    });
    let line = Line {
        id: &article.id,
        known: explained.explanation.known,
        language: language.map(|language| language.code()),
        topics: topics.collect(),
        nearest: explained.nearest.as_ref().map(|nearest| {
            let near = nearest.iter().map(|&(similarity, near)| NearestLine {
                id: &near.id,
                title: &near.title,
                similarity,
                topics: near.labels(),
            });
            near.collect()
        }),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)?;
    Ok(())
}
