//! Where the terms of an article stand in it, as they are written.

use std::ops::Range;

use serde::Serialize;

use super::Scorer;
use crate::features::{Ends, Field, MAX_NGRAM, PAIRED_TOKENS};
use crate::{Article, TermId};

/// The part of an article that a [`Span`] lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// [`Article::title`].
    Title,
    /// [`Article::text`].
    Text,
}

impl Part {
    /// This part of `article`.
    pub fn of(self, article: &Article) -> &str {
        match self {
            Part::Title => &article.title,
            Part::Text => &article.text,
        }
    }
}

/// A word as it stands in an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The part that it lies in.
    pub part: Part,
    /// Its first byte in that part.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Span {
    /// The word that stands here; empty where `article` is not the one that the span was made for.
    pub fn of<'a>(&self, article: &'a Article) -> &'a str {
        self.part.of(article).get(self.start..self.end).unwrap_or_default()
    }
}

/// All tokens of an article that are terms, or have character n-grams that are, sorted by term and then by place.
pub(super) struct Occurrences(Vec<Occurrence>);

struct Occurrence {
    term: TermId,
    span: Span,
    in_lead: bool,
}

impl Occurrences {
    /// The occurrences in `article`, which is in the language with the number `language`.
    pub fn new(scorer: &mut Scorer<'_>, article: &Article, language: usize) -> Occurrences {
        let mut found = Vec::new();
        let lead = scorer.card.fields.lead_tokens;
        for part in [Part::Title, Part::Text] {
            let mut position = 0;
            let mut ends = Ends::default();
            // Where the last words started: an n-gram starts with the first of its own.
            let mut starts = [0; MAX_NGRAM as usize];
            scorer.each_term(part.of(article), language, |scorer, place, term| {
                starts.rotate_right(1);
                starts[0] = place.start;
                ends = scorer.ngrams(ends, term);
                for (words, (start, term)) in starts.into_iter().zip(ends).enumerate() {
                    let span = Span { part, start, end: place.end };
                    let lead = if words > 0 { lead.min(PAIRED_TOKENS) } else { lead };
                    let in_lead = part == Part::Text && position < lead;
                    found.extend(term.map(|term| Occurrence { term, span, in_lead }));
                }
                if term.is_none() {
                    let span = Span { part, start: place.start, end: place.end };
                    let ngrams = scorer.spelling().iter();
                    found.extend(ngrams.map(|&term| Occurrence { term, span, in_lead: false }));
                }
                position += 1;
            });
        }
        // Places ascend already.
        found.sort_by_key(|occurrence| occurrence.term);
        Occurrences(found)
    }

    /// Where `term` stands in `field`, in order.
    pub fn of(&self, term: TermId, field: Field) -> Vec<Span> {
        let in_field = |occurrence: &&Occurrence| match field {
            Field::Body => true,
            Field::Lead => occurrence.in_lead,
            Field::Title => occurrence.span.part == Part::Title,
        };
        self.0[self.range(term)].iter().filter(in_field).map(|occurrence| occurrence.span).collect()
    }

    fn range(&self, term: TermId) -> Range<usize> {
        let start = self.0.partition_point(|occurrence| occurrence.term < term);
        start..start + self.0[start..].partition_point(|occurrence| occurrence.term == term)
    }
}
