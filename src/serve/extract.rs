//! Articles from pages and feeds.

use std::panic::catch_unwind;

use crate::corpus::title_and_text;

/// What was found in a page.
#[derive(Debug, PartialEq)]
pub(super) struct Extracted {
    /// The headline; empty where there is none.
    pub title: String,
    /// The main text.
    pub text: String,
}

/// Pages of more elements than this are taken whole: looking for the main text would take long.
const MAX_ELEMENTS: usize = 20_000;

/// Pages with tags nested deeper than this are taken whole, for the same reason.
const MAX_DEPTH: usize = 500;

/// The main text must be at least this long to be believed: a page whose text is short has no other.
const MIN_MAIN_TEXT: usize = 140;

/// The main text of `page`, without menus, advertisements and the like; all of its text where no main text stands out.
pub(super) fn main_text(page: &str) -> Extracted {
    let whole = || {
        let (title, text) = title_and_text(page);
        Extracted { title, text }
    };
    if !is_moderate(page) {
        return whole();
    }
    // The parser is somebody else's and the page anybody's: should they not get along, the text is still there.
    let found = catch_unwind(|| {
        let config = dom_smoothie::Config {
            max_elements_to_parse: MAX_ELEMENTS,
            text_mode: dom_smoothie::TextMode::Formatted,
            ..dom_smoothie::Config::default()
        };
        let mut reader = dom_smoothie::Readability::new(page, None, Some(config)).ok()?;
        let article = reader.parse().ok()?;
        Some(Extracted { title: article.title, text: article.text_content.trim().to_owned() })
    });
    match found {
        Ok(Some(extracted)) if extracted.text.len() >= MIN_MAIN_TEXT => extracted,
        _ => whole(),
    }
}

/// Whether `page` is of a size and depth that pages of articles have. Tags that are never closed count as nested: a few hundred
/// paragraphs without an end are unusual enough.
fn is_moderate(page: &str) -> bool {
    let (mut depth, mut deepest, mut elements) = (0_usize, 0, 0);
    let bytes = page.as_bytes();
    for at in memchr::memchr_iter(b'<', bytes) {
        match bytes.get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(byte) if byte.is_ascii_alphabetic() => {
                elements += 1;
                if !is_void(&bytes[at + 1..]) {
                    depth += 1;
                }
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    elements <= MAX_ELEMENTS && deepest <= MAX_DEPTH
}

/// Elements that have no end.
const VOID: [&[u8]; 10] =
    [b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta"];

fn is_void(tag: &[u8]) -> bool {
    let length = tag.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(tag.len());
    VOID.iter().any(|void| tag[..length].eq_ignore_ascii_case(void))
}

/// An entry of a feed.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    /// The entry's own id.
    pub id: String,
    /// Where it can be read, if that is a web address.
    pub link: Option<String>,
    /// Title and text.
    pub article: Extracted,
}

/// The entries of the RSS or Atom feed `xml`, in its order.
///
/// # Errors
///
/// It is no feed; says why.
pub(super) fn feed(xml: &str) -> Result<Vec<Entry>, String> {
    let parsed = catch_unwind(|| {
        // An entry without an id gets one from its place, not a random one: the same feed gives the same answer.
        let parser =
            feed_rs::parser::Builder::new().sanitize_content(false).id_generator(|_, _, _| String::new());
        parser.build().parse(xml.as_bytes())
    });
    let feed = match parsed {
        Ok(Ok(feed)) => feed,
        Ok(Err(error)) => return Err(format!("not an RSS or Atom feed: {error}")),
        Err(_) => return Err("not an RSS or Atom feed".to_owned()),
    };
    Ok(feed.entries.into_iter().zip(1..).map(|(found, number)| entry(found, number)).collect())
}

fn entry(entry: feed_rs::model::Entry, number: usize) -> Entry {
    let plain = |html: &str| {
        let (title, text) = title_and_text(html);
        if text.is_empty() { title } else { text }
    };
    let title = entry.title.map_or_else(String::new, |title| plain(&title.content).replace('\n', " "));
    let summary = entry.summary.map_or_else(String::new, |summary| plain(&summary.content));
    let content =
        entry.content.and_then(|content| content.body).map_or_else(String::new, |body| plain(&body));
    // The summary is mostly the beginning of the content.
    let text = if content.is_empty() || content.len() < summary.len() { summary } else { content };
    let web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    let link = entry.links.into_iter().map(|link| link.href).find(web);
    let id = if entry.id.is_empty() { number.to_string() } else { entry.id };
    Entry { id, link, article: Extracted { title, text } }
}
