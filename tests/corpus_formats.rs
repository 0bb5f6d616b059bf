//! Every format is read as documented, and what is written comes back.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;
use topicwire::corpus::{Batches, Corpus, Encoding, Format, Headers, ReadOptions, Unlabelled, in_order};
use topicwire::{Article, Split, Topic};

/// A folder with one file in it.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn keep() -> ReadOptions {
    ReadOptions { unlabelled: Unlabelled::Keep, ..ReadOptions::default() }
}

fn read_with(path: &Path, options: &ReadOptions) -> Vec<Article> {
    Corpus::read_all(&[path.to_owned()], options).unwrap().corpus.articles
}

fn read(name: &str, content: impl AsRef<[u8]>) -> Vec<Article> {
    let (_folder, path) = file(name, content);
    read_with(&path, &keep())
}

fn topics(article: &Article) -> Vec<&str> {
    article.labels().iter().map(Topic::as_str).collect()
}

#[test]
fn jsonl_fields() {
    let articles = read(
        "news.jsonl",
        r#"{"id": "a", "title": "T", "text": "x", "topics": ["b", "a", "b"], "language": "en", "split": "train"}

{"id": 17, "text": "y", "labels": "one", "score": {"deep": [1, {"topics": 3}]}, "split": 4}
{"title": null, "text": "z", "topics": []}
{"text": "w", "topics": null, "split": "validation"}
"#,
    );
    assert_eq!(articles[0].split, Some(Split::Train));
    assert_eq!(articles[0].language.as_deref(), Some("en"));
    assert_eq!(topics(&articles[0]), ["b", "a"]);
    assert_eq!((articles[1].id.as_str(), topics(&articles[1])), ("17", vec!["one"]));
    assert_eq!(articles[1].split, None);
    assert_eq!(articles[2].topics, Some(vec![]));
    assert!(articles[2].id.ends_with("news.jsonl:4"), "{}", articles[2].id);
    assert_eq!(articles[3].topics, None);
    assert_eq!(articles.len(), 4);
}

#[test]
fn lone_surrogates_become_replacement_characters() {
    let articles = read(
        "news.jsonl",
        r#"{"text": "a\ud800b \udc00 \ud83d\ude00 \\ud800 c\ud83d", "topics": ["\ud800"]}"#,
    );
    assert_eq!(articles[0].text, "a\u{fffd}b \u{fffd} 😀 \\ud800 c\u{fffd}");
    assert_eq!(topics(&articles[0]), ["\u{fffd}"]);
}

#[test]
fn csv_and_tsv() {
    let csv = "\u{feff}ID,Title,Text,Topics\r\n1,\"A, b\",\"line one\nline \"\"two\"\"\",x|y\r\n,,plain 5\" pipe,\r\n";
    let articles = read("news.csv", csv);
    assert_eq!(articles[0], Article::new("1", "A, b", "line one\nline \"two\"").with_topics(["x", "y"]));
    assert!(articles[1].id.ends_with("news.csv:4"), "{}", articles[1].id);
    assert_eq!((articles[1].text.as_str(), &articles[1].topics), ("plain 5\" pipe", &Some(vec![])));

    let articles = read("news.tsv", "text\tlabels\tsplit\na, b\tx\ttest\n");
    assert_eq!((articles[0].text.as_str(), topics(&articles[0])), ("a, b", vec!["x"]));
    assert_eq!(articles[0].split, Some(Split::Test));

    let blanks = read("news.csv", "\"te\nxt\",text\r\n\r\na,b\r\n\n\nc,\"d\ne\"\nf,g");
    let lines: Vec<_> = blanks.iter().map(|article| article.id.rsplit(':').next().unwrap()).collect();
    assert_eq!(lines, ["4", "7", "9"]);
    assert_eq!(read("news.csv", "id;text\n1;a, b\n")[0].text, "a, b");
    assert_eq!(read("news.csv", "id,text\n1,a\n")[0].topics, None);
}

#[test]
fn fasttext() {
    let content = "__label__x __label__y  some text __label__z\n\nno label\r\n";
    for name in ["news.ft", "news.txt", "news"] {
        let articles = read(name, content);
        assert_eq!(
            (articles[0].text.as_str(), topics(&articles[0])),
            ("some text __label__z", vec!["x", "y"])
        );
        assert_eq!((articles[1].text.as_str(), &articles[1].topics), ("no label", &None));
        assert!(articles[1].id.ends_with(":3"));
    }
}

#[test]
fn folder_of_topics() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    put("sport/2", b"Second.");
    put("sport/1.html", b"<title>A &amp; B</title><p>Goal");
    put(
        "art/deep/er/post",
        b"From: me\nSubject: =?iso-8859-1?Q?Caf=E9?=\n =?utf-8?B?w6k=?= open\n\nBody: text",
    );
    put("art/.hidden", b"no");
    put("sport/latin", b"caf\xe9");
    let articles = read_with(folder.path(), &ReadOptions::default());
    let ids: Vec<_> = articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!(ids, ["art/deep/er/post", "sport/1.html", "sport/2", "sport/latin"]);
    assert_eq!(articles[0].title, "Caféé open");
    assert!(articles[0].text.starts_with("From: me"));
    assert_eq!(topics(&articles[0]), ["art"]);
    assert_eq!((articles[1].title.as_str(), articles[1].text.as_str()), ("A & B", "Goal"));
    assert_eq!(articles[3].text, "café");

    let dropped = read_with(folder.path(), &ReadOptions { headers: Headers::Drop, ..ReadOptions::default() });
    assert_eq!((dropped[0].title.as_str(), dropped[0].text.as_str()), ("Caféé open", "Body: text"));
    assert_eq!(dropped[2].text, "Second.");
}

#[test]
fn folder_with_halves() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["news-train/a/1", "news-train/b/2", "news-test/a/3"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    let test = read_with(folder.path(), &ReadOptions { split: Some(Split::Test), ..ReadOptions::default() });
    assert_eq!(test.len(), 1);
    assert_eq!((test[0].id.as_str(), topics(&test[0])), ("news-test/a/3", vec!["a"]));
}

#[test]
fn folder_of_corpora_and_of_documents() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.jsonl"), "{\"text\": \"b\"}\n").unwrap();
    fs::write(folder.path().join("a.csv"), "text\na\n").unwrap();
    let texts: Vec<_> = read_with(folder.path(), &keep()).into_iter().map(|article| article.text).collect();
    assert_eq!(texts, ["a", "b"]);
    let only: Vec<_> = read_with(folder.path(), &ReadOptions { format: Some(Format::Jsonl), ..keep() });
    assert_eq!(only.len(), 1);

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.md"), "\n# Head #\n\nText").unwrap();
    fs::write(folder.path().join("two.txt"), "Text").unwrap();
    let articles = read_with(folder.path(), &keep());
    assert_eq!((articles[0].title.as_str(), articles[1].title.as_str()), ("Head", ""));
    assert!(articles.iter().all(|article| article.topics.is_none()));
    assert_eq!(articles[1].id, folder.path().join("two.txt").display().to_string());
}

#[test]
fn html() {
    let page = r#"<!DOCTYPE html><html><head><title>Rain &mdash; news</title>
        <style>p > a { color: red }</style><script>if (a < b) { "</p>" }</script></head>
        <body><!-- <p>not this</p> --><h1 title="a > b">Rain</h1><p>It <b>rai</b>ned
        3 < 4 &lt;days&gt;&nbsp;long.<br>Then not.</body></html>"#;
    let article = &read("page.html", page)[0];
    assert_eq!(article.title, "Rain — news");
    assert_eq!(article.text, "Rain\nIt rained 3 < 4 <days> long.\nThen not.");

    let legacy = b"<html><meta charset=\"windows-1251\"><p>\xcc\xe8\xf0";
    assert_eq!(read("page.htm", legacy)[0].text, "Мир");
}

#[test]
fn reuters_sgml() {
    let sgml = "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n\
        <REUTERS TOPICS=\"YES\" LEWISSPLIT=\"TRAIN\" OLDID=\"9\" NEWID=\"1\">\n\
        <TOPICS><D>grain</D><D>grain</D></TOPICS>\n<TEXT>&#2;\n<TITLE>A\n &lt;B&gt; &amp; C</TITLE>\n\
        <DATELINE> X - </DATELINE><BODY>Text&#127; &amp;lt;\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n\
        <REUTERS TOPICS=\"NO\" LEWISSPLIT=\"TEST\" NEWID=\"2\"><TOPICS></TOPICS>\n\
        <TEXT TYPE=\"UNPROC\">&#2;\nFIGURES\n&#3;</TEXT></REUTERS>\n\
        <REUTERS TOPICS=\"YES\" LEWISSPLIT=\"NOT-USED\" NEWID=\"3\"><TOPICS></TOPICS>\n\
        <TEXT TYPE=\"BRIEF\">&#2;\n******<TITLE>NOTE</TITLE>Blah blah blah.\n&#3;</TEXT></REUTERS>\n";
    let articles = read("reut2-000.sgm", sgml);
    assert_eq!(articles[0].title, "A <B> & C");
    assert_eq!(articles[0].text, "Text &lt;\n Reuter");
    assert_eq!((topics(&articles[0]), articles[0].split), (vec!["grain"], Some(Split::Train)));
    assert_eq!((articles[1].text.as_str(), &articles[1].topics, articles[1].split), ("FIGURES", &None, None));
    assert_eq!((articles[2].title.as_str(), articles[2].text.as_str()), ("NOTE", ""));
    assert_eq!((&articles[2].topics, articles[2].split), (&Some(vec![]), None));

    // The entry that is named twice counts twice.
    let (_folder, path) = file("reut2-000.sgm", sgml);
    let one = ReadOptions { max_topics: Some(1), min_topics: 1, ..keep() };
    assert!(Corpus::read_all(std::slice::from_ref(&path), &one).is_err());
    let two = ReadOptions { max_topics: Some(2), min_topics: 2, ..keep() };
    assert_eq!(read_with(&path, &two).len(), 1);
}

#[test]
fn compressed_and_packed() {
    let line = b"{\"text\": \"packed\"}\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(line).unwrap();
    let gzip = gzip.finish().unwrap();
    assert_eq!(read("news.jsonl.gz", [gzip.clone(), gzip].concat()).len(), 2);
    assert_eq!(read("news.zst", zstd::encode_all(&line[..], 1).unwrap())[0].text, "packed");

    let mut archive = tar::Builder::new(Vec::new());
    for name in ["wrap/b/1", "wrap/a/deep/2", "wrap/a/.junk"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(name.len() as u64);
        archive.append_data(&mut header, name, name.as_bytes()).unwrap();
    }
    let packed = archive.into_inner().unwrap();
    for packed in [zstd::encode_all(&packed[..], 1).unwrap(), packed] {
        let articles = read("posts.tar", packed);
        let found: Vec<_> = articles.iter().map(|a| (a.id.as_str(), topics(a), a.text.as_str())).collect();
        assert_eq!(found, [("a/deep/2", vec!["a"], "wrap/a/deep/2"), ("b/1", vec!["b"], "wrap/b/1")]);
    }
}

#[test]
fn encodings() {
    let with = |encoding: Encoding, content: &[u8]| {
        let (_folder, path) = file("news.csv", content);
        read_with(&path, &ReadOptions { encoding, ..keep() })[0].text.clone()
    };
    assert_eq!(with(Encoding::Auto, "text\nnaïve".as_bytes()), "naïve");
    assert_eq!(with(Encoding::Auto, b"text\nna\xefve \x93quoted\x94"), "naïve “quoted”");
    assert_eq!(with(Encoding::Latin1, b"text\nna\xefve \x93"), "naïve \u{93}");
    assert_eq!(with("windows-1252".parse().unwrap(), b"text\n\x93"), "“");
    let utf16: Vec<u8> = "\u{feff}text\nцена".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(with(Encoding::Auto, &utf16), "цена");
    let cyrillic =
        encoding_rs::WINDOWS_1251.encode("Правительство повысило цены на нефть и газ").0.into_owned();
    assert_eq!(read("news.txt", cyrillic)[0].text, "Правительство повысило цены на нефть и газ");
    assert_eq!(read("news.txt", b"ends in caf\xe9")[0].text, "ends in café");
}

#[test]
fn json_lines_of_other_encodings() {
    let line = |text: &str| format!("{{\"text\": \"{text}\"}}\n");
    let western = line("Der Ölpreis stieg, sagte der Minister für Energie: “Größer als erwartet”");
    let bytes = encoding_rs::WINDOWS_1252.encode(&western).0.into_owned();
    assert!(read("news.jsonl", bytes)[0].text.ends_with("“Größer als erwartet”"));
    let cyrillic = line("Правительство повысило цены на нефть и газ");
    let bytes = encoding_rs::WINDOWS_1251.encode(&cyrillic).0.into_owned();
    assert_eq!(read("news.jsonl", bytes)[0].text, "Правительство повысило цены на нефть и газ");
}

#[test]
fn utf16_json_lines_across_blocks() {
    let lines: String = (0..40_000).map(|n| format!("{{\"id\": {n}, \"text\": \"цена {n}\"}}\n")).collect();
    let utf16: Vec<u8> = format!("\u{feff}{lines}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let articles = read("news.jsonl", utf16);
    assert_eq!(articles.len(), 40_000);
    assert!(articles.iter().enumerate().all(|(n, article)| article.text == format!("цена {n}")));
}

#[test]
fn detection() {
    let detect = |name: &str, first: &str| Format::detect(Path::new(name), first.as_bytes());
    assert_eq!(detect("a.JSONL.zst", ""), Format::Jsonl);
    assert_eq!(detect("a.sgm", ""), Format::Reuters21578);
    assert_eq!(detect("a", "\u{feff} {\"text\""), Format::Jsonl);
    assert_eq!(detect("a", "<!doctype HTML><p>"), Format::Html);
    assert_eq!(detect("a", "<!DOCTYPE lewis SYSTEM"), Format::Reuters21578);
    assert_eq!(detect("a.txt", "{\"text\": 1}"), Format::Txt);
    assert_eq!(detect("a", "Rain fell."), Format::Txt);
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
}

#[test]
fn an_article_of_50_megabytes() {
    let text = "lorem ipsum ".repeat(50_000_000 / 12);
    let articles =
        read("news.jsonl", format!("{{\"text\": \"a\"}}\n{{\"text\": \"{text}\"}}\n{{\"text\": \"b\"}}"));
    assert_eq!(articles.iter().map(|article| article.text.len()).collect::<Vec<_>>(), [1, text.len(), 1]);
    let articles = read("news.csv", format!("text\n\"{text}\"\nb\n"));
    assert_eq!(articles.iter().map(|article| article.text.len()).collect::<Vec<_>>(), [text.len(), 1]);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let mut content = String::new();
    for n in 0..30_000 {
        content += &format!("{{\"text\": \"{}\", \"topics\": [\"t{}\"]}}\n", "word ".repeat(n % 50), n % 7);
    }
    let (_folder, path) = file("news.jsonl", content);
    let read = |threads| read_with(&path, &ReadOptions { threads, ..ReadOptions::default() });
    let alone = read(1);
    assert_eq!(alone.len(), 30_000);
    assert!(alone[29_999].id.ends_with(":30000"));
    assert_eq!(alone, read(3));
}

#[test]
fn batches_are_bounded() {
    let line = format!("{{\"text\": \"{}\"}}\n", "x".repeat(1_000));
    let (_folder, path) = file("news.jsonl", line.repeat(5_000));
    let batches = Batches::open(&[path], &keep()).unwrap();
    let sizes: Vec<usize> = batches.map(|batch| batch.unwrap().parse().len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 5_000);
    assert!(sizes.iter().all(|&size| size <= 1_100), "{sizes:?}");
}

#[test]
fn order_and_errors_of_the_pipeline() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    let (drawn, delivered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lead = AtomicUsize::new(0);
    let source = (0..200usize).map(|n| {
        let ahead = drawn.fetch_add(1, Ordering::SeqCst) - delivered.load(Ordering::SeqCst).min(n);
        lead.fetch_max(ahead, Ordering::SeqCst);
        Ok(n)
    });
    let slow_start = |n: usize| {
        std::thread::sleep(Duration::from_millis(if n == 0 { 30 } else { 0 }));
        n
    };
    let mut seen = Vec::new();
    in_order(source, 3, slow_start, |n| {
        delivered.fetch_add(1, Ordering::SeqCst);
        seen.push(n);
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, (0..200).collect::<Vec<_>>());
    assert!(lead.load(Ordering::SeqCst) <= 6, "ran {} ahead", lead.load(Ordering::SeqCst));

    let broken = |threads| {
        let mut seen = 0;
        let source =
            (0..100).map(|n| if n == 20 { Err(topicwire::Error::Corpus("broken".into())) } else { Ok(n) });
        let outcome = in_order(
            source,
            threads,
            |n| n,
            |_| {
                seen += 1;
                Ok(())
            },
        );
        (outcome.unwrap_err().to_string(), seen)
    };
    assert_eq!(broken(1), ("broken".to_owned(), 20));
    assert_eq!(broken(4), ("broken".to_owned(), 20));

    // A sink that will have no more ends an endless source.
    let stop = |n: u64| if n == 50 { Err(topicwire::Error::Corpus("enough".into())) } else { Ok(()) };
    assert!(in_order((0u64..).map(Ok), 2, |n| n, stop).is_err());
}

#[test]
#[should_panic(expected = "work failed")]
fn a_panic_in_the_work_is_passed_on() {
    let _ = in_order((0u64..).map(Ok), 2, |n| assert!(n != 10, "work failed"), |()| Ok(()));
}

fn any_article() -> impl Strategy<Value = Article> {
    let words = "[ -~\u{e0}-\u{ff}\n\t\"|,;中]{0,40}";
    let topic = "[a-zé][a-z é,;\"-]{0,8}[a-z]";
    let topics = proptest::collection::btree_set(topic, 0..4);
    ("[a-z0-9/:\"]{1,8}", words, words, topics).prop_map(|(id, title, text, topics)| {
        Article::new(id, title, text).with_topics(topics.into_iter().collect::<Vec<_>>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_comes_back(articles in proptest::collection::vec(any_article(), 1..8)) {
        let folder = tempfile::tempdir().unwrap();
        let corpus = Corpus::from(articles);
        for (name, format) in
            [("a.jsonl", Format::Jsonl), ("a.csv", Format::Csv), ("a.tsv.gz", Format::Tsv), ("a.jsonl.zst", Format::Jsonl)]
        {
            let path = folder.path().join(name);
            corpus.write(&path, format).unwrap();
            prop_assert_eq!(&Corpus::read(&path).unwrap(), &corpus);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), which in 0..9usize) {
        let format = Format::ALL[which];
        let (_folder, path) = file("x", bytes);
        let _ = Corpus::read_all(&[path], &ReadOptions { format: Some(format), ..keep() });
    }

    #[test]
    fn no_markup_makes_a_reader_panic(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "<", ">", "</", "<!--", "-->", "<p", "<title>", "</title>", "<script>", "&amp;", "&#", "é", "\"", "'",
                "<REUTERS ", "TOPICS=\"YES\"", ">", "<TEXT>", "</TEXT>", "</REUTERS>", "<D>", "<TITLE>", "</TITLE>",
                "<BODY>", "\n", "{", "\\u", "d800", "\"text\":", "\\", "From: a\n", "Subject: =?utf-8?B?", "?=", " ",
            ]),
            0..40,
        ),
        which in 0..9usize,
    ) {
        let (_folder, path) = file("x", parts.concat());
        let _ = Corpus::read_all(&[path], &ReadOptions { format: Some(Format::ALL[which]), ..keep() });
    }
}

#[test]
fn writing_fasttext_and_to_odd_places() {
    let corpus = Corpus::from(vec![
        Article::new("1", "The title", "Two\nlines.").with_topics(["a b", "c"]),
        Article::new("2", "", "None.").with_topics(Vec::<Topic>::new()),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.txt");
    corpus.write(&path, Format::Fasttext).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "__label__a_b __label__c The title Two lines.\nNone.\n");

    let piped = Corpus::from(vec![Article::new("1", "", "x").with_topics(["a|b"])]);
    assert!(piped.write(&path, Format::Csv).unwrap_err().to_string().contains("`a|b`"));
    assert!(corpus.write(&path, Format::Folder).unwrap_err().to_string().contains("a format to read"));
    // A writing that fails leaves what was there.
    assert!(fs::read_to_string(&path).unwrap().starts_with("__label__a_b"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    if cfg!(unix) {
        corpus.write("/dev/null", Format::Jsonl).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
