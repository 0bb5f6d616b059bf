//! Corrections: none that was acknowledged is lost, none that was removed comes back.

mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use service::{Service, read_answer, request};

fn correction(n: usize) -> Value {
    json!({"article": {"id": format!("a{n}"), "title": "Oil", "text": format!("Crude oil rose {n}.")}, "topics": ["energy", "trade"]})
}

fn run(service: &Service, arguments: &[&str]) -> String {
    let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
    let output = command.current_dir(service.folder.path()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_correction_is_kept_listed_and_removed() {
    let service = Service::start(&["--feedback", "kept.sqlite"]);
    let answer = service.post("/v1/feedback", &correction(1));
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("location"), Some("/v1/feedback/1"));
    let kept = answer.json();
    assert_eq!(kept["topics"], json!(["energy", "trade"]));
    assert_eq!(kept["before"][0]["topic"], "energy", "what the model said is asked of the model");
    assert_eq!(kept["model"], "newsroom");
    assert!(kept["time"].as_str().unwrap().ends_with('Z'));
    for n in 2..=5 {
        assert_eq!(service.post("/v1/feedback", &correction(n)).status, 201);
    }
    let page = service.get("/v1/feedback?limit=2").json();
    let ids = |page: &Value| -> Vec<i64> {
        page["corrections"].as_array().unwrap().iter().map(|c| c["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&page), [5, 4]);
    let page = service.get(&format!("/v1/feedback?limit=10&before={}", page["next"])).json();
    assert_eq!((ids(&page), page.get("next")), (vec![3, 2, 1], None));

    assert_eq!(service.send("DELETE", "/v1/feedback/3", &[], b"").status, 204);
    service.send("DELETE", "/v1/feedback/3", &[], b"").problem(404);
    for id in ["x", "99999999999999999999", "-1", "1/2"] {
        service.send("DELETE", &format!("/v1/feedback/{id}"), &[], b"").problem(404);
    }
    for query in ["limit=0", "limit=1001", "limit=x", "after=1"] {
        service.get(&format!("/v1/feedback?{query}")).problem(422);
    }
    assert_eq!(ids(&service.get("/v1/feedback").json()), [5, 4, 2, 1]);
    assert!(service.get("/metrics").text().contains("topicwire_corrections_total 5"));
}

#[test]
fn corrections_that_make_no_sense_are_refused() {
    let service = Service::start(&["--feedback", "kept.sqlite"]);
    let with = |topics: Vec<String>| json!({"article": {"text": "oil"}, "topics": topics});
    let many = (0..10_000).map(|n| n.to_string()).collect();
    assert!(service.post("/v1/feedback", &with(many)).problem(422).contains("10000"));
    for bad in ["", "  ", "a|b", "a\nb", &"x".repeat(201)] {
        service.post("/v1/feedback", &with(vec![bad.to_owned()])).problem(422);
    }
    service.post("/v1/feedback", &json!({"topics": ["energy"]})).problem(422);
    service.post("/v1/feedback", &json!({"article": {}, "topics": []})).problem(422);
    service
        .post("/v1/feedback", &json!({"article": {"text": "oil"}, "topics": [], "model": "../x"}))
        .problem(404);
    service.send("POST", "/v1/feedback", &[("content-type", "text/plain")], b"{}").problem(415);
    service.send("PUT", "/v1/feedback", &[], b"").problem(405);
    // Doubled topics count once, new ones are welcome, none is an answer too.
    let topics = vec![" energy".to_owned(), "energy".to_owned(), "fusion <b>power</b>".to_owned()];
    assert_eq!(
        service.post("/v1/feedback", &with(topics)).json()["topics"],
        json!(["energy", "fusion <b>power</b>"])
    );
    assert_eq!(service.post("/v1/feedback", &with(vec![])).status, 201);
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut acknowledged: Vec<i64> = Vec::new();
    for round in 0..3 {
        let service = Service::start_in(folder.clone(), &["--feedback", "kept.sqlite"]);
        let count = AtomicUsize::new(0);
        let ids = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let (service, count) = (&service, &count);
                    scope.spawn(move || {
                        let mut ids = Vec::new();
                        for n in 0.. {
                            let body = correction(round * 100_000 + writer * 10_000 + n).to_string();
                            let raw = request(
                                "POST",
                                "/v1/feedback",
                                &[("content-type", "application/json")],
                                body.as_bytes(),
                            );
                            let Ok(mut stream) = std::net::TcpStream::connect(service.address) else { break };
                            if std::io::Write::write_all(&mut stream, &raw).is_err() {
                                break;
                            }
                            // A killed process gives no answer, or a part of one: neither is an acknowledgement.
                            let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                                read_answer(&mut stream)
                            }));
                            let Ok(answer) = answer else { break };
                            let Ok(kept) = serde_json::from_slice::<Value>(&answer.body) else { break };
                            assert_eq!(answer.status, 201);
                            ids.push(kept["id"].as_i64().unwrap());
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        ids
                    })
                })
                .collect();
            service.wait_until("corrections are kept", |_| count.load(Ordering::Relaxed) > 25);
            service.signal("KILL");
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        acknowledged.extend(ids);
        drop(service);
    }
    let service = Service::start_in(folder, &["--feedback", "kept.sqlite"]);
    let kept = service.get("/v1/feedback?limit=1000").json();
    let kept: Vec<i64> =
        kept["corrections"].as_array().unwrap().iter().map(|c| c["id"].as_i64().unwrap()).collect();
    assert!(acknowledged.len() > 75);
    let lost: Vec<_> = acknowledged.iter().filter(|id| !kept.contains(id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
}

#[test]
fn what_is_removed_is_gone_from_the_disk() {
    let service = Service::start(&["--feedback", "kept.sqlite"]);
    let secret = "zanzibar-marmalade-secret";
    let body = json!({"article": {"text": format!("{secret} oil")}, "topics": ["energy"]});
    let id = service.post("/v1/feedback", &body).json()["id"].clone();
    let on_disk = || {
        let files = std::fs::read_dir(service.folder.path())
            .unwrap()
            .map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.filter(|bytes| bytes.windows(secret.len()).any(|window| window == secret.as_bytes())).count()
    };
    assert!(on_disk() > 0);
    assert_eq!(service.send("DELETE", &format!("/v1/feedback/{id}"), &[], b"").status, 204);
    assert_eq!(on_disk(), 0);
    service.post("/v1/feedback", &body);
    assert!(on_disk() > 0);
    run(&service, &["feedback", "purge", "--all", "--feedback", "kept.sqlite"]);
    assert_eq!(on_disk(), 0);
    assert_eq!(service.get("/v1/feedback").json()["corrections"], json!([]));
}

#[test]
fn old_corrections_are_removed_by_themselves() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let service = Service::start_in(folder.clone(), &["--feedback", "kept.sqlite"]);
    (1..=3).for_each(|n| assert_eq!(service.post("/v1/feedback", &correction(n)).status, 201));
    drop(service);
    let connection = rusqlite::Connection::open(folder.path().join("kept.sqlite")).unwrap();
    connection.execute("UPDATE correction SET time = '2020-01-01T00:00:00.000Z' WHERE id < 3", []).unwrap();
    drop(connection);
    let service = Service::start_in(folder, &["--feedback", "kept.sqlite", "--feedback-retention", "30"]);
    service.wait_until("old ones are gone", |service| {
        service.get("/v1/feedback").json()["corrections"].as_array().unwrap().len() == 1
    });
}

#[test]
fn a_full_disk_is_told_and_articles_are_still_classified() {
    let service = Service::start(&["--feedback", "kept.sqlite", "--feedback-max-bytes", "60000"]);
    let text = "Crude oil rose as refineries closed. ".repeat(300);
    let body = |n: usize| json!({"article": {"text": format!("{text}{n}")}, "topics": ["energy"]});
    let full = (0..100).map(|n| service.post("/v1/feedback", &body(n))).find(|answer| answer.status != 201);
    let full = full.expect("the store never gets full");
    assert!(full.problem(503).contains("disk"));
    assert_eq!(full.header("retry-after"), Some("1"));
    assert_eq!(service.asks("/v1/predict", &json!({"text": text}))["topics"][0]["topic"], "energy");
    // Room is made by removing, and then used.
    let all = service.get("/v1/feedback").json();
    let kept = all["corrections"].as_array().unwrap();
    assert!(!kept.is_empty());
    for correction in kept {
        let path = format!("/v1/feedback/{}", correction["id"]);
        assert_eq!(service.send("DELETE", &path, &[], b"").status, 204);
    }
    assert_eq!(service.post("/v1/feedback", &body(1_000)).status, 201);
}

#[test]
fn nothing_is_kept_where_nothing_is_to_be_kept() {
    let service = Service::start(&["--feedback", "off"]);
    service.post("/v1/feedback", &correction(1)).problem(404);
    service.get("/v1/feedback").problem(404);
    assert_eq!(std::fs::read_dir(service.folder.path()).unwrap().count(), 0);
}

#[test]
fn corrections_become_a_corpus_to_train_on() {
    let service = Service::start(&["--feedback", "kept.sqlite"]);
    service.post("/v1/feedback", &correction(1));
    service.post("/v1/feedback", &correction(2));
    // The last word on an article counts.
    let mut last = correction(1);
    last["topics"] = json!([]);
    service.post("/v1/feedback", &last);
    let lines = run(&service, &["feedback", "export", "--feedback", "kept.sqlite"]);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["text"], &lines[0]["topics"]), (&json!("Crude oil rose 1."), &json!([])));
    assert_eq!(lines[1]["topics"], json!(["energy", "trade"]));
    run(&service, &["feedback", "export", "--feedback", "kept.sqlite", "--out", "corrected.jsonl"]);
    let corpus = topicwire::Corpus::read(service.path("corrected.jsonl")).unwrap();
    assert_eq!(corpus.articles.len(), 2);
}
