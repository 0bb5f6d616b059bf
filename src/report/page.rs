//! The shell of every page, and the parts that pages share.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::Topic;
use crate::metrics::Interval;

/// A section of a page.
pub(super) struct Section {
    /// What links point to.
    pub id: &'static str,
    /// What the navigation calls it.
    pub short: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its content.
    pub body: Markup,
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Nothing is fetched, whatever stands in an article.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A whole page: `kind` says what it reports, `title` about what, `lead` comes below.
pub(super) fn page(kind: &str, title: &str, lead: Markup, sections: Vec<Section>) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) " · " (kind) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.maker { (kind) }
                    h1 { (title) }
                    (lead)
                }
                nav aria-label="Sections" {
                    ul { @for section in &sections { li { a href={ "#" (section.id) } { (section.short) } } } }
                }
                main {
                    @for section in &sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                footer { "Made by topicwire " (env!("CARGO_PKG_VERSION")) "." }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// A figure that stands out: a name, a value, and what it should be read with.
pub(super) fn tile(name: &str, value: f64, interval: Option<Interval>, beside: &str) -> Markup {
    let percent = |share: f64| 100.0 * share.clamp(0.0, 1.0);
    let place =
        |of: Interval| format!("left:{:.2}%;width:{:.2}%", percent(of.low), percent(of.high - of.low));
    html! {
        div.tile {
            dt { (name) }
            dd {
                div.value { (figure(value)) }
                @if let Some(range) = interval {
                    div.range aria-hidden="true" {
                        span style=(place(range)) {}
                    }
                    div.beside { "95 % interval " (figure(range.low)) " to " (figure(range.high)) }
                }
                div.beside { (beside) }
            }
        }
    }
}

/// Topics one after the other; each is right or wrong as `right` says, or neither.
pub(super) fn chips<'t>(
    topics: impl IntoIterator<Item = (&'t Topic, Option<f32>)>,
    right: impl Fn(&Topic) -> bool,
) -> Markup {
    let topics: Vec<_> =
        topics.into_iter().map(|(topic, probability)| (topic, probability, right(topic))).collect();
    html! {
        @if topics.is_empty() { span.soft { "none" } } @else {
            ul.chips {
                @for (topic, probability, right) in topics {
                    li.right[right].wrong[!right] {
                        (if right { "✓ " } else { "✗ " }) (topic)
                        @if let Some(probability) = probability { small { (figure(probability.into())) } }
                    }
                }
            }
        }
    }
}

/// A figure between 0 and 1, to three digits.
pub(super) fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// A whole number with its thousands apart.
pub(super) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
