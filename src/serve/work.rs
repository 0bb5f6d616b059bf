//! Work that would hold up other requests, done aside, and given up when nobody waits for it any more.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::time::{Instant, timeout_at};

use super::problem::Problem;
use super::state::State;

/// When a request must be answered. Its time runs from when its body is there: how fast that comes is the client's affair, and
/// has a limit of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// The deadline of a request whose body has just arrived.
    pub fn from_now(state: &State) -> Deadline {
        Deadline(Instant::now() + state.limits().timeout)
    }

    /// What `work` comes to; `None` if the time is over before.
    pub async fn meet<T>(self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.0, work).await.ok()
    }
}

/// Tells work whether its request still waits for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Errand {
    given_up: Arc<AtomicBool>,
}

impl Errand {
    /// To be asked between parts of the work.
    ///
    /// # Errors
    ///
    /// The request has been answered without the work, or its connection has broken off. Nobody will read the problem: it only
    /// ends the work.
    pub fn goes_on(&self) -> Result<(), Problem> {
        if self.given_up.load(Relaxed) { Err(too_long()) } else { Ok(()) }
    }
}

/// Gives an errand up when the request that waits for it ends, however it does.
struct Waiting(Errand);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.given_up.store(true, Relaxed);
    }
}

/// Runs `work` on a thread where it holds nobody up, once a processor is free. Work that is given up keeps its processor until it
/// has noticed: however many requests run out of time, no more works than there are processors.
///
/// # Errors
///
/// No processor became free before the deadline, the work was not done by then, or it broke off.
pub(super) async fn aside<T: Send + 'static>(
    state: &State,
    deadline: Deadline,
    work: impl FnOnce(&Errand) -> T + Send + 'static,
) -> Result<T, Problem> {
    let waiting = deadline.meet(Arc::clone(&state.processors).acquire_owned());
    let Some(Ok(permit)) = waiting.await else {
        return Err(Problem::busy("all processors are at work: try again"));
    };
    let errand = Errand::default();
    let waiting = Waiting(errand.clone());
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work(&errand)
    });
    let done = deadline.meet(task).await;
    drop(waiting);
    done.ok_or_else(too_long)?.map_err(|error| {
        tracing::error!(%error, "work broke off");
        Problem::internal()
    })
}

fn too_long() -> Problem {
    Problem::busy(
        "the answer was not ready in time, and its work was given up: ask for less at once, or try again",
    )
}
