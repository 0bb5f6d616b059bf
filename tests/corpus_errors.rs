//! Bad input: the message names the file, the line and the mend.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use topicwire::corpus::{Batches, Corpus, Encoding, Format, OnError, ReadOptions, Unlabelled};
use topicwire::{Article, Error};

/// The message that reading a file of this name and content ends with, without the folder.
fn message(name: &str, content: impl AsRef<[u8]>) -> String {
    message_with(name, content, &ReadOptions::default())
}

fn message_with(name: &str, content: impl AsRef<[u8]>, options: &ReadOptions) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let error = Corpus::read_all(&[path], options).unwrap_err();
    error.to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{message}` lacks `{part}`");
    }
}

#[test]
fn json_lines() {
    let good = "{\"text\": \"x\", \"topics\": []}\n";
    let at_3 = |bad: &str| message("news.jsonl", format!("{good}\n{bad}\n{good}"));
    assert_eq!(at_3(r#"{"title": "T"}"#), "news.jsonl:3: no \"text\" field: every article needs one");
    assert_eq!(
        at_3(r#"{"text": "x", "topics": 3}"#),
        "news.jsonl:3: \"topics\" must be a list of strings, found the number 3"
    );
    says(
        &at_3(r#"{"text": "x", "labels": ["a", ["b"]]}"#),
        &["\"labels\" must be a list of strings", "a list in it"],
    );
    says(&at_3(r#"{"text": "x", "topics": ["a", " "]}"#), &["news.jsonl:3: a topic is empty"]);
    says(&at_3(r#"{"text": ["x"], "topics": []}"#), &["\"text\" must be a string, found a list"]);
    says(&at_3(r#"{"text": null, "topics": []}"#), &["no \"text\" field"]);
    says(&at_3(r#"{"id": true, "text": "x"}"#), &["\"id\" must be a string or a number, found true"]);
    says(&at_3("Rain fell."), &["news.jsonl:3: not JSON", "column 1"]);
    says(&at_3("{\"text\": \"x\","), &["ends in the middle", "one line", "jq -c"]);
    says(&at_3("[{\"text\": \"x\"}]"), &["must be a JSON object", "jq -c '.[]'"]);
    says(&at_3("["), &["must be a JSON object", "jq -c '.[]'"]);
    says(&at_3("{\"text\": \"a\tb\"}"), &["control character", "U+0009", "\\u0009"]);
    says(&at_3("{\"text\": \"a\u{1}b\"}"), &["U+0001"]);
    says(&at_3(r#"{"text": "x", "text": "y"}"#), &["news.jsonl:3", "duplicate field `text`"]);
    says(&at_3(r#"{"text": "x"}"#), &["news.jsonl:3", "no topics", "--unlabelled skip"]);
    let bytes = [good.as_bytes(), b"{\"text\": \"caf\xe9\", \"topics\": []}\n"].concat();
    let utf8 = ReadOptions { encoding: "utf-8".parse().unwrap(), ..ReadOptions::default() };
    says(&message_with("news.jsonl", &bytes, &utf8), &["news.jsonl:2", "not valid UTF-8", "--encoding"]);
    let latin = ReadOptions { encoding: Encoding::Latin1, ..ReadOptions::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.jsonl");
    fs::write(&path, &bytes).unwrap();
    assert_eq!(Corpus::read_all(&[path], &latin).unwrap().corpus.articles[1].text, "café");
}

#[test]
fn deep_nesting_overflows_nothing() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    says(&message("news.jsonl", format!("{{\"text\": \"x\", \"other\": {deep}}}")), &["no topics"]);
    says(&message("news.jsonl", format!("{{\"text\": \"x\", \"topics\": {deep}}}")), &["recursion limit"]);
}

#[test]
fn tables() {
    says(&message("a.csv", "id,body\n1,x\n"), &["a.csv", "no \"text\" column", "id, body"]);
    says(&message("a.csv", "text,text\n1,x\n"), &["two columns", "\"text\""]);
    says(&message("a.csv", "text,topics\n\"a\nb\",x\nc,d,e\n"), &["a.csv:4", "3 cells, the header 2"]);
    says(&message("a.csv", "text,topics\na,x\n\"b,x\nc,x\n"), &["a.csv", "closing quote is missing"]);
    says(&message("a.csv", "text,topics\na,x||y\n"), &["a.csv:2", "a topic is empty"]);
    says(&message("a.csv", "text,topics\n"), &["no article"]);
    says(&message("a.tsv", "text\nx\n"), &["a.tsv:2", "no topics"]);
    let damaged = [&b"text,topics\n"[..], "é,x\n".as_bytes(), "ü,x\n".as_bytes(), b"\xff,x\n"].concat();
    says(&message("a.csv", damaged), &["a.csv:4", "not valid UTF-8"]);
}

#[test]
fn files_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: PathBuf, format: Option<Format>| {
        Corpus::read_all(&[path], &ReadOptions { format, ..ReadOptions::default() }).unwrap_err().to_string()
    };
    says(&read(folder.path().join("none.jsonl"), None), &["cannot read", "none.jsonl", "No such file"]);
    says(&read(folder.path().to_owned(), None), &["the folder is empty"]);
    says(&read(folder.path().to_owned(), Some(Format::Folder)), &["holds no folders"]);
    says(
        &read(folder.path().to_owned(), Some(Format::Reuters21578)),
        &["no file that is named as reuters21578"],
    );
    says(&read("-".into(), Some(Format::Folder)), &["standard input is no folder"]);

    let path = folder.path().join("a.txt");
    fs::write(&path, "text").unwrap();
    says(&read(path.clone(), Some(Format::Folder)), &["a.txt", "is a file"]);
    says(&read(path, None), &["a.txt", "no topics"]);

    fs::write(folder.path().join("b.jsonl"), "{}").unwrap();
    says(&read(folder.path().to_owned(), None), &["holds a.txt beside files of articles"]);

    fs::create_dir(folder.path().join("topic")).unwrap();
    says(&read(folder.path().to_owned(), None), &["a.txt: the article has no topics"]);

    says(&message("a.jsonl", ""), &["a.jsonl: the file is empty"]);
    says(&message("a.txt", " \n"), &["a.txt: the file is empty"]);
    says(&message("a.jsonl.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]), &["cannot read", "a.jsonl.gz"]);
    says(&message("a.txt", b"PK\0\0\x01"), &["a.txt", "NUL"]);
    says(&message("a.sgm", "some text"), &["a.sgm", "no <REUTERS> element"]);
    says(&message("a.sgm", "\n<REUTERS NEWID=\"1\"><TEXT>"), &["a.sgm:2", "cut off"]);
    says(&message("a.sgm", "<REUTERS TOPICS=\"YES\"></REUTERS>"), &["a.sgm:1", "no <TEXT>"]);
}

#[test]
fn skipping_counts_and_shows_the_first() {
    let mut content = String::new();
    for n in 0..40 {
        content += if n % 2 == 0 { "{\"text\": \"x\", \"topics\": [\"t\"]}\n" } else { "oops\n" };
    }
    content += "{\"text\": \"nobody's\"}\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.jsonl");
    fs::write(&path, content).unwrap();
    let options =
        ReadOptions { on_error: OnError::Skip, unlabelled: Unlabelled::Skip, ..ReadOptions::default() };
    let reading = Corpus::read_all(&[path], &options).unwrap();
    assert_eq!(
        (reading.corpus.articles.len(), reading.skipped_count, reading.unlabelled_skipped),
        (20, 20, 1)
    );
    assert_eq!(reading.skipped.len(), 10);
    assert!(reading.skipped[0].to_string().contains("news.jsonl:2: not JSON"));

    let nothing = message_with("news.jsonl", "oops\n", &options);
    says(&nothing, &["no article", "1 bad records were skipped", "news.jsonl:1"]);
}

#[test]
fn a_bad_record_keeps_its_place_in_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let (first, empty) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    fs::write(&first, "{\"text\": \"x\"}\noops\n{\"text\": \"y\"}\n").unwrap();
    fs::write(&empty, "").unwrap();
    let options = ReadOptions { unlabelled: Unlabelled::Keep, ..ReadOptions::default() };
    let batches = Batches::open(&[first.clone(), empty, first], &options).unwrap();
    let found: Vec<Result<Article, Error>> = batches.flat_map(|batch| batch.unwrap().parse()).collect();
    let texts: Vec<&str> =
        found.iter().map(|found| found.as_ref().map_or("-", |article| article.text.as_str())).collect();
    assert_eq!(texts, ["x", "-", "y", "-", "x", "-", "y"]);
    let Err(Error::Record { place, .. }) = &found[1] else { panic!("{:?}", found[1]) };
    assert_eq!((place.file.file_name(), place.line), (Some(Path::new("a.jsonl").as_os_str()), 2));
}

#[test]
fn the_error_of_the_first_bad_record_is_the_one_that_is_told() {
    let mut lines = vec!["{\"text\": \"x\", \"topics\": []}".to_owned(); 60_000];
    lines[59_000] = "later".into();
    lines[30_000] = "earlier".into();
    for _ in 0..3 {
        says(&message("news.jsonl", lines.join("\n")), &["news.jsonl:30001:"]);
    }
}

#[cfg(unix)]
#[test]
fn folders_that_point_back() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("topic")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("topic/loop")).unwrap();
    let error = Corpus::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("nested too deep") || error.contains("symbolic links"), "{error}");
}

#[test]
fn a_place_that_cannot_be_written() {
    let corpus = Corpus::from(vec![Article::new("1", "", "x").with_topics(["a"])]);
    let error = corpus.write("/no/such/folder/out.jsonl", Format::Jsonl).unwrap_err();
    says(&error.to_string(), &["cannot write /no/such/folder/out.jsonl"]);
}

#[test]
fn a_closed_pipe_is_told_from_other_failures() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let corpus = Corpus::from(vec![Article::new("1", "", "x").with_topics(["a"])]);
    for format in [Format::Jsonl, Format::Csv, Format::Fasttext] {
        let error = corpus.write_to(&mut Closed, format).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{format}");
    }
}
