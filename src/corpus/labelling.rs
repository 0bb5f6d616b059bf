//! The exports of labelling tools: Label Studio's JSON and JSON-MIN, doccano's JSONL and JSON.
//!
//! Label Studio writes a list of tasks: `data` is what was shown, `annotations` what people said of it (JSON), or everything
//! side by side in one object (JSON-MIN). doccano writes an object to a line, with `text`, the columns of the import and
//! `label`. A list of plain articles is read the same way.
//!
//! What both write themselves, this reads back with the id and the title that it had: see [`write_for_labelling`].

use std::io::{self, Write};
use std::path::Path;

use memchr::memchr;
use serde_json::{Map, Value, json};

use crate::corpus::Format;
use crate::corpus::jsonl::INVALID_UTF8;
use crate::corpus::record::{Parsed, Record, Rules, TopicNames, place_as_id};
use crate::{Article, Split, Topic};

/// The key of an article's own id: `id` is the tool's.
const ARTICLE_ID: &str = "article_id";

/// Under which keys labels are found in an object that is no task, in this order.
const LABEL_KEYS: [&str; 8] =
    ["label", "labels", "topics", "topic", "choices", "choice", "category", "categories"];

/// What parts title and text where a tool knows one text only.
const TITLE_END: &str = "\n\n";

/// Reads a list of records, or a record to a line, from `first_line` of `file` on.
pub(super) fn parse(bytes: &[u8], file: &Path, first_line: u64, rules: &Rules, out: &mut Parsed) {
    let mut names = TopicNames::default();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return out.take(Err(INVALID_UTF8.to_owned()), file, first_line, rules);
    };
    let mut take = |line: u64, record: &str| {
        let found = serde_json::from_str::<Value>(record)
            .map_err(|error| format!("not JSON: {error}"))
            .and_then(|value| self::record(&value, file, line, &mut names));
        out.take(found, file, line, rules);
    };
    let text = text.trim_start_matches('\u{feff}');
    if is_list(text.as_bytes()) {
        let mut list = List { text, at: 0, line: first_line };
        loop {
            match list.next() {
                Ok(Some((line, record))) => take(line, record),
                Ok(None) => return,
                Err((line, problem)) => return out.take(Err(problem.to_owned()), file, line, rules),
            }
        }
    }
    for (line, record) in (first_line..).zip(text.split('\n')) {
        if !record.trim().is_empty() {
            take(line, record);
        }
    }
}

/// Whether a file is a list of records, which is only whole when its last line is.
pub(super) fn is_list(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start().starts_with(b"[")
}

/// A JSON list, cut into its elements without reading them.
struct List<'a> {
    text: &'a str,
    at: usize,
    /// The line of `at`.
    line: u64,
}

impl<'a> List<'a> {
    /// The next element and the line on which it begins; the line and the problem where the list is none.
    fn next(&mut self) -> Result<Option<(u64, &'a str)>, (u64, &'static str)> {
        let bytes = self.text.as_bytes();
        let blank = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[');
        while self.at < bytes.len() && blank(bytes[self.at]) {
            self.line += u64::from(bytes[self.at] == b'\n');
            self.at += 1;
        }
        let (start, line) = (self.at, self.line);
        match bytes.get(start) {
            Some(b'{') => {}
            Some(b']') => return Ok(None),
            None => return Err((line, "the list is not closed: the file is cut short")),
            Some(_) => {
                return Err((line, "the list holds something that is no object: export the tasks as JSON"));
            }
        }
        let mut depth = 0_usize;
        while self.at < bytes.len() {
            match bytes[self.at] {
                b'"' => self.skip_string(),
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'\n' => self.line += 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                // Both ends are ASCII characters, so this slice cannot fail.
                return Ok(self.text.get(start..self.at).map(|element| (line, element)));
            }
        }
        Err((line, "the object that begins here is not closed: the file is cut short"))
    }

    /// Goes to the quote that ends the string which begins at the current place.
    fn skip_string(&mut self) {
        let bytes = self.text.as_bytes();
        self.at += 1;
        while let Some(quote) = bytes.get(self.at..).and_then(|rest| memchr(b'"', rest)) {
            let end = self.at + quote;
            let backslashes = bytes[..end].iter().rev().take_while(|&&byte| byte == b'\\').count();
            self.at = end;
            if backslashes % 2 == 0 {
                return;
            }
            self.at += 1;
        }
        self.at = bytes.len();
    }
}

fn record(value: &Value, file: &Path, line: u64, names: &mut TopicNames) -> Result<Record, String> {
    let Value::Object(fields) = value else { return Err("a record must be a JSON object".to_owned()) };
    let task = fields.get("data").and_then(Value::as_object);
    let data = task.unwrap_or(fields);
    let labels = match task {
        Some(_) => annotated(fields)?,
        None => flat_labels(fields)?,
    };
    let string = |key: &str| data.get(key).and_then(Value::as_str);
    let title = string("title").unwrap_or_default().to_owned();
    let text =
        string("text").ok_or("no \"text\": the text that was labelled must be in the column `text`")?;
    // A task shows title and text apart: only where a tool knows one text does the title open it.
    let after_title = || text.strip_prefix(&title).and_then(|rest| rest.strip_prefix(TITLE_END));
    let opened = task.is_none() && !title.is_empty();
    let text = opened.then(after_title).flatten().unwrap_or(text).to_owned();
    let id = data.get(ARTICLE_ID).or_else(|| data.get("id")).or_else(|| fields.get("id"));
    let id = match id {
        Some(Value::String(id)) if !id.is_empty() => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => place_as_id(file, line),
    };
    let (topics, entries) = match &labels {
        None => (None, 0),
        Some(labels) => {
            let (topics, entries) = names.topics(labels.iter().copied())?;
            (Some(topics), entries)
        }
    };
    let article = Article {
        id,
        title,
        text,
        language: string("language").filter(|code| !code.is_empty()).map(str::to_owned),
        topics,
        split: string("split").and_then(|split| split.parse::<Split>().ok()),
    };
    Ok(Record { article, entries })
}

/// What the last annotation that was not cancelled says; `None` where there is none. Of several, the one changed last counts.
fn annotated(task: &Map<String, Value>) -> Result<Option<Vec<&str>>, String> {
    let list = ["annotations", "completions"].iter().find_map(|key| task.get(*key));
    let Some(list) = list.and_then(Value::as_array) else { return Ok(None) };
    if list.iter().any(|annotation| !annotation.is_object()) {
        return Err("the annotations are numbers only: export as JSON, not as a list of tasks".to_owned());
    }
    let flag = |annotation: &Value, key: &str| annotation.get(key).and_then(Value::as_bool).unwrap_or(false);
    let kept = list.iter().filter(|annotation| !flag(annotation, "was_cancelled"));
    // Of equals, the last is taken.
    let Some(last) = kept.max_by(|a, b| changed(a).cmp(changed(b))) else { return Ok(None) };
    let mut labels = Vec::new();
    let results = last.get("result").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for value in results.iter().filter_map(|result| result.get("value")) {
        labels.extend(value.get("choices").map(strings).transpose()?.unwrap_or_default());
        for path in value.get("taxonomy").and_then(Value::as_array).into_iter().flatten() {
            // The last of a path is the topic, the others are its parents.
            labels.extend(strings(path)?.last());
        }
    }
    Ok(Some(labels))
}

/// When an annotation was changed last, in a form that sorts.
fn changed(annotation: &Value) -> &str {
    annotation.get("updated_at").and_then(Value::as_str).unwrap_or_default()
}

/// The labels of an object in which they stand beside the text; `None` where there are none. An empty list is `None` too:
/// doccano writes one for every article that nobody has looked at.
fn flat_labels(fields: &Map<String, Value>) -> Result<Option<Vec<&str>>, String> {
    let named = LABEL_KEYS.iter().find_map(|key| fields.get(*key));
    // Label Studio names the labels as the project does.
    let of_choices = || fields.values().find(|value| value.get("choices").is_some());
    let Some(found) = named.or_else(of_choices).filter(|value| !value.is_null()) else {
        if fields.contains_key("annotation_id") {
            return Err(
                "the labels are under a name that tells nothing: export as JSON instead of JSON-MIN, or \
                        call the labels `topics` in the project"
                    .to_owned(),
            );
        }
        return Ok(None);
    };
    let labels = strings(found.get("choices").unwrap_or(found))?;
    Ok((!labels.is_empty()).then_some(labels))
}

/// A string or a list of strings.
fn strings(value: &Value) -> Result<Vec<&str>, String> {
    let problem =
        || "the labels are no names: this must be the export of a text classification project".to_owned();
    match value {
        Value::String(one) => Ok(vec![one]),
        Value::Array(list) => list.iter().map(|value| value.as_str().ok_or_else(problem)).collect(),
        _ => Err(problem()),
    }
}

/// What both tools show or keep of an article beside its text.
fn columns(article: &Article) -> Map<String, Value> {
    let mut columns = Map::new();
    columns.insert(ARTICLE_ID.to_owned(), json!(article.id));
    columns.insert("title".to_owned(), json!(article.title));
    if let Some(language) = &article.language {
        columns.insert("language".to_owned(), json!(language));
    }
    if let Some(split) = article.split {
        columns.insert("split".to_owned(), json!(split));
    }
    columns
}

/// What an annotation or a prediction of Label Studio holds for `topics`. The project's labelling control must be called
/// `topics`, and its text `text`.
fn choices<T: serde::Serialize>(topics: &[T]) -> Value {
    if topics.is_empty() {
        return json!([]);
    }
    json!([{ "from_name": "topics", "to_name": "text", "type": "choices", "value": { "choices": topics } }])
}

/// Writes articles in the form that a labelling tool imports. `suggested` has, for each article that nobody has labelled, the
/// topics to start from.
///
/// Label Studio gets the labels as annotations and suggestions as predictions; the project's text must be called `text` and its
/// choices `topics`. doccano knows one text only, so that the title opens it; suggestions become a column, since labels would
/// count as given by people. Read again, the articles have their own ids and titles.
///
/// # Errors
/// The writer's own; `Unsupported` for a format that is no tool's.
pub fn write_for_labelling(
    out: &mut impl Write,
    tool: Format,
    articles: &[Article],
    suggested: &[Vec<Topic>],
) -> io::Result<()> {
    let suggested = |place: usize| suggested.get(place).cloned();
    match tool {
        Format::LabelStudio => write_label_studio(out, articles, suggested),
        Format::Doccano => write_doccano(out, articles, suggested),
        other => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("{other} is no labelling tool's: write label-studio or doccano"),
        )),
    }
}

/// Writes tasks that Label Studio imports: the labels as annotations, and of an article that nobody has labelled
/// `suggested`, where it has some, as a prediction to start from.
pub(super) fn write_label_studio(
    out: &mut impl Write,
    articles: &[Article],
    suggested: impl Fn(usize) -> Option<Vec<Topic>>,
) -> io::Result<()> {
    for (place, article) in articles.iter().enumerate() {
        let mut data = columns(article);
        data.insert("text".to_owned(), json!(article.text));
        let mut task = Map::new();
        task.insert("data".to_owned(), Value::Object(data));
        if let Some(topics) = &article.topics {
            task.insert("annotations".to_owned(), json!([{ "result": choices(topics) }]));
        } else if let Some(topics) = suggested(place) {
            task.insert(
                "predictions".to_owned(),
                json!([{ "model_version": "topicwire", "result": choices(&topics) }]),
            );
        }
        out.write_all(if place == 0 { b"[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &task)?;
    }
    out.write_all(if articles.is_empty() { b"[]\n" } else { b"\n]\n" })
}

/// Writes lines that doccano imports into a text classification project. It knows one text only, so that the title opens it;
/// `suggested` topics become a column, not labels, which would count as given by people.
pub(super) fn write_doccano(
    out: &mut impl Write,
    articles: &[Article],
    suggested: impl Fn(usize) -> Option<Vec<Topic>>,
) -> io::Result<()> {
    for (place, article) in articles.iter().enumerate() {
        let mut line = columns(article);
        let opening = if article.title.is_empty() { "" } else { TITLE_END };
        line.insert("text".to_owned(), json!(format!("{}{opening}{}", article.title, article.text)));
        line.insert("label".to_owned(), json!(article.labels()));
        if let Some(topics) = suggested(place) {
            let names: Vec<&str> = topics.iter().map(|topic| topic.as_str()).collect();
            line.insert("suggested".to_owned(), json!(names.join(", ")));
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
