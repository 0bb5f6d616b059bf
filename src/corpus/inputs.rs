//! What a path stands for: a file, standard input, or a folder of one kind or another.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::corpus::Format;
use crate::corpus::archive::Archive;
use crate::corpus::folder::Walk;
use crate::corpus::source::{Consumed, STDIN};
use crate::corpus::tree::{Disk, Listing, Tree};
use crate::error::{Error, Result};

/// Something to read from beginning to end.
pub(super) enum Input {
    /// A file, or standard input; what it holds may only show once it is open.
    File { tree: Arc<dyn Tree>, path: PathBuf, format: Option<Format> },
    /// A folder of topics.
    Topics(Walk),
}

impl Input {
    /// How many bytes a file of the disk has, compressed as it is; `None` where only reading shows that.
    pub(super) fn bytes(&self) -> Option<u64> {
        let Input::File { path, .. } = self else { return None };
        // An archive is looked through, or unpacked, before its first article is read.
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        if path == Path::new(STDIN) || name.contains(".tar") || name.ends_with(".tgz") {
            return None;
        }
        fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
    }
}

/// What `path` stands for, where `format` is what the user says of it; what will be read of it counts as `consumed`.
///
/// A folder with `.sgm` files is Reuters-21578; one whose files are all corpora of their own (`.jsonl`,
/// `.csv`, ...) is these corpora, in the order of their names; one with folders in it is a folder to a
/// topic; one with files only is an article to a file.
///
/// # Errors
/// There is nothing under this name, or what is there does not suit the format.
pub(super) fn resolve(path: &Path, format: Option<Format>, consumed: &Consumed) -> Result<Vec<Input>> {
    let tree: Arc<dyn Tree> = Arc::new(Disk { consumed: Arc::clone(consumed) });
    if path == Path::new(STDIN) {
        return match format {
            Some(Format::Folder) => Err(misfit(path, "standard input is no folder")),
            given => {
                Ok(vec![Input::File { tree, path: path.to_owned(), format: given.or(Some(Format::Jsonl)) }])
            }
        };
    }
    let metadata = fs::metadata(path).map_err(|error| Error::read(path, error))?;
    if !metadata.is_dir() {
        return Ok(vec![Input::File { tree, path: path.to_owned(), format }]);
    }
    folder(&tree, path, format)
}

/// What the contents of an archive stand for, likewise.
///
/// # Errors
/// They do not suit the format.
pub(super) fn resolve_archive(archive: Archive, format: Option<Format>) -> Result<Vec<Input>> {
    let root = archive.root().to_owned();
    let tree: Arc<dyn Tree> = Arc::new(archive);
    folder(&tree, &root, format)
}

fn folder(tree: &Arc<dyn Tree>, path: &Path, format: Option<Format>) -> Result<Vec<Input>> {
    let listing = tree.list(path)?;
    match format {
        None => guess(tree, path, listing),
        Some(Format::Folder) if listing.folders.is_empty() => Err(misfit(
            &tree.shown(path),
            "holds no folders: the format `folder` is a folder to a topic and a file to an article",
        )),
        Some(Format::Folder) => Ok(vec![Input::Topics(Walk::new(Arc::clone(tree), path, listing))]),
        Some(format) => named(tree, path, listing, format),
    }
}

fn misfit(path: &Path, problem: &str) -> Error {
    Error::Corpus(format!("{}: {problem}", path.display()))
}

fn guess(tree: &Arc<dyn Tree>, path: &Path, listing: Listing) -> Result<Vec<Input>> {
    let formats: Vec<Option<Format>> = listing.files.iter().map(|file| Format::of_name(file)).collect();
    if formats.contains(&Some(Format::Reuters21578)) {
        return named(tree, path, listing, Format::Reuters21578);
    }
    if !listing.folders.is_empty() {
        return Ok(vec![Input::Topics(Walk::new(Arc::clone(tree), path, listing))]);
    }
    if listing.files.is_empty() {
        return Err(misfit(&tree.shown(path), "the folder is empty"));
    }
    let is_corpus = |format: &Option<Format>| format.is_some_and(|format| !format.is_document());
    if formats.iter().any(is_corpus)
        && let Some(other) = formats.iter().position(|format| !is_corpus(format))
    {
        let problem = format!(
            "holds {} beside files of articles: name the files to read, or say `--format`",
            listing.files[other].file_name().unwrap_or_default().display()
        );
        return Err(misfit(&tree.shown(path), &problem));
    }
    let files = listing.files.into_iter();
    Ok(files
        .map(|path| {
            let format = Format::of_name(&path).or(Some(Format::Txt));
            Input::File { tree: Arc::clone(tree), path, format }
        })
        .collect())
}

/// The files of a folder that are named as files of `format` are, looked for one level deeper where the
/// folder itself has none.
fn named(tree: &Arc<dyn Tree>, path: &Path, listing: Listing, format: Format) -> Result<Vec<Input>> {
    let suits = |file: &PathBuf| Format::of_name(file) == Some(format);
    let mut files: Vec<PathBuf> = listing.files.into_iter().filter(suits).collect();
    if files.is_empty() {
        for folder in &listing.folders {
            files.extend(tree.list(folder)?.files.into_iter().filter(suits));
        }
    }
    if files.is_empty() {
        return Err(misfit(
            &tree.shown(path),
            &format!("the folder holds no file that is named as {format} files are"),
        ));
    }
    Ok(files
        .into_iter()
        .map(|path| Input::File { tree: Arc::clone(tree), path, format: Some(format) })
        .collect())
}
