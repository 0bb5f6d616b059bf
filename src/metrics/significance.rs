//! Whether a difference is real.

/// McNemar's exact test, two-sided: the probability of a split at least as uneven as this one among the articles that just
/// one of two models gets right, if both were equally good.
///
/// ```
/// use topicwire::metrics::mcnemar;
///
/// assert_eq!(mcnemar(5, 5), 1.0);
/// assert!((mcnemar(1, 9) - 0.021484375).abs() < 1e-12);
/// ```
pub fn mcnemar(only_first: u64, only_second: u64) -> f64 {
    let (fewer, n) = (only_first.min(only_second), only_first + only_second);
    // Σ C(n, k) / 2ⁿ for k up to the smaller, term by term in logarithms.
    let mut logarithm = -(n as f64) * std::f64::consts::LN_2;
    let mut sum = logarithm.exp();
    for k in 1..=fewer {
        logarithm += ((n - k + 1) as f64 / k as f64).ln();
        sum += logarithm.exp();
    }
    (2.0 * sum).min(1.0)
}
