//! Topics that cannot be told: too rare, not learned, or the same as another.

use std::collections::BTreeMap;

use serde::Serialize;

use super::confident::LEARNED;
use crate::metrics::{Judged, Scored, Scores, TopicSets, rank_topics};
use crate::{Result, Task, Topic, TopicId};

/// A topic with fewer articles than this can hardly be learned or measured.
const RARE: usize = 5;

/// Two topics overlap where at least this share of the rarer one's articles is told as the other.
const CONFUSED: f64 = 0.25;

/// Two topics are nearly one where this share of the articles that have either has both.
const TOGETHER: f64 = 0.6;

/// Fewer articles than this make no overlap.
const OVERLAP_ARTICLES: usize = 3;

/// How well a topic can be told from the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicReview {
    /// The topic.
    pub topic: Topic,
    /// How many articles have it.
    pub articles: usize,
    /// How well models that have not seen an article rank those that have the topic above the others: 1 is perfectly.
    pub average_precision: Option<f64>,
    /// What is wrong with it, if anything.
    pub problem: Option<TopicTrouble>,
}

/// What is wrong with a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TopicTrouble {
    /// It has fewer than five articles.
    Rare,
    /// Its articles do not stand out from the others: average precision below .3.
    NotLearned,
}

/// Two topics that are not told apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicOverlap {
    /// The one, by name the first.
    pub first: Topic,
    /// The other.
    pub second: Topic,
    /// How they overlap.
    pub kind: OverlapKind,
    /// How many articles show it.
    pub articles: usize,
    /// Which share that is: of the articles of the rarer topic that are told as the other, or of the articles with either
    /// that have both.
    pub share: f64,
}

/// How two topics overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlapKind {
    /// Articles of the one are told as the other, by models that have not seen them.
    Confused,
    /// Articles with the one mostly have the other too.
    Together,
}

/// A review of every topic, in their order. `probabilities` are articles × topics, by models that have not seen the article.
pub(super) fn reviews(
    probabilities: &[Vec<f32>],
    targets: &[Vec<u32>],
    topics: &[Topic],
    task: Task,
) -> Result<Vec<TopicReview>> {
    let mut gold = TopicSets::new();
    targets.iter().for_each(|row| gold.push(row.iter().map(|&topic| TopicId(topic))));
    let scores = Scores::from_rows(topics.len(), probabilities)?;
    let scored = Scored::new(Judged::new(&gold, &gold, topics.len())?, &scores)?;
    let mut counts = vec![0; topics.len()];
    targets.iter().flatten().for_each(|&topic| counts[topic as usize] += 1);
    let rankings = rank_topics(&scored);
    let review = |((topic, articles), ranking): ((&Topic, usize), &crate::metrics::Ranking)| {
        let average_precision = ranking.average_precision();
        let learned = average_precision.is_some_and(|precision| precision >= LEARNED);
        // Where every topic competes with all others, a rare one that is told is no trouble.
        let rare = articles < RARE && !(learned && task == Task::Single);
        let problem = match (rare, learned) {
            (true, _) => Some(TopicTrouble::Rare),
            (false, false) => Some(TopicTrouble::NotLearned),
            (false, true) => None,
        };
        TopicReview { topic: topic.clone(), articles, average_precision, problem }
    };
    Ok(topics.iter().zip(counts).zip(&rankings).map(review).collect())
}

/// The pairs of topics that are not told apart.
pub(super) fn overlaps(
    probabilities: &[Vec<f32>],
    targets: &[Vec<u32>],
    topics: &[Topic],
    task: Task,
) -> Vec<TopicOverlap> {
    let mut counts = vec![0_usize; topics.len()];
    targets.iter().flatten().for_each(|&topic| counts[topic as usize] += 1);
    // By pair of topics, the smaller number first: articles of the one told as the other, and articles that have both.
    let mut confused: BTreeMap<(u32, u32), [usize; 2]> = BTreeMap::new();
    let mut both: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (row, of) in targets.iter().zip(probabilities) {
        for (n, &one) in row.iter().enumerate() {
            row[n + 1..].iter().for_each(|&other| *both.entry((one, other)).or_default() += 1);
        }
        let told: Vec<u32> = match task {
            Task::Single => {
                let likeliest = |a: &usize, b: &usize| of[*a].total_cmp(&of[*b]).then(b.cmp(a));
                (0..of.len()).max_by(likeliest).map(|topic| topic as u32).into_iter().collect()
            }
            Task::Multi => (0..of.len() as u32).filter(|&topic| of[topic as usize] >= 0.5).collect(),
        };
        for &given in row.iter().filter(|given| !told.contains(given)) {
            for &instead in told.iter().filter(|told| !row.contains(told)) {
                let side = usize::from(given > instead);
                confused.entry((given.min(instead), given.max(instead))).or_default()[side] += 1;
            }
        }
    }
    let mut found = Vec::new();
    let mut add = |(one, other): (u32, u32), kind, articles: usize, share: f64, least: f64| {
        if articles >= OVERLAP_ARTICLES && share >= least {
            let (first, second) = (topics[one as usize].clone(), topics[other as usize].clone());
            found.push(TopicOverlap { first, second, kind, articles, share });
        }
    };
    for (&pair, sides) in &confused {
        let sizes = [counts[pair.0 as usize], counts[pair.1 as usize]];
        let rarer = usize::from(sizes[1] < sizes[0]);
        add(
            pair,
            OverlapKind::Confused,
            sides[rarer],
            sides[rarer] as f64 / sizes[rarer].max(1) as f64,
            CONFUSED,
        );
    }
    for (&pair, &both) in &both {
        let either = counts[pair.0 as usize] + counts[pair.1 as usize] - both;
        add(pair, OverlapKind::Together, both, both as f64 / either.max(1) as f64, TOGETHER);
    }
    found.sort_by(|a, b| {
        b.share
            .total_cmp(&a.share)
            .then(b.articles.cmp(&a.articles))
            .then_with(|| a.first.cmp(&b.first))
            .then_with(|| a.second.cmp(&b.second))
    });
    found
}
