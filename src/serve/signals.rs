//! What the system tells the process: to stop, and to read its files again.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT; Ctrl-C where there are no such signals.
#[cfg(unix)]
pub(super) struct Stop(Signal, Signal);

#[cfg(unix)]
impl Stop {
    pub fn new() -> std::io::Result<Stop> {
        Ok(Stop(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    pub async fn received(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// SIGHUP; never where there is no such signal.
#[cfg(unix)]
pub(super) struct Hangup(Signal);

#[cfg(unix)]
impl Hangup {
    pub fn new() -> std::io::Result<Hangup> {
        Ok(Hangup(signal(SignalKind::hangup())?))
    }

    pub async fn received(&mut self) {
        // The channel of a signal never closes.
        self.0.recv().await;
    }
}

#[cfg(not(unix))]
pub(super) struct Stop;

#[cfg(not(unix))]
impl Stop {
    pub fn new() -> std::io::Result<Stop> {
        Ok(Stop)
    }

    pub async fn received(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Hangup;

#[cfg(not(unix))]
impl Hangup {
    pub fn new() -> std::io::Result<Hangup> {
        Ok(Hangup)
    }

    pub async fn received(&mut self) {
        std::future::pending::<()>().await;
    }
}
