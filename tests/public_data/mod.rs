//! The public collections, where this machine has them: in the folder that `TOPICWIRE_DATA` names, or in `../shared/data`.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;

/// The archive `name` of a collection, or `None`, saying so, where this machine has none.
pub fn collection(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TOPICWIRE_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

/// The same, for tests that take long: `None` too where they are not asked for.
pub fn collection_for_heavy_tests(name: &str) -> Option<PathBuf> {
    if std::env::var_os("TOPICWIRE_HEAVY").is_none() {
        println!("skipped: set TOPICWIRE_HEAVY=1, and take --release");
        return None;
    }
    collection(name)
}
