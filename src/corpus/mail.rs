//! The header of a mail or a post (RFC 822 and what followed it).

/// What a header says, and how many bytes it takes with the blank line that ends it.
pub(super) struct Header {
    pub(super) subject: String,
    pub(super) length: usize,
}

/// The header that a text opens with: lines of `Name: value` and their continuations, up to a blank line,
/// with a From among them and one more of the fields that only mails and posts have. A stray line in the
/// middle is forgiven, for old archives have them; text before the first field is not.
pub(super) fn header(text: &str) -> Option<Header> {
    let first = text.lines().next()?;
    if field(first).is_none() && !first.starts_with([' ', '\t']) {
        return None;
    }
    let mut subject: Option<String> = None;
    let mut in_subject = false;
    let (mut has_sender, mut has_more) = (false, false);
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let (true, Some(subject)) = (in_subject, &mut subject) {
                subject.push(' ');
                subject.push_str(line.trim());
            }
            continue;
        }
        in_subject = false;
        let Some((name, value)) = field(line) else { continue };
        let name = name.to_ascii_lowercase();
        has_sender |= name == "from";
        has_more |= matches!(name.as_str(), "subject" | "newsgroups" | "date" | "to" | "message-id");
        if name == "subject" && subject.is_none() {
            in_subject = true;
            subject = Some(value.trim().to_owned());
        }
    }
    let subject = subject.unwrap_or_default();
    let words: Vec<&str> = subject.split_whitespace().collect();
    (has_sender && has_more).then(|| Header { subject: decode_words(&words), length })
}

/// The name and the value of a header line.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    valid.then_some((name, value))
}

/// The words of a header value joined by a space, encoded words (RFC 2047) decoded; a space between two
/// encoded words belongs to the encoding and falls away.
fn decode_words(words: &[&str]) -> String {
    let mut text = String::new();
    let mut after_encoded = false;
    for (at, word) in words.iter().enumerate() {
        let decoded = encoded_word(word);
        if at > 0 && !(after_encoded && decoded.is_some()) {
            text.push(' ');
        }
        after_encoded = decoded.is_some();
        text.push_str(decoded.as_deref().unwrap_or(word));
    }
    text
}

/// The text of `=?charset?B?...?=` or `=?charset?Q?...?=`.
fn encoded_word(word: &str) -> Option<String> {
    let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.split('?');
    let (charset, kind, data) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = match kind {
        "B" | "b" => base64(data)?,
        "Q" | "q" => quoted_printable(data)?,
        _ => return None,
    };
    let charset = charset.split('*').next().unwrap_or(charset);
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes())?;
    let text = encoding.decode(&bytes).0;
    parts.next().is_none().then(|| text.into_owned())
}

fn base64(data: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in data.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

fn quoted_printable(data: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = data.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                (digit(rest.next()?)? * 16 + digit(rest.next()?)?) as u8
            }
            other => other,
        });
    }
    Some(bytes)
}
