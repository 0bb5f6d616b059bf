//! Whatever is in a taxonomy: topics that hang together, or an error that names a line of the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topicwire::{Error, Taxonomy};

fuzz_target!(|text: &str| {
    match Taxonomy::parse(text, "t.toml") {
        Ok(taxonomy) => {
            for topic in taxonomy.topics() {
                assert!(taxonomy.get(topic.id.as_str()).is_some());
                assert!(topic.parent.as_ref().is_none_or(|parent| taxonomy.get(parent.as_str()).is_some()));
                assert!(taxonomy.problem_with(topic.id.as_str()).is_none());
            }
            let _ = taxonomy.problem_with(text);
        }
        Err(Error::Record { place, .. }) => assert!(place.line <= 1 + text.matches('\n').count() as u64),
        Err(other) => panic!("{other}"),
    }
});
