//! Whether new articles are still like those that a model learned from.
//!
//! Nobody has labelled new articles, so how good the model is on them cannot be measured. What can be seen is whether what
//! it goes by has changed: words that it does not know, topics that come more or less often, probabilities that no longer
//! reach what they reached in training, other languages. Each such change is a reason to label some of the new articles
//! and to learn from them. The reverse does not hold: a model can be sure and wrong.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::metrics::Interval;
use crate::model::{Prediction, TopicModel};
use crate::text::Language;
use crate::{Article, Topic};

/// Without a baseline: from this share of unknown words on, an article's topics rest on too little. Articles like those
/// learned from stay well below it.
const UNKNOWN_WORDS: f64 = 0.3;
/// With a baseline: this much more than there.
const MORE_UNKNOWN_WORDS: f64 = 0.05;
/// The expected F1 may fall by so much.
const LESS_CONFIDENCE: f64 = 0.05;
/// This share of articles may be in languages that the model has not learned.
const OTHER_LANGUAGES: f64 = 0.1;
/// A topic's rate has changed where it did by this factor…
const RATE_FACTOR: f64 = 1.5;
/// … by this share of all articles …
const RATE_CHANGE: f64 = 0.005;
/// … and would seldom do so by chance: this is for all topics together.
const RATE_LEVEL: f64 = 0.01;
/// A warning names so many topics; the report has all.
const NAMED: usize = 5;
/// Shorter texts, in bytes, do not tell their language.
const LANGUAGE_TEXT: usize = 400;

/// Watches articles pass, and says how they differ from those that the model learned from.
///
/// ```
/// use topicwire::evaluate::{Monitor, WarningKind};
/// use topicwire::{Article, Corpus, TopicModel};
///
/// let article = |n: usize| {
///     let (topic, word) = if n % 2 == 0 { ("energy", "crude oil") } else { ("sport", "cup match") };
///     Article::new(n.to_string(), "", format!("{word} {n}")).with_topics([topic])
/// };
/// let model = TopicModel::train(&Corpus::from((0..20).map(article).collect::<Vec<_>>()))?;
/// let mut monitor = Monitor::new(&model);
/// let article = Article::new("1", "", "Bundestag beschließt Gesetz");
/// monitor.add(&article, &model.predict(&article));
/// let report = monitor.report(None);
/// assert_eq!(report.unknown_words, 1.0);
/// assert!(report.warnings.iter().any(|warning| warning.kind == WarningKind::UnknownWords));
/// # Ok::<(), topicwire::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Monitor<'m> {
    model: &'m TopicModel,
    articles: u64,
    /// Articles that have any word at all, and the shares of their words that are unknown.
    with_words: u64,
    unknown: f64,
    without_topic: u64,
    /// For each topic, to how many articles it was given.
    given: Vec<u64>,
    /// For each topic, the sum of its probabilities: how many articles have it, as far as the model can tell.
    expected: Vec<f64>,
    /// The sum of the probabilities of topics that were given: how many are right, as far as the model can tell.
    right: f64,
    languages: BTreeMap<&'static str, u64>,
}

/// How new articles differ from those that a model learned from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonitorReport {
    /// How many articles there are.
    pub articles: u64,
    /// The mean share of words that the model does not know.
    pub unknown_words: f64,
    /// The same for the baseline.
    pub baseline_unknown_words: Option<f64>,
    /// The F1 over all pairs of an article and a topic that the model expects by its own probabilities; the accuracy where
    /// each article has exactly one topic.
    pub expected_f1: f64,
    /// The same for the baseline.
    pub baseline_expected_f1: Option<f64>,
    /// F1 out of fold in training, topics weighted by their articles.
    pub training_f1: f64,
    /// The share of articles given no topic.
    pub without_topic: f64,
    /// The share of articles without a topic in training.
    pub training_without_topic: f64,
    /// In which languages so many articles are, of those long enough to tell.
    pub languages: BTreeMap<&'static str, u64>,
    /// The share of these in languages that the model has not learned.
    pub other_languages: f64,
    /// Topic by topic.
    pub topics: BTreeMap<Topic, TopicRate>,
    /// What has changed so much that the model should be looked after; empty where nothing has.
    pub warnings: Vec<Warning>,
}

/// How often a topic comes, now and in training. Rates are shares of all articles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopicRate {
    /// To how many articles it was given.
    pub given: u64,
    /// Its rate in training.
    pub training_rate: f64,
    /// Its rate now: the mean of its probabilities, which, unlike the share of articles given it, thresholds do not bend.
    pub rate: f64,
    /// The 95 % interval of the rate (Wilson 1927).
    pub interval: Interval,
    /// The probability of so large a difference by chance.
    pub p_value: f64,
    /// Whether the rate has changed, by size and beyond chance.
    pub changed: bool,
}

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningKind {
    /// Too many words are unknown.
    UnknownWords,
    /// Topics come more or less often.
    TopicRates,
    /// Probabilities do not reach what they reached.
    Confidence,
    /// Articles are in other languages.
    Language,
}

/// Something that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// What it is, in words.
    pub message: String,
}

impl<'m> Monitor<'m> {
    /// A monitor of articles that `model` predicts.
    pub fn new(model: &'m TopicModel) -> Monitor<'m> {
        let topics = model.topics().len();
        Monitor {
            model,
            articles: 0,
            with_words: 0,
            unknown: 0.0,
            without_topic: 0,
            given: vec![0; topics],
            expected: vec![0.0; topics],
            right: 0.0,
            languages: BTreeMap::new(),
        }
    }

    /// Watches an article pass, with what the model says of it.
    pub fn add(&mut self, article: &Article, prediction: &Prediction) {
        self.articles += 1;
        if [&article.title, &article.text].into_iter().any(|text| text.contains(char::is_alphanumeric)) {
            self.with_words += 1;
            self.unknown += f64::from(1.0 - prediction.known);
        }
        self.without_topic += u64::from(prediction.topics.is_empty());
        for assigned in &prediction.topics {
            self.right += f64::from(assigned.probability);
            if let Ok(topic) = self.model.topics().binary_search(&assigned.topic) {
                self.given[topic] += 1;
            }
        }
        for (sum, &probability) in self.expected.iter_mut().zip(&prediction.probabilities) {
            *sum += f64::from(probability);
        }
        let stated = article.language.as_deref().and_then(|code| code.parse().ok());
        let long_enough = article.text.len() >= LANGUAGE_TEXT;
        let language = stated.or_else(|| long_enough.then(|| Language::detect(&article.text)));
        if let Some(language) = language.filter(|&language| language != Language::UNKNOWN) {
            *self.languages.entry(language.code()).or_default() += 1;
        }
    }

    /// Takes in what `other`, a monitor of the same model, has seen.
    pub fn merge(&mut self, other: Monitor<'_>) {
        self.articles += other.articles;
        self.with_words += other.with_words;
        self.unknown += other.unknown;
        self.without_topic += other.without_topic;
        self.right += other.right;
        self.given.iter_mut().zip(other.given).for_each(|(sum, given)| *sum += given);
        self.expected.iter_mut().zip(other.expected).for_each(|(sum, expected)| *sum += expected);
        for (language, count) in other.languages {
            *self.languages.entry(language).or_default() += count;
        }
    }

    /// What the articles that passed are like, and what of it is a reason to warn. A `baseline` of the same model, over
    /// articles on which it is known to be good, makes words and confidence tell finer changes.
    pub fn report(&self, baseline: Option<&Monitor<'_>>) -> MonitorReport {
        let training = &self.model.card().report;
        let learned = training.articles.max(1) as f64;
        let weights: f64 = training.topics.iter().map(|topic| topic.articles as f64).sum();
        let weighted: f64 =
            training.topics.iter().map(|topic| topic.articles as f64 * f64::from(topic.f1)).sum();
        let told: u64 = self.languages.values().sum();
        let known = &self.model.card().analyzer.languages;
        let is_known = |code: &str| known.iter().any(|language| language.code() == code);
        let others: u64 =
            self.languages.iter().filter(|(code, _)| !is_known(code)).map(|(_, &count)| count).sum();
        let mut report = MonitorReport {
            articles: self.articles,
            unknown_words: self.unknown_words(),
            baseline_unknown_words: baseline.map(Monitor::unknown_words),
            expected_f1: self.expected_f1(),
            baseline_expected_f1: baseline.map(Monitor::expected_f1),
            training_f1: weighted / weights.max(1.0),
            without_topic: self.without_topic as f64 / self.articles.max(1) as f64,
            training_without_topic: training.without_topic as f64 / learned,
            // A model of articles whose language nobody could tell has no others.
            other_languages: if known.contains(&Language::UNKNOWN) { 0.0 } else { share(others, told) },
            languages: self.languages.clone(),
            topics: self.topic_rates(),
            warnings: Vec::new(),
        };
        if self.articles > 0 {
            report.warnings = report.find_warnings();
        }
        report
    }

    fn unknown_words(&self) -> f64 {
        self.unknown / self.with_words.max(1) as f64
    }

    /// 2 · right / (given + gold), each as far as the probabilities tell.
    fn expected_f1(&self) -> f64 {
        let given: u64 = self.given.iter().sum();
        let sum = given as f64 + self.expected.iter().sum::<f64>();
        if sum > 0.0 { 2.0 * self.right / sum } else { 0.0 }
    }

    fn topic_rates(&self) -> BTreeMap<Topic, TopicRate> {
        let training = &self.model.card().report;
        let level = RATE_LEVEL / self.given.len().max(1) as f64;
        let rate = |number: usize| {
            let before = training.topics.get(number).map_or(0, |topic| topic.articles);
            let expected = self.expected[number];
            let rate = expected / self.articles.max(1) as f64;
            let training_rate = share(before, training.articles);
            let p_value = same_rate(before, training.articles, expected.round() as u64, self.articles);
            let (more, less) = (rate.max(training_rate), rate.min(training_rate));
            let large = more > RATE_FACTOR * less && more - less > RATE_CHANGE;
            TopicRate {
                given: self.given[number],
                training_rate,
                rate,
                interval: wilson(expected, self.articles as f64),
                p_value,
                changed: large && p_value < level,
            }
        };
        self.model.topics().iter().cloned().enumerate().map(|(number, topic)| (topic, rate(number))).collect()
    }
}

impl MonitorReport {
    fn find_warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |kind, message| warnings.push(Warning { kind, message });
        let limit = self.baseline_unknown_words.map_or(UNKNOWN_WORDS, |share| share + MORE_UNKNOWN_WORDS);
        if self.unknown_words > limit {
            let percent = 100.0 * self.unknown_words;
            warn(
                WarningKind::UnknownWords,
                format!(
                    "the model does not know {percent:.0} % of the words, more than {:.0} %",
                    100.0 * limit
                ),
            );
        }
        let mut changed: Vec<_> = self.topics.iter().filter(|(_, rate)| rate.changed).collect();
        // The largest change first; of equals, by name.
        let change = |rate: &TopicRate| (rate.rate - rate.training_rate).abs();
        changed.sort_by(|a, b| change(b.1).total_cmp(&change(a.1)));
        if !changed.is_empty() {
            let named = changed.iter().take(NAMED).map(|(topic, rate)| {
                format!(
                    "{topic} ({:.1} %, {:.1} % in training)",
                    100.0 * rate.rate,
                    100.0 * rate.training_rate
                )
            });
            let named = named.collect::<Vec<_>>().join(", ");
            let come = if changed.len() == 1 {
                "1 topic comes".to_owned()
            } else {
                format!("{} topics come", changed.len())
            };
            let more = if changed.len() > NAMED { ", …" } else { "" };
            warn(WarningKind::TopicRates, format!("{come} more or less often: {named}{more}"));
        }
        let before = self.baseline_expected_f1.unwrap_or(self.training_f1);
        if self.expected_f1 < before - LESS_CONFIDENCE {
            warn(
                WarningKind::Confidence,
                format!(
                    "by its own probabilities the model expects an F1 of {:.3}, and it was {before:.3} before",
                    self.expected_f1
                ),
            );
        }
        if self.other_languages > OTHER_LANGUAGES {
            let percent = 100.0 * self.other_languages;
            warn(
                WarningKind::Language,
                format!("{percent:.0} % of the articles are in languages that the model has not learned"),
            );
        }
        warnings
    }
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The 95 % score interval of the rate behind `count` of `n`.
fn wilson(count: f64, n: f64) -> Interval {
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0.0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (p, z2) = (count / n, Z * Z);
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// The probability of counts as far apart as `a` of `n` and `b` of `m` if both had the same rate: of the `a + b`
/// together, the second count is binomial with the share `m / (n + m)`, as for rates of rare events. Two-sided: the
/// smaller tail doubled.
fn same_rate(a: u64, n: u64, b: u64, m: u64) -> f64 {
    let (total, share) = (a + b, m as f64 / (n + m).max(1) as f64);
    if total == 0 || share == 0.0 || share == 1.0 {
        return 1.0;
    }
    let (mut below, mut above) = (0.0, 0.0);
    let mut logarithm = total as f64 * (1.0 - share).ln();
    for k in 0..=total {
        let probability = logarithm.exp();
        below += if k <= b { probability } else { 0.0 };
        above += if k >= b { probability } else { 0.0 };
        logarithm += ((total - k) as f64 / (k + 1) as f64).ln() + (share / (1.0 - share)).ln();
    }
    (2.0 * f64::min(below, above)).min(1.0)
}
