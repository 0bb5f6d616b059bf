//! The title and the text of a page. Not a browser: tags are dropped, the structure with them.

use crate::corpus::Encoding;

/// Elements whose content is no text.
const SILENT: &[&str] = &["script", "style", "template", "svg", "noscript"];

/// Elements that stay inside a line; any other tag ends it.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
];

/// The title (empty where the page has none) and the text, a line to a block, blanks collapsed.
pub(crate) fn title_and_text(page: &str) -> (String, String) {
    // Lowercasing ASCII moves no byte, so places in one are places in the other.
    let lower = page.to_ascii_lowercase();
    let mut title = None;
    let mut text = String::with_capacity(page.len() / 2);
    let mut at = 0;
    while let Some(open) = page[at..].find('<').map(|found| at + found) {
        text.push_str(&page[at..open]);
        let Some((name, end)) = tag(&lower, open) else {
            text.push('<');
            at = open + 1;
            continue;
        };
        at = end;
        let closing = format!("</{name}");
        if SILENT.contains(&name) {
            at = lower[end..].find(&closing).map_or(page.len(), |found| end + found);
        } else if name == "title" && title.is_none() {
            at = lower[end..].find(&closing).map_or(page.len(), |found| end + found);
            title = Some(collapsed(&page[end..at]));
        }
        if !INLINE.contains(&name.trim_start_matches('/')) {
            // A character that no text has marks where a line ends: a line end in the source does not.
            text.push(BREAK);
        }
    }
    text.push_str(&page[at..]);
    let lines: Vec<String> = text.split(BREAK).map(collapsed).filter(|line| !line.is_empty()).collect();
    (title.unwrap_or_default(), lines.join("\n"))
}

const BREAK: char = '\u{1}';

/// The name of the tag that begins at `open` (with its slash where it closes; empty for a comment or a
/// declaration) and where it ends; `None` where `<` is only a character.
fn tag(lower: &str, open: usize) -> Option<(&str, usize)> {
    let inside = &lower[open + 1..];
    if let Some(comment) = inside.strip_prefix("!--") {
        return Some(("", comment.find("-->").map_or(lower.len(), |found| open + 4 + found + 3)));
    }
    if inside.starts_with(['!', '?']) {
        return Some(("", inside.find('>').map_or(lower.len(), |found| open + 1 + found + 1)));
    }
    let bare = inside.strip_prefix('/').unwrap_or(inside);
    if !bare.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let name_end = inside
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '-' || c == ':'))
        .unwrap_or(inside.len());
    let name = inside[..name_end].trim_end_matches('/');
    let mut quote = None;
    for (offset, byte) in inside.bytes().enumerate().skip(name_end.min(name.len())) {
        match (quote, byte) {
            (None, b'>') => return Some((name, open + 1 + offset + 1)),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(opened), byte) if byte == opened => quote = None,
            _ => {}
        }
    }
    // A tag or a quote that never ends would swallow the page: take the nearest `>`.
    Some((name, inside.find('>').map_or(lower.len(), |found| open + 1 + found + 1)))
}

/// The text with its entities decoded and every run of blanks as one space.
fn collapsed(html: &str) -> String {
    let decoded = html_escape::decode_html_entities(html);
    let mut text = String::with_capacity(decoded.len());
    for word in decoded.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// The encoding that a page declares near its beginning; `Auto` where it declares none that is known.
pub(super) fn declared_encoding(bytes: &[u8]) -> Encoding {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let declared = head.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'']);
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or_default()
    });
    match declared.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())) {
        // A page that calls itself UTF-8 often is not.
        Some(encoding) if encoding != encoding_rs::UTF_8 && encoding.is_ascii_compatible() => {
            Encoding::Named(encoding)
        }
        _ => Encoding::Auto,
    }
}
