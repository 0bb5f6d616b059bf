//! What a linear classifier has learned of very many topics.

use super::Weights;

/// The weights that matter, for each column those of some topics, and a bias for each topic.
#[derive(Debug, Clone, Default)]
pub struct SparseWeights {
    portions: Vec<Portion>,
    bias: Vec<f32>,
}

/// The weights of some topics that follow each other.
#[derive(Debug, Clone)]
struct Portion {
    /// Where the entries of each column start; one more at the end.
    starts: Vec<u32>,
    /// (topic, weight), column after column.
    entries: Vec<(u32, f32)>,
}

impl SparseWeights {
    /// Adds the weights of the topics that come next.
    pub fn push(&mut self, weights: &Weights) {
        let (first, columns) = (self.bias.len() as u32, weights.columns() - 1);
        let mut portion = Portion { starts: Vec::with_capacity(columns + 1), entries: Vec::new() };
        for column in 0..columns {
            portion.starts.push(portion.entries.len() as u32);
            let of_column = (0..weights.topics()).map(|topic| weights.get(column, topic));
            portion.entries.extend((first..).zip(of_column).filter(|(_, weight)| *weight != 0.0));
        }
        portion.starts.push(portion.entries.len() as u32);
        portion.entries.shrink_to_fit();
        self.portions.push(portion);
        self.bias.extend((0..weights.topics()).map(|topic| weights.get(columns, topic)));
    }

    /// How many columns there are, without the bias.
    pub fn columns(&self) -> usize {
        self.portions.first().map_or(0, |portion| portion.starts.len() - 1)
    }

    /// The (topic, weight) pairs of `column`, ascending by topic.
    pub fn column(&self, column: usize) -> impl Iterator<Item = (u32, f32)> + Clone + '_ {
        self.portions.iter().flat_map(move |portion| {
            let range = portion.starts[column] as usize..portion.starts[column + 1] as usize;
            portion.entries[range].iter().copied()
        })
    }

    /// The bias of each topic.
    pub fn bias(&self) -> &[f32] {
        &self.bias
    }
}
