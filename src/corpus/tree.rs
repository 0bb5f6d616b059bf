//! Folders and their files, wherever they lie: on the disk, or packed in an archive.

use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::source::{Consumed, Source};
use crate::error::{Error, Result};

/// What a folder holds, sorted by name, hidden entries (`.DS_Store`) left out.
#[derive(Debug, Default, Clone)]
pub(super) struct Listing {
    pub(super) files: Vec<PathBuf>,
    pub(super) folders: Vec<PathBuf>,
}

/// Something with folders and files in it.
pub(super) trait Tree: Send + Sync {
    /// Lists a folder.
    fn list(&self, folder: &Path) -> Result<Listing>;

    /// Opens a file.
    fn open(&self, file: &Path) -> Result<Source>;

    /// A file's path as messages show it.
    fn shown(&self, file: &Path) -> PathBuf;
}

/// The file system.
pub(super) struct Disk {
    /// Counts what is read of its files.
    pub(super) consumed: Consumed,
}

impl Tree for Disk {
    fn list(&self, folder: &Path) -> Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(folder).map_err(|error| Error::read(folder, error))? {
            let path = entry.map_err(|error| Error::read(folder, error))?.path();
            if is_hidden(&path) {
                continue;
            }
            let metadata = fs::metadata(&path).map_err(|error| Error::read(&path, error))?;
            if metadata.is_dir() { listing.folders.push(path) } else { listing.files.push(path) }
        }
        listing.files.sort();
        listing.folders.sort();
        Ok(listing)
    }

    fn open(&self, file: &Path) -> Result<Source> {
        Source::open(file, &self.consumed)
    }

    fn shown(&self, file: &Path) -> PathBuf {
        file.to_owned()
    }
}

/// Whether the last part of a path begins with a dot.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
