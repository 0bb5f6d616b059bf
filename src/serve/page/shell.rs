//! The page at `/`: what stands there before any script runs.

use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse};
use maud::{DOCTYPE, Markup, html};

use super::POLICY;
use crate::serve::state::Shared;

/// The headers of every page.
pub(super) const HEADERS: [(HeaderName, &str); 3] =
    [(CONTENT_SECURITY_POLICY, POLICY), (REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-cache")];

/// The head of every page.
pub(super) fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
            link rel="stylesheet" href="/assets/style.css";
        }
    }
}

/// The page.
pub(super) async fn page(state: Shared) -> impl IntoResponse {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head("topicwire"))
            body data-feedback=(if state.feedback.is_some() { "on" } else { "off" })
                data-body=(state.limits().body) data-batch=(state.limits().batch) {
                a .skip href="#main" { "Skip to the article" }
                (masthead())
                noscript { p .notice { "This page needs JavaScript. The interface for programs is described at " a href="/docs" { "/docs" } "." } }
                p #notice .notice role="alert" hidden {}
                main #main tabindex="-1" {
                    (article_view())
                    (batch_view())
                    (model_view())
                }
                p #status .unseen role="status" {}
                (dialogs())
                (foot())
                div #drop .drop hidden { p { "Drop to find topics" } }
                input #file .unseen type="file" multiple tabindex="-1" aria-label="Articles"
                    accept=".txt,.md,.html,.htm,.xml,.rss,.atom,.jsonl,.ndjson,text/*";
                script type="module" src="/assets/app.js" {}
            }
        }
    };
    (HEADERS, Html(page.into_string()))
}

fn masthead() -> Markup {
    html! {
        header .masthead {
            a .wordmark href="/" { "topic" span { "wire" } }
            nav aria-label="Views" {
                a href="#article" data-view="article" aria-current="page" { "Article" }
                a href="#batch" data-view="batch" { "Batch" span #batch-count .count hidden {} }
                a href="#model" data-view="model" { "Model" }
                a href="/docs" { "API" }
            }
            label .models hidden { span .unseen { "Model" } select #models {} }
        }
    }
}

fn article_view() -> Markup {
    html! {
        section #view-article .article-view aria-label="Article" {
            div .sheet {
                form #compose .compose {
                    label .unseen for="title" { "Headline" }
                    textarea #title .headline rows="1" placeholder="Headline" spellcheck="false" maxlength="2000" {}
                    label .unseen for="text" { "Article" }
                    textarea #text .body spellcheck="false"
                        placeholder="Paste an article, the HTML of a page, or a feed. Or drop a file." {}
                    div .actions {
                        button .primary type="submit" { "Find topics" kbd aria-hidden="true" { "Ctrl ↵" } }
                        button #open type="button" { "Open file…" }
                        button #sample type="button" { "Try a sample" }
                        button #clear type="button" .quiet hidden { "Clear" }
                    }
                }
                article #reader .reader hidden tabindex="-1" aria-label="The article, with its evidence" {
                    div .reader-tools {
                        button #edit type="button" { "Edit" }
                        button #new type="button" { "New article" }
                        p #legend .legend hidden {
                            span #legend-topic {} " weak "
                            span .ramp aria-hidden="true" { i .s1 {} i .s2 {} i .s3 {} i .s4 {} i .s5 {} }
                            " strong"
                        }
                    }
                    h1 #reader-title {}
                    div #reader-text .prose {}
                }
            }
            aside .panel aria-labelledby="topics-heading" {
                div .panel-head {
                    h2 #topics-heading { "Topics" }
                    p #known .known {}
                }
                p #empty .empty { "Topics appear here as soon as there is an article, each with its probability, its threshold, and the words that speak for it." }
                ul #topics .topics {}
                div #add .add hidden {
                    label for="missing" { "Add a missing topic" }
                    div .completion {
                        input #missing type="text" role="combobox" aria-expanded="false" aria-autocomplete="list"
                            aria-controls="suggestions" autocomplete="off" spellcheck="false" placeholder="energy, trade, …";
                        ul #suggestions role="listbox" aria-label="Topics" hidden {}
                    }
                }
                p #saved .saved hidden { span #saved-text {} " " button #undo type="button" .link { "Undo" } }
                details #others .others hidden {
                    summary { "All other topics" }
                    ul #other-topics .topics {}
                }
            }
        }
    }
}

fn batch_view() -> Markup {
    html! {
        section #view-batch .batch-view aria-labelledby="batch-heading" hidden {
            div .view-head {
                h1 #batch-heading { "Batch" }
                p #batch-summary .summary {}
            }
            div #batch-empty .blank {
                p { "A feed, several files, or a file of JSON lines are listed here, an article to a row." }
                button #batch-open type="button" .primary { "Open files…" }
            }
            div #batch-full hidden {
                div .filters {
                    label { span { "Find" } input #filter type="search" placeholder="Words in title or text" autocomplete="off"; }
                    label { span { "Topic" } select #filter-topic { option value="" { "Any" } } }
                    button #csv type="button" { "Download CSV" }
                }
                div .table tabindex="0" role="region" aria-labelledby="batch-heading" {
                    table {
                        thead { tr { th scope="col" { "Article" } th scope="col" { "Topics" } th scope="col" .number { "Words known" } } }
                        tbody #rows {}
                    }
                }
                button #more type="button" hidden { "Show more" }
            }
        }
    }
}

fn model_view() -> Markup {
    html! {
        section #view-model .model-view aria-labelledby="model-heading" hidden {
            div .view-head {
                h1 #model-heading { "Model" }
                p #model-summary .summary {}
            }
            dl #model-facts .facts {}
            div .columns {
                (quality())
                (chosen_topic())
            }
            (comparisons())
        }
    }
}

/// How well each topic is told, a line to each.
fn quality() -> Markup {
    html! {
        section .told aria-labelledby="quality-heading" {
            div .figure-head {
                h2 #quality-heading { "How well each topic is told" }
                label { span { "Sort by" } " "
                    select #sort {
                        option value="f1" { "F1" }
                        option value="name" { "Name" }
                        option value="articles" { "Articles" }
                        option value="threshold" .of-thresholds { "Threshold" }
                    }
                }
            }
            p .note { "On articles that were kept aside in turn during training: new ones will show a little less." }
            ul .key {
                li { span .swatch.fill aria-hidden="true" {} "F1" }
                li .of-curves { span .swatch.precision aria-hidden="true" {} "Precision (P)" }
                li .of-curves { span .swatch.recall aria-hidden="true" {} "Recall (R)" }
                li .of-thresholds { span .swatch.dot aria-hidden="true" {} "Threshold" }
                li .of-thresholds { span .swatch.base aria-hidden="true" {} "Share of the articles" }
            }
            table .charts aria-labelledby="quality-heading" {
                thead { tr {
                    th scope="col" { "Topic" }
                    th scope="col" { "F1" }
                    th scope="col" { "Articles" }
                    th scope="col" .of-thresholds { "Threshold" }
                } }
                tbody #quality {}
            }
            button #all-topics type="button" hidden {}
        }
    }
}

/// One topic more closely.
fn chosen_topic() -> Markup {
    html! {
        section #chosen .chosen aria-labelledby="chosen-heading" {
            div .figure-head {
                h2 #chosen-heading { "One topic" }
                label { span .unseen { "Topic" } select #chosen-topic {} }
            }
            dl #chosen-about .about-topic {}
            figure #figure-curve {
                h3 { "What other thresholds come to" }
                div #chart-curve {}
                figcaption { ul .key {
                    li { span .swatch.line.precision aria-hidden="true" {} "Precision" }
                    li { span .swatch.line.recall aria-hidden="true" {} "Recall" }
                    li { span .swatch.now aria-hidden="true" {} "The threshold" }
                } }
            }
        }
    }
}

fn comparisons() -> Markup {
    html! {
        div .columns.even {
            figure .of-thresholds {
                h2 { "Thresholds and how frequent topics are" }
                div #chart-thresholds {}
                figcaption .note { "Upwards: the probability from which a topic is given. To the right: how many articles have it." }
            }
            div {
                figure #figure-shares {
                    h2 { "How many topics articles have" }
                    div #chart-shares {}
                }
                figure #figure-trials {
                    h2 { "Settings that were compared" }
                    div #chart-trials {}
                    figcaption #trials-figure .note {}
                }
            }
        }
    }
}

fn dialogs() -> Markup {
    html! {
        dialog #key-dialog aria-labelledby="key-heading" {
            form method="dialog" {
                h2 #key-heading { "This service asks for a key" }
                label for="key" { "API key" }
                input #key type="password" autocomplete="off" required;
                p .note { "It is kept until you close this tab." }
                div .actions { button .primary value="ok" { "Go on" } }
            }
        }
        dialog #help-dialog aria-labelledby="help-heading" {
            form method="dialog" {
                h2 #help-heading { "Keys" }
                dl .keys {
                    dt { kbd { "Ctrl ↵" } } dd { "find topics" }
                    dt { kbd { "↑" } " " kbd { "↓" } } dd { "from topic to topic" }
                    dt { kbd { "↵" } } dd { "light up a topic's evidence" }
                    dt { kbd { "Y" } " " kbd { "N" } } dd { "the topic in focus is right, is wrong" }
                    dt { kbd { "A" } } dd { "add a missing topic, from the list of topics" }
                    dt { kbd { "Esc" } } dd { "evidence off; back to editing" }
                }
                div .actions { button .primary value="ok" { "Close" } }
            }
        }
    }
}

fn foot() -> Markup {
    html! {
        footer .foot {
            button #help type="button" .link { "Keyboard" }
            span { "topicwire " (env!("CARGO_PKG_VERSION")) }
        }
    }
}
