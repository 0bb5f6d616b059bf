//! Signs of life on a terminal, for work that takes over a second.

use std::fmt::Write;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::style::ProgressTracker;
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Context;

/// Work that is done sooner leaves no trace.
const SOON: Duration = Duration::from_secs(1);

const SPINNER: &str = "{spinner} {msg} ({elapsed})";
// What matters most comes first: a narrow terminal shows only the beginning.
const STAGE: &str = "{spinner} {msg} {bar:16} {pos}/{len} ({elapsed}{left})";
const BYTES: &str = "{spinner} {prefix} {bar:16} {decimal_bytes} of {decimal_total_bytes}{left}, {decimal_bytes_per_sec}, {msg}";
const ARTICLES: &str = "{spinner} {prefix} {msg} ({elapsed})";

/// A line that says what is being done; invisible where standard error is no terminal, and for the first second.
pub fn spinner(context: Context) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if context.quiet || !std::io::stderr().is_terminal() {
        return bar;
    }
    style(&bar, SPINNER);
    bar.enable_steady_tick(Duration::from_millis(200));
    let later = bar.downgrade();
    std::thread::spawn(move || {
        std::thread::sleep(SOON);
        if let Some(bar) = later.upgrade().filter(|bar| !bar.is_finished()) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    });
    bar
}

/// A line that tells of articles as they pass, with the time that remains where the inputs have `bytes` that are known.
pub fn articles(context: Context, doing: &'static str, bytes: Option<u64>) -> ProgressBar {
    let bar = spinner(context);
    bar.set_prefix(doing);
    bar.set_message("");
    know_bytes(&bar, bytes);
    bar
}

/// Says how many bytes the inputs of a line of articles have.
pub fn know_bytes(bar: &ProgressBar, bytes: Option<u64>) {
    match bytes {
        Some(bytes) if bar.length() == Some(bytes) => {}
        Some(bytes) => {
            bar.set_length(bytes);
            style(bar, BYTES);
        }
        None => style(bar, ARTICLES),
    }
}

/// So many articles have passed, of so many bytes.
pub fn passed(bar: &ProgressBar, articles: u64, bytes: u64) {
    // A file may grow while it is read.
    bar.set_position(bar.length().map_or(bytes, |all| bytes.min(all)));
    let rate = articles as f64 / bar.elapsed().as_secs_f64().max(1e-3);
    bar.set_message(format!("{} articles, {}/s", HumanCount(articles), HumanCount(rate as u64)));
}

/// A stage of `steps` steps begins, each of which is to move `bar` on by one.
pub fn stage(bar: &ProgressBar, doing: &'static str, steps: usize) {
    bar.set_message(doing);
    bar.set_position(0);
    if steps > 1 {
        bar.set_length(steps as u64);
        style(bar, STAGE);
    } else {
        bar.unset_length();
        style(bar, SPINNER);
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("left", Left::new()).progress_chars("=> "));
    }
}

/// The time that remains when every step takes as long as those so far have taken. Steps may take minutes, so it runs down
/// between them.
#[derive(Clone)]
struct Left {
    begin: Instant,
    /// The last step, and when it was done.
    done: u64,
    at: Instant,
}

impl Left {
    fn new() -> Left {
        let begin = Instant::now();
        Left { begin, done: 0, at: begin }
    }

    fn of(&self, steps: u64, now: Instant) -> Option<Duration> {
        let a_step = (self.at - self.begin).as_secs_f64() / self.done as f64;
        let left = a_step * steps.saturating_sub(self.done) as f64 - (now - self.at).as_secs_f64();
        // Nothing is known before the first step.
        Duration::try_from_secs_f64(left.max(0.0)).ok().filter(|_| self.done > 0)
    }
}

impl ProgressTracker for Left {
    fn clone_box(&self) -> Box<dyn ProgressTracker> {
        Box::new(self.clone())
    }

    fn tick(&mut self, state: &ProgressState, now: Instant) {
        if state.pos() != self.done {
            (self.done, self.at) = (state.pos(), now);
        }
    }

    fn reset(&mut self, _: &ProgressState, _: Instant) {
        *self = Left::new();
    }

    fn write(&self, state: &ProgressState, out: &mut dyn Write) {
        if let Some(left) = state.len().and_then(|steps| self.of(steps, Instant::now())) {
            // A line that cannot be written is not worth a complaint.
            let _ = write!(out, ", {:#} left", HumanDuration(left));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_runs_down_between_steps() {
        let begin = Instant::now();
        let second = |count| begin + Duration::from_secs(count);
        let none = Left { begin, done: 0, at: begin };
        assert_eq!(none.of(10, second(5)), None);
        let some = Left { begin, done: 2, at: second(20) };
        assert_eq!(some.of(10, second(20)), Some(Duration::from_secs(80)));
        assert_eq!(some.of(10, second(25)), Some(Duration::from_secs(75)));
        assert_eq!(some.of(10, second(200)), Some(Duration::ZERO));
    }
}
