//! Which articles belong together.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::Article;
use crate::corpus::groups;
use crate::features::{Documents, Vocabulary};
use crate::text::is_symbol;

/// A number for each article, the same for those that must not stand in different folds, or a fold would know what it is
/// asked: articles of the same words, and those under the same title (a series, a thread and its replies).
pub(super) fn kin(articles: &[Article], documents: &Documents, vocabulary: &Vocabulary) -> Vec<u32> {
    let mut pairs = Vec::new();
    let symbols: Vec<bool> = vocabulary.terms.iter().map(|term| is_symbol(term)).collect();
    let is_word = |token: &u32| !symbols.get(*token as usize).copied().unwrap_or(false);
    let mut of_text: HashMap<Cow<'_, [u32]>, usize, FixedState> = HashMap::default();
    let mut of_title: HashMap<String, usize, FixedState> = HashMap::default();
    for (row, article) in articles.iter().enumerate() {
        let all = documents.all(row);
        let tokens: Cow<'_, [u32]> =
            if all.iter().all(is_word) { all.into() } else { all.iter().copied().filter(is_word).collect() };
        // Empty articles are no copies of each other.
        if !tokens.is_empty() {
            pairs.push((*of_text.entry(tokens).or_insert(row), row));
        }
        let title = without_reply_marks(&article.title);
        if title.split_whitespace().nth(1).is_some() {
            pairs.push((*of_title.entry(title).or_insert(row), row));
        }
    }
    groups(articles.len(), pairs)
}

/// The title of what an article replies to.
fn without_reply_marks(title: &str) -> String {
    let mut rest = title.trim().to_lowercase();
    while let Some(shorter) = ["re:", "fw:", "fwd:", "aw:"].iter().find_map(|mark| rest.strip_prefix(mark)) {
        rest = shorter.trim_start().to_owned();
    }
    rest
}
