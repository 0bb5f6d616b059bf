//! `topicwire demo`: a first look that needs no files.

use std::io::Write;
use std::time::Instant;

use clap::Args;
use topicwire::evaluate::evaluate_model;
use topicwire::train::TrainSettings;
use topicwire::{Corpus, Split, Trainer};

use super::evaluate::write_figures;
use super::timings::Timings;
use super::{Context, progress, starter, train};

/// Arguments of `topicwire demo`: none.
#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_: &Arguments, context: Context) -> anyhow::Result<()> {
    let articles = starter::corpus()?;
    let (learn, keep): (Vec<_>, Vec<_>) =
        articles.into_iter().partition(|article| article.split != Some(Split::Test));
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "The starter corpus: {} articles to learn from, {} kept aside to measure with.\n",
        learn.len(),
        keep.len()
    )?;
    let start = Instant::now();
    let bar = progress::spinner(context);
    let trainer = Trainer::new(TrainSettings::default())?.with_taxonomy(starter::taxonomy()?.into());
    let model = train::train(&trainer, Corpus::from(learn), &bar, &Timings::new(false), context)?;
    bar.finish_and_clear();
    writeln!(
        out,
        "Trained in {:.1} s: {} topics, {} terms, {:.1} MB.\n",
        start.elapsed().as_secs_f64(),
        model.topics().len(),
        model.card().report.terms,
        model.as_bytes().len() as f64 / 1e6
    )?;
    writeln!(out, "On the articles kept aside:")?;
    write_figures(&mut out, &evaluate_model(&model, &keep)?, model.task())?;
    writeln!(out, "\nArticles that nobody has labelled:\n")?;
    for article in starter::samples()? {
        let prediction = model.predict(&article);
        writeln!(out, "  {}", article.title)?;
        let topics: Vec<_> = prediction
            .topics
            .iter()
            .map(|assigned| {
                format!("{} {:.0}%", model.name_of(&assigned.topic), 100.0 * assigned.probability)
            })
            .collect();
        writeln!(
            out,
            "    {}\n",
            if topics.is_empty() { "none of the topics".into() } else { topics.join(", ") }
        )?;
    }
    writeln!(
        out,
        "Next:\n  \
         topicwire predict --text 'Crude rose after OPEC cut its output quota.'\n  \
         topicwire train YOUR.jsonl --model yours.safetensors\n  \
         topicwire train --help"
    )?;
    Ok(())
}
