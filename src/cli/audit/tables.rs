//! Findings for a person at a terminal.

use std::io::{self, Write};

use comfy_table::Table;
use topicwire::Task;
use topicwire::audit::{ArticleRef, Audit, DoubtKind, DuplicateGroup};

use super::super::table;
use super::labels;

/// Writes how much was found of each kind, and the first `show` findings.
pub fn write(out: &mut impl Write, audit: &Audit, show: usize) -> io::Result<()> {
    write_summary(out, audit)?;
    if let Some(leaks) = &audit.leaks {
        section(out, "Articles that stand in the test corpus too", leaks.len(), show, || {
            let mut rows = left(&["similarity", "article", "test article", "topics", "opening"]);
            for leak in leaks.iter().take(show) {
                rows.add_row([
                    similarity(leak.similarity),
                    leak.article.id.clone(),
                    leak.test.id.clone(),
                    if leak.topics_differ {
                        format!("{} / {}", topics(&leak.article), topics(&leak.test))
                    } else {
                        topics(&leak.article)
                    },
                    leak.article.opening.clone(),
                ]);
            }
            rows
        })?;
    }
    write_groups(out, "Exact duplicates", &audit.duplicates, show)?;
    write_groups(out, "Near duplicates", &audit.near_duplicates, show)?;
    section(out, "Ids that different articles share", audit.repeated_ids.len(), show, || {
        let mut rows = left(&["id", "in the corpus", "in the test corpus", "openings"]);
        for repeated in audit.repeated_ids.iter().take(show) {
            let openings: Vec<&str> =
                repeated.articles.iter().chain(&repeated.test).map(|a| a.opening.as_str()).take(3).collect();
            rows.add_row([
                repeated.id.clone(),
                repeated.articles.len().to_string(),
                repeated.test.len().to_string(),
                openings.join(" / "),
            ]);
        }
        rows
    })?;
    section(out, "Odd texts", audit.texts.len(), show, || {
        let mut rows = left(&["article", "problem", "opening"]);
        for finding in audit.texts.iter().take(show) {
            let article = &finding.article;
            rows.add_row([article.id.clone(), finding.problem.to_string(), article.opening.clone()]);
        }
        rows
    })?;
    if let Some(labels) = &audit.labels {
        labels::write(out, labels, show)?;
    }
    for note in &audit.notes {
        writeln!(out, "\nNot looked at: {note}")?;
    }
    Ok(())
}

fn write_summary(out: &mut impl Write, audit: &Audit) -> io::Result<()> {
    let against = audit.test_articles.map(|n| format!(", against {n} test articles")).unwrap_or_default();
    writeln!(out, "{} articles ({} labelled){against}", audit.articles, audit.labelled)?;
    let mut line = |count: usize, name: &str, more: String| writeln!(out, "{count:>8}  {name}{more}");
    let copies = |groups: &[DuplicateGroup]| {
        let copies: usize = groups.iter().map(|group| group.members.len() - 1).sum();
        let differ = groups.iter().filter(|group| group.topics_differ).count();
        let more = if differ > 0 { format!("; in {differ} the topics differ") } else { String::new() };
        (copies, format!(", in {} groups{more}", groups.len()))
    };
    if let Some(leaks) = &audit.leaks {
        let exact = leaks.iter().filter(|leak| leak.exact).count();
        line(leaks.len(), "leaks into the test corpus", format!(", {exact} of them exact"))?;
    }
    let (count, more) = copies(&audit.duplicates);
    line(count, "exact duplicates", more)?;
    let (count, more) = copies(&audit.near_duplicates);
    line(count, "near duplicates", format!("{more} (similarity {} and above)", audit.similarity))?;
    line(audit.repeated_ids.len(), "ids that different articles share", String::new())?;
    line(audit.texts.len(), "odd texts", String::new())?;
    if let Some(labels) = &audit.labels {
        let count = |kind: DoubtKind| {
            let of_kind = || labels.doubts.iter().filter(|doubt| doubt.kind == kind);
            (
                of_kind().count(),
                format!(", {} of them with confidence", of_kind().filter(|doubt| doubt.confident).count()),
            )
        };
        let (wrong, confident) = count(DoubtKind::Wrong);
        line(wrong, "topics that may be wrong", confident)?;
        if labels.task == Task::Multi {
            let (missing, confident) = count(DoubtKind::Missing);
            line(missing, "topics that may be missing", confident)?;
        }
        line(labels.overlaps.len(), "pairs of topics that are not told apart", String::new())?;
        let trouble = labels.topics.iter().filter(|topic| topic.problem.is_some()).count();
        let imbalance = format!(
            ", of {}; the largest has {:.0} times the articles of the rarest",
            labels.topics.len(),
            labels.imbalance
        );
        line(trouble, "topics that are too rare or not learned", imbalance)?;
    }
    Ok(())
}

fn write_groups(out: &mut impl Write, name: &str, groups: &[DuplicateGroup], show: usize) -> io::Result<()> {
    section(out, name, groups.len(), show, || {
        let mut rows = left(&["similarity", "articles", "topics", "opening"]);
        for group in groups.iter().take(show) {
            let lowest = group.members.iter().map(|member| member.similarity).fold(1.0, f64::min);
            let ids: Vec<&str> = group.members.iter().map(|m| m.article.id.as_str()).take(5).collect();
            let more = group.members.len().saturating_sub(5);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let Some(first) = group.members.first() else { continue };
            let mut labels: Vec<String> =
                group.members.iter().map(|member| topics(&member.article)).collect();
            labels.dedup();
            labels.truncate(3);
            rows.add_row([
                similarity(lowest),
                format!("{}{more}", ids.join(" ")),
                labels.join(" / "),
                first.article.opening.clone(),
            ]);
        }
        rows
    })
}

/// A heading and its table; nothing where nothing was found.
pub fn section(
    out: &mut impl Write,
    name: &str,
    found: usize,
    show: usize,
    rows: impl FnOnce() -> Table,
) -> io::Result<()> {
    if found == 0 || show == 0 {
        return Ok(());
    }
    let shown = if found > show { format!(" (the first {show} of {found})") } else { String::new() };
    writeln!(out, "\n{name}{shown}\n{}", rows())
}

pub fn left(header: &[&str]) -> Table {
    let mut rows = table::new(header);
    for column in 1..header.len() {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Left);
        }
    }
    rows
}

fn similarity(value: f64) -> String {
    // Rounding must not call the nearly same the same.
    if value < 1.0 { format!("{:.3}", value.min(0.999)) } else { "1".to_owned() }
}

fn topics(article: &ArticleRef) -> String {
    match &article.topics {
        None => "not labelled".to_owned(),
        Some(topics) if topics.is_empty() => "none".to_owned(),
        Some(topics) => topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(", "),
    }
}
