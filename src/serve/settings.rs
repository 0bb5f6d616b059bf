//! What an operator decides.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::ApiKey;
use crate::{Error, Result};

/// All that an operator decides about the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Which models are served.
    pub models: ModelSource,
    /// A file of names and definitions of topics, in place of those that the models keep themselves.
    pub taxonomy: Option<PathBuf>,
    /// The model that answers where a request names none; by default the first by name.
    pub default_model: Option<String>,
    /// How often model files are looked at for changes.
    pub reload_interval: Duration,
    /// What a request may take.
    pub limits: Limits,
    /// Who may call; empty: everybody who reaches the service.
    pub keys: Vec<ApiKey>,
    /// Whether to listen beyond this machine without any key.
    pub insecure: bool,
    /// Names by which the service may be called, beside those of this machine, where no key is asked for.
    pub hosts: Vec<String>,
    /// Origins whose pages may call the service from a browser; `*` for all.
    pub cors_origins: Vec<String>,
    /// Certificate and key; `None` for plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Where corrections are kept; `None` keeps none.
    pub feedback: Option<FeedbackSettings>,
    /// How long requests that are under way may take to end when the service is told to stop.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            models: ModelSource::Folder(PathBuf::from("models")),
            taxonomy: None,
            default_model: None,
            reload_interval: Duration::from_secs(2),
            limits: Limits::default(),
            keys: Vec::new(),
            insecure: false,
            hosts: Vec::new(),
            cors_origins: Vec::new(),
            tls: None,
            feedback: None,
            grace: Duration::from_secs(30),
        }
    }
}

/// Where models come from.
#[derive(Debug, Clone)]
pub enum ModelSource {
    /// A model in the program.
    Builtin {
        /// The name that it is served under.
        name: String,
        /// The bytes of its file.
        bytes: &'static [u8],
    },
    /// One file, served under its name without the extension.
    File(PathBuf),
    /// Every `.safetensors` file of a folder, served under its name without the extension.
    Folder(PathBuf),
}

/// What a request may take. What is above a limit is answered with the status that says so.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body, and again of what it unpacks to; of one line where articles are streamed; of text to be explained, times
    /// the topics that it is explained for.
    pub body: usize,
    /// Articles of a batch.
    pub batch: usize,
    /// How long a client may take to send a request; how long its answer may take from then on; how long a stream may stand
    /// still, or a piece of it take.
    pub timeout: Duration,
    /// Requests under way at once.
    pub requests: usize,
    /// Connections at once, idle ones too; more wait until one ends.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body: 16 << 20,
            batch: 1_000,
            timeout: Duration::from_secs(30),
            requests: 512,
            connections: 10_000,
        }
    }
}

/// The files of a certificate chain and its private key, in PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate and those between it and the root.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// How corrections are kept.
#[derive(Debug, Clone)]
pub struct FeedbackSettings {
    /// The SQLite file; made where it is missing.
    pub path: PathBuf,
    /// Corrections older than this are removed for good.
    pub retention: Option<Duration>,
    /// The largest that the file may grow, in bytes.
    pub max_bytes: Option<u64>,
}

impl Settings {
    /// Checks what can be checked before anything is opened.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`] names the setting and the mend.
    pub fn check(&self) -> Result<()> {
        let wrong = |problem: String| Err(Error::Settings(problem));
        if !self.listen.ip().is_loopback() && self.keys.is_empty() && !self.insecure {
            return wrong(format!(
                "listening on {} lets other machines in, and no API key is set: make one with `topicwire serve \
                 --make-key read`, name its file with --api-keys, or say --insecure",
                self.listen
            ));
        }
        let limits = &self.limits;
        for (name, value) in [
            ("max-body", limits.body),
            ("max-batch", limits.batch),
            ("max-requests", limits.requests),
            ("max-connections", limits.connections),
        ] {
            if value == 0 {
                return wrong(format!("{name} = 0: choose 1 or more"));
            }
        }
        for (name, value) in [("timeout", limits.timeout), ("reload-interval", self.reload_interval)] {
            if value.is_zero() {
                return wrong(format!("{name} = 0: choose 1 second or more"));
            }
        }
        Ok(())
    }

    /// Whether a request needs no key.
    pub(super) fn is_open(&self) -> bool {
        self.keys.is_empty()
    }
}
