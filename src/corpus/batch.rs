//! A block of whole records, read but not yet parsed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::corpus::record::{Parsed, Rules, at};
use crate::corpus::table::Columns;
use crate::corpus::{Format, document, fasttext, jsonl, labelling, reuters21578, table};
use crate::error::{Error, Result};
use crate::{Article, Split, Topic};

/// A block of whole records, about 1 MB of them, read but not yet parsed: what a thread takes as work.
pub struct Batch {
    pub(super) content: Content,
    pub(super) rules: Arc<Rules>,
    pub(super) consumed: u64,
}

pub(super) enum Content {
    /// Records of a file, from the line `first_line` on.
    Records { file: Arc<Path>, kind: Kind, bytes: Vec<u8>, first_line: u64 },
    /// Files that are an article each.
    Files(Vec<FileContent>),
    /// An input that holds no records for a reason that concerns it alone.
    Failed(Error),
}

/// What the records of a block look like.
pub(super) enum Kind {
    Jsonl,
    Table(Arc<Columns>),
    Fasttext,
    Labelling,
    Reuters21578,
}

/// A file that is one article.
pub(super) struct FileContent {
    pub(super) path: PathBuf,
    pub(super) id: String,
    pub(super) topic: Option<Topic>,
    pub(super) split: Option<Split>,
    pub(super) format: Format,
    pub(super) bytes: Vec<u8>,
}

impl Batch {
    /// How many bytes of the inputs were read when the batch was whole, as they lie on the disk: those of a compressed file
    /// are compressed. The last batch has all of them.
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The articles of the batch in the order of the input, and in its place an error for each record that
    /// is not an article. What the [`ReadOptions`](crate::corpus::ReadOptions) leave out is left out.
    ///
    /// # Errors
    /// Each names the file, the line and the mend; [`Error::Record`]'s place serves as the record's id.
    pub fn parse(self) -> Vec<Result<Article>> {
        self.parsed().articles
    }

    pub(super) fn new(content: Content, rules: &Arc<Rules>) -> Batch {
        Batch { content, rules: Arc::clone(rules), consumed: 0 }
    }

    pub(super) fn parsed(self) -> Parsed {
        let mut out = Parsed::default();
        let rules = &self.rules;
        match self.content {
            Content::Records { file, kind, bytes, first_line } => match kind {
                Kind::Jsonl => jsonl::parse(&bytes, &file, first_line, rules, &mut out),
                Kind::Table(columns) => table::parse(&bytes, &columns, &file, first_line, rules, &mut out),
                Kind::Fasttext => fasttext::parse(&bytes, &file, first_line, rules, &mut out),
                Kind::Labelling => labelling::parse(&bytes, &file, first_line, rules, &mut out),
                Kind::Reuters21578 => reuters21578::parse(&bytes, &file, first_line, rules, &mut out),
            },
            Content::Files(files) => {
                for file in files {
                    let path = file.path.clone();
                    out.take(document::parse(file, rules), &path, 0, rules);
                }
            }
            Content::Failed(error) => out.articles.push(Err(error)),
        }
        out
    }

    pub(super) fn failed(file: &Path, problem: impl Into<String>, rules: &Arc<Rules>) -> Batch {
        Batch::new(Content::Failed(at(file, 0, problem.into())), rules)
    }
}
