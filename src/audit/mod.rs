//! What is wrong with a corpus: copies, leaks, odd texts, doubtful labels, topics that overlap.
//!
//! [`audit`] looks at everything and returns an [`Audit`], in which each kind of finding is a list, the worst first. The
//! parts can be had alone: [`Copies`] are articles that stand twice, in one corpus or across training and test;
//! [`text_findings`] are articles that no label can save; [`label_findings`] are labels that contradict what is learned
//! from the other articles, by confident learning, and topics that cannot be told.
//! [`suggest`] says which articles to label next.
//!
//! ```
//! use topicwire::audit::{AuditSettings, audit};
//! use topicwire::{Article, Corpus};
//!
//! let corpus = Corpus::from(vec![
//!     Article::new("1", "Rates", "The bank raised its rate by half a point.").with_topics(["money"]),
//!     Article::new("2", "Rates", "The bank raised its rate by half a point.").with_topics(["trade"]),
//!     Article::new("3", "Cup final", "The home side won the cup on penalties.").with_topics(["sport"]),
//! ]);
//! let audit = audit(&corpus, None, &AuditSettings::default())?;
//! assert_eq!(audit.duplicates.len(), 1);
//! assert!(audit.duplicates[0].topics_differ);
//! # Ok::<(), topicwire::Error>(())
//! ```

mod confident;
mod copies;
mod doubts;
mod ids;
mod report;
mod suggest;
mod texts;
mod topics;

pub use copies::{Copies, DuplicateGroup, Leak, Member};
pub use doubts::{Doubt, DoubtKind, Evidence, LabelFindings, label_findings};
pub use ids::{RepeatedId, repeated_ids};
pub use report::{ArticleRef, Audit, AuditSettings, audit};
pub use suggest::{Suggestion, suggest};
pub use texts::{TextFinding, TextProblem, text_findings};
pub use topics::{OverlapKind, TopicOverlap, TopicReview, TopicTrouble};
