//! Which articles to label next.
//!
//! The most is learned from articles on which the model is undecided, of topics of which it has seen few, and which are not
//! like each other. Picked is greedily: what an article is worth for the topic that it would help most, times what it has
//! of its own beside those picked before. A topic's need falls with each article that is picked for its sake, as if it were
//! labelled already, so that rare topics come first without taking all places.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;
use serde::Serialize;

use super::ArticleRef;
use crate::corpus::Corpus;
use crate::model::{Assigned, Scorer};
use crate::{Task, Topic, TopicModel};

/// An article that is worth labelling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The article.
    pub article: ArticleRef,
    /// The topic that the label would help most.
    pub topic: Topic,
    /// How likely the model finds it.
    pub probability: f32,
    /// How undecided the model is about it: 1 where it could go either way, 0 where nothing is open.
    pub uncertainty: f32,
    /// How much the article resembles the nearest of those suggested before it: 0 where they share no known word, 1 where they
    /// are the same to the model.
    pub similarity: f32,
    /// The topics that the model would give.
    pub assigned: Vec<Assigned>,
}

/// The articles that are looked at closely are so many times those asked for, and [`POOL`] at least.
const POOL_TIMES: usize = 20;
const POOL: usize = 1_000;

/// An article is kept for no more than so many topics.
const TOPICS_EACH: usize = 4;

/// The `count` articles of `corpus` that are worth labelling next to improve `model`, the best first; fewer where there are
/// fewer. Articles that are labelled already, have no word, or are to the model the same as one picked before are not suggested.
///
/// ```
/// use topicwire::audit::suggest;
/// use topicwire::{Article, Corpus, TopicModel};
///
/// let corpus = Corpus::from(vec![
///     Article::new("1", "", "Crude oil prices rose as OPEC cut output.").with_topics(["energy"]),
///     Article::new("2", "", "A new pipeline will carry natural gas.").with_topics(["energy"]),
///     Article::new("3", "", "The home side won the cup final.").with_topics(["sport"]),
///     Article::new("4", "", "The coach leaves after the final.").with_topics(["sport"]),
/// ]);
/// let model = TopicModel::train(&corpus)?;
/// let unlabelled = Corpus::from(vec![
///     Article::new("clear", "", "Crude oil prices rose as OPEC cut output again."),
///     Article::new("open", "", "The pipeline coach won."),
/// ]);
/// assert_eq!(suggest(&model, &unlabelled, 1)[0].article.id, "open");
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn suggest(model: &TopicModel, corpus: &Corpus, count: usize) -> Vec<Suggestion> {
    let mut needs = Needs::of(model);
    let mut pool: Vec<Candidate> = corpus
        .articles
        .par_iter()
        .enumerate()
        .filter(|(_, article)| article.topics.is_none())
        .map_init(|| model.scorer(), |scorer, (place, _)| Candidate::of(model, scorer, corpus, place))
        .flatten()
        .collect();
    pool.sort_by(|a, b| b.worth(&needs).total_cmp(&a.worth(&needs)).then(a.place.cmp(&b.place)));
    pool.truncate(count.saturating_mul(POOL_TIMES).max(POOL));
    let features: Vec<Vec<(u32, f32)>> = pool
        .par_iter()
        .map_init(
            || model.scorer(),
            |scorer, candidate| {
                let mut features = scorer.columns_and_values(&corpus.articles[candidate.place]);
                features.sort_unstable_by_key(|feature| feature.0);
                features
            },
        )
        .collect();
    pick(&pool, &features, &mut needs, count)
        .into_iter()
        .map(|picked| {
            let candidate = &pool[picked.candidate];
            let prediction = model.predict(&corpus.articles[candidate.place]);
            Suggestion {
                article: ArticleRef::new(corpus, candidate.place),
                topic: model.topics()[picked.topic].clone(),
                probability: prediction.probabilities.get(picked.topic).copied().unwrap_or(0.0),
                uncertainty: picked.uncertainty,
                similarity: picked.similarity,
                assigned: prediction.topics,
            }
        })
        .collect()
}

/// How much each topic needs articles.
struct Needs {
    /// How many articles each topic has, those picked for it included.
    articles: Vec<f32>,
    /// What the topic in the middle has.
    middle: f32,
}

impl Needs {
    fn of(model: &TopicModel) -> Needs {
        let known = &model.card().report.topics;
        let articles: Vec<f32> = (0..model.topics().len())
            .map(|topic| known.get(topic).map_or(0.0, |report| report.articles as f32))
            .collect();
        let mut sorted = articles.clone();
        sorted.sort_by(f32::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(1.0).max(1.0);
        Needs { articles, middle }
    }

    /// The square root of how many times as many articles the middle topic has: what one more teaches falls about so.
    fn of_topic(&self, topic: usize) -> f32 {
        (self.middle / (self.articles[topic] + 1.0)).sqrt()
    }
}

/// An article that might be picked.
struct Candidate {
    place: usize,
    /// Topics about which the model is undecided, and how much.
    open: Vec<(usize, f32)>,
}

impl Candidate {
    /// The article at `place`, unless nothing is open about it.
    fn of(model: &TopicModel, scorer: &mut Scorer<'_>, corpus: &Corpus, place: usize) -> Option<Candidate> {
        let article = &corpus.articles[place];
        let prediction = model.predict_with(scorer, article);
        if prediction.known == 0.0 {
            return None;
        }
        let probabilities = &prediction.probabilities;
        let mut open: Vec<(usize, f32)> = match model.task() {
            Task::Single => {
                let mut order: Vec<usize> = (0..probabilities.len()).collect();
                order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
                let highest = order.first().map_or(0.0, |&topic| probabilities[topic]);
                let second = order.get(1).map_or(0.0, |&topic| probabilities[topic]);
                // The likeliest is as open as its lead is short; the others as they come near to it.
                let openness = |(rank, &topic): (usize, &usize)| {
                    let lead = if rank == 0 { highest - second } else { highest - probabilities[topic] };
                    (topic, (1.0 - lead) * (probabilities[topic] / highest.max(f32::MIN_POSITIVE)).min(1.0))
                };
                order.iter().enumerate().map(openness).collect()
            }
            Task::Multi => {
                let thresholds = &model.card().decision.thresholds;
                let odds = |p: f32| (p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6))).ln();
                let openness =
                    |(p, threshold): (&f32, &f32)| (-0.5 * (odds(*p) - odds(*threshold)).abs()).exp();
                probabilities.iter().zip(thresholds).map(openness).enumerate().collect()
            }
        };
        open.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        open.truncate(TOPICS_EACH);
        Some(Candidate { place, open })
    }

    /// The topic for which the article is worth most, how open it is, and what it is worth.
    fn best(&self, needs: &Needs) -> Option<(usize, f32, f32)> {
        let worth = self.open.iter().map(|&(topic, open)| (topic, open, open * needs.of_topic(topic)));
        worth.max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.cmp(&a.0)))
    }

    fn worth(&self, needs: &Needs) -> f32 {
        self.best(needs).map_or(0.0, |best| best.2)
    }
}

/// A candidate that was picked, by its place in the pool.
struct Picked {
    candidate: usize,
    topic: usize,
    uncertainty: f32,
    similarity: f32,
}

/// A candidate in the queue, with what it was worth when it was last looked at. Needs fall and similarities rise, so that it
/// is never worth more.
struct Waiting {
    worth: f32,
    candidate: usize,
    similarity: f32,
    /// How many of the picked ones it was compared with.
    compared: usize,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then(other.candidate.cmp(&self.candidate))
    }
}

fn pick(pool: &[Candidate], features: &[Vec<(u32, f32)>], needs: &mut Needs, count: usize) -> Vec<Picked> {
    let waiting = |(candidate, of): (usize, &Candidate)| Waiting {
        worth: of.worth(needs),
        candidate,
        similarity: 0.0,
        compared: 0,
    };
    let mut queue: BinaryHeap<Waiting> = pool.iter().enumerate().map(waiting).collect();
    let mut picked: Vec<Picked> = Vec::new();
    while picked.len() < count {
        let Some(mut first) = queue.pop() else { break };
        for before in &picked[first.compared..] {
            let similarity = cosine(&features[first.candidate], &features[before.candidate]);
            first.similarity = first.similarity.max(similarity);
        }
        first.compared = picked.len();
        let Some((topic, uncertainty, worth)) = pool[first.candidate].best(needs) else { continue };
        if first.similarity > SAME {
            continue;
        }
        first.worth = worth * (1.0 - first.similarity);
        if queue.peek().is_some_and(|next| *next > first) {
            queue.push(first);
            continue;
        }
        needs.articles[topic] += 1.0;
        let Waiting { candidate, similarity, .. } = first;
        picked.push(Picked { candidate, topic, uncertainty, similarity });
    }
    picked
}

/// From this similarity on, two articles are the same to the model.
const SAME: f32 = 0.999;

/// The cosine of two vectors of length 1, whose columns ascend.
fn cosine(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            Ordering::Less => i += 1,
            Ordering::Greater => j += 1,
            Ordering::Equal => {
                sum += a[i].1 * b[j].1;
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}
