//! An explanation for a person at a terminal.

use std::io::Write;

use topicwire::model::{Part, TopicExplanation};

use super::Explained;
use super::marks::{listed, outcome, pieces, words};

/// A colour for each topic, again from the start where there are more: SGR codes that read on light and dark.
const COLOURS: [u8; 6] = [32, 36, 35, 33, 34, 31];

/// From this strength on a word is bold.
const STRONG: f32 = 0.4;

/// Writes all that is said of an article. Without `colours`, evidence stands in brackets.
pub fn write(out: &mut impl Write, explained: &Explained<'_>, colours: bool) -> std::io::Result<()> {
    let article = explained.article;
    writeln!(out, "{}  {}", clean(&article.id), clean(&article.title).replace('\n', " "))?;
    let known = 100.0 * explained.explanation.known;
    writeln!(out, "The model knows {known:.0} % of the words.")?;
    if explained.explanation.topics.iter().all(|topic| !topic.assigned) {
        writeln!(out, "No topic is assigned.")?;
    }
    for (number, topic) in explained.explanation.topics.iter().enumerate() {
        write_topic(out, explained, topic, paint(number, 1.0, colours))?;
    }
    writeln!(out)?;
    for part in [Part::Title, Part::Text] {
        for piece in pieces(&explained.explanation, article, part) {
            let text = clean(piece.text);
            match piece.mark {
                None => write!(out, "{text}")?,
                Some((topic, strength)) => {
                    let (on, off) = paint(topic, strength, colours);
                    let brackets = if colours { ("", "") } else { ("[", "]") };
                    write!(out, "{on}{}{text}{}{off}", brackets.0, brackets.1)?;
                }
            }
        }
        if !part.of(article).is_empty() {
            writeln!(out)?;
        }
    }
    if let Some(nearest) = &explained.nearest {
        writeln!(out, "\nThe nearest labelled articles:")?;
        for (similarity, near) in nearest {
            let topics: Vec<&str> = near.labels().iter().map(|topic| topic.as_str()).collect();
            let topics = if topics.is_empty() { "no topic".to_owned() } else { topics.join(", ") };
            let title = clean(&near.title).replace('\n', " ");
            writeln!(out, "  {similarity:.3}  {}  {title}  ({topics})", clean(&near.id))?;
        }
        if nearest.is_empty() {
            writeln!(out, "  none shares a word that the model knows")?;
        }
    }
    writeln!(out)
}

fn write_topic(
    out: &mut impl Write,
    explained: &Explained<'_>,
    topic: &TopicExplanation,
    (on, off): (String, &str),
) -> std::io::Result<()> {
    let words = words(topic, explained.article);
    let sum: f32 = words.iter().map(|word| word.contribution).sum();
    writeln!(out, "\n{on}{}{off} {}", topic.topic, outcome(topic))?;
    writeln!(out, "  score {:+.3} = bias {:+.3} and words {sum:+.3}", topic.score, topic.bias)?;
    let (listed, (rest, others)) = listed(&words, explained.words);
    let width = |word: &&super::marks::Word<'_>| clean(&word.written.join(" / ")).chars().count();
    let width = listed.iter().map(width).max().unwrap_or(0).min(40);
    for word in listed {
        let written = clean(&word.written.join(" / "));
        writeln!(out, "  {:+.3}  {written:<width$}  {}", word.contribution, word.field_names())?;
    }
    if rest > 0 {
        let words = if rest == 1 { "other word" } else { "other words" };
        writeln!(out, "  {others:+.3}  {rest} {words}")?;
    }
    Ok(())
}

/// What switches the colour of a topic on and off again.
fn paint(topic: usize, strength: f32, colours: bool) -> (String, &'static str) {
    if !colours {
        return (String::new(), "");
    }
    let bold = if strength >= STRONG { "1;" } else { "" };
    (format!("\x1b[{bold}{}m", COLOURS[topic % COLOURS.len()]), "\x1b[0m")
}

/// `text` without characters that a terminal would obey.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect()
}
