//! A classifier straight from linfa's traits, on features made by hand: `cargo run --example linfa`.

use linfa::prelude::*;
use topicwire::features::{
    Bags, ColumnTopics, Columns, Counts, FieldWeights, Vocabulary, VocabularyLimits, Weighting,
};
use topicwire::learn::{Labels, Svm};
use topicwire::text::Analyzer;
use topicwire::{Article, Error};

fn main() -> Result<(), Error> {
    let articles = [
        Article::new("1", "Oil rises", "Crude oil rose as OPEC cut its output."),
        Article::new("2", "Gas line", "A pipeline will carry gas and oil to the coast."),
        Article::new("3", "Cup final", "The home team won the cup final on penalties."),
        Article::new("4", "Coach goes", "The coach of the team leaves after the cup."),
    ];
    let targets = vec![vec![0], vec![0], vec![1], vec![1]];

    // Articles to terms, terms to columns, columns to records.
    let limits = VocabularyLimits { min_articles: Some(1), ..VocabularyLimits::default() };
    let (vocabulary, documents) = Vocabulary::build(&articles, &Analyzer::default(), limits);
    let fields = FieldWeights::default();
    let bags = Bags::new(&documents, vocabulary.terms.len(), fields.lead_tokens);
    let columns = Columns::new(&bags, vocabulary.terms.len(), &fields, vocabulary.min_articles);
    let counts = Counts::new(&bags, &columns, &fields);
    let weights = ColumnTopics::new(&counts).weights(Weighting::Idf, &targets, 2, |_| true);
    let records = counts.weigh(&weights, &fields);

    // The same calls as for every classifier of linfa.
    let dataset = DatasetBase::new(records, Labels::new(&targets, 2));
    let svm = Svm::params().cost(1.0).fit(&dataset)?;
    let scores: ndarray::Array2<f32> = svm.predict(&dataset);
    println!("scores of {} articles for 2 topics:\n{scores:.2}", scores.nrows());
    println!("converged after {} passes", svm.convergence().iterations);
    Ok(())
}
