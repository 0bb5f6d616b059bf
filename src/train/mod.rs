//! Corpus to model: the [`Trainer`] and its settings.
//!
//! `prepare` reads the articles once; `choose` compares candidates out of fold and keeps the best; `calibrate`
//! fits the decision on such scores; the [`Trainer`] puts them together.

mod blend;
mod by_topic;
mod calibrate;
mod candidate;
mod character_ngrams;
mod choose;
mod compact;
mod cross_fit;
mod kin;
mod languages;
mod out_of_fold;
mod prepare;
mod report;
mod self_training;
mod settings;
mod trainer;
mod tune;
mod view;
mod whole;

pub use candidate::Candidate;
pub use cross_fit::CrossFit;
pub use report::{TopicReport, TrainingReport, Trial};
pub use settings::{Classifier, Effort, TrainSettings};
pub use trainer::{Step, Trainer};
pub use tune::Tuned;
