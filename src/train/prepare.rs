//! The corpus, read once into numbers from which every candidate starts.

use std::collections::BTreeMap;
use std::ops::Range;

use super::character_ngrams::character_ngrams;
use super::kin::kin;
use super::languages::languages_of;
use super::{Effort, TrainSettings};
use crate::corpus::grouped_folds;
use crate::decide::SHORTLIST;
use crate::features::{Bags, Documents, Vocabulary, VocabularyLimits, are_short};
use crate::nearest::{listed, nearest};
use crate::text::Analyzer;
use crate::{Article, Error, Result, Task, Topic};

/// A model numbers its topics in 16 bits.
const TOO_MANY_TOPICS: usize = 1 << 16;

/// The longest lead that is tried, in tokens.
pub(super) const LONGEST_LEAD: u32 = 120;

/// How the words of a corpus became terms.
pub(super) struct Words {
    pub analyzer: Analyzer,
    pub vocabulary: Vocabulary,
}

/// A corpus as numbers.
#[derive(Clone)]
pub(super) struct Prepared {
    pub task: Task,
    /// How many terms there are, character n-grams among them.
    pub terms: usize,
    /// Which of them are n-grams of words.
    pub ngrams: Range<usize>,
    /// In how many articles a term had to occur.
    pub min_articles: u32,
    pub bags: Bags,
    /// The topics, sorted by name.
    pub topics: Vec<Topic>,
    /// The topics of each article, ascending.
    pub targets: Vec<Vec<u32>>,
    /// The fold of each article; [`NO_FOLD`] of those without labels, which are never asked about.
    pub fold: Vec<u8>,
    pub folds: u8,
    /// Which articles have no labels; empty where all have.
    pub unlabelled: Vec<bool>,
}

/// More than there are folds.
const NO_FOLD: u8 = u8::MAX;

impl Prepared {
    pub fn new(articles: &[Article], settings: &TrainSettings) -> Result<(Prepared, Words)> {
        check_labelled(articles, settings)?;
        let topics = topics_of(articles)?;
        check_topic_targets(settings, &topics)?;
        let number: BTreeMap<&str, u32> =
            topics.iter().zip(0..).map(|(topic, at)| (topic.as_str(), at)).collect();
        let targets: Vec<Vec<u32>> = articles
            .iter()
            .map(|article| {
                let mut row: Vec<u32> = article.labels().iter().map(|topic| number[topic.as_str()]).collect();
                row.sort_unstable();
                row.dedup();
                row
            })
            .collect();
        let task = task_of(articles, &targets, settings)?;
        let short = are_short(articles);
        let analyzer = Analyzer {
            languages: match &settings.languages[..] {
                [] => languages_of(articles),
                said => said.to_vec(),
            },
            stem: settings.stem,
            numbers: settings.numbers,
            symbols: settings.symbols.unwrap_or(short),
            ngrams: usual_ngrams(settings, short, topics.len()),
            opening_pairs: settings.opening_pairs,
        };
        let limits = VocabularyLimits {
            min_articles: settings.min_articles,
            max_terms: settings.max_terms,
            character_ngrams: character_ngrams(settings, short, topics.len())?,
        };
        let (vocabulary, documents) = Vocabulary::build(articles, &analyzer, limits);
        if vocabulary.terms.is_empty() {
            return Err(Error::Corpus(format!(
                "no word occurs in {} or more of the {} articles: give more text, or set --min-articles 1",
                vocabulary.min_articles,
                articles.len()
            )));
        }
        let usual = usual_folds(articles.len(), settings.effort);
        let folds = settings.folds.unwrap_or(usual).min(articles.len().clamp(2, 255) as u8);
        let (bags, mut fold) = rayon::join(
            || bags(&vocabulary, &documents, settings),
            || grouped_folds(&targets, &kin(articles, &documents, &vocabulary), folds, settings.seed),
        );
        let mut unlabelled: Vec<bool> = articles.iter().map(|article| article.topics.is_none()).collect();
        if !unlabelled.contains(&true) {
            unlabelled.clear();
        }
        let without = fold.iter_mut().zip(&unlabelled).filter(|(_, unlabelled)| **unlabelled);
        without.for_each(|(fold, _)| *fold = NO_FOLD);
        let terms = vocabulary.terms.len() + vocabulary.character_ngrams.len();
        let (ngrams, min_articles) = (vocabulary.ngrams(), vocabulary.min_articles);
        let prepared =
            Prepared { task, terms, ngrams, min_articles, bags, topics, targets, fold, folds, unlabelled };
        Ok((prepared, Words { analyzer, vocabulary }))
    }

    /// About `articles` of the articles at most, evenly spread, in the folds that they have, with about `topics` of the
    /// topics at most, rare and frequent ones; `None` where that is all. Where articles have exactly one topic, they are
    /// those that have one of these. Articles without labels are no part of it.
    pub fn sample(&self, articles: usize, topics: usize) -> Option<Prepared> {
        if self.len() <= articles && self.topics.len() <= topics && self.unlabelled.is_empty() {
            return None;
        }
        let number = self.some_topics(topics);
        let within = |row: &usize| {
            let known = |row: usize| number[self.targets[row][0] as usize].is_some();
            stays(&self.unlabelled, *row) && (self.task == Task::Multi || known(*row))
        };
        let all: Vec<usize> = (0..self.len()).filter(within).collect();
        let count = all.len().min(articles);
        let rows: Vec<usize> = (0..count).map(|at| all[at * all.len() / count]).collect();
        let topics = self.topics.iter().zip(&number).filter(|(_, number)| number.is_some());
        let targets = |row: &usize| self.targets[*row].iter().filter_map(|&t| number[t as usize]).collect();
        Some(Prepared {
            task: self.task,
            terms: self.terms,
            ngrams: self.ngrams.clone(),
            min_articles: self.min_articles,
            bags: self.bags.select(&rows),
            topics: topics.map(|(topic, _)| topic.clone()).collect(),
            targets: rows.iter().map(targets).collect(),
            fold: rows.iter().map(|&row| self.fold[row]).collect(),
            folds: self.folds,
            unlabelled: Vec::new(),
        })
    }

    /// The new number of each topic that is among `most` of them, evenly spread from the most frequent to the rarest.
    fn some_topics(&self, most: usize) -> Vec<Option<u32>> {
        let mut articles = vec![0_u32; self.topics.len()];
        self.targets.iter().flatten().for_each(|&topic| articles[topic as usize] += 1);
        let mut by_frequency: Vec<usize> = (0..articles.len()).collect();
        by_frequency.sort_by_key(|&topic| (std::cmp::Reverse(articles[topic]), topic));
        let count = by_frequency.len().min(most);
        let mut taken: Vec<usize> =
            (0..count).map(|at| by_frequency[at * by_frequency.len() / count]).collect();
        taken.sort_unstable();
        let mut number = vec![None; articles.len()];
        taken.into_iter().zip(0..).for_each(|(topic, new)| number[topic] = Some(new));
        number
    }

    /// The topics in the portions in which they are learned: no more at a time than come into question for an article.
    pub fn portions(&self) -> Vec<Range<usize>> {
        let topics = self.topics.len();
        (0..topics).step_by(SHORTLIST).map(|start| start..topics.min(start + SHORTLIST)).collect()
    }

    /// Whether article `row` has topic number `topic`.
    pub fn has(&self, row: u32, topic: usize) -> bool {
        self.targets[row as usize].binary_search(&(topic as u32)).is_ok()
    }

    /// How many articles have labels.
    pub fn labelled(&self) -> usize {
        self.len() - self.unlabelled.iter().filter(|unlabelled| **unlabelled).count()
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// How many of the folds, from the first, are scored to tell what scores mean: where articles have several topics, as many
    /// as give every topic's threshold and probabilities articles enough. Where they have exactly one there are no thresholds,
    /// and the few numbers that are the same for all topics are known from a part of the articles, which is what little
    /// effort takes.
    pub fn telling_folds(&self, effort: Effort) -> u8 {
        match (self.task, effort) {
            (Task::Single, Effort::Fast) => self.folds_with(TELLING),
            (Task::Single, _) => self.folds,
            (Task::Multi, _) => {
                let mut articles = vec![0_usize; self.topics.len()];
                let tells = |fold: &u8| {
                    let here = self.targets.iter().zip(&self.fold).filter(|(_, of)| *of == fold);
                    here.flat_map(|(topics, _)| topics).for_each(|&topic| articles[topic as usize] += 1);
                    articles.iter().all(|&articles| articles >= TELLING_TOPIC)
                };
                (0..self.folds).find(tells).map_or(self.folds, |last| last + 1)
            }
        }
    }

    /// How many folds hold about so many articles; all where there are fewer.
    pub fn folds_with(&self, articles: usize) -> u8 {
        let enough = (articles * usize::from(self.folds)).div_ceil(self.len().max(1));
        self.folds.min(enough.clamp(1, 255) as u8)
    }

    /// The rows of the articles outside fold `fold`, and those in it.
    pub fn split(&self, fold: u8) -> (Vec<u32>, Vec<u32>) {
        (0..self.len() as u32).partition(|&row| self.fold[row as usize] != fold)
    }
}

/// With fewer articles, what a fold leaves out is missed more: its scores are lower than those of the model that learns from
/// all, and thresholds found on them too low. More folds cost little then.
fn usual_folds(articles: usize, effort: Effort) -> u8 {
    match articles {
        ..2_000 => 20,
        2_000..5_000 => 10,
        _ if effort == Effort::Fast => 3,
        // Two thirds of very many articles teach what all of them do.
        MANY_ARTICLES.. => 3,
        _ => 5,
    }
}

/// So many articles are very many.
const MANY_ARTICLES: usize = 200_000;

/// So many articles tell what scores mean, where articles have exactly one topic.
const TELLING: usize = 2_500;

/// So many articles of a topic tell its threshold and its probabilities.
const TELLING_TOPIC: usize = 2_000;

/// Whether article `row` is learned from, where `left_out` says which are not; empty: none.
pub(super) fn stays(left_out: &[bool], row: usize) -> bool {
    !left_out.get(row).copied().unwrap_or(false)
}

fn check_labelled(articles: &[Article], settings: &TrainSettings) -> Result<()> {
    if articles.is_empty() {
        return Err(Error::Corpus("the corpus has no articles: there is nothing to learn from".into()));
    }
    match articles.iter().find(|article| article.topics.is_none()) {
        Some(article) if !settings.self_training => Err(Error::Corpus(format!(
            "article {} is not labelled: give it \"topics\" (an empty list if none fits), leave such articles out with \
             --unlabelled skip, or learn from them too with --self-training",
            article.id
        ))),
        _ => Ok(()),
    }
}

/// The topics of labelled articles, sorted by name.
fn topics_of(articles: &[Article]) -> Result<Vec<Topic>> {
    let mut topics: Vec<Topic> = articles.iter().flat_map(Article::labels).cloned().collect();
    topics.sort_unstable();
    topics.dedup();
    match topics.len() {
        TOO_MANY_TOPICS.. => Err(Error::Corpus(format!(
            "the corpus has {} topics, and a model holds {} at most: are the topics in the right column or key?",
            topics.len(),
            TOO_MANY_TOPICS - 1
        ))),
        0 => Err(Error::Corpus("no article has a topic: there is nothing to tell apart".into())),
        1 if articles
            .iter()
            .all(|article| article.topics.as_ref().is_none_or(|topics| !topics.is_empty())) =>
        {
            Err(Error::Corpus(format!(
                "every article has the same topic, {}: give articles without it too, labelled with other topics or none",
                topics[0]
            )))
        }
        _ => Ok(topics),
    }
}

/// A target for a topic that is not there would be passed over in silence.
fn check_topic_targets(settings: &TrainSettings, topics: &[Topic]) -> Result<()> {
    let Some(unknown) = settings.topic_targets.keys().find(|topic| topics.binary_search(topic).is_err())
    else {
        return Ok(());
    };
    let names = || topics.iter().map(Topic::as_str);
    let hint = match nearest(unknown.as_str(), names()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("the topics are {}", listed(names())),
    };
    Err(Error::Settings(format!("topic-target: no article has the topic {unknown}: {hint}")))
}

fn task_of(articles: &[Article], targets: &[Vec<u32>], settings: &TrainSettings) -> Result<Task> {
    let labelled = |row: usize| articles[row].topics.is_some();
    let other = targets.iter().enumerate().position(|(row, topics)| labelled(row) && topics.len() != 1);
    match (settings.task, other) {
        (Some(Task::Single), Some(row)) => Err(Error::Corpus(format!(
            "article {} has {} topics, but with --task single every article has exactly one: mend it, or leave the \
             task to be found",
            articles[row].id,
            targets[row].len()
        ))),
        (Some(task), _) => Ok(task),
        (None, None) => Ok(Task::Single),
        (None, Some(_)) => Ok(Task::Multi),
    }
}

/// The most words of a term in a corpus of so many `topics`, whose articles may be `short`. Pairs pay where they are, and would make
/// the model of long ones several times as large.
fn usual_ngrams(settings: &TrainSettings, short: bool, topics: usize) -> u8 {
    let may_be = !settings.opening_pairs && settings.classifier.is_discriminative() && topics <= SHORTLIST;
    settings.ngrams.unwrap_or(if may_be && short { 2 } else { 1 })
}

/// The terms of each article, counted.
fn bags(vocabulary: &Vocabulary, documents: &Documents, settings: &TrainSettings) -> Bags {
    let terms = vocabulary.terms.len();
    let bags = Bags::new(documents, terms, settings.lead_tokens.unwrap_or(LONGEST_LEAD));
    match vocabulary.character_ngrams.is_empty() {
        true => bags,
        false => bags.with_character_ngrams(&vocabulary.character_ngrams, terms),
    }
}
