//! Why a model gives an article a topic, or does not.
//!
//! The model is linear, so its score can be taken apart without any guessing: it is the topic's bias plus, for each
//! feature of the article, the feature's value times its weight. What a [`TopicExplanation`] holds is all of these
//! summands, tied to the words that they come from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::feature::Feature;
use super::occurrences::Occurrences;
use super::{Scorer, Span, TopicModel};
use crate::features::Field;
use crate::{Article, Task, Topic, TopicId};

/// Why an article was given its topics, and why not others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The assigned topics, likeliest first; then those that were asked about, in the order asked. Where no topic is
    /// assigned and none asked about, the likeliest.
    pub topics: Vec<TopicExplanation>,
    /// Which share of the article's words the model knows, from 0 to 1.
    pub known: f32,
    /// The number of the article's language among the model's languages.
    #[serde(skip)]
    pub language: usize,
}

/// Why an article was given one topic, or was not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicExplanation {
    /// The topic.
    pub topic: Topic,
    /// Whether the article was given it.
    pub assigned: bool,
    /// The topic's score: the bias and all contributions together.
    pub score: f32,
    /// How likely it is that the article has the topic.
    pub probability: f32,
    /// The probability from which the topic is assigned. `None` where every article gets exactly one topic, the
    /// likeliest.
    pub threshold: Option<f32>,
    /// What the score is for an article of which no word is known.
    pub bias: f32,
    /// What each feature of the article adds to the score: what speaks for the topic first, what speaks against it last.
    pub contributions: Vec<Contribution>,
}

/// What a term in a field adds to the score of a topic; or a word that is no term, by its character n-grams.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// The term: a stem, mostly; of a word that is no term, what it would be.
    pub term: Arc<str>,
    /// The field that it stands in. The body is the whole article, title and lead included.
    pub field: Field,
    /// What it adds to the score; below 0 where it speaks against the topic.
    pub contribution: f32,
    /// Where it stands, and so how it is written there.
    pub spans: Arc<[Span]>,
}

impl TopicExplanation {
    /// What each word adds to the score, word by word in the order of the article: a feature that stands several times
    /// is shared evenly among its places, and a word's share in each field is added up.
    pub fn by_place(&self) -> Vec<(Span, f32)> {
        let mut sums: BTreeMap<Span, f32> = BTreeMap::new();
        for contribution in &self.contributions {
            let share = contribution.contribution / contribution.spans.len().max(1) as f32;
            contribution.spans.iter().for_each(|&span| *sums.entry(span).or_default() += share);
        }
        sums.into_iter().collect()
    }
}

impl TopicModel {
    /// Why `article` is given its topics, and why it is given `topics`, or is not. Of `topics`, those that the model does
    /// not know are left out.
    ///
    /// ```
    /// use topicwire::{Article, Corpus, TopicModel};
    ///
    /// let corpus = Corpus::from(vec![
    ///     Article::new("1", "Oil rises", "Crude oil prices rose as OPEC cut output.").with_topics(["energy"]),
    ///     Article::new("2", "Gas pipeline", "A new pipeline will carry natural gas.").with_topics(["energy"]),
    ///     Article::new("3", "Cup final", "The home side won the cup final.").with_topics(["sport"]),
    ///     Article::new("4", "Coach leaves", "The coach leaves after the final.").with_topics(["sport"]),
    /// ]);
    /// let article = Article::new("5", "", "Oil output of OPEC");
    /// let explanation = TopicModel::train(&corpus)?.explain(&article, None);
    /// let energy = &explanation.topics[0];
    /// let strongest = energy.contributions[0].spans[0].of(&article);
    /// assert!(["Oil", "output", "OPEC"].contains(&strongest));
    /// # Ok::<(), topicwire::Error>(())
    /// ```
    pub fn explain(&self, article: &Article, topics: Option<&[Topic]>) -> Explanation {
        self.explain_with(&mut self.scorer(), article, topics)
    }

    /// As [`TopicModel::explain`], with the scratch space of `scorer`, which must be this model's.
    pub fn explain_with(
        &self,
        scorer: &mut Scorer<'_>,
        article: &Article,
        topics: Option<&[Topic]>,
    ) -> Explanation {
        let scored = scorer.score(article);
        let mut probabilities = scored.scores.clone();
        self.card.decision.probabilities(&mut probabilities);
        let assigned = self.assigned(&probabilities, scored.known);
        let mut shown = assigned.clone();
        for topic in topics.unwrap_or_default() {
            if let Ok(number) = self.card.topics.binary_search(topic) {
                shown.push(TopicId(number as u32));
            }
        }
        if shown.is_empty() {
            let likeliest = (0..probabilities.len()).max_by(|&a, &b| {
                probabilities[a].total_cmp(&probabilities[b]).then(b.cmp(&a)) // Of equals, the first.
            });
            shown.extend(likeliest.map(|number| TopicId(number as u32)));
        }
        let mut seen = Vec::new();
        shown.retain(|topic| {
            !seen.contains(topic) && {
                seen.push(*topic);
                true
            }
        });

        let evidence = Evidence::new(self, scorer, article, scored.language);
        let topics = shown
            .into_iter()
            .map(|topic| TopicExplanation {
                topic: self.card.topics[topic.index()].clone(),
                assigned: assigned.contains(&topic),
                score: scored.scores[topic.index()],
                probability: probabilities[topic.index()],
                threshold: (self.card.task == Task::Multi)
                    .then(|| self.card.decision.thresholds[topic.index()]),
                bias: scorer.arrays.bias[topic.index()],
                contributions: evidence.contributions(scorer, topic),
            })
            .collect();
        Explanation { topics, known: scored.known, language: scored.language }
    }
}

/// The features of an article with their terms and places, which all topics share.
struct Evidence(Vec<Piece>);

/// A term in a field; or a word that is no term, with its character n-grams.
struct Piece {
    term: Arc<str>,
    field: Field,
    /// Its columns, and its value in each.
    columns: Vec<(u32, f32)>,
    spans: Arc<[Span]>,
}

impl Evidence {
    fn new(model: &TopicModel, scorer: &mut Scorer<'_>, article: &Article, language: usize) -> Evidence {
        let words = scorer.words();
        let features = scorer.features(article);
        let (terms, ngrams): (Vec<Feature>, Vec<Feature>) =
            features.into_iter().partition(|feature| (feature.term.0 as usize) < words);
        let occurrences = Occurrences::new(scorer, article, language);
        let piece = |feature: Feature| Piece {
            term: model.term_text(feature.term.0 as usize).into(),
            field: feature.field,
            columns: vec![(feature.column, feature.value)],
            spans: occurrences.of(feature.term, feature.field).into(),
        };
        let mut pieces: Vec<Piece> = terms.into_iter().map(piece).collect();
        let term_at = |span: &Span| scorer.term_of(span.of(article), language).unwrap_or_default();
        pieces.extend(unknown_words(&ngrams, &occurrences, term_at));
        Evidence(pieces)
    }

    /// What each feature adds to the score of `topic`, highest first. Those that add nothing are left out.
    fn contributions(&self, scorer: &Scorer<'_>, topic: TopicId) -> Vec<Contribution> {
        let arrays = &scorer.arrays;
        let of_column = |&(column, value): &(u32, f32)| {
            let weight = arrays.weights.get(column as usize, topic).map_or(0.0, f32::from);
            value * arrays.columns[column as usize][1] * weight
        };
        let of_piece = |piece: &Piece| {
            let contribution: f32 = piece.columns.iter().map(of_column).sum();
            (contribution != 0.0).then(|| Contribution {
                term: Arc::clone(&piece.term),
                field: piece.field,
                contribution,
                spans: Arc::clone(&piece.spans),
            })
        };
        let mut contributions: Vec<Contribution> = self.0.iter().filter_map(of_piece).collect();
        contributions.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        contributions
    }
}

/// A word that is no term: where it stands, and what its character n-grams are worth there, by column.
#[derive(Default)]
struct UnknownWord {
    spans: BTreeSet<Span>,
    columns: Vec<(u32, f32)>,
}

/// The words that are no terms, in the order of the alphabet, with what their character n-grams are worth in each of them: an n-gram
/// is shared evenly among the places where it stands. `term_at` says what a word would be as a term.
fn unknown_words(
    ngrams: &[Feature],
    occurrences: &Occurrences,
    term_at: impl Fn(&Span) -> String,
) -> impl Iterator<Item = Piece> {
    let mut terms: BTreeMap<Span, String> = BTreeMap::new();
    let mut words: BTreeMap<String, UnknownWord> = BTreeMap::new();
    for ngram in ngrams {
        let spans = occurrences.of(ngram.term, ngram.field);
        for span in &spans {
            let term = terms.entry(*span).or_insert_with(|| term_at(span));
            let word = words.entry(term.clone()).or_default();
            word.spans.insert(*span);
            word.columns.push((ngram.column, ngram.value / spans.len() as f32));
        }
    }
    words.into_iter().map(|(term, word)| Piece {
        term: term.into(),
        field: Field::Body,
        columns: word.columns,
        spans: word.spans.into_iter().collect(),
    })
}
