//! Fields, and the column of a term in each.

use serde::{Deserialize, Serialize};

use super::Bags;

/// A part of the article that carries its own signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The whole article: title, lead and what follows.
    Body = 0,
    /// The first tokens of the text.
    Lead = 1,
    /// The headline.
    Title = 2,
}

impl Field {
    /// All fields, in the order in which a term's columns follow each other.
    pub const ALL: [Field; 3] = [Field::Body, Field::Lead, Field::Title];
}

/// How much each field weighs, and how long the lead is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldWeights {
    /// The length of a non-empty body's vector before the fields are joined.
    pub body: f32,
    /// The same for the lead; 0 makes no such field.
    pub lead: f32,
    /// The same for the title; 0 makes no such field.
    pub title: f32,
    /// How many tokens of the text are its lead.
    pub lead_tokens: u32,
}

impl Default for FieldWeights {
    fn default() -> Self {
        FieldWeights { body: 1.0, lead: 0.5, title: 0.5, lead_tokens: 40 }
    }
}

impl FieldWeights {
    /// The weight of each field, in the order of [`Field::ALL`].
    pub fn as_array(&self) -> [f32; 3] {
        [self.body, self.lead, self.title]
    }
}

/// The columns of a term: the number of the first, and in the three lowest bits the fields that have one, bit `f` for the field with
/// the number `f`. There are 2²⁹ columns at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermColumns(pub u32);

impl TermColumns {
    /// The columns from `first` on for `fields`, bit by bit.
    pub fn new(first: u32, fields: u8) -> Self {
        TermColumns(first << 3 | u32::from(fields & 7))
    }

    /// The first column.
    #[inline]
    pub fn first(self) -> u32 {
        self.0 >> 3
    }

    /// Whether the field with this number has a column.
    #[inline]
    pub fn has(self, field: usize) -> bool {
        self.0 >> field & 1 == 1
    }

    /// The column of `field`, if it has one.
    #[inline]
    pub fn get(self, field: Field) -> Option<u32> {
        let before = self.0 & ((1 << field as u8) - 1);
        self.has(field as usize).then(|| self.first() + before.count_ones())
    }
}

/// Which column stands for a term in a field. The columns of one term follow each other, so that what is looked
/// up together lies together.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// The [`TermColumns`] of each term.
    of_terms: Vec<u32>,
    len: usize,
    /// How many of the columns, the last, are character n-grams.
    character_ngrams: usize,
}

impl Columns {
    /// The columns of the `terms` terms of `bags`, each of which occurs in at least `min_articles` articles. A term gets a column
    /// for the lead or the title where it stands there in at least two articles, or in one where one makes a term, and one for the
    /// body unless it is a pair of words of openings.
    pub fn new(bags: &Bags, terms: usize, weights: &FieldWeights, min_articles: u32) -> Self {
        let enough = min_articles.min(ENOUGH_IN_FIELD);
        let (in_lead, in_title) = rayon::join(
            || articles_with(bags, terms, weights.lead > 0.0, |row| bags.lead(row, weights.lead_tokens)),
            || articles_with(bags, terms, weights.title > 0.0, |row| bags.title(row)),
        );
        let mut next = 0;
        let of_term = |((lead, title), body): ((&u32, &u32), bool)| {
            let fields = u8::from(body) | u8::from(*lead >= enough) << 1 | u8::from(*title >= enough) << 2;
            let first = next;
            next += fields.count_ones();
            TermColumns::new(first, fields).0
        };
        let of_terms = in_lead.iter().zip(&in_title).zip(bags.in_body(terms)).map(of_term).collect();
        Columns { of_terms, len: next as usize, character_ngrams: bags.character_ngrams }
    }

    /// The [`TermColumns`] of each term.
    pub fn of_terms(&self) -> &[u32] {
        &self.of_terms
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many of them, the first, are words and n-grams of words; character n-grams have the others.
    pub fn words(&self) -> usize {
        self.len - self.character_ngrams
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many terms there are.
    pub fn terms(&self) -> usize {
        self.of_terms.len()
    }

    /// The column of `term` in `field`, if it has one.
    #[inline]
    pub fn get(&self, term: u32, field: Field) -> Option<u32> {
        TermColumns(self.of_terms[term as usize]).get(field)
    }

    /// The field of each column, by its number.
    pub fn field_of_columns(&self) -> Vec<u8> {
        let mut fields = Vec::with_capacity(self.len);
        for &columns in &self.of_terms {
            fields.extend((0..3).filter(|&field| TermColumns(columns).has(field)).map(|field| field as u8));
        }
        fields
    }
}

/// Where more than one article makes a term, so many make a column in the lead or the title.
const ENOUGH_IN_FIELD: u32 = 2;

/// In how many articles each term is among those that `of` gives for the article, if they are `wanted`.
fn articles_with<I: Iterator<Item = u32>>(
    bags: &Bags,
    terms: usize,
    wanted: bool,
    of: impl Fn(usize) -> I,
) -> Vec<u32> {
    let mut articles = vec![0; terms];
    let mut last_row = vec![u32::MAX; terms];
    for row in (0..bags.len()).filter(|_| wanted) {
        for term in of(row) {
            if last_row[term as usize] != row as u32 {
                last_row[term as usize] = row as u32;
                articles[term as usize] += 1;
            }
        }
    }
    articles
}
