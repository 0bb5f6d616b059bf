//! Where columns occur, and how often in the articles of each topic.

use std::ops::Range;

use rayon::prelude::*;

use super::bags::Lists;
use super::weighting::{Counted, Weigher};
use super::{Counts, Weighting};

/// Where each column occurs, by article: what weights are counted from, for all articles or for those of a fold.
#[derive(Debug)]
pub struct ColumnTopics {
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl ColumnTopics {
    /// The articles of each column of `counts`.
    pub fn new(counts: &Counts) -> Self {
        let mut starts = vec![0_usize; counts.width() + 1];
        for row in 0..counts.len() {
            for &column in counts.columns(row) {
                starts[column as usize + 1] += 1;
            }
        }
        for column in 0..counts.width() {
            starts[column + 1] += starts[column];
        }
        let mut rows = vec![0; counts.stored()];
        let middle = starts.partition_point(|&start| start < rows.len() / 2).min(counts.width());
        let (low, high) = rows.split_at_mut(starts[middle]);
        rayon::join(
            || list_rows(counts, &starts[..=middle], 0, low),
            || list_rows(counts, &starts[middle..], middle as u32, high),
        );
        ColumnTopics { starts, rows }
    }

    /// What the articles for which `taken` holds, whose topics are `targets[row]` and below `topics`, say of each column.
    pub fn counts(&self, targets: &[Vec<u32>], topics: usize, taken: impl Fn(usize) -> bool) -> TopicCounts {
        let taken = Taken::new(targets, topics, taken);
        let parts: Vec<TopicCounts> =
            self.parts().into_par_iter().map(|part| self.count(part, &taken)).collect();
        let mut counts = TopicCounts::none(&taken);
        counts.articles.reserve(self.columns());
        counts.in_topics.all.reserve(parts.iter().map(|part| part.in_topics.all.len()).sum());
        for part in parts {
            counts.articles.extend(part.articles);
            counts.in_topics.append(&part.in_topics);
        }
        counts
    }

    /// The weights that [`TopicCounts::weights`] makes of the same counts, without holding all of these.
    pub fn weights(
        &self,
        weighting: Weighting,
        targets: &[Vec<u32>],
        topics: usize,
        taken: impl Fn(usize) -> bool,
    ) -> Vec<f32> {
        let taken = Taken::new(targets, topics, taken);
        let weigher = Weigher::new(weighting, &taken.counted);
        let parts: Vec<Vec<f32>> =
            self.parts().into_par_iter().map(|part| self.count(part, &taken).weigh(&weigher)).collect();
        parts.concat()
    }

    /// The columns, in parts for workers.
    fn parts(&self) -> Vec<Range<usize>> {
        let columns = self.columns();
        (0..columns).step_by(COLUMNS).map(|start| start..columns.min(start + COLUMNS)).collect()
    }

    fn columns(&self) -> usize {
        self.starts.len() - 1
    }

    /// What the articles that are `taken` say of some `columns`.
    fn count(&self, columns: Range<usize>, taken: &Taken) -> TopicCounts {
        let mut counts = TopicCounts::none(taken);
        let mut in_topic = vec![0; taken.counted.sizes.len()];
        let TopicCounts { articles, in_topics, .. } = &mut counts;
        for column in columns {
            let rows = &self.rows[self.starts[column]..self.starts[column + 1]];
            let first = in_topics.all.len();
            let mut df = 0;
            for rows in rows.chunks(TOGETHER) {
                // All of them before any branch, so that the processor waits for their memory at once.
                let mut own = [NOT_TAKEN; TOGETHER];
                rows.iter().zip(&mut own).for_each(|(&row, own)| *own = taken.own[row as usize]);
                for topics in own[..rows.len()].iter().filter_map(|own| taken.topics(own)) {
                    df += 1;
                    for &topic in topics {
                        if in_topic[usize::from(topic)] == 0 {
                            in_topics.all.push((topic.into(), 0));
                        }
                        in_topic[usize::from(topic)] += 1;
                    }
                }
            }
            for (topic, count) in &mut in_topics.all[first..] {
                *count = std::mem::take(&mut in_topic[*topic as usize]);
            }
            in_topics.starts.push(in_topics.all.len());
            articles.push(df);
        }
        counts
    }
}

/// Columns that a worker takes at a time.
const COLUMNS: usize = 1024;

/// How many articles have each column, and how many have it and a topic: columns × topics, sparse.
#[derive(Debug, Clone)]
pub struct TopicCounts {
    /// The articles that were counted.
    counted: Counted,
    articles: Vec<u32>,
    in_topics: Lists<(u32, u32)>,
}

impl TopicCounts {
    /// How many topics there are.
    pub fn topics(&self) -> usize {
        self.counted.sizes.len()
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.articles.len()
    }

    /// How many articles have `column`.
    pub fn articles(&self, column: usize) -> u32 {
        self.articles[column]
    }

    /// The topics of these articles, each with how many of them have it, in no order.
    pub fn in_topics(&self, column: usize) -> &[(u32, u32)] {
        self.in_topics.of(column)
    }

    /// The weight of every column; that of a column of no article is 0.
    pub fn weights(&self, weighting: Weighting) -> Vec<f32> {
        self.weigh(&Weigher::new(weighting, &self.counted))
    }

    fn weigh(&self, weigher: &Weigher<'_>) -> Vec<f32> {
        let weight = |column: usize| weigher.weigh(self.articles(column), self.in_topics(column));
        (0..self.columns()).map(weight).collect()
    }

    /// The counts of no column.
    fn none(taken: &Taken) -> TopicCounts {
        let (articles, in_topics) = (Vec::new(), Lists::default());
        TopicCounts { counted: taken.counted.clone(), articles, in_topics }
    }
}

/// Notes in `rows` the articles of each column from `first` on, whose lists start where `starts` says, less what stands before
/// the first.
fn list_rows(counts: &Counts, starts: &[usize], first: u32, rows: &mut [u32]) {
    let mut next: Vec<usize> = starts.iter().map(|start| start - starts[0]).collect();
    let end = first + starts.len() as u32 - 1;
    for row in 0..counts.len() {
        let columns = counts.columns(row);
        let own = columns.partition_point(|&column| column < first)..columns.partition_point(|&c| c < end);
        for &column in &columns[own] {
            let next = &mut next[(column - first) as usize];
            rows[*next] = row as u32;
            *next += 1;
        }
    }
}

/// The topics of the articles that are taken, in one place: a list for each article would have to be waited for.
struct Taken {
    counted: Counted,
    /// The topics of each article.
    own: Vec<Own>,
    /// Those of articles with more than [`FEW`].
    many: Lists<u16>,
}

/// The topics of an article.
#[derive(Clone, Copy, PartialEq)]
struct Own {
    count: u16,
    /// [`FEW`] topics at most, or of more the number of their list, its lower half first.
    few: [u16; FEW],
}

/// Most articles have no more topics.
const FEW: usize = 3;

/// There is no such list.
const NOT_TAKEN: Own = Own { count: u16::MAX, few: [u16::MAX; FEW] };

/// So many articles are looked up at a time.
const TOGETHER: usize = 16;

impl Taken {
    fn new(targets: &[Vec<u32>], topics: usize, taken: impl Fn(usize) -> bool) -> Taken {
        let (own, many) = (vec![NOT_TAKEN; targets.len()], Lists::default());
        // With a fold left out, it is what it is of the whole corpus.
        let one_topic = targets.iter().all(|topics| topics.len() == 1);
        let counted = Counted { articles: 0, sizes: vec![0; topics], one_topic };
        let mut all = Taken { counted, own, many };
        for (row, topics) in targets.iter().enumerate().filter(|(row, _)| taken(*row)) {
            all.counted.articles += 1;
            topics.iter().for_each(|&topic| all.counted.sizes[topic as usize] += 1);
            // Topics are numbered, and counted, in 16 bits.
            let numbers = topics.iter().map(|&topic| topic as u16);
            let mut few = [0; FEW];
            if topics.len() <= FEW {
                few.iter_mut().zip(numbers).for_each(|(few, topic)| *few = topic);
            } else {
                (few[0], few[1]) = (all.many.len() as u16, (all.many.len() >> 16) as u16);
                all.many.extend(numbers);
            }
            all.own[row] = Own { count: topics.len() as u16, few };
        }
        all
    }

    /// The topics that `own` says, if the article is taken.
    #[inline]
    fn topics<'a>(&'a self, own: &'a Own) -> Option<&'a [u16]> {
        let Own { count, few } = own;
        match usize::from(*count) {
            count @ ..=FEW => Some(&few[..count]),
            _ if *own == NOT_TAKEN => None,
            _ => Some(self.many.of(usize::from(few[0]) | usize::from(few[1]) << 16)),
        }
    }
}
