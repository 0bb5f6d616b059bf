//! Tables that sort where there is script, and scroll where there is no room.

use maud::{Markup, html};

use super::page::{count, figure};

/// A column: its name, and whether it holds numbers.
pub(super) struct Column(pub &'static str, pub bool);

/// A cell, with what it is sorted by.
pub(super) enum Cell {
    /// Text, sorted as it reads.
    Text(Markup),
    /// A figure between 0 and 1.
    Figure(Option<f64>),
    /// The same with a bar.
    Bar(f64),
    /// A whole number.
    Count(u64),
    /// A difference.
    Change(f64),
}

impl Cell {
    /// Plain text.
    pub fn text(text: &str) -> Cell {
        Cell::Text(html! { (text) })
    }

    fn key(&self) -> Option<String> {
        match self {
            Cell::Text(_) => None,
            Cell::Figure(value) => Some(value.map_or(String::new(), |value| format!("{value:.6}"))),
            Cell::Bar(value) | Cell::Change(value) => Some(format!("{value:.6}")),
            Cell::Count(count) => Some(count.to_string()),
        }
    }

    fn shown(&self) -> Markup {
        match self {
            Cell::Text(markup) => markup.clone(),
            Cell::Figure(None) => html! { span.soft { "–" } },
            Cell::Figure(Some(value)) => html! { (figure(*value)) },
            Cell::Bar(value) => html! {
                (figure(*value))
                span.bar aria-hidden="true" { i style=(format!("width:{:.1}%", 100.0 * value.clamp(0.0, 1.0))) {} }
            },
            Cell::Change(value) => html! { (format!("{value:+.3}")) },
            Cell::Count(number) => html! { (count(*number)) },
        }
    }
}

/// A table of `rows`, of which the first cell is the head, and of rows at its `foot` that stay there.
pub(super) fn table(caption: &str, columns: &[Column], rows: Vec<Vec<Cell>>, foot: Vec<Vec<Cell>>) -> Markup {
    let row = |cells: &[Cell]| {
        html! {
            tr {
                @for (at, (cell, column)) in cells.iter().zip(columns).enumerate() {
                    @if at == 0 { th scope="row" data-sort=[cell.key()] { (cell.shown()) } }
                    @else { td.n[column.1] data-sort=[cell.key()] { (cell.shown()) } }
                }
            }
        }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table.sortable {
                caption { (caption) }
                thead {
                    tr {
                        @for (at, column) in columns.iter().enumerate() {
                            th.n[column.1 && at > 0] scope="col" { (column.0) }
                        }
                    }
                }
                tbody { @for cells in &rows { (row(cells)) } }
                @if !foot.is_empty() { tfoot { @for cells in &foot { (row(cells)) } } }
            }
        }
    }
}
