//! Two models on the same articles: which is better, and whether that is more than luck.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Given;
use crate::metrics::{
    Averages, Bootstrap, Counts, Judged, McNemar, PairedDifference, TopicSets, exact_match, mcnemar,
    paired_bootstrap,
};
use crate::{Article, Error, Result, Topic, TopicId};

/// The comparison of two models, called a and b. Differences are b's figure less a's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// How many articles there are.
    pub articles: usize,
    /// The figures of the first.
    pub a: Side,
    /// The figures of the second.
    pub b: Side,
    /// How much better the second is, with 95 % intervals.
    pub differences: PairedDifference,
    /// McNemar's test (a is the first), where every article has exactly one topic and was given exactly one by both.
    pub mcnemar: Option<McNemar>,
    /// Whether the difference is real, in one sentence.
    pub verdict: String,
    /// Topic by topic.
    pub topics: BTreeMap<Topic, TopicDifference>,
    /// The articles that a and b give different topics, in the order of the corpus.
    pub differing: Vec<Differing>,
}

/// The figures of one model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Side {
    /// Which share of articles was given exactly its topics.
    pub exact_match: f64,
    /// Averages over all pairs of an article and a topic.
    pub micro: Averages,
    /// Averages over topics.
    #[serde(rename = "macro")]
    pub macro_average: Averages,
}

/// Two models on one topic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopicDifference {
    /// How many articles have the topic.
    pub support: u64,
    /// To how many the first gives it.
    pub given_a: u64,
    /// To how many the second gives it.
    pub given_b: u64,
    /// F1 of the first.
    pub f1_a: f64,
    /// F1 of the second.
    pub f1_b: f64,
    /// The second's F1 less the first's.
    pub difference: f64,
}

/// An article that two models give different topics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// Its id.
    pub id: String,
    /// Its title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What people gave it.
    pub gold: Vec<Topic>,
    /// What the first gives it.
    pub a: Vec<Topic>,
    /// What the second gives it.
    pub b: Vec<Topic>,
}

/// A difference is called real where luck alone would bring one as large in fewer cases than this.
const LEVEL: f64 = 0.05;

/// Compares what two models give `articles`, which must be labelled.
///
/// # Errors
///
/// [`Error::Corpus`] where there are no articles, one is not labelled, or the numbers of articles differ.
///
/// ```
/// use topicwire::Article;
/// use topicwire::evaluate::{Given, compare};
///
/// let articles: Vec<Article> =
///     (0..40).map(|n| Article::new(n.to_string(), "", "").with_topics([["x", "y"][n % 2]])).collect();
/// let right = Given(articles.iter().map(|article| article.labels().to_vec()).collect());
/// let always_x = Given(vec![vec!["x".into()]; 40]);
/// let comparison = compare(&articles, &always_x, &right)?;
/// assert_eq!(comparison.mcnemar.unwrap().only_second, 20);
/// assert!(comparison.verdict.starts_with("B is better"));
/// # Ok::<(), topicwire::Error>(())
/// ```
pub fn compare(articles: &[Article], a: &Given, b: &Given) -> Result<Comparison> {
    check(articles, a, b)?;
    let labels: Vec<Vec<Topic>> = articles.iter().map(|article| article.labels().to_vec()).collect();
    let mut names: Vec<&Topic> = [&labels, &a.0, &b.0].into_iter().flatten().flatten().collect();
    names.sort_unstable();
    names.dedup();
    let sets = |rows: &[Vec<Topic>]| -> TopicSets {
        let number = |topic| names.binary_search(&topic).ok().map(|at| TopicId(at as u32));
        rows.iter().map(|row| row.iter().filter_map(number).collect::<Vec<_>>()).collect()
    };
    let (gold, given_a, given_b) = (sets(&labels), sets(&a.0), sets(&b.0));
    let judged_a = Judged::new(&gold, &given_a, names.len())?;
    let judged_b = Judged::new(&gold, &given_b, names.len())?;
    let (counts_a, counts_b) = (Counts::of(&judged_a), Counts::of(&judged_b));
    let differences = paired_bootstrap(&judged_a, &judged_b, &Bootstrap::default())?;
    let one_topic_each =
        [&gold, &given_a, &given_b].into_iter().all(|sets| sets.iter().all(|row| row.len() == 1));
    let mcnemar = one_topic_each.then(|| mcnemar(&judged_a, &judged_b)).transpose()?;
    let topics = names.iter().zip(counts_a.topics().iter().zip(counts_b.topics())).map(|(name, (a, b))| {
        let difference = TopicDifference {
            support: a.support(),
            given_a: a.given(),
            given_b: b.given(),
            f1_a: a.f1(),
            f1_b: b.f1(),
            difference: b.f1() - a.f1(),
        };
        ((*name).clone(), difference)
    });
    let differing =
        (0..articles.len()).filter(|&at| given_a.get(at) != given_b.get(at)).map(|at| Differing {
            id: articles[at].id.clone(),
            title: articles[at].title.clone(),
            gold: labels[at].clone(),
            a: a.0[at].clone(),
            b: b.0[at].clone(),
        });
    Ok(Comparison {
        articles: articles.len(),
        a: Side::new(&judged_a, &counts_a),
        b: Side::new(&judged_b, &counts_b),
        verdict: verdict(&differences, mcnemar.as_ref(), given_a == given_b),
        differences,
        mcnemar,
        topics: topics.collect(),
        differing: differing.collect(),
    })
}

fn check(articles: &[Article], a: &Given, b: &Given) -> Result<()> {
    if articles.is_empty() {
        return Err(Error::Corpus("there are no articles to compare on".into()));
    }
    if let Some(article) = articles.iter().find(|article| article.topics.is_none()) {
        return Err(Error::Corpus(format!(
            "article {} is not labelled: it cannot tell which model is right",
            article.id
        )));
    }
    for (name, given) in [("A", a), ("B", b)] {
        if given.0.len() != articles.len() {
            return Err(Error::Corpus(format!(
                "{name} gives topics to {} articles, but there are {}",
                given.0.len(),
                articles.len()
            )));
        }
    }
    Ok(())
}

impl Side {
    fn new(judged: &Judged<'_>, counts: &Counts) -> Side {
        Side {
            exact_match: exact_match(judged),
            micro: counts.micro(),
            macro_average: counts.macro_average(),
        }
    }
}

/// One sentence on whether the difference is real: by McNemar's test where an article has one topic, else by the interval
/// of micro-F1.
fn verdict(differences: &PairedDifference, mcnemar: Option<&McNemar>, same: bool) -> String {
    if same {
        return "There is no difference: both give every article the same topics.".into();
    }
    // Where every article has one topic and is given one, micro-F1 is the accuracy.
    let of = differences.micro_f1;
    let (figure, p_value, is_real) = match mcnemar {
        Some(test) => ("accuracy", test.p_value, test.p_value < LEVEL),
        None => ("micro-F1", of.p_value, of.interval.low > 0.0 || of.interval.high < 0.0),
    };
    let p_value = self::p_value(p_value);
    let range = format!(
        "B - A in {figure} {:+.4}, 95 % interval {:+.4} to {:+.4}, {p_value}",
        of.difference, of.interval.low, of.interval.high,
    );
    let name = if of.difference > 0.0 { "B" } else { "A" };
    if is_real {
        format!("{name} is better, and the difference is real: more than chance would bring ({range}).")
    } else {
        format!("No difference is shown: what there is may be the luck of these articles ({range}).")
    }
}

/// `p = 0.0123`, and `p < 0.0001` for what four digits would call 0.
pub fn p_value(p: f64) -> String {
    if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {p:.4}") }
}
