//! fastText's training files: `__label__TOPIC __label__TOPIC text` to a line.
//!
//! The format has no ids and no titles, and no way to say "labelled, with none": a line without a label is
//! an article that nobody has labelled.

use std::path::Path;

use memchr::memchr;

use crate::Article;
use crate::corpus::jsonl::INVALID_UTF8;
use crate::corpus::record::{Parsed, Record, Rules, TopicNames, place_as_id};

/// What begins a label.
pub(super) const LABEL: &str = "__label__";

/// Reads every line of a block that begins at `first_line` of `file`. Blank lines are no records.
pub(super) fn parse(bytes: &[u8], file: &Path, first_line: u64, rules: &Rules, out: &mut Parsed) {
    let mut names = TopicNames::default();
    let mut rest = bytes;
    let mut line = first_line;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let content = rest[..end].trim_ascii();
        if !content.is_empty() {
            let found = std::str::from_utf8(content)
                .map_err(|_| INVALID_UTF8.to_owned())
                .and_then(|content| record(content, file, line, &mut names));
            out.take(found, file, line, rules);
        }
        rest = rest.get(end + 1..).unwrap_or_default();
        line += 1;
    }
}

fn record(content: &str, file: &Path, line: u64, names: &mut TopicNames) -> Result<Record, String> {
    let mut text = content;
    let mut labels = Vec::new();
    while let Some(labelled) = text.strip_prefix(LABEL) {
        let end = labelled.find(char::is_whitespace).unwrap_or(labelled.len());
        labels.push(&labelled[..end]);
        text = labelled[end..].trim_start();
    }
    let (topics, entries) = names.topics(labels)?;
    let mut article = Article::new(place_as_id(file, line), "", text);
    article.topics = (!topics.is_empty()).then_some(topics);
    Ok(Record { article, entries })
}
