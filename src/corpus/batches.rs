//! Reads inputs and cuts them into batches.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::corpus::archive::{self, Archive};
use crate::corpus::batch::{Content, FileContent, Kind};
use crate::corpus::blocks::{BLOCK, Block, Blocks, Boundary, Quotes};
use crate::corpus::encoding::transcode;
use crate::corpus::folder::{Found, Walk};
use crate::corpus::inputs::{Input, resolve, resolve_archive};
use crate::corpus::record::Rules;
use crate::corpus::source::{Consumed, STDIN, Source};
use crate::corpus::tree::Tree;
use crate::corpus::{Batch, Encoding, Format, ReadOptions, Reencodings, labelling, reuters21578, table};
use crate::error::{Error, Result};

/// So many small files go into a batch at most.
const FILES: usize = 1024;

/// The batches of a list of inputs, in their order: the reading half of streaming.
///
/// No more than a batch is held, so a batch and a few times the longest article bound the memory. A file
/// that cannot be read to its end yields an error, after which the next file follows; anything that is
/// wrong with one record or with what a file holds is an error of [`Batch::parse`].
///
/// ```
/// use topicwire::corpus::{Batches, ReadOptions, Unlabelled, in_order};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("news.jsonl");
/// std::fs::write(&path, "{\"text\": \"Rain fell.\"}\n{\"text\": \"Rates rose.\"}\n")?;
///
/// let options = ReadOptions { unlabelled: Unlabelled::Keep, ..ReadOptions::default() };
/// let mut lengths = Vec::new();
/// in_order(Batches::open(&[path], &options)?, 2, |batch| batch.parse(), |articles| {
///     for article in articles {
///         lengths.push(article?.text.len());
///     }
///     Ok(())
/// })?;
/// assert_eq!(lengths, [10, 11]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Batches {
    inputs: VecDeque<Input>,
    rules: Arc<Rules>,
    /// The folder that is being walked.
    walk: Option<Walk>,
    /// The file of records that is being cut.
    stream: Option<Stream>,
    /// Files that wait for their batch to be full.
    files: Vec<FileContent>,
    ready: VecDeque<Result<Batch>>,
    consumed: Consumed,
}

struct Stream {
    file: Arc<Path>,
    format: Format,
    blocks: Blocks,
    columns: Option<Arc<table::Columns>>,
    delimiter: u8,
}

impl Batches {
    /// Looks at what the paths stand for; `-` is standard input. Files are opened when their turn comes.
    ///
    /// # Errors
    /// A path leads nowhere, or to something that does not suit the format that the options name.
    pub fn open(paths: &[PathBuf], options: &ReadOptions) -> Result<Batches> {
        let (mut inputs, consumed) = (VecDeque::new(), Consumed::default());
        for path in paths {
            inputs.extend(resolve(path, options.format, &consumed)?);
        }
        Ok(Batches {
            inputs,
            rules: Arc::new(Rules::new(options)),
            walk: None,
            stream: None,
            files: Vec::new(),
            ready: VecDeque::new(),
            consumed,
        })
    }

    /// The files that are not UTF-8, which grows while batches are read and parsed.
    pub fn reencodings(&self) -> Reencodings {
        self.rules.reencodings.clone()
    }

    /// How many bytes there are to read, as [`Batch::consumed`] counts them; `None` where the inputs do not say: standard
    /// input, and folders of topics, which are looked through only as they are read. To be asked before the first batch.
    pub fn bytes(&self) -> Option<u64> {
        self.inputs.iter().map(Input::bytes).sum()
    }

    /// Takes one step; `false` when there is none left to take.
    fn advance(&mut self) -> Result<bool> {
        if let Some(stream) = &mut self.stream {
            match stream.next(&self.rules) {
                Ok(Some(batch)) => self.ready.push_back(Ok(batch)),
                Ok(None) => self.stream = None,
                Err(error) => {
                    self.stream = None;
                    return Err(error);
                }
            }
        } else if let Some(walk) = &mut self.walk {
            match walk.next() {
                Some(found) => {
                    let tree = Arc::clone(&walk.tree);
                    self.add(&*tree, found?)?;
                }
                None => self.walk = None,
            }
        } else {
            match self.inputs.pop_front() {
                Some(Input::Topics(walk)) => self.walk = Some(walk),
                Some(Input::File { tree, path, format }) => self.start(&*tree, &path, format)?,
                None => return Ok(false),
            }
        }
        if self.files.len() >= FILES || self.files.iter().map(|file| file.bytes.len()).sum::<usize>() >= BLOCK
        {
            self.flush();
        }
        Ok(true)
    }

    fn flush(&mut self) {
        if !self.files.is_empty() {
            let content = Content::Files(std::mem::take(&mut self.files));
            self.ready.push_back(Ok(Batch::new(content, &self.rules)));
        }
    }

    /// Adds a file of a folder of topics.
    fn add(&mut self, tree: &dyn Tree, found: Found) -> Result<()> {
        let shown = tree.shown(&found.path);
        let bytes = tree.open(&found.path)?.into_bytes().map_err(|error| Error::read(&shown, error))?;
        let Found { id, topic, split, format, .. } = found;
        self.files.push(FileContent { path: shown, id, topic, split, format, bytes });
        Ok(())
    }

    /// Opens a file and looks at what it holds.
    fn start(&mut self, tree: &dyn Tree, path: &Path, format: Option<Format>) -> Result<()> {
        let source = tree.open(path)?;
        let shown = tree.shown(path);
        if archive::is_tar(&source.head) {
            for input in resolve_archive(Archive::open(path, source)?, format)?.into_iter().rev() {
                self.inputs.push_front(input);
            }
            return Ok(());
        }
        let format = format.unwrap_or_else(|| Format::detect(path, &source.head));
        if format == Format::Folder {
            return Err(Error::Corpus(format!(
                "{}: is a file: the format `folder` is a folder to a topic and a file to an article",
                shown.display()
            )));
        }
        if source.head.trim_ascii().is_empty() {
            // A filter that is given nothing has nothing to say; an empty file is a mistake.
            if path != Path::new(STDIN) {
                self.refuse(&shown, "the file is empty");
            }
        } else if format.is_document() {
            let bytes = source.into_bytes().map_err(|error| Error::read(&shown, error))?;
            let id = shown.display().to_string();
            self.files.push(FileContent { path: shown, id, topic: None, split: None, format, bytes });
        } else if matches!(format, Format::LabelStudio | Format::Doccano) && labelling::is_list(&source.head)
        {
            // A list is cut by whoever parses it: its elements may stand on any number of lines.
            self.flush();
            let bytes = source.into_bytes().map_err(|error| Error::read(&shown, error))?;
            let (file, kind) = (shown.as_path().into(), Kind::Labelling);
            let content = Content::Records { file, kind, bytes, first_line: 1 };
            self.ready.push_back(Ok(Batch::new(content, &self.rules)));
        } else {
            self.flush();
            self.stream = Some(Stream::new(&shown, format, source, &self.rules));
        }
        Ok(())
    }

    fn stamped(&self, batch: Batch) -> Batch {
        Batch { consumed: self.consumed.load(Ordering::Relaxed), ..batch }
    }

    fn refuse(&mut self, shown: &Path, problem: &str) {
        self.flush();
        self.ready.push_back(Ok(Batch::failed(shown, problem, &self.rules)));
    }
}

impl Iterator for Batches {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready.map(|batch| self.stamped(batch)));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => {
                    self.flush();
                    return self.ready.pop_front().map(|ready| ready.map(|batch| self.stamped(batch)));
                }
                Err(error) => {
                    self.flush();
                    self.ready.push_back(Err(error));
                }
            }
        }
    }
}

impl Stream {
    fn new(shown: &Path, format: Format, source: Source, rules: &Rules) -> Stream {
        let assumed = match (rules.encoding, format) {
            (Encoding::Auto, Format::Reuters21578) => Encoding::Latin1,
            (given, _) => given,
        };
        let settled = assumed.settle(&source.head);
        let delimiter = table::delimiter(format, &source.head);
        let boundary = match format {
            Format::Csv | Format::Tsv => Boundary::Quoted(Quotes::new(delimiter)),
            Format::Reuters21578 => Boundary::Tag(reuters21578::CLOSING),
            _ => Boundary::Line,
        };
        let reader = transcode(source.into_reader(), settled, shown, &rules.reencodings);
        let blocks = Blocks::new(reader, boundary);
        Stream { file: shown.into(), format, blocks, columns: None, delimiter }
    }

    fn next(&mut self, rules: &Arc<Rules>) -> Result<Option<Batch>> {
        let block = self.blocks.next().map_err(|error| Error::read(&self.file, error))?;
        let Some(mut block) = block else { return Ok(None) };
        if block.first_line == 1 && block.bytes.starts_with(b"\xef\xbb\xbf") {
            block.bytes.drain(..3);
        }
        if block.open_quote {
            let problem = "the table ends inside a quoted cell: a closing quote is missing";
            return Ok(Some(Batch::failed(&self.file, problem, rules)));
        }
        let kind = match self.kind(&mut block) {
            Ok(kind) => kind,
            Err(problem) => {
                // Without its header the rest of the table means nothing.
                self.blocks = Blocks::new(Box::new(std::io::empty()), Boundary::Line);
                return Ok(Some(Batch::failed(&self.file, problem, rules)));
            }
        };
        let Block { bytes, first_line, .. } = block;
        let content = Content::Records { file: Arc::clone(&self.file), kind, bytes, first_line };
        Ok(Some(Batch::new(content, rules)))
    }

    /// What the block's records look like; takes the header off the first block of a table.
    fn kind(&mut self, block: &mut Block) -> Result<Kind, String> {
        Ok(match self.format {
            Format::Csv | Format::Tsv => Kind::Table(match &self.columns {
                Some(columns) => Arc::clone(columns),
                None => {
                    let header = table::header(&block.bytes, self.delimiter)?;
                    block.bytes.drain(..header.length);
                    block.first_line += header.lines;
                    Arc::clone(self.columns.insert(Arc::new(header.columns)))
                }
            }),
            Format::Fasttext => Kind::Fasttext,
            Format::LabelStudio | Format::Doccano => Kind::Labelling,
            Format::Reuters21578 => Kind::Reuters21578,
            // Documents and folders never become streams.
            _ => Kind::Jsonl,
        })
    }
}
