//! The formats, and how one is told from another.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// A format in which articles come.
///
/// ```
/// use std::path::Path;
/// use topicwire::corpus::Format;
///
/// assert_eq!(Format::detect(Path::new("news.csv.gz"), b"id,text"), Format::Csv);
/// assert_eq!(Format::detect(Path::new("news"), b"{\"text\": \"x\"}"), Format::Jsonl);
/// assert_eq!("tsv".parse(), Ok(Format::Tsv));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A JSON object to a line: `id`, `title`, `text`, `topics` (or `labels`), `language`, `split`.
    Jsonl,
    /// Comma-separated values with a header naming the same columns; topics are joined by `|`.
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// `__label__TOPIC ... text` to a line.
    Fasttext,
    /// A list of tasks, as Label Studio exports it (JSON or JSON-MIN).
    LabelStudio,
    /// An object to a line with `text` and `label`, as doccano exports it (JSONL or JSON).
    Doccano,
    /// A folder to a topic, a file to an article.
    Folder,
    /// The SGML files of Reuters-21578, Distribution 1.0.
    Reuters21578,
    /// One article of plain text to a file.
    Txt,
    /// One article of Markdown to a file.
    Md,
    /// One article of HTML to a file.
    Html,
}

impl Format {
    /// All formats, in the order in which help texts list them.
    pub const ALL: [Format; 11] = [
        Format::Jsonl,
        Format::Csv,
        Format::Tsv,
        Format::Fasttext,
        Format::LabelStudio,
        Format::Doccano,
        Format::Folder,
        Format::Reuters21578,
        Format::Txt,
        Format::Md,
        Format::Html,
    ];

    /// The format's name, as `--format` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Fasttext => "fasttext",
            Format::LabelStudio => "label-studio",
            Format::Doccano => "doccano",
            Format::Folder => "folder",
            Format::Reuters21578 => "reuters21578",
            Format::Txt => "txt",
            Format::Md => "md",
            Format::Html => "html",
        }
    }

    /// The format of a file, told from its name (a final `.gz` or `.zst` aside) and, where the name says
    /// nothing certain, from its first bytes. What looks like nothing else is plain text.
    pub fn detect(path: &Path, first: &[u8]) -> Format {
        let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
        match Format::of_name(path) {
            Some(Format::Txt) if first.starts_with(b"__label__") => Format::Fasttext,
            // A list is no article to a line; tools of all kinds export one.
            Some(Format::Jsonl) if first.starts_with(b"[") && is_json(path) => Format::LabelStudio,
            Some(named) => named,
            None => Format::of_content(first),
        }
    }

    /// The format that a file's name alone promises.
    pub(crate) fn of_name(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        let (_, extension) = bare.rsplit_once('.')?;
        Some(match extension {
            "jsonl" | "ndjson" | "json" => Format::Jsonl,
            "csv" => Format::Csv,
            "tsv" | "tab" => Format::Tsv,
            "fasttext" | "ft" => Format::Fasttext,
            "sgm" | "sgml" => Format::Reuters21578,
            "txt" | "text" => Format::Txt,
            "md" | "markdown" => Format::Md,
            "html" | "htm" | "xhtml" => Format::Html,
            _ => return None,
        })
    }

    fn of_content(first: &[u8]) -> Format {
        let opening = first[..first.len().min(64)].to_ascii_lowercase();
        let opens_with = |mark: &str| opening.starts_with(mark.as_bytes());
        if opens_with("{") {
            Format::Jsonl
        } else if opens_with("__label__") {
            Format::Fasttext
        } else if opens_with("<!doctype lewis") || opens_with("<reuters") {
            Format::Reuters21578
        } else if opens_with("<!doctype html") || opens_with("<html") {
            Format::Html
        } else {
            Format::Txt
        }
    }

    /// Whether a file of this format holds one article, not a list of records.
    pub(crate) fn is_document(self) -> bool {
        matches!(self, Format::Txt | Format::Md | Format::Html)
    }
}

/// Whether a file is named `.json`, compressed or not.
fn is_json(path: &Path) -> bool {
    let name = path.to_string_lossy().to_ascii_lowercase();
    name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name).ends_with(".json")
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let lower = s.to_ascii_lowercase();
        Format::ALL.into_iter().find(|format| format.name() == lower).ok_or_else(|| {
            let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
            format!("there is no format `{s}`: write one of {}", names.join(", "))
        })
    }
}
