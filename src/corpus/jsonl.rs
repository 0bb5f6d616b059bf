//! A JSON object to a line.

use std::borrow::Cow;
use std::path::Path;

use memchr::memchr;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::de::StrRead;
use serde_json::{Deserializer, StreamDeserializer, Value};

use crate::corpus::record::{Parsed, Record, Rules, TopicNames, place_as_id};
use crate::{Article, Split};

/// Reads every line of a block that begins at `first_line` of `file`. Blank lines are no records.
pub(super) fn parse(bytes: &[u8], file: &Path, first_line: u64, rules: &Rules, out: &mut Parsed) {
    let mut names = TopicNames::default();
    let mut whole = std::str::from_utf8(bytes).ok().map(Lines::new);
    let mut start = 0;
    let mut line = first_line;
    while start < bytes.len() {
        let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        if !bytes[start..end].trim_ascii().is_empty() {
            let fields = whole.as_mut().and_then(|whole| whole.next(end));
            if fields.is_none() {
                // The reader may have gone on into other lines: from here on each is read by itself.
                whole = None;
            }
            let found = match fields {
                Some(fields) => build(fields, file, line, &mut names),
                None => match std::str::from_utf8(&bytes[start..end]) {
                    Ok(text) => record(text, file, line, &mut names),
                    Err(_) => Err(INVALID_UTF8.to_owned()),
                },
            };
            out.take(found, file, line, rules);
        }
        start = end + 1;
        line += 1;
    }
}

/// The lines of a block by one reader, which need not make room anew for what stands escaped in each.
struct Lines<'a> {
    text: &'a str,
    reader: StreamDeserializer<'a, StrRead<'a>, Line<'a>>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Lines { text, reader: Deserializer::from_str(text).into_iter() }
    }

    /// The fields of the next line, which ends at `end`. `None` where it is not one whole record and nothing else: why, others say.
    fn next(&mut self, end: usize) -> Option<Line<'a>> {
        let fields = self.reader.next()?.ok()?;
        let rest = self.text.get(self.reader.byte_offset()..end)?;
        rest.trim_ascii().is_empty().then_some(fields)
    }
}

pub(super) const INVALID_UTF8: &str =
    "the line is not valid UTF-8: save the file as UTF-8, or name its encoding (`--encoding windows-1252`)";

/// The fields of interest. Anything else in the object is passed over without being kept.
#[derive(Deserialize)]
struct Line<'a> {
    id: Option<Id>,
    title: Option<String>,
    text: Option<String>,
    #[serde(borrow)]
    topics: Option<Names<'a>>,
    #[serde(borrow)]
    labels: Option<Names<'a>>,
    language: Option<String>,
    #[serde(borrow)]
    split: Option<Half<'a>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names<'a> {
    #[serde(borrow)]
    Many(Vec<Name<'a>>),
    #[serde(borrow)]
    One(Name<'a>),
}

/// A string that borrows from the line where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Other people's files use `split` for folds and for names of their own, which are no business of ours.
#[derive(Deserialize)]
#[serde(untagged)]
enum Half<'a> {
    #[serde(borrow)]
    Named(Name<'a>),
    Foreign(IgnoredAny),
}

fn record(text: &str, file: &Path, line: u64, names: &mut TopicNames) -> Result<Record, String> {
    match serde_json::from_str::<Line<'_>>(text) {
        Ok(fields) => build(fields, file, line, names),
        Err(error) => match mend_surrogates(text) {
            Some(mended) => match serde_json::from_str::<Line<'_>>(&mended) {
                Ok(fields) => build(fields, file, line, names),
                Err(error) => Err(diagnose(&mended, &error)),
            },
            None => Err(diagnose(text, &error)),
        },
    }
}

fn build(fields: Line<'_>, file: &Path, line: u64, names: &mut TopicNames) -> Result<Record, String> {
    let text = fields.text.ok_or("no \"text\" field: every article needs one")?;
    let (topics, entries) = match fields.topics.or(fields.labels) {
        None => (None, 0),
        Some(Names::One(name)) => some(names.topics([&*name.0])?),
        Some(Names::Many(list)) => some(names.topics(list.iter().map(|name| &*name.0))?),
    };
    let id = match fields.id {
        Some(Id::Text(id)) if !id.is_empty() => id,
        Some(Id::Number(number)) => number.to_string(),
        _ => place_as_id(file, line),
    };
    let split = match fields.split {
        Some(Half::Named(Name(name))) => name.parse::<Split>().ok(),
        _ => None,
    };
    let title = fields.title.unwrap_or_default();
    Ok(Record { article: Article { id, title, text, language: fields.language, topics, split }, entries })
}

fn some<T>((topics, entries): (T, usize)) -> (Option<T>, usize) {
    (Some(topics), entries)
}

/// The line with every half of a surrogate pair that stands alone (`\ud800`) written as U+FFFD, which is
/// what lenient writers mean and strict readers refuse; `None` where there is none.
fn mend_surrogates(text: &str) -> Option<String> {
    let mut mended = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(backslash) = memchr(b'\\', &text.as_bytes()[at..]) {
        at += backslash;
        let Some(unit) = escaped_unit(text, at) else {
            // Another escape: two bytes at least, of which the second may be a backslash itself.
            at += 2;
            if at >= text.len() {
                break;
            }
            continue;
        };
        let paired = matches!(unit, 0xD800..=0xDBFF)
            && escaped_unit(text, at + 6).is_some_and(|next| matches!(next, 0xDC00..=0xDFFF));
        if paired {
            at += 12;
            continue;
        }
        if matches!(unit, 0xD800..=0xDFFF) {
            mended.push_str(&text[copied..at]);
            mended.push_str("\\ufffd");
            copied = at + 6;
        }
        at += 6;
    }
    (copied > 0).then(|| mended + &text[copied..])
}

/// The UTF-16 unit that the escape at byte `at` writes.
fn escaped_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    u32::from_str_radix(digits, 16).ok()
}

/// Says in plain words why a line is not an article. Slow and careful: only bad lines come here.
fn diagnose(text: &str, error: &serde_json::Error) -> String {
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(syntax) => return not_json(text, &syntax),
    };
    let Value::Object(fields) = value else {
        let hint = if value.is_array() { ARRAY_HINT } else { "" };
        return format!("a line must be a JSON object, found {}{hint}", described(&value));
    };
    let present = |name: &str| fields.get(name).filter(|value| !value.is_null());
    for name in ["text", "title", "language"] {
        if let Some(value) = present(name).filter(|value| !value.is_string()) {
            return format!("\"{name}\" must be a string, found {}", described(value));
        }
    }
    if let Some(value) = present("id").filter(|value| !value.is_string() && !value.is_number()) {
        return format!("\"id\" must be a string or a number, found {}", described(value));
    }
    for name in ["topics", "labels"] {
        match present(name) {
            None | Some(Value::String(_)) => {}
            Some(Value::Array(list)) => {
                if let Some(value) = list.iter().find(|value| !value.is_string()) {
                    return format!("\"{name}\" must be a list of strings, found {} in it", described(value));
                }
            }
            Some(value) => {
                return format!("\"{name}\" must be a list of strings, found {}", described(value));
            }
        }
    }
    format!("not an article: {}", without_place(error))
}

const ARRAY_HINT: &str = ": write one object to a line (`jq -c '.[]' FILE`)";

fn not_json(text: &str, error: &serde_json::Error) -> String {
    if text.trim_start().starts_with('[') {
        return format!("a line must be a JSON object, found the beginning of a list{ARRAY_HINT}");
    }
    if error.is_eof() && text.trim_start().starts_with('{') {
        return "the line ends in the middle of an object: write each article on one line, without line \
                breaks between its fields (`jq -c . FILE`)"
            .to_owned();
    }
    if let Some(control) = text
        .chars()
        .find(|&c| c < ' ' && c != '\r' && c != '\t')
        .or_else(|| text.contains('\t').then_some('\t'))
        .filter(|_| error.to_string().contains("control character"))
    {
        return format!(
            "a raw control character (U+{:04X}) stands inside a string: JSON asks for an escape (\\u{:04x})",
            u32::from(control),
            u32::from(control)
        );
    }
    format!("not JSON: {} at column {}", without_place(error), error.column())
}

/// serde_json's words without its own line and column: it sees one line at a time.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rfind(" at line ").map_or(message.clone(), |at| message[..at].to_owned())
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
