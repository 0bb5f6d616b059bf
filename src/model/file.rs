//! Model files: opened without reading them through, checked, and written so that nothing is lost.
//!
//! A model file is hostile until checked. Opening it checks that it is of a version known here, that every array
//! is there, of its type, within the file, and of a length that fits the others; what is inside the arrays is checked
//! where it is used, and [`Storage::verify`] compares the checksum.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use serde::Serialize;

use super::Card;
use super::older::{OF_OLDER, Older};
use super::weights::StoredWeights;
use crate::features::Bucket;
use crate::{Error, Result};

/// The newest version of the format. Every version up to it can be read: version 2 may leave out weights that are 0,
/// version 3 corrects log odds in view of other topics, version 4 may have pairs of words of openings, version 5 has
/// what is looked up together in one place (`older.rs`), version 6 may have character n-grams, and version 7 symbols as terms.
pub const FORMAT_VERSION: u32 = 7;

/// Where the card lies in the file's metadata.
pub(super) const CARD_KEY: &str = "topicwire";

/// The longest header that is looked at: thousands of topics with their thresholds and reports take a few megabytes.
const MAX_HEADER: u64 = 64 << 20;

/// The bytes of a model.
#[derive(Debug, Clone)]
enum Bytes {
    Mapped(Arc<memmap2::Mmap>),
    /// In memory, as 64-bit words, so that the arrays are aligned.
    Owned(Arc<[u64]>, usize),
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(words, length) => &bytemuck::cast_slice(words)[..*length],
        }
    }
}

/// How many bytes a part of the model takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Size {
    /// The name of the array; `header` for all that is not one.
    pub part: String,
    /// Its bytes in the file.
    pub bytes: u64,
}

/// A model's arrays as they lie in the file.
#[derive(Debug, Clone)]
pub(super) struct Storage {
    bytes: Bytes,
    ranges: Vec<(&'static str, Range<usize>)>,
    /// The arrays of an older model, in the layout of today.
    older: Option<Arc<Older>>,
}

/// The arrays, ready to use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrays<'a> {
    /// The table of spellings.
    pub surfaces: &'a [Bucket],
    /// The columns of each term: see [`TermColumns`].
    pub terms: &'a [u32],
    /// For each column its weight, and what a weight of 1 of the classifier is worth there.
    pub columns: &'a [[f32; 2]],
    pub term_ends: &'a [u32],
    pub term_text: &'a [u8],
    pub weights: StoredWeights<'a>,
    pub bias: &'a [f32],
}

/// The arrays of every model.
const ARRAYS: [(&str, Dtype); 4] =
    [("term.ends", Dtype::U32), ("term.text", Dtype::U8), ("weights", Dtype::I8), ("bias", Dtype::F32)];

/// The arrays that older models have in another layout: see [`Older`].
pub(super) const OF_TODAY: [(&str, Dtype); 3] =
    [("surfaces", Dtype::U32), ("terms", Dtype::U32), ("columns", Dtype::F32)];

/// The arrays that say where weights stand, in a file that leaves out those that are 0: there are both, or none.
pub(super) const PLACES: [(&str, Dtype); 2] = [("weight.starts", Dtype::U32), ("weight.topics", Dtype::U16)];

/// A failure before the name of the file is put to it.
pub(super) type Problem = String;

impl Storage {
    /// Maps the file at `path`.
    pub fn map(path: &Path) -> Result<(Storage, Card)> {
        let file = open(path)?;
        // SAFETY: the mapping is read only. Should somebody change the file meanwhile, arrays change under the reader's
        // hands: every number read from them is checked where it is used, and none is trusted to stay. A file that is cut
        // short ends the process; who cannot have that loads a copy. topicwire itself replaces files whole.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(|error| Error::read(path, error))?;
        Storage::new(Bytes::Mapped(Arc::new(map))).map_err(|problem| in_file(path, problem))
    }

    /// Reads the file at `path` into memory.
    pub fn copy(path: &Path) -> Result<(Storage, Card)> {
        open(path)?;
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        Storage::new(owned(&bytes)).map_err(|problem| in_file(path, problem))
    }

    /// A model in memory.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Storage, Card)> {
        Storage::new(owned(bytes)).map_err(|problem| in_file(Path::new(""), problem))
    }

    fn new(bytes: Bytes) -> Result<(Storage, Card), Problem> {
        let card = read_card(&bytes)?;
        let file = SafeTensors::deserialize(&bytes).map_err(|_| DAMAGED.to_owned())?;
        let has = |array: (&str, Dtype)| file.tensor(array.0).is_ok();
        let places = PLACES.iter().filter(|_| PLACES.into_iter().any(has));
        let is_older = OF_OLDER.into_iter().any(has);
        let in_layout = if is_older { &OF_OLDER[..] } else { &OF_TODAY };
        let mut ranges = Vec::new();
        for &(name, dtype) in ARRAYS.iter().chain(in_layout).chain(places) {
            let view = file.tensor(name).map_err(|_| format!("it has no array `{name}`: {DAMAGED}"))?;
            if view.dtype() != dtype {
                return Err(format!("its array `{name}` is of another type: {DAMAGED}"));
            }
            let start = view.data().as_ptr() as usize - bytes.as_ptr() as usize;
            ranges.push((name, start..start + view.data().len()));
        }
        let mut storage = Storage { bytes, ranges, older: None };
        if is_older {
            storage.older = Some(Arc::new(Older::new(OF_OLDER.map(|(name, _)| storage.range(name)))?));
        }
        storage.check(&card)?;
        Ok((storage, card))
    }

    /// Checks that the arrays are aligned and that their lengths fit each other.
    fn check(&self, card: &Card) -> Result<(), Problem> {
        let arrays = self.try_arrays()?;
        let (columns, topics) = (arrays.columns.len(), card.topics.len());
        let fits = !arrays.surfaces.is_empty()
            && arrays.term_ends.len() == arrays.terms.len()
            && arrays.weights.fit(columns, topics)
            && arrays.bias.len() == topics
            && topics > 0
            && card.fits();
        if fits { Ok(()) } else { Err(not_fitting()) }
    }

    fn range(&self, name: &str) -> &[u8] {
        self.ranges.iter().find(|range| range.0 == name).map_or(&[], |range| &self.bytes[range.1.clone()])
    }

    fn try_arrays(&self) -> Result<Arrays<'_>, Problem> {
        let (bias, weights) = (array(self.range("bias"))?, array(self.range("weights"))?);
        let (surfaces, terms, columns) = match &self.older {
            Some(older) => (older.surfaces.buckets(), &older.terms[..], &older.columns[..]),
            None => {
                let [surfaces, terms, columns] = OF_TODAY.map(|(name, _)| self.range(name));
                (array(surfaces)?, array(terms)?, array(columns)?)
            }
        };
        Ok(Arrays {
            surfaces,
            terms,
            columns,
            term_ends: array(self.range("term.ends"))?,
            term_text: self.range("term.text"),
            weights: if self.range("weight.starts").is_empty() {
                StoredWeights::Dense { topics: bias.len(), weights }
            } else {
                let (starts, topics) =
                    (array(self.range("weight.starts"))?, array(self.range("weight.topics"))?);
                StoredWeights::Sparse { starts, topics, weights }
            },
            bias,
        })
    }

    /// The arrays.
    pub fn arrays(&self) -> Arrays<'_> {
        // Alignment and lengths were checked when the file was opened, and neither can change.
        self.try_arrays().unwrap_or(Arrays {
            surfaces: &[],
            terms: &[],
            columns: &[],
            term_ends: &[],
            term_text: &[],
            weights: StoredWeights::Dense { topics: 0, weights: &[] },
            bias: &[],
        })
    }

    /// Compares the arrays with the checksum on the card.
    pub fn verify(&self, card: &Card) -> Result<(), Problem> {
        let found = tensor_checksum(self.ranges.iter().map(|(name, _)| (*name, self.range(name))));
        if found == card.checksum {
            return Ok(());
        }
        Err(format!("its checksum is {found:08x}, not {:08x}: {DAMAGED}", card.checksum))
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes each part takes, largest first.
    pub fn sizes(&self) -> Vec<Size> {
        let mut sizes: Vec<Size> = self
            .ranges
            .iter()
            .map(|(name, range)| Size { part: (*name).to_owned(), bytes: range.len() as u64 })
            .collect();
        let arrays: u64 = sizes.iter().map(|size| size.bytes).sum();
        sizes.push(Size { part: "header".to_owned(), bytes: self.bytes.len() as u64 - arrays });
        sizes.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.part.cmp(&b.part)));
        sizes
    }
}

const DAMAGED: &str = "the file is damaged, or not made by topicwire; train the model again or fetch it anew";

pub(super) fn not_fitting() -> Problem {
    format!("its arrays do not fit each other: {DAMAGED}")
}

/// An array as it lies in the file.
pub(super) fn array<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> Result<&[T], Problem> {
    bytemuck::try_cast_slice(bytes).map_err(|_| format!("its arrays are not aligned: {DAMAGED}"))
}

fn in_file(path: &Path, problem: Problem) -> Error {
    Error::Model { path: path.to_owned(), problem }
}

fn owned(bytes: &[u8]) -> Bytes {
    let mut words = vec![0_u64; bytes.len().div_ceil(8)];
    bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    Bytes::Owned(words.into(), bytes.len())
}

fn open(path: &Path) -> Result<File> {
    let file = File::open(path).map_err(|error| Error::read(path, error))?;
    let about = file.metadata().map_err(|error| Error::read(path, error))?;
    if about.is_dir() {
        return Err(in_file(path, "this is a folder, not a model file".into()));
    }
    if about.len() < 8 {
        return Err(in_file(path, format!("it is too short to be a model: {DAMAGED}")));
    }
    Ok(file)
}

/// The card of a model file, read before anything else so that a newer version is told from damage.
fn read_card(bytes: &[u8]) -> Result<Card, Problem> {
    let length = bytes.first_chunk().map_or(u64::MAX, |&length| u64::from_le_bytes(length));
    if length > MAX_HEADER || length > bytes.len() as u64 {
        return Err(format!("it is no model file, or cut short: {DAMAGED}"));
    }
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| format!("{error}: {DAMAGED}"))?;
    let json = metadata.metadata().as_ref().and_then(|metadata| metadata.get(CARD_KEY));
    let json = json.ok_or_else(|| "it is a safetensors file, but not one that topicwire made".to_owned())?;

    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let version: Version = serde_json::from_str(json).map_err(|error| format!("{error}: {DAMAGED}"))?;
    if version.version > FORMAT_VERSION {
        return Err(format!(
            "it is of format version {}, and this topicwire knows versions up to {FORMAT_VERSION}: get a newer one",
            version.version
        ));
    }
    serde_json::from_str(json).map_err(|error| format!("its card cannot be read ({error}): {DAMAGED}"))
}

/// The checksum of arrays, in whatever order they come.
pub(super) fn tensor_checksum<'a>(arrays: impl Iterator<Item = (&'a str, &'a [u8])>) -> u32 {
    let mut arrays: Vec<_> = arrays.collect();
    arrays.sort_by_key(|array| array.0);
    let mut checksum = crc32fast::Hasher::new();
    for (name, bytes) in arrays {
        checksum.update(name.as_bytes());
        checksum.update(bytes);
    }
    checksum.finalize()
}
