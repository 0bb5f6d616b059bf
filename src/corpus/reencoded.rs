//! What reading has to say about encodings: guesses that were made, and bytes that no character stands for.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::corpus::Encoding;

/// A file that is not UTF-8, and how it was read.
///
/// ```
/// use topicwire::corpus::{Corpus, ReadOptions};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("news.jsonl");
/// std::fs::write(&path, b"{\"text\": \"A caf\xe9 reopens.\", \"topics\": []}\n")?;
/// let reading = Corpus::read_all(&[path], &ReadOptions::default())?;
/// assert_eq!(reading.corpus.articles[0].text, "A café reopens.");
/// assert_eq!(reading.reencoded[0].encoding.to_string(), "windows-1252");
/// assert!(reading.reencoded[0].guessed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reencoded {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The encoding that it was read as.
    pub encoding: Encoding,
    /// Whether nothing but its bytes spoke for that encoding.
    pub guessed: bool,
    /// Whether some of its bytes are no character of that encoding and became U+FFFD.
    pub replaced: bool,
}

impl fmt::Display for Reencoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.encoding.to_string().to_lowercase();
        write!(f, "{}: ", self.file.display())?;
        if self.guessed {
            write!(f, "not UTF-8; read as {name}, which is a guess")?;
        }
        if self.replaced {
            let after = if self.guessed { ", and " } else { "" };
            write!(f, "{after}some bytes are no {name} and were read as U+FFFD")?;
        }
        f.write_str(": if that is wrong, name the encoding (`--encoding`)")
    }
}

/// The files of a reading that are not UTF-8, as far as it has come. Clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Reencodings(Arc<Mutex<BTreeMap<PathBuf, Reencoded>>>);

impl Reencodings {
    /// The files found so far, by name.
    pub fn list(&self) -> Vec<Reencoded> {
        self.lock().values().cloned().collect()
    }

    pub(super) fn guessed(&self, file: &Path, encoding: Encoding) {
        self.entry(file, encoding, |found| found.guessed = true);
    }

    pub(super) fn replaced(&self, file: &Path, encoding: Encoding) {
        self.entry(file, encoding, |found| found.replaced = true);
    }

    fn entry(&self, file: &Path, encoding: Encoding, change: impl FnOnce(&mut Reencoded)) {
        let mut files = self.lock();
        let new = || Reencoded { file: file.to_owned(), encoding, guessed: false, replaced: false };
        change(files.entry(file.to_owned()).or_insert_with(new));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Reencoded>> {
        // Whoever panicked while it was held left at worst an entry out.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
