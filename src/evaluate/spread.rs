//! A figure that was measured several times.

use serde::Serialize;

/// The mean of several measurements, and how far it may be off.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The standard error of the mean: the standard deviation (with n - 1) by √n. Of folds it is a little too small,
    /// since what was learned from overlaps. `None` for fewer than two measurements.
    pub standard_error: Option<f64>,
}

impl Spread {
    /// The spread of `values`; 0 where there are none.
    ///
    /// ```
    /// use topicwire::evaluate::Spread;
    ///
    /// let spread = Spread::of([0.5, 0.75, 1.0]);
    /// assert_eq!(spread.mean, 0.75);
    /// assert!((spread.standard_error.unwrap() - 0.25 / 3.0_f64.sqrt()).abs() < 1e-12);
    /// ```
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let values: Vec<f64> = values.into_iter().collect();
        let n = values.len() as f64;
        if values.is_empty() {
            return Spread::default();
        }
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let standard_error = (values.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
        Spread { mean, standard_error }
    }
}
