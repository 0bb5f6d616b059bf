//! `topicwire corpus`: look at a corpus, convert it, split it.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use topicwire::corpus::{
    Corpus, Filter, Format, ReadOptions, RepeatSettings, Repeats, Stats, Taxonomy, Unlabelled, topic_list,
};

use super::inputs::{ReadArguments, TaxonomyArgument, read};
use super::numbers::whole;
use super::{Context, Usage, table};

/// What to do with a corpus.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Count what is in it: articles, topics, lengths, languages, duplicates.
    Stats(StatsArguments),
    /// Write it in another format, or a part of it.
    Convert(ConvertArguments),
    /// Split it into a training and a test part, every topic in both in proportion.
    Split(SplitArguments),
}

/// Arguments of `topicwire corpus stats`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire corpus stats news.jsonl
  topicwire corpus stats news.jsonl --repeats
  topicwire corpus stats reuters21578 --split train --json")]
pub struct StatsArguments {
    /// Files or folders of articles; - is standard input.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// Look for articles that resemble each other (5-word shingles) and for phrases of eight words that recur.
    #[arg(long)]
    repeats: bool,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    taxonomy: TaxonomyArgument,
    #[command(flatten)]
    read: ReadArguments,
}

/// Arguments of `topicwire corpus convert`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire corpus convert news.csv --out news.jsonl
  topicwire corpus convert news.jsonl --keep-topics energy,security --out part.jsonl.gz
  topicwire corpus convert reuters21578 --split train --out train.jsonl
  topicwire corpus convert export.json --format label-studio --out labelled.jsonl
  topicwire corpus convert train.jsonl --shared-topics-with test.jsonl --min-topics 1 --out shared.jsonl")]
pub struct ConvertArguments {
    /// Files or folders of articles; - is standard input.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// The file to write; its name tells the format. Without it, standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The format to write, where the name does not tell: jsonl, csv, tsv, fasttext, label-studio or doccano.
    #[arg(long, value_name = "FORMAT")]
    to: Option<Format>,
    /// Only these topics, separated by commas or listed in a file; articles left with none are left out.
    #[arg(long, value_name = "A,B,C|FILE")]
    keep_topics: Option<String>,
    /// Only topics that occur in this corpus too, read with the same flags; articles left with none are left out.
    #[arg(long, value_name = "CORPUS")]
    shared_topics_with: Option<PathBuf>,
    /// With the other half of the published split as the corpus to share topics with.
    #[arg(long, conflicts_with = "shared_topics_with", requires = "split")]
    shared_topics_with_other_half: bool,
    /// Only articles with at least this many topics, counted before any is dropped.
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    min_topics: usize,
    /// Only articles with at most this many topics, counted before any is dropped.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<usize>)]
    max_topics: Option<usize>,
    #[command(flatten)]
    taxonomy: TaxonomyArgument,
    #[command(flatten)]
    read: ReadArguments,
}

/// Arguments of `topicwire corpus split`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topicwire corpus split news.jsonl --train train.jsonl --test test.jsonl
  topicwire corpus split news.jsonl --train train.jsonl --test test.jsonl --test-share 0.1 --seed 7")]
pub struct SplitArguments {
    /// Files or folders of labelled articles; - is standard input.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// The file for the training part.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// The file for the test part.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Which share of the articles is for testing.
    #[arg(long, default_value_t = 0.2, value_name = "SHARE", allow_negative_numbers = true)]
    test_share: f64,
    /// Where random order starts from.
    #[arg(long, default_value_t = 1, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>)]
    seed: u64,
    #[command(flatten)]
    read: ReadArguments,
}

pub fn run(command: &Command, context: Context) -> anyhow::Result<()> {
    match command {
        Command::Stats(arguments) => stats(arguments, context),
        Command::Convert(arguments) => convert(arguments, context),
        Command::Split(arguments) => split(arguments, context),
    }
}

fn stats(arguments: &StatsArguments, context: Context) -> anyhow::Result<()> {
    let taxonomy = arguments.taxonomy.read()?;
    let options =
        ReadOptions { taxonomy: taxonomy.clone(), ..arguments.read.labelled(Unlabelled::Keep, context) };
    let corpus = Corpus::from(read(&arguments.corpus, &options, context)?);
    let mut stats = corpus.stats();
    stats.repeats = arguments.repeats.then(|| corpus.repeats(&RepeatSettings::default()));
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &stats)?;
        writeln!(out)?;
        return Ok(());
    }
    write_stats(&mut out, &stats, taxonomy.as_deref())?;
    if let Some(repeats) = &stats.repeats {
        write_repeats(&mut out, repeats)?;
    }
    Ok(())
}

fn write_stats(out: &mut impl Write, stats: &Stats, taxonomy: Option<&Taxonomy>) -> std::io::Result<()> {
    writeln!(
        out,
        "articles            {} ({} labelled; task: {})",
        stats.articles, stats.labelled, stats.task
    )?;
    let words = &stats.words;
    writeln!(
        out,
        "words per article   {} to {}, median {}, mean {:.1}",
        words.min, words.max, words.median, words.mean
    )?;
    let languages: Vec<_> =
        stats.languages.iter().map(|(language, count)| format!("{language} {count}")).collect();
    writeln!(out, "languages           {}", languages.join(", "))?;
    let per_article: Vec<_> =
        stats.topics_per_article.iter().map(|(topics, articles)| format!("{topics}: {articles}")).collect();
    writeln!(out, "topics per article  {}", per_article.join(", "))?;
    writeln!(out, "without title       {}", stats.without_title)?;
    writeln!(out, "empty               {}", stats.empty)?;
    writeln!(out, "exact duplicates    {}", stats.exact_duplicates)?;
    writeln!(out, "repeated ids        {}", stats.repeated_ids)?;
    writeln!(out, "\n{}", topics_table(stats, taxonomy))
}

/// The topics with how many articles they are on; of a taxonomy all, in its order and with their names.
fn topics_table(stats: &Stats, taxonomy: Option<&Taxonomy>) -> comfy_table::Table {
    let Some(taxonomy) = taxonomy else {
        let mut topics = table::new(&["topic", "articles"]);
        topics.add_rows(stats.topics.iter().map(|(topic, articles)| [topic.clone(), articles.to_string()]));
        return topics;
    };
    let mut topics = table::new(&["topic", "articles", "name"]);
    if let Some(column) = topics.column_mut(2) {
        column.set_cell_alignment(comfy_table::CellAlignment::Left);
    }
    for topic in taxonomy.topics() {
        let articles = stats.topics.get(topic.id.as_str()).copied().unwrap_or(0);
        topics.add_row([topic.id.to_string(), articles.to_string(), topic.name.clone()]);
    }
    topics
}

fn write_repeats(out: &mut impl Write, repeats: &Repeats) -> std::io::Result<()> {
    writeln!(
        out,
        "\npairs of similar articles (Jaccard similarity of 5-word shingles): {}",
        repeats.similar.len()
    )?;
    for pair in repeats.similar.iter().take(20) {
        writeln!(out, "  {:.3}  {}  {}", pair.similarity, pair.first_id, pair.second_id)?;
    }
    writeln!(out, "phrases of eight words that recur: {}", repeats.phrases.len())?;
    for phrase in repeats.phrases.iter().take(20) {
        writeln!(out, "  in {} articles: {}", phrase.articles, phrase.text)?;
    }
    Ok(())
}

fn convert(arguments: &ConvertArguments, context: Context) -> anyhow::Result<()> {
    let options = ReadOptions {
        min_topics: arguments.min_topics,
        max_topics: arguments.max_topics,
        taxonomy: arguments.taxonomy.read()?,
        ..arguments.read.labelled(Unlabelled::Keep, context)
    };
    let mut corpus = Corpus::from(read(&arguments.corpus, &options, context)?);
    let shared = match (&arguments.shared_topics_with, arguments.shared_topics_with_other_half) {
        (Some(other), _) => {
            let other_options = ReadOptions { split: None, ..options };
            Some(Corpus::from(read(std::slice::from_ref(other), &other_options, context)?).topic_set())
        }
        (None, true) => {
            let other = match arguments.read.split {
                Some(topicwire::Split::Train) => topicwire::Split::Test,
                _ => topicwire::Split::Train,
            };
            let other_options = ReadOptions { split: Some(other), ..options };
            Some(Corpus::from(read(&arguments.corpus, &other_options, context)?).topic_set())
        }
        (None, false) => None,
    };
    let filter = Filter {
        keep_topics: arguments.keep_topics.as_deref().map(topic_list).transpose()?,
        shared_topics: shared,
        keep_empty: false,
    };
    filter.apply(&mut corpus);
    let format = match (arguments.to, &arguments.out) {
        (Some(format), _) => format,
        (None, None) => Format::Jsonl,
        (None, Some(path)) => Format::detect(path, b""),
    };
    let (jsonl, tables) = (Format::Jsonl, [Format::Csv, Format::Tsv]);
    let tools = [Format::Fasttext, Format::LabelStudio, Format::Doccano];
    if format != jsonl && !tables.contains(&format) && !tools.contains(&format) {
        return Err(Usage(format!(
            "{format} cannot be written: say jsonl, csv, tsv, fasttext, label-studio or doccano with --to"
        ))
        .into());
    }
    match &arguments.out {
        Some(path) => {
            corpus.write(path, format)?;
            context.say(format_args!("Wrote {} ({} articles).", path.display(), corpus.articles.len()));
        }
        None => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            corpus.write_to(&mut out, format)?;
            out.flush()?;
        }
    }
    Ok(())
}

fn split(arguments: &SplitArguments, context: Context) -> anyhow::Result<()> {
    if !(0.0..1.0).contains(&arguments.test_share) || arguments.test_share == 0.0 {
        return Err(Usage(format!(
            "--test-share {}: choose a share above 0 and below 1",
            arguments.test_share
        ))
        .into());
    }
    let options = arguments.read.labelled(Unlabelled::Fail, context);
    let corpus = Corpus::from(read(&arguments.corpus, &options, context)?);
    let (train, test) = corpus.split(arguments.test_share, arguments.seed);
    for (path, part) in [(&arguments.train, train), (&arguments.test, test)] {
        write_part(path, &part, context)?;
    }
    Ok(())
}

fn write_part(path: &Path, part: &Corpus, context: Context) -> anyhow::Result<()> {
    part.write(path, Format::detect(path, b""))?;
    context.say(format_args!("Wrote {} ({} articles).", path.display(), part.articles.len()));
    Ok(())
}
