//! Scores become probabilities that mean something, and topics that reach their thresholds.

use proptest::prelude::*;
use topicwire::decide::{
    Calibration, Decision, Platt, Rival, Rivalry, Softmax, Target, probability_of, threshold,
};
use topicwire::model::PredictOptions;
use topicwire::train::TrainSettings;
use topicwire::{Article, Corpus, Task, TopicId, TopicModel, Trainer};

fn pairs() -> impl Strategy<Value = Vec<(f32, bool)>> {
    prop::collection::vec(((-20_i8..20).prop_map(|s| f32::from(s) / 10.0), any::<bool>()), 1..60)
}

/// Hits, given and gold when scores above `threshold` get the topic.
fn counts(pairs: &[(f32, bool)], threshold: f32) -> (f32, f32, f32) {
    let given = pairs.iter().filter(|pair| pair.0 > threshold).count() as f32;
    let hits = pairs.iter().filter(|pair| pair.0 > threshold && pair.1).count() as f32;
    (hits, given, pairs.iter().filter(|pair| pair.1).count() as f32)
}

proptest! {
    #[test]
    fn the_threshold_for_f1_is_the_best_there_is(mut pairs in pairs()) {
        let found = threshold::find(&mut pairs, Target::F1);
        let f1 = |threshold: f32| {
            let (hits, given, gold) = counts(&pairs, threshold);
            if given + gold == 0.0 { 0.0 } else { 2.0 * hits / (given + gold) }
        };
        let best = pairs.iter().map(|pair| f1(pair.0 - 0.05)).fold(0.0, f32::max);
        if !found.guarded {
            prop_assert!((f1(found.score) - best).abs() < 1e-6);
        } else {
            prop_assert!(best < 0.3 || pairs.iter().filter(|pair| pair.1).count() < 2);
            prop_assert_eq!(counts(&pairs, found.score).1, 0.0);
        }
    }

    #[test]
    fn thresholds_keep_the_precision_and_recall_that_were_asked_for(mut pairs in pairs(), share in 0.1_f32..1.0) {
        let found = threshold::find(&mut pairs, Target::Recall(share));
        let (hits, _, gold) = counts(&pairs, found.score);
        prop_assert!(gold == 0.0 || hits / gold >= share - 1e-6);
        let found = threshold::find(&mut pairs, Target::Precision(share));
        let (hits, given, _) = counts(&pairs, found.score);
        let reachable = pairs.iter().any(|pair| {
            let (hits, given, _) = counts(&pairs, pair.0 - 0.05);
            hits / given >= share
        });
        prop_assert!(!reachable || hits / given >= share - 1e-6);
        // Of the thresholds that keep it, the one that finds most.
        let most = pairs.iter().map(|pair| counts(&pairs, pair.0 - 0.05)).filter(|c| c.0 / c.1 >= share);
        prop_assert!(!reachable || most.map(|c| c.0).fold(0.0, f32::max) == hits);
    }

    #[test]
    fn probabilities_rise_with_scores(
        pairs in pairs(),
        others in prop::collection::vec(-8.0_f32..8.0, 60),
        a in -3.0_f32..3.0,
        b in -3.0_f32..3.0,
        other in -3.0_f32..3.0,
    ) {
        let platt = Platt::fit(&pairs, None);
        let rivals: Vec<Rival> = pairs
            .iter()
            .zip(&others)
            .map(|(pair, &other)| Rival { own: platt.log_odds(pair.0), other, has: pair.1, count: 1.0 })
            .collect();
        let calibration =
            Calibration::Platt { scalings: vec![platt; 2], rivalry: Rivalry::fit(&rivals) };
        let decision = Decision { calibration, thresholds: vec![0.5; 2], at_least_one: false };
        let probability = |score: f32| {
            let mut probabilities = [score, other];
            decision.probabilities(&mut probabilities);
            probabilities[0]
        };
        prop_assert!(probability(a.min(b)) <= probability(a.max(b)));
        prop_assert!((0.0..=1.0).contains(&probability(a)));
    }

    #[test]
    fn topics_are_given_likeliest_first(
        scores in prop::collection::vec(-3.0_f32..3.0, 1..12),
        thresholds in prop::collection::vec(0.0_f32..1.0, 12),
        at_least_one in any::<bool>(),
    ) {
        let topics = scores.len();
        let scalings = vec![Platt { slope: 2.0, offset: -0.5 }; topics];
        let decision = Decision {
            calibration: Calibration::Platt { scalings, rivalry: Rivalry::NONE },
            thresholds: thresholds[..topics].to_vec(),
            at_least_one,
        };
        let mut probabilities = scores;
        decision.probabilities(&mut probabilities);
        let given = decision.assign(&probabilities);
        let p = |topic: &TopicId| probabilities[topic.index()];
        prop_assert!(given.windows(2).all(|pair| p(&pair[0]) >= p(&pair[1])));
        let reached: Vec<usize> = (0..topics).filter(|&t| probabilities[t] >= thresholds[t]).collect();
        if reached.is_empty() && at_least_one {
            let likeliest = probabilities.iter().copied().fold(0.0, f32::max);
            prop_assert!(given.len() == 1 && p(&given[0]) == likeliest);
        } else {
            let mut sorted: Vec<usize> = given.iter().map(|topic| topic.index()).collect();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, reached);
        }
    }

    #[test]
    fn softmax_sums_to_one_and_keeps_the_order(
        mut scores in prop::collection::vec(-5.0_f32..5.0, 2..20),
        own in any::<prop::sample::Index>(),
    ) {
        let before = scores.clone();
        let own = own.index(scores.len()) as u32;
        let softmax = Softmax::fit([(&before[..], own), (&before[..], 0)].into_iter());
        softmax.apply(&mut scores);
        prop_assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        for a in 0..scores.len() {
            for b in 0..scores.len() {
                prop_assert!(before[a] >= before[b] || scores[a] <= scores[b] + 1e-6);
            }
        }
    }

    #[test]
    fn the_likelihood_of_scores_is_the_mean_of_the_own_topics_probabilities(
        rows in prop::collection::vec((prop::collection::vec(-3.0_f32..3.0, 4), 0_u32..4), 1..40),
    ) {
        let rows = || rows.iter().map(|(scores, own)| (&scores[..], *own));
        let softmax = Softmax::fit(rows().collect::<Vec<_>>().into_iter());
        let probability = |(scores, own): (&[f32], u32)| {
            let mut probabilities = scores.to_vec();
            softmax.apply(&mut probabilities);
            f64::from(probabilities[own as usize])
        };
        let mean = rows().map(|row| probability(row).ln()).sum::<f64>() / rows().count() as f64;
        let told = Softmax::likelihood_of(rows().collect::<Vec<_>>().into_iter());
        prop_assert!((told / mean.exp() - 1.0).abs() < 1e-3, "{told} {}", mean.exp());
    }
}

#[test]
fn a_topic_that_cannot_be_told_is_guarded() {
    let guarded = |pairs: &[(f32, bool)]| {
        let smooth = threshold::smooth(&mut pairs.to_vec());
        assert_eq!(smooth.guarded, threshold::find(&mut pairs.to_vec(), Target::F1).guarded);
        // The guard is the highest score of all: nothing that is less certain gets the topic.
        assert!(!smooth.guarded || pairs.iter().all(|pair| pair.0 <= smooth.score));
        smooth.guarded
    };
    assert!(guarded(&[]));
    assert!(guarded(&[(0.5, false), (0.1, false)]));
    assert!(guarded(&[(0.5, true), (0.1, false)]), "one article tells nothing");
    assert!(!guarded(&[(0.5, true), (0.4, true), (0.1, false)]));
}

/// Articles where a topic at even odds is right if nothing else is likely, and wrong if something is.
#[test]
fn a_likely_topic_makes_doubtful_ones_doubtful() {
    let rival = |own, other, has| Rival { own, other, has, count: 1.0 };
    let mut rivals = Vec::new();
    for n in 0..200 {
        let spread = (n % 20) as f32 / 20.0 - 0.5;
        rivals.push(rival(spread, -4.0, n % 4 != 0));
        rivals.push(rival(spread, 4.0, n % 4 == 0));
    }
    let rivalry = Rivalry::fit(&rivals);
    let mut alone = [0.0, -4.0, -6.0];
    let mut beside = [0.0, 4.0, -6.0];
    rivalry.apply(&mut alone);
    rivalry.apply(&mut beside);
    assert!((probability_of(alone[0]) - 0.75).abs() < 0.05, "{alone:?}");
    assert!((probability_of(beside[0]) - 0.25).abs() < 0.05, "{beside:?}");
    // Articles that one stands for are as good as the articles.
    let thrice: Vec<Rival> = rivals.iter().flat_map(|rival| [*rival; 3]).collect();
    let counted: Vec<Rival> = rivals.iter().map(|rival| Rival { count: 3.0, ..*rival }).collect();
    let (thrice, counted) = (Rivalry::fit(&thrice), Rivalry::fit(&counted));
    assert!((thrice.other - counted.other).abs() < 1e-3 && (thrice.slope - counted.slope).abs() < 1e-3);
}

#[test]
fn targets_are_read_as_they_are_written() {
    for text in ["f1", "precision=0.9", "recall=0.25"] {
        assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
    }
    for text in
        ["", "F1", "precision", "precision=", "precision=0", "recall=1.01", "recall=nan", "accuracy=0.9"]
    {
        assert!(text.parse::<Target>().is_err(), "{text}");
    }
}

#[test]
fn platt_finds_the_slope_that_made_the_labels() {
    // Labels in the proportions of a logistic curve of slope 2 and offset -1.
    let mut pairs = Vec::new();
    for step in -30..=30 {
        let score = step as f32 / 10.0;
        let positives = (1000.0 * probability_of(2.0 * score - 1.0)).round() as usize;
        pairs.extend((0..1000).map(|n| (score, n < positives)));
    }
    let platt = Platt::fit(&pairs, None);
    assert!((platt.slope - 2.0).abs() < 0.05 && (platt.offset + 1.0).abs() < 0.05, "{platt:?}");
}

/// Three words of `topic`'s six, other ones for each `n`.
fn text(topic: &str, n: usize) -> String {
    let words: Vec<&str> = topic.split(' ').collect();
    (0..3).map(|k| words[(n + k * (1 + n / 6)) % 6]).collect::<Vec<_>>().join(" ") + &format!(" of {n} days")
}

fn corpus(several: bool) -> Corpus {
    let mut articles = Vec::new();
    for n in 0..30 {
        let mut add = |id: &str, words: &str, topics: &[&str]| {
            articles.push(
                Article::new(format!("{id}{n}"), "", text(words, n)).with_topics(topics.iter().copied()),
            );
        };
        add("e", "crude oil pipeline barrels refinery opec", &["energy"]);
        add("s", "penalty keeper match coach goal league", &["sport"]);
        add("c", "opera museum novel poet gallery stage", &["culture"]);
        if several {
            add("n", "onions carrots soup simmer pepper broth", &[]);
        }
    }
    Corpus::from(articles)
}

#[test]
fn the_task_is_what_the_corpus_shows_or_what_is_said() {
    assert_eq!(TopicModel::train(&corpus(false)).unwrap().task(), Task::Single);
    assert_eq!(TopicModel::train(&corpus(true)).unwrap().task(), Task::Multi);
    let said = |task| Trainer::new(TrainSettings { task: Some(task), ..TrainSettings::default() }).unwrap();
    assert_eq!(said(Task::Multi).train(&corpus(false)).unwrap().task(), Task::Multi);
    let error = said(Task::Single).train(&corpus(true)).unwrap_err().to_string();
    assert!(error.contains("article n0 has 0 topics"), "{error}");
}

#[test]
fn one_topic_of_several_is_always_given_and_probabilities_sum_to_one() {
    let model = TopicModel::train(&corpus(false)).unwrap();
    for text in ["crude oil", "words that nobody knows", ""] {
        let prediction = model.predict(&Article::new("x", "", text));
        assert_eq!(prediction.topics.len(), 1, "{text}");
        assert!((prediction.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

#[test]
fn an_article_may_get_no_topic_unless_at_least_one_is_asked_for() {
    let soup = Article::new("x", "", "onions carrots soup of 40 days");
    let settings = TrainSettings { at_least_one: true, ..TrainSettings::default() };
    assert!(TopicModel::train(&corpus(true)).unwrap().predict(&soup).topics.is_empty());
    assert_eq!(Trainer::new(settings).unwrap().train(&corpus(true)).unwrap().predict(&soup).topics.len(), 1);
}

/// In a corpus of a handful of articles, the bias alone may reach a threshold.
#[test]
fn an_article_of_unknown_words_gets_no_topic_of_several() {
    let article = |id, text, topics: &[&str]| Article::new(id, "", text).with_topics(topics.iter().copied());
    let tiny = Corpus::from(vec![
        article("1", "crude oil pipeline", &["energy"]),
        article("2", "natural gas pipeline", &["energy", "trade"]),
        article("3", "oil tanker cargo", &["energy", "trade"]),
        article("4", "penalty match", &["sport"]),
    ]);
    let settings = |at_least_one| TrainSettings {
        target: "recall=1".parse().unwrap(),
        at_least_one,
        ..TrainSettings::default()
    };
    let model = Trainer::new(settings(false)).unwrap().train(&tiny).unwrap();
    for text in ["zyx wvu", "", "—!"] {
        let nothing = Article::new("x", "", text);
        let reached = model.card().decision.assign(&model.predict(&nothing).probabilities);
        assert!(!reached.is_empty(), "or this tests nothing");
        assert_eq!(model.predict(&nothing).topics, [], "{text}");
        assert!(model.explain(&nothing, None).topics.iter().all(|topic| !topic.assigned), "{text}");
        let at_least_one = Trainer::new(settings(true)).unwrap().train(&tiny).unwrap();
        assert!(!at_least_one.predict(&nothing).topics.is_empty(), "{text}");
    }
    assert_eq!(model.predict(&Article::new("x", "", "oil pipeline")).topics[0].topic.as_str(), "energy");
}

#[test]
fn doubtful_topics_are_left_out_on_request() {
    let model = TopicModel::train(&corpus(true)).unwrap();
    let article =
        Article::new("x", "", "crude oil pipeline and many words that it has never seen before anywhere");
    let given =
        |options: PredictOptions| model.predict_as(&mut model.scorer(), &article, &options).topics.len();
    assert_eq!(given(PredictOptions::default()), 1);
    assert_eq!(given(PredictOptions { min_probability: 1.0, ..PredictOptions::default() }), 0);
    assert_eq!(given(PredictOptions { abstain_below: 0.1, ..PredictOptions::default() }), 1);
    // Four of five words are unknown.
    assert_eq!(given(PredictOptions { abstain_below: 0.5, ..PredictOptions::default() }), 0);
}

#[test]
fn targets_move_thresholds() {
    let thresholds = |target: &str, sport: Option<&str>| {
        let topic_targets = sport.map(|target| ("sport".into(), target.parse().unwrap()));
        let settings = TrainSettings {
            target: target.parse().unwrap(),
            topic_targets: topic_targets.into_iter().collect(),
            ..TrainSettings::default()
        };
        let model = Trainer::new(settings).unwrap().train(&corpus(true)).unwrap();
        model.card().decision.thresholds.clone()
    };
    let (strict, loose) = (thresholds("precision=1", None), thresholds("recall=1", None));
    assert!(strict.iter().zip(&loose).all(|(strict, loose)| strict >= loose), "{strict:?} {loose:?}");
    // The topics are culture, energy and sport.
    assert_eq!(thresholds("precision=1", Some("recall=1")), [strict[0], strict[1], loose[2]]);
}

#[test]
fn a_target_for_a_topic_that_is_not_there_is_refused() {
    let refused = |topic: &str| {
        let topic_targets = [(topic.into(), Target::Recall(0.9))].into();
        let settings = TrainSettings { topic_targets, ..TrainSettings::default() };
        Trainer::new(settings).unwrap().train(&corpus(true)).unwrap_err().to_string()
    };
    let near = refused("enregy");
    assert!(near.contains("no article has the topic enregy: did you mean energy?"), "{near}");
    let far = refused("weather");
    assert!(far.contains("the topics are culture, energy, sport"), "{far}");
}
