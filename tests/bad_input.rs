//! What a user does wrong gets a clear error, and nothing panics.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Place(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// Runs the program in this folder; whatever happens, it must not panic.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let output = command.current_dir(self.0.path()).args(arguments).output().unwrap();
        assert!(!said(&output).contains("panicked"), "{}", said(&output));
        output
    }

    /// Trains on `content`, which must fail with exit code 1 and a message that holds all of `parts`.
    fn refuses(&self, name: &str, content: impl AsRef<[u8]>, parts: &[&str]) {
        self.write(name, content);
        let output = self.run(&["train", name, "--model", "m.safetensors"]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        for part in parts {
            assert!(said(&output).contains(part), "no `{part}` in: {}", said(&output));
        }
        assert!(!self.path("m.safetensors").exists());
    }

    /// Trains on `content`, which must succeed.
    fn accepts(&self, name: &str, content: impl AsRef<[u8]>) -> Output {
        self.write(name, content);
        let output = self.run(&["train", name, "--model", "m.safetensors"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        output
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn line(id: &str, text: &str, topics: &[&str]) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "text": text, "topics": topics }))
}

/// Two topics that words tell apart.
fn small() -> String {
    let mut corpus = String::new();
    for n in 0..6 {
        corpus += &line(&format!("e{n}"), "crude oil pipeline barrels output", &["energy"]);
        corpus += &line(&format!("s{n}"), "goal keeper penalty match coach", &["sport"]);
    }
    corpus
}

#[test]
fn an_empty_file_holds_nothing_to_learn() {
    let place = Place::new();
    place.refuses("empty.jsonl", "", &["empty.jsonl", "empty"]);
    place.refuses("blank.jsonl", "\n \n\n", &["blank.jsonl", "empty"]);
    place.refuses("header.csv", "id,text,topics\n", &["header.csv", "no article"]);
    place.accepts("c.jsonl", small());
    let output = place.run(&["predict", "--model", "m.safetensors", "empty.jsonl"]);
    assert!(output.status.success() && said(&output).contains("empty.jsonl: the file is empty"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"error\":\"the file is empty\""));
    // A filter that is given nothing has nothing to say.
    let output = place.run(&["predict", "--model", "m.safetensors", "-"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", said(&output));
}

#[test]
fn an_empty_text_is_an_article() {
    let place = Place::new();
    place.accepts("c.jsonl", small() + &line("x", "", &["energy"]));
    let input = place.write("in.jsonl", "{\"id\": \"a\", \"text\": \"\"}\n");
    let output =
        place.run(&["predict", "--model", "m.safetensors", input.to_str().unwrap(), "--output", "jsonl"]);
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("{\"id\":\"a\",\"topics\":"));
    std::fs::remove_file(place.path("m.safetensors")).unwrap();
    place.refuses("none.jsonl", line("1", "", &["a"]) + &line("2", "!!! — ...", &["b"]), &["no word"]);
}

#[test]
fn a_wrong_line_is_named_with_its_mend() {
    let place = Place::new();
    let third = |wrong: &str| line("1", "oil", &["a"]) + &line("2", "ball", &["b"]) + wrong + "\n";
    place.refuses("c.jsonl", third("not json"), &["c.jsonl:3", "JSON"]);
    place.refuses("c.jsonl", third("{\"id\": \"3\", \"topics\": [\"a\"]}"), &["c.jsonl:3", "text"]);
    place.refuses("c.jsonl", third("{\"text\": \"x\", \"topics\": 3}"), &["c.jsonl:3", "topics", "list"]);
    place.refuses("c.jsonl", third("{\"text\": \"x\", \"topics\": [3]}"), &["c.jsonl:3", "topics"]);
    place.refuses("c.jsonl", third("{\"text\": \"x\"}"), &["unlabelled skip"]);
}

#[test]
fn wrong_lines_can_be_skipped_and_are_counted() {
    let place = Place::new();
    place.write("c.jsonl", small() + "nonsense\n{\"text\": \"no labels\"}\n");
    let output = place.run(&[
        "train",
        "c.jsonl",
        "--model",
        "m.safetensors",
        "--on-error",
        "skip",
        "--unlabelled",
        "skip",
    ]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("Skipped 1 record") && said(&output).contains("c.jsonl:13"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("Skipped 1 articles that are not labelled"), "{}", said(&output));
}

#[test]
fn topics_that_tell_nothing_apart_are_refused() {
    let place = Place::new();
    let none = line("1", "oil", &[]) + &line("2", "ball", &[]);
    place.refuses("c.jsonl", none, &["no article has a topic"]);
    let same = line("1", "oil", &["a"]) + &line("2", "ball", &["a"]);
    place.refuses("c.jsonl", same, &["every article has the same topic, a"]);
}

#[test]
fn a_topic_on_a_single_article_and_one_against_none_can_be_learned() {
    let place = Place::new();
    place.accepts("c.jsonl", small() + &line("x", "lonely whale song", &["nature"]));
    place.accepts("c.jsonl", line("1", "oil", &["a"]) + &line("2", "ball", &[]));
    for classifier in ["logistic", "naive-bayes", "linfa-logistic", "linfa-bayes"] {
        for corpus in
            [small() + &line("x", "lonely whale song", &["nature"]), small() + &line("x", "whales", &[])]
        {
            place.write("c.jsonl", corpus);
            let arguments = ["train", "c.jsonl", "--model", "m.safetensors", "--classifier", classifier];
            let output = place.run(&arguments);
            assert!(output.status.success(), "{classifier}: {}", said(&output));
        }
    }
}

#[test]
fn a_thousand_topics() {
    let place = Place::new();
    let mut corpus = String::new();
    for topic in 0..1_000 {
        for copy in 0..3 {
            let text = format!("word{topic} again{topic} common filler{copy}");
            corpus += &line(&format!("{topic}-{copy}"), &text, &[&format!("topic{topic}")]);
        }
    }
    place.write("c.jsonl", corpus);
    let output =
        place.run(&["train", "c.jsonl", "--model", "m.safetensors", "--effort", "fast", "--language", "en"]);
    assert!(output.status.success(), "{}", said(&output));
    let output =
        place.run(&["predict", "--model", "m.safetensors", "--text", "word77 again77", "--output", "jsonl"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"topic77\""));
}

#[test]
fn an_article_of_fifty_megabytes() {
    let place = Place::new();
    place.accepts("c.jsonl", small());
    let mut text = String::with_capacity(50 << 20);
    let mut n = 0;
    while text.len() < 50 << 20 {
        n += 1;
        write!(text, "crude oil barrels {} ", n % 1000).unwrap();
    }
    place.write("big.jsonl", line("big", &text, &["energy"]));
    let output = place.run(&["predict", "--model", "m.safetensors", "big.jsonl", "--output", "jsonl"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("energy"), "{}", said(&output));
    place.accepts("c.jsonl", small() + &std::fs::read_to_string(place.path("big.jsonl")).unwrap());
}

#[test]
fn a_text_of_one_word() {
    let place = Place::new();
    let one = line("x", &"oil ".repeat(100_000), &["energy"]);
    // A word that does not end, too.
    let long = line("y", &"o".repeat(1_000_000), &["energy"]);
    place.accepts("c.jsonl", small() + &one + &long);
    place.write("in.jsonl", one + &long);
    let output = place.run(&["predict", "--model", "m.safetensors", "in.jsonl"]);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(out.starts_with("{\"id\":\"x\",\"topics\":[{\"topic\":\"energy\""), "{out}");
    assert_eq!(out.lines().count(), 2);
}

#[test]
fn control_characters_surrogates_and_foreign_bytes() {
    let place = Place::new();
    let odd =
        "{\"id\": \"x\", \"text\": \"oil \\u0000\\u0007 \\ud800 pipeline\", \"topics\": [\"energy\"]}\n";
    place.accepts("c.jsonl", small() + odd);
    // What a table shows must not steer the terminal.
    let strange = "{\"id\": \"\\u001b[2J\", \"title\": \"\\u001b[31m\\u202e\", \"text\": \"\\ud83d oil\"}\n";
    place.write("strange.jsonl", strange);
    let arguments = ["predict", "--model", "m.safetensors", "strange.jsonl", "--output", "table"];
    let table = String::from_utf8(place.run(&arguments).stdout).unwrap();
    assert!(table.contains("energy") && !table.contains(|c: char| c.is_control() && c != '\n'), "{table:?}");
    std::fs::remove_file(place.path("m.safetensors")).unwrap();
    let mut bytes = small().into_bytes();
    bytes.extend_from_slice(b"{\"id\": \"x\", \"text\": \"caf\xe9\", \"topics\": [\"sport\"]}\n");
    let output = place.accepts("latin.jsonl", &bytes);
    let guess =
        "latin.jsonl: not UTF-8; read as windows-1252, which is a guess: if that is wrong, name the encoding";
    assert!(said(&output).contains(guess), "{}", said(&output));
    let output = place.run(&["train", "latin.jsonl", "--model", "m.safetensors", "--encoding", "latin-1"]);
    assert!(output.status.success() && !said(&output).contains("guess"), "{}", said(&output));
    // What was said to be UTF-8, or is UTF-8 but for a few bytes, is damaged: its lines are named.
    let output = place.run(&["train", "latin.jsonl", "--model", "n.safetensors", "--encoding", "utf-8"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("latin.jsonl:13: the line is not valid UTF-8"), "{}", said(&output));
    std::fs::remove_file(place.path("m.safetensors")).unwrap();
    let damaged = [line("u", "café naïve Zürich", &["sport"]).as_bytes(), &bytes].concat();
    place.refuses("damaged.jsonl", damaged, &["damaged.jsonl:14", "UTF-8", "--encoding"]);
}

#[test]
fn foreign_bytes_are_told_of_when_predicting() {
    let place = Place::new();
    place.accepts("c.jsonl", small());
    let predict = |name: &str, more: &[&str]| {
        let output = place.run(&[&["predict", "--model", "m.safetensors", name], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        said(&output)
    };
    place.write("latin.jsonl", b"{\"id\": \"caf\xe9\", \"text\": \"crude oil\"}\n");
    assert!(predict("latin.jsonl", &[]).starts_with("latin.jsonl: not UTF-8; read as windows-1252"));
    assert_eq!(predict("latin.jsonl", &["--quiet"]), "");
    // Half a character at the end of a line.
    place.write("japan.jsonl", b"{\"text\": \"crude oil \x93\xfa\x96\x7b\x93\"}\n");
    let replaced = predict("japan.jsonl", &["--encoding", "shift_jis"]);
    assert!(replaced.contains("some bytes are no shift_jis and were read as U+FFFD"), "{replaced}");
    std::fs::create_dir(place.path("texts")).unwrap();
    (0..5).for_each(|n| drop(place.write(&format!("texts/{n}.txt"), b"caf\xe9")));
    let many = predict("texts", &[]);
    assert!(many.contains("texts/0.txt: not UTF-8") && many.contains("and 2 more files"), "{many}");
}

#[test]
fn a_ragged_row_of_csv() {
    let place = Place::new();
    place.refuses("c.csv", "id,text,topics\n1,oil,a\n2,ball\n", &["c.csv:3"]);
}

#[test]
fn words_that_a_stemmer_fails_on_leave_no_trace() {
    let place = Place::new();
    place.write(
        "greek.jsonl",
        line("1", "ισαισαν η τράπεζα", &["money"]) + &line("2", "το πετρέλαιο", &["oil"]),
    );
    let output = place.run(&["train", "greek.jsonl", "--language", "el", "--model", "m.safetensors"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output).lines().count(), 2, "{}", said(&output));
    let output =
        place.run(&["predict", "--model", "m.safetensors", "--text", "ισαισατε πετρέλαιο", "--quiet"]);
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""));
}

#[test]
fn a_target_for_a_topic_that_is_not_there() {
    let place = Place::new();
    place.write("c.jsonl", small());
    let target = "enregy=recall=0.9";
    let output = place.run(&["train", "c.jsonl", "--model", "m.safetensors", "--topic-target", target]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("did you mean energy?"), "{}", said(&output));
}

#[test]
fn missing_files_and_folders_for_files() {
    let place = Place::new();
    let fails = |arguments: &[&str], parts: &[&str]| {
        let output = place.run(arguments);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{}", said(&output));
        parts.iter().for_each(|part| assert!(said(&output).contains(part), "{}", said(&output)));
    };
    place.write("c.jsonl", small());
    std::fs::create_dir(place.path("folder")).unwrap();
    fails(&["train", "gone.jsonl", "--model", "m.safetensors"], &["gone.jsonl"]);
    fails(&["train", "folder", "--format", "jsonl", "--model", "m.safetensors"], &["folder"]);
    fails(&["train", "c.jsonl", "--format", "folder", "--model", "m.safetensors"], &["c.jsonl"]);
    fails(&["train", "c.jsonl", "--model", "folder"], &["folder", "name a file"]);
    fails(&["train", "c.jsonl", "--model", "no/such/m.safetensors"], &["there is no folder no/such"]);
    fails(&["train", "folder", "--model", "m.safetensors"], &["folder", "empty"]);
    fails(&["train", "c.jsonl", "--model", "m.safetensors", "--config", "folder"], &["cannot read folder"]);
    fails(&["train", "c.jsonl", "--model", "m.safetensors", "--config", "gone"], &["cannot read gone"]);
    fails(&["corpus", "stats", "gone"], &["cannot read gone"]);
    fails(&["corpus", "convert", "c.jsonl", "--out", "gone/x.jsonl"], &["cannot write gone/x.jsonl"]);
    fails(&["predict", "--model", "gone.safetensors", "c.jsonl"], &["gone.safetensors"]);
    fails(&["predict", "--model", "folder", "c.jsonl"], &["folder", "not a model file"]);
    fails(&["evaluate", "--model", "c.jsonl", "c.jsonl"], &["c.jsonl", "damaged, or not made by topicwire"]);
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_can_be_written() {
    let place = Place::new();
    place.write("c.jsonl", small());
    let cases: &[(&[&str], &str)] = &[
        (&["train", "c.jsonl"], "--model"),
        (&["train", "c.jsonl", "--model", "m", "--classifier", "forest"], "svm"),
        (&["train", "c.jsonl", "--model", "m", "--effort", "heroic"], "fast"),
        (&["train", "c.jsonl", "--model", "m", "--language", "klingon"], "no language code"),
        (&["train", "c.jsonl", "--model", "m", "--folds", "1"], "2 to 20"),
        (&["train", "c.jsonl", "--model", "m", "--cost", "0"], "cost"),
        (&["train", "c.jsonl", "--model", "m", "--target", "speed=1"], "precision=0.9"),
        (&["predict", "--model", "m"], "--text"),
        (&["predict", "--min-probability", "2", "--text", "x"], "0 to 1"),
        (&["demo", "--threads", "1000000"], "1..=512"),
        (&["demo", "--threads", "0"], "1..=512"),
        (&["corpus", "stats", "c.jsonl", "--format", "xml"], "jsonl"),
        (&["train", "c.jsonl", "--model", "m", "--language", "auto,en"], "`auto` stands alone"),
        (&["train", "c.jsonl", "--model", "m", "--cost", "-1"], "write a number, 0 or more"),
        (&["train", "c.jsonl", "--model", "m", "--title-weight", "-0.5"], "write a number, 0 or more"),
        (&["train", "c.jsonl", "--model", "m", "--folds", "-3"], "write a whole number, 0 or more"),
        (&["train", "c.jsonl", "--model", "m", "--folds", "300"], "more than it can be"),
        (&["train", "c.jsonl", "--model", "m", "--seed", "-1"], "write a whole number, 0 or more"),
        (&["predict", "--min-probability", "-1", "--text", "x"], "0 to 1"),
        (&["predict", "--abstain-below", "-0.5", "--text", "x"], "0 to 1"),
        (&["inspect", "--terms", "-1"], "write a whole number, 0 or more"),
        (&["demo", "--threads", "-2"], "1..=512"),
        (&["corpus", "convert", "c.jsonl", "--min-topics", "-1"], "write a whole number, 0 or more"),
        (
            &["corpus", "split", "c.jsonl", "--train", "a", "--test", "b", "--test-share", "-0.2"],
            "above 0 and below 1",
        ),
    ];
    for (arguments, part) in cases {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(part), "{arguments:?}: {}", said(&output));
    }
}
