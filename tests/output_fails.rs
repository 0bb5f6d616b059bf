//! Output that cannot be written: a full disk loses nothing that was there, and a closed pipe ends the work quietly.

#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_topicwire");

/// A folder with a corpus `c.jsonl`, a large one, and a model `m` of the first.
struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        let mut corpus = String::new();
        for n in 0..12 {
            corpus += &format!("{{\"text\":\"crude oil pipeline {n}\",\"topics\":[\"energy\"]}}\n");
            corpus += &format!("{{\"text\":\"penalty match coach {n}\",\"topics\":[\"sport\"]}}\n");
        }
        std::fs::write(desk.path().join("large.jsonl"), corpus.repeat(400)).unwrap();
        std::fs::write(desk.path().join("c.jsonl"), corpus).unwrap();
        let output = desk.run(&["train", "c.jsonl", "--model", "m"], Stdio::null());
        assert!(output.status.success(), "{output:?}");
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str], stdout: impl Into<Stdio>) -> Output {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.path()).args(arguments).stdin(Stdio::null()).stdout(stdout);
        command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
    }

    fn bash(&self, script: &str) -> Output {
        Command::new("bash").current_dir(self.path()).args(["-c", script, PROGRAM]).output().unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_what_was_there_whole() {
    let desk = Desk::new();
    std::fs::copy(desk.path().join("c.jsonl"), desk.path().join("part.jsonl")).unwrap();
    let read = |name: &str| std::fs::read(desk.path().join(name)).unwrap();
    let (model, part) = (read("m"), read("part.jsonl"));
    for (arguments, file) in [
        ("train c.jsonl --model m --seed 9", "m"),
        ("corpus convert large.jsonl --out part.jsonl", "part.jsonl"),
        ("corpus split large.jsonl --train part.jsonl --test new.jsonl", "part.jsonl"),
    ] {
        // No file may grow beyond a block of 1,024 bytes: every write behind that fails.
        let output = desk.bash(&format!("trap '' XFSZ; ulimit -f 1; exec \"$0\" {arguments}"));
        assert_eq!(output.status.code(), Some(1), "{arguments}: {}", said(&output));
        assert!(said(&output).contains(&format!("cannot write {file}: ")), "{}", said(&output));
        assert!(read("m") == model && read("part.jsonl") == part, "{arguments}");
        assert_eq!(desk.files(), ["c.jsonl", "large.jsonl", "m", "part.jsonl"], "nothing is left behind");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let desk = Desk::new();
    let commands: [&[&str]; 5] = [
        &["predict", "--model", "m", "c.jsonl"],
        &["predict", "--model", "m", "large.jsonl", "--output", "csv"],
        &["evaluate", "--model", "m", "c.jsonl", "--json"],
        &["inspect", "m"],
        &["corpus", "convert", "large.jsonl"],
    ];
    for arguments in commands {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = desk.run(arguments, full);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("No space left"), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains("panicked"), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() {
    let desk = Desk::new();
    let commands: [&[&str]; 14] = [
        &["predict", "--model", "m", "large.jsonl", "--all-scores"],
        &["predict", "--model", "m", "large.jsonl", "--output", "csv"],
        &["predict", "--model", "m", "large.jsonl", "--output", "table"],
        &["predict", "--model", "m", "--text", "oil"],
        &["explain", "--model", "m", "large.jsonl"],
        &["explain", "--model", "m", "c.jsonl", "--output", "json"],
        &["evaluate", "--model", "m", "c.jsonl"],
        &["evaluate", "--model", "m", "c.jsonl", "--json"],
        &["inspect", "m"],
        &["inspect", "m", "--json"],
        &["corpus", "stats", "c.jsonl"],
        &["corpus", "stats", "c.jsonl", "--json"],
        &["corpus", "convert", "large.jsonl"],
        &["completions", "bash"],
    ];
    for arguments in commands {
        // Nobody reads, from the start.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = desk.run(arguments, writer);
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_has_what_it_wanted_ends_the_work() {
    let desk = Desk::new();
    let output = desk.bash("set -o pipefail; \"$0\" predict --model m large.jsonl --all-scores | head -n 1");
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""));
    assert_eq!(output.stdout.iter().filter(|&&byte| byte == b'\n').count(), 1);
}
