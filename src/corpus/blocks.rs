//! Cuts a stream into blocks that end where a record ends.

use std::io::{self, Read};

use memchr::{memchr_iter, memmem, memrchr};

/// How many bytes make a block. A record longer than that makes its own.
pub(super) const BLOCK: usize = 1 << 20;

/// The longest record: beyond it a quote or a line end is missing, and memory would run out.
const LONGEST: usize = 1 << 30;

/// Where records end.
pub(super) enum Boundary {
    /// At each line end.
    Line,
    /// At each line end outside quotes, as RFC 4180 asks.
    Quoted(Quotes),
    /// After each closing tag.
    Tag(&'static str),
}

impl Boundary {
    /// The end of the last whole record in `block`, of which the first `seen` bytes were given before.
    fn last_end(&mut self, block: &[u8], seen: usize) -> Option<usize> {
        match self {
            Boundary::Line => memrchr(b'\n', &block[seen..]).map(|at| seen + at + 1),
            Boundary::Quoted(quotes) => quotes.last_end(&block[seen..]).map(|end| seen + end),
            Boundary::Tag(tag) => {
                let from = seen.saturating_sub(tag.len());
                memmem::rfind(&block[from..], tag.as_bytes()).map(|at| from + at + tag.len())
            }
        }
    }
}

/// Follows the quotes of a table through its bytes.
pub(super) struct Quotes {
    delimiter: u8,
    state: Quoting,
}

#[derive(Clone, Copy, PartialEq)]
enum Quoting {
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted field: the field's end, or half of a doubled quote.
    QuoteSeen,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Quotes { delimiter, state: Quoting::FieldStart }
    }

    fn last_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut last = None;
        for (at, &byte) in bytes.iter().enumerate() {
            self.state = match (self.state, byte) {
                (Quoting::Quoted, b'"') => Quoting::QuoteSeen,
                (Quoting::Quoted, _) => Quoting::Quoted,
                (Quoting::QuoteSeen, b'"') => Quoting::Quoted,
                (Quoting::FieldStart, b'"') => Quoting::Quoted,
                (_, b'\n') => {
                    last = Some(at + 1);
                    Quoting::FieldStart
                }
                (_, byte) if byte == self.delimiter || byte == b'\r' => Quoting::FieldStart,
                _ => Quoting::Unquoted,
            };
        }
        last
    }
}

/// A block: its bytes, and the number of its first line.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) first_line: u64,
    /// Whether the stream ended inside quotes, so that the last record is not whole.
    pub(super) open_quote: bool,
}

/// The blocks of a stream.
pub(super) struct Blocks {
    reader: Box<dyn Read + Send>,
    boundary: Boundary,
    /// What was read beyond the last block's end.
    carry: Vec<u8>,
    line: u64,
    ended: bool,
}

impl Blocks {
    pub(super) fn new(reader: Box<dyn Read + Send>, boundary: Boundary) -> Self {
        Blocks { reader, boundary, carry: Vec::new(), line: 1, ended: false }
    }

    /// The next block; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.carry);
        let mut seen = bytes.len();
        let mut wanted = BLOCK;
        while !self.ended {
            let read = self.reader.by_ref().take(wanted as u64).read_to_end(&mut bytes)?;
            self.ended = read < wanted;
            if let Some(end) = self.boundary.last_end(&bytes, seen)
                && !self.ended
            {
                self.carry = bytes.split_off(end);
                return Ok(Some(self.block(bytes)));
            }
            if bytes.len() > LONGEST {
                let problem = format!(
                    "the record that begins at line {} is longer than 1 GB: is a quote or a line end missing?",
                    self.line
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            seen = bytes.len();
            wanted = bytes.len().max(BLOCK);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.block(bytes)))
    }

    fn block(&mut self, bytes: Vec<u8>) -> Block {
        let first_line = self.line;
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        let open_quote = self.ended
            && matches!(&self.boundary, Boundary::Quoted(quotes) if quotes.state == Quoting::Quoted);
        Block { bytes, first_line, open_quote }
    }
}
