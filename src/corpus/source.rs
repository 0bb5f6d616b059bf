//! Opens what a path names, and takes off the compression.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::corpus::blocks::BLOCK;
use crate::error::{Error, Result};

/// The path that means standard input.
pub(super) const STDIN: &str = "-";

/// An open stream of bytes, decompressed where its first bytes ask for it, with its beginning in view.
pub(super) struct Source {
    /// The first block, or the whole where that is shorter.
    pub(super) head: Vec<u8>,
    rest: Box<dyn Read + Send>,
    /// Whether the stream is a file of the disk, byte for byte.
    pub(super) is_plain_file: bool,
}

/// How many bytes were read so far from files and standard input, compressed as they are.
pub(super) type Consumed = Arc<AtomicU64>;

/// Counts what is read.
struct Counted<R> {
    reader: R,
    consumed: Consumed,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.consumed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Source {
    /// Opens a file, or standard input for `-`, and adds what is read of it to `consumed`.
    ///
    /// # Errors
    /// The file is missing, is a folder, cannot be read or is damaged in its compression.
    pub(super) fn open(path: &Path, consumed: &Consumed) -> Result<Source> {
        let open = || -> io::Result<Source> {
            if path == Path::new(STDIN) {
                return Source::look(counted(io::stdin(), consumed), false);
            }
            let file = File::open(path)?;
            let is_file = file.metadata()?.is_file();
            Source::look(counted(file, consumed), is_file)
        };
        open().map_err(|error| Error::read(path, error))
    }

    /// A stream that is no file of the disk.
    pub(super) fn of(raw: Box<dyn Read + Send>) -> io::Result<Source> {
        Source::look(raw, false)
    }

    /// Looks at the beginning of a stream.
    fn look(mut raw: Box<dyn Read + Send>, is_file: bool) -> io::Result<Source> {
        let mut magic = Vec::new();
        raw.by_ref().take(4).read_to_end(&mut magic)?;
        let gzip = magic.starts_with(&[0x1f, 0x8b]);
        let zstandard = magic == [0x28, 0xb5, 0x2f, 0xfd];
        let whole = Cursor::new(magic).chain(raw);
        let mut rest: Box<dyn Read + Send> = if gzip {
            Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, whole)))
        } else if zstandard {
            Box::new(zstd::Decoder::new(whole)?)
        } else {
            Box::new(whole)
        };
        let mut head = Vec::new();
        rest.by_ref().take(BLOCK as u64).read_to_end(&mut head)?;
        Ok(Source { head, rest, is_plain_file: is_file && !gzip && !zstandard })
    }

    /// All of the stream, from its beginning.
    pub(super) fn into_reader(self) -> Box<dyn Read + Send> {
        Box::new(Cursor::new(self.head).chain(self.rest))
    }

    /// All bytes of a stream that is one article.
    pub(super) fn into_bytes(mut self) -> io::Result<Vec<u8>> {
        self.rest.read_to_end(&mut self.head)?;
        Ok(self.head)
    }
}

fn counted(reader: impl Read + Send + 'static, consumed: &Consumed) -> Box<dyn Read + Send> {
    Box::new(Counted { reader, consumed: Arc::clone(consumed) })
}
