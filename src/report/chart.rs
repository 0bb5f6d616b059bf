//! The canvas of all charts: plotters' SVG, in colours that the page turns into those of the reader's theme.

use maud::{Markup, PreEscaped, html};
use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The colours of the light theme; the style sheet has rules for each of them, by these very numbers.
pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
pub(super) const SOFT: RGBColor = RGBColor(0x59, 0x63, 0x6e);
pub(super) const LINE: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
pub(super) const ACCENT: RGBColor = RGBColor(0x1f, 0x6f, 0xeb);
pub(super) const WARM: RGBColor = RGBColor(0xc4, 0x53, 0x0b);
pub(super) const GOOD: RGBColor = RGBColor(0x1a, 0x7f, 0x37);

pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Plane<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
pub(super) type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// plotters draws at whole points: so many of them to a pixel of the page keep curves smooth.
pub(super) const FINE: u32 = 2;

/// A chart of the page.
pub(super) struct Chart<'a> {
    /// Its heading.
    pub title: &'a str,
    /// What it shows, in words, for who cannot see it.
    pub in_words: String,
    /// What stands below it.
    pub caption: Markup,
    /// Its size in pixels of the page.
    pub size: (u32, u32),
    /// Whether it keeps its size and scrolls where there is no room.
    pub wide: bool,
}

impl Chart<'_> {
    /// The chart as `draw` draws it.
    pub fn draw(self, draw: impl FnOnce(&Canvas<'_>) -> Drawn) -> Markup {
        let mut svg = String::new();
        let fine = (self.size.0 * FINE, self.size.1 * FINE);
        let drawn = {
            let canvas = SVGBackend::with_string(&mut svg, fine).into_drawing_area();
            draw(&canvas).and_then(|()| canvas.present())
        };
        let picture = match drawn {
            Ok(()) => self.framed(&svg),
            // Text cannot run out of room, but plotters cannot know that.
            Err(error) => html! { p.soft { "This chart could not be drawn: " (error) } },
        };
        html! {
            figure.wide[self.wide] tabindex=[self.wide.then_some("0")] {
                @if !self.title.is_empty() { b { (self.title) } }
                (picture)
                @if !self.caption.0.is_empty() { figcaption { (self.caption) } }
            }
        }
    }

    /// plotters' picture in a frame that scales and says what it shows, without what says nothing.
    fn framed(&self, svg: &str) -> Markup {
        let inner = svg.split_once('>').map_or("", |(_, rest)| rest);
        let inner = inner
            .replace(" opacity=\"1\"", "")
            .replace(" font-family=\"sans-serif\"", "")
            .replace(" stroke=\"none\"", "")
            .replace(" \"/>", "\"/>")
            .replace(['\n'], "");
        let (width, height) = self.size;
        let words = match self.title {
            "" => self.in_words.clone(),
            title => format!("{title}: {}", self.in_words),
        };
        let view = format!("0 0 {} {}", width * FINE, height * FINE);
        let inner = PreEscaped(inner.strip_suffix("</svg>").unwrap_or(&inner));
        html! { svg role="img" aria-label=(words) viewBox=(view) width=(width) height=(height) { (inner) } }
    }
}

/// The axes of a chart.
pub(super) struct Axes<'a> {
    /// From where to where, and how many ticks.
    pub x: (f64, f64, usize),
    /// The same upwards.
    pub y: (f64, f64, usize),
    /// What they mean.
    pub names: (&'a str, &'a str),
    /// How ticks are written.
    pub x_tick: fn(f64) -> String,
    /// The same upwards.
    pub y_tick: fn(f64) -> String,
    /// How wide the labels of the upward ticks are, in pixels.
    pub room: u32,
}

impl Axes<'static> {
    /// Both axes from 0 to 1.
    pub fn unit(x: &'static str, y: &'static str) -> Axes<'static> {
        Axes { x: (0.0, 1.0, 6), y: (0.0, 1.0, 6), names: (x, y), x_tick: tenth, y_tick: tenth, room: 26 }
    }
}

fn tenth(value: f64) -> String {
    format!("{value:.1}")
}

/// A text of `size` pixels of the page.
pub(super) fn text(size: f64, color: &RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    // plotters takes a font's height for its size.
    ("sans-serif", size * f64::from(FINE) * 1.24).into_font().color(color).pos(Pos::new(h, v))
}

/// Draws axes, and gives the plane between them.
pub(super) fn plane<'a>(canvas: &Canvas<'a>, axes: &Axes<'_>) -> Drawn<Plane<'a>> {
    let label = text(11.0, &SOFT, HPos::Center, VPos::Center);
    let mut plane = ChartBuilder::on(canvas)
        .margin(4 * FINE)
        .margin_top(8 * FINE)
        .margin_right(16 * FINE)
        .x_label_area_size(32 * FINE)
        .y_label_area_size((axes.room + 14) * FINE)
        .build_cartesian_2d(axes.x.0..axes.x.1, axes.y.0..axes.y.1)?;
    plane
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE.stroke_width(FINE))
        .axis_style(LINE.stroke_width(FINE))
        .set_all_tick_mark_size(3 * FINE)
        .x_labels(axes.x.2)
        .y_labels(axes.y.2)
        .x_label_formatter(&|value| (axes.x_tick)(*value))
        .y_label_formatter(&|value| (axes.y_tick)(*value))
        .label_style(label.clone())
        .axis_desc_style(label)
        .x_desc(axes.names.0)
        .y_desc(axes.names.1)
        .draw()?;
    Ok(plane)
}

/// A line of `width` pixels through `points`.
pub(super) fn line(
    plane: &mut Plane<'_>,
    points: impl IntoIterator<Item = (f64, f64)>,
    color: &RGBColor,
    width: u32,
) -> Drawn {
    plane.draw_series(LineSeries::new(points, color.stroke_width(width * FINE)))?;
    Ok(())
}
