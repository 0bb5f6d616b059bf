//! Who may call the service, and from where.

mod service;

use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use service::{Service, read_answer, request};

/// A key of `role` and the line of a key file.
fn key(role: &str) -> (String, String) {
    let output = assert_cmd::Command::cargo_bin("topicwire")
        .unwrap()
        .args(["serve", "--make-key", role])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let words = String::from_utf8(output.stderr).unwrap();
    (words.trim().rsplit(' ').next().unwrap().to_owned(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn keys_open_what_their_role_allows() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let (read, read_line) = key("read");
    let (feedback, feedback_line) = key("feedback");
    assert!(!read_line.contains(&read), "a key file holds no keys");
    std::fs::write(folder.path().join("keys"), format!("# keys\n\n{read_line}{feedback_line}")).unwrap();
    let service = Service::start_in(folder, &["--api-keys", "keys"]);
    let body = json!({"text": "crude oil"}).to_string();
    let ask = |header: Option<(&str, &str)>| {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(header);
        service.send("POST", "/v1/predict", &headers, body.as_bytes())
    };
    let missing = ask(None);
    missing.problem(401);
    assert!(missing.header("www-authenticate").unwrap().starts_with("Bearer"));
    let bearer = |key: &str| format!("Bearer {key}");
    for wrong in ["", "tw_", &read[..read.len() - 1], &format!("{read}0"), &read.to_uppercase(), "Ünïcödé"]
    {
        ask(Some(("authorization", &bearer(wrong)))).problem(401);
    }
    ask(Some(("authorization", &format!("Basic {read}")))).problem(401);
    ask(Some(("x-api-key", "nobody"))).problem(401);
    for (name, value) in
        [("authorization", bearer(&read)), ("authorization", bearer(&feedback)), ("x-api-key", read.clone())]
    {
        assert_eq!(ask(Some((name, &value))).status, 200);
    }
    let see = |key: &str| service.send("GET", "/v1/feedback", &[("authorization", &bearer(key))], b"");
    see(&read).problem(403);
    assert_ne!(see(&feedback).status, 403);
    service.get("/metrics").problem(401);
    service.get("/v1/models").problem(401);
    // Whether a path exists is told to nobody without a key.
    service.get("/v1/nowhere").problem(401);
    assert_eq!(service.get("/health/live").status, 200);
    assert_eq!(service.get("/openapi.json").status, 200);
}

#[test]
fn nobody_listens_beyond_this_machine_without_a_key_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("topicwire").unwrap();
        let output = command.current_dir(folder.path()).arg("serve").args(arguments).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["--listen", "0.0.0.0:0"]).contains("--insecure"));
    assert!(refused(&["--listen", "[::]:0"]).contains("--insecure"));
    assert!(refused(&["--api-keys", "nowhere"]).contains("nowhere"));
    std::fs::write(folder.path().join("keys"), "desk read 12ab\n").unwrap();
    assert!(refused(&["--api-keys", "keys"]).contains("keys:1: the hash"));
    std::fs::write(folder.path().join("keys"), "# nothing\n").unwrap();
    assert!(refused(&["--api-keys", "keys"]).contains("no key"));
    assert!(refused(&["--make-key", "admin"]).contains("admin"));
}

#[test]
fn without_keys_only_names_of_this_machine_are_answered() {
    let service = Service::start(&["--host", "topics.example.org"]);
    let ask = |host: &str| {
        let raw = format!("GET /v1/models HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        service.raw(raw.as_bytes())
    };
    for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:9", "[::1]:80", "topics.example.org"] {
        assert_eq!(ask(host).status, 200, "{host}");
    }
    for host in ["evil.example.org", "localhost.evil.org", "127.0.0.1.evil.org:8080", "10.0.0.7", ""] {
        ask(host).problem(421);
    }
}

#[test]
fn other_origins_may_not_call_unless_they_are_named() {
    let origin = ("origin", "https://desk.example.org");
    let preflight = [
        origin,
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let service = Service::start(&[]);
    let answer = service.send("OPTIONS", "/v1/predict", &preflight, b"");
    answer.problem(405);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let service = Service::start(&["--cors-origin", "https://desk.example.org"]);
    let answer = service.send("OPTIONS", "/v1/predict", &preflight, b"");
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, Some("https://desk.example.org"))
    );
    let answer = service.send("GET", "/v1/models", &[("origin", "https://evil.example.org")], b"");
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn tls_is_spoken_where_a_certificate_is_given() {
    use tokio_rustls::rustls::crypto::ring::default_provider;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/");
    let (cert, key) = (format!("{data}cert.pem"), format!("{data}key.pem"));
    let service = Service::start(&["--tls-cert", &cert, "--tls-key", &key]);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&cert).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let ask = || {
        let name = ServerName::try_from("localhost").unwrap();
        let client = ClientConnection::new(Arc::new(config.clone()), name).unwrap();
        let mut stream = StreamOwned::new(client, service.connect());
        stream.write_all(&request("GET", "/v1/models", &[], b"")).unwrap();
        read_answer(&mut stream)
    };
    assert_eq!(ask().json()["models"][0]["name"], "newsroom");
    service.signal("HUP");
    service
        .wait_until("the certificate is read again", |service| service.log().contains("certificate again"));
    assert_eq!(ask().status, 200);
    // Who speaks plain HTTP to it is cut off, and others are served on.
    let mut plain = service.connect();
    let _ = plain.write_all(&request("GET", "/v1/models", &[], b""));
    let _ = std::io::Read::read_to_end(&mut plain, &mut Vec::new());
    assert_eq!(ask().status, 200);
}
