//! The page of an evaluation.

use maud::{Markup, html};

use super::page::{Section, count, figure, page, tile};
use super::table::{Cell, Column, table};
use super::{bars, cases, confusion, curves, topics};
use crate::Task;
use crate::evaluate::Findings;

/// On fewer articles a topic's F1 is chance.
const MEASURABLE: u64 = 10;

/// The page of `findings`. `model` and `corpus` say what was evaluated on what.
///
/// ```
/// use topicwire::evaluate::examine;
/// use topicwire::report::evaluation_page;
/// use topicwire::{Article, Corpus, TopicModel};
///
/// let article = |n: usize| {
///     let (topic, word) = if n % 2 == 0 { ("energy", "crude oil") } else { ("sport", "cup match") };
///     Article::new(n.to_string(), "", format!("{word} {n}")).with_topics([topic])
/// };
/// let articles: Vec<Article> = (0..20).map(article).collect();
/// let model = TopicModel::train(&Corpus::from(articles.clone()))?;
/// let page = evaluation_page(&examine(&model, &articles)?, "news.safetensors", "test.jsonl");
/// assert!(page.starts_with("<!DOCTYPE html>") && page.contains("news.safetensors"));
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn evaluation_page(findings: &Findings, model: &str, corpus: &str) -> String {
    let evaluation = &findings.evaluation;
    let single = evaluation.task == Task::Single;
    let task = if single { "exactly one topic to an article" } else { "any number of topics to an article" };
    let lead = html! {
        p { "On " (count(evaluation.articles as u64)) " labelled articles of " (corpus) ": \
         " (evaluation.topics.len()) " topics, " (task) "." }
    };
    let sections = vec![
        Section { id: "summary", short: "Summary", title: "How good is it?", body: summary(findings) },
        Section {
            id: "topics",
            short: "Topics",
            title: "Which topics does it know?",
            body: topics::all(findings),
        },
        Section {
            id: "confusion",
            short: "Confusion",
            title: "What does it mix up?",
            body: confusion::confusion(findings),
        },
        Section {
            id: "probabilities",
            short: "Probabilities",
            title: "Can its probabilities be trusted?",
            body: probabilities(findings),
        },
        Section {
            id: "errors",
            short: "Worst errors",
            title: "Where was it sure and wrong?",
            body: cases::worst_errors(&findings.worst_errors),
        },
        Section {
            id: "unfamiliar",
            short: "Unfamiliar articles",
            title: "Which articles are unfamiliar?",
            body: html! {
                div.charts.one { (bars::known_words(&findings.known_words)) }
                (cases::hardly_known(&findings.hardly_known, findings.hardly_known_count))
            },
        },
        Section {
            id: "each",
            short: "Topic by topic",
            title: "Topic by topic",
            body: topics::each(findings),
        },
        Section {
            id: "reading",
            short: "How to read this",
            title: "How to read this",
            body: reading(single),
        },
    ];
    page("Evaluation report", model, lead, sections)
}

fn summary(findings: &Findings) -> Markup {
    let of = &findings.evaluation;
    let intervals = of.intervals.as_ref().map(|of| &of.figures);
    let exact = if of.task == Task::Single { "Accuracy" } else { "Exactly right" };
    html! {
        (notes(findings))
        dl.tiles {
            (tile(exact, of.exact_match, intervals.map(|of| of.exact_match), "articles given exactly their \
             topics"))
            @if of.task == Task::Multi || findings.without_exactly_one > 0 {
                (tile("Micro F1", of.micro.f1, intervals.map(|of| of.micro_f1), "over all articles and topics"))
            }
            (tile("Macro F1", of.macro_average.f1, intervals.map(|of| of.macro_f1), "every topic as heavy as \
             any other"))
            @if let Some(error) = of.calibration_error {
                (tile("Calibration error", error, None, "how far probabilities are off; 0 is best"))
            }
            @if let Some(coverage) = &of.coverage {
                (tile("Coverage", coverage.coverage, None, &format!("articles that keep a topic where {:.0} % \
                 of those kept are right", 100.0 * coverage.precision)))
            }
        }
        (in_words(findings))
        (averages(findings))
    }
}

/// What the reader must know before the figures.
fn notes(findings: &Findings) -> Markup {
    let of = &findings.evaluation;
    html! {
        @if !findings.unknown_topics.is_empty() {
            p.note {
                "The model has never seen " (findings.unknown_topics.len()) " of the topics of these \
                 articles. It cannot give them, and they count as missed: "
                @for (at, (topic, articles)) in findings.unknown_topics.iter().enumerate().take(12) {
                    @if at > 0 { ", " } (topic) " (" (articles) ")"
                }
                @if findings.unknown_topics.len() > 12 { ", …" }
            }
        }
        @if of.task == Task::Single && findings.without_exactly_one > 0 {
            p.note {
                "The model gives exactly one topic to an article, but \
                 " (count(findings.without_exactly_one as u64))
                " of these articles have none or several: what it cannot give counts as missed."
            }
        }
    }
}

fn in_words(findings: &Findings) -> Markup {
    let of = &findings.evaluation;
    let mut weakest: Vec<_> = of.topics.iter().filter(|(_, topic)| topic.support >= MEASURABLE).collect();
    weakest.sort_by(|a, b| a.1.f1.total_cmp(&b.1.f1).then_with(|| a.0.cmp(b.0)));
    let names: Vec<String> =
        weakest.iter().take(3).map(|(name, topic)| format!("{name} ({})", figure(topic.f1))).collect();
    html! {
        p {
            "Of 100 articles, " (format!("{:.0}", 100.0 * of.exact_match)) " are given exactly their topics. "
            @if weakest.len() > 3 { "Of topics with " (MEASURABLE) " articles or more, it knows least well \
             " (names.join(", ")) " (by F1). " }
            @if let Some(mistake) = of.mistakes.first() { "Its most frequent mistake: \
             " (confusion::sentence(mistake)) ". " }
            @if let (Some(loss), Some(base)) = (of.log_loss, of.log_loss_base) {
                "Its probabilities have a log loss of " (format!("{loss:.3}")) "; knowing only how frequent \
                 topics are gives " (format!("{base:.3}")) "."
            }
        }
    }
}

fn averages(findings: &Findings) -> Markup {
    let of = &findings.evaluation;
    let rows = [
        ("Micro: all pairs of an article and a topic", of.micro),
        ("Macro: topics, each as heavy as any other", of.macro_average),
        ("Weighted: topics, by their articles", of.weighted),
        ("Samples: articles", of.samples),
    ];
    let rows = rows.iter().map(|(name, of)| {
        let figures = [of.precision, of.recall, of.f1].map(|value| Cell::Figure(Some(value)));
        [Cell::text(name)].into_iter().chain(figures).collect()
    });
    let columns = [
        Column("Average over", false),
        Column("Precision", true),
        Column("Recall", true),
        Column("F1", true),
    ];
    table("Averages", &columns, rows.collect(), Vec::new())
}

fn probabilities(findings: &Findings) -> Markup {
    let of = &findings.evaluation;
    html! {
        div.charts.two {
            @if let (Some(reliability), Some(error)) = (&of.reliability, of.calibration_error) {
                (curves::reliability(reliability, error))
                (bars::probabilities(reliability))
            }
            (curves::coverage(&findings.coverage_curve))
            (curves::precision_recall(
                "Precision and recall, all topics",
                &findings.precision_recall,
                of.micro_average_precision,
                (of.micro.recall, of.micro.precision),
                (360, 280),
            ))
        }
        p.soft {
            @if let (Some(loss), Some(base)) = (of.log_loss, of.log_loss_base) {
                "Log loss " (format!("{loss:.4}")) " (base rates alone " (format!("{base:.4}")) ")"
            }
            @if let Some(brier) = of.brier { ", Brier score " (format!("{brier:.4}")) "." }
        }
    }
}

fn reading(single: bool) -> Markup {
    html! {
        p {
            b { "Precision" } ": of the articles given a topic, the share that has it. "
            b { "Recall" } ": of the articles that have it, the share that was given it. "
            b { "F1" } ": the harmonic mean of both; what is 0 of 0 counts as 0."
        }
        p {
            b { "Average precision" } ": how well the topic's probabilities rank the articles, whatever the threshold."
        }
        p {
            b { "95 % interval" } ": with other articles from the same source the figure would mostly lie in this range. \
             It comes from drawing the articles again with replacement, a thousand times. Rare topics weigh as much as \
             frequent ones in the macro average, so its range is wide and can lie to one side."
        }
        @if single {
            p {
                "The model gives every article its likeliest topic. The curves of a topic show what it would be like to give \
                 it from a threshold on instead."
            }
        } @else {
            p {
                "Each topic has its own threshold, which training found out of fold. The best threshold on the articles of \
                 this page may be another: choosing it by them would make the figures look better than they are."
            }
        }
        p {
            b { "Calibration error" } ": how far probabilities are from how often they come true, in 15 bins. It proves \
             little alone; read it beside the log loss."
        }
    }
}
