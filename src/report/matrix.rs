//! A picture of counts between two lists of topics: the deeper the colour, the more articles.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::chart::{ACCENT, Canvas, Chart, Drawn, FINE, INK, LINE, PAPER, SOFT, WARM, text};

/// What a matrix shows.
pub(super) struct Matrix<'a> {
    /// Its heading.
    pub title: &'a str,
    /// What it shows, in words.
    pub in_words: String,
    /// What stands below it.
    pub caption: Markup,
    /// The names of the rows.
    pub rows: Vec<String>,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// What the rows and the columns are.
    pub names: (&'a str, &'a str),
    /// The count in a row and a column.
    pub cells: Vec<(usize, usize, u64)>,
    /// Whether what lies off the diagonal is an error.
    pub diagonal_is_right: bool,
}

/// The side of a cell, in pixels.
const SIDE: u32 = 26;
/// How many letters of a name are shown.
const LETTERS: usize = 26;

impl Matrix<'_> {
    /// The picture.
    pub fn draw(self) -> Markup {
        let letters =
            self.rows.iter().chain(&self.columns).map(|name| name.chars().count()).max().unwrap_or(0);
        let room = (letters.min(LETTERS) as f64 * 5.9) as u32 + 14;
        let margin = 20;
        let size = (
            margin + room + SIDE * self.columns.len() as u32 + 4,
            margin + room + SIDE * self.rows.len() as u32 + 4,
        );
        let chart = Chart {
            title: self.title,
            in_words: self.in_words.clone(),
            caption: self.caption.clone(),
            size,
            wide: true,
        };
        chart.draw(|canvas| self.cells(canvas, (margin, room)))
    }

    fn cells(&self, canvas: &Canvas<'_>, (margin, room): (u32, u32)) -> Drawn {
        let start = margin + room;
        let at = |place: u32| (place * FINE) as i32;
        let corner = |number: usize| at(start + SIDE * number as u32);
        let middle = |number: usize| at(start + SIDE * number as u32 + SIDE / 2);
        let (width, height) = (corner(self.columns.len()), corner(self.rows.len()));
        canvas.draw(&Rectangle::new([(at(start), at(start)), (width, height)], LINE.mix(0.35).filled()))?;
        let right_most = self.most(|row, column| row == column);
        let wrong_most = self.most(|row, column| row != column);
        for &(row, column, count) in &self.cells {
            let right = self.diagonal_is_right && row == column;
            let most = if self.diagonal_is_right && right { right_most } else { wrong_most };
            let color = if right || !self.diagonal_is_right { ACCENT } else { WARM };
            let depth = 0.12 + 0.78 * (count as f64 / most.max(1) as f64).sqrt();
            let gap = FINE as i32;
            canvas.draw(&Rectangle::new(
                [
                    (corner(column) + gap, corner(row) + gap),
                    (corner(column + 1) - gap, corner(row + 1) - gap),
                ],
                color.mix(depth).filled(),
            ))?;
            let size = if count > 999 { 8.5 } else { 10.0 };
            let ink = if depth > 0.6 { &PAPER } else { &INK };
            let style = text(size, ink, HPos::Center, VPos::Center);
            canvas.draw(&Text::new(count.to_string(), (middle(column), middle(row)), style))?;
        }
        let style = text(11.0, &INK, HPos::Right, VPos::Center);
        for (row, name) in self.rows.iter().enumerate() {
            canvas.draw(&Text::new(short(name), (at(start - 6), middle(row)), style.clone()))?;
        }
        // A text that is turned keeps its anchor: its start is at the bottom.
        let turned = |size: f64, color: &RGBColor, h: HPos| {
            let style = text(size, color, h, VPos::Center);
            TextStyle { font: style.font.transform(FontTransform::Rotate270), ..style }
        };
        for (column, name) in self.columns.iter().enumerate() {
            let place = (middle(column), at(start - 6));
            canvas.draw(&Text::new(short(name), place, turned(11.0, &INK, HPos::Left)))?;
        }
        let style = text(11.0, &SOFT, HPos::Left, VPos::Center);
        canvas.draw(&Text::new(self.names.1.to_owned(), (at(start), at(margin / 2)), style))?;
        canvas.draw(&Text::new(
            self.names.0.to_owned(),
            (at(margin / 2), height),
            turned(11.0, &SOFT, HPos::Left),
        ))?;
        Ok(())
    }

    fn most(&self, counts: impl Fn(usize, usize) -> bool) -> u64 {
        self.cells.iter().filter(|cell| counts(cell.0, cell.1)).map(|cell| cell.2).max().unwrap_or(0)
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    name.chars().take(LETTERS - 1).chain(['…']).collect()
}
