//! A model file is the same bytes every time, comes back as it was, and cannot hurt who opens it.

use proptest::prelude::*;
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, Error, TopicModel, Trainer};

fn articles() -> Vec<Article> {
    let mut articles = Vec::new();
    for n in 0..12 {
        let id = |topic: &str| format!("{topic}{n}");
        articles
            .push(Article::new(id("e"), "Oil output", "crude pipeline barrels opec").with_topics(["energy"]));
        articles
            .push(Article::new(id("s"), "Late goal", "penalty keeper match coach").with_topics(["sport"]));
        let both = "the match was stopped when oil from a pipeline ran over the pitch";
        articles.push(Article::new(id("b"), "Oil stops play", both).with_topics(["energy", "sport"]));
        articles.push(Article::new(id("n"), "Soup", "onions carrots simmer gently").with_topics([""; 0]));
    }
    articles
}

fn model() -> TopicModel {
    TopicModel::train(&Corpus::from(articles())).unwrap()
}

fn article() -> Article {
    Article::new("x", "Oil", "barrels of crude ran over the pitch, said the refineries' keeper")
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let corpus = Corpus::from(articles());
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| TopicModel::train(&corpus).unwrap()).as_bytes().to_vec()
    };
    let alone = on(1);
    assert!(alone == on(2) && alone == on(5) && alone == on(1));
    let other = Trainer::new(TrainSettings { folds: Some(4), ..TrainSettings::default() }).unwrap();
    assert!(other.train(&corpus).unwrap().as_bytes() != alone, "settings must matter");
}

#[test]
fn a_saved_model_predicts_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let model = model();
    model.save(&path).unwrap();
    for loaded in [TopicModel::load(&path).unwrap(), TopicModel::load_copy(&path).unwrap()] {
        assert_eq!(loaded.card(), model.card());
        assert_eq!(loaded.predict(&article()), model.predict(&article()));
        assert_eq!(loaded.predict_batch(&articles()), model.predict_batch(&articles()));
    }
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["m.safetensors"], "no temporary file stays");
}

#[test]
fn the_starter_model_opens_and_is_whole() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/newsroom.safetensors");
    let model = TopicModel::load_copy(path).unwrap();
    assert_eq!(model.card().version, 1);
}

#[test]
fn a_file_cut_short_is_refused() {
    let model = model();
    let bytes = model.as_bytes();
    for length in (0..bytes.len()).step_by(97) {
        assert!(matches!(TopicModel::from_bytes(&bytes[..length]), Err(Error::Model { .. })), "at {length}");
    }
}

#[test]
fn foreign_files_are_told_from_models() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let huge = u64::MAX.to_le_bytes();
    let empty_tensors = [&2_u64.to_le_bytes()[..], b"{}"].concat();
    for bytes in
        [&b""[..], b"hello", b"{\"id\": \"a\", \"text\": \"an article, not a model\"}", &huge, &empty_tensors]
    {
        std::fs::write(&path, bytes).unwrap();
        let error = TopicModel::load(&path).unwrap_err();
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    assert!(
        TopicModel::from_bytes(&empty_tensors)
            .unwrap_err()
            .to_string()
            .contains("not one that topicwire made")
    );
}

#[test]
fn a_newer_version_asks_for_a_newer_program() {
    let bytes = model().as_bytes().to_vec();
    // Within the header the card is JSON in a JSON string. The number grows, so a space of the padding goes.
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let text = String::from_utf8(bytes[8..8 + header].to_vec()).unwrap();
    let changed = text.replacen("\\\"version\\\":1,", "\\\"version\\\":999,", 1);
    assert_ne!(text, changed);
    let mut newer = (changed.len() as u64).to_le_bytes().to_vec();
    newer.extend_from_slice(changed.as_bytes());
    newer.extend_from_slice(&bytes[8 + header..]);
    let error = TopicModel::from_bytes(&newer).unwrap_err().to_string();
    assert!(error.contains("version 999") && error.contains("get a newer one"), "{error}");
}

#[test]
fn a_flipped_bit_in_the_arrays_fails_the_check() {
    let bytes = model().as_bytes().to_vec();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for at in (8 + header..bytes.len()).step_by(13) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        if let Ok(model) = TopicModel::from_bytes(&damaged) {
            assert!(model.verify().unwrap_err().to_string().contains("checksum"), "at {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is in the file: an error or an answer, never a panic or a hang.
    #[test]
    fn damage_does_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        use std::sync::LazyLock;
        static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| model().as_bytes().to_vec());
        let mut damaged = BYTES.clone();
        for (at, byte) in changes {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        if let Ok(model) = TopicModel::from_bytes(&damaged) {
            let _ = model.verify();
            let prediction = model.predict(&article());
            prop_assert_eq!(prediction.probabilities.len(), model.topics().len());
            let _ = model.strongest_terms(topicwire::TopicId(0), 5);
        }
    }
}
