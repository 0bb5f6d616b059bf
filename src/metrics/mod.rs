//! Gold and given topics to figures.
//!
//! [`TopicSets`] holds the topics of every article, once as people labelled them (gold) and once as a model assigned
//! them (given); [`Judged`] puts the two side by side and checks, once, that they fit; every figure over topics
//! takes it. Figures over probabilities take rows of them, one probability for each topic. [`evaluate()`] computes
//! all of it and gives an [`Evaluation`], which is what `evaluate --json` writes.
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
mod counts;
mod evaluation;
mod interval;
mod judged;
mod loss;
mod ranking;
mod significance;
mod topic_sets;

pub use calibration::{BINS, LEAST_PROBABILITY, Reliability};
pub use counts::{Averages, Counts, TopicCounts, exact_match, sample_averages};
pub use evaluation::{Evaluation, Intervals, TopicFigures, evaluate};
pub use interval::{Interval, bootstrap_intervals};
pub use judged::Judged;
pub use loss::{base_rate_log_loss, brier_score, log_loss};
pub use ranking::average_precision;
pub use significance::mcnemar;
pub use topic_sets::TopicSets;
