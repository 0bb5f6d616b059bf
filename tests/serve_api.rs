//! What `topicwire serve` answers to programs.

mod service;

use std::io::{Read, Write};

use serde_json::{Value, json};
use service::{Service, read_answer, train};

const OIL: &str =
    "Oil ministers of the cartel agreed to cut crude output, and fuel prices rose at every refinery.";

fn topics(answer: &Value) -> Vec<&str> {
    answer["topics"].as_array().unwrap().iter().map(|topic| topic["topic"].as_str().unwrap()).collect()
}

#[test]
fn one_article_gets_topics_with_probabilities_from_the_starter_model() {
    let service = Service::start(&[]);
    let answer = service.asks("/v1/predict", &json!({"id": 7, "title": "OPEC", "text": OIL}));
    assert_eq!(answer["id"], "7");
    assert_eq!(answer["model"]["name"], "newsroom");
    assert_eq!(topics(&answer)[0], "energy");
    let all = service.asks("/v1/predict", &json!({"text": OIL, "all_scores": true, "min_probability": 1.0}));
    assert_eq!(all["probabilities"].as_object().unwrap().len(), 23);
    assert!(topics(&all).is_empty());
    assert!(all["probabilities"]["energy"].as_f64().unwrap() > 0.4);
}

#[test]
fn a_batch_is_answered_in_order_and_as_each_article_alone() {
    let service = Service::start(&[]);
    let articles: Vec<Value> = (0..40)
        .map(|n| json!({"title": "", "text": if n % 2 == 0 { OIL } else { "The home side won the cup final match." }}))
        .collect();
    let batch = service.asks("/v1/predict", &json!({"articles": articles}));
    let answers = batch["articles"].as_array().unwrap();
    assert_eq!(answers.len(), 40);
    for (n, (answer, article)) in answers.iter().zip(&articles).enumerate() {
        assert_eq!(answer["id"], (n + 1).to_string());
        let alone = service.asks("/v1/predict", article);
        assert_eq!(answer["topics"], alone["topics"]);
    }
    assert_eq!(service.asks("/v1/predict", &json!({"articles": []}))["articles"], json!([]));
}

#[test]
fn an_explanation_points_at_words_in_the_units_that_are_asked_for() {
    let service = Service::start(&[]);
    let text = "🛢️ Ölpreise: crude oil rose as the refinery closed.";
    let find = |offsets: &str| {
        let question = json!({"text": text, "topics": ["energy", "sport"], "offsets": offsets});
        let answer = service.asks("/v1/predict", &question);
        let why = answer["explanation"].as_array().unwrap().clone();
        assert_eq!(why.iter().filter(|topic| topic["topic"] == "sport").count(), 1);
        let energy = why.into_iter().find(|topic| topic["topic"] == "energy").unwrap();
        let sum: f64 = energy["contributions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["contribution"].as_f64().unwrap())
            .sum();
        let score = energy["score"].as_f64().unwrap() - energy["bias"].as_f64().unwrap();
        assert!((sum - score).abs() < 1e-4, "{energy}");
        let marks = energy["marks"].as_array().unwrap();
        let mark = marks.iter().find(|mark| mark["word"] == "crude").unwrap();
        (mark["start"].as_u64().unwrap() as usize, mark["end"].as_u64().unwrap() as usize)
    };
    let (start, end) = find("bytes");
    assert_eq!(&text[start..end], "crude");
    let (start, end) = find("characters");
    assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), "crude");
    let (start, end) = find("utf16");
    let units: Vec<u16> = text.encode_utf16().collect();
    assert_eq!(String::from_utf16(&units[start..end]).unwrap(), "crude");
}

#[test]
fn html_gives_its_main_text_without_menus() {
    let service = Service::start(&[]);
    let paragraph = format!("<p>{OIL} {OIL}</p>");
    let page = format!(
        "<html><head><title>Oil &amp; gas</title><script>alert('football')</script></head><body>\
         <nav><a href=/>Home</a> <a href=/sport>Sport</a></nav><article><h1>Oil</h1>{}</article>\
         <footer>Cookies and football</footer></body></html>",
        paragraph.repeat(6)
    );
    let answer = service.asks("/v1/predict", &json!({"html": page}));
    assert_eq!(topics(&answer)[0], "energy");
    assert_eq!(answer["extracted"]["title"], "Oil & gas");
    let text = answer["extracted"]["text"].as_str().unwrap();
    assert!(text.contains("Oil ministers") && !text.contains("football"), "{text}");
    // A short page has no main text that stands out: all of it counts.
    let short = service.asks("/v1/predict", &json!({"html": "<p>Crude oil <b>rose</b>.</p>"}));
    assert_eq!(short["extracted"]["text"], "Crude oil rose.");
}

#[test]
fn the_entries_of_a_feed_are_articles() {
    let service = Service::start(&[]);
    let rss = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title>\
         <item><title>Oil &amp;amp; gas</title><link>https://example.org/1</link><guid>g1</guid>\
         <description>&lt;p&gt;{OIL}&lt;/p&gt;</description></item>\
         <item><title>Cup final</title><link>javascript:alert(1)</link><description>The home side won the football \
         match after a late goal by the striker.</description></item></channel></rss>"
    );
    let answer = service.asks("/v1/predict", &json!({"feed": rss}));
    let entries = answer["articles"].as_array().unwrap();
    assert_eq!(entries[0]["id"], "g1");
    assert_eq!(entries[0]["link"], "https://example.org/1");
    assert_eq!(entries[0]["extracted"]["title"], "Oil & gas");
    assert_eq!(entries[0]["extracted"]["text"], OIL);
    assert_eq!(topics(&entries[0])[0], "energy");
    assert_eq!(topics(&entries[1]), ["sport"]);
    assert!(entries[1].get("link").is_none(), "only links to the web are passed on");
    assert_eq!(service.asks("/v1/predict", &json!({"feed": rss})), answer, "the same feed, the same answer");

    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>N</title><id>n</id><updated>2026-01-01T00:00:00Z</updated>\
                <entry><title>Grid</title><id>e1</id><updated>2026-01-01T00:00:00Z</updated>\
                <content type=\"html\">&lt;p&gt;Power cuts as the electricity grid fails.&lt;/p&gt;</content></entry></feed>";
    let answer = service.asks("/v1/predict", &json!({"feed": atom}));
    assert_eq!(answer["articles"][0]["extracted"]["text"], "Power cuts as the electricity grid fails.");
}

#[test]
fn a_stream_answers_line_by_line_in_order_and_names_bad_lines() {
    let service = Service::start(&[]);
    let mut lines = String::new();
    for n in 0..3_000 {
        lines += &match n % 100 {
            7 => "not json\n".to_owned(),
            8 => "\n".to_owned(),
            _ => format!("{{\"id\": \"a{n}\", \"text\": \"{OIL} {n}\"}}\n"),
        };
    }
    let whole = &lines[..lines.len() - 1];
    let answer = service.send(
        "POST",
        "/v1/predict/stream",
        &[("content-type", "application/x-ndjson")],
        whole.as_bytes(),
    );
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let mut answers = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for n in (0..3_000).filter(|n| n % 100 != 8) {
        let answer = answers.next().unwrap();
        if n % 100 == 7 {
            assert_eq!(answer["id"], (n + 1).to_string());
            assert!(answer["error"].as_str().unwrap().contains("not an article"));
        } else {
            assert_eq!(answer["id"], format!("a{n}"));
            assert_eq!(topics(&answer)[0], "energy");
        }
    }
    assert!(answers.next().is_none());
}

#[test]
fn a_stream_answers_before_it_ends() {
    let service = Service::start(&[]);
    let mut stream = service.connect();
    let head = "POST /v1/predict/stream HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n\
                transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    for n in 0..3 {
        let line = format!("{{\"id\": \"{n}\", \"text\": \"crude oil\"}}\n");
        stream.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).unwrap();
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(&format!("{{\"id\":\"{n}\"")) {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
}

#[test]
fn packed_bodies_are_unpacked() {
    let service = Service::start(&[]);
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let body = pack(json!({"text": OIL}).to_string().as_bytes());
    let json_type = ("content-type", "application/json");
    let answer = service.send("POST", "/v1/predict", &[json_type, ("content-encoding", "gzip")], &body);
    assert_eq!(topics(&answer.json())[0], "energy");
    let lines = pack(format!("{{\"text\": \"{OIL}\"}}\n").repeat(500).as_bytes());
    let ndjson = ("content-type", "application/x-ndjson");
    let answer = service.send("POST", "/v1/predict/stream", &[ndjson, ("content-encoding", "gzip")], &lines);
    assert_eq!(answer.text().lines().count(), 500);
    assert!(answer.text().lines().all(|line| line.contains("energy")));
}

#[test]
fn models_are_listed_with_their_cards() {
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    train(&folder.path().join("small.safetensors"), "weekly");
    train(&folder.path().join("other.safetensors"), "daily");
    std::fs::write(
        folder.path().join("topics.toml"),
        "[[topic]]\nid = \"energy\"\nname = \"Energie\"\ndefinition = \"Oil and such.\"\n",
    )
    .unwrap();
    let service = Service::start_in(
        folder,
        &["--models", ".", "--default-model", "small", "--taxonomy", "topics.toml"],
    );
    let list = service.get("/v1/models").json();
    let names: Vec<_> = list["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["name"].as_str().unwrap(), m["default"] == true))
        .collect();
    assert_eq!(names, [("other", false), ("small", true)]);
    let card = service.get("/v1/models/small").json();
    assert_eq!(card["task"], "multi");
    assert_eq!(card["topic_cards"][0]["name"], "Energie");
    assert_eq!(card["topic_cards"][1]["name"], "Sport");
    assert!(card["topic_cards"][0]["threshold"].as_f64().unwrap() > 0.0);
    assert!(!card["topic_cards"][0]["strongest_terms"].as_array().unwrap().is_empty());
    let answer = service.asks("/v1/predict", &json!({"text": "crude oil", "model": "other"}));
    assert_eq!(answer["model"]["name"], "other");
}

#[test]
fn a_card_holds_what_training_measured() {
    let service = Service::start(&[]);
    let card = service.get("/v1/models/newsroom").json();
    let number = |value: &Value| value.as_f64().unwrap();
    for topic in card["topic_cards"].as_array().unwrap() {
        let (precision, recall) = (number(&topic["precision"]), number(&topic["recall"]));
        let f1 = 2.0 * precision * recall / (precision + recall);
        assert!((number(&topic["f1"]) - f1).abs() < 1e-3, "{topic}");
        let share = number(&topic["articles"]) / number(&card["articles"]);
        assert!((number(&topic["share"]) - share).abs() < 1e-6, "{topic}");
        // Lower thresholds find more, and the topic's own is one of them.
        let curve = topic["curve"].as_array().unwrap();
        for pair in curve.windows(2) {
            assert!(number(&pair[0]["threshold"]) >= number(&pair[1]["threshold"]));
            assert!(number(&pair[0]["recall"]) <= number(&pair[1]["recall"]));
        }
        let close = |a: f64, b: f64| (a - b).abs() < 1e-4;
        assert!(curve.iter().any(|point| close(number(&point["threshold"]), number(&topic["threshold"]))
            && close(number(&point["precision"]), precision)
            && close(number(&point["recall"]), recall)));
    }
    let trials = card["trials"].as_array().unwrap();
    let chosen: Vec<_> = trials.iter().filter(|trial| trial["chosen"] == true).collect();
    assert_eq!(chosen.len(), 1);
    let best = trials.iter().map(|trial| number(&trial["figure"])).fold(0.0, f64::max);
    assert_eq!(number(&chosen[0]["figure"]), best);
}

#[test]
fn health_and_figures_are_told() {
    let service = Service::start(&[]);
    assert_eq!(service.get("/health/live").json()["status"], "ok");
    assert_eq!(service.get("/health/ready").json()["status"], "ok");
    service.asks("/v1/predict", &json!({"text": OIL}));
    service.get("/nowhere/17");
    let figures = service.get("/metrics").text();
    for expected in [
        "topicwire_requests_total{method=\"POST\",route=\"/v1/predict\",status=\"200\"} 1",
        "topicwire_requests_total{method=\"GET\",route=\"unknown\",status=\"404\"} 1",
        "topicwire_request_seconds_count{route=\"/v1/predict\"} 1",
        "topicwire_articles_total{model=\"newsroom\"} 1",
        "topicwire_topics_total{model=\"newsroom\",topic=\"energy\"} 1",
        "topicwire_unknown_words_share_sum{model=\"newsroom\"}",
        "topicwire_model_info{model=\"newsroom\",version=\"",
    ] {
        assert!(figures.contains(expected), "{expected} is not in\n{figures}");
    }
}

#[test]
fn a_request_id_is_taken_over_or_made() {
    let service = Service::start(&[]);
    let answer = service.send("GET", "/health/live", &[("x-request-id", "desk-17")], b"");
    assert_eq!(answer.header("x-request-id"), Some("desk-17"));
    let answer = service.send("GET", "/health/live", &[("x-request-id", "a\"b c")], b"");
    let made = answer.header("x-request-id").unwrap();
    assert!(made.len() >= 10 && !made.contains(' '));
    assert_ne!(service.get("/health/live").header("x-request-id"), Some(made));
}

#[test]
fn settings_come_from_flags_variables_and_a_file_in_this_order() {
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let config = "max-batch = 3\ntimeout = 9\n";
    std::fs::write(folder.path().join("serve.toml"), config).unwrap();
    let batch = |n: usize| json!({"articles": vec![json!({"text": "oil"}); n]});
    let service = Service::start_in(folder.clone(), &["--config", "serve.toml"]);
    assert_eq!(service.post("/v1/predict", &batch(3)).status, 200);
    service.post("/v1/predict", &batch(4)).problem(413);
    let service = Service::start_in(folder.clone(), &["--config", "serve.toml", "--max-batch", "5"]);
    assert_eq!(service.post("/v1/predict", &batch(5)).status, 200);

    std::fs::write(folder.path().join("serve.toml"), "max-batches = 3\n").unwrap();
    let run = |arguments: &[&str], variable: (&str, &str)| {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let output =
            command.current_dir(folder.path()).env(variable.0, variable.1).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, words) = run(&["serve", "--config", "serve.toml"], ("A", "b"));
    assert_eq!(code, Some(2));
    assert!(words.contains("max-batches"), "{words}");
    let (code, words) = run(&["serve"], ("TOPICWIRE_LISTEN", "0.0.0.0:0"));
    assert_eq!(code, Some(2));
    assert!(words.contains("--insecure"), "{words}");
}

#[test]
fn the_log_is_structured() {
    let service = Service::start(&["--log", "debug", "--log-format", "json"]);
    service.send(
        "POST",
        "/v1/predict",
        &[("content-type", "application/json"), ("x-request-id", "r-1")],
        b"{\"text\": \"oil\"}",
    );
    service.wait_until("the request is logged", |service| service.log().contains("r-1"));
    let log = service.log();
    let line = log.lines().find(|line| line.contains("r-1")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&line["path"], &line["status"], &line["request"]),
        (&json!("/v1/predict"), &json!(200), &json!("r-1"))
    );
    assert!(!log.contains("\"oil\""), "what is classified is nobody's business");
}

#[test]
fn a_stopped_service_finishes_what_is_under_way() {
    let service = Service::start(&[]);
    let mut stream = service.connect();
    let body = json!({"text": OIL}).to_string();
    let head = format!(
        "POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..10]).unwrap();
    service.wait_until("the request is under way", |service| {
        service.get("/metrics").text().lines().any(|line| line == "topicwire_requests_under_way 2")
    });
    service.signal("TERM");
    service.wait_until("no new connection is taken", |service| {
        std::net::TcpStream::connect(service.address).is_err()
    });
    stream.write_all(&body.as_bytes()[10..]).unwrap();
    let answer = read_answer(&mut stream);
    assert_eq!(topics(&answer.json())[0], "energy");
    assert!(service.ended().success());
}
