//! The flags that say how a corpus is read: the same for every command that reads one.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use topicwire::corpus::{
    Corpus, Encoding, Format, Headers, OnError, ReadOptions, Reading, Reencoded, Unlabelled,
};
use topicwire::train::TrainSettings;
use topicwire::{Article, Split, Taxonomy, TopicModel};

use super::{Context, Usage, progress, starter};

/// How files of articles are read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadArguments {
    /// The format; told from name and content where it is left out. jsonl, csv, tsv, fasttext, label-studio,
    /// doccano, folder, reuters21578, txt, md or html.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// The encoding: auto (UTF-8, else what a guess says), latin-1, or another name that the web uses.
    #[arg(long, default_value = "auto", value_name = "NAME")]
    encoding: Encoding,
    /// Whether the mail header that a file of a folder opens with belongs to its text: keep or drop. Its Subject
    /// is the title either way.
    #[arg(long, default_value = "keep", value_name = "KEEP|DROP")]
    headers: Headers,
    /// Read only the articles of this half of the published split: train or test.
    #[arg(long, value_name = "HALF")]
    pub split: Option<Split>,
    /// What to do with a record that is wrong: fail or skip.
    #[arg(long, value_name = "FAIL|SKIP")]
    on_error: Option<OnError>,
}

/// A labelled corpus.
#[derive(Debug, Clone, Args)]
pub struct LabelledArguments {
    /// Files or folders of labelled articles; - is standard input.
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// What to do with articles that are not labelled: fail or skip.
    #[arg(long, default_value = "fail", value_name = "FAIL|SKIP")]
    unlabelled: Unlabelled,
    #[command(flatten)]
    read: ReadArguments,
}

impl LabelledArguments {
    /// As [`Self::read`], to train by `settings`: where these learn from articles without labels, such articles are read too.
    pub fn read_to_train(
        &self,
        settings: &TrainSettings,
        taxonomy: Option<Arc<Taxonomy>>,
        context: Context,
    ) -> anyhow::Result<Vec<Article>> {
        let unlabelled = match self.unlabelled {
            Unlabelled::Fail if settings.self_training => Unlabelled::Keep,
            said => said,
        };
        LabelledArguments { unlabelled, ..self.clone() }.read(taxonomy, context)
    }

    /// Reads the articles, whose labels must be in `taxonomy` where there is one.
    pub fn read(&self, taxonomy: Option<Arc<Taxonomy>>, context: Context) -> anyhow::Result<Vec<Article>> {
        let options = ReadOptions { taxonomy, ..self.read.labelled(self.unlabelled, context) };
        read(&self.corpus, &options, context)
    }

    /// What a report calls the corpus.
    pub fn name(&self) -> String {
        file_names(&self.corpus)
    }
}

/// Articles that are asked about, and the model that answers.
#[derive(Debug, Clone, Args)]
pub struct AskedArguments {
    /// Files or folders of articles; - is standard input.
    #[arg(value_name = "INPUT")]
    pub input: Vec<PathBuf>,
    /// The model; without it, the starter model for general news.
    #[arg(long, short, value_name = "FILE")]
    model: Option<PathBuf>,
    /// One article, given right here.
    #[arg(long, value_name = "STRING", conflicts_with = "input")]
    pub text: Option<String>,
}

impl AskedArguments {
    /// The model, once it is sure that there is something to ask it about.
    pub fn model(&self, context: Context) -> anyhow::Result<TopicModel> {
        if self.text.is_none() && self.input.is_empty() {
            let problem = "nothing to read: name a file or folder, - for standard input, or use --text";
            return Err(Usage(problem.into()).into());
        }
        Ok(starter::model_or(self.model.as_deref(), context)?)
    }
}

/// What a report calls files: their names, without the folders.
pub fn file_names(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| file_name(path)).collect::<Vec<_>>().join(", ")
}

/// What a report calls a file.
pub fn file_name(path: &Path) -> String {
    match path.file_name() {
        _ if path == Path::new("-") => "standard input".into(),
        Some(name) => name.to_string_lossy().into_owned(),
        None => path.display().to_string(),
    }
}

/// Which topics there are.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct TaxonomyArgument {
    /// A list of topics with their names ([[topic]] id = "…" name = "…" in TOML): an article labelled with any other is an
    /// error.
    #[arg(long, value_name = "FILE")]
    taxonomy: Option<PathBuf>,
}

impl TaxonomyArgument {
    /// Reads the file that was named.
    pub fn read(&self) -> topicwire::Result<Option<Arc<Taxonomy>>> {
        self.taxonomy.as_ref().map(|path| Taxonomy::read(path).map(Arc::new)).transpose()
    }
}

impl ReadArguments {
    /// Options for reading labelled articles.
    pub fn labelled(&self, unlabelled: Unlabelled, context: Context) -> ReadOptions {
        ReadOptions {
            format: self.format,
            encoding: self.encoding,
            headers: self.headers,
            on_error: self.on_error.unwrap_or(OnError::Fail),
            unlabelled,
            split: self.split,
            threads: context.threads,
            ..ReadOptions::default()
        }
    }

    /// Options for reading articles whose labels do not matter.
    pub fn any(&self, context: Context) -> ReadOptions {
        ReadOptions {
            on_error: self.on_error.unwrap_or(OnError::Skip),
            ..self.labelled(Unlabelled::Keep, context)
        }
    }
}

/// Reads `paths`, and says what was skipped.
pub fn read(paths: &[PathBuf], options: &ReadOptions, context: Context) -> anyhow::Result<Vec<Article>> {
    let bar = progress::articles(context, "reading", None);
    let Reading { corpus, skipped, skipped_count, unlabelled_skipped, reencoded } =
        Corpus::read_all_with(paths, options, &mut |so_far| {
            progress::know_bytes(&bar, so_far.of_bytes);
            progress::passed(&bar, so_far.articles, so_far.bytes);
        })?;
    bar.finish_and_clear();
    report_reencoded(&reencoded, context);
    report_skipped(&skipped, skipped_count, context);
    if unlabelled_skipped > 0 {
        context.say(format_args!("Skipped {unlabelled_skipped} articles that are not labelled."));
    }
    Ok(corpus.articles)
}

/// Says which files were not UTF-8, the first few by name.
pub fn report_reencoded(files: &[Reencoded], context: Context) {
    for file in files.iter().take(SHOWN_FILES) {
        context.say(file);
    }
    if files.len() > SHOWN_FILES {
        context.say(format_args!("  and {} more files likewise", files.len() - SHOWN_FILES));
    }
}

/// How many files that are not UTF-8 are named.
const SHOWN_FILES: usize = 3;

/// Says which ids stand for several articles that are not the same: such a corpus is often two that were put together by
/// mistake. Every article counts all the same.
pub fn report_repeated_ids(articles: &[Article], context: Context) {
    let mut seen: HashMap<&str, &Article> = HashMap::with_capacity(articles.len());
    let mut repeated: BTreeSet<&str> = BTreeSet::new();
    for article in articles {
        let first = seen.entry(&article.id).or_insert(article);
        if (&first.title, &first.text) != (&article.title, &article.text) {
            repeated.insert(&article.id);
        }
    }
    if repeated.is_empty() {
        return;
    }
    let count = match repeated.len() {
        1 => "1 id stands".to_owned(),
        count => format!("{count} ids stand"),
    };
    let shown = repeated.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    let more = if repeated.len() > 3 { ", …" } else { "" };
    context.say(format_args!(
        "{count} for articles of different texts, each of which counts: {shown}{more}. Are these two corpora?"
    ));
}

/// Says how many records were wrong, and shows the first few.
pub fn report_skipped(shown: &[topicwire::Error], count: u64, context: Context) {
    if count == 0 {
        return;
    }
    context.say(format_args!("Skipped {count} {}:", if count == 1 { "record" } else { "records" }));
    for error in shown {
        context.say(format_args!("  {error}"));
    }
    if count > shown.len() as u64 {
        context.say(format_args!("  and {} more", count - shown.len() as u64));
    }
}
