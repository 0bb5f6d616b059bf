//! Charts of bars: how probabilities and known words are spread.

use maud::{Markup, html};
use plotters::prelude::*;

use super::chart::{ACCENT, Axes, Canvas, Chart, Drawn, SOFT, WARM, line, plane};
use super::page::count;
use crate::metrics::{Reliability, ScoreHistogram};

/// The probabilities that were judged, right ones and wrong ones.
pub(super) fn probabilities(reliability: &Reliability) -> Markup {
    let bins = reliability.bins();
    let right: Vec<f64> = bins.iter().map(|bin| (bin.right * bin.count as f64).round()).collect();
    let wrong: Vec<f64> = bins.iter().zip(&right).map(|(bin, right)| bin.count as f64 - right).collect();
    let words: Vec<String> = bins
        .iter()
        .zip(&wrong)
        .filter(|(bin, _)| bin.count > 0)
        .map(|(bin, wrong)| {
            format!("{} from {:.2} to {:.2}, {wrong} of them wrong", bin.count, bin.low, bin.high)
        })
        .collect();
    let chart = Chart {
        title: "How sure the model is",
        in_words: words.join("; "),
        caption: html! {
            "How many probabilities fall where: " span.key.accent {} "came true, " span.key.warm {} "did not."
        },
        size: (360, 280),
        wide: false,
    };
    chart.draw(|canvas| {
        let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1).max(1) as f64;
        let axes = Axes {
            y: (0.0, most * 1.05, 5),
            y_tick: |value| count(value as u64),
            room: 36,
            ..Axes::unit("probability", "")
        };
        let mut plane = plane(canvas, &axes)?;
        let gap = 0.004;
        plane.draw_series(bins.iter().zip(&right).zip(&wrong).flat_map(|((bin, right), wrong)| {
            let (low, high) = (bin.low + gap, bin.high - gap);
            let part = |from: f64, to: f64, color: RGBColor| {
                Rectangle::new([(low, from), (high, to)], color.filled())
            };
            [part(0.0, *wrong, WARM), part(*wrong, wrong + right, ACCENT)]
        }))?;
        Ok(())
    })
}

/// The probabilities of a topic: upwards of the articles that have it, downwards of all others, in powers of ten.
pub(super) fn topic_scores(
    title: &str,
    histogram: &ScoreHistogram,
    now: Option<f32>,
    size: (u32, u32),
) -> Markup {
    let from = histogram.gold.len() / 2;
    let above = |counts: &[u64]| counts[from..].iter().sum::<u64>();
    let all = |counts: &[u64]| counts.iter().sum::<u64>();
    let chart = Chart {
        title,
        in_words: format!(
            "of {} articles that have the topic {} lie at .5 or above, of {} others {}",
            all(&histogram.gold),
            above(&histogram.gold),
            all(&histogram.others),
            above(&histogram.others)
        ),
        caption: html! {
            span.key.accent {} (count(all(&histogram.gold))) " with the topic, upwards; "
            span.key.warm {} (count(all(&histogram.others))) " others, downwards"
        },
        size,
        wide: false,
    };
    chart.draw(|canvas| scores(canvas, histogram, now))
}

fn scores(canvas: &Canvas<'_>, histogram: &ScoreHistogram, now: Option<f32>) -> Drawn {
    let height = |count: u64| (1.0 + count as f64).log10();
    let most = |counts: &[u64]| counts.iter().copied().map(height).fold(1.0, f64::max).ceil();
    let (up, down) = (most(&histogram.gold), most(&histogram.others));
    let axes = Axes {
        y: (-down, up, (up + down) as usize + 1),
        y_tick: |value| match value.abs().round() as u32 {
            0 => "0".into(),
            power => count(10_u64.pow(power)),
        },
        room: 34,
        ..Axes::unit("probability", "articles")
    };
    let mut plane = plane(canvas, &axes)?;
    let bins = histogram.gold.len();
    let bars =
        histogram.gold.iter().zip(&histogram.others).enumerate().flat_map(|(bin, (&gold, &others))| {
            let (low, high) = (bin as f64 / bins as f64, (bin + 1) as f64 / bins as f64);
            let bar = |to: f64, color: RGBColor| Rectangle::new([(low, 0.0), (high, to)], color.filled());
            let gold = (gold > 0).then(|| bar(height(gold), ACCENT));
            let others = (others > 0).then(|| bar(-height(others), WARM));
            [gold, others].into_iter().flatten()
        });
    plane.draw_series(bars)?;
    line(&mut plane, [(0.0, 0.0), (1.0, 0.0)], &SOFT, 1)?;
    match now.map(f64::from) {
        Some(now) => line(&mut plane, [(now, -down), (now, up)], &SOFT, 1),
        None => Ok(()),
    }
}

/// Which share of their words the model knows of how many articles.
pub(super) fn known_words(bins: &[u64; 10]) -> Markup {
    let words: Vec<String> = bins
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(bin, count)| format!("{count} articles from {} to {} %", 10 * bin, 10 * (bin + 1)))
        .collect();
    let chart = Chart {
        title: "Known words",
        in_words: words.join(", "),
        caption: html! { "How many articles have which share of words that the model has learned." },
        size: (360, 240),
        wide: false,
    };
    chart.draw(|canvas| {
        let most = bins.iter().copied().max().unwrap_or(1).max(1) as f64;
        let axes = Axes {
            y: (0.0, most * 1.05, 5),
            y_tick: |value| count(value as u64),
            x_tick: |value| format!("{:.0} %", 100.0 * value),
            room: 36,
            ..Axes::unit("share of words known", "")
        };
        let mut plane = plane(canvas, &axes)?;
        plane.draw_series(bins.iter().enumerate().map(|(bin, &count)| {
            let low = bin as f64 / 10.0;
            Rectangle::new([(low + 0.006, 0.0), (low + 0.094, count as f64)], ACCENT.filled())
        }))?;
        Ok(())
    })
}
