//! A file that is one article: plain text, a mail or a post, Markdown, HTML.

use std::borrow::Cow;

use crate::Article;
use crate::corpus::batch::FileContent;
use crate::corpus::record::{Record, Rules};
use crate::corpus::{Encoding, Format, Headers, html, mail};

/// Makes an article of a file.
///
/// # Errors
/// The file is not text, or not in the encoding that it should be in.
pub(super) fn parse(file: FileContent, rules: &Rules) -> Result<Record, String> {
    let encoding = match rules.encoding {
        Encoding::Auto if file.format == Format::Html => html::declared_encoding(&file.bytes),
        given => given,
    };
    let content = encoding.decode(&file.bytes, &file.path, &rules.reencodings).map_err(|offset| {
        format!("byte {offset} is not valid UTF-8: save the file as UTF-8, or name its encoding (`--encoding windows-1252`)")
    })?;
    if content.contains('\0') {
        return Err("the file holds NUL bytes: is it a picture, a program or an office file?".to_owned());
    }
    let (title, text) = match file.format {
        Format::Html => html::title_and_text(&content),
        Format::Md => (heading(&content), content.into_owned()),
        _ => plain(content, rules.headers),
    };
    let entries = usize::from(file.topic.is_some());
    let article = Article {
        id: file.id,
        title,
        text,
        language: None,
        topics: file.topic.map(|topic| vec![topic]),
        split: file.split,
    };
    Ok(Record { article, entries })
}

fn plain(content: Cow<'_, str>, headers: Headers) -> (String, String) {
    match mail::header(&content) {
        None => (String::new(), content.into_owned()),
        Some(header) => {
            let text = match headers {
                Headers::Keep => content.into_owned(),
                Headers::Drop => content[header.length..].to_owned(),
            };
            (header.subject, text)
        }
    }
}

/// The heading of the first level that a Markdown file opens with; empty where it opens otherwise.
fn heading(markdown: &str) -> String {
    let first = markdown.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let title = first.trim_start().strip_prefix("# ").unwrap_or_default();
    title.trim().trim_end_matches('#').trim_end().to_owned()
}
