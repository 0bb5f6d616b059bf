//! A model file is the same bytes every time, comes back as it was, and cannot hurt who opens it.

use std::collections::HashMap;

use proptest::prelude::*;
use safetensors::SafeTensors;
use serde_json::{Value, json};
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

/// One of the first version, without a taxonomy, and whatever else came later; one of the second, which leaves out weights
/// that are 0; one of the third, whose log odds heed each other; one of the fourth, with pairs of words of openings; one of the
/// fifth, in the layout of today; and one of the sixth, with character n-grams.
#[test]
fn models_of_older_programs_open_and_answer_as_they_did() {
    for (version, topics, text, topic, then) in [
        (1, 2, "crude oil barrels", "energy", [0.9868869, 0.07992889]),
        (2, 130, "kakakari mokakari", "t001", [0.28840214, 0.7115979]),
        (3, 2, "crude oil barrels", "energy", [0.9965725, 0.000_112_761]),
        (4, 2, "crude oil barrels", "energy", [0.9974095, 0.004_589_198]),
        (5, 2, "crude oil barrels", "energy", [0.9191929, 0.003_144_612_8]),
        (6, 3, "crude petrolish barrels", "energy", [0.052_574_07, 0.99662256]),
    ] {
        let path = format!("{}/tests/data/model-v{version}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let model = TopicModel::load_copy(path).unwrap();
        assert_eq!((model.card().version, model.topics().len()), (version, topics));
        let prediction = model.predict(&Article::new("x", "", text));
        assert_eq!(prediction.topics.len(), 1);
        assert_eq!(prediction.topics[0].topic.as_str(), topic);
        for (probability, then) in prediction.probabilities.iter().zip(then) {
            assert!((probability - then).abs() < 1e-5, "{:?}", prediction.probabilities);
        }
        // With another decision it is written anew, of the version that can hold it.
        let changed = model.with_decision(model.card().decision.clone()).unwrap();
        assert_eq!(changed.card().version, if version == 1 { 3 } else { version });
        assert_eq!(changed.predict(&Article::new("x", "", text)), prediction);
    }
}

#[test]
fn the_starter_model_opens_and_is_whole() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/newsroom.safetensors");
    let model = TopicModel::load_copy(path).unwrap();
    assert_eq!(model.card().version, 5);
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

/// The model file `bytes` with `change` done to its card.
fn with_card(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let mut card: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["topicwire"]).unwrap();
    change(&mut card);
    let file = SafeTensors::deserialize(bytes).unwrap();
    let metadata = HashMap::from([("topicwire".to_owned(), card.to_string())]);
    safetensors::serialize(file.tensors(), Some(metadata)).unwrap()
}

/// The model file `bytes` without the array `left_out`, and with all others as they are.
fn without_array(bytes: &[u8], left_out: &str) -> Vec<u8> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let file = SafeTensors::deserialize(bytes).unwrap();
    let arrays = file.tensors().into_iter().filter(|(name, _)| name != left_out);
    safetensors::serialize(arrays.collect::<Vec<_>>(), metadata.metadata().clone()).unwrap()
}

#[test]
fn parts_that_do_not_fit_each_other_are_told() {
    let model = model();
    let bytes = model.as_bytes();
    assert_eq!(TopicModel::from_bytes(&with_card(bytes, |_| ())).unwrap().card(), model.card());
    let pop = |list: &mut Value| drop(list.as_array_mut().unwrap().pop());
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("newer", with_card(bytes, |card| card["version"] = 999.into()), "version 999, get a newer one"),
        (
            "newer, and unlike",
            with_card(bytes, |card| *card = json!({"version": 999, "new": []})),
            "version 999, get a newer one",
        ),
        ("no version", with_card(bytes, |card| *card = json!({})), "version"),
        ("another card", with_card(bytes, |card| *card = json!({"version": 1})), "card"),
        ("no bias", without_array(bytes, "bias"), "`bias`"),
        ("a topic less", with_card(bytes, |card| pop(&mut card["topics"])), "do not fit"),
        ("a threshold less", with_card(bytes, |card| pop(&mut card["decision"]["thresholds"])), "do not fit"),
        (
            "a scaling less",
            with_card(bytes, |card| pop(&mut card["decision"]["calibration"]["platt"]["scalings"])),
            "do not fit",
        ),
        ("another task", with_card(bytes, |card| card["task"] = "single".into()), "do not fit"),
        ("no language", with_card(bytes, |card| card["analyzer"]["languages"] = json!([])), "do not fit"),
    ];
    for (name, bytes, parts) in cases {
        let error = TopicModel::from_bytes(&bytes).unwrap_err().to_string();
        assert!(parts.split(", ").all(|part| error.contains(part)), "{name}: {error}");
    }
}

#[test]
fn digits_of_the_card_can_be_anything() {
    let model = model();
    let bytes = model.as_bytes();
    let end = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    for at in (8..end).filter(|&at| bytes[at].is_ascii_digit()) {
        for digit in [b'0', b'9', b'-'] {
            let mut changed = bytes.to_vec();
            changed[at] = digit;
            if let Ok(model) = TopicModel::from_bytes(&changed) {
                let _ = (model.verify(), model.predict(&article()));
            }
        }
    }
}

#[test]
fn the_program_says_what_is_wrong_with_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let model = model();
    std::fs::write(folder.path().join("a.jsonl"), "{\"text\":\"Oil.\",\"topics\":[\"energy\"]}\n").unwrap();
    let mut flipped = model.as_bytes().to_vec();
    let last = flipped.len() - 1;
    flipped[last] ^= 4;
    for (bytes, part, predict_too) in [
        (&model.as_bytes()[..last], "damaged", true),
        (&with_card(model.as_bytes(), |card| card["version"] = 999.into()), "version 999", true),
        // One article must be classified at once: not every byte is read for it.
        (&flipped[..], "checksum", false),
    ] {
        std::fs::write(folder.path().join("bad"), bytes).unwrap();
        let commands: [(&[&str], bool); 3] = [
            (&["predict", "--model", "bad", "--text", "Oil"], predict_too),
            (&["evaluate", "--model", "bad", "a.jsonl"], true),
            (&["inspect", "bad"], true),
        ];
        for (arguments, must_fail) in commands {
            let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
            let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!said.contains("panicked"), "{said}");
            if must_fail {
                assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
                assert!(said.starts_with("topicwire: bad: ") && said.contains(part), "{said}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_new_model_can_be_read_by_others_and_a_replaced_one_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let model = model();
    model.save(&path).unwrap();
    assert_eq!(mode(), 0o644);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    model.save(&path).unwrap();
    assert_eq!(mode(), 0o600);
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
    fn damage_does_not_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        of_older in any::<bool>(),
    ) {
        use std::sync::LazyLock;
        static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| model().as_bytes().to_vec());
        let mut damaged =
            if of_older { include_bytes!("data/model-v4.safetensors").to_vec() } else { BYTES.clone() };
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
