//! Linear equations of a positive definite matrix.

/// The lower triangle `L` of a positive definite matrix `L Lᵀ`.
pub(super) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Of a `matrix` of size × size, of which the lower triangle is looked at. What is not positive definite counts as
    /// barely so.
    pub fn new(mut matrix: Vec<f64>, size: usize) -> Cholesky {
        for at in 0..size {
            for col in 0..=at {
                let dot: f64 = (0..col).map(|k| matrix[at * size + k] * matrix[col * size + k]).sum();
                let rest = matrix[at * size + col] - dot;
                matrix[at * size + col] =
                    if at == col { rest.max(1e-9).sqrt() } else { rest / matrix[col * size + col] };
            }
        }
        Cholesky { size, lower: matrix }
    }

    /// The solutions for the columns of `right`, size × `width`, in their place.
    pub fn solve(&self, right: &mut [f64], width: usize) {
        let (size, lower) = (self.size, &self.lower);
        let less = |right: &mut [f64], from: usize, to: usize, factor: f64| {
            for column in 0..width {
                right[to * width + column] -= factor * right[from * width + column];
            }
        };
        for at in 0..size {
            (0..at).for_each(|k| less(right, k, at, lower[at * size + k]));
            right[at * width..][..width].iter_mut().for_each(|value| *value /= lower[at * size + at]);
        }
        for at in (0..size).rev() {
            (at + 1..size).for_each(|k| less(right, k, at, lower[k * size + at]));
            right[at * width..][..width].iter_mut().for_each(|value| *value /= lower[at * size + at]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Cholesky;

    proptest! {
        #[test]
        fn solutions_solve(root in prop::collection::vec(-2.0_f64..2.0, 9), wanted in prop::collection::vec(-3.0_f64..3.0, 6)) {
            // Rᵀ R + I is positive definite.
            let of = |row: usize, column: usize| {
                let dot: f64 = (0..3).map(|k| root[k * 3 + row] * root[k * 3 + column]).sum();
                dot + f64::from(u8::from(row == column))
            };
            let matrix: Vec<f64> = (0..9).map(|at| of(at / 3, at % 3)).collect();
            let mut right = vec![0.0; 6];
            for at in 0..6 {
                right[at] = (0..3).map(|k| matrix[at / 2 * 3 + k] * wanted[k * 2 + at % 2]).sum();
            }
            Cholesky::new(matrix, 3).solve(&mut right, 2);
            for (found, wanted) in right.iter().zip(&wanted) {
                prop_assert!((found - wanted).abs() < 1e-8);
            }
        }
    }
}
