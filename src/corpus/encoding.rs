//! Bytes to text.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder};

use crate::corpus::Reencodings;

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
    /// What the file shows. A byte order mark decides, and Reuters-21578 is ISO-8859-1. Anything else is
    /// UTF-8 where its first block (1 MB) is, or nearly is, valid UTF-8; else Windows-1252 where that block
    /// has fewer than ten bytes beyond ASCII, too few to tell more from; and else the legacy encoding that
    /// chardetng guesses from that block. A guess is told: see [`Reencoded`](crate::corpus::Reencoded). In a
    /// file taken for UTF-8, an invalid byte is an error that names its line.
    #[default]
    Auto,
    /// ISO-8859-1 to the letter: byte N is code point N, C1 controls included.
    Latin1,
    /// An encoding by its name in the WHATWG Encoding Standard. Bytes that it does not know are read as
    /// U+FFFD, which is told too, save for UTF-8, where they are an error.
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
    /// What to do with a file that begins with `head`.
    pub(super) fn settle(self, head: &[u8]) -> Settled {
        if let Some((marked, _)) = encoding_rs::Encoding::for_bom(head) {
            return Settled { encoding: Encoding::Named(marked), guessed: false };
        }
        match self {
            Encoding::Auto if looks_like_utf8(head) => {
                Settled { encoding: Encoding::Named(encoding_rs::UTF_8), guessed: false }
            }
            Encoding::Auto => Settled { encoding: Encoding::Named(guess(head)), guessed: true },
            given => Settled { encoding: given, guessed: false },
        }
    }

    /// The text of the whole file `file`.
    ///
    /// # Errors
    /// The offset of the first invalid byte of a file taken for UTF-8.
    pub(super) fn decode<'b>(
        self,
        bytes: &'b [u8],
        file: &Path,
        told: &Reencodings,
    ) -> Result<Cow<'b, str>, usize> {
        let settled = self.settle(bytes);
        if settled.guessed {
            told.guessed(file, settled.encoding);
        }
        match settled.encoding {
            Encoding::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes)),
            Encoding::Named(encoding) if encoding != encoding_rs::UTF_8 => {
                let (text, _, malformed) = encoding.decode(bytes);
                if malformed {
                    told.replaced(file, settled.encoding);
                }
                Ok(text)
            }
            _ => {
                let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| error.valid_up_to())
            }
        }
    }
}

/// An encoding that is decided; `Named(UTF_8)` leaves the bytes as they are.
#[derive(Clone, Copy)]
pub(super) struct Settled {
    pub(super) encoding: Encoding,
    /// Whether nothing but the bytes themselves spoke for it.
    guessed: bool,
}

fn guess(head: &[u8]) -> &'static encoding_rs::Encoding {
    if head.iter().filter(|byte| !byte.is_ascii()).take(TO_GUESS).count() < TO_GUESS {
        return encoding_rs::WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    detector.guess(None, Utf8Detection::Deny)
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

/// A reader that turns the settled encoding of `file` into UTF-8.
pub(super) fn transcode(
    reader: Box<dyn Read + Send>,
    settled: Settled,
    file: &Path,
    told: &Reencodings,
) -> Box<dyn Read + Send> {
    if settled.guessed {
        told.guessed(file, settled.encoding);
    }
    let step = match settled.encoding {
        Encoding::Latin1 => Step::Latin1,
        Encoding::Named(encoding) if encoding != encoding_rs::UTF_8 => Step::Decode(encoding.new_decoder()),
        _ => return reader,
    };
    let (file, told) = (file.to_owned(), told.clone());
    Box::new(Transcoder {
        reader,
        step,
        malformed: Box::new(move || told.replaced(&file, settled.encoding)),
        raw: vec![0; RAW],
        text: Vec::new(),
        given: 0,
        ended: false,
    })
}

const RAW: usize = 1 << 16;

enum Step {
    Latin1,
    Decode(Decoder),
}

struct Transcoder {
    reader: Box<dyn Read + Send>,
    step: Step,
    /// Tells that bytes were met that are no character.
    malformed: Box<dyn Fn() + Send>,
    raw: Vec<u8>,
    /// Text that is decoded and not yet handed out, from `given` on.
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Transcoder {
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
                    let (result, consumed, wrote, malformed) =
                        decoder.decode_to_utf8(raw, &mut self.text[written..], self.ended);
                    written += wrote;
                    raw = &raw[consumed..];
                    if malformed {
                        (self.malformed)();
                    }
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
