//! Work on many threads whose results come back in the order of the input.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use crate::error::Result;

/// Runs `work` over `source` on `threads` threads (at least one) and hands the results to `sink` in the
/// order of the source, on the calling thread.
///
/// The source is drawn from on a thread of its own and never runs ahead by more than two items per thread,
/// counted from the oldest result that the sink has not yet taken: memory stays bounded, however uneven the
/// items. With one thread everything happens on the calling thread.
///
/// # Errors
/// The first error that the source yields or the sink returns; both end the work. What came before it in
/// the source has reached the sink.
///
/// # Panics
/// Where `work` or the source panics, the panic is passed on.
///
/// ```
/// use topicwire::corpus::in_order;
///
/// let mut squares = Vec::new();
/// in_order((1..=4).map(Ok), 2, |n: u32| n * n, |square| {
///     squares.push(square);
///     Ok(())
/// })?;
/// assert_eq!(squares, [1, 4, 9, 16]);
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn in_order<B, T>(
    source: impl Iterator<Item = Result<B>> + Send,
    threads: usize,
    work: impl Fn(B) -> T + Sync,
    mut sink: impl FnMut(T) -> Result<()>,
) -> Result<()>
where
    B: Send,
    T: Send,
{
    if threads <= 1 {
        for item in source {
            sink(work(item?))?;
        }
        return Ok(());
    }
    let ahead = 2 * threads;
    // A permit to draw one more item. The sink gives it back, so that the items under way are counted.
    let (permit, permits) = sync_channel::<()>(ahead);
    let (item_out, items) = sync_channel(ahead);
    let (result_out, results) = sync_channel(ahead);
    for _ in 0..ahead {
        // The channel holds `ahead` permits, and its receiver is alive: this neither blocks nor fails.
        let _ = permit.send(());
    }
    let items = Mutex::new(items);
    std::thread::scope(|scope| {
        let failed = result_out.clone();
        scope.spawn(move || draw(source, &permits, &item_out, &failed));
        for _ in 0..threads {
            let result_out = result_out.clone();
            let (items, work) = (&items, &work);
            scope.spawn(move || labour(items, work, &result_out));
        }
        drop(result_out);
        deliver(results, permit, &mut sink)
    })
}

/// A result on its way to the sink: what the work made, the panic it died of, or the source's own error.
enum Outcome<T> {
    Done(T),
    Panicked(Box<dyn std::any::Any + Send>),
    NoMore(crate::Error),
}

type Numbered<T> = (u64, T);

fn draw<B, T>(
    source: impl Iterator<Item = Result<B>>,
    permits: &Receiver<()>,
    items: &SyncSender<Numbered<B>>,
    failed: &SyncSender<Numbered<Outcome<T>>>,
) {
    let mut source = source;
    for number in 0.. {
        // Without a permit the sink has stopped; without a worker there is nobody to work.
        if permits.recv().is_err() {
            return;
        }
        match source.next() {
            None => return,
            Some(Ok(item)) => {
                if items.send((number, item)).is_err() {
                    return;
                }
            }
            Some(Err(error)) => {
                let _ = failed.send((number, Outcome::NoMore(error)));
                return;
            }
        }
    }
}

fn labour<B, T>(
    items: &Mutex<Receiver<Numbered<B>>>,
    work: &impl Fn(B) -> T,
    results: &SyncSender<Numbered<Outcome<T>>>,
) {
    loop {
        // A poisoned lock cannot come about: nothing panics while it is held.
        let next = items.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, item)) = next else { return };
        let outcome = match catch_unwind(AssertUnwindSafe(|| work(item))) {
            Ok(done) => Outcome::Done(done),
            Err(panic) => Outcome::Panicked(panic),
        };
        if results.send((number, outcome)).is_err() {
            return;
        }
    }
}

fn deliver<T>(
    results: Receiver<Numbered<Outcome<T>>>,
    permit: SyncSender<()>,
    sink: &mut impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, outcome) in &results {
        early.insert(number, outcome);
        while let Some(outcome) = early.remove(&next) {
            match outcome {
                Outcome::Done(result) => sink(result)?,
                Outcome::NoMore(error) => return Err(error),
                Outcome::Panicked(panic) => {
                    // The others must see that nobody listens any more, or the scope would wait for ever.
                    drop((results, permit));
                    resume_unwind(panic);
                }
            }
            next += 1;
            // The source may have ended and gone.
            let _ = permit.send(());
        }
    }
    Ok(())
}
