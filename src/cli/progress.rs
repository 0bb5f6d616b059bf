//! Signs of life on a terminal, for work that takes over a second.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Context;

/// A line that says what is being done; invisible where standard error is no terminal.
pub fn spinner(context: Context) -> ProgressBar {
    if context.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A line that counts articles as they pass.
pub fn counter(context: Context) -> ProgressBar {
    let bar = spinner(context);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} articles, {per_sec} ({elapsed})") {
        bar.set_style(style);
    }
    bar
}
