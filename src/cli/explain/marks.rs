//! What text and page share: words summed up for people, and the places that are marked.

use std::collections::BTreeMap;

use topicwire::Article;
use topicwire::features::Field;
use topicwire::model::{Explanation, Part, Span, TopicExplanation};

/// A term with all that it adds to a topic's score, whatever the field.
pub struct Word<'a> {
    /// How it is written, each way once.
    pub written: Vec<&'a str>,
    /// The fields in which it counts.
    pub fields: Vec<Field>,
    /// What it adds.
    pub contribution: f32,
}

impl Word<'_> {
    /// The names of the fields, the most telling first.
    pub fn field_names(&self) -> String {
        let names: Vec<&str> = self.fields.iter().rev().map(|field| field_name(*field)).collect();
        names.join(", ")
    }
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Body => "body",
        Field::Lead => "lead",
        Field::Title => "title",
    }
}

/// The distinct ways of writing at `spans`, in order.
pub fn written<'a>(spans: &[Span], article: &'a Article) -> Vec<&'a str> {
    let mut words: Vec<&str> = Vec::new();
    for span in spans {
        let word = span.of(article);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The words of `article`, the strongest for the topic first, the strongest against it last.
pub fn words<'a>(topic: &TopicExplanation, article: &'a Article) -> Vec<Word<'a>> {
    let mut words: BTreeMap<&str, Word<'a>> = BTreeMap::new();
    for one in &topic.contributions {
        let word = words.entry(&one.term).or_insert_with(|| Word {
            written: Vec::new(),
            fields: Vec::new(),
            contribution: 0.0,
        });
        // The body has the word wherever it stands, so the longest list is the whole.
        let written = written(&one.spans, article);
        if written.len() > word.written.len() {
            word.written = written;
        }
        word.fields.push(one.field);
        word.contribution += one.contribution;
    }
    let mut words: Vec<Word<'a>> = words.into_values().collect();
    words.iter_mut().for_each(|word| word.fields.sort_unstable());
    words.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    words
}

/// A stretch of text, and for evidence the place of its topic in the explanation and how strong it is: 1 for the
/// strongest word.
pub struct Piece<'a> {
    pub text: &'a str,
    pub mark: Option<(usize, f32)>,
}

/// Words weaker than this, against the strongest of the topic, are not marked: they would hide what matters.
const FAINT: f32 = 0.1;

/// `part` of `article` in pieces, in which each word that speaks for a topic is marked with the topic for which it
/// speaks most.
pub fn pieces<'a>(explanation: &Explanation, article: &'a Article, part: Part) -> Vec<Piece<'a>> {
    let mut marks: BTreeMap<Span, (usize, f32)> = BTreeMap::new();
    for (number, topic) in explanation.topics.iter().enumerate() {
        let places = topic.by_place();
        let strongest = places.iter().map(|place| place.1).fold(0.0, f32::max);
        for (span, value) in places.into_iter().filter(|&(_, value)| value > FAINT * strongest) {
            let mark = marks.entry(span).or_insert((number, 0.0));
            if value / strongest > mark.1 {
                *mark = (number, value / strongest);
            }
        }
    }
    let text = part.of(article);
    let (mut pieces, mut end) = (Vec::new(), 0);
    for (span, mark) in marks.into_iter().filter(|(span, _)| span.part == part) {
        // Where words have no spaces between them, terms overlap.
        let start = span.start.max(end);
        let (Some(before), Some(word)) = (text.get(end..start), text.get(start..span.end)) else { continue };
        pieces.push(Piece { text: before, mark: None });
        pieces.push(Piece { text: word, mark: Some(mark) });
        end = span.end;
    }
    pieces.push(Piece { text: text.get(end..).unwrap_or_default(), mark: None });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// What decided whether the topic was assigned, in words.
pub fn outcome(topic: &TopicExplanation) -> String {
    let probability = format!("probability {:.3}", topic.probability);
    match (topic.assigned, topic.threshold) {
        (true, None) => format!("assigned: the likeliest topic, {probability}"),
        (false, None) => format!("not assigned: another topic is likelier, {probability}"),
        (true, Some(threshold)) if topic.probability < threshold => {
            format!("assigned as the likeliest topic, {probability}, below its threshold of {threshold:.3}")
        }
        (true, Some(threshold)) => format!("assigned: {probability}, threshold {threshold:.3}"),
        (false, Some(threshold)) => {
            format!("not assigned: {probability}, below its threshold of {threshold:.3}")
        }
    }
}

/// The words that are listed, and what all others add.
pub fn listed<'w, 'a>(words: &'w [Word<'a>], count: usize) -> (Vec<&'w Word<'a>>, (usize, f32)) {
    let speaks_for = words.iter().filter(|word| word.contribution > 0.0).take(count);
    let against = words.iter().rev().filter(|word| word.contribution < 0.0).take(count / 2);
    let mut listed: Vec<&Word<'a>> = speaks_for.collect();
    let mut against: Vec<&Word<'a>> = against.collect();
    against.reverse();
    listed.extend(against);
    let all: f32 = words.iter().map(|word| word.contribution).sum();
    let shown: f32 = listed.iter().map(|word| word.contribution).sum();
    let rest = (words.len() - listed.len(), all - shown);
    (listed, rest)
}
