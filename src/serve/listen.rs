//! The service's life: it opens what it needs, accepts connections, watches its files, and ends in order.

use std::io::Write;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::models::Changes;
use super::signals::{Hangup, Stop};
use super::state::State;
use super::{Settings, api, tls};
use crate::{Error, Result};

/// Serves until the process is told to stop (SIGTERM or SIGINT); then finishes what is under way. SIGHUP reads models and
/// certificate again. Writes the address to standard output once it listens.
///
/// # Errors
///
/// A setting makes no sense, a model or the store cannot be opened, or the address cannot be listened on.
pub fn serve(settings: Settings) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::Settings(format!("cannot start: {error}")))?;
    runtime.block_on(run(settings))
}

/// The acceptor of TLS, exchanged when the certificate is read again; `None` for plain HTTP.
type Tls = Arc<RwLock<Option<TlsAcceptor>>>;

async fn run(settings: Settings) -> Result<()> {
    let tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let tls: Tls = Arc::new(RwLock::new(tls));
    let state = Arc::new(State::open(settings)?);
    let cannot = |error| Error::Settings(format!("cannot listen on {}: {error}", state.settings.listen));
    let listener = TcpListener::bind(state.settings.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let mut stop = Stop::new().map_err(cannot)?;
    let hangup = Hangup::new().map_err(cannot)?;
    // Whoever started the service may have closed its end of the pipe: no reason to stop.
    let _ = writeln!(std::io::stdout(), "Listening on {scheme}://{address}");
    let _ = std::io::stdout().flush();
    for loaded in state.models.all().values() {
        tracing::info!(model = loaded.name, version = loaded.version, "serving");
    }

    let watching = tokio::spawn(watch_files(Arc::clone(&state), Arc::clone(&tls), hangup));
    let connections = GracefulShutdown::new();
    let router = api::router(Arc::clone(&state));
    let slots = Arc::new(Semaphore::new(state.settings.limits.connections));
    loop {
        let accepted = async {
            // A full house lets callers wait at the door, where the system queues them.
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.received() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // No file handle left, or the caller has gone: neither is for ever.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let tls = tls.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let (state, router, watcher) = (Arc::clone(&state), router.clone(), connections.watcher());
        tokio::spawn(async move {
            state.telemetry.connections.fetch_add(1, Relaxed);
            connect(&state, stream, tls, router, watcher).await;
            state.telemetry.connections.fetch_sub(1, Relaxed);
            drop(slot);
        });
    }
    drop(listener);
    watching.abort();
    tracing::info!("stopping: what is under way is finished");
    if tokio::time::timeout(state.settings.grace, connections.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests under way: they took longer than the time of grace");
    }
    Ok(())
}

async fn connect(
    state: &Arc<State>,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    watcher: Watcher,
) {
    // Answers are written whole: waiting for more to send only makes them late.
    let _ = stream.set_nodelay(true);
    let patience = state.limits().timeout;
    match tls {
        None => speak(stream, patience, router, watcher).await,
        Some(tls) => match tokio::time::timeout(patience, tls.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, patience, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
            Err(_) => tracing::debug!("no TLS in time"),
        },
    }
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    patience: Duration,
    router: Router,
    watcher: Watcher,
) {
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        // A client that has said all may close its half and still wants the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Looks at the files every now and then, and at once when told to.
async fn watch_files(state: Arc<State>, tls: Tls, mut hangup: Hangup) {
    loop {
        let told = tokio::select! {
            () = hangup.received() => true,
            () = tokio::time::sleep(state.settings.reload_interval) => false,
        };
        if told && let Some(files) = &state.settings.tls {
            match tls::acceptor(files) {
                Ok(new) => {
                    *tls.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(new);
                    tracing::info!("read the certificate again");
                }
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            }
        }
        let looking = Arc::clone(&state);
        match tokio::task::spawn_blocking(move || looking.models.look(told)).await {
            Ok(Ok(changes)) => report(&state, &changes),
            Ok(Err(error)) => tracing::error!(%error, "cannot look at the models"),
            Err(error) => tracing::error!(%error, "looking at the models broke off"),
        }
    }
}

fn report(state: &State, changes: &Changes) {
    for name in &changes.loaded {
        let version = state.models.get(Some(name)).map_or_else(String::new, |loaded| loaded.version.clone());
        tracing::info!(model = name, version, "loaded");
    }
    for name in &changes.removed {
        tracing::info!(model = name, "removed");
    }
    for (path, problem) in &changes.refused {
        state.telemetry.refused_models.fetch_add(1, Relaxed);
        tracing::error!(path = %path.display(), problem, "refused: what was served before goes on");
    }
}
