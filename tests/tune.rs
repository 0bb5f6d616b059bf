//! `topicwire tune`: a search that keeps the best, and a file that `train` takes.

use assert_cmd::Command;

fn topicwire() -> Command {
    Command::cargo_bin("topicwire").expect("the program is built")
}

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/newsroom.jsonl");

/// A part of the starter corpus, to be quick.
fn part(folder: &std::path::Path) -> std::path::PathBuf {
    let text = std::fs::read_to_string(CORPUS).expect("the starter corpus is there");
    let path = folder.join("part.jsonl");
    let lines: Vec<&str> = text.lines().step_by(8).collect();
    std::fs::write(&path, lines.join("\n")).expect("the folder can be written to");
    path
}

#[test]
fn the_same_trials_give_the_same_settings_and_train_takes_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let corpus = part(folder.path());
    let search = |name: &str| {
        let out = folder.path().join(name);
        let run = ["tune", "--budget", "1h", "--trials", "10", "--folds", "3", "--out"];
        topicwire().args(run).arg(&out).arg(&corpus).assert().success();
        std::fs::read_to_string(out).expect("the settings are written")
    };
    let (first, second) = (search("a.toml"), search("b.toml"));
    assert_eq!(first, second);
    assert!(first.starts_with("# Found by `topicwire tune`: "), "{first}");
    for key in ["cost = ", "weighting = ", "lead-tokens = ", "lead-weight = ", "title-weight = "] {
        assert!(first.contains(key), "{key} is not fixed in\n{first}");
    }
    let model = folder.path().join("model");
    let config = folder.path().join("a.toml");
    topicwire()
        .arg("train")
        .arg(&corpus)
        .arg("--config")
        .arg(config)
        .arg("--model")
        .arg(&model)
        .assert()
        .success();
    assert!(model.is_file());
}

#[test]
fn a_search_without_time_keeps_what_train_would_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("settings.toml");
    topicwire()
        .args(["tune", "--budget", "0s", "--folds", "2", "--out"])
        .arg(&out)
        .arg(part(folder.path()))
        .assert()
        .success();
    let settings = std::fs::read_to_string(out).expect("the settings are written");
    assert!(
        settings.contains("cost = 1.0") && settings.contains("weighting = \"information\""),
        "{settings}"
    );
}

#[test]
fn what_cannot_work_is_said_before_the_search() {
    let wrong = |arguments: &[&str], says: &str| {
        let run = topicwire().arg("tune").arg(CORPUS).args(arguments).assert().code(2);
        let error = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(error.contains(says), "{error}");
    };
    wrong(&["--budget", "soon"], "write one such as 90s, 5m or 1h");
    wrong(&["--out", "/no/such/folder/settings.toml"], "there is no folder /no/such/folder");
}
