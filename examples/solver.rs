//! The solver alone: fits the records of a corpus one-vs-rest, says how long it took and how good the solution is, and writes the
//! records in LIBLINEAR's format, so that others can be measured on the same numbers (`bench/solver.py`).
//!
//! usage: cargo run --release --example solver -- CORPUS TOLERANCE RECORDS

use std::io::Write;
use std::time::Instant;

use linfa::prelude::ParamGuard;
use topicwire::Corpus;
use topicwire::features::{
    Bags, ColumnTopics, Columns, Counts, FieldWeights, Records, Vocabulary, VocabularyLimits, Weighting,
};
use topicwire::learn::{Duals, Labels, Svm, Weights};
use topicwire::text::{Analyzer, Language};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, tolerance, out] = &arguments[..] else {
        return Err("usage: solver CORPUS TOLERANCE RECORDS".into());
    };
    let corpus = Corpus::read(corpus)?;
    let (targets, topics) = (corpus.topic_numbers(), corpus.topics().len());
    let records = records(&corpus, &targets, topics);
    let labels = Labels::new(&targets, topics);
    let rows: Vec<u32> = (0..records.len() as u32).collect();
    let svm = Svm::params().tolerance(tolerance.parse()?).check()?;

    let start = Instant::now();
    let fit = svm.fit_rows(&records, &labels, &rows, &Duals::None)?;
    let seconds = start.elapsed().as_secs_f64();
    let objective = objective(&records, &labels, fit.weights());
    println!(
        "{{\"seconds\": {seconds}, \"objective\": {objective}, \"passes\": {}}}",
        fit.convergence().iterations
    );

    let mut file = std::io::BufWriter::new(std::fs::File::create(out)?);
    for (row, topics) in targets.iter().enumerate() {
        let topics: Vec<String> = topics.iter().map(u32::to_string).collect();
        write!(file, "{}", topics.join(","))?;
        for (column, value) in records.row(row) {
            write!(file, " {column}:{value}")?;
        }
        writeln!(file)?;
    }
    Ok(())
}

fn records(corpus: &Corpus, targets: &[Vec<u32>], topics: usize) -> Records {
    let analyzer = Analyzer { languages: vec![Language::ENGLISH], ..Analyzer::default() };
    let fields = FieldWeights::default();
    let (vocabulary, documents) = Vocabulary::build(&corpus.articles, &analyzer, VocabularyLimits::default());
    let bags = Bags::new(&documents, vocabulary.terms.len(), fields.lead_tokens);
    let columns = Columns::new(&bags, vocabulary.terms.len(), &fields, vocabulary.min_articles);
    let counts = Counts::new(&bags, &columns, &fields);
    let weights = ColumnTopics::new(&counts).weights(Weighting::Pmi, targets, topics, |_| true);
    counts.weigh(&weights, &fields)
}

/// Half the squared weights, bias included, and the squared errors, summed over topics.
fn objective(records: &Records, labels: &Labels, weights: &Weights) -> f64 {
    let columns = 0..weights.columns();
    let size: f64 = columns
        .flat_map(|column| (0..labels.topics()).map(move |topic| (column, topic)))
        .map(|(column, topic)| f64::from(weights.get(column, topic)).powi(2))
        .sum();
    let mut errors = 0.0;
    for row in 0..records.len() {
        for (topic, score) in weights.scores(records, row).into_iter().enumerate() {
            let sign = if labels.has(row, topic) { 1.0 } else { -1.0 };
            errors += (1.0 - sign * f64::from(score)).max(0.0).powi(2);
        }
    }
    0.5 * size + errors
}
