//! What people correct, kept so that nothing that was acknowledged is lost, and nothing that was removed comes back.
//!
//! [`Store`] is a SQLite file; [`Correction`] is what is in it. The service writes through `Keeper`, a thread of its own that
//! brings corrections to the disk, several at once where many arrive.

mod correction;
mod keeper;
mod store;

pub(super) use correction::check_topics;
pub use correction::{Correction, Given, NewCorrection};
pub(super) use keeper::Keeper;
pub use store::{Store, default_path};
