//! Whether articles are short.

use rayon::prelude::*;

use crate::Article;
use crate::text::tokenize;

/// Articles of no more words than these, in the mean, are short.
const SHORT: usize = 64;

/// No language has words so long, in bytes, that texts with more than so many for each word could be short.
const LONGEST_WORDS: usize = 32;

/// Articles whose words are counted before it is asked whether they are too many already.
const COUNTED: usize = 256;

/// Whether `articles` are so short that symbols, pairs of words and character n-grams pay: docs/quality.md has corpora on either
/// side. Where there is not one word, they are not short, but empty.
pub fn are_short(articles: &[Article]) -> bool {
    let most = SHORT * articles.len();
    let bytes: usize = articles.iter().map(|article| article.title.len() + article.text.len()).sum();
    if bytes > LONGEST_WORDS * most {
        return false;
    }
    let mut words = 0;
    let few = articles.chunks(COUNTED).all(|articles| {
        words += articles.par_iter().map(words_of).sum::<usize>();
        words <= most
    });
    few && words > 0
}

fn words_of(article: &Article) -> usize {
    let mut words = 0;
    tokenize(&article.title, |_| words += 1);
    tokenize(&article.text, |_| words += 1);
    words
}
