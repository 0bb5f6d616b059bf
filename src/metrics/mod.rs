//! Gold and given topics to figures.
//!
//! The data flow is short. [`TopicSets`] holds the topics of every article, once as people labelled them (gold)
//! and once as a model assigned them (given). [`Judged`] puts the two side by side and checks, once, that they
//! fit; every figure over topics takes it. [`Scores`] holds the scores or probabilities, and [`Scored`] joins
//! them to a [`Judged`]; every figure over probabilities takes that. Past these two doors nothing can fail.
//! [`evaluate()`] computes all of it and gives an [`Evaluation`], which is what `evaluate --json` writes.
//!
//! | file | figures |
//! |---|---|
//! | `counts` | precision, recall and F1 per topic and in all averages, exact match |
//! | `ranking` | average precision, precision–recall curves, area under the ROC curve |
//! | `calibration` | reliability bins, expected calibration error |
//! | `loss` | log loss, the log loss of the base rates, Brier score |
//! | `coverage` | how many articles keep a topic when the given topics must be right 95 times of 100 |
//! | `interval` | bootstrap intervals |
//! | `score_histogram` | how a topic's probabilities are spread, F1 against the threshold |
//! | `significance` | McNemar's exact test, paired bootstrap |
//! | `confusion` | what was given instead of what |
//!
//! All figures are the same whatever the number of threads: counts are whole numbers, and sums of fractions are
//! taken over fixed blocks of articles, in order.
//!
//! ```
//! use topicwire::metrics::{Counts, Judged, TopicSets};
//!
//! let gold = TopicSets::from_indices([vec![0], vec![0, 1], vec![]]);
//! let given = TopicSets::from_indices([vec![0], vec![1], vec![1]]);
//! let counts = Counts::of(&Judged::new(&gold, &given, 2)?);
//! assert_eq!(counts.micro().precision, 2.0 / 3.0);
//! assert_eq!(counts.micro().recall, 2.0 / 3.0);
//! # Ok::<(), topicwire::Error>(())
//! ```

mod calibration;
mod confusion;
mod counts;
mod coverage;
mod evaluation;
mod interval;
mod judged;
mod loss;
mod ranking;
mod score_histogram;
mod scores;
mod significance;
mod topic_sets;

pub use calibration::{BINS, LEAST_PROBABILITY, Reliability, ReliabilityBin};
pub use confusion::{Confusion, Confusions, Together, occurring_together};
pub use counts::{Averages, Counts, TopicCounts, exact_match, sample_averages};
pub use coverage::{Coverage, CoverageCurve, CoveragePoint};
pub use evaluation::{Evaluation, EvaluationOptions, Intervals, Mistake, TopicFigures, evaluate};
pub use interval::{Bootstrap, BootstrapIntervals, Interval, bootstrap_intervals};
pub use judged::{Judged, Scored};
pub use loss::{base_rate_log_loss, brier_score, log_loss};
pub use ranking::{CurvePoint, Ranking, macro_average_precision, rank_all_pairs, rank_topics};
pub use score_histogram::{SCORE_BINS, ScoreHistogram, ThresholdPoint};
pub use scores::{ScoreRow, Scores};
pub use significance::{Difference, McNemar, PairedDifference, mcnemar, mcnemar_exact, paired_bootstrap};
pub use topic_sets::TopicSets;
