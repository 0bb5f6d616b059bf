//! A folder to a topic, a file to an article.
//!
//! A file's topic is the folder of the first level in which it lies, however deep; its id is its path from
//! the corpus's folder on, with `/` between the parts. A file that lies in no topic's folder is unlabelled.
//! Where the corpus's folder holds two folders and nothing else, whose names differ only in that one ends
//! in `train` and the other in `test`, these are the halves of a split and the topics lie below them.
//! Hidden files (`.DS_Store`) are passed over. Within a folder, files come sorted by name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::corpus::Format;
use crate::corpus::tree::{Listing, Tree};
use crate::error::{Error, Result};
use crate::{Split, Topic};

/// Folders nested deeper than this are a link that points back.
const DEEPEST: usize = 64;

/// A file that is to become an article.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) id: String,
    pub(super) topic: Option<Topic>,
    pub(super) split: Option<Split>,
    pub(super) format: Format,
}

/// Walks a folder of topics and yields its files; lists one folder at a time.
pub(super) struct Walk {
    pub(super) tree: Arc<dyn Tree>,
    root: PathBuf,
    /// Whether the first level below the root is that of the halves.
    halves: bool,
    /// What is still to visit, the next one last, with its depth below the root.
    pending: Vec<(PathBuf, usize, bool)>,
}

impl Walk {
    /// A walk through the folder `root`, whose listing is `listing`.
    pub(super) fn new(tree: Arc<dyn Tree>, root: &Path, listing: Listing) -> Walk {
        let halves = is_split(&listing);
        let mut walk = Walk { tree, root: root.to_owned(), halves, pending: Vec::new() };
        walk.push(listing, 1);
        walk
    }

    fn push(&mut self, listing: Listing, depth: usize) {
        let files = listing.files.into_iter().map(|path| (path, depth, false));
        let folders = listing.folders.into_iter().map(|path| (path, depth, true));
        let mut entries: Vec<_> = files.chain(folders).collect();
        entries.sort();
        self.pending.extend(entries.into_iter().rev());
    }

    /// Where a file stands among the topics.
    fn place(&self, path: PathBuf) -> Found {
        let below = path.strip_prefix(&self.root).unwrap_or(&path);
        let parts: Vec<String> =
            below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let split = parts.first().filter(|_| self.halves).and_then(|name| half(name)).map(|(_, split)| split);
        let level = usize::from(self.halves);
        let topic = (parts.len() > level + 1).then(|| Topic::from(parts[level].as_str()));
        let format = Format::of_name(&path).filter(|format| format.is_document()).unwrap_or(Format::Txt);
        Found { id: parts.join("/"), topic, split, format, path }
    }
}

impl Iterator for Walk {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((path, depth, is_folder)) = self.pending.pop() {
            if !is_folder {
                return Some(Ok(self.place(path)));
            }
            if depth > DEEPEST {
                let problem = std::io::Error::other("folders are nested too deep: does a link point back?");
                return Some(Err(Error::read(path, problem)));
            }
            match self.tree.list(&path) {
                Ok(listing) => self.push(listing, depth + 1),
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

/// Whether the folders of a listing are the halves of a split.
fn is_split(listing: &Listing) -> bool {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let names: Vec<String> = listing.folders.iter().filter_map(name).collect();
    // Sorted, the test half comes first.
    match names.as_slice() {
        [test, train] if listing.files.is_empty() => match (half(test), half(train)) {
            (Some((one, Split::Test)), Some((other, Split::Train))) => one == other,
            _ => false,
        },
        _ => false,
    }
}

/// What stands before `train` or `test` at the end of a name, and which of the two it is.
fn half(name: &str) -> Option<(&str, Split)> {
    let train = name.strip_suffix("train").map(|stem| (stem, Split::Train));
    train.or_else(|| name.strip_suffix("test").map(|stem| (stem, Split::Test)))
}
