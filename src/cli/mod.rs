//! The command line: one file per command. A command reads its arguments, calls the library, and prints.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 the work failed, 2 wrong
//! usage, 3 a check that was asked for did not hold.

mod arenas;
mod audit;
mod compare;
mod completions;
mod corpus;
mod cross_validate;
mod demo;
mod evaluate;
mod explain;
#[cfg(feature = "serve")]
mod feedback;
mod inputs;
mod inspect;
mod monitor;
mod numbers;
mod predict;
mod progress;
#[cfg(feature = "serve")]
mod serve;
mod settings;
mod starter;
mod suggest;
mod table;
mod target;
mod thresholds;
mod timings;
mod train;
mod tune;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Learns topics from labelled articles and puts them on new ones.
#[derive(Debug, Parser)]
#[command(name = "topicwire", version, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How many threads work, 1 to 512; by default one to a core.
    // Starting a million threads takes the machine down with the program.
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..=512))]
    threads: Option<u16>,
    /// Say nothing on standard error but errors.
    #[arg(long, short, global = true)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  topicwire demo
  topicwire train news.jsonl --model news.safetensors
  topicwire predict --model news.safetensors today.jsonl --output jsonl
  topicwire predict --text 'OPEC cut its output quota, and crude rose 3%.'
  topicwire evaluate --model news.safetensors test.jsonl";

#[derive(Debug, Subcommand)]
enum Command {
    /// Train on the starter corpus, evaluate, and classify sample articles: a first look that needs no files.
    Demo(demo::Arguments),
    /// Learn topics from a labelled corpus.
    Train(Box<train::Arguments>),
    /// Put topics on articles.
    Predict(predict::Arguments),
    /// Measure a model on labelled articles.
    Evaluate(evaluate::Arguments),
    /// Find what is wrong with a corpus: copies, leaks into a test corpus, doubtful labels, odd texts.
    Audit(audit::Arguments),
    /// Suggest which articles to label next.
    Suggest(suggest::Arguments),
    /// Show why articles are given their topics, word by word.
    Explain(explain::Arguments),
    /// Measure how well the topics of a corpus are learned: each fold predicted by a model that has not seen it.
    CrossValidate(Box<cross_validate::Arguments>),
    /// Say whether one of two models is really better.
    Compare(compare::Arguments),
    /// Say whether new articles have drifted from what a model learned.
    Monitor(monitor::Arguments),
    /// Show what a model is made of.
    Inspect(inspect::Arguments),
    /// Search for settings that do better on a corpus than those that train finds by itself.
    Tune(Box<tune::Arguments>),
    /// Show from which probability topics are given, and change it without training again.
    Thresholds(thresholds::Arguments),
    /// Look at a corpus, convert it, or split it.
    #[command(subcommand)]
    Corpus(corpus::Command),
    /// Answer over HTTP, with a page for people.
    #[cfg(feature = "serve")]
    Serve(Box<serve::Arguments>),
    /// Export or purge what people corrected in the service.
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Feedback(feedback::Command),
    /// Write completions for a shell to standard output.
    Completions(completions::Arguments),
}

/// What a command needs to know of the whole.
#[derive(Debug, Clone, Copy)]
struct Context {
    quiet: bool,
    threads: usize,
}

impl Context {
    /// Writes a line to standard error, unless quiet.
    fn say(self, line: impl std::fmt::Display) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }
}

/// Wrong usage that clap cannot see.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// A check that was asked for did not hold: exit code 3.
#[derive(Debug)]
struct CheckFailed(String);

impl std::fmt::Display for CheckFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CheckFailed {}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    stay_silent_about_stemmers();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.threads.map_or(cores, usize::from);
    arenas::no_more_than(threads);
    if let Err(error) = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global() {
        eprintln!("topicwire: cannot start {threads} threads: {error}");
        return ExitCode::FAILURE;
    }
    let context = Context { quiet: arguments.quiet, threads };
    let outcome = match arguments.command {
        Command::Demo(arguments) => demo::run(&arguments, context),
        Command::Train(arguments) => train::run(*arguments, context),
        Command::Predict(arguments) => predict::run(&arguments, context),
        Command::Evaluate(arguments) => evaluate::run(&arguments, context),
        Command::Audit(arguments) => audit::run(&arguments, context),
        Command::Suggest(arguments) => suggest::run(&arguments, context),
        Command::Explain(arguments) => explain::run(&arguments, context),
        Command::CrossValidate(arguments) => cross_validate::run(*arguments, context),
        Command::Compare(arguments) => compare::run(&arguments, context),
        Command::Monitor(arguments) => monitor::run(&arguments, context),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Tune(arguments) => tune::run(*arguments, context),
        Command::Thresholds(arguments) => thresholds::run(arguments, context),
        Command::Corpus(command) => corpus::run(&command, context),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(*arguments, context),
        #[cfg(feature = "serve")]
        Command::Feedback(command) => feedback::run(&command, context),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            match error.downcast_ref::<topicwire::Error>() {
                // Says its cause itself.
                Some(error) => eprintln!("topicwire: {error}"),
                None => eprintln!("topicwire: {error:#}"),
            }
            let wrong_usage =
                error.is::<Usage>() || matches!(error.downcast_ref(), Some(topicwire::Error::Settings(_)));
            ExitCode::from(match wrong_usage {
                _ if error.is::<CheckFailed>() => 3,
                true => 2,
                false => 1,
            })
        }
    }
}

/// Keeps the panic of a stemmer on a word that it cannot take, which is caught, off standard error.
fn stay_silent_about_stemmers() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !topicwire::text::is_stemming() {
            usual(panic);
        }
    }));
}

/// Whether the reader of the output has gone: it has what it wanted.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(closed)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(ErrorKind::BrokenPipe))
            || matches!(cause.downcast_ref(), Some(topicwire::Error::Write { source, .. }) if closed(source))
    })
}
