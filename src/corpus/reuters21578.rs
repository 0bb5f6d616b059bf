//! The SGML files of Reuters-21578, Distribution 1.0.
//!
//! An article's id is its `NEWID`; its title the `<TITLE>`, on one line; its text the `<BODY>`, without the
//! dateline. Where there is no body (`TYPE="UNPROC"`) the text stands straight in `<TEXT>`; beside the title
//! of a `TYPE="BRIEF"` stand only asterisks and a placeholder, so its text is empty. The closing `Reuter`
//! is part of the text; control characters are not.
//!
//! Labelled are the articles with `TOPICS="YES"` (which may still carry none): the others were never
//! indexed for good. The split is ModApte's: `LEWISSPLIT` as far as it is `TRAIN` or `TEST` and the article
//! is labelled.

use std::path::Path;

use memchr::{memchr_iter, memmem};

use crate::corpus::record::{Parsed, Record, Rules, TopicNames, place_as_id};
use crate::{Article, Split};

/// What closes a record.
pub(super) const CLOSING: &str = "</REUTERS>";

const OPENING: &str = "<REUTERS";

/// Reads every article of a block that begins at `first_line` of `file`.
pub(super) fn parse(bytes: &[u8], file: &Path, first_line: u64, rules: &Rules, out: &mut Parsed) {
    let mut names = TopicNames::default();
    let mut line = first_line;
    let mut at = 0;
    let mut records = 0;
    while let Some(start) = memmem::find(&bytes[at..], OPENING.as_bytes()).map(|found| at + found) {
        line += memchr_iter(b'\n', &bytes[at..start]).count() as u64;
        let end = memmem::find(&bytes[start..], CLOSING.as_bytes()).map(|found| start + found);
        let found = match (end, std::str::from_utf8(&bytes[start..end.unwrap_or(bytes.len())])) {
            (None, _) => Err(format!("the article is cut off: it has no {CLOSING}")),
            (_, Err(_)) => {
                Err("the article is not valid UTF-8: name its encoding (`--encoding latin-1`)".into())
            }
            (Some(_), Ok(element)) => record(element, file, line, &mut names),
        };
        out.take(found, file, line, rules);
        records += 1;
        let next = end.map_or(bytes.len(), |end| end + CLOSING.len());
        line += memchr_iter(b'\n', &bytes[start..next]).count() as u64;
        at = next;
    }
    let rest = bytes[at..].trim_ascii();
    if records == 0 && !rest.is_empty() {
        let problem = "there is no <REUTERS> element here: the format is that of Reuters-21578's .sgm files";
        out.take(Err(problem.to_owned()), file, line, rules);
    }
}

fn record(element: &str, file: &Path, line: u64, names: &mut TopicNames) -> Result<Record, String> {
    let (tag, content) = element.split_once('>').ok_or("the opening tag has no end")?;
    let labelled = attribute(tag, "TOPICS") == Some("YES");
    let split = match attribute(tag, "LEWISSPLIT") {
        Some("TRAIN") if labelled => Some(Split::Train),
        Some("TEST") if labelled => Some(Split::Test),
        _ => None,
    };
    let listed = inner(content, "TOPICS").unwrap_or_default();
    let entries = listed.split("<D>").skip(1).map(|rest| rest.split("</D>").next().unwrap_or_default());
    let (topics, entries) = names.topics(entries)?;
    let (kind, text) = text_element(content).ok_or("the article has no <TEXT>")?;
    let body = match inner(text, "BODY") {
        Some(body) => cleaned(body),
        None if kind == Some("BRIEF") => String::new(),
        None => cleaned(&without_elements(text)),
    };
    let title = cleaned(inner(text, "TITLE").unwrap_or_default());
    let id = attribute(tag, "NEWID").map_or_else(|| place_as_id(file, line), str::to_owned);
    let mut article = Article::new(id, title.split_whitespace().collect::<Vec<_>>().join(" "), body);
    article.topics = labelled.then_some(topics);
    article.split = split;
    Ok(Record { article, entries })
}

/// The value of an attribute in an opening tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.match_indices(name).find_map(|(at, _)| {
        // The name must stand alone: `TOPICS`, not the end of another attribute's name.
        let begins = tag[..at].ends_with(char::is_whitespace);
        let value = tag[at + name.len()..].strip_prefix("=\"").filter(|_| begins)?;
        value.split('"').next()
    })
}

/// What stands between `<NAME>` and `</NAME>`.
fn inner<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let length = text[start..].find(&format!("</{name}>"))?;
    Some(&text[start..start + length])
}

/// The type and the content of the `<TEXT>` element.
fn text_element(content: &str) -> Option<(Option<&str>, &str)> {
    let rest = &content[content.find("<TEXT")?..];
    let (tag, rest) = rest.split_once('>')?;
    let end = rest.rfind("</TEXT>")?;
    Some((attribute(tag, "TYPE"), &rest[..end]))
}

/// The text without its title, author and dateline.
fn without_elements(text: &str) -> String {
    let mut rest = text.to_owned();
    for name in ["TITLE", "AUTHOR", "DATELINE"] {
        let closing = format!("</{name}>");
        if let (Some(start), Some(end)) = (rest.find(&format!("<{name}>")), rest.find(&closing))
            && start < end
        {
            rest.replace_range(start..end + closing.len(), "");
        }
    }
    rest
}

/// The text with its entities decoded and its control characters dropped, without blanks around it.
fn cleaned(sgml: &str) -> String {
    let mut text = String::with_capacity(sgml.len());
    let mut rest = sgml;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (decoded, length) = entity(rest).unwrap_or(('&', 1));
        text.push(decoded);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text.retain(|c| matches!(c, '\n' | '\t') || !c.is_control());
    text.trim().to_owned()
}

/// The character that the entity at the beginning of `text` means, and the entity's length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let decoded = match &text[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        number => char::from_u32(number.strip_prefix('#')?.parse().ok()?)?,
    };
    Some((decoded, end + 1))
}
