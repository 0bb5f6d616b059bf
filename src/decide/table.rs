//! A small dense table that is multiplied often.

/// How many columns lie together: their sums stay in the processor's registers.
const LANES: usize = 16;

type Lanes = [f32; LANES];

/// Numbers in rows and columns. Sums go in one fixed order, whatever the processor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    width: usize,
    /// For each block of [`LANES`] columns its rows; the last is filled up with zeros.
    blocks: Vec<Vec<Lanes>>,
}

impl Table {
    /// A table of zeros.
    pub fn new(rows: usize, width: usize) -> Table {
        Table { width, blocks: vec![vec![[0.0; LANES]; rows]; width.div_ceil(LANES)] }
    }

    fn height(&self) -> usize {
        self.blocks.first().map_or(0, Vec::len)
    }

    /// The numbers, row after row.
    pub fn rows(&self) -> Vec<f32> {
        let row =
            |at: usize| (0..self.width).map(move |column| self.blocks[column / LANES][at][column % LANES]);
        (0..self.height()).flat_map(row).collect()
    }

    /// Takes `numbers`, row after row, each divided by `divisor`.
    pub fn set_rows(&mut self, numbers: &[f32], divisor: f32) {
        for (at, row) in numbers.chunks_exact(self.width).enumerate() {
            let divided: Vec<f32> = row.iter().map(|number| number / divisor).collect();
            self.set_row(at, &divided);
        }
    }

    /// Takes the numbers of row `at`.
    #[inline(always)]
    pub fn set_row(&mut self, at: usize, row: &[f32]) {
        for (block, numbers) in self.blocks.iter_mut().zip(row.chunks(LANES)) {
            block[at][..numbers.len()].copy_from_slice(numbers);
        }
    }

    /// Adds to `sums`, one for each column, the rows of the table times `factors`, one for each row; rows without a factor
    /// are left out.
    #[inline(always)]
    pub fn add_product(&self, factors: &[f32], sums: &mut [f32]) {
        for (block, sums) in self.blocks.iter().zip(sums.chunks_mut(LANES)) {
            let product = product(block, factors);
            sums.iter_mut().zip(product).for_each(|(sum, product)| *sum += product);
        }
    }

    /// The sums over rows of each of `height` factors of the row times the row: height × width.
    #[inline(always)]
    pub fn products(&self, factors: &[Vec<f32>], height: usize) -> Table {
        let mut products = Table::new(height, self.width);
        for (block, product) in self.blocks.iter().zip(&mut products.blocks) {
            for (pair, products) in product.chunks_mut(2).enumerate() {
                let sums = products_of(block, factors, 2 * pair, 2 * pair + products.len() - 1);
                products.iter_mut().zip(sums).for_each(|(product, sum)| *product = sum);
            }
        }
        products
    }
}

/// The rows of `block` times `factors`. Here and below the sum is a value of its own that nothing points at, or it would not
/// stay in registers.
#[inline(always)]
fn product(block: &[Lanes], factors: &[f32]) -> Lanes {
    let mut sum = [0.0; LANES];
    for at in 0..block.len().min(factors.len()) {
        let (factor, row) = (factors[at], &block[at]);
        for l in 0..LANES {
            sum[l] += factor * row[l];
        }
    }
    sum
}

/// The rows of `block`, each times number `first` of its factors, and each times number `second`: two sums at a time, so that
/// neither waits for itself.
#[inline(always)]
fn products_of(block: &[Lanes], factors: &[Vec<f32>], first: usize, second: usize) -> [Lanes; 2] {
    let (mut one, mut other) = ([0.0; LANES], [0.0; LANES]);
    for at in 0..block.len().min(factors.len()) {
        let (row, of_row) = (&block[at], &factors[at]);
        let (x, y) = (of_row[first], of_row[second]);
        for l in 0..LANES {
            one[l] += x * row[l];
        }
        for l in 0..LANES {
            other[l] += y * row[l];
        }
    }
    [one, other]
}
