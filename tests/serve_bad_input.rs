//! Whatever is sent, the service refuses it with the right status and goes on.

mod service;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use service::{Service, read_answer, request};

const JSON: (&str, &str) = ("content-type", "application/json");
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

/// Checks that `service` still does its work.
#[track_caller]
fn goes_on(service: &Service) {
    let answer = service.asks("/v1/predict", &json!({"text": "Crude oil rose as refineries closed."}));
    assert_eq!(answer["topics"][0]["topic"], "energy");
}

#[test]
fn bodies_that_are_too_large_are_refused_before_they_are_read() {
    let service = Service::start(&["--max-body", "10000"]);
    let head = "POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let announced = format!("{head}content-length: 99999999999\r\n\r\n");
    service.raw(announced.as_bytes()).problem(413);
    // One that announces nothing is cut off at the limit.
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{}", chunk.repeat(4));
    service.raw(chunked.as_bytes()).problem(413);
    goes_on(&service);
}

#[test]
fn slow_clients_are_cut_off() {
    let service = Service::start(&["--timeout", "1"]);
    let start = Instant::now();
    let mut body = service.connect();
    let head = "POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    body.write_all(head.as_bytes()).unwrap();
    read_answer(&mut body).problem(408);
    // A head that never ends is no request yet: the connection is closed.
    let mut head = service.connect();
    head.write_all(b"GET /v1/models HTTP/1.1\r\nhost: loc").unwrap();
    let mut rest = Vec::new();
    let _ = head.read_to_end(&mut rest);
    // A stream that stands still ends with a line that says so.
    let mut stream = service.connect();
    let head = "POST /v1/predict/stream HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n\
                content-length: 500\r\nconnection: close\r\n\r\n{\"text\": \"crude oil\"}\n";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_answer(&mut stream);
    assert!(answer.text().lines().last().unwrap().contains("stood still"), "{}", answer.text());
    assert!(start.elapsed() < Duration::from_secs(30));
    goes_on(&service);
}

/// A batch that takes many times longer than a second, and how many articles it has.
fn long_work(service: &Service) -> (Value, usize) {
    let topics = service.get("/v1/models/newsroom").json();
    let topics: Vec<&str> =
        topics["topic_cards"].as_array().unwrap().iter().map(|topic| topic["id"].as_str().unwrap()).collect();
    let text = "Crude oil prices rose as refineries closed and the striker scored a late goal. ".repeat(50);
    let count = 8_000;
    (json!({"topics": topics, "articles": vec![json!({"text": text}); count]}), count)
}

#[test]
fn work_that_takes_too_long_is_given_up() {
    let service = Service::start(&["--timeout", "1", "--max-batch", "100000", "--max-body", "4000000000"]);
    let (question, count) = long_work(&service);
    let articles = |service: &Service| -> usize {
        let figures = service.get("/metrics").text();
        let line = figures.lines().find(|line| line.starts_with("topicwire_articles_total{"));
        line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
    };
    let start = Instant::now();
    let answer = service.post("/v1/predict", &question);
    assert!(answer.problem(503).contains("in time"), "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // The work stops as well, long before its end.
    let last = std::cell::Cell::new(usize::MAX);
    service.wait_until("the work stops", |service| {
        std::thread::sleep(Duration::from_millis(300));
        let now = articles(service);
        now == last.replace(now)
    });
    assert!((1..count).contains(&last.get()), "{} of {count}", last.get());
    // Any number of such requests leave the processors to others.
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| service.post("/v1/predict", &question).problem(503));
        }
    });
    let batch = json!({"articles": [{"text": "crude oil"}]});
    service.wait_until("others are served", |service| service.post("/v1/predict", &batch).status == 200);
    assert!(articles(&service) < count, "{} of {count}", articles(&service));
    goes_on(&service);
}

#[test]
fn explanations_that_would_grow_without_bounds_are_refused() {
    let service = Service::start(&["--max-body", "100000"]);
    let text = "crude oil ".repeat(5_000);
    assert_eq!(service.post("/v1/predict", &json!({"text": text, "explain": true})).status, 200);
    assert_eq!(
        service.post("/v1/predict", &json!({"text": text, "topics": ["energy", "sport"]})).status,
        200
    );
    let detail =
        service.post("/v1/predict", &json!({"text": text, "topics": vec!["energy"; 3]})).problem(413);
    assert!(detail.contains("explain"), "{detail}");
    goes_on(&service);
}

#[test]
fn a_stream_that_breaks_off_has_answered_what_came_before() {
    let service = Service::start(&[]);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let line = format!("{{\"text\": \"{}\"}}\n", "crude oil ".repeat(2_000));
    (0..100).for_each(|_| packer.write_all(line.as_bytes()).unwrap());
    let mut packed = packer.finish().unwrap();
    packed.extend(b"this is not gzip");
    let gzip = ("content-encoding", "gzip");
    let answer = service.send("POST", "/v1/predict/stream", &[NDJSON, gzip], &packed);
    let lines: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, answered) = lines.split_last().unwrap();
    // What stands right before the break may be lost with it; what is said to be answered is.
    assert!((90..=100).contains(&answered.len()), "{}", answered.len());
    assert!(answered.iter().all(|line| line["topics"][0]["topic"] == "energy"));
    let number = lines.len().to_string();
    assert_eq!(*last, json!({"id": number, "error": "the stream is not whole gzip"}));
    goes_on(&service);
}

#[test]
fn truncated_bodies_are_refused() {
    let service = Service::start(&[]);
    for (path, kind) in [("/v1/predict", "application/json"), ("/v1/predict/stream", "application/x-ndjson")]
    {
        let mut stream = service.connect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\ncontent-length: 90\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"{\"text\": \"oil").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = read_answer(&mut stream);
        if path == "/v1/predict" {
            answer.problem(400);
        } else {
            assert!(answer.text().contains("breaks off"), "{answer:?}");
        }
    }
    goes_on(&service);
}

#[test]
fn what_is_not_the_json_that_is_asked_for_is_refused() {
    let service = Service::start(&[]);
    let ask = |body: &[u8]| service.send("POST", "/v1/predict", &[JSON], body);
    ask(b"").problem(400);
    ask(b"oil prices rose").problem(400);
    ask(b"{\"text\": \"oil\"").problem(400);
    assert!(ask(b"{\"text\": \"\xff\xfe oil\"}").problem(400).contains("UTF-8"));
    let nested = format!("{{\"articles\": {}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let status = ask(nested.as_bytes()).status;
    assert!(status == 400 || status == 422, "{status}");
    let nested = format!("{{\"x\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let status = ask(nested.as_bytes()).status;
    assert!(status == 400 || status == 422, "{status}");
    for (body, said) in [
        (json!(["oil"]), ""),
        (json!({}), "exactly one"),
        (json!({"text": 7}), "string"),
        (json!({"text": "oil", "html": "oil"}), "not both"),
        (json!({"text": "oil", "articles": []}), "exactly one"),
        (json!({"text": "oil", "texts": "oil"}), "texts"),
        (json!({"text": "oil", "min_probability": 1.5}), "from 0 to 1"),
        (json!({"text": "oil", "topics": ["astrology"]}), "astrology"),
        (json!({"text": "oil", "topics": vec!["energy"; 101]}), "100"),
        (json!({"articles": [{"text": "oil"}, {"id": "x"}]}), "article 2"),
        (json!({"feed": "no feed"}), "feed"),
    ] {
        let detail = ask(body.to_string().as_bytes()).problem(422);
        assert!(detail.contains(said), "{detail}");
    }
    goes_on(&service);
}

#[test]
fn gzip_bombs_and_broken_gzip_are_refused() {
    let service = Service::start(&["--max-body", "1000000"]);
    let pack = |count: usize, piece: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        (0..count).for_each(|_| packer.write_all(piece).unwrap());
        packer.finish().unwrap()
    };
    let bomb = pack(200, &[b' '; 1 << 20]);
    assert!(bomb.len() < 1_000_000);
    let gzip = ("content-encoding", "gzip");
    let start = Instant::now();
    service.send("POST", "/v1/predict", &[JSON, gzip], &bomb).problem(413);
    // As a stream it is a line that is too long.
    let answer = service.send("POST", "/v1/predict/stream", &[NDJSON, gzip], &bomb);
    assert!(answer.text().contains("longer than"), "{}", answer.text());
    assert!(start.elapsed() < Duration::from_secs(20));
    let half = &bomb[..bomb.len() / 2];
    assert!([400, 413].contains(&service.send("POST", "/v1/predict", &[JSON, gzip], half).status));
    let whole = pack(1, b"{\"text\": \"oil\"}");
    service.send("POST", "/v1/predict", &[JSON, gzip], &whole[..whole.len() - 5]).problem(400);
    service.send("POST", "/v1/predict", &[JSON, gzip], b"oil").problem(400);
    let answer = service.send("POST", "/v1/predict/stream", &[NDJSON, gzip], &whole[..whole.len() - 5]);
    assert!(answer.text().contains("not whole gzip"), "{}", answer.text());
    let answer = service.send("POST", "/v1/predict", &[JSON, ("content-encoding", "br")], b"oil");
    answer.problem(415);
    assert_eq!(answer.header("accept-encoding"), Some("gzip, identity"));
    goes_on(&service);
}

#[test]
fn unknown_routes_methods_and_media_types_are_named() {
    let service = Service::start(&[]);
    for path in
        ["/nowhere", "/v1", "/v1/predict/", "/v1/predict/stream/x", "/v2/predict", "//", "/%ff", "/health"]
    {
        service.get(path).problem(404);
    }
    let answer = service.get("/v1/predict");
    answer.problem(405);
    assert_eq!(answer.header("allow"), Some("POST"));
    service.send("DELETE", "/v1/models", &[], b"").problem(405);
    service.send("BREW", "/v1/models", &[], b"").problem(405);
    let answer = service.send("POST", "/v1/predict", &[("content-type", "text/csv")], b"oil");
    answer.problem(415);
    assert_eq!(answer.header("accept"), Some("application/json"));
    service.send("POST", "/v1/predict", &[], b"{}").problem(415);
    service.send("POST", "/v1/predict/stream", &[JSON], b"{}").problem(415);
    service.send("POST", "/v1/predict/stream?all_scores=perhaps", &[NDJSON], b"{}").problem(422);
    service.send("POST", "/v1/predict/stream?min_probability=7", &[NDJSON], b"{}").problem(422);
    service.send("POST", "/v1/predict/stream?speed=high", &[NDJSON], b"{}").problem(422);
    // A head is answered like the whole, without a body.
    let head = service.raw(&request("HEAD", "/health/live", &[], b"")[..]);
    assert_eq!(head.status, 200);
    // What is no HTTP at all is cut off, and nothing falls over.
    let mut stream = service.connect();
    let _ = stream.write_all(b"\x16\x03\x01\x02\x00 not http\r\n\r\n");
    let _ = stream.read_to_end(&mut Vec::new());
    goes_on(&service);
}

#[test]
fn model_names_reach_no_file() {
    let service = Service::start(&[]);
    std::fs::write(service.path("secret.safetensors"), "secret").unwrap();
    for name in [
        "../secret",
        "..%2fsecret",
        "secret",
        "%2e%2e%2fsecret.safetensors",
        "newsroom%00",
        "/etc/passwd",
        "%ff",
    ] {
        let answer = service.get(&format!("/v1/models/{name}"));
        assert!([400, 404].contains(&answer.status), "{name}: {answer:?}");
        answer.problem(answer.status);
    }
    for name in ["../secret", "newsroom/../newsroom", "", "newsroom\u{0}"] {
        service.post("/v1/predict", &json!({"text": "oil", "model": name})).problem(404);
    }
    let long = "a".repeat(20_000);
    service.post("/v1/predict", &json!({"text": "oil", "model": long})).problem(404);
    goes_on(&service);
}

#[test]
fn limits_on_batches_and_requests_are_told() {
    let service = Service::start(&["--max-batch", "10", "--max-requests", "2"]);
    let batch = json!({"articles": vec![json!({"text": "oil"}); 11]});
    assert!(service.post("/v1/predict", &batch).problem(413).contains("10"));
    let open = |service: &Service| {
        let mut stream = service.connect();
        let head = "POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let held = [open(&service), open(&service)];
    service.wait_until("both are under way", |service| service.get("/health/ready").status == 503);
    let answer = service.post("/v1/predict", &json!({"text": "oil"}));
    answer.problem(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(service.get("/health/live").status, 200);
    drop(held);
    service.wait_until("they are gone", |service| service.get("/health/ready").status == 200);
    goes_on(&service);
}

#[test]
fn pages_made_to_hurt_are_read_in_time() {
    let service = Service::start(&[]);
    let start = Instant::now();
    for page in [
        "<div>".repeat(200_000) + "crude oil",
        "<p>".repeat(100_000) + "crude oil",
        "<table><tr><td>".repeat(3_000) + "crude oil",
        "<b><i>".repeat(240) + "crude oil",
        "<a href='".repeat(50_000),
        "<!--".repeat(100_000),
        "<svg><script>".repeat(1_000),
        format!("<title>{}</title>", "&amp;".repeat(100_000)),
    ] {
        let answer = service.post("/v1/predict", &json!({"html": page}));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let entities = "<!DOCTYPE rss [<!ENTITY a \"oil oil oil oil\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
                    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><rss version=\"2.0\"><channel><title>x</title>\
                    <item><title>&c;&c;&c;</title><description>d</description></item></channel></rss>";
    let status = service.post("/v1/predict", &json!({"feed": entities})).status;
    assert!(status == 200 || status == 422, "{status}");
    let deep = format!("<rss version=\"2.0\"><channel>{}", "<item>".repeat(50_000));
    let status = service.post("/v1/predict", &json!({"feed": deep})).status;
    assert!(status == 200 || status == 413 || status == 422, "{status}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    goes_on(&service);
}

#[test]
fn a_client_that_does_not_read_stops_its_own_stream_only() {
    let service = Service::start(&["--timeout", "2"]);
    let mut stream = service.connect();
    stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let head = "POST /v1/predict/stream?all_scores=true HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n\
                transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let lines = "{\"text\": \"crude oil\"}\n".repeat(3_000);
    let chunk = format!("{:x}\r\n{lines}\r\n", lines.len());
    // Nothing is read: sooner or later the service takes no more.
    let mut sent = 0_usize;
    while sent < 400 << 20 && stream.write_all(chunk.as_bytes()).is_ok() {
        sent += chunk.len();
    }
    assert!(sent < 100 << 20, "the service swallowed {sent} bytes without an answer being read");
    goes_on(&service);
}
