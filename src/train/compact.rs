//! Compact models: only the terms that matter most are kept.

use super::candidate::{Candidate, FitOptions};
use super::out_of_fold::Learner;
use super::prepare::{Prepared, Words};
use super::view::View;
use crate::Result;
use crate::features::Field;
use crate::learn::Duals;

/// Keeps the terms that matter most in `prepared` and `words`; the view of what is left.
///
/// Terms are chosen once, by a fit to all articles and their topics. Out-of-fold scores are made after that, with everything
/// learned again without the fold but this choice, and so they are a little too good: docs/performance.md says by how much.
pub(super) fn compact(
    prepared: &mut Prepared,
    words: &mut Words,
    view: View,
    candidate: &Candidate,
    how: FitOptions,
) -> Result<View> {
    let how = how.loose();
    let figures = figures(&Learner {
        prepared,
        view: &view,
        candidate,
        how,
        left_out: &[],
        blends: false,
        tell: &|_| (),
    })?;
    drop(view);
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|&a, &b| figures[b].total_cmp(&figures[a]).then(a.cmp(&b)));
    order.truncate((figures.len() as f64 * SHARE).ceil() as usize);
    let mut kept = vec![false; figures.len()];
    order.into_iter().for_each(|term| kept[term] = true);
    let (vocabulary, number) = words.vocabulary.keep(kept);
    prepared.bags = prepared.bags.renumbered(&number);
    (prepared.terms, prepared.ngrams) = (vocabulary.terms.len(), vocabulary.ngrams());
    words.vocabulary = vocabulary;
    Ok(View::new(prepared, &candidate.fields))
}

/// The share of the terms that is kept.
const SHARE: f64 = 0.4;

/// How much each term matters: for the column and topic where that is most, the root of the sum over articles of the squares
/// of what the column adds to the topic's score.
fn figures(learner: &Learner<'_>) -> Result<Vec<f32>> {
    let Learner { prepared, view, candidate, .. } = *learner;
    let records = view.records(candidate, &view.weights(prepared, candidate, |_| true));
    let rows: Vec<u32> = (0..prepared.len() as u32).collect();
    let mut largest = vec![0.0_f32; view.columns.len()];
    for portion in prepared.portions() {
        let weights = learner.fit(&records, portion, &rows, &Duals::None)?.weights;
        for (column, largest) in largest.iter_mut().enumerate() {
            let of_column = (0..weights.topics()).map(|topic| weights.get(column, topic).abs());
            *largest = of_column.fold(*largest, f32::max);
        }
    }
    let mut squares = vec![0.0_f32; view.columns.len()];
    for row in 0..records.len() {
        records.row(row).for_each(|(column, value)| squares[column as usize] += value * value);
    }
    let of_column = |column: u32| largest[column as usize] * squares[column as usize].sqrt();
    let of_term = |term| {
        Field::ALL
            .into_iter()
            .filter_map(|field| view.columns.get(term, field))
            .map(of_column)
            .fold(0.0, f32::max)
    };
    Ok((0..view.columns.terms() as u32).map(of_term).collect())
}
