//! The service as a process of its own, and a client that can misbehave.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Nothing in these tests takes longer, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running `topicwire serve`, which ends with the test.
pub struct Service {
    pub address: SocketAddr,
    pub folder: Arc<TempDir>,
    child: Child,
    log: Arc<Mutex<String>>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that this is a problem document of `status`, and gives what it says.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert!(problem["type"].as_str().unwrap().starts_with("urn:topicwire:problem:"), "{problem}");
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }
}

impl Service {
    /// Starts with `arguments` in a folder of its own.
    pub fn start(arguments: &[&str]) -> Service {
        Service::start_in(Arc::new(tempfile::tempdir().unwrap()), arguments)
    }

    /// Starts with `arguments` in `folder`.
    pub fn start_in(folder: Arc<TempDir>, arguments: &[&str]) -> Service {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("topicwire"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .env_remove("STATE_DIRECTORY")
            // So that work takes as long as on a small machine, however large this one is.
            .env("RAYON_NUM_THREADS", "2")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, sink) = (child.stderr.take().unwrap(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = sink.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("//").next().unwrap().parse();
        let Ok(address) = address else {
            let _ = child.wait();
            std::thread::sleep(Duration::from_millis(100));
            panic!("the service did not start: {}", log.lock().unwrap());
        };
        Service { address, folder, child, log }
    }

    /// The path of `name` in the service's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends the process a signal by name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for the process to end.
    pub fn ended(mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the service does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends `raw` as it is, and reads one answer.
    pub fn raw(&self, raw: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A service that refuses early may close its end before all is sent.
        let _ = stream.write_all(raw);
        read_answer(&mut stream)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.raw(&request(method, path, headers, body))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// What `path` answers to `body`, which must go well.
    #[track_caller]
    pub fn asks(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Waits until `holds`.
    #[track_caller]
    pub fn wait_until(&self, what: &str, holds: impl Fn(&Service) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "{what}: not in time; log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The bytes of a request that ends its connection.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut raw = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        raw += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() || method == "POST" {
        raw += &format!("content-length: {}\r\n", body.len());
    }
    raw += "\r\n";
    [raw.as_bytes(), body].concat()
}

/// Reads one answer, chunked or not.
pub fn read_answer(stream: &mut impl Read) -> Answer {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        let count = reader.read_line(&mut line).unwrap_or(0);
        let line = line.trim_end().to_owned();
        if count == 0 || line.is_empty() {
            break;
        }
        head.push(line);
    }
    assert!(!head.is_empty(), "the service closed the connection without an answer");
    let status = head[0].split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = head[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let find = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
    let mut body = Vec::new();
    if find("transfer-encoding").is_some() {
        loop {
            let mut size = String::new();
            if reader.read_line(&mut size).unwrap_or(0) == 0 {
                break;
            }
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).unwrap();
            if size == 0 {
                break;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    } else if let Some(length) = find("content-length") {
        let _ = reader.take(length.parse().unwrap()).read_to_end(&mut body);
    }
    Answer { status, headers, body }
}

/// A small model of two topics, trained into `path`; `word` makes it differ from others.
pub fn train(path: &Path, word: &str) {
    use topicwire::{Article, Corpus, Trainer};
    let mut articles = Vec::new();
    for n in 0..12 {
        let day = ["monday", "tuesday", "friday"][n % 3];
        let mut add = |text: &str, topics: &[&str]| {
            let id = articles.len().to_string();
            let text = format!("{text} {word} {day} {n}{n}");
            articles.push(Article::new(id, "", text).with_topics(topics.iter().copied()));
        };
        add("crude oil pipeline", &["energy"]);
        add("penalty match coach", &["sport"]);
        add("onions carrots", &[]);
        add("crude oil on the pitch stopped the match", &["energy", "sport"]);
    }
    Trainer::default().train(&Corpus::from(articles)).unwrap().save(path).unwrap();
}
