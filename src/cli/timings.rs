//! `--timings`: where the time went.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Context, table};

/// A clock that notes when each stage of the work begins.
pub struct Timings {
    shown: bool,
    stages: Mutex<Vec<Stage>>,
}

struct Stage {
    name: &'static str,
    begin: Instant,
    /// The most memory that the process held in the stage before, in kilobytes.
    memory_before: Option<u64>,
}

impl Timings {
    /// A clock whose times are shown, or not.
    pub fn new(shown: bool) -> Timings {
        Timings { shown, stages: Mutex::default() }
    }

    fn stages(&self) -> MutexGuard<'_, Vec<Stage>> {
        // Nothing panics while the lock is held.
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stage `name` begins, and the one before it ends.
    pub fn stage(&self, name: &'static str) {
        let mut stages = self.stages();
        if stages.last().is_none_or(|last| last.name != name) {
            let memory_before = if self.shown { peak_memory() } else { None };
            stages.push(Stage { name, begin: Instant::now(), memory_before });
        }
    }

    /// The work is done: says what each stage took, for `articles` of `bytes` of text together.
    pub fn finish(&self, articles: usize, bytes: u64, context: Context) {
        if !self.shown {
            return;
        }
        self.stage("all");
        let stages = self.stages();
        let Some((first, all)) = stages.first().zip(stages.last()) else { return };
        let mut rows = table::new(&["stage", "seconds", "articles/s", "MB/s", "peak memory"]);
        for pair in stages.windows(2) {
            let took = pair[1].begin - pair[0].begin;
            rows.add_row(row(pair[0].name, took, articles, bytes, pair[1].memory_before));
        }
        let most = stages.iter().filter_map(|stage| stage.memory_before).max();
        rows.add_row(row(all.name, all.begin - first.begin, articles, bytes, most));
        context.say(format_args!("{rows}"));
    }
}

fn row(name: &str, took: Duration, articles: usize, bytes: u64, kilobytes: Option<u64>) -> [String; 5] {
    let seconds = took.as_secs_f64();
    let rate = |amount: f64| if seconds > 0.0 { amount / seconds } else { 0.0 };
    [
        name.to_owned(),
        format!("{seconds:.3}"),
        format!("{:.0}", rate(articles as f64)),
        format!("{:.1}", rate(bytes as f64 / 1e6)),
        kilobytes.map_or("unknown".to_owned(), |kilobytes| format!("{:.0} MB", kilobytes as f64 / 1024.0)),
    ]
}

/// The most memory that the process has held since this was asked last, in kilobytes, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    // Where the mark cannot be set back, it is the most since the start.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
