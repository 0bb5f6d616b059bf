//! A stream of bytes, cut into batches of whole lines.

use std::io::Write;

use axum::body::Bytes;
use flate2::write::MultiGzDecoder;

use crate::serve::body::Packing;

/// Whole lines.
pub(super) struct Batch {
    /// The number of the first line, counted from 1.
    pub first: u64,
    /// The lines, each with its end.
    pub lines: Vec<u8>,
}

/// Takes bytes in and gives lines out. Holds little more than one batch, whatever is packed into the bytes.
pub(super) struct Lines {
    input: Bytes,
    unpacking: Option<MultiGzDecoder<Vec<u8>>>,
    buffer: Vec<u8>,
    /// Where the last whole line of the buffer ends.
    whole: usize,
    /// Whole lines that were taken out before.
    taken: u64,
    /// The longest that a line may be.
    limit: usize,
    batch: usize,
}

/// Packed bytes are looked at this many at a time: a thousand times as many may come of them.
const SLICE: usize = 1 << 10;

type Problem = &'static str;

impl Lines {
    /// No line is longer than `limit`, and batches are of about `batch` bytes.
    pub fn new(packing: Packing, limit: usize, batch: usize) -> Lines {
        let unpacking = (packing == Packing::Gzip).then(|| MultiGzDecoder::new(Vec::new()));
        let (input, buffer) = (Bytes::new(), Vec::new());
        Lines { input, unpacking, buffer, whole: 0, taken: 0, limit, batch }
    }

    /// Whether more bytes can be taken in.
    pub fn is_hungry(&self) -> bool {
        self.input.is_empty() && self.whole < self.batch
    }

    /// Whether there are whole lines.
    pub fn is_ready(&self) -> bool {
        self.whole > 0
    }

    /// The number of the line that has not been taken out yet.
    pub fn number(&self) -> u64 {
        self.taken + 1
    }

    /// Takes `input` in. Must be hungry.
    pub fn push(&mut self, input: Bytes) -> Result<(), Problem> {
        self.input = input;
        self.digest()
    }

    /// All whole lines so far, and whether what comes after them can be read.
    pub fn take(&mut self) -> (Batch, Result<(), Problem>) {
        let rest = self.buffer.split_off(self.whole);
        let lines = std::mem::replace(&mut self.buffer, rest);
        self.whole = 0;
        let first = self.taken + 1;
        self.taken += memchr::memchr_iter(b'\n', &lines).count() as u64;
        (Batch { first, lines }, self.digest())
    }

    /// No more will come: the last line needs no end.
    pub fn finish(&mut self) -> Result<(), Problem> {
        if let Some(unpacking) = &mut self.unpacking {
            unpacking.try_finish().map_err(|_| BROKEN)?;
        }
        self.absorb();
        if self.buffer.last().is_some_and(|&byte| byte != b'\n') {
            self.buffer.push(b'\n');
        }
        self.whole = self.buffer.len();
        Ok(())
    }

    /// Works on the input until it is used up or makes a batch.
    fn digest(&mut self) -> Result<(), Problem> {
        while !self.input.is_empty() && self.whole < self.batch {
            match &mut self.unpacking {
                None => {
                    let from = self.buffer.len();
                    self.buffer.extend_from_slice(&self.input);
                    self.input.clear();
                    self.find_lines(from);
                }
                Some(unpacking) => {
                    let slice = self.input.split_to(self.input.len().min(SLICE));
                    unpacking.write_all(&slice).map_err(|_| BROKEN)?;
                    self.absorb();
                }
            }
            if self.buffer.len() - self.whole > self.limit {
                return Err("the line is longer than a body may be");
            }
        }
        Ok(())
    }

    /// Takes over what has been unpacked.
    fn absorb(&mut self) {
        if let Some(unpacking) = &mut self.unpacking {
            let from = self.buffer.len();
            self.buffer.append(unpacking.get_mut());
            self.find_lines(from);
        }
    }

    fn find_lines(&mut self, from: usize) {
        if let Some(end) = memchr::memrchr(b'\n', &self.buffer[from..]) {
            self.whole = from + end + 1;
        }
    }
}

const BROKEN: Problem = "the stream is not whole gzip";
