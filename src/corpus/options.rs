//! How a corpus is to be read.

use std::str::FromStr;
use std::sync::Arc;

use crate::Split;
use crate::corpus::{Encoding, Format, Taxonomy};

/// How a corpus is to be read. The default fails at the first thing that is wrong.
///
/// ```
/// use topicwire::corpus::{OnError, ReadOptions};
///
/// let options = ReadOptions { on_error: OnError::Skip, ..ReadOptions::default() };
/// assert!(options.format.is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The format; `None` tells it from each file's name and content.
    pub format: Option<Format>,
    /// The encoding of the files.
    pub encoding: Encoding,
    /// Whether the header of a mail or a post belongs to its text.
    pub headers: Headers,
    /// What a record that cannot be read does.
    pub on_error: OnError,
    /// What an article that nobody has labelled does.
    pub unlabelled: Unlabelled,
    /// Only the articles of this half; those that belong to no half are left out too.
    pub split: Option<Split>,
    /// Only labelled articles with at least so many topic entries. Entries are counted as the source
    /// writes them: a topic named twice counts twice, and topics that a [`Filter`](crate::corpus::Filter)
    /// drops later count too. 0 lets every article through.
    pub min_topics: usize,
    /// Only articles with at most so many topic entries, counted likewise.
    pub max_topics: Option<usize>,
    /// The topics that there are: an article that is labelled with any other cannot be read.
    pub taxonomy: Option<Arc<Taxonomy>>,
    /// How many threads parse; 0 is one per core.
    pub threads: usize,
}

impl ReadOptions {
    /// The number of threads as it comes out on this machine.
    pub(crate) fn thread_count(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            given => given,
        }
    }
}

/// Whether the RFC 822 header of a mail or a post belongs to its text. Its Subject is the title either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Headers {
    /// The text is the whole file.
    #[default]
    Keep,
    /// The text is what follows the header.
    Drop,
}

impl FromStr for Headers {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "keep" => Ok(Headers::Keep),
            "drop" => Ok(Headers::Drop),
            other => Err(format!("headers cannot be `{other}`: write `keep` or `drop`")),
        }
    }
}

/// What a record that cannot be read does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnError {
    /// It ends the reading.
    #[default]
    Fail,
    /// It is left out and counted. A file that is missing or breaks off under the reader still ends it.
    Skip,
}

impl FromStr for OnError {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "fail" => Ok(OnError::Fail),
            "skip" => Ok(OnError::Skip),
            other => Err(format!("a bad record cannot `{other}`: write `fail` or `skip`")),
        }
    }
}

/// What an article that nobody has labelled does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unlabelled {
    /// It is an error.
    #[default]
    Fail,
    /// It is left out and counted.
    Skip,
    /// It is an article like any other.
    Keep,
}

impl FromStr for Unlabelled {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "fail" => Ok(Unlabelled::Fail),
            "skip" => Ok(Unlabelled::Skip),
            "keep" => Ok(Unlabelled::Keep),
            other => Err(format!("unlabelled articles cannot `{other}`: write `fail`, `skip` or `keep`")),
        }
    }
}
