//! Single articles: the worst errors, and those whose words the model hardly knows.

use maud::{Markup, html};

use super::page::{chips, figure};
use crate::Topic;
use crate::evaluate::{DecidingWord, HARDLY_KNOWN, HardlyKnown, WorstError, WrongTopic};
use crate::model::Assigned;

/// So many of an article's wrong topics are explained.
const EXPLAINED: usize = 4;
/// Words that add less are not shown: they would read as 0.
const FAINT: f32 = 0.005;

/// The errors of which the model was surest.
pub(super) fn worst_errors(errors: &[WorstError]) -> Markup {
    html! {
        @if errors.is_empty() {
            p { "Nowhere: it was never wrong about a topic that it knows." }
        } @else {
            p.soft {
                "The errors of which the model was surest, the surest first. Such articles are worth reading: \
                 often it is the \
                 label that is wrong. Words are shown as they stand in the article, with what they add to the topic's score."
            }
        }
        @for error in errors { (worst_error(error)) }
    }
}

fn worst_error(error: &WorstError) -> Markup {
    html! {
        article.case {
            (heading(&error.id, &error.title, &error.opening))
            dl {
                dt { "Labels" }
                dd { (gold(&error.gold, &error.given)) }
                dt { "Given" }
                dd { (given(&error.gold, &error.given)) }
                @for topic in error.wrong.iter().take(EXPLAINED) {
                    dt { (if topic.given { "Why " } else { "Why not " }) (topic.topic) }
                    dd.words { (why(topic)) }
                }
                @if error.wrong.len() > EXPLAINED {
                    dt { "And" }
                    dd.soft { (error.wrong.len() - EXPLAINED) " more wrong topics" }
                }
            }
        }
    }
}

/// The labels, of which those that were given are right.
fn gold(gold: &[Topic], given: &[Assigned]) -> Markup {
    chips(gold.iter().map(|topic| (topic, None)), |topic| given.iter().any(|of| of.topic == *topic))
}

/// What was given, of which the labels are right.
fn given(gold: &[Topic], given: &[Assigned]) -> Markup {
    chips(given.iter().map(|of| (&of.topic, Some(of.probability))), |topic| gold.contains(topic))
}

fn heading(id: &str, title: &str, opening: &str) -> Markup {
    html! {
        h3 { @if title.is_empty() { (id) } @else { (title) } }
        @if !title.is_empty() { p.soft { (id) } }
        p { @if opening.is_empty() { span.soft { "This article has no text." } } @else { (opening) } }
    }
}

fn why(topic: &WrongTopic) -> Markup {
    let Some(probability) = topic.probability else {
        return html! { "The model does not know this topic." };
    };
    let words = |words: &[DecidingWord], class: &str| {
        html! {
            @for word in words.iter().filter(|word| word.contribution.abs() >= FAINT) {
                span class=(class) { (word.word) " " small { (format!("{:+.2}", word.contribution)) } } " "
            }
        }
    };
    let probability = if probability < 0.001 { "below 0.001".to_owned() } else { figure(probability.into()) };
    html! {
        span.soft { "probability " (probability) } " "
        (words(&topic.words_for, "for"))
        (words(&topic.words_against, "against"))
        @if topic.words_for.is_empty() && topic.words_against.is_empty() { "no word says anything about it" }
    }
}

/// The articles of whose words the model knows few.
pub(super) fn hardly_known(articles: &[HardlyKnown], all: u64) -> Markup {
    let percent = 100.0 * HARDLY_KNOWN;
    html! {
        @if articles.is_empty() {
            p { "The model knows " (format!("{percent:.0}")) " % of the words or more of every article." }
        } @else {
            p.soft {
                "Where the model knows fewer than " (format!("{percent:.0}")) " % of the words, what it says \
                 rests on little: "
                (all) (if all == 1 { " article" } else { " articles" })
                @if all > articles.len() as u64 { ", of which the " (articles.len()) " least known are \
                 shown" } "."
            }
            @for article in articles {
                article.case {
                    (heading(&article.id, &article.title, &article.opening))
                    dl {
                        dt { "Words known" }
                        dd { (format!("{:.0} %", 100.0 * article.known)) }
                        dt { "Labels" }
                        dd { (gold(&article.gold, &article.given)) }
                        dt { "Given" }
                        dd { (given(&article.gold, &article.given)) }
                    }
                }
            }
        }
    }
}
