//! Topic by topic: the table of all, and for each its curves and strongest terms.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::bars::topic_scores;
use super::curves::{by_threshold, precision_recall};
use super::page::{count, figure};
use super::table::{Cell, Column, table};
use crate::Topic;
use crate::evaluate::{Findings, TopicCurves};
use crate::features::Field;
use crate::metrics::{Averages, TopicFigures};

/// Up to so many topics, all stand open.
const OPEN: usize = 12;
/// The size of a topic's charts.
const SMALL: (u32, u32) = (300, 220);

/// The number of each topic, by which links find it.
fn numbers(findings: &Findings) -> BTreeMap<&str, usize> {
    findings.evaluation.topics.keys().enumerate().map(|(number, topic)| (topic.as_str(), number)).collect()
}

/// A row for each topic, and below it the averages.
pub(super) fn all(findings: &Findings) -> Markup {
    let numbers = numbers(findings);
    let multi = !findings.thresholds.is_empty();
    let mut columns = vec![
        Column("Topic", false),
        Column("Precision", true),
        Column("Recall", true),
        Column("F1", true),
        Column("Average precision", true),
        Column("Articles", true),
        Column("Given", true),
    ];
    if multi {
        columns.push(Column("Threshold", true));
    }
    let row = |(name, of): (&String, &TopicFigures)| {
        let known = findings.curves.contains_key(name.as_str());
        let head = html! {
            @if known { a href={ "#topic-" (numbers[name.as_str()]) } { (name) } } @else { (name) " \
             " span.soft { "(not in the model)" } }
        };
        let mut cells = vec![
            Cell::Text(head),
            Cell::Figure(Some(of.precision)),
            Cell::Figure(Some(of.recall)),
            Cell::Bar(of.f1),
            Cell::Figure(of.average_precision),
            Cell::Count(of.support),
            Cell::Count(of.given),
        ];
        if multi {
            cells.push(Cell::Figure(
                findings.thresholds.get(name.as_str()).map(|&threshold| threshold.into()),
            ));
        }
        cells
    };
    let evaluation = &findings.evaluation;
    let support: u64 = evaluation.topics.values().map(|topic| topic.support).sum();
    let given: u64 = evaluation.topics.values().map(|topic| topic.given).sum();
    let average = |name: &str, of: Averages, average_precision: Option<f64>| {
        let mut cells = vec![
            Cell::text(name),
            Cell::Figure(Some(of.precision)),
            Cell::Figure(Some(of.recall)),
            Cell::Bar(of.f1),
            Cell::Figure(average_precision),
            Cell::Count(support),
            Cell::Count(given),
        ];
        if multi {
            cells.push(Cell::text(""));
        }
        cells
    };
    let foot = vec![
        average("All (micro)", evaluation.micro, evaluation.micro_average_precision),
        average("All (macro)", evaluation.macro_average, evaluation.macro_average_precision),
        average("All (weighted)", evaluation.weighted, None),
    ];
    table("Figures of each topic", &columns, evaluation.topics.iter().map(row).collect(), foot)
}

/// The curves and terms of each topic that the model knows.
pub(super) fn each(findings: &Findings) -> Markup {
    let open = findings.curves.len() <= OPEN;
    let numbers = numbers(findings);
    html! {
        @for (topic, curves) in &findings.curves {
            @if let Some(of) = findings.evaluation.topics.get(topic.as_str()) {
                details id={ "topic-" (numbers[topic.as_str()]) } open[open] {
                    summary {
                        b { (topic) }
                        span { "F1 " (figure(of.f1)) }
                        span { "precision " (figure(of.precision)) ", recall " (figure(of.recall)) }
                        span { (count(of.support)) (if of.support == 1 { " article" } else { " articles" }) }
                    }
                    div {
                        p.soft { "Speaks for it, strongest first:" }
                        (terms(findings, topic.as_str()))
                        (charts(findings, topic, curves, of))
                    }
                }
            }
        }
    }
}

fn charts(findings: &Findings, topic: &Topic, curves: &TopicCurves, of: &TopicFigures) -> Markup {
    let now = findings.thresholds.get(topic).copied();
    let at = (of.recall, of.precision);
    html! {
        div.charts {
            @if of.support > 0 {
                (precision_recall("Precision and recall", &curves.precision_recall, of.average_precision, at, SMALL))
            }
            (by_threshold("F1 against the threshold", &curves.by_threshold, now, SMALL))
            (topic_scores("Probabilities", &curves.histogram, now, SMALL))
        }
    }
}

/// The strongest terms of a topic, each once, with the fields in which it is strong.
fn terms(findings: &Findings, topic: &str) -> Markup {
    let mut terms: Vec<(&str, Vec<&str>)> = Vec::new();
    for term in findings.strongest_terms.get(topic).into_iter().flatten() {
        let at = terms.iter().position(|(name, _)| *name == term.term).unwrap_or_else(|| {
            terms.push((&term.term, Vec::new()));
            terms.len() - 1
        });
        match term.field {
            // The usual case goes without saying.
            Field::Body => {}
            Field::Lead => terms[at].1.push("lead"),
            Field::Title => terms[at].1.push("title"),
        }
    }
    html! {
        @if terms.is_empty() { p.soft { "no term" } } @else {
            ul.chips {
                @for (term, fields) in terms {
                    li { (term) @if !fields.is_empty() { small { (fields.join(", ")) } } }
                }
            }
        }
    }
}
