//! `topicwire completions`: what a shell needs to complete commands and flags.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Arguments of `topicwire completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire completions bash > ~/.local/share/bash-completion/completions/topicwire
  topicwire completions zsh > ~/.zfunc/_topicwire
  topicwire completions fish > ~/.config/fish/completions/topicwire.fish")]
pub struct Arguments {
    /// The shell.
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "topicwire", &mut script);
    Ok(std::io::stdout().lock().write_all(&script)?)
}
