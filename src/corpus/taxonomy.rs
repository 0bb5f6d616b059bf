//! The taxonomy: the user's own list of topics, with names and definitions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::corpus::record::at;
use crate::nearest::{listed, nearest};
use crate::{Error, Result, Topic};

/// What is known of a topic beyond its id. Only the id and the name are never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicInfo {
    /// What the corpus and the model call the topic.
    pub id: Topic,
    /// What people are shown.
    pub name: String,
    /// What the topic is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition: String,
    /// What belongs to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub includes: String,
    /// What does not, and where that goes instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excludes: String,
    /// The nearest name in the IPTC Media Topics.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub iptc: String,
    /// The topic that it is shown under, which implies nothing about assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Topic>,
}

/// A list of topics, each once, in the order of its file.
///
/// A file of it is TOML, with a table `[[topic]]` for each topic:
///
/// ```
/// use topicwire::Taxonomy;
///
/// let text = r#"
/// [[topic]]
/// id = "energy"
/// name = "Energy"
/// definition = "Producing, moving, pricing and using energy."
///
/// [[topic]]
/// id = "oil"
/// parent = "energy"
/// "#;
/// let taxonomy = Taxonomy::parse(text, "topics.toml")?;
/// assert_eq!(taxonomy.get("energy").unwrap().name, "Energy");
/// // Without a name, people are shown the id.
/// assert_eq!(taxonomy.get("oil").unwrap().name, "oil");
/// assert_eq!(taxonomy.nearest("enrgy").unwrap().as_str(), "energy");
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    file: PathBuf,
    topics: Vec<TopicInfo>,
    /// From the id to the place in the list.
    places: BTreeMap<Topic, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    topic: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    id: Spanned<String>,
    name: Option<String>,
    #[serde(default)]
    definition: String,
    #[serde(default)]
    includes: String,
    #[serde(default)]
    excludes: String,
    #[serde(default)]
    iptc: String,
    parent: Option<Spanned<String>>,
}

impl Taxonomy {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] where it cannot be read, and those of [`Taxonomy::parse`].
    pub fn read(path: impl AsRef<Path>) -> Result<Taxonomy> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| Error::read(path, error))?;
        Taxonomy::parse(&text, path)
    }

    /// The taxonomy that `text` spells; `file` is what messages call it.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] names the line and the mend: it is not TOML or has keys of other names, an id is blank or taken,
    /// a parent is not in the list or comes back to its own child, there are no topics.
    pub fn parse(text: &str, file: impl AsRef<Path>) -> Result<Taxonomy> {
        let file = file.as_ref();
        let wrong = |offset: usize, problem: String| Err(at(file, line_at(text, offset), problem));
        let tables: Tables = match toml::from_str(text) {
            Ok(tables) => tables,
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                return wrong(offset, error.message().trim_end().replace('\n', "; "));
            }
        };
        if tables.topic.is_empty() {
            return Err(at(file, 0, "there are no topics: write [[topic]] and id = \"…\" for each".into()));
        }
        let mut taxonomy = Taxonomy { file: file.to_owned(), topics: Vec::new(), places: BTreeMap::new() };
        let mut parents = Vec::new();
        for table in tables.topic {
            let (start, id) = (table.id.span().start, table.id.into_inner());
            if id.trim().is_empty() || id.trim() != id {
                return wrong(start, format!("the id `{id}` is empty or has blanks around it"));
            }
            if taxonomy.places.contains_key(id.as_str()) {
                return wrong(start, format!("the topic {id} is here a second time: leave one out"));
            }
            parents.push(table.parent.as_ref().map(|parent| parent.span().start));
            taxonomy.add(TopicInfo {
                name: table.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| id.clone()),
                id: id.into(),
                definition: table.definition,
                includes: table.includes,
                excludes: table.excludes,
                iptc: table.iptc,
                parent: table.parent.map(|parent| parent.into_inner().into()),
            });
        }
        for (topic, place) in taxonomy.topics.iter().zip(parents) {
            if let Some(problem) = taxonomy.problem_with_parent(topic) {
                return wrong(place.unwrap_or(0), problem);
            }
        }
        Ok(taxonomy)
    }

    fn add(&mut self, topic: TopicInfo) {
        self.places.insert(topic.id.clone(), self.topics.len());
        self.topics.push(topic);
    }

    fn problem_with_parent(&self, topic: &TopicInfo) -> Option<String> {
        let mut above = topic.parent.as_ref();
        // More steps than topics, and a parent has come back.
        for _ in 0..self.topics.len() {
            let parent = above?;
            let Some(info) = self.get(parent.as_str()) else {
                return Some(format!(
                    "the parent {parent} is no topic of this file{}",
                    self.hint(parent.as_str())
                ));
            };
            above = info.parent.as_ref();
        }
        above.map(|_| format!("the topic {} is its own parent, or its parents go in a circle", topic.id))
    }

    /// What it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The topics, in the order of the file.
    pub fn topics(&self) -> &[TopicInfo] {
        &self.topics
    }

    /// The topic of this id.
    pub fn get(&self, id: &str) -> Option<&TopicInfo> {
        self.places.get(id).map(|&place| &self.topics[place])
    }

    /// The topic that `id` is most likely a slip of, if one is near.
    pub fn nearest(&self, id: &str) -> Option<&Topic> {
        let found = nearest(id, self.topics.iter().map(|topic| topic.id.as_str()))?;
        self.get(found).map(|topic| &topic.id)
    }

    /// What is wrong with labelling an article with `topic`, and what was most likely meant; `None` where it is one of the
    /// list.
    pub fn problem_with(&self, topic: &str) -> Option<String> {
        if self.places.contains_key(topic) {
            return None;
        }
        Some(format!("the topic {topic} is not in the taxonomy {}{}", self.file.display(), self.hint(topic)))
    }

    fn hint(&self, topic: &str) -> String {
        match self.nearest(topic) {
            Some(meant) => format!(": did you mean {meant}?"),
            None => format!(": it has {}", listed(self.topics.iter().map(|topic| topic.id.as_str()))),
        }
    }

    /// The part of the list that names `topics`: these, and what they are shown under.
    pub(crate) fn part(&self, topics: &[Topic]) -> Vec<TopicInfo> {
        let mut wanted = vec![false; self.topics.len()];
        for topic in topics {
            let mut above = self.places.get(topic);
            while let Some(&place) = above
                && !wanted[place]
            {
                wanted[place] = true;
                above = self.topics[place].parent.as_ref().and_then(|parent| self.places.get(parent));
            }
        }
        let kept = self.topics.iter().zip(wanted).filter(|(_, wanted)| *wanted);
        kept.map(|(topic, _)| topic.clone()).collect()
    }
}

/// The line of the byte `offset` of `text`, counted from 1.
fn line_at(text: &str, offset: usize) -> u64 {
    let before = &text.as_bytes()[..offset.min(text.len())];
    1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64
}
