//! What can go wrong, in words that name the file, the line and the mend.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of everything in topicwire that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or stream could not be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file; `-` is standard input.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or stream could not be written. What stood there before is untouched.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// One record of a corpus is not what its format asks for.
    #[error("{place}: {problem}")]
    Record {
        /// Where it stands.
        place: Place,
        /// What is wrong with it and how to mend it.
        problem: String,
    },
    /// A corpus as a whole cannot serve its purpose.
    #[error("{0}")]
    Corpus(String),
    /// A setting, or a combination of settings, makes no sense.
    #[error("{0}")]
    Settings(String),
    /// A model file is damaged, foreign, or of a newer version.
    #[error("{}: {problem}", path.display())]
    Model {
        /// The file; empty for a model in memory.
        path: PathBuf,
        /// What is wrong with it and how to mend it.
        problem: String,
    },
    /// A classifier could not be fitted.
    #[error("{0}")]
    Fit(String),
}

impl Error {
    /// A failure to read `path`.
    pub fn read(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Error::Read { path: path.as_ref().to_owned(), source }
    }

    /// A failure to write `path`.
    pub fn write(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Error::Write { path: path.as_ref().to_owned(), source }
    }
}

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Error::Fit(error.to_string())
    }
}

/// Where a record stands: a file, and the line in it where lines are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The line, counted from 1; 0 where the file is one record.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file.display()),
            line => write!(f, "{}:{line}", self.file.display()),
        }
    }
}
