//! Everything that an audit finds, in one value.

use serde::Serialize;

use super::{
    Copies, DuplicateGroup, LabelFindings, Leak, RepeatedId, TextFinding, label_findings, repeated_ids,
    text_findings,
};
use crate::corpus::Corpus;
use crate::train::{Effort, TrainSettings};
use crate::{Article, Error, Result, Topic};

/// What an audit looks for.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditSettings {
    /// From which Jaccard similarity of five-word shingles on two articles are near duplicates: above 0, at most 1.
    pub similarity: f64,
    /// How models are learned that doubt the labels; `None` leaves the labels alone. With [`Effort::Fast`], the default,
    /// no setting is chosen by the labels that are to be judged.
    pub labels: Option<TrainSettings>,
}

impl Default for AuditSettings {
    fn default() -> Self {
        let labels = Some(TrainSettings { effort: Effort::Fast, ..TrainSettings::default() });
        AuditSettings { similarity: 0.8, labels }
    }
}

/// What is wrong with a corpus. Lists have the worst first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// How many articles were looked at.
    pub articles: usize,
    /// How many of them are labelled.
    pub labelled: usize,
    /// How many articles the test corpus has, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_articles: Option<usize>,
    /// From which similarity on articles count as near duplicates.
    pub similarity: f64,
    /// Groups of articles with the same title and text, case and blanks aside.
    pub duplicates: Vec<DuplicateGroup>,
    /// Groups of articles that are nearly the same.
    pub near_duplicates: Vec<DuplicateGroup>,
    /// Articles that stand in the test corpus too, the same or nearly; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaks: Option<Vec<Leak>>,
    /// Ids that articles with different texts share.
    pub repeated_ids: Vec<RepeatedId>,
    /// Articles whose texts no label can save.
    pub texts: Vec<TextFinding>,
    /// What is doubtful about the labels; `None` where they were not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelFindings>,
    /// What could not be looked at, and why.
    pub notes: Vec<String>,
}

/// An article, as a finding names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleRef {
    /// Its place in its corpus.
    pub place: usize,
    /// Its id.
    pub id: String,
    /// Its title, or else how its text opens.
    pub opening: String,
    /// Its labels; `None` where nobody has labelled it.
    pub topics: Option<Vec<Topic>>,
}

/// An opening is so many words long at most.
const OPENING_WORDS: usize = 14;

/// An opening is so many characters long at most: a word may be of any length.
const OPENING_CHARACTERS: usize = 90;

impl ArticleRef {
    /// The article at `place` of `corpus`, which must have one there.
    pub(super) fn new(corpus: &Corpus, place: usize) -> ArticleRef {
        let article = &corpus.articles[place];
        ArticleRef {
            place,
            id: article.id.clone(),
            opening: opening(article),
            topics: article.topics.clone(),
        }
    }
}

/// The title of an article, or else how its text opens, on one line.
fn opening(article: &Article) -> String {
    let text = if article.title.trim().is_empty() { &article.text } else { &article.title };
    let words: Vec<&str> = text.split_whitespace().take(OPENING_WORDS).collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(OPENING_CHARACTERS).collect()
}

/// Looks for everything that is wrong with `corpus`, and for what it shares with the test corpus `against`.
///
/// Articles that nobody has labelled are looked at too, but for their labels.
///
/// # Errors
///
/// [`Error::Settings`] where the similarity is none, [`Error::Corpus`] where there are no articles.
pub fn audit(corpus: &Corpus, against: Option<&Corpus>, settings: &AuditSettings) -> Result<Audit> {
    let similarity = settings.similarity;
    if !(similarity > 0.0 && similarity <= 1.0) {
        return Err(Error::Settings(format!(
            "similarity = {similarity}: choose a number above 0, at most 1"
        )));
    }
    if corpus.articles.is_empty() {
        return Err(Error::Corpus("there are no articles to look at".into()));
    }
    let mut notes = Vec::new();
    let labels = match settings.labels.as_ref().map(|how| label_findings(corpus, how)).transpose() {
        Ok(findings) => findings,
        // Copies and texts are worth knowing all the same.
        Err(Error::Corpus(problem)) => {
            notes.push(format!("the labels ({problem})"));
            None
        }
        Err(other) => return Err(other),
    };
    let copies = Copies::find(corpus, against, similarity);
    Ok(Audit {
        articles: corpus.articles.len(),
        labelled: corpus.labelled(),
        test_articles: against.map(|test| test.articles.len()),
        similarity,
        duplicates: copies.duplicates,
        near_duplicates: copies.near_duplicates,
        leaks: copies.leaks,
        repeated_ids: repeated_ids(corpus, against),
        texts: text_findings(corpus),
        labels,
        notes,
    })
}

impl Audit {
    /// The articles without those that another one before them repeats word for word, and without those that stand in the
    /// test corpus too, the same or nearly. Of copies, the first stays, with its own topics. `corpus` must be the one that
    /// was looked at.
    pub fn cleaned(&self, corpus: &Corpus) -> Corpus {
        let mut stays = vec![true; corpus.articles.len()];
        let repeats = self.duplicates.iter().flat_map(|group| group.members.iter().skip(1));
        let leaks = self.leaks.iter().flatten().map(|leak| &leak.article);
        for article in repeats.map(|member| &member.article).chain(leaks) {
            if let Some(stays) = stays.get_mut(article.place) {
                *stays = false;
            }
        }
        let staying = corpus.articles.iter().zip(stays).filter(|(_, stays)| *stays);
        Corpus::from(staying.map(|(article, _)| article.clone()).collect::<Vec<_>>())
    }
}
