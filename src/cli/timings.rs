//! `--timings`: where the time went.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::{Context, table};

/// A clock that notes when each stage of the work begins.
pub struct Timings {
    shown: bool,
    stages: RefCell<Vec<(&'static str, Instant)>>,
}

impl Timings {
    /// A clock whose times are shown, or not.
    pub fn new(shown: bool) -> Timings {
        Timings { shown, stages: RefCell::default() }
    }

    /// The stage `name` begins, and the one before it ends.
    pub fn stage(&self, name: &'static str) {
        let mut stages = self.stages.borrow_mut();
        if stages.last().is_none_or(|(last, _)| *last != name) {
            stages.push((name, Instant::now()));
        }
    }

    /// The work is done: says what each stage took, for `articles` of `bytes` of text together.
    pub fn finish(&self, articles: usize, bytes: u64, context: Context) {
        if !self.shown {
            return;
        }
        let end = Instant::now();
        let stages = self.stages.borrow();
        let Some(&(_, start)) = stages.first() else { return };
        let mut rows = table::new(&["stage", "seconds", "articles/s", "MB/s"]);
        let ends = stages.iter().skip(1).map(|stage| stage.1).chain([end]);
        for (&(name, begin), end) in stages.iter().zip(ends) {
            rows.add_row(row(name, end - begin, articles, bytes));
        }
        rows.add_row(row("all", end - start, articles, bytes));
        context.say(format_args!("{rows}"));
        if let Some(kilobytes) = peak_memory() {
            context.say(format_args!("peak memory {:.0} MB", kilobytes as f64 / 1024.0));
        }
    }
}

fn row(name: &str, took: Duration, articles: usize, bytes: u64) -> [String; 4] {
    let seconds = took.as_secs_f64();
    let rate = |amount: f64| if seconds > 0.0 { amount / seconds } else { 0.0 };
    [
        name.to_owned(),
        format!("{seconds:.3}"),
        format!("{:.0}", rate(articles as f64)),
        format!("{:.1}", rate(bytes as f64 / 1e6)),
    ]
}

/// The most memory that the process has held, in kilobytes, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
