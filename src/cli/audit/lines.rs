//! Findings for a program, or for a person who works through them: a line of JSON to each.

use std::io::Write;

use serde::Serialize;
use topicwire::audit::{Audit, Doubt, Leak, RepeatedId, TextFinding, TopicOverlap, TopicReview};

/// A finding. `finding` says of which kind it is.
#[derive(Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
enum Line<'a> {
    Duplicates(&'a topicwire::audit::DuplicateGroup),
    NearDuplicates(&'a topicwire::audit::DuplicateGroup),
    Leak(&'a Leak),
    RepeatedId(&'a RepeatedId),
    Text(&'a TextFinding),
    Doubt(&'a Doubt),
    Topic(&'a TopicReview),
    Overlap(&'a TopicOverlap),
}

/// Writes a line for each finding.
pub fn write(out: &mut impl Write, audit: &Audit) -> anyhow::Result<()> {
    let labels = || audit.labels.iter();
    let leaks = audit.leaks.iter().flatten().map(Line::Leak);
    let lines = leaks
        .chain(audit.duplicates.iter().map(Line::Duplicates))
        .chain(audit.near_duplicates.iter().map(Line::NearDuplicates))
        .chain(audit.repeated_ids.iter().map(Line::RepeatedId))
        .chain(audit.texts.iter().map(Line::Text))
        .chain(labels().flat_map(|labels| &labels.doubts).map(Line::Doubt))
        .chain(labels().flat_map(|labels| &labels.overlaps).map(Line::Overlap))
        .chain(
            labels()
                .flat_map(|labels| &labels.topics)
                .filter(|topic| topic.problem.is_some())
                .map(Line::Topic),
        );
    for line in lines {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
