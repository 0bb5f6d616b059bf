//! Models are exchanged while requests go on.

mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use service::{Service, train};

fn version(service: &Service, model: &str) -> String {
    service.get(&format!("/v1/models/{model}")).json()["version"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn files_that_change_are_exchanged_and_broken_ones_refused() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    train(&path("desk.safetensors"), "weekly");
    let service = Service::start_in(folder.clone(), &["--models", ".", "--reload-interval", "1"]);
    let first = version(&service, "desk");

    // A new file appears.
    train(&path("night.safetensors"), "nightly");
    service.wait_until("the new model is served", |service| service.get("/v1/models/night").status == 200);

    // Another takes its place.
    train(&path("new"), "daily");
    std::fs::rename(path("new"), path("desk.safetensors")).unwrap();
    service.wait_until("the model is exchanged", |service| version(service, "desk") != first);
    let second = version(&service, "desk");

    // A broken one does not; the process is told to look at once.
    let mut bytes = std::fs::read(path("desk.safetensors")).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(path("desk.safetensors"), &bytes[..last / 2]).unwrap();
    service.signal("HUP");
    service.wait_until("the broken file is refused", |service| service.log().contains("refused"));
    std::fs::write(path("desk.safetensors"), &bytes).unwrap();
    service.wait_until("a wrong byte is found", |service| service.log().contains("checksum"));
    assert_eq!(version(&service, "desk"), second);
    let answer = service.asks("/v1/predict", &json!({"text": "crude oil pipeline", "model": "desk"}));
    assert_eq!(answer["topics"][0]["topic"], "energy");
    assert!(!service.get("/metrics").text().contains("topicwire_models_refused_total 0"));

    // One that is gone is served no more.
    std::fs::remove_file(path("night.safetensors")).unwrap();
    service.wait_until("the model is gone", |service| service.get("/v1/models/night").status == 404);
}

#[test]
fn no_request_is_lost_while_models_are_exchanged() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    train(&path("a"), "weekly");
    train(&path("b"), "daily");
    std::fs::copy(path("a"), path("desk.safetensors")).unwrap();
    let service = Service::start_in(folder.clone(), &["--model", "desk.safetensors"]);
    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let answer = service.asks("/v1/predict", &json!({"text": "crude oil pipeline"}));
                    assert_eq!(answer["topics"][0]["topic"], "energy");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for round in 0..6 {
            let before = version(&service, "desk");
            std::fs::copy(path(["b", "a"][round % 2]), path("new")).unwrap();
            std::fs::rename(path("new"), path("desk.safetensors")).unwrap();
            service.signal("HUP");
            service.wait_until("the model is exchanged", |service| version(service, "desk") != before);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(asked.load(Ordering::Relaxed) > 50);
}

#[test]
fn a_service_without_a_sound_model_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.safetensors"), b"not a model at all").unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let refused = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let output = command.current_dir(folder.path()).arg("serve").args(arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["--models", "empty"]).contains("no model"));
    assert!(refused(&["--models", "."]).contains("bad.safetensors"));
    assert!(refused(&["--model", "nowhere.safetensors"]).contains("nowhere.safetensors"));
    assert!(refused(&["--default-model", "x", "--listen", "127.0.0.1:0"]).contains("default-model = x"));
}
