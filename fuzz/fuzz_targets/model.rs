//! Whatever is in a model file: an error or an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topicwire::model::ThresholdChanges;
use topicwire::{Article, TopicId, TopicModel};

fuzz_target!(|data: &[u8]| {
    if let Ok(model) = TopicModel::from_bytes(data) {
        let _ = model.verify();
        let article = Article::new("1", "Crude oil", "OPEC cut the output of crude oil, said the refineries");
        assert_eq!(model.predict(&article).probabilities.len(), model.topics().len());
        let _ = model.explain(&article, Some(model.topics()));
        let _ = model.strongest_terms(TopicId(0), 5);
        let _ = model.operating_points();
        let target = "precision=0.9".parse().ok();
        let _ = model.with_thresholds(&ThresholdChanges { target, ..ThresholdChanges::default() });
    }
});
