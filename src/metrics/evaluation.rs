//! All figures of a model on a corpus, in the shape in which `evaluate --json` writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Averages, Bootstrap, BootstrapIntervals, Confusion, Confusions, Counts, Coverage, CoverageCurve, Judged,
    Ranking, Reliability, Scored, Scores, TopicSets, base_rate_log_loss, bootstrap_intervals, brier_score,
    exact_match, log_loss, macro_average_precision, rank_all_pairs, rank_topics, sample_averages,
};
use crate::{Error, Result, Task, Topic};

/// What to compute beside the figures that are always there.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationOptions {
    /// How the intervals are drawn; none are with 0 resamples.
    pub bootstrap: Bootstrap,
    /// The topics' shares of the training articles, for the log loss of the base rates; `None` takes the shares
    /// in the corpus that is evaluated. A topic that training has never seen has the rate 0.
    pub base_rates: Option<Vec<f64>>,
    /// The precision at which [`Coverage`] is told.
    pub coverage_precision: f64,
    /// How many of the most frequent mistakes to list.
    pub mistakes: usize,
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        EvaluationOptions {
            bootstrap: Bootstrap::default(),
            base_rates: None,
            coverage_precision: 0.95,
            mistakes: 20,
        }
    }
}

/// All figures of a model on a corpus. What cannot be computed without probabilities is `None` where there are
/// none, and then left out of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How many articles were judged.
    pub articles: usize,
    /// Whether articles have one topic or several.
    pub task: Task,
    /// The share of articles given exactly their gold topics: the accuracy where each has one.
    pub exact_match: f64,
    /// Over all pairs of an article and a topic.
    pub micro: Averages,
    /// Over the topics that occur in gold or among the given ones, each as heavy as any other.
    #[serde(rename = "macro")]
    pub macro_average: Averages,
    /// Over topics, each as heavy as its support.
    pub weighted: Averages,
    /// Over articles.
    pub samples: Averages,
    /// Expected calibration error; see [`Reliability`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_error: Option<f64>,
    /// Log loss in nats; see [`log_loss()`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
    /// The log loss of the base rates; see [`base_rate_log_loss`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss_base: Option<f64>,
    /// Brier score; see [`brier_score`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brier: Option<f64>,
    /// Average precision over all pairs; `None` also where no pair is gold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub micro_average_precision: Option<f64>,
    /// The mean of the topics' average precision, over those that have an article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub macro_average_precision: Option<f64>,
    /// How many articles keep a topic when only sure ones are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// Probabilities against how often they come true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
    /// Bootstrap intervals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
    /// The most frequent mistakes, most frequent first.
    pub mistakes: Vec<Mistake>,
    /// The figures of every topic, by its name.
    pub topics: BTreeMap<String, TopicFigures>,
}

/// Bootstrap intervals, and how they were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// How they were drawn.
    #[serde(flatten)]
    pub bootstrap: Bootstrap,
    /// The intervals.
    #[serde(flatten)]
    pub figures: BootstrapIntervals,
}

/// How often one topic was given in another's place; see [`Confusions`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The gold topic that was missed; `None` where the given one came on top.
    pub gold: Option<String>,
    /// The topic that was given; `None` where nothing was given in its place.
    pub given: Option<String>,
    /// In how many articles.
    pub articles: u64,
}

/// The figures of one topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TopicFigures {
    /// The share of articles given the topic that have it.
    pub precision: f64,
    /// The share of articles that have the topic which were given it.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// How many articles have the topic.
    pub support: u64,
    /// How many articles were given the topic.
    pub given: u64,
    /// Average precision; `None` where no article has the topic, or there are no probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
    /// Area under the ROC curve; `None` where all articles have the topic or none has, or there are no
    /// probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
}

/// Computes all figures. `names` holds the name of each topic by its number.
///
/// ```
/// use topicwire::metrics::{EvaluationOptions, Scores, TopicSets, evaluate};
/// use topicwire::{Task, Topic};
///
/// let names = [Topic::from("energy"), Topic::from("security")];
/// let gold = TopicSets::from_indices([vec![0], vec![0, 1], vec![]]);
/// let given = TopicSets::from_indices([vec![0], vec![1], vec![]]);
/// let probabilities = Scores::from_rows(2, [[0.9, 0.1], [0.4, 0.8], [0.2, 0.1]])?;
/// let options = EvaluationOptions::default();
/// let evaluation = evaluate(&gold, &given, Some(&probabilities), &names, Task::Multi, &options)?;
/// assert_eq!(evaluation.topics["energy"].recall, 0.5);
/// assert_eq!(evaluation.micro.f1, 0.8);
/// # Ok::<(), topicwire::Error>(())
/// ```
///
/// # Errors
/// [`Error::Corpus`] where there is no article. [`Error::Settings`] where gold topics, given topics,
/// probabilities, names or base rates do not fit each other, or two topics have the same name.
pub fn evaluate(
    gold: &TopicSets,
    given: &TopicSets,
    probabilities: Option<&Scores>,
    names: &[Topic],
    task: Task,
    options: &EvaluationOptions,
) -> Result<Evaluation> {
    if gold.is_empty() {
        return Err(Error::Corpus("there is no labelled article to evaluate on".into()));
    }
    let judged = Judged::new(gold, given, names.len())?;
    let counts = Counts::of(&judged);
    let mut evaluation = Evaluation {
        articles: judged.articles(),
        task,
        exact_match: exact_match(&judged),
        micro: counts.micro(),
        macro_average: counts.macro_average(),
        weighted: counts.weighted(),
        samples: sample_averages(&judged),
        calibration_error: None,
        log_loss: None,
        log_loss_base: None,
        brier: None,
        micro_average_precision: None,
        macro_average_precision: None,
        coverage: None,
        reliability: None,
        intervals: (options.bootstrap.resamples > 0).then(|| Intervals {
            bootstrap: options.bootstrap,
            figures: bootstrap_intervals(&judged, &options.bootstrap),
        }),
        mistakes: mistakes(&judged, names, options.mistakes),
        topics: BTreeMap::new(),
    };
    let mut rankings = Vec::new();
    if let Some(probabilities) = probabilities {
        let scored = Scored::new(judged, probabilities)?;
        rankings = rank_topics(&scored);
        evaluation.judge_probabilities(&scored, &rankings, options)?;
    }
    evaluation.topics = topic_figures(&counts, &rankings, names)?;
    Ok(evaluation)
}

impl Evaluation {
    fn judge_probabilities(
        &mut self,
        scored: &Scored<'_>,
        rankings: &[Ranking],
        options: &EvaluationOptions,
    ) -> Result<()> {
        let reliability = Reliability::of(scored, self.task);
        self.calibration_error = Some(reliability.calibration_error());
        self.reliability = Some(reliability);
        self.log_loss = Some(log_loss(scored, self.task));
        let rates = options.base_rates.as_deref();
        self.log_loss_base = Some(base_rate_log_loss(scored.judged(), self.task, rates)?);
        self.brier = Some(brier_score(scored, self.task));
        self.micro_average_precision = rank_all_pairs(scored).average_precision();
        self.macro_average_precision = Some(macro_average_precision(rankings));
        self.coverage = Some(CoverageCurve::of(scored).at_precision(options.coverage_precision));
        Ok(())
    }
}

/// The figures of each topic by its name; `rankings` is empty where there are no probabilities.
fn topic_figures(
    counts: &Counts,
    rankings: &[Ranking],
    names: &[Topic],
) -> Result<BTreeMap<String, TopicFigures>> {
    let mut figures = BTreeMap::new();
    for (at, (name, topic)) in names.iter().zip(counts.topics()).enumerate() {
        let ranking = rankings.get(at);
        let of_topic = TopicFigures {
            precision: topic.precision(),
            recall: topic.recall(),
            f1: topic.f1(),
            support: topic.support(),
            given: topic.given(),
            average_precision: ranking.and_then(Ranking::average_precision),
            roc_auc: ranking.and_then(Ranking::roc_auc),
        };
        if figures.insert(name.to_string(), of_topic).is_some() {
            return Err(Error::Settings(format!("two topics have the name `{name}`")));
        }
    }
    Ok(figures)
}

fn mistakes(judged: &Judged<'_>, names: &[Topic], most: usize) -> Vec<Mistake> {
    let named = |Confusion { gold, given, articles }: Confusion| {
        let name = |topic: Option<crate::TopicId>| topic.map(|topic| names[topic.index()].to_string());
        Mistake { gold: name(gold), given: name(given), articles }
    };
    Confusions::of(judged).mistakes().into_iter().take(most).map(named).collect()
}
