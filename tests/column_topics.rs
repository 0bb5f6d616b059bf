//! How many articles of each topic have a column is counted right, however many topics an article has and whichever articles
//! are left out.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use topicwire::Article;
use topicwire::features::{Bags, ColumnTopics, Columns, Counts, FieldWeights, Vocabulary, VocabularyLimits};
use topicwire::text::Analyzer;

const TOPICS: u32 = 8;

fn counts_of(texts: &[Vec<u8>]) -> Counts {
    let text = |words: &Vec<u8>| words.iter().map(|word| format!("w{word} ")).collect::<String>();
    let articles: Vec<Article> = texts.iter().map(|words| Article::new("", "", text(words))).collect();
    let limits = VocabularyLimits { min_articles: Some(1), ..VocabularyLimits::default() };
    let (vocabulary, documents) = Vocabulary::build(&articles, &Analyzer::default(), limits);
    let fields = FieldWeights::default();
    let bags = Bags::new(&documents, vocabulary.terms.len(), fields.lead_tokens);
    let columns = Columns::new(&bags, vocabulary.terms.len(), &fields, 1);
    Counts::new(&bags, &columns, &fields)
}

proptest! {
    #[test]
    fn counts_are_those_of_a_walk_over_the_articles(
        articles in prop::collection::vec(
            (prop::collection::vec(0_u8..12, 0..20), prop::collection::btree_set(0..TOPICS, 0..8), any::<bool>()),
            1..60,
        ),
    ) {
        let texts: Vec<Vec<u8>> = articles.iter().map(|article| article.0.clone()).collect();
        let targets: Vec<Vec<u32>> = articles.iter().map(|article| article.1.iter().copied().collect()).collect();
        let counts = counts_of(&texts);
        let found = ColumnTopics::new(&counts).counts(&targets, TOPICS as usize, |row| articles[row].2);

        let mut wanted: BTreeMap<u32, (u32, BTreeMap<u32, u32>)> = BTreeMap::new();
        for row in (0..counts.len()).filter(|&row| articles[row].2) {
            for &column in counts.columns(row) {
                let (all, in_topics) = wanted.entry(column).or_default();
                *all += 1;
                targets[row].iter().for_each(|&topic| *in_topics.entry(topic).or_default() += 1);
            }
        }
        prop_assert_eq!(found.columns(), counts.width());
        for column in 0..found.columns() {
            let (all, in_topics) = wanted.remove(&(column as u32)).unwrap_or_default();
            prop_assert_eq!(found.articles(column), all);
            let topics: BTreeSet<(u32, u32)> = found.in_topics(column).iter().copied().collect();
            prop_assert_eq!(topics.len(), found.in_topics(column).len());
            prop_assert_eq!(topics, in_topics.into_iter().collect::<BTreeSet<_>>());
        }
    }
}
