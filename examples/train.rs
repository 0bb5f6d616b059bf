//! Trains a model on a labelled corpus: `cargo run --example train -- corpus/newsroom.jsonl model.safetensors`.

use topicwire::train::TrainSettings;
use topicwire::{Corpus, Trainer};

fn main() -> topicwire::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let corpus = arguments.next().unwrap_or_else(|| "corpus/newsroom.jsonl".into());
    let model = arguments.next().unwrap_or_else(|| "model.safetensors".into());

    let corpus = Corpus::read(&corpus)?;
    let settings = TrainSettings { seed: 7, ..TrainSettings::default() };
    let trained = Trainer::new(settings)?.train(&corpus)?;
    trained.save(&model)?;

    println!("{} topics from {} articles, in {model}", trained.topics().len(), corpus.articles.len());
    Ok(())
}
