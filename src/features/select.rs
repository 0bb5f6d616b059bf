//! Chi-square selection: the columns that depend most on the topics.

use super::Records;

/// The `keep` columns whose presence depends most on a topic, in ascending order.
///
/// The figure of a column is the largest χ² over topics of the 2 × 2 table (column present or not, topic present
/// or not): `n (ad − bc)² / ((a+b)(c+d)(a+c)(b+d))`. Ties go to the column with the smaller number.
pub fn chi_square(records: &Records, targets: &[Vec<u32>], topics: usize, keep: usize) -> Vec<u32> {
    let n = records.len() as f64;
    let mut sizes = vec![0_u32; topics];
    let mut present = vec![0_u32; records.width()];
    for (row, row_topics) in targets.iter().enumerate() {
        row_topics.iter().for_each(|&topic| sizes[topic as usize] += 1);
        records.row(row).for_each(|(column, _)| present[column as usize] += 1);
    }
    let mut best = vec![0.0_f64; records.width()];
    let mut rows_of_topic = vec![Vec::new(); topics];
    for (row, row_topics) in targets.iter().enumerate() {
        row_topics.iter().for_each(|&topic| rows_of_topic[topic as usize].push(row));
    }
    let mut both = vec![0_u32; records.width()];
    for (topic, rows) in rows_of_topic.iter().enumerate() {
        for &row in rows {
            records.row(row).for_each(|(column, _)| both[column as usize] += 1);
        }
        let s = f64::from(sizes[topic]);
        for (column, both) in both.iter_mut().enumerate().filter(|(_, both)| **both > 0) {
            let (a, df) = (f64::from(std::mem::take(both)), f64::from(present[column]));
            let (b, c) = (df - a, s - a);
            let d = n - a - b - c;
            let product = (a + b) * (c + d) * (a + c) * (b + d);
            if product > 0.0 {
                best[column] = best[column].max(n * (a * d - b * c).powi(2) / product);
            }
        }
    }
    let mut order: Vec<u32> = (0..records.width() as u32).collect();
    order.sort_by(|&a, &b| best[b as usize].total_cmp(&best[a as usize]).then(a.cmp(&b)));
    order.truncate(keep);
    order.sort_unstable();
    order
}
