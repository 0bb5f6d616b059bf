//! Doubtful labels and troubled topics, for a person at a terminal.

use std::io::{self, Write};

use topicwire::Task;
use topicwire::audit::{Doubt, DoubtKind, LabelFindings, OverlapKind, TopicTrouble};

use super::tables::{left, section};

/// Writes the first `show` findings of each kind.
pub fn write(out: &mut impl Write, labels: &LabelFindings, show: usize) -> io::Result<()> {
    if labels.task == Task::Single {
        let all: Vec<&Doubt> = labels.doubts.iter().collect();
        section(out, "Topics that may be wrong", all.len(), show, || {
            let mut rows = left(&["doubt", "article", "topic", "rather", "because of", "opening"]);
            for doubt in all.iter().take(show) {
                let instead = doubt.instead.as_ref().map(|topic| topic.as_str()).unwrap_or_default();
                rows.add_row([
                    figure(doubt.doubt),
                    doubt.article.id.clone(),
                    percent(doubt.topic.as_str(), doubt.probability),
                    percent(instead, doubt.instead_probability.unwrap_or(0.0)),
                    because(doubt),
                    doubt.article.opening.clone(),
                ]);
            }
            rows
        })?;
    } else {
        for (kind, name) in [
            (DoubtKind::Wrong, "Topics that may be wrong"),
            (DoubtKind::Missing, "Topics that may be missing"),
        ] {
            let of_kind: Vec<&Doubt> = labels.doubts.iter().filter(|doubt| doubt.kind == kind).collect();
            section(out, name, of_kind.len(), show, || {
                let mut rows = left(&["doubt", "article", "topic", "because of", "opening"]);
                for doubt in of_kind.iter().take(show) {
                    rows.add_row([
                        figure(doubt.doubt),
                        doubt.article.id.clone(),
                        percent(doubt.topic.as_str(), doubt.probability),
                        because(doubt),
                        doubt.article.opening.clone(),
                    ]);
                }
                rows
            })?;
        }
    }
    section(out, "Topics that are not told apart", labels.overlaps.len(), show, || {
        let mut rows = left(&["topics", "how", "articles"]);
        for overlap in labels.overlaps.iter().take(show) {
            let share = 100.0 * overlap.share;
            let how = match overlap.kind {
                OverlapKind::Confused => format!("{share:.0} % of the rarer told as the other"),
                OverlapKind::Together => format!("{share:.0} % of the articles with either have both"),
            };
            rows.add_row([
                format!("{}, {}", overlap.first, overlap.second),
                how,
                overlap.articles.to_string(),
            ]);
        }
        rows
    })?;
    let troubled: Vec<_> =
        labels.topics.iter().filter_map(|topic| topic.problem.map(|problem| (topic, problem))).collect();
    section(out, "Topics that are too rare or not learned", troubled.len(), show, || {
        let mut rows = left(&["topic", "articles", "average precision", "problem"]);
        for (topic, problem) in troubled.iter().take(show) {
            let problem = match problem {
                TopicTrouble::Rare => "rare",
                TopicTrouble::NotLearned => "not learned",
            };
            rows.add_row([
                topic.topic.to_string(),
                topic.articles.to_string(),
                topic.average_precision.map_or_else(String::new, |value| format!("{value:.3}")),
                problem.to_owned(),
            ]);
        }
        rows
    })
}

fn figure(value: f32) -> String {
    format!("{value:.3}")
}

fn percent(topic: &str, probability: f32) -> String {
    format!("{topic} {:.0} %", 100.0 * probability)
}

fn because(doubt: &Doubt) -> String {
    let words: Vec<&str> = doubt.evidence.iter().map(|evidence| evidence.word.as_str()).take(4).collect();
    words.join(" ")
}
