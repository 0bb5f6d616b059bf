//! `topicwire serve`: the HTTP service and its page.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Deserialize;
use topicwire::Error;
use topicwire::serve::{
    FeedbackSettings, Limits, ModelSource, Role, Settings, TlsFiles, default_path, make_key, read_keys, serve,
};
use tracing::level_filters::LevelFilter;

use super::{Context, Usage, starter};

/// Arguments of `topicwire serve`. Each is a flag, a variable, and a key of the TOML file, in this order of precedence.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[command(after_help = "Examples:
  topicwire serve
  topicwire serve --model news.safetensors
  topicwire serve --models models/ --default-model news --config serve.toml
  topicwire serve --make-key read >> keys
  topicwire serve --listen 0.0.0.0:8443 --api-keys keys --tls-cert cert.pem --tls-key key.pem")]
pub struct Arguments {
    /// A TOML file with any of these settings, under the names of the flags.
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_CONFIG")]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// The model; without it and --models, the starter model for general news.
    #[arg(long, short, value_name = "FILE", env = "TOPICWIRE_MODEL", conflicts_with = "models")]
    model: Option<PathBuf>,
    /// A folder of models, each served under its file's name. Files that change are loaded again.
    #[arg(long, value_name = "DIR", env = "TOPICWIRE_MODELS")]
    models: Option<PathBuf>,
    /// The model that answers where a request names none; otherwise the first by name.
    #[arg(long, value_name = "NAME", env = "TOPICWIRE_DEFAULT_MODEL")]
    default_model: Option<String>,
    /// Names and definitions of topics (TOML), in place of those that the models keep themselves.
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_TAXONOMY")]
    taxonomy: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS", env = "TOPICWIRE_LISTEN")]
    listen: Option<SocketAddr>,
    /// Every how many seconds model files are looked at for changes [default: 2].
    #[arg(long, value_name = "SECONDS", env = "TOPICWIRE_RELOAD_INTERVAL")]
    reload_interval: Option<u64>,
    #[command(flatten)]
    #[serde(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    #[serde(flatten)]
    access: AccessArguments,
    #[command(flatten)]
    #[serde(flatten)]
    feedback: FeedbackArguments,
    /// How much is logged: error, warn, info (refused requests too) or debug (all requests) [default: info].
    #[arg(long, value_name = "LEVEL", env = "TOPICWIRE_LOG")]
    log: Option<Level>,
    /// How the log is written: text or json [default: text].
    #[arg(long, value_name = "FORM", env = "TOPICWIRE_LOG_FORMAT")]
    log_format: Option<LogFormat>,
}

#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(next_help_heading = "Limits")]
struct LimitArguments {
    /// Bytes of a body, packed and unpacked, of a line of a stream, and of text to explain, times topics [default: 16777216].
    #[arg(long, value_name = "BYTES", env = "TOPICWIRE_MAX_BODY")]
    max_body: Option<usize>,
    /// Articles of a batch [default: 1000].
    #[arg(long, value_name = "N", env = "TOPICWIRE_MAX_BATCH")]
    max_batch: Option<usize>,
    /// Requests under way at once [default: 512].
    #[arg(long, value_name = "N", env = "TOPICWIRE_MAX_REQUESTS")]
    max_requests: Option<usize>,
    /// Connections at once [default: 10000].
    #[arg(long, value_name = "N", env = "TOPICWIRE_MAX_CONNECTIONS")]
    max_connections: Option<usize>,
    /// Seconds that a request may take to arrive, its answer may take from then on, or a stream may stand still [default: 30].
    #[arg(long, value_name = "SECONDS", env = "TOPICWIRE_TIMEOUT")]
    timeout: Option<u64>,
    /// Seconds that requests under way may take to end when the service is stopped [default: 30].
    #[arg(long, value_name = "SECONDS", env = "TOPICWIRE_GRACE")]
    grace: Option<u64>,
}

#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(next_help_heading = "Access")]
struct AccessArguments {
    /// API keys, one to a line: name, role (read or feedback), SHA-256. With it, every request needs a key.
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_API_KEYS")]
    api_keys: Option<PathBuf>,
    /// Make a key with this role (read or feedback): the key goes to standard error, its line for the file of keys to
    /// standard output.
    #[arg(long, value_name = "ROLE", exclusive = true)]
    #[serde(skip)]
    make_key: Option<Role>,
    /// Listen beyond this machine without any key.
    #[arg(long, env = "TOPICWIRE_INSECURE")]
    insecure: bool,
    /// A name by which the service may be called where no key is asked for, beside those of this machine; may be repeated.
    #[arg(long, value_name = "NAME", env = "TOPICWIRE_HOST", value_delimiter = ',')]
    host: Vec<String>,
    /// An origin whose pages may call the service from a browser (CORS), * for all; may be repeated.
    #[arg(long, value_name = "ORIGIN", env = "TOPICWIRE_CORS_ORIGIN", value_delimiter = ',')]
    cors_origin: Vec<String>,
    /// The certificate chain (PEM): serve HTTPS.
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate (PEM).
    #[arg(long, value_name = "FILE", env = "TOPICWIRE_TLS_KEY")]
    tls_key: Option<PathBuf>,
}

#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(next_help_heading = "Corrections")]
struct FeedbackArguments {
    /// The SQLite file that keeps corrections, or off to keep none [default: in $STATE_DIRECTORY or the user's data].
    #[arg(long, value_name = "FILE|off", env = "TOPICWIRE_FEEDBACK")]
    feedback: Option<PathBuf>,
    /// Corrections older than so many days are removed for good.
    #[arg(long, value_name = "DAYS", env = "TOPICWIRE_FEEDBACK_RETENTION")]
    feedback_retention: Option<u64>,
    /// The largest that the file may grow.
    #[arg(long, value_name = "BYTES", env = "TOPICWIRE_FEEDBACK_MAX_BYTES")]
    feedback_max_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogFormat {
    Text,
    Json,
}

pub fn run(arguments: Arguments, context: Context) -> anyhow::Result<()> {
    if let Some(role) = arguments.access.make_key {
        let (key, kept) = make_key("NAME", role);
        context.say(format_args!("The key, which is shown this once: {key}"));
        println!("{}", kept.line());
        return Ok(());
    }
    let arguments = match &arguments.config {
        Some(path) => {
            let file = read_config(path)?;
            arguments.over(file)
        }
        None => arguments,
    };
    start_log(&arguments, context);
    serve(arguments.settings()?)?;
    Ok(())
}

fn read_config(path: &Path) -> anyhow::Result<Arguments> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::read(path, error))?;
    let wrong = |error: toml::de::Error| Usage(format!("{}: {}", path.display(), error.message()));
    Ok(toml::from_str(&text).map_err(wrong)?)
}

fn start_log(arguments: &Arguments, context: Context) {
    let level = match arguments.log {
        _ if context.quiet => LevelFilter::ERROR,
        Some(Level::Error) => LevelFilter::ERROR,
        Some(Level::Warn) => LevelFilter::WARN,
        None | Some(Level::Info) => LevelFilter::INFO,
        Some(Level::Debug) => LevelFilter::DEBUG,
    };
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    match arguments.log_format {
        Some(LogFormat::Json) => log.json().flatten_event(true).init(),
        _ => log.with_ansi(false).init(),
    }
}

impl Arguments {
    /// These, and where they say nothing what `file` says.
    fn over(self, file: Arguments) -> Arguments {
        let (limits, access) = (self.limits, self.access);
        let list = |own: Vec<String>, other: Vec<String>| if own.is_empty() { other } else { own };
        // Either of the two names the models.
        let named = self.model.is_some() || self.models.is_some();
        Arguments {
            config: self.config,
            model: if named { self.model } else { file.model },
            models: if named { self.models } else { file.models },
            default_model: self.default_model.or(file.default_model),
            taxonomy: self.taxonomy.or(file.taxonomy),
            listen: self.listen.or(file.listen),
            reload_interval: self.reload_interval.or(file.reload_interval),
            limits: LimitArguments {
                max_body: limits.max_body.or(file.limits.max_body),
                max_batch: limits.max_batch.or(file.limits.max_batch),
                max_requests: limits.max_requests.or(file.limits.max_requests),
                max_connections: limits.max_connections.or(file.limits.max_connections),
                timeout: limits.timeout.or(file.limits.timeout),
                grace: limits.grace.or(file.limits.grace),
            },
            access: AccessArguments {
                api_keys: access.api_keys.or(file.access.api_keys),
                make_key: None,
                insecure: access.insecure || file.access.insecure,
                host: list(access.host, file.access.host),
                cors_origin: list(access.cors_origin, file.access.cors_origin),
                tls_cert: access.tls_cert.or(file.access.tls_cert),
                tls_key: access.tls_key.or(file.access.tls_key),
            },
            feedback: FeedbackArguments {
                feedback: self.feedback.feedback.or(file.feedback.feedback),
                feedback_retention: self.feedback.feedback_retention.or(file.feedback.feedback_retention),
                feedback_max_bytes: self.feedback.feedback_max_bytes.or(file.feedback.feedback_max_bytes),
            },
            log: self.log.or(file.log),
            log_format: self.log_format.or(file.log_format),
        }
    }

    fn settings(self) -> anyhow::Result<Settings> {
        let usual = Settings::default();
        let models = match (self.model, self.models) {
            (Some(_), Some(_)) => return Err(Usage("name --model or --models, not both".into()).into()),
            (Some(file), None) => ModelSource::File(file),
            (None, Some(folder)) => ModelSource::Folder(folder),
            (None, None) => starter::source(),
        };
        let (access, limits) = (self.access, self.limits);
        let tls = match (access.tls_cert, access.tls_key) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
            (None, None) => None,
            _ => return Err(Usage("--tls-cert and --tls-key go together".into()).into()),
        };
        let seconds = |given: Option<u64>, usual| given.map_or(usual, Duration::from_secs);
        Ok(Settings {
            listen: self.listen.unwrap_or(usual.listen),
            models,
            taxonomy: self.taxonomy,
            default_model: self.default_model,
            reload_interval: seconds(self.reload_interval, usual.reload_interval),
            limits: Limits {
                body: limits.max_body.unwrap_or(usual.limits.body),
                batch: limits.max_batch.unwrap_or(usual.limits.batch),
                timeout: seconds(limits.timeout, usual.limits.timeout),
                requests: limits.max_requests.unwrap_or(usual.limits.requests),
                connections: limits.max_connections.unwrap_or(usual.limits.connections),
            },
            keys: access.api_keys.as_deref().map(read_keys).transpose()?.unwrap_or_default(),
            insecure: access.insecure,
            hosts: access.host,
            cors_origins: access.cors_origin,
            tls,
            feedback: self.feedback.settings()?,
            grace: seconds(limits.grace, usual.grace),
        })
    }
}

impl FeedbackArguments {
    fn settings(self) -> anyhow::Result<Option<FeedbackSettings>> {
        let path = match self.feedback {
            Some(path) if path.as_os_str() == "off" => return Ok(None),
            Some(path) => path,
            None => default_path().ok_or_else(|| {
                Usage("where to keep corrections? Name a file with --feedback, or say --feedback off".into())
            })?,
        };
        let days = |days: u64| Duration::from_secs(days.saturating_mul(24 * 3600));
        let (retention, max_bytes) = (self.feedback_retention.map(days), self.feedback_max_bytes);
        Ok(Some(FeedbackSettings { path, retention, max_bytes }))
    }
}
