//! The page of an audit: what is wrong with a corpus, to be gone through.

use maud::{Markup, html};

use super::page::{Section, count, figure, page};
use super::table::{Cell, Column, table};
use crate::Topic;
use crate::audit::{
    ArticleRef, Audit, Doubt, DoubtKind, DuplicateGroup, LabelFindings, OverlapKind, TopicTrouble,
};

/// More findings of a kind than this are not shown: a list of thousands is worked through from `--output jsonl`.
const SHOWN: usize = 300;

/// The page of an audit of `corpus`.
pub fn audit_page(audit: &Audit, corpus: &str) -> String {
    let lead = html! {
        p {
            (count(audit.articles as u64)) " articles, " (count(audit.labelled as u64)) " of them labelled"
            @if let Some(test) = audit.test_articles { ", against " (count(test as u64)) " of a test corpus" }
            "."
        }
        @for note in &audit.notes { p.note { (note) } }
    };
    let mut sections =
        vec![Section { id: "summary", short: "Summary", title: "What was found", body: summary(audit) }];
    if audit.leaks.is_some() {
        sections.push(Section {
            id: "leaks",
            short: "Leaks",
            title: "In the test corpus too",
            body: leaks(audit),
        });
    }
    sections.push(Section { id: "copies", short: "Copies", title: "Copies", body: copies(audit) });
    if let Some(labels) = &audit.labels {
        sections.push(Section {
            id: "doubts",
            short: "Doubtful labels",
            title: "Labels that may be wrong",
            body: doubts(labels),
        });
        sections.push(Section { id: "topics", short: "Topics", title: "Topics", body: topics(labels) });
    }
    sections.push(Section { id: "texts", short: "Texts", title: "Odd texts and ids", body: texts(audit) });
    page("Audit", corpus, lead, sections)
}

fn summary(audit: &Audit) -> Markup {
    let differ = |groups: &[DuplicateGroup]| groups.iter().filter(|group| group.topics_differ).count();
    let mut found: Vec<(&str, usize, String)> = vec![
        (
            "Groups of exact duplicates",
            audit.duplicates.len(),
            format!("topics differ in {}", differ(&audit.duplicates)),
        ),
        (
            "Groups of near duplicates",
            audit.near_duplicates.len(),
            format!(
                "similarity from {}; topics differ in {}",
                audit.similarity,
                differ(&audit.near_duplicates)
            ),
        ),
        ("Ids that different articles share", audit.repeated_ids.len(), String::new()),
        ("Odd texts", audit.texts.len(), String::new()),
    ];
    if let Some(leaks) = &audit.leaks {
        let exact = leaks.iter().filter(|leak| leak.exact).count();
        found.insert(0, ("Leaks into the test corpus", leaks.len(), format!("{exact} of them exact")));
    }
    if let Some(labels) = &audit.labels {
        let confident = labels.doubts.iter().filter(|doubt| doubt.confident).count();
        found.push(("Doubtful labels", labels.doubts.len(), format!("{confident} of them with confidence")));
        found.push(("Pairs of topics not told apart", labels.overlaps.len(), String::new()));
    }
    html! {
        dl.tiles {
            @for (name, number, beside) in found {
                div.tile {
                    dt { (name) }
                    dd { div.value { (count(number as u64)) } div.beside { (beside) } }
                }
            }
        }
    }
}

/// Says so where not all of `all` findings are shown.
fn rest(all: usize) -> Markup {
    html! {
        @if all > SHOWN {
            p.soft { "The first " (SHOWN) " of " (count(all as u64)) ": `--output jsonl` has them all." }
        }
    }
}

fn topics_of(article: &ArticleRef) -> Cell {
    Cell::text(&match &article.topics {
        None => "not labelled".to_owned(),
        Some(topics) if topics.is_empty() => "none".to_owned(),
        Some(topics) => topics.iter().map(Topic::as_str).collect::<Vec<_>>().join(", "),
    })
}

fn leaks(audit: &Audit) -> Markup {
    let leaks = audit.leaks.as_deref().unwrap_or_default();
    let columns = [
        Column("Article", false),
        Column("Test article", false),
        Column("Similarity", true),
        Column("Topics", false),
        Column("Topics in the test corpus", false),
        Column("Opening", false),
    ];
    let rows = leaks.iter().take(SHOWN).map(|leak| {
        vec![
            Cell::text(&leak.article.id),
            Cell::text(&leak.test.id),
            Cell::Figure(Some(leak.similarity)),
            topics_of(&leak.article),
            topics_of(&leak.test),
            Cell::text(&leak.article.opening),
        ]
    });
    html! {
        @if leaks.is_empty() { p { "No article stands in the test corpus too." } } @else {
            p.soft { "A model that has learned from these is tested on what it knows. `--fix` leaves them out." }
            (table("Articles that stand in the test corpus", &columns, rows.collect(), Vec::new()))
            (rest(leaks.len()))
        }
    }
}

fn copies(audit: &Audit) -> Markup {
    let groups: Vec<&DuplicateGroup> = audit.duplicates.iter().chain(&audit.near_duplicates).collect();
    let columns = [
        Column("Group", false),
        Column("Article", false),
        Column("Similarity", true),
        Column("Topics", false),
        Column("Opening", false),
    ];
    let rows = groups.iter().take(SHOWN).zip(1..).flat_map(|(group, number)| {
        group.members.iter().map(move |member| {
            let mark = if group.topics_differ { " ≠" } else { "" };
            vec![
                Cell::text(&format!("{number}{mark}")),
                Cell::text(&member.article.id),
                Cell::Figure(Some(member.similarity)),
                topics_of(&member.article),
                Cell::text(&member.article.opening),
            ]
        })
    });
    html! {
        @if groups.is_empty() { p { "No two articles are the same, or nearly." } } @else {
            p.soft { "≠ marks groups whose articles have different topics. The similarity is the Jaccard similarity of \
             five-word shingles with the group's closest other article." }
            (table("Copies, exact ones first", &columns, rows.collect(), Vec::new()))
            (rest(groups.len()))
        }
    }
}

fn doubts(labels: &LabelFindings) -> Markup {
    let columns = [
        Column("Article", false),
        Column("Doubt", true),
        Column("What may be wrong", false),
        Column("Words that say so", false),
        Column("Opening", false),
    ];
    let rows = labels.doubts.iter().take(SHOWN).map(|doubt| {
        vec![
            Cell::text(&doubt.article.id),
            Cell::Bar(doubt.doubt.into()),
            Cell::Text(suspicion(doubt)),
            Cell::text(&doubt.evidence.iter().map(|of| of.word.as_str()).collect::<Vec<_>>().join(", ")),
            Cell::text(&doubt.article.opening),
        ]
    });
    html! {
        @if labels.doubts.is_empty() { p { "No label contradicts what was learned from the other articles." } } @else {
            p.soft { "Labels that contradict what models have learned that had not seen the article, the most doubtful \
             first. ! marks those that confident learning counts." }
            (table("Doubtful labels", &columns, rows.collect(), Vec::new()))
            (rest(labels.doubts.len()))
        }
    }
}

fn suspicion(doubt: &Doubt) -> Markup {
    let probability = figure(doubt.probability.into());
    html! {
        @if doubt.confident { "! " }
        @match (doubt.kind, &doubt.instead) {
            (DoubtKind::Missing, _) => { b { (doubt.topic) } " may be missing (" (probability) ")" },
            (DoubtKind::Wrong, Some(instead)) => {
                b { (doubt.topic) } " (" (probability) ") may be " b { (instead) }
                @if let Some(p) = doubt.instead_probability { " (" (figure(p.into())) ")" }
            },
            (DoubtKind::Wrong, None) => { b { (doubt.topic) } " may be wrong (" (probability) ")" },
        }
    }
}

fn topics(labels: &LabelFindings) -> Markup {
    let columns = [
        Column("Topic", false),
        Column("Articles", true),
        Column("Average precision", true),
        Column("Trouble", false),
    ];
    let rows = labels.topics.iter().map(|of| {
        let trouble = match of.problem {
            None => "",
            Some(TopicTrouble::Rare) => "too rare to be learned",
            Some(TopicTrouble::NotLearned) => "does not stand out from the others",
        };
        vec![
            Cell::text(of.topic.as_str()),
            Cell::Count(of.articles as u64),
            Cell::Figure(of.average_precision),
            Cell::text(trouble),
        ]
    });
    let overlap_columns = [
        Column("Topic", false),
        Column("and", false),
        Column("How", false),
        Column("Articles", true),
        Column("Share", true),
    ];
    let overlaps = labels.overlaps.iter().map(|of| {
        let how = match of.kind {
            OverlapKind::Confused => "one is told as the other",
            OverlapKind::Together => "mostly given together",
        };
        vec![
            Cell::text(of.first.as_str()),
            Cell::text(of.second.as_str()),
            Cell::text(how),
            Cell::Count(of.articles as u64),
            Cell::Figure(Some(of.share)),
        ]
    });
    html! {
        p { "The most frequent topic has " (format!("{:.0}", labels.imbalance)) " times the articles of the rarest." }
        (table("How well each topic can be told", &columns, rows.collect(), Vec::new()))
        @if !labels.overlaps.is_empty() {
            (table("Topics that are not told apart", &overlap_columns, overlaps.collect(), Vec::new()))
        }
    }
}

fn texts(audit: &Audit) -> Markup {
    let columns = [Column("Article", false), Column("Problem", false), Column("Opening", false)];
    let odd = audit.texts.iter().take(SHOWN).map(|of| {
        vec![Cell::text(&of.article.id), Cell::text(&of.problem.to_string()), Cell::text(&of.article.opening)]
    });
    let id_columns = [Column("Id", false), Column("Articles", true), Column("Openings", false)];
    let ids = audit.repeated_ids.iter().take(SHOWN).map(|of| {
        let articles: Vec<&ArticleRef> = of.articles.iter().chain(&of.test).collect();
        let openings: Vec<&str> = articles.iter().map(|article| article.opening.as_str()).collect();
        vec![Cell::text(&of.id), Cell::Count(articles.len() as u64), Cell::text(&openings.join(" / "))]
    });
    html! {
        @if audit.texts.is_empty() { p { "No text is empty, very short or long, in another language, full of markup, or garbled." } }
        @else {
            (table("Odd texts", &columns, odd.collect(), Vec::new()))
            (rest(audit.texts.len()))
        }
        @if !audit.repeated_ids.is_empty() {
            (table("Ids that articles of different texts share", &id_columns, ids.collect(), Vec::new()))
            (rest(audit.repeated_ids.len()))
        }
    }
}
