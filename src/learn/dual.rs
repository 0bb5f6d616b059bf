//! Dual coordinate descent for the squared hinge, a block of topics at a time.
//!
//! The method is that of Hsieh et al. 2008 ("A Dual Coordinate Descent Method for Large-scale Linear SVM"), the
//! solver in LIBLINEAR: minimise `½ αᵀ Q̄ α − Σ α` over `α ≥ 0`, one `α` at a time, with the weights
//! `w = Σ α y x` kept along, and rows that cannot matter set aside (shrinking).
//!
//! LIBLINEAR solves one topic after the other and walks the matrix once for each. Here a walk serves [`LANES`]
//! topics: their weights for a column lie side by side, so that one memory access and one vector instruction
//! update them all. The arithmetic is the same for every processor: without fused operations, in one order.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::features::Records;
use crate::memory::zeros;
use crate::wide::{Wide, wide};

/// How many topics are solved together.
pub const LANES: usize = 16;

/// A bit for each of the topics of a block.
pub type Mask = u16;

/// A value for each of the topics of a block.
pub type Lanes = [f32; LANES];

/// When a solver stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// The largest violation of the optimality conditions that is let be.
    pub tolerance: f32,
    /// The most passes over the rows.
    pub max_epochs: u32,
}

/// What a solver found for a block of topics.
#[derive(Debug, Clone)]
pub struct BlockFit<const N: usize = LANES> {
    /// The weights of each column; the last is the bias.
    pub weights: Vec<[f32; N]>,
    /// The dual variable of each row: 0 for rows that were not learned from.
    pub dual: Vec<[f32; N]>,
    /// Passes over the rows, of those not set aside.
    pub epochs: u32,
    /// The largest violation in the last pass.
    pub violation: f32,
}

/// A block of topics to learn: which rows, which labels, how dear mistakes are.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The articles.
    pub records: &'a Records,
    /// The rows to learn from.
    pub rows: &'a [u32],
    /// How many topics there are, [`LANES`] at most.
    pub topics: usize,
    /// For each row of `records`, bit `l` is set where topic `l` of the block is assigned.
    pub positive: &'a [Mask],
    /// The cost `C` of an error on an article that has the topic, and on one that has not.
    pub cost: [f32; 2],
}

impl Block<'_> {
    /// Fits the block, from the dual variables `start` of a similar problem on the same rows where there is one: a
    /// fold starts from the solution for all rows, a cost from the solution for another cost.
    pub fn fit(&self, start: Option<&[Lanes]>, stop: Stop, seed: u64) -> BlockFit {
        if self.topics <= HALF {
            let BlockFit { weights, dual, epochs, violation } =
                wide(Run::<HALF> { block: self, start, stop, seed });
            return BlockFit { weights: widened(weights), dual: widened(dual), epochs, violation };
        }
        wide(Run::<LANES> { block: self, start, stop, seed })
    }
}

/// So many topics or fewer are solved in lanes of their own: half as much memory to walk.
const HALF: usize = LANES / 2;

/// Lanes with zeros behind them.
fn widened(narrow: Vec<[f32; HALF]>) -> Vec<Lanes> {
    let widen = |lanes: [f32; HALF]| {
        let mut widened = [0.0; LANES];
        widened[..HALF].copy_from_slice(&lanes);
        widened
    };
    narrow.into_iter().map(widen).collect()
}

/// A fit in `N` lanes.
struct Run<'a, const N: usize> {
    block: &'a Block<'a>,
    start: Option<&'a [Lanes]>,
    stop: Stop,
    seed: u64,
}

impl<const N: usize> Wide for Run<'_, N> {
    type Output = BlockFit<N>;

    #[inline(always)]
    fn run(self) -> BlockFit<N> {
        let mut fit = self.start();
        let mut rows = Rows::new(self.block);
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        while fit.epochs < self.stop.max_epochs {
            fit.epochs += 1;
            rows.order[..rows.active].shuffle(&mut random);
            let pass = self.pass(&mut fit, &mut rows);
            fit.violation = pass.violation();
            if fit.violation <= self.stop.tolerance {
                if rows.active == rows.order.len() {
                    break;
                }
                // All is well among the rows in play: see whether that holds for those set aside too.
                rows.active = rows.order.len();
                rows.shrink_above = [f32::INFINITY; N];
                continue;
            }
            rows.shrink_above =
                pass.largest.map(|largest| if largest <= 0.0 { f32::INFINITY } else { largest });
        }
        fit
    }
}

impl<const N: usize> Run<'_, N> {
    /// The weights that go with the dual variables `start` of this block's rows.
    #[inline(always)]
    fn start(&self) -> BlockFit<N> {
        let Block { records, rows, positive, .. } = *self.block;
        let mut fit = BlockFit {
            weights: zeros([0.0; N], records.width() + 1),
            dual: zeros([0.0; N], records.len()),
            epochs: 0,
            violation: f32::INFINITY,
        };
        let Some(start) = self.start else { return fit };
        let mut at = 0;
        while at < rows.len() {
            let row = rows[at] as usize;
            at += 1;
            let Some(dual) = start.get(row).filter(|dual| **dual != [0.0; LANES]) else { continue };
            let sign = signs::<N>(positive[row]);
            let mut step = [0.0; N];
            for l in 0..N {
                fit.dual[row][l] = dual[l];
                step[l] = dual[l] * sign[l];
            }
            let (columns, values) = records.parts(row);
            add(&mut fit.weights, columns, values, &step);
            let bias = &mut fit.weights[records.width()];
            for l in 0..N {
                bias[l] += step[l];
            }
        }
        fit
    }

    /// One pass over the rows in play; a row that is set aside moves behind them.
    #[inline(always)]
    fn pass(&self, fit: &mut BlockFit<N>, rows: &mut Rows<N>) -> Pass<N> {
        let Block { records, positive, cost, .. } = *self.block;
        let Rows { order, active, shrink_above, lengths } = rows;
        let bias = records.width();
        let diagonals = [0.5 / cost[0], 0.5 / cost[1]];
        let mut pass = Pass { largest: [f32::NEG_INFINITY; N], smallest: [f32::INFINITY; N] };
        let mut at = 0;
        while at < *active {
            let row = order[at] as usize;
            let (columns, values) = records.parts(row);
            if at + AHEAD < *active {
                prefetch_line(records.start(order[at + AHEAD] as usize));
                let (next, after_next) = (order[at + 1] as usize, order[at + 2] as usize);
                prefetch_line(&fit.dual[after_next]);
                prefetch_line(&lengths[after_next]);
                prefetch_line(&positive[after_next]);
                prefetch(records, &fit.weights, next, after_next);
            }
            let margin = dot(&fit.weights, columns, values);
            let length = lengths[row];
            let sign = signs::<N>(positive[row]);
            let dual = &mut fit.dual[row];
            let bias_weights = fit.weights[bias];
            let mut step = [0.0; N];
            let (mut in_play, mut moved) = (0_u32, 0_u32);
            for l in 0..N {
                let diagonal = if sign[l] > 0.0 { diagonals[0] } else { diagonals[1] };
                let gradient = sign[l] * (margin[l] + bias_weights[l]) - 1.0 + dual[l] * diagonal;
                let projected = if dual[l] > 0.0 || gradient < 0.0 { gradient } else { 0.0 };
                in_play |= u32::from(dual[l] > 0.0) | u32::from(gradient <= shrink_above[l]);
                pass.largest[l] = if projected > pass.largest[l] { projected } else { pass.largest[l] };
                pass.smallest[l] = if projected < pass.smallest[l] { projected } else { pass.smallest[l] };
                let free = dual[l] - gradient / (length + diagonal);
                let updated = if free > 0.0 { free } else { 0.0 };
                step[l] = (updated - dual[l]) * sign[l];
                moved |= u32::from(projected > 1e-6) | u32::from(projected < -1e-6);
                dual[l] = updated;
            }
            if moved != 0 {
                add(&mut fit.weights, columns, values, &step);
                let bias = &mut fit.weights[bias];
                for l in 0..N {
                    bias[l] += step[l];
                }
            }
            if in_play != 0 {
                at += 1;
            } else {
                *active -= 1;
                order.swap(at, *active);
            }
        }
        pass
    }
}

/// The rows to learn from, in the order of the next pass.
struct Rows<const N: usize> {
    /// Those in play, `order[..active]`, and behind them those set aside.
    order: Vec<u32>,
    active: usize,
    /// For each topic, the gradient above which a row at its bound cannot matter.
    shrink_above: [f32; N],
    /// The square of the length of each row, with its 1 for the bias.
    lengths: Vec<f32>,
}

impl<const N: usize> Rows<N> {
    #[inline(always)]
    fn new(block: &Block<'_>) -> Rows<N> {
        let mut lengths = vec![0.0; block.records.len()];
        for &row in block.rows {
            let (_, values) = block.records.parts(row as usize);
            lengths[row as usize] = 1.0 + square(values);
        }
        Rows {
            order: block.rows.to_vec(),
            active: block.rows.len(),
            shrink_above: [f32::INFINITY; N],
            lengths,
        }
    }
}

/// The sum of the squares of `values`.
#[inline(always)]
fn square(values: &[f32]) -> f32 {
    const SUMS: usize = 8;
    let mut sums = [0.0_f32; SUMS];
    let (whole, rest) = values.as_chunks::<SUMS>();
    let mut at = 0;
    while at < whole.len() {
        for l in 0..SUMS {
            sums[l] += whole[at][l] * whole[at][l];
        }
        at += 1;
    }
    for l in 0..rest.len() {
        sums[l] += rest[l] * rest[l];
    }
    sums.iter().sum()
}

/// The extremes of the projected gradients of a pass.
struct Pass<const N: usize> {
    largest: [f32; N],
    smallest: [f32; N],
}

impl<const N: usize> Pass<N> {
    fn violation(&self) -> f32 {
        (0..N).map(|l| self.largest[l] - self.smallest[l]).fold(0.0, f32::max)
    }
}

#[inline(always)]
fn signs<const N: usize>(positive: Mask) -> [f32; N] {
    let mut signs = [-1.0; N];
    for (l, sign) in signs.iter_mut().enumerate() {
        if positive >> l & 1 == 1 {
            *sign = 1.0;
        }
    }
    signs
}

/// The scores of a row for all topics of the block.
///
/// Here and in [`add`], plain loops over indices: see [`Wide`].
#[inline(always)]
pub(super) fn dot<const N: usize>(weights: &[[f32; N]], columns: &[u32], values: &[f32]) -> [f32; N] {
    let (mut even, mut odd) = ([0.0_f32; N], [0.0_f32; N]);
    let values = &values[..columns.len()];
    let mut at = 0;
    while at + 1 < columns.len() {
        let (first, second) = (&weights[columns[at] as usize], &weights[columns[at + 1] as usize]);
        let (x, y) = (values[at], values[at + 1]);
        for l in 0..N {
            even[l] += x * first[l];
            odd[l] += y * second[l];
        }
        at += 2;
    }
    if at < columns.len() {
        let (last, x) = (&weights[columns[at] as usize], values[at]);
        for l in 0..N {
            even[l] += x * last[l];
        }
    }
    for l in 0..N {
        even[l] += odd[l];
    }
    even
}

/// Adds `value * step` to the weights of each column of a row.
#[inline(always)]
pub(super) fn add<const N: usize>(
    weights: &mut [[f32; N]],
    columns: &[u32],
    values: &[f32],
    step: &[f32; N],
) {
    let values = &values[..columns.len()];
    let mut at = 0;
    while at < columns.len() {
        let (weights, value) = (&mut weights[columns[at] as usize], values[at]);
        for l in 0..N {
            weights[l] += value * step[l];
        }
        at += 1;
    }
}

/// Asks for the memory of what the next row needs, while this one is worked on: rows come in random order, and waiting for
/// their weights takes longer than the arithmetic.
#[inline(always)]
fn prefetch<const N: usize>(records: &Records, weights: &[[f32; N]], next: usize, after_next: usize) {
    let (columns, _) = records.parts(next);
    let mut at = 0;
    while at < columns.len() {
        prefetch_line(&weights[columns[at] as usize]);
        at += 1;
    }
    let (columns, values) = records.parts(after_next);
    let mut at = 0;
    while at < columns.len() {
        prefetch_line(&columns[at]);
        prefetch_line(&values[at]);
        at += LINE;
    }
}

/// So many rows ahead it is asked where a row begins.
const AHEAD: usize = 4;

/// How many columns or values a line of the cache holds.
const LINE: usize = 16;

#[inline(always)]
fn prefetch_line<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint to the cache: it reads nothing that the program sees, and any address is allowed.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
