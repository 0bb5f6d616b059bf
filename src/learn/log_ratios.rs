//! The log ratios of naive Bayes, which a classifier's weights are blended with.

use rayon::prelude::*;

use super::Weights;
use super::dual::{LANES, Lanes};
use crate::features::TopicCounts;

/// What is added to every count.
const SMOOTHING: f32 = 0.1;

/// For each column and topic, how much likelier an occurrence of the column is in an article with the topic than in one
/// without it.
///
/// With `a` the articles with both column and topic, `df` those with the column, `A` and `D` the sums of both over all
/// columns, and `V` columns, the weight is the log-count ratio of Wang and Manning (2012, "Baselines and Bigrams"):
///
/// `ln (a + s) / (A + s V) - ln (df - a + s) / (D - A + s V)`, with `s = 0.1`.
///
/// A support vector machine looks no further at a word once the articles that have it are on the right side. These ratios
/// count them all. They are for articles with exactly one topic: a column's weights are brought to mean 0 over topics, which
/// changes no comparison between two. There is no bias. Only the first `columns` have weights: what character n-grams say, their
/// words say already.
pub(crate) fn log_ratios(counts: &TopicCounts, columns: usize) -> Weights {
    let topics = counts.topics();
    let smooth = f64::from(SMOOTHING) * columns as f64;
    let all: f64 = (0..columns).map(|column| f64::from(counts.articles(column))).sum();
    let mut inside = vec![0.0_f64; topics];
    for column in 0..columns {
        counts
            .in_topics(column)
            .iter()
            .for_each(|&(topic, count)| inside[topic as usize] += f64::from(count));
    }
    let sizes: Vec<f32> =
        inside.iter().map(|inside| ((all - inside + smooth) / (inside + smooth)).ln() as f32).collect();
    let mut blocks: Vec<Vec<Lanes>> = vec![vec![[0.0; LANES]; counts.columns() + 1]; topics.div_ceil(LANES)];
    for (block, first) in blocks.iter_mut().zip((0..).step_by(LANES)) {
        let here = &sizes[first..topics.min(first + LANES)];
        block[..columns].par_iter_mut().enumerate().with_min_len(COLUMNS).for_each(|(column, lanes)| {
            let df = counts.articles(column) as f32;
            if df == 0.0 {
                return;
            }
            let absent = SMOOTHING.ln() - (df + SMOOTHING).ln();
            let present = |a: f32| (a + SMOOTHING).ln() - (df - a + SMOOTHING).ln();
            lanes.iter_mut().zip(here).for_each(|(lane, size)| *lane = absent + size);
            for &(topic, count) in counts.in_topics(column) {
                if let Some(lane) = (topic as usize).checked_sub(first).filter(|lane| *lane < LANES) {
                    lanes[lane] = present(count as f32) + here[lane];
                }
            }
        });
    }
    Weights::from_blocks(topics, blocks).centred()
}

/// Columns that a worker takes at a time.
const COLUMNS: usize = 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::log_ratios;
    use crate::features::{Bags, ColumnTopics, Columns, Counts, FieldWeights, Vocabulary, VocabularyLimits};
    use crate::text::Analyzer;
    use crate::{Article, Topic};

    fn occurs(article: &Article, word: &str) -> bool {
        article.text.split(' ').any(|own| own == word)
    }

    proptest! {
        #[test]
        fn weights_are_the_log_ratios_of_counts(
            articles in prop::collection::vec((prop::collection::vec("(aa|bb|cc|dd|ee)", 1..6), 0_u32..3), 3..20),
        ) {
            let targets: Vec<Vec<u32>> = articles.iter().map(|(_, topic)| vec![*topic]).collect();
            let articles: Vec<Article> = articles
                .iter()
                .map(|(words, topic)| Article::new("", "", words.join(" ")).with_topics([Topic::from(topic.to_string())]))
                .collect();
            let limits = VocabularyLimits { min_articles: Some(1), ..VocabularyLimits::default() };
            let (vocabulary, documents) = Vocabulary::build(&articles, &Analyzer::default(), limits);
            let fields = FieldWeights { lead: 0.0, title: 0.0, ..FieldWeights::default() };
            let bags = Bags::new(&documents, vocabulary.terms.len(), 0);
            let columns = Columns::new(&bags, vocabulary.terms.len(), &fields, 1);
            let counts = Counts::new(&bags, &columns, &fields);
            let weights = log_ratios(&ColumnTopics::new(&counts).counts(&targets, 3, |_| true), columns.len());

            let count = |word: &str, topic: Option<u32>| {
                let of = |row: usize| topic.is_none_or(|topic| targets[row] == [topic]);
                (0..articles.len()).filter(|&row| of(row) && occurs(&articles[row], word)).count() as f64
            };
            let all = |topic| vocabulary.terms.iter().map(|word| count(word, topic)).sum::<f64>();
            let smooth = 0.1 * vocabulary.terms.len() as f64;
            for (column, word) in vocabulary.terms.iter().enumerate() {
                let (df, total) = (count(word, None), all(None));
                let ratio = |topic: u32| {
                    let (a, inside) = (count(word, Some(topic)), all(Some(topic)));
                    ((a + 0.1) / (inside + smooth)).ln() - ((df - a + 0.1) / (total - inside + smooth)).ln()
                };
                let mean = (0..3).map(ratio).sum::<f64>() / 3.0;
                for topic in 0..3 {
                    let weight = f64::from(weights.get(column, topic as usize));
                    prop_assert!((weight - (ratio(topic) - mean)).abs() < 1e-3, "{word} {topic}: {weight}");
                }
            }
        }
    }
}
