//! Comma- and tab-separated values with a header.

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use memchr::memchr_iter;

use crate::Article;
use crate::corpus::Format;
use crate::corpus::jsonl::INVALID_UTF8;
use crate::corpus::record::{Parsed, Record, Rules, TopicNames, place_as_id};

/// What parts the topics of a cell.
pub(super) const TOPIC_SEPARATOR: char = '|';

/// Which column holds what.
#[derive(Debug)]
pub(super) struct Columns {
    delimiter: u8,
    count: usize,
    text: usize,
    id: Option<usize>,
    title: Option<usize>,
    topics: Option<usize>,
    language: Option<usize>,
    split: Option<usize>,
}

/// A header that was read, and where the records begin.
pub(super) struct Header {
    pub(super) columns: Columns,
    pub(super) length: usize,
    pub(super) lines: u64,
}

/// The delimiter of a table that begins with `head`: a tab for TSV, and for CSV the comma, or the semicolon
/// that spreadsheets of half of Europe write where the first line has no comma.
pub(super) fn delimiter(format: Format, head: &[u8]) -> u8 {
    let first = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    match format {
        Format::Tsv => b'\t',
        _ if !first.contains(&b',') && first.contains(&b';') => b';',
        _ => b',',
    }
}

/// Reads the header that a table begins with.
///
/// # Errors
/// There is no `text` column, or a column of ours is named twice.
pub(super) fn header(head: &[u8], delimiter: u8) -> Result<Header, String> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(head);
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(|error| error.to_string())?;
    let names: Vec<String> =
        record.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
    let find = |wanted: &str| -> Result<Option<usize>, String> {
        let mut places = names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(at, _)| at);
        match (places.next(), places.next()) {
            (_, Some(_)) => Err(format!("two columns are named \"{wanted}\": rename one")),
            (first, None) => Ok(first),
        }
    };
    let text = find("text")?.ok_or_else(|| {
        format!(
            "no \"text\" column: the first line names the columns (id, title, text, topics), and has {}",
            names.join(", ")
        )
    })?;
    let columns = Columns {
        delimiter,
        count: names.len(),
        text,
        id: find("id")?,
        title: find("title")?,
        topics: find("topics")?.or(find("labels")?),
        language: find("language")?,
        split: find("split")?,
    };
    // After a carriage return the reader has yet to see the line feed that belongs to it.
    let read = reader.position().byte() as usize;
    let length = read + usize::from(head[..read].ends_with(b"\r") && head.get(read) == Some(&b'\n'));
    let lines = memchr_iter(b'\n', &head[..length]).count() as u64;
    Ok(Header { columns, length, lines })
}

/// Reads every record of a block that begins at `first_line` of `file`.
pub(super) fn parse(
    bytes: &[u8],
    columns: &Columns,
    file: &Path,
    first_line: u64,
    rules: &Rules,
    out: &mut Parsed,
) {
    let mut names = TopicNames::default();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(columns.delimiter)
        .from_reader(bytes);
    let mut cells = ByteRecord::new();
    let (mut line, mut counted) = (first_line, 0);
    loop {
        match reader.read_byte_record(&mut cells) {
            Ok(false) => break,
            Ok(true) => {
                // The reader's own count is one behind where lines end in CR LF: a record begins for it at
                // the LF before it, and blank lines come before the record too.
                let start = cells.position().map_or(counted, |position| position.byte() as usize);
                let blank = bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                line += memchr_iter(b'\n', &bytes[counted..start + blank]).count() as u64;
                counted = start + blank;
                out.take(record(&cells, columns, file, line, &mut names), file, line, rules);
            }
            Err(error) => {
                out.take(Err(error.to_string()), file, first_line, rules);
                break;
            }
        }
    }
}

fn record(
    cells: &ByteRecord,
    columns: &Columns,
    file: &Path,
    line: u64,
    names: &mut TopicNames,
) -> Result<Record, String> {
    if cells.len() != columns.count {
        return Err(format!(
            "the record has {} cells, the header {}: is a quote or a separator missing?",
            cells.len(),
            columns.count
        ));
    }
    let cell = |column: Option<usize>| -> Result<&str, String> {
        let bytes = column.and_then(|column| cells.get(column)).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| INVALID_UTF8.to_owned())
    };
    let (topics, entries) = match columns.topics {
        None => (None, 0),
        Some(_) => match cell(columns.topics)?.trim() {
            "" => (Some(Vec::new()), 0),
            listed => {
                let (topics, entries) = names.topics(listed.split(TOPIC_SEPARATOR))?;
                (Some(topics), entries)
            }
        },
    };
    let id = match cell(columns.id)? {
        "" => place_as_id(file, line),
        id => id.to_owned(),
    };
    let mut article = Article::new(id, cell(columns.title)?, cell(Some(columns.text))?);
    article.topics = topics;
    article.language = Some(cell(columns.language)?).filter(|code| !code.is_empty()).map(str::to_owned);
    article.split = cell(columns.split)?.parse().ok();
    Ok(Record { article, entries })
}
