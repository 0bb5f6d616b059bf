//! The table of spellings finds what was put into it and nothing else, however it was filled.

use std::collections::BTreeMap;

use proptest::prelude::*;
use topicwire::TermId;
use topicwire::features::SurfaceTable;
use topicwire::text::Surface;

proptest! {
    #[test]
    fn every_spelling_finds_its_term(
        entries in prop::collection::btree_map(1_u64.., 0_u32..1000, 0..300),
        others in prop::collection::vec(1_u64.., 300),
    ) {
        let of = |entries: &BTreeMap<u64, u32>| -> Vec<(Surface, TermId)> {
            entries.iter().map(|(&key, &term)| (Surface(key), TermId(term))).collect()
        };
        let table = SurfaceTable::new(of(&entries));
        for (&key, &term) in &entries {
            prop_assert_eq!(table.get(Surface(key)), Some(TermId(term)));
        }
        for key in others {
            prop_assert_eq!(table.get(Surface(key)), entries.get(&key).map(|&term| TermId(term)));
        }
        let backwards = SurfaceTable::new(of(&entries).into_iter().rev().collect());
        prop_assert_eq!(backwards.buckets(), table.buckets());
    }
}
