//! Charts of curves: precision against recall, F1 against the threshold, precision against coverage, reliability.

use maud::html;
use plotters::prelude::*;

use super::chart::{ACCENT, Axes, Chart, Drawn, FINE, Plane, SOFT, WARM, line, plane};
use super::page::figure;
use crate::metrics::{CoveragePoint, CurvePoint, Reliability, ThresholdPoint};

/// Precision against recall. `at` is where the model stands.
pub(super) fn precision_recall(
    title: &str,
    points: &[CurvePoint],
    average_precision: Option<f64>,
    at: (f64, f64),
    size: (u32, u32),
) -> maud::Markup {
    let average = average_precision.map_or("unknown".to_owned(), figure);
    let sample = [0.25, 0.5, 0.75, 0.9].into_iter().filter_map(|recall| {
        let point = points.iter().find(|point| point.recall >= recall)?;
        Some(format!("{} at a recall of {}", figure(point.precision), figure(point.recall)))
    });
    let sample: Vec<String> = sample.collect();
    let chart = Chart {
        title,
        in_words: format!("average precision {average}; precision {}", sample.join(", ")),
        caption: html! { "Average precision " (average) ". " span.key.warm {} "what the model does now" },
        size,
        wide: false,
    };
    chart.draw(|canvas| {
        let mut plane = plane(canvas, &Axes::unit("recall", "precision"))?;
        // The curve begins at the surest article; before it there is nothing to be precise about.
        let start = points.first().map(|point| (0.0, point.precision));
        let points = start.into_iter().chain(points.iter().map(|point| (point.recall, point.precision)));
        line(&mut plane, points, &ACCENT, 2)?;
        dot(&mut plane, at, &WARM, 4)
    })
}

/// F1, precision and recall against the threshold; `now` is where the model's threshold lies.
pub(super) fn by_threshold(
    title: &str,
    points: &[ThresholdPoint],
    now: Option<f32>,
    size: (u32, u32),
) -> maud::Markup {
    let best = points
        .iter()
        .fold((0.0, 0.0), |best, point| if point.f1 > best.1 { (point.threshold, point.f1) } else { best });
    let stands =
        now.map_or(String::new(), |now| format!(" The model's threshold is {}.", figure(now.into())));
    let chart = Chart {
        title,
        in_words: format!(
            "F1 is highest, {}, from a probability of {:.2} on.{stands}",
            figure(best.1),
            best.0
        ),
        caption: html! {
            "Best on these articles: " (figure(best.1)) " at " (format!("{:.2}", best.0)) "."
            @if let Some(now) = now { " " span.key.warm {} "the model's threshold, " (figure(now.into())) }
        },
        size,
        wide: false,
    };
    chart.draw(|canvas| {
        let mut plane = plane(canvas, &Axes::unit("threshold", "F1"))?;
        if let Some(now) = now.map(f64::from) {
            line(&mut plane, [(now, 0.0), (now, 1.0)], &WARM, 1)?;
        }
        line(&mut plane, points.iter().map(|point| (point.threshold, point.f1)), &ACCENT, 2)
    })
}

/// Probabilities against how often they come true.
pub(super) fn reliability(reliability: &Reliability, error: f64) -> maud::Markup {
    let bins: Vec<_> = reliability.bins().iter().filter(|bin| bin.count > 0).collect();
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1) as f64;
    let words: Vec<String> = bins
        .iter()
        .map(|bin| {
            format!("of {} around {} came true {}", bin.count, figure(bin.probability), figure(bin.right))
        })
        .collect();
    let chart = Chart {
        title: "Reliability",
        in_words: format!("calibration error {}; {}", figure(error), words.join("; ")),
        caption: html! {
            "On the line, a probability of .8 comes true 8 times in 10; below it the model is too sure, above \
             it not sure \
             enough. Large dots stand for many articles. Calibration error " (figure(error)) "."
        },
        size: (360, 280),
        wide: false,
    };
    chart.draw(|canvas| {
        let mut plane = plane(canvas, &Axes::unit("probability", "share that came true"))?;
        line(&mut plane, [(0.0, 0.0), (1.0, 1.0)], &SOFT, 1)?;
        line(&mut plane, bins.iter().map(|bin| (bin.probability, bin.right)), &ACCENT, 2)?;
        for bin in &bins {
            let radius = 2.5 + 6.0 * (bin.count as f64 / most).sqrt();
            dot(&mut plane, (bin.probability, bin.right), &ACCENT, radius.round() as u32)?;
        }
        Ok(())
    })
}

/// How much of what is given is right, where only the surer topics are kept, against how many articles keep one.
pub(super) fn coverage(points: &[CoveragePoint]) -> maud::Markup {
    let at = |precision: f64| points.iter().rev().find(|point| point.precision >= precision);
    let words = [0.99, 0.95, 0.9].into_iter().filter_map(|precision| {
        let point = at(precision)?;
        Some(format!("{:.0} % of the articles at a precision of {precision}", 100.0 * point.coverage))
    });
    let words: Vec<String> = words.collect();
    let words =
        if words.is_empty() { "no cut reaches a precision of .9".to_owned() } else { words.join(", ") };
    let least = points.iter().map(|point| point.precision).fold(1.0, f64::min);
    let least = (least * 10.0 - 0.5).floor().max(0.0) / 10.0;
    let chart = Chart {
        title: "What can go without a second look",
        in_words: words.clone(),
        caption: html! { "Keeping only the surest topics leaves " (words) "." },
        size: (360, 280),
        wide: false,
    };
    chart.draw(|canvas| {
        let axes = Axes {
            y: (least, 1.0, 6),
            y_tick: |value| format!("{value:.2}"),
            room: 32,
            ..Axes::unit("share of articles with a topic", "precision")
        };
        let mut plane = plane(canvas, &axes)?;
        line(&mut plane, points.iter().map(|point| (point.coverage, point.precision)), &ACCENT, 2)
    })
}

/// A dot of `radius` pixels.
pub(super) fn dot(plane: &mut Plane<'_>, at: (f64, f64), color: &RGBColor, radius: u32) -> Drawn {
    plane.draw_series([Circle::new(at, radius * FINE, color.filled())])?;
    Ok(())
}
