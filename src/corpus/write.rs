//! Writes articles: JSONL, CSV, TSV, fastText, and what labelling tools import.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use crate::corpus::source::STDIN;
use crate::corpus::{Corpus, Format, fasttext, table, write_for_labelling};
use crate::error::{Error, Result};
use crate::{Article, Split};

impl Corpus {
    /// Writes the articles as `jsonl`, `csv`, `tsv`, `fasttext`, `label-studio` or `doccano` to a file, or to standard output for `-`;
    /// a name that ends in `.gz` or `.zst` is compressed. The file appears whole or not at all.
    ///
    /// CSV and TSV cannot tell an article that nobody has labelled from one that is labelled with none;
    /// fastText knows neither ids nor titles (the title opens the text) nor blanks in topics (they become
    /// `_`), and reads an article without topics as one that nobody has labelled, and so does doccano.
    ///
    /// # Errors
    /// The format cannot be written, a topic does not fit into it, or the file cannot be written. A closed
    /// pipe is an [`Error::Write`] of the kind [`io::ErrorKind::BrokenPipe`].
    pub fn write(&self, path: impl AsRef<Path>, format: Format) -> Result<()> {
        let path = path.as_ref();
        self.check_topics(format)?;
        let failed = |error| Error::write(path, error);
        if path == Path::new(STDIN) {
            let mut out = BufWriter::new(io::stdout().lock());
            self.write_to(&mut out, format).and_then(|()| out.flush()).map_err(failed)
        } else if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            // A device or a pipe: there is nothing to replace.
            let mut out =
                fs::OpenOptions::new().write(true).open(path).map(BufWriter::new).map_err(failed)?;
            self.write_to(&mut out, format).and_then(|()| out.flush()).map_err(failed)
        } else {
            self.replace(path, format).map_err(failed)
        }
    }

    /// Whether every topic can be written in the format, before anything is written.
    fn check_topics(&self, format: Format) -> Result<()> {
        if !matches!(format, Format::Csv | Format::Tsv) {
            return Ok(());
        }
        let parted = |topic: &&crate::Topic| topic.as_str().contains(table::TOPIC_SEPARATOR);
        match self.articles.iter().flat_map(|article| article.labels()).find(parted) {
            Some(topic) => Err(Error::Corpus(format!(
                "the topic `{topic}` has a `|`, which parts topics in {format}: rename it, or write jsonl"
            ))),
            None => Ok(()),
        }
    }

    fn replace(&self, path: &Path, format: Format) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = create_beside(folder)?;
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let out = BufWriter::with_capacity(1 << 16, file.as_file_mut());
        if name.ends_with(".gz") {
            let mut out = GzEncoder::new(out, Compression::default());
            self.write_to(&mut out, format)?;
            out.finish()?.flush()?;
        } else if name.ends_with(".zst") {
            let mut out = zstd::Encoder::new(out, 0)?;
            self.write_to(&mut out, format)?;
            out.finish()?.flush()?;
        } else {
            let mut out = out;
            self.write_to(&mut out, format)?;
            out.flush()?;
        }
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Writes the articles to a writer.
    ///
    /// # Errors
    /// The writer's own; `Unsupported` for a format that is only read.
    pub fn write_to(&self, out: &mut impl Write, format: Format) -> io::Result<()> {
        match format {
            Format::Jsonl => {
                for article in &self.articles {
                    serde_json::to_writer(&mut *out, article)?;
                    out.write_all(b"\n")?;
                }
                Ok(())
            }
            Format::Csv => write_table(&self.articles, out, b','),
            Format::Tsv => write_table(&self.articles, out, b'\t'),
            Format::LabelStudio | Format::Doccano => write_for_labelling(out, format, &self.articles, &[]),
            Format::Fasttext => self.articles.iter().try_for_each(|article| write_line(article, out)),
            other => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!(
                    "{other} is a format to read: write jsonl, csv, tsv, fasttext, label-studio or doccano"
                ),
            )),
        }
    }
}

/// A temporary file that gets the permissions which a new file would get.
fn create_beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".topicwire-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Columns that no article fills are left out, save for those that every reader expects.
fn write_table(articles: &[Article], out: &mut impl Write, delimiter: u8) -> io::Result<()> {
    let labelled = articles.iter().any(|article| article.topics.is_some());
    let languages = articles.iter().any(|article| article.language.is_some());
    let splits = articles.iter().any(|article| article.split.is_some());
    let columns = [("id", true), ("title", true), ("text", true), ("topics", labelled)];
    let columns = columns.into_iter().chain([("language", languages), ("split", splits)]);
    let columns: Vec<&str> = columns.filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect();
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(&columns).map_err(into_io)?;
    for article in articles {
        for &column in &columns {
            let topics: Vec<&str> = article.labels().iter().map(|topic| topic.as_str()).collect();
            let cell = match column {
                "id" => article.id.as_str(),
                "title" => article.title.as_str(),
                "text" => article.text.as_str(),
                "topics" => &topics.join("|"),
                "language" => article.language.as_deref().unwrap_or_default(),
                _ => match article.split {
                    Some(Split::Train) => "train",
                    Some(Split::Test) => "test",
                    None => "",
                },
            };
            writer.write_field(cell).map_err(into_io)?;
        }
        writer.write_record(None::<&[u8]>).map_err(into_io)?;
    }
    writer.flush()
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn write_line(article: &Article, out: &mut impl Write) -> io::Result<()> {
    for topic in article.labels() {
        write!(out, "{}{} ", fasttext::LABEL, words(topic.as_str()).join("_"))?;
    }
    let mut text = words(&article.title);
    text.extend(words(&article.text));
    writeln!(out, "{}", text.join(" "))
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}
