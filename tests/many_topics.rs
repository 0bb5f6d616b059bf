//! Hundreds of topics and more: learned in portions, and stored without the weights that are 0.

use std::sync::LazyLock;

use proptest::prelude::*;
use topicwire::decide::{ArticleScores, SHORTLIST};
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Task, TopicModel, Trainer};

const TOPICS: usize = SHORTLIST + 22;

fn name(topic: usize) -> String {
    format!("topic-{topic:03}")
}

/// Words of `topic` that no other has, and one that many have.
fn text(topic: usize, number: usize) -> String {
    let letters = |of: usize| ["ka", "mo", "ri", "tel", "su", "van", "po", "lin"][of % 8];
    let word = |place: usize| {
        format!("{}{}{}{}", letters(topic), letters(topic / 8), letters(topic / 64), letters(place))
    };
    format!("{} {} {} report {}", word(number), word(number + 1), word(number + 2), letters(number))
}

fn corpus(task: Task) -> Corpus {
    let mut articles = Vec::new();
    for topic in 0..TOPICS {
        for number in 0..6 {
            let other = (topic + 7) % TOPICS;
            let mut article = Article::new(format!("{topic}-{number}"), "", text(topic, number));
            let mut topics = vec![name(topic)];
            if task == Task::Multi && number % 3 == 0 {
                article.text = format!("{} {}", article.text, text(other, number));
                topics.push(name(other));
            }
            articles.push(article.with_topics(topics));
        }
    }
    Corpus::from(articles)
}

fn model(task: Task, threads: usize) -> TopicModel {
    let settings = TrainSettings { effort: Effort::Fast, folds: Some(3), ..TrainSettings::default() };
    let trainer = Trainer::new(settings).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| trainer.train(&corpus(task)).unwrap())
}

static MULTI: LazyLock<TopicModel> = LazyLock::new(|| model(Task::Multi, 2));

#[test]
fn hundreds_of_topics_are_told_apart() {
    let articles = corpus(Task::Multi).articles;
    let right = |article: &&Article| {
        let mut given: Vec<String> =
            MULTI.predict(article).topics.iter().map(|assigned| assigned.topic.to_string()).collect();
        let mut own: Vec<String> = article.labels().iter().map(ToString::to_string).collect();
        given.sort();
        own.sort();
        given == own
    };
    let right = articles.iter().filter(right).count();
    assert!(right * 10 > articles.len() * 8, "{right} of {}", articles.len());
}

#[test]
fn exactly_one_of_hundreds_has_probabilities_that_sum_to_one() {
    let model = model(Task::Single, 2);
    for topic in (0..TOPICS).step_by(10) {
        let prediction = model.predict(&Article::new("x", "", text(topic, 1)));
        assert_eq!(prediction.topics[0].topic.as_str(), name(topic));
        let sum: f32 = prediction.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        assert!(prediction.probabilities.iter().filter(|p| **p > 0.0).count() <= SHORTLIST);
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    assert_eq!(MULTI.as_bytes(), model(Task::Multi, 1).as_bytes());
}

#[test]
fn weights_that_are_zero_are_not_stored() {
    let sizes = MULTI.sizes();
    let of = |part: &str| sizes.iter().find(|size| size.part == part).map_or(0, |size| size.bytes);
    assert_eq!(MULTI.card().version, 7, "the articles are short: symbols are terms");
    assert_eq!(of("weight.topics"), 2 * of("weights"));
    assert!(of("weights") < MULTI.card().report.columns * TOPICS as u64 / 4, "{sizes:?}");
    let again = TopicModel::from_bytes(MULTI.as_bytes()).unwrap();
    again.verify().unwrap();
    let article = Article::new("x", "", text(140, 2));
    assert_eq!(again.predict(&article), MULTI.predict(&article));
}

#[test]
fn contributions_add_up_to_the_score() {
    let article = Article::new("x", "", text(5, 0));
    let explanation = MULTI.explain(&article, None);
    assert_eq!(explanation.topics[0].topic.as_str(), name(5));
    for topic in &explanation.topics {
        let sum: f32 = topic.contributions.iter().map(|of| of.contribution).sum();
        assert!((topic.bias + sum - topic.score).abs() < 1e-4, "{topic:?}");
    }
}

proptest! {
    /// In whatever portions scores come, the same are kept, and they are the best.
    #[test]
    fn a_shortlist_holds_the_best(scores in prop::collection::vec(-3_i8..3, 1..400), cut in any::<prop::sample::Index>()) {
        let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
        let whole = ArticleScores::of(&scores);
        let cut = cut.index(scores.len());
        let mut portions = ArticleScores::default();
        portions.add(0, &scores[..cut]);
        portions.add(cut as u32, &scores[cut..]);
        prop_assert_eq!(&portions, &whole);
        prop_assert_eq!(whole.scores().len(), scores.len().min(SHORTLIST));
        let lowest = whole.scores().iter().copied().fold(f32::INFINITY, f32::min);
        let kept: Vec<usize> = whole.iter().map(|(topic, _)| topic as usize).collect();
        for (topic, &score) in scores.iter().enumerate() {
            match whole.place_of(topic as u32) {
                Some(place) => prop_assert_eq!((kept[place], whole.scores()[place]), (topic, score)),
                None => prop_assert!(score <= lowest),
            }
        }
    }

    /// A file whose places of weights are damaged gives wrong answers, but no panic.
    #[test]
    fn damaged_places_do_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut bytes = MULTI.as_bytes().to_vec();
        let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
        for (at, value) in changes {
            let at = header + at.index(bytes.len() - header);
            bytes[at] = value;
        }
        if let Ok(model) = TopicModel::from_bytes(&bytes) {
            let article = Article::new("x", "", text(3, 1));
            let _ = (model.verify(), model.predict(&article), model.explain(&article, None));
        }
    }
}
