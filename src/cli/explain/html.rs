//! An explanation as a page that stands alone: no script, nothing fetched, light and dark.

use std::io::Write;

use html_escape::{encode_double_quoted_attribute as attribute, encode_text as escape};
use topicwire::model::{Part, TopicExplanation};

use super::Explained;
use super::marks::{listed, outcome, pieces, words};

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<title>Why these topics</title>
<style>
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --faint: #666; --line: #ddd; --deep: 35%; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #16181b; --faint: #9a9a9a; --line: #3a3d42; --deep: 70%; }
}
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 52rem;
  margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0 2rem; }
h2 { font-size: 1.3rem; margin: .3rem 0; } h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
h3 b { color: hsl(var(--hue) 70% var(--deep)); }
.note { color: var(--faint); font-size: .85rem; margin: .2rem 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin-top: 1rem; }
mark { color: inherit; background: hsl(var(--hue) 85% 50% / var(--alpha)); border-radius: .2em; padding: 0 .1em; }
table { border-collapse: collapse; font-size: .9rem; }
th { text-align: left; font-weight: normal; color: var(--faint); }
td, th { padding: .1rem .8rem .1rem 0; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: .7em; border-radius: .2em; background: hsl(var(--hue) 65% 50%); }
.against { background: var(--faint); }
</style>
</head>
<body>
<h1>Why these topics</h1>
";

/// Colours far apart from each other, again from the start where there are more topics. Degrees.
const HUES: [u16; 6] = [140, 210, 30, 290, 350, 60];

/// How wide the bar of the strongest word is, in rem.
const WIDEST: f32 = 12.0;

/// Writes what comes before the first article.
pub fn write_head(out: &mut impl Write) -> std::io::Result<()> {
    out.write_all(HEAD.as_bytes())
}

/// Writes what comes after the last article.
pub fn write_foot(out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "</body>\n</html>")
}

/// Writes the part of the page that is about one article.
pub fn write(out: &mut impl Write, explained: &Explained<'_>) -> std::io::Result<()> {
    let article = explained.article;
    writeln!(out, "<article>")?;
    let known = 100.0 * explained.explanation.known;
    writeln!(
        out,
        "<p class=\"note\">{} · the model knows {known:.0} % of the words</p>",
        escape(&article.id)
    )?;
    if !article.title.is_empty() {
        writeln!(out, "<h2>{}</h2>", marked(explained, Part::Title))?;
    }
    if explained.explanation.topics.iter().all(|topic| !topic.assigned) {
        writeln!(out, "<p>No topic is assigned.</p>")?;
    }
    for (number, topic) in explained.explanation.topics.iter().enumerate() {
        write_topic(out, explained, topic, number)?;
    }
    writeln!(out, "<div class=\"text\">{}</div>", marked(explained, Part::Text))?;
    if let Some(nearest) = &explained.nearest {
        writeln!(out, "<h3>The nearest labelled articles</h3>\n<table>")?;
        writeln!(out, "<tr><th>similarity</th><th>article</th><th>topics</th></tr>")?;
        for (similarity, near) in nearest {
            let topics: Vec<&str> = near.labels().iter().map(|topic| topic.as_str()).collect();
            let name = if near.title.is_empty() { &near.id } else { &near.title };
            writeln!(
                out,
                "<tr><td class=\"number\">{similarity:.3}</td><td title=\"{}\">{}</td><td>{}</td></tr>",
                attribute(&near.id),
                escape(name),
                escape(&topics.join(", "))
            )?;
        }
        writeln!(out, "</table>")?;
    }
    writeln!(out, "</article>")
}

fn write_topic(
    out: &mut impl Write,
    explained: &Explained<'_>,
    topic: &TopicExplanation,
    number: usize,
) -> std::io::Result<()> {
    let words = words(topic, explained.article);
    let sum: f32 = words.iter().map(|word| word.contribution).sum();
    writeln!(out, "<section style=\"--hue:{}\">", hue(number))?;
    writeln!(out, "<h3><b>{}</b> {}</h3>", escape(topic.topic.as_str()), escape(&outcome(topic)))?;
    writeln!(
        out,
        "<p class=\"note\">score {:+.3} = bias {:+.3} and words {sum:+.3}</p>\n<table>",
        topic.score, topic.bias
    )?;
    let (listed, (rest, others)) = listed(&words, explained.words);
    let widest = listed.iter().map(|word| word.contribution.abs()).fold(f32::MIN_POSITIVE, f32::max);
    for word in listed {
        let against = if word.contribution < 0.0 { " against" } else { "" };
        writeln!(
            out,
            "<tr><td class=\"number\">{:+.3}</td><td>{}</td><td class=\"note\">{}</td>\
             <td><span class=\"bar{against}\" style=\"width:{:.2}rem\"></span></td></tr>",
            word.contribution,
            escape(&word.written.join(" / ")),
            word.field_names(),
            WIDEST * word.contribution.abs() / widest
        )?;
    }
    if rest > 0 {
        writeln!(
            out,
            "<tr><td class=\"number\">{others:+.3}</td><td class=\"note\">others: {rest}</td><td></td><td></td></tr>"
        )?;
    }
    writeln!(out, "</table>\n</section>")
}

/// A part of the article, escaped, with its evidence in marks.
fn marked(explained: &Explained<'_>, part: Part) -> String {
    let mut html = String::new();
    for piece in pieces(&explained.explanation, explained.article, part) {
        let text = escape(piece.text);
        match piece.mark {
            None => html += &text,
            Some((number, strength)) => {
                let topic = explained.explanation.topics[number].topic.as_str();
                html += &format!(
                    "<mark style=\"--hue:{};--alpha:{:.2}\" title=\"{}\">{text}</mark>",
                    hue(number),
                    0.15 + 0.45 * strength,
                    attribute(topic)
                );
            }
        }
    }
    html
}

fn hue(number: usize) -> u16 {
    HUES[number % HUES.len()]
}
