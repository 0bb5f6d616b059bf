//! How well scores rank articles.

/// Average precision of (score, is gold) pairs: the sum over distinct scores, from the highest, of the rise in recall times
/// the precision there. 0 where nothing is gold.
///
/// ```
/// use topicwire::metrics::average_precision;
///
/// let mut pairs = [(0.9, true), (0.8, false), (0.4, true)];
/// assert!((average_precision(&mut pairs) - (0.5 + 0.5 * 2.0 / 3.0)).abs() < 1e-12);
/// ```
pub fn average_precision(pairs: &mut [(f32, bool)]) -> f64 {
    let positives = pairs.iter().filter(|pair| pair.1).count() as f64;
    if positives == 0.0 {
        return 0.0;
    }
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut hits, mut recall, mut sum) = (0.0, 0.0, 0.0);
    for at in 0..pairs.len() {
        hits += f64::from(u8::from(pairs[at].1));
        let ends_tie = pairs.get(at + 1).is_none_or(|next| next.0 != pairs[at].0);
        if ends_tie {
            sum += (hits / positives - recall) * hits / (at + 1) as f64;
            recall = hits / positives;
        }
    }
    sum
}
