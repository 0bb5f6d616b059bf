//! Opens what a path names, and takes off the compression.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

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

impl Source {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// The file is missing, is a folder, cannot be read or is damaged in its compression.
    pub(super) fn open(path: &Path) -> Result<Source> {
        let open = || -> io::Result<Source> {
            if path == Path::new(STDIN) {
                return Source::look(Box::new(io::stdin()), false);
            }
            let file = File::open(path)?;
            let is_file = file.metadata()?.is_file();
            Source::look(Box::new(file), is_file)
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
