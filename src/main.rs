//! The program: reads the command line, runs the command, and turns its outcome into an exit code.

#![warn(clippy::unwrap_used)]

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
