//! The models that are served, and their exchange while requests go on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::SystemTime;

use super::{ModelSource, Settings};
use crate::corpus::TopicInfo;
use crate::model::{Scorer, Scratch};
use crate::{Article, Error, Result, Taxonomy, TopicId, TopicModel};

/// The extension of model files.
const EXTENSION: &str = "safetensors";

/// The most scratch spaces that are kept for a model: as many as threads may score at once.
const MAX_SCRATCHES: usize = 64;

/// How many terms a card shows for a topic.
const STRONGEST: usize = 8;

/// A model that is served.
pub(super) struct Loaded {
    /// The name that requests call it by.
    pub name: String,
    /// What tells this file from every other: the checksum of its arrays, and the length of the rest.
    pub version: String,
    /// The model.
    pub model: TopicModel,
    /// Names and definitions of topics, in place of the model's own.
    taxonomy: Option<Arc<Taxonomy>>,
    /// When it was loaded.
    pub since: SystemTime,
    scratches: Mutex<Vec<Scratch>>,
    strongest: OnceLock<Vec<Vec<String>>>,
}

impl Loaded {
    fn new(name: &str, model: TopicModel, taxonomy: Option<Arc<Taxonomy>>) -> Loaded {
        let mut hash = crc32fast::Hasher::new();
        // The arrays have their checksum; settings and thresholds can differ over the same arrays.
        hash.update(&serde_json::to_vec(model.card()).unwrap_or_default());
        let version = format!("{:08x}{:08x}", model.card().checksum, hash.finalize());
        let loaded = Loaded {
            name: name.to_owned(),
            version,
            model,
            taxonomy,
            since: SystemTime::now(),
            scratches: Mutex::default(),
            strongest: OnceLock::new(),
        };
        loaded.warm();
        loaded
    }

    /// What is known of `topic` beyond its id.
    pub fn about(&self, topic: &str) -> Option<&TopicInfo> {
        let given = self.taxonomy.as_ref().and_then(|taxonomy| taxonomy.get(topic));
        given.or_else(|| self.model.topic_info(topic))
    }

    /// Scores once, so that the first request finds memory and scratch space ready.
    fn warm(&self) {
        let article = Article::new("", "Warming up", "A first article, of which nothing is kept.");
        self.scoring(|scorer| self.model.predict_with(scorer, &article));
    }

    /// For each topic the terms that speak most for it. Looked up once: it reads all weights.
    pub fn strongest_terms(&self) -> &[Vec<String>] {
        self.strongest.get_or_init(|| {
            let topics = 0..self.model.topics().len() as u32;
            topics.map(|topic| self.strongest_of(TopicId(topic))).collect()
        })
    }

    fn strongest_of(&self, topic: TopicId) -> Vec<String> {
        let mut strongest: Vec<String> = Vec::new();
        // A term may stand there once for each field.
        for term in self.model.strongest_terms(topic, 3 * STRONGEST) {
            if strongest.len() < STRONGEST && !strongest.contains(&term.term) {
                strongest.push(term.term);
            }
        }
        strongest
    }

    /// Runs `work` with a scorer, whose scratch space is kept for the next.
    pub fn scoring<T>(&self, work: impl FnOnce(&mut Scorer<'_>) -> T) -> T {
        let scratch = self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scorer = match scratch {
            Some(scratch) => self.model.resume_scorer(scratch),
            None => self.model.scorer(),
        };
        let done = work(&mut scorer);
        let scratch = scorer.into_scratch();
        let mut kept = self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MAX_SCRATCHES {
            kept.push(scratch);
        }
        done
    }
}

type Served = BTreeMap<String, Arc<Loaded>>;

/// All models that are served.
pub(super) struct Models {
    source: ModelSource,
    taxonomy: Option<Arc<Taxonomy>>,
    default: Option<String>,
    served: RwLock<Arc<Served>>,
    /// What each file was like when it was last looked at, whether it could be loaded or not.
    seen: Mutex<BTreeMap<PathBuf, Print>>,
}

/// What tells that a file has changed.
#[derive(Debug, Clone, PartialEq)]
struct Print {
    changed: Option<SystemTime>,
    length: u64,
    inode: u64,
}

/// What a look at the files brought.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// Models that are new or were exchanged.
    pub loaded: Vec<String>,
    /// Models whose files are gone.
    pub removed: Vec<String>,
    /// Files that could not be loaded, and why; what was served of them before goes on.
    pub refused: Vec<(PathBuf, String)>,
}

impl Models {
    /// Loads all models.
    ///
    /// # Errors
    ///
    /// A model cannot be loaded, there is none, or there is none of the default's name.
    pub fn open(settings: &Settings) -> Result<Models> {
        let models = Models {
            source: settings.models.clone(),
            taxonomy: settings.taxonomy.as_ref().map(Taxonomy::read).transpose()?.map(Arc::new),
            default: settings.default_model.clone(),
            served: RwLock::default(),
            seen: Mutex::default(),
        };
        if let ModelSource::Builtin { name, bytes } = &models.source {
            let loaded = Loaded::new(name, TopicModel::from_bytes(bytes)?, models.taxonomy.clone());
            models.exchange(|served| {
                served.insert(name.clone(), Arc::new(loaded));
            });
        } else if let Some((path, problem)) = models.look(true)?.refused.into_iter().next() {
            return Err(Error::Model { path, problem });
        }
        let served = models.all();
        if served.is_empty() {
            let what = "there is no model: train one with `topicwire train`, or leave --models out for the starter model";
            return Err(Error::Settings(what.into()));
        }
        if let Some(name) = models.default.as_deref().filter(|name| !served.contains_key(*name)) {
            let names: Vec<&str> = served.keys().map(String::as_str).collect();
            return Err(Error::Settings(format!("default-model = {name}: there are {}", names.join(", "))));
        }
        Ok(models)
    }

    /// The models of this moment.
    pub fn all(&self) -> Arc<Served> {
        Arc::clone(&self.served.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The model `name`, or without one the default.
    pub fn get(&self, name: Option<&str>) -> Option<Arc<Loaded>> {
        let served = self.served.read().unwrap_or_else(PoisonError::into_inner);
        match name.or(self.default.as_deref()) {
            Some(name) => served.get(name).cloned(),
            None => served.values().next().cloned(),
        }
    }

    /// Whether `name` is what answers where a request names no model.
    pub fn is_default(&self, name: &str) -> bool {
        self.get(None).is_some_and(|loaded| loaded.name == name)
    }

    /// Looks at the files, and loads those that have changed since the last look, or all where `again` is set. A file that is
    /// no good is refused, and what was served of it before goes on.
    pub fn look(&self, again: bool) -> Result<Changes> {
        let mut changes = Changes::default();
        let files = match &self.source {
            ModelSource::Builtin { .. } => return Ok(changes),
            ModelSource::File(path) => vec![path.clone()],
            ModelSource::Folder(folder) => files_of(folder)?,
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for path in &files {
            let Some(name) = name_of(path) else {
                continue;
            };
            let print = print_of(path);
            if !again && seen.get(path) == Some(&print) {
                continue;
            }
            seen.insert(path.clone(), print);
            match self.load(&name, path) {
                Ok(loaded) => {
                    if self.get(Some(&name)).is_none_or(|before| before.version != loaded.version) {
                        changes.loaded.push(name.clone());
                    }
                    self.exchange(|served| {
                        served.insert(name, Arc::new(loaded));
                    });
                }
                Err(error) => changes.refused.push((path.clone(), problem_of(error))),
            }
        }
        // A file that is gone for a moment comes back; one of a folder that stays away is not wanted any more.
        if let ModelSource::Folder(_) = self.source {
            seen.retain(|path, _| files.contains(path));
            let names: Vec<String> = files.iter().filter_map(|path| name_of(path)).collect();
            let gone: Vec<String> = self.all().keys().filter(|name| !names.contains(name)).cloned().collect();
            // The last model stays: a service that answers from a deleted file beats one that answers nothing.
            for name in gone {
                if self.all().len() > 1 {
                    self.exchange(|served| {
                        served.remove(&name);
                    });
                    changes.removed.push(name);
                }
            }
        }
        Ok(changes)
    }

    fn load(&self, name: &str, path: &Path) -> Result<Loaded> {
        let model = TopicModel::load_copy(path)?;
        Ok(Loaded::new(name, model, self.taxonomy.clone()))
    }

    /// Changes the list of models all at once: whoever holds the old one goes on with it.
    fn exchange(&self, change: impl FnOnce(&mut Served)) {
        let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
        let mut new = Served::clone(&served);
        change(&mut new);
        *served = Arc::new(new);
    }
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::read(folder, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) && name_of(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The name that the model in `path` is served under. Hidden files are somebody's unfinished work.
fn name_of(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    (!name.starts_with('.')).then(|| name.to_owned())
}

fn print_of(path: &Path) -> Print {
    let about = std::fs::metadata(path).ok();
    Print {
        changed: about.as_ref().and_then(|about| about.modified().ok()),
        length: about.as_ref().map_or(0, std::fs::Metadata::len),
        inode: about.as_ref().map_or(0, inode),
    }
}

#[cfg(unix)]
fn inode(about: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(about)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

fn problem_of(error: Error) -> String {
    match error {
        Error::Model { problem, .. } => problem,
        other => other.to_string(),
    }
}
