//! What all requests share.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::feedback::Keeper;
use super::models::{Loaded, Models};
use super::problem::Problem;
use super::telemetry::Telemetry;
use super::{Limits, Settings};
use crate::Result;

/// What all requests share.
pub(super) struct State {
    /// What the operator decided.
    pub settings: Settings,
    /// The models.
    pub models: Models,
    /// What keeps corrections; `None` where none are kept.
    pub feedback: Option<Keeper>,
    /// The figures.
    pub telemetry: Telemetry,
    /// A permit for each request that may be under way.
    pub requests: Semaphore,
    /// A permit for each processor: work of more than a moment waits for one.
    pub processors: Arc<Semaphore>,
}

/// The state as handlers take it.
pub(super) type Shared = axum::extract::State<Arc<State>>;

impl State {
    /// Opens everything that `settings` name.
    pub fn open(settings: Settings) -> Result<State> {
        settings.check()?;
        let models = Models::open(&settings)?;
        let feedback = settings.feedback.as_ref().map(Keeper::start).transpose()?;
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(State {
            models,
            feedback,
            telemetry: Telemetry::default(),
            requests: Semaphore::new(settings.limits.requests),
            processors: Arc::new(Semaphore::new(processors)),
            settings,
        })
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    /// The model that a request asks for.
    pub fn model(&self, name: Option<&str>) -> Result<Arc<Loaded>, Problem> {
        self.models.get(name).ok_or_else(|| {
            let names: Vec<String> = self.models.all().keys().take(20).cloned().collect();
            Problem::missing(format!("there is no model of that name; there are {}", names.join(", ")))
        })
    }
}
