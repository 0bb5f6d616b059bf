//! Tar archives: a folder of topics or a collection's files, packed as they are published.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::corpus::source::Source;
use crate::corpus::tree::{Listing, Tree, is_hidden};
use crate::error::{Error, Result};

/// An archive whose files are read where they lie. A compressed one is first unpacked, as one piece, into
/// a temporary file that has no name and goes with the last reader.
pub(super) struct Archive {
    path: PathBuf,
    file: Arc<File>,
    /// Where the contents begin: folders that wrap everything are stepped into.
    root: PathBuf,
    folders: BTreeMap<PathBuf, Listing>,
    /// The first byte of each file and the one after its last.
    files: HashMap<PathBuf, (u64, u64)>,
}

/// Whether a stream that begins with `head` is a tar archive.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

impl Archive {
    /// Takes in the table of contents. Links and devices have no business in a corpus and are passed over.
    ///
    /// # Errors
    /// The archive is damaged, or there is no room to unpack it.
    pub(super) fn open(path: &Path, source: Source) -> Result<Archive> {
        Archive::index(path, source).map_err(|error| Error::read(path, error))
    }

    fn index(path: &Path, source: Source) -> io::Result<Archive> {
        let file = match source.is_plain_file {
            true => File::open(path)?,
            false => {
                let mut unpacked = tempfile::tempfile()?;
                io::copy(&mut source.into_reader(), &mut unpacked)?;
                unpacked.rewind()?;
                unpacked
            }
        };
        let file = Arc::new(file);
        let (root, folders) = (PathBuf::new(), BTreeMap::new());
        let mut archive =
            Archive { path: path.to_owned(), file: Arc::clone(&file), root, folders, files: HashMap::new() };
        for entry in tar::Archive::new(&*file).entries_with_seek()? {
            let entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name: PathBuf =
                entry.path()?.components().filter(|part| matches!(part, Component::Normal(_))).collect();
            let start = entry.raw_file_position();
            archive.add(name, start, start + entry.size());
        }
        for listing in archive.folders.values_mut() {
            listing.files.sort();
            listing.files.dedup();
            listing.folders.sort();
            listing.folders.dedup();
        }
        while let Some(Listing { files, folders }) = archive.folders.get(&archive.root)
            && let ([], [only]) = (files.as_slice(), folders.as_slice())
        {
            archive.root = only.clone();
        }
        Ok(archive)
    }

    fn add(&mut self, name: PathBuf, start: u64, end: u64) {
        if name.ancestors().any(is_hidden) {
            return;
        }
        let mut below = name.as_path();
        while let Some(folder) = below.parent() {
            let listing = self.folders.entry(folder.to_owned()).or_default();
            if below == name {
                listing.files.push(name.clone());
            } else if listing.folders.last().is_some_and(|last| last == below) {
                // Files of a folder follow one another: all above it is in place already.
                break;
            } else {
                listing.folders.push(below.to_owned());
            }
            below = folder;
        }
        self.files.insert(name, (start, end));
    }

    /// The folder in which the contents begin.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

impl Tree for Archive {
    fn list(&self, folder: &Path) -> Result<Listing> {
        Ok(self.folders.get(folder).cloned().unwrap_or_default())
    }

    fn open(&self, file: &Path) -> Result<Source> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let &(at, end) = self.files.get(file).ok_or_else(|| Error::read(self.shown(file), missing()))?;
        let segment = Segment { file: Arc::clone(&self.file), at, end };
        Source::of(Box::new(segment)).map_err(|error| Error::read(self.shown(file), error))
    }

    fn shown(&self, file: &Path) -> PathBuf {
        self.path.join(file)
    }
}

/// A part of a file. Segments share the file's cursor, so each read seeks first; all are read by the one
/// thread that cuts batches.
struct Segment {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Segment {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = out.len().min(usize::try_from(self.end - self.at).unwrap_or(usize::MAX));
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(&mut out[..length])?;
        self.at += read as u64;
        if read == 0 && length > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut off"));
        }
        Ok(read)
    }
}
