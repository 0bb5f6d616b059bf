//! Work that would hold up other requests, done aside.

use std::sync::Arc;

use super::problem::Problem;
use super::state::State;

/// Runs `work` on a thread where it holds nobody up, once a processor is free.
///
/// # Errors
///
/// No processor became free in time, or the work broke off.
pub(super) async fn aside<T: Send + 'static>(
    state: &Arc<State>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let waiting = tokio::time::timeout(state.limits().timeout, state.processors.acquire());
    let Ok(Ok(permit)) = waiting.await else {
        return Err(Problem::busy("all processors are at work: try again"));
    };
    let done = tokio::task::spawn_blocking(work).await;
    drop(permit);
    done.map_err(|error| {
        tracing::error!(%error, "work broke off");
        Problem::internal()
    })
}
