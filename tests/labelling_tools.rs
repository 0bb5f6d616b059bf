//! What Label Studio and doccano export is read, and what they are given they give back.

use std::path::PathBuf;

use proptest::prelude::*;
use topicwire::corpus::{Corpus, Format, ReadOptions, Unlabelled};
use topicwire::{Article, Error, Result};

fn read(name: &str, content: &str, format: Option<Format>) -> Result<Vec<Article>> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let options = ReadOptions { format, unlabelled: Unlabelled::Keep, ..ReadOptions::default() };
    Ok(Corpus::read_all(&[path], &options)?.corpus.articles)
}

fn problem(content: &str, format: Format) -> (u64, String) {
    match read("export.json", content, Some(format)) {
        Err(Error::Record { place, problem }) => (place.line, problem),
        other => panic!("{other:?}"),
    }
}

fn topics(article: &Article) -> Option<Vec<&str>> {
    article.topics.as_ref().map(|topics| topics.iter().map(|topic| topic.as_str()).collect())
}

/// Tasks as Label Studio's JSON export has them, cut down to what matters.
const LABEL_STUDIO: &str = r#"[
  {
    "id": 11,
    "data": { "article_id": "a-1", "title": "Oil rises", "text": "Crude \"rose\" [again] {today}." },
    "annotations": [
      { "id": 3, "was_cancelled": false, "updated_at": "2024-03-09T22:16:08Z", "completed_by": 1,
        "result": [{ "from_name": "topics", "to_name": "text", "type": "choices", "value": { "choices": ["trade"] } }] },
      { "id": 4, "was_cancelled": false, "updated_at": "2024-03-10T08:00:00Z", "completed_by": 2,
        "result": [{ "from_name": "topics", "to_name": "text", "type": "choices", "value": { "choices": ["energy", "trade"] } }] },
      { "id": 5, "was_cancelled": true, "updated_at": "2024-03-11T08:00:00Z", "result": [] }
    ],
    "predictions": [{ "result": [{ "type": "choices", "value": { "choices": ["sport"] } }] }],
    "meta": {}
  },
  { "id": 12, "data": { "text": "Nothing fits." }, "annotations": [{ "result": [] }] },
  { "id": 13, "data": { "text": "Skipped." }, "annotations": [{ "result": [], "was_cancelled": true }] },
  { "id": 14, "data": { "text": "Nobody came.", "language": "en" }, "annotations": [] },
  { "id": 15, "data": { "text": "A taxonomy." }, "annotations": [{ "result": [
    { "type": "taxonomy", "value": { "taxonomy": [["economy", "rates"], ["sport"]] } }] }] }
]"#;

#[test]
fn label_studio_json() {
    // A list under this name is known without being told.
    for format in [Some(Format::LabelStudio), None] {
        let articles = read("export.json", LABEL_STUDIO, format).unwrap();
        assert_eq!(
            articles.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(),
            ["a-1", "12", "13", "14", "15"]
        );
        assert_eq!(
            (articles[0].title.as_str(), articles[0].text.as_str()),
            ("Oil rises", r#"Crude "rose" [again] {today}."#)
        );
        // The annotation changed last counts, a cancelled one and predictions do not.
        assert_eq!(topics(&articles[0]), Some(vec!["energy", "trade"]));
        assert_eq!(topics(&articles[1]), Some(vec![]));
        assert_eq!((topics(&articles[2]), topics(&articles[3])), (None, None));
        assert_eq!(articles[3].language.as_deref(), Some("en"));
        assert_eq!(topics(&articles[4]), Some(vec!["rates", "sport"]));
    }
}

#[test]
fn label_studio_json_min() {
    let content = r#"[{"text": "One.", "id": 1, "topics": "energy", "annotator": 1, "annotation_id": 3},
        {"text": "Two.", "id": 2, "mood": {"choices": ["energy", "trade"]}, "annotation_id": 4}]"#;
    let articles = read("export.json", content, None).unwrap();
    assert_eq!(topics(&articles[0]), Some(vec!["energy"]));
    assert_eq!(topics(&articles[1]), Some(vec!["energy", "trade"]));
    let (line, problem) =
        problem("[\n{\"text\": \"x\", \"mood\": \"good\", \"annotation_id\": 1}]", Format::LabelStudio);
    assert!(line == 2 && problem.contains("export as JSON"), "{problem}");
}

#[test]
fn doccano_jsonl_and_json() {
    let lines = concat!(
        r#"{"id": 7, "text": "Oil rises\n\nCrude rose.", "title": "Oil rises", "article_id": "a-1", "label": ["energy"], "Comments": []}"#,
        "\n",
        r#"{"id": 8, "text": "Nobody has looked.", "label": [], "Comments": []}"#,
        "\n\n",
        r#"{"id": 9, "text": "Two.", "label": ["a", "b", "a"]}"#,
        "\n"
    );
    let list = format!("[{}]", lines.trim().replace("\n\n", ",").replace("}\n{", "},{"));
    for (content, name) in [(lines.to_owned(), "all.jsonl"), (list, "all.json")] {
        let articles = read(name, &content, Some(Format::Doccano)).unwrap();
        assert_eq!(
            (articles[0].id.as_str(), articles[0].title.as_str(), articles[0].text.as_str()),
            ("a-1", "Oil rises", "Crude rose.")
        );
        assert_eq!((articles[1].id.as_str(), topics(&articles[1])), ("8", None));
        assert_eq!(topics(&articles[2]), Some(vec!["a", "b"]));
    }
}

#[test]
fn wrong_exports_are_refused_with_their_line() {
    let cases = [
        ("[\n{\"text\": \"x\"},\n 5]", 3, "no object"),
        ("[\n{\"text\": \"x\"}\n", 3, "cut short"),
        ("[\n{\"text\": \"x\",\n \"label\": [\"a\"", 2, "not closed"),
        ("[{\"text\": \"x\", \"label\": [[0, 2, \"ORG\"]]}]", 1, "text classification"),
        ("[{\"label\": [\"a\"]}]", 1, "no \"text\""),
        ("[{\"data\": {\"text\": \"x\"}, \"annotations\": [17]}]", 1, "export as JSON"),
        ("[{\"text\": x}]", 1, "not JSON"),
        ("[{\"text\": \"unclosed}]", 1, "not closed"),
    ];
    for (content, line, expected) in cases {
        let (found, problem) = problem(content, Format::LabelStudio);
        assert!(found == line && problem.contains(expected), "{content}: line {found}: {problem}");
    }
    // A list is no article to a line, whatever else it is.
    assert!(read("export.jsonl", "[\n{\"text\": \"x\"}]", None).is_err());
}

fn article() -> impl Strategy<Value = Article> {
    let text = || "[a-zé \"\\\\{}\\[\\],:\n]{0,30}";
    let topics = prop::option::of(prop::collection::btree_set("[a-c]{1,3}", 1..3));
    ("[a-z0-9/.]{1,8}", "[a-zé \"\\\\{}]{0,12}", text(), topics, prop::option::of(Just("de".to_owned())))
        .prop_map(|(id, title, text, topics, language)| Article {
            topics: topics.map(|topics| topics.into_iter().map(Into::into).collect()),
            language,
            ..Article::new(id, title, text)
        })
}

#[test]
fn a_text_that_repeats_its_title_keeps_it() {
    let corpus = Corpus::from(vec![Article::new("1", "Strike", "Strike\n\nPort workers walked out.")]);
    for format in [Format::LabelStudio, Format::Doccano] {
        let mut bytes = Vec::new();
        corpus.write_to(&mut bytes, format).unwrap();
        let back = read("x.json", std::str::from_utf8(&bytes).unwrap(), Some(format)).unwrap();
        assert_eq!(back, corpus.articles, "{format}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(articles in prop::collection::vec(article(), 1..6)) {
        let corpus = Corpus::from(articles);
        for format in [Format::LabelStudio, Format::Doccano] {
            let mut bytes = Vec::new();
            corpus.write_to(&mut bytes, format).unwrap();
            let back = read("x.json", std::str::from_utf8(&bytes).unwrap(), Some(format)).unwrap();
            prop_assert_eq!(&back, &corpus.articles);
        }
    }

    #[test]
    fn no_file_makes_the_reader_panic(content in "[\\[\\]{}\",:a \\\\\n]{0,60}") {
        let _ = read("x.json", &content, Some(Format::LabelStudio));
        let _ = read("x.json", &format!("[{content}"), Some(Format::Doccano));
    }
}
