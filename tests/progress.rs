//! How far reading and training have come: counts that add up, and that change nothing.

use std::process::Command;
use std::sync::Mutex;

use topicwire::corpus::{Batches, Corpus, ReadOptions};
use topicwire::decide::SHORTLIST;
use topicwire::train::{Effort, Step, TrainSettings};
use topicwire::{Article, Trainer};

fn corpus(topics: usize) -> Corpus {
    let article = |at: usize| {
        let topic = at % topics;
        let text = format!("word{topic} other{} {}", topic / 2, ["rain", "wind", "snow"][at % 3]);
        Article::new(at.to_string(), "", text).with_topics([format!("topic-{topic:03}")])
    };
    Corpus::from((0..6 * topics).map(article).collect::<Vec<_>>())
}

/// What a training told: trials promised and done, fits likewise.
fn told(corpus: &Corpus, settings: TrainSettings) -> [Option<(usize, usize)>; 2] {
    let told = Mutex::new((None, [None; 2]));
    let trainer = Trainer::new(settings).unwrap();
    let model = trainer
        .train_with(corpus, &|step| {
            let (stage, counts) = &mut *told.lock().unwrap();
            let mut begin = |at: usize, count: usize| {
                *stage = Some(at);
                counts[at] = Some((count, 0_usize));
            };
            match step {
                Step::Choosing(most) => begin(0, most),
                Step::Fitting(fits) => begin(1, fits),
                Step::Tried(_) => assert_eq!(*stage, Some(0)),
                Step::Fitted => assert_ne!(*stage, Some(0), "trials tell of no fits"),
                _ => {}
            }
            if matches!(step, Step::Tried(_) | Step::Fitted) {
                counts[stage.unwrap()].as_mut().unwrap().1 += 1;
            }
        })
        .unwrap();
    assert_eq!(model.as_bytes(), trainer.train(corpus).unwrap().as_bytes());
    told.into_inner().unwrap().1
}

#[test]
fn every_fit_that_is_promised_is_told_of() {
    let settings = TrainSettings { effort: Effort::Fast, folds: Some(3), ..TrainSettings::default() };
    assert_eq!(told(&corpus(4), settings.clone()), [None, Some((4, 4))]);
    // Topics in two portions.
    assert_eq!(told(&corpus(SHORTLIST + 2), settings), [None, Some((8, 8))]);
}

#[test]
fn no_more_settings_are_tried_than_promised() {
    for effort in [Effort::Default, Effort::Best] {
        for cost in [None, Some(1.0)] {
            let settings = TrainSettings { effort, cost, folds: Some(3), ..TrainSettings::default() };
            let [Some((most, tried)), _] = told(&corpus(4), settings) else { panic!("settings are chosen") };
            assert!(0 < tried && tried <= most, "{tried} of {most}");
            assert!(
                cost.is_none() || tried == most,
                "only the walk along the cost may end early: {tried} of {most}"
            );
        }
    }
}

#[test]
fn the_bytes_of_all_batches_are_those_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let jsonl = folder.path().join("large.jsonl");
    let articles =
        (0..60_000).map(|at| Article::new(at.to_string(), "", "Rain fell on the hills.").with_topics(["a"]));
    Corpus::from(articles.collect::<Vec<_>>()).write(&jsonl, topicwire::corpus::Format::Jsonl).unwrap();
    let packed = folder.path().join("packed.jsonl.zst");
    std::fs::write(&packed, zstd::encode_all(&*std::fs::read(&jsonl).unwrap(), 1).unwrap()).unwrap();
    let size = |path: &std::path::Path| std::fs::metadata(path).unwrap().len();
    for paths in [vec![jsonl.clone()], vec![packed.clone()], vec![jsonl.clone(), packed.clone()]] {
        let all: u64 = paths.iter().map(|path| size(path)).sum();
        let mut told = Vec::new();
        let reading =
            Corpus::read_all_with(&paths, &ReadOptions::default(), &mut |so_far| told.push(so_far)).unwrap();
        assert!(told.len() > 2 && told.is_sorted_by_key(|so_far| (so_far.bytes, so_far.articles)));
        assert!(told.iter().all(|so_far| so_far.of_bytes == Some(all)));
        let last = told.last().unwrap();
        assert_eq!((last.bytes, last.articles), (all, reading.corpus.articles.len() as u64));
    }
    assert_eq!(Batches::open(&["-".into(), jsonl], &ReadOptions::default()).unwrap().bytes(), None);
}

#[test]
fn a_pipe_sees_no_progress() {
    let folder = tempfile::tempdir().unwrap();
    let (jsonl, model) = (folder.path().join("news.jsonl"), folder.path().join("news.safetensors"));
    corpus(4).write(&jsonl, topicwire::corpus::Format::Jsonl).unwrap();
    let train = Command::new(env!("CARGO_BIN_EXE_topicwire"))
        .arg("train")
        .arg(&jsonl)
        .arg("--model")
        .arg(&model)
        .output();
    let said = String::from_utf8(train.unwrap().stderr).unwrap();
    assert!(said.contains("Task:") && !said.contains(['\u{1b}', '\r']), "{said:?}");
    assert!(!said.contains("choosing") && !said.contains("left"), "{said:?}");
}
