//! The thread that writes corrections. Bringing something to the disk takes milliseconds, however little it is: what arrives
//! meanwhile goes with the next lot.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Correction, NewCorrection, Store};
use crate::serve::FeedbackSettings;
use crate::serve::problem::Problem;
use crate::serve::work::Deadline;
use crate::{Error, Result};

/// How many wait at most.
const QUEUE: usize = 256;

/// How often old corrections are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(3600);

type Reply<T> = oneshot::Sender<Result<T>>;

enum Job {
    Add(Box<NewCorrection>, Reply<Correction>),
    List(i64, usize, Reply<Vec<Correction>>),
    Remove(i64, Reply<bool>),
}

/// Hands corrections to the thread that keeps them.
pub(in crate::serve) struct Keeper {
    jobs: SyncSender<Job>,
}

impl Keeper {
    /// Opens the store and starts its thread.
    pub fn start(settings: &FeedbackSettings) -> Result<Keeper> {
        let mut store = Store::open(settings)?;
        let retention = settings.retention;
        let (jobs, queue) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("corrections".to_owned())
            .spawn(move || keep(&mut store, retention, &queue))
            .map_err(|error| Error::Settings(format!("cannot start a thread: {error}")))?;
        Ok(Keeper { jobs })
    }

    /// Keeps a correction; returns once it is on the disk.
    pub async fn add(&self, correction: NewCorrection, deadline: Deadline) -> Result<Correction, Problem> {
        self.ask(deadline, |reply| Job::Add(Box::new(correction), reply)).await
    }

    /// Up to `limit` corrections before the number `before`, the latest first.
    pub async fn list(
        &self,
        before: i64,
        limit: usize,
        deadline: Deadline,
    ) -> Result<Vec<Correction>, Problem> {
        self.ask(deadline, |reply| Job::List(before, limit, reply)).await
    }

    /// Removes a correction for good; whether there was one.
    pub async fn remove(&self, id: i64, deadline: Deadline) -> Result<bool, Problem> {
        self.ask(deadline, |reply| Job::Remove(id, reply)).await
    }

    async fn ask<T>(&self, deadline: Deadline, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, Problem> {
        let (reply, answer) = oneshot::channel();
        match self.jobs.try_send(job(reply)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Problem::busy("many corrections wait for the disk: try again"));
            }
            Err(TrySendError::Disconnected(_)) => return Err(Problem::internal()),
        }
        match deadline.meet(answer).await {
            None => Err(Problem::busy("the disk takes long: what was asked of it may still be done")),
            Some(Ok(Ok(done))) => Ok(done),
            Some(Ok(Err(error))) => {
                tracing::error!(%error, "the store of corrections fails");
                Err(Problem::busy("the store of corrections cannot be written: the disk may be full"))
            }
            Some(Err(_)) => Err(Problem::internal()),
        }
    }
}

fn keep(store: &mut Store, retention: Option<Duration>, queue: &Receiver<Job>) {
    let mut purged: Option<Instant> = None;
    loop {
        if let Some(age) = retention
            && purged.is_none_or(|at| at.elapsed() >= PURGE_EVERY)
        {
            purged = Some(Instant::now());
            match store.purge(age) {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "removed old corrections"),
                Err(error) => tracing::error!(%error, "old corrections stay"),
            }
        }
        let first = match queue.recv_timeout(PURGE_EVERY) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut new = Vec::new();
        // In the order of arrival, but for those that are added together.
        for job in std::iter::once(first).chain(std::iter::from_fn(|| queue.try_recv().ok())) {
            match job {
                Job::Add(correction, reply) => new.push((*correction, reply)),
                Job::List(before, limit, reply) => {
                    add(store, std::mem::take(&mut new));
                    let _ = reply.send(store.list(before, limit));
                }
                Job::Remove(id, reply) => {
                    add(store, std::mem::take(&mut new));
                    let _ = reply.send(store.remove(id));
                }
            }
        }
        add(store, new);
    }
}

/// Keeps corrections together; where that fails each on its own, so that one that is too large does not keep out others.
/// Whoever has gone meanwhile has their correction kept all the same.
fn add(store: &mut Store, new: Vec<(NewCorrection, Reply<Correction>)>) {
    if new.is_empty() {
        return;
    }
    let (corrections, replies): (Vec<_>, Vec<_>) = new.into_iter().unzip();
    match store.add(&corrections) {
        Ok(kept) => kept.into_iter().zip(replies).for_each(|(correction, reply)| {
            let _ = reply.send(Ok(correction));
        }),
        Err(_) => corrections.into_iter().zip(replies).for_each(|(correction, reply)| {
            let kept = store.add(std::slice::from_ref(&correction));
            let _ = reply.send(kept.and_then(|mut kept| {
                kept.pop().ok_or_else(|| Error::Settings("nothing was kept".to_owned()))
            }));
        }),
    }
}
