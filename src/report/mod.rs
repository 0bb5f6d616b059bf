//! Pages made from what [`evaluate`](crate::evaluate) and [`audit`](crate::audit) return.
//!
//! A page is one file that stands alone: it fetches nothing, reads without script (which only sorts tables), follows the
//! reader's light or dark theme, prints, and fits a telephone. All text that comes from articles, topics and file names is
//! escaped. Charts are drawn by plotters as SVG in a few fixed colours, which the page's style sheet turns into those of the
//! theme; each says in words what it shows.
//!
//! | file | what |
//! |---|---|
//! | `page` | the shell: head, style, navigation, sections; the parts that pages share |
//! | `table` | tables that sort |
//! | `chart` | the canvas and its axes; `curves`, `bars`, `matrix` draw on it |
//! | `evaluation`, `topics`, `confusion`, `cases` | the page of an evaluation |
//! | `learning` | the page of a cross-validation or a learning curve |
//! | `audit` | the page of an audit |

mod audit;
mod bars;
mod cases;
mod chart;
mod confusion;
mod curves;
mod evaluation;
mod learning;
mod matrix;
mod page;
mod table;
mod topics;

use std::path::Path;

use crate::Result;
use crate::save::save_bytes;

pub use audit::audit_page;
pub use evaluation::evaluation_page;
pub use learning::{cross_validation_page, learning_curve_page};

/// Writes a page to `path`: the whole of it, or nothing.
///
/// # Errors
///
/// [`Error::Write`](crate::Error::Write).
pub fn save_page(path: impl AsRef<Path>, page: &str) -> Result<()> {
    save_bytes(path.as_ref(), page.as_bytes())
}
