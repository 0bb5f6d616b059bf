//! Topics over HTTP: the service, its page, and the store of what people correct.
//!
//! [`serve`] runs until the process is told to stop. A request takes one road: `listen` accepts the connection, `observe`
//! gives the request its id, measures and logs it, `access` asks who calls, and a file of `api` or `page` answers. What all of
//! them share is `State`: the models of `models`, which are exchanged whole while requests go on with the one that they
//! started with, the limits, and the figures of `telemetry`. Every refusal is a `Problem`.
//!
//! ```no_run
//! use topicwire::serve::{ModelSource, Settings, serve};
//!
//! serve(Settings { models: ModelSource::File("news.safetensors".into()), ..Settings::default() })?;
//! # Ok::<(), topicwire::Error>(())
//! ```

mod access;
mod api;
mod body;
mod extract;
mod feedback;
mod keys;
mod listen;
mod models;
mod observe;
mod page;
mod problem;
mod settings;
mod signals;
mod state;
mod telemetry;
mod tls;
mod work;

pub use feedback::{Correction, Given, NewCorrection, Store, default_path};
pub use keys::{ApiKey, Role, make_key, read_keys};
pub use listen::serve;
pub use settings::{FeedbackSettings, Limits, ModelSource, Settings, TlsFiles};
