//! The program: reads the command line, runs the command, and turns its outcome into an exit code.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
