//! The SQLite file of corrections.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, Row, params};

use super::{Correction, NewCorrection};
use crate::serve::FeedbackSettings;
use crate::{Error, Result, Topic};

/// Corrections on disk. What [`Store::add`] has returned is there after a crash of the process or of the machine; what was
/// removed is overwritten.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

/// Where corrections are kept if nobody says where: in the folder that systemd gives a service, else in the user's data.
/// `None` where neither is known.
pub fn default_path() -> Option<PathBuf> {
    let folder =
        |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = || {
        let data = folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")));
        data.map(|data| data.join("topicwire"))
    };
    folder("STATE_DIRECTORY").or_else(own).map(|folder| folder.join("feedback.sqlite"))
}

/// The version of the tables, in SQLite's own field for it.
const SCHEMA: i64 = 1;

/// How long to wait for another process that writes, `topicwire feedback purge` say.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the file that `settings` name, and makes it where it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] where it cannot be opened or is something else.
    pub fn open(settings: &FeedbackSettings) -> Result<Store> {
        let path = &settings.path;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, error))?;
        }
        private(path)?;
        let store = Store::connect(path)?;
        if let Some(bytes) = settings.max_bytes {
            let failed = |error| store.failed(error);
            let page: i64 =
                store.connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(failed)?;
            let pages = (i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1)).max(1);
            store
                .connection
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
                .map_err(failed)?;
        }
        Ok(store)
    }

    /// Opens the file at `path`, which must be there.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] where it is not, or is something else.
    pub fn open_existing(path: &Path) -> Result<Store> {
        std::fs::metadata(path).map_err(|error| Error::read(path, error))?;
        Store::connect(path)
    }

    fn connect(path: &Path) -> Result<Store> {
        let failed = |error: rusqlite::Error| Error::read(path, std::io::Error::other(error));
        let connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
            .map_err(failed)?;
        let version: i64 =
            connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
        if version > SCHEMA {
            let problem = format!(
                "it is of version {version}, and this topicwire knows up to {SCHEMA}: get a newer one"
            );
            return Err(Error::read(path, std::io::Error::other(problem)));
        }
        connection
            .execute_batch(&format!(
                "CREATE TABLE IF NOT EXISTS correction (
                     id INTEGER PRIMARY KEY AUTOINCREMENT,
                     time TEXT NOT NULL,
                     model TEXT NOT NULL,
                     version TEXT NOT NULL,
                     article TEXT NOT NULL,
                     title TEXT NOT NULL,
                     text TEXT NOT NULL,
                     language TEXT,
                     before TEXT NOT NULL,
                     topics TEXT NOT NULL
                 ) STRICT;
                 CREATE INDEX IF NOT EXISTS correction_time ON correction (time);
                 PRAGMA user_version = {SCHEMA};"
            ))
            .map_err(failed)?;
        Ok(Store { path: path.to_owned(), connection })
    }

    fn failed(&self, error: rusqlite::Error) -> Error {
        Error::write(&self.path, std::io::Error::other(error))
    }

    /// Keeps `corrections`, all or none, and returns once they are on the disk: them as they are kept, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]: the disk is full, say.
    pub fn add(&mut self, corrections: &[NewCorrection]) -> Result<Vec<Correction>> {
        let path = self.path.clone();
        let failed = |error: rusqlite::Error| Error::write(&path, std::io::Error::other(error));
        let time = time_text(SystemTime::now());
        let transaction = self.connection.transaction().map_err(failed)?;
        let mut kept = Vec::with_capacity(corrections.len());
        for new in corrections {
            let json = |value: Result<String, serde_json::Error>| {
                value.map_err(|error| Error::write(&path, std::io::Error::other(error)))
            };
            let before = json(serde_json::to_string(&new.before))?;
            let topics = json(serde_json::to_string(&new.topics))?;
            let article = &new.article;
            transaction
                .prepare(
                    "INSERT INTO correction (time, model, version, article, title, text, language, before, topics) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )
                .and_then(|mut insert| {
                    let (id, title, text, language) = (&article.id, &article.title, &article.text, &article.language);
                    insert.execute(params![time, new.model, new.version, id, title, text, language, before, topics])
                })
                .map_err(failed)?;
            kept.push(Correction {
                id: transaction.last_insert_rowid(),
                time: time.clone(),
                model: new.model.clone(),
                version: new.version.clone(),
                article: article.id.clone(),
                title: article.title.clone(),
                text: article.text.clone(),
                language: article.language.clone(),
                before: new.before.clone(),
                topics: new.topics.clone(),
            });
        }
        transaction.commit().map_err(failed)?;
        Ok(kept)
    }

    /// Up to `limit` corrections, the latest first, of those before the number `before`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] where the file cannot be read.
    pub fn list(&self, before: i64, limit: usize) -> Result<Vec<Correction>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = "SELECT * FROM correction WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
        let mut statement = self.connection.prepare(query).map_err(|error| self.failed(error))?;
        let rows =
            statement.query_map(params![before, limit], correction).map_err(|error| self.failed(error))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|error| self.failed(error))
    }

    /// Removes the correction `id` for good; whether there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn remove(&mut self, id: i64) -> Result<bool> {
        let removed = self.connection.execute("DELETE FROM correction WHERE id = ?1", [id]);
        let removed = removed.map_err(|error| self.failed(error))?;
        self.forget()?;
        Ok(removed > 0)
    }

    /// Removes for good all corrections that are older than `age`; how many there were.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn purge(&mut self, age: Duration) -> Result<usize> {
        let limit = SystemTime::now().checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH);
        let removed = self.connection.execute("DELETE FROM correction WHERE time <= ?1", [time_text(limit)]);
        let removed = removed.map_err(|error| self.failed(error))?;
        if removed > 0 {
            self.forget()?;
        }
        Ok(removed)
    }

    /// What was removed still stands in the log of writes until the log is emptied.
    fn forget(&mut self) -> Result<()> {
        let emptied =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        match emptied {
            Ok(0) => Ok(()),
            Ok(_) => {
                tracing::warn!(
                    "somebody reads the corrections: what was removed is overwritten when they are done"
                );
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Gives the space of what was removed back to the system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn compact(&mut self) -> Result<()> {
        self.connection.execute_batch("VACUUM").map_err(|error| self.failed(error))?;
        self.forget()
    }

    /// The latest correction of each article, in the order in which articles were first corrected. Articles are told apart by
    /// title and text: ids of pasted ones are not their own.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] where the file cannot be read.
    pub fn latest(&self) -> Result<Vec<Correction>> {
        let query = "SELECT correction.* FROM correction JOIN \
                     (SELECT MAX(id) AS last, MIN(id) AS first FROM correction GROUP BY title, text) \
                     ON id = last ORDER BY first";
        let mut statement = self.connection.prepare(query).map_err(|error| self.failed(error))?;
        let rows = statement.query_map([], correction).map_err(|error| self.failed(error))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|error| self.failed(error))
    }
}

/// Text of articles is not for everybody on the machine: the file is its owner's.
fn private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| Error::write(path, error))
}

/// Times of one length, so that they sort as text.
fn time_text(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn correction(row: &Row<'_>) -> rusqlite::Result<Correction> {
    let json_error = |error: serde_json::Error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    };
    let before: String = row.get("before")?;
    let topics: String = row.get("topics")?;
    Ok(Correction {
        id: row.get("id")?,
        time: row.get("time")?,
        model: row.get("model")?,
        version: row.get("version")?,
        article: row.get("article")?,
        title: row.get("title")?,
        text: row.get("text")?,
        language: row.get("language")?,
        before: serde_json::from_str(&before).map_err(json_error)?,
        topics: serde_json::from_str::<Vec<Topic>>(&topics).map_err(json_error)?,
    })
}
