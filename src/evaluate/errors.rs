//! The worst errors: what a model was surest of and wrong about, and the words that misled it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::measured::Measured;
use crate::model::{Assigned, TopicExplanation, TopicModel};
use crate::{Article, Topic, TopicId};

/// An article that was given other topics than it has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorstError {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How its text begins.
    pub opening: String,
    /// What people gave it.
    pub gold: Vec<Topic>,
    /// What the model gave it, likeliest first.
    pub given: Vec<Assigned>,
    /// −ln of the probability that the model gave to the truth, of the topic for which this is most.
    pub surprise: f64,
    /// The topics that are wrong: those given and not gold, then those missed.
    pub wrong: Vec<WrongTopic>,
}

/// A topic that was given and is not gold, or the reverse.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrongTopic {
    /// The topic.
    pub topic: Topic,
    /// Whether it was given and is not gold; else it was missed.
    pub given: bool,
    /// How likely the model thinks it; `None` for a topic that it does not know.
    pub probability: Option<f32>,
    /// The words that spoke for it most, strongest first.
    pub words_for: Vec<DecidingWord>,
    /// The words that spoke against it most, strongest first.
    pub words_against: Vec<DecidingWord>,
}

/// A word with what it adds to the score of a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecidingWord {
    /// The word as the article writes it first.
    pub word: String,
    /// What it adds, in all fields together.
    pub contribution: f32,
}

/// How many words are named for a topic, and half as many against it.
const WORDS: usize = 6;
/// How many characters of a text are shown.
const OPENING: usize = 280;
/// A probability of 0 surprises no more than this one: single precision tells no lower ones apart.
const LEAST: f64 = 1e-6;

/// The `count` errors of which the model was surest, the surest first.
pub(super) fn worst_errors(
    model: &TopicModel,
    articles: &[Article],
    measured: &Measured,
    count: usize,
) -> Vec<WorstError> {
    let mut ranked: Vec<(f64, usize)> = (0..articles.len())
        .filter_map(|article| surprise(model, measured, article).map(|surprise| (surprise, article)))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(count);
    let mut scorer = model.scorer();
    let mut describe = |(surprise, at): (f64, usize)| {
        let article = &articles[at];
        let missed: Vec<Topic> = missed(measured, at).into_iter().map(|topic| measured.name(topic)).collect();
        let explained = model.explain_with(&mut scorer, article, Some(&missed)).topics;
        let wrong_given =
            explained.iter().filter(|topic| topic.assigned && !article.labels().contains(&topic.topic));
        let mut wrong: Vec<WrongTopic> = wrong_given.map(|topic| WrongTopic::new(topic, article)).collect();
        wrong.extend(missed.into_iter().map(|topic| {
            let found = explained.iter().find(|one| one.topic == topic);
            found.map_or_else(|| WrongTopic::unknown(topic), |found| WrongTopic::new(found, article))
        }));
        WorstError {
            id: article.id.clone(),
            title: article.title.clone(),
            opening: opening(&article.text),
            gold: article.labels().to_vec(),
            given: measured.predictions[at].topics.clone(),
            surprise,
            wrong,
        }
    };
    ranked.into_iter().map(&mut describe).collect()
}

fn missed(measured: &Measured, article: usize) -> Vec<TopicId> {
    let given = measured.given.get(article);
    measured.gold.get(article).iter().filter(|topic| !given.contains(topic)).copied().collect()
}

/// How sure the model was where it was wrong; `None` where it was right, or wrong about topics alone that it cannot give.
fn surprise(model: &TopicModel, measured: &Measured, article: usize) -> Option<f64> {
    let (gold, given) = (measured.gold.get(article), measured.given.get(article));
    let probability = |topic: &TopicId| {
        measured.predictions[article].probabilities.get(topic.index()).map(|&p| f64::from(p))
    };
    let known = |topic: &&TopicId| topic.index() < model.topics().len();
    let missed = gold.iter().filter(known).filter(|topic| !given.contains(topic)).filter_map(probability);
    let wrong = given.iter().filter(|topic| !gold.contains(topic)).filter_map(probability);
    missed.chain(wrong.map(|p| 1.0 - p)).map(|truth| -truth.max(LEAST).ln()).reduce(f64::max)
}

/// How `text` begins, in one line, cut between words.
pub(super) fn opening(text: &str) -> String {
    let mut opening = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        length += word.chars().count() + 1;
        if length > OPENING {
            if opening.is_empty() {
                opening.extend(word.chars().take(OPENING));
            }
            opening.push('…');
            break;
        }
        if !opening.is_empty() {
            opening.push(' ');
        }
        opening += word;
    }
    opening
}

impl WrongTopic {
    fn new(topic: &TopicExplanation, article: &Article) -> WrongTopic {
        let mut words: BTreeMap<&str, DecidingWord> = BTreeMap::new();
        for one in &topic.contributions {
            let word = words.entry(&one.term).or_insert_with(|| DecidingWord {
                word: one.spans.first().map_or(one.term.to_string(), |span| span.of(article).to_owned()),
                contribution: 0.0,
            });
            word.contribution += one.contribution;
        }
        let mut words: Vec<DecidingWord> = words.into_values().collect();
        words.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        let against = words.iter().rev().filter(|word| word.contribution < 0.0);
        WrongTopic {
            topic: topic.topic.clone(),
            given: topic.assigned,
            probability: Some(topic.probability),
            words_against: against.take(WORDS / 2).cloned().collect(),
            words_for: words.into_iter().filter(|word| word.contribution > 0.0).take(WORDS).collect(),
        }
    }

    fn unknown(topic: Topic) -> WrongTopic {
        WrongTopic {
            topic,
            given: false,
            probability: None,
            words_for: Vec::new(),
            words_against: Vec::new(),
        }
    }
}
