//! Puts topics on an article: `cargo run --example predict -- models/newsroom.safetensors "Crude rose after OPEC met."`.

use topicwire::{Article, TopicModel};

fn main() -> topicwire::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments.next().unwrap_or_else(|| "models/newsroom.safetensors".into());
    let text =
        arguments.next().unwrap_or_else(|| "Crude oil rose 3 percent after OPEC cut its quota.".into());

    let model = TopicModel::load(&model)?;
    let prediction = model.predict(&Article::new("1", "", text));
    for assigned in &prediction.topics {
        println!("{:<20} {:.3}", assigned.topic, assigned.probability);
    }
    if prediction.topics.is_empty() {
        println!("none of the topics");
    }
    Ok(())
}
