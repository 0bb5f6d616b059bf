//! What a model mixes up: the picture, the list, and which topics go together.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::matrix::Matrix;
use super::page::count;
use super::table::{Cell, Column, table};
use crate::evaluate::Findings;
use crate::metrics::Mistake;

/// A picture of counts shows so many topics at most: those with most of them.
const MATRIX: usize = 24;
/// How many of the most frequent mistakes are listed.
const MISTAKES: usize = 14;

/// What was mixed up with what.
pub(super) fn confusion(findings: &Findings) -> Markup {
    let mut mistakes: Vec<&Mistake> =
        findings.confusion.iter().filter(|cell| cell.gold != cell.given).collect();
    mistakes.sort_by_key(|mistake| std::cmp::Reverse(mistake.articles));
    let rows = mistakes
        .iter()
        .take(MISTAKES)
        .map(|mistake| vec![Cell::Text(one_instead_of_another(mistake)), Cell::Count(mistake.articles)]);
    let columns = [Column("Has, and was given instead", false), Column("Articles", true)];
    html! {
        @if mistakes.is_empty() { p { "Nothing: every article was given exactly its topics." } } @else {
            div.beside-each {
                (mixed_up(findings))
                div {
                    h3 { "The most frequent mistakes" }
                    (table("The most frequent mistakes", &columns, rows.collect(), Vec::new()))
                }
            }
        }
        @if !findings.together.is_empty() {
            h3 { "Topics that go together" }
            (together(findings))
        }
    }
}

fn one_instead_of_another(mistake: &Mistake) -> Markup {
    html! {
        (mistake.gold.as_deref().unwrap_or("nothing missed")) br;
        span.soft {
            "was given "
            @match (&mistake.gold, &mistake.given) {
                (Some(_), Some(given)) => (given),
                (None, Some(given)) => { (given) " on top" },
                (_, None) => "nothing instead",
            }
        }
    }
}

/// The names that carry most of `weights`, the heaviest [`MATRIX`] of them, in their order.
fn heaviest<'n>(weights: impl IntoIterator<Item = (&'n str, u64)>) -> Vec<&'n str> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    weights.into_iter().for_each(|(name, weight)| *sums.entry(name).or_default() += weight);
    let mut names: Vec<(&str, u64)> = sums.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    names.truncate(MATRIX);
    names.into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>().into_iter().collect()
}

const NOTHING: &str = "nothing";
const ON_TOP: &str = "nothing missed";

fn mixed_up(findings: &Findings) -> Markup {
    let all = &findings.evaluation.topics;
    let names: Vec<&str> = if all.len() <= MATRIX {
        all.keys().map(String::as_str).collect()
    } else {
        let wrong = findings.confusion.iter().filter(|cell| cell.gold != cell.given);
        heaviest(wrong.flat_map(|cell| {
            [&cell.gold, &cell.given].into_iter().flatten().map(|name| (name.as_str(), cell.articles))
        }))
    };
    let has_none =
        |side: fn(&Mistake) -> &Option<String>| findings.confusion.iter().any(|cell| side(cell).is_none());
    let list = |extra: &str, there: bool| -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).chain(there.then(|| extra.to_owned())).collect()
    };
    let rows = list(ON_TOP, has_none(|cell| &cell.gold));
    let columns = list(NOTHING, has_none(|cell| &cell.given));
    let place = |topic: &Option<String>, list: &[String]| match topic {
        Some(topic) => names.binary_search(&topic.as_str()).ok(),
        None => list.len().checked_sub(1),
    };
    let cells = findings
        .confusion
        .iter()
        .filter_map(|cell| Some((place(&cell.gold, &rows)?, place(&cell.given, &columns)?, cell.articles)))
        .collect();
    let some = names.len() < all.len();
    let matrix = Matrix {
        title: "",
        in_words: format!(
            "Rows are the topics that articles have, columns what they were given. The most frequent \
             mistakes: {}. The table beside it lists more.",
            findings.evaluation.mistakes.iter().take(5).map(sentence).collect::<Vec<_>>().join("; ")
        ),
        caption: html! {
            span.key.accent {} "right, " span.key.warm {} "mixed up; a number is a count of articles."
            @if some { " Shown are the " (names.len()) " of " (all.len()) " topics that are mixed up most." }
        },
        rows,
        columns,
        names: ("has", "was given"),
        cells,
        diagonal_is_right: true,
    };
    matrix.draw()
}

fn together(findings: &Findings) -> Markup {
    let pairs = &findings.together;
    let names = heaviest(
        pairs
            .iter()
            .flat_map(|pair| [(pair.first.as_str(), pair.articles), (pair.second.as_str(), pair.articles)]),
    );
    let place = |name: &str| names.binary_search(&name).ok();
    let cells = pairs
        .iter()
        .filter_map(|pair| Some((place(pair.first.as_str())?, place(pair.second.as_str())?, pair.articles)));
    let cells =
        cells.flat_map(|(first, second, articles)| [(first, second, articles), (second, first, articles)]);
    let list = || names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut most: Vec<_> = pairs.iter().collect();
    most.sort_by_key(|pair| std::cmp::Reverse(pair.articles));
    let words: Vec<String> = most
        .iter()
        .take(5)
        .map(|pair| format!("{} and {} in {} articles", pair.first, pair.second, count(pair.articles)))
        .collect();
    let matrix = Matrix {
        title: "",
        in_words: format!("How many articles have two topics both. Most often: {}.", words.join("; ")),
        caption: html! { "Most often: " (words.join("; ")) "." },
        rows: list(),
        columns: list(),
        names: ("topic", "and topic"),
        cells: cells.collect(),
        diagonal_is_right: false,
    };
    matrix.draw()
}

/// A mistake in words.
pub(super) fn sentence(mistake: &Mistake) -> String {
    let articles = count(mistake.articles);
    match (&mistake.gold, &mistake.given) {
        (Some(gold), Some(given)) => format!("{given} instead of {gold}, in {articles} articles"),
        (Some(gold), None) => format!("{gold} missed with nothing in its place, in {articles} articles"),
        (None, Some(given)) => format!("{given} given on top, in {articles} articles"),
        (None, None) => String::new(),
    }
}
