//! Findings for a program, or for a person who works through them: a line of JSON to each.

use std::io::Write;

use serde::Serialize;
use topicwire::audit::{Audit, Leak, RepeatedId, TextFinding};

/// A finding. `finding` says of which kind it is.
#[derive(Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
enum Line<'a> {
    Duplicates(&'a topicwire::audit::DuplicateGroup),
    NearDuplicates(&'a topicwire::audit::DuplicateGroup),
    Leak(&'a Leak),
    RepeatedId(&'a RepeatedId),
    Text(&'a TextFinding),
}

/// Writes a line for each finding.
pub fn write(out: &mut impl Write, audit: &Audit) -> anyhow::Result<()> {
    let leaks = audit.leaks.iter().flatten().map(Line::Leak);
    let lines = leaks
        .chain(audit.duplicates.iter().map(Line::Duplicates))
        .chain(audit.near_duplicates.iter().map(Line::NearDuplicates))
        .chain(audit.repeated_ids.iter().map(Line::RepeatedId))
        .chain(audit.texts.iter().map(Line::Text));
    for line in lines {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
