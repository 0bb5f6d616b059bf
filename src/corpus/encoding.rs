//! Bytes to text.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder};

/// The encoding of a file.
///
/// ```
/// use topicwire::corpus::Encoding;
///
/// assert_eq!("latin-1".parse(), Ok(Encoding::Latin1));
/// assert!("no-such-thing".parse::<Encoding>().is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// What the file shows. A byte order mark decides; JSONL without one is UTF-8, as its standard asks,
    /// and Reuters-21578 is ISO-8859-1. Anything else is UTF-8 where its first block (1 MB) is, or nearly
    /// is, valid UTF-8; else Windows-1252 where that block has fewer than ten bytes beyond ASCII, too few to
    /// tell more from; and else the legacy encoding that chardetng guesses from that block. In a file taken
    /// for UTF-8, an invalid byte is an error that names its line.
    #[default]
    Auto,
    /// ISO-8859-1 to the letter: byte N is code point N, C1 controls included.
    Latin1,
    /// An encoding by its name in the WHATWG Encoding Standard. Bytes that it does not know are read as
    /// U+FFFD, save for UTF-8, where they are an error.
    Named(&'static encoding_rs::Encoding),
}

/// With fewer bytes beyond ASCII, a guess would be a lottery among the encodings of Europe.
const TO_GUESS: usize = 10;

impl FromStr for Encoding {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s.to_ascii_lowercase().as_str() {
            "auto" => Ok(Encoding::Auto),
            // The WHATWG label means Windows-1252; whoever names ISO-8859-1 here means it.
            "latin1" | "latin-1" | "iso-8859-1" | "iso8859-1" | "iso_8859-1" => Ok(Encoding::Latin1),
            label => encoding_rs::Encoding::for_label(label.as_bytes())
                .map(Encoding::Named)
                .ok_or_else(|| format!("there is no encoding `{s}`: write auto, utf-8, latin-1, windows-1252 or another name of the WHATWG list")),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Encoding::Auto => "auto",
            Encoding::Latin1 => "iso-8859-1",
            Encoding::Named(encoding) => encoding.name(),
        })
    }
}

impl Encoding {
    /// What to do with a file that begins with `head`; `Named(UTF_8)` leaves the bytes as they are.
    pub(super) fn settle(self, head: &[u8]) -> Encoding {
        if let Some((marked, _)) = encoding_rs::Encoding::for_bom(head) {
            return Encoding::Named(marked);
        }
        match self {
            Encoding::Auto if looks_like_utf8(head) => Encoding::Named(encoding_rs::UTF_8),
            Encoding::Auto
                if head.iter().filter(|byte| !byte.is_ascii()).take(TO_GUESS).count() < TO_GUESS =>
            {
                Encoding::Named(encoding_rs::WINDOWS_1252)
            }
            Encoding::Auto => {
                let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
                detector.feed(head, true);
                Encoding::Named(detector.guess(None, Utf8Detection::Deny))
            }
            given => given,
        }
    }

    /// The text of a whole file.
    ///
    /// # Errors
    /// The offset of the first invalid byte of a file taken for UTF-8.
    pub(super) fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        match self.settle(bytes) {
            Encoding::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes)),
            Encoding::Named(encoding) if encoding != encoding_rs::UTF_8 => Ok(encoding.decode(bytes).0),
            _ => {
                let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| error.valid_up_to())
            }
        }
    }
}

/// Whether the bytes are UTF-8, a character cut off at the end forgiven, or have more characters beyond
/// ASCII that are well-formed than bytes that are not: a damaged UTF-8 file, whose damage is to be shown,
/// not read as another encoding.
fn looks_like_utf8(bytes: &[u8]) -> bool {
    let (mut well_formed, mut invalid) = (0, 0);
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) if invalid == 0 => return true,
            Ok(text) => return well_formed + beyond_ascii(text.as_bytes()) > invalid,
            Err(error) => {
                let (valid, damaged) = rest.split_at(error.valid_up_to());
                well_formed += beyond_ascii(valid);
                match error.error_len() {
                    Some(length) => {
                        invalid += 1;
                        rest = &damaged[length..];
                    }
                    // A character that the block's end cuts; a file of three bytes or fewer is no block.
                    None if invalid == 0 => return bytes.len() >= super::blocks::BLOCK || well_formed > 0,
                    None => return well_formed > invalid,
                }
            }
        }
    }
}

/// How many characters beyond ASCII begin in valid UTF-8.
fn beyond_ascii(valid: &[u8]) -> usize {
    valid.iter().filter(|&&byte| byte >= 0xC0).count()
}

/// A reader that turns a settled encoding into UTF-8.
pub(super) fn transcode(reader: Box<dyn Read + Send>, settled: Encoding) -> Box<dyn Read + Send> {
    match settled {
        Encoding::Latin1 => Box::new(Transcoder::new(reader, Step::Latin1)),
        Encoding::Named(encoding) if encoding != encoding_rs::UTF_8 => {
            Box::new(Transcoder::new(reader, Step::Decode(encoding.new_decoder())))
        }
        _ => reader,
    }
}

const RAW: usize = 1 << 16;

enum Step {
    Latin1,
    Decode(Decoder),
}

struct Transcoder {
    reader: Box<dyn Read + Send>,
    step: Step,
    raw: Vec<u8>,
    /// Text that is decoded and not yet handed out, from `given` on.
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Transcoder {
    fn new(reader: Box<dyn Read + Send>, step: Step) -> Self {
        Transcoder { reader, step, raw: vec![0; RAW], text: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = self.reader.read(&mut self.raw)?;
        self.ended = read == 0;
        self.given = 0;
        self.text.clear();
        let mut raw = &self.raw[..read];
        match &mut self.step {
            Step::Latin1 => self.text.extend_from_slice(encoding_rs::mem::decode_latin1(raw).as_bytes()),
            Step::Decode(decoder) => {
                // Every encoding of the standard needs at most three bytes of UTF-8 for a byte.
                self.text.resize(3 * read + 16, 0);
                let mut written = 0;
                loop {
                    let (result, consumed, wrote, _) =
                        decoder.decode_to_utf8(raw, &mut self.text[written..], self.ended);
                    written += wrote;
                    raw = &raw[consumed..];
                    match result {
                        CoderResult::InputEmpty => break,
                        CoderResult::OutputFull => self.text.resize(self.text.len() + RAW, 0),
                    }
                }
                self.text.truncate(written);
            }
        }
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.refill()?;
        }
        let length = out.len().min(self.text.len() - self.given);
        out[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}
