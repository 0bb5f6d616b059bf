//! The pages of a cross-validation and of a learning curve.

use maud::{Markup, html};
use plotters::prelude::*;

use super::chart::{ACCENT, Axes, Chart, Drawn, FINE, GOOD, Plane, WARM, line, plane};
use super::curves::dot;
use super::page::{Section, count, figure, page, tile};
use super::table::{Cell, Column, table};
use crate::Task;
use crate::evaluate::{CrossValidation, CurvePoint, LearningCurve, Spread, TopicGain};
use crate::metrics::Averages;

/// The page of a cross-validation of `corpus`.
pub fn cross_validation_page(figures: &CrossValidation, corpus: &str) -> String {
    let lead = html! {
        p {
            "Every one of " (count(figures.articles as u64)) " articles was given topics by a model that had \
             not seen it, nor a near copy of it: "
            (figures.folds.len()) " folds, " (figures.topics.len()) " topics."
        }
    };
    let sections = vec![
        Section { id: "summary", short: "Summary", title: "How good will a model be?", body: means(figures) },
        Section { id: "folds", short: "Folds", title: "Fold by fold", body: folds(figures) },
        Section { id: "topics", short: "Topics", title: "Topic by topic", body: topics(figures) },
    ];
    page("Cross-validation", corpus, lead, sections)
}

fn exact(task: Task) -> &'static str {
    if task == Task::Single { "Accuracy" } else { "Exactly right" }
}

fn means(figures: &CrossValidation) -> Markup {
    let mean = &figures.mean;
    let tile = |name: &str, of: Spread| {
        let error =
            of.standard_error.map_or(String::new(), |error| format!("± {} standard error", figure(error)));
        tile(name, of.mean, None, &error)
    };
    html! {
        dl.tiles {
            (tile(exact(figures.task), mean.exact_match))
            (tile("Micro F1", mean.micro_f1))
            (tile("Macro F1", mean.macro_f1))
            (tile("Calibration error", mean.calibration_error))
            (tile("Log loss", mean.log_loss))
        }
        p.soft { "Means over the folds. Folds share most of what they learn from, so the standard error is a \
         little too small." }
    }
}

fn folds(figures: &CrossValidation) -> Markup {
    let columns = [
        Column("Fold", false),
        Column("Learned from", true),
        Column("Articles", true),
        Column(exact(figures.task), true),
        Column("Micro F1", true),
        Column("Macro F1", true),
        Column("Calibration error", true),
        Column("Log loss", true),
    ];
    let rows = figures.folds.iter().enumerate().map(|(number, fold)| {
        vec![
            Cell::text(&(number + 1).to_string()),
            Cell::Count(fold.learned_from as u64),
            Cell::Count(fold.articles as u64),
            Cell::Figure(Some(fold.exact_match)),
            Cell::Figure(Some(fold.micro_f1)),
            Cell::Figure(Some(fold.macro_f1)),
            Cell::Figure(Some(fold.calibration_error)),
            Cell::Figure(Some(fold.log_loss)),
        ]
    });
    table("Figures of each fold", &columns, rows.collect(), Vec::new())
}

fn topics(figures: &CrossValidation) -> Markup {
    let columns = [
        Column("Topic", false),
        Column("Precision", true),
        Column("Recall", true),
        Column("F1", true),
        Column("Mean F1 of folds", true),
        Column("Standard error", true),
        Column("Articles", true),
    ];
    let rows = figures.topics.iter().map(|(topic, of)| {
        vec![
            Cell::text(topic.as_str()),
            Cell::Figure(Some(of.precision)),
            Cell::Figure(Some(of.recall)),
            Cell::Bar(of.f1),
            Cell::Figure(Some(of.f1_of_folds.mean)),
            Cell::Figure(of.f1_of_folds.standard_error),
            Cell::Count(of.support),
        ]
    });
    let average = |name: &str, of: Averages| {
        let figures = [of.precision, of.recall].map(|value| Cell::Figure(Some(value)));
        let mut cells: Vec<Cell> = [Cell::text(name)].into_iter().chain(figures).collect();
        cells.extend([Cell::Bar(of.f1), Cell::text(""), Cell::text(""), Cell::text("")]);
        cells
    };
    let foot = vec![average("All (micro)", figures.micro), average("All (macro)", figures.macro_average)];
    table("Figures of each topic, all folds together", &columns, rows.collect(), foot)
}

/// The page of a learning curve of `corpus`.
pub fn learning_curve_page(curve: &LearningCurve, corpus: &str) -> String {
    let folds = if curve.folds == 1 { "one fold".to_owned() } else { format!("{} folds", curve.folds) };
    let lead = html! {
        p { "Models that learned from growing shares of the articles, each measured on " (folds) " that it \
         had not seen." }
    };
    let sections = vec![
        Section {
            id: "curve",
            short: "Curve",
            title: "Would more articles help?",
            body: whole(curve, curve.task),
        },
        Section { id: "topics", short: "Topics", title: "On which topics?", body: gains(curve) },
    ];
    page("Learning curve", corpus, lead, sections)
}

fn whole(curve: &LearningCurve, task: Task) -> Markup {
    let measured: Vec<&CurvePoint> = curve.points.iter().filter(|point| point.articles > 0.0).collect();
    let columns = [
        Column("Share", false),
        Column("Articles", true),
        Column(exact(task), true),
        Column("Micro F1", true),
        Column("Macro F1", true),
    ];
    let rows = curve.points.iter().map(|point| {
        let of = |spread: Spread| Cell::Figure((point.articles > 0.0).then_some(spread.mean));
        vec![
            Cell::text(&format!("{:.0} %", 100.0 * point.share)),
            Cell::Count(point.articles.round() as u64),
            of(point.exact_match),
            of(point.micro_f1),
            of(point.macro_f1),
        ]
    });
    html! {
        @if let [.., before, last] = measured.as_slice() {
            p {
                "The last step, from " (format!("{:.0}", before.articles)) " to \
                 " (format!("{:.0}", last.articles)) " articles, changed micro F1 by "
                (format!("{:+.3}", last.micro_f1.mean - before.micro_f1.mean)) " and macro F1 by "
                (format!("{:+.3}", last.macro_f1.mean - before.macro_f1.mean)) ". A curve that still rises \
                 says that more labelled articles will help."
            }
        }
        div.charts.one { (picture(&measured, task)) }
        (table("Figures by the number of articles", &columns, rows.collect(), Vec::new()))
        @for point in &curve.points {
            @if let Some(problem) = &point.problem {
                p.note { (format!("{:.0} % of the articles were too few: ", 100.0 * point.share)) (problem) }
            }
        }
    }
}

fn picture(points: &[&CurvePoint], task: Task) -> Markup {
    let words: Vec<String> = points
        .iter()
        .map(|point| {
            format!(
                "with {:.0} articles micro F1 {}, macro F1 {}",
                point.articles,
                figure(point.micro_f1.mean),
                figure(point.macro_f1.mean)
            )
        })
        .collect();
    let accuracy = task == Task::Multi;
    let chart = Chart {
        title: "Figures against articles learned from",
        in_words: words.join("; "),
        caption: html! {
            span.key.accent {} "micro F1 " span.key.warm {} "macro F1 "
            @if accuracy { span.key.good {} "exactly right " }
            @if points.iter().any(|point| point.micro_f1.standard_error.is_some()) { "(bars: ± standard \
             error)" }
        },
        size: (380, 290),
        wide: false,
    };
    chart.draw(|canvas| {
        let most = points.iter().map(|point| point.articles).fold(1.0, f64::max);
        let values = points
            .iter()
            .flat_map(|point| [point.micro_f1.mean, point.macro_f1.mean, point.exact_match.mean]);
        let least = values.fold(1.0, f64::min);
        let axes = Axes {
            x: (0.0, most * 1.03, 5),
            y: ((least * 10.0 - 0.5).floor().max(0.0) / 10.0, 1.0, 6),
            x_tick: |value| count(value.round() as u64),
            y_tick: |value| format!("{value:.2}"),
            room: 32,
            ..Axes::unit("articles learned from", "")
        };
        let mut plane = plane(canvas, &axes)?;
        series(&mut plane, points, |point| point.micro_f1, &ACCENT)?;
        series(&mut plane, points, |point| point.macro_f1, &WARM)?;
        if accuracy {
            series(&mut plane, points, |point| point.exact_match, &GOOD)?;
        }
        Ok(())
    })
}

fn series(
    plane: &mut Plane<'_>,
    points: &[&CurvePoint],
    of: fn(&CurvePoint) -> Spread,
    color: &RGBColor,
) -> Drawn {
    line(plane, points.iter().map(|point| (point.articles, of(point).mean)), color, 2)?;
    for point in points {
        let spread = of(point);
        dot(plane, (point.articles, spread.mean), color, 3)?;
        if let Some(error) = spread.standard_error {
            let ends = [(point.articles, spread.mean - error), (point.articles, spread.mean + error)];
            plane.draw_series(LineSeries::new(ends, color.stroke_width(FINE)))?;
        }
    }
    Ok(())
}

fn gains(curve: &LearningCurve) -> Markup {
    let columns = [
        Column("Topic", false),
        Column("Articles", true),
        Column("Measured on", true),
        Column("F1 before the last step", true),
        Column("F1 with all", true),
        Column("Gain", true),
    ];
    let rows = curve.topics.iter().map(|gain: &TopicGain| {
        vec![
            Cell::text(gain.topic.as_str()),
            Cell::Count(gain.articles as u64),
            Cell::Count(gain.support),
            Cell::Figure(Some(gain.f1_before)),
            Cell::Figure(Some(gain.f1)),
            Cell::Change(gain.gain),
        ]
    });
    html! {
        p.soft { "Topics that gained most from the last step come first: on them, more articles are likely to \
         help. Where a topic was measured on few articles, its gain is little more than chance." }
        (table("What each topic gained", &columns, rows.collect(), Vec::new()))
    }
}
