//! What must hold of the figures whatever the topics and probabilities are.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use topicwire::metrics::{
    Bootstrap, Confusions, Counts, EvaluationOptions, Judged, Reliability, Scored, Scores, TopicSets,
    bootstrap_intervals, evaluate, exact_match, log_loss, mcnemar, mcnemar_exact, occurring_together,
    paired_bootstrap, rank_all_pairs, rank_topics, sample_averages,
};
use topicwire::{Task, Topic, TopicId};

const TOPICS: usize = 5;

/// Gold topics, given topics and probabilities (in eighths, so that there are ties) of up to 40 articles.
type Articles = Vec<(Vec<u32>, Vec<u32>, Vec<u8>)>;

fn articles(multi: bool) -> impl Strategy<Value = Articles> {
    let sizes = if multi { 0..TOPICS } else { 1..2 };
    let topics = prop::collection::vec(0..TOPICS as u32, sizes);
    let probabilities = prop::collection::vec(0u8..=8, TOPICS);
    prop::collection::vec((topics.clone(), topics, probabilities), 1..40)
}

fn sets(articles: &Articles) -> (TopicSets, TopicSets, Scores) {
    let gold = TopicSets::from_indices(articles.iter().map(|article| article.0.clone()));
    let given = TopicSets::from_indices(articles.iter().map(|article| article.1.clone()));
    let rows =
        articles.iter().map(|article| article.2.iter().map(|&p| f32::from(p) / 8.0).collect::<Vec<_>>());
    (gold, given, Scores::from_rows(TOPICS, rows).unwrap())
}

fn names() -> Vec<Topic> {
    ["arts", "energy", "health", "security", "trade"].map(Topic::from).to_vec()
}

fn few_draws(seed: u64) -> Bootstrap {
    Bootstrap { resamples: 50, seed, level: 0.95 }
}

fn judged<'a>(gold: &'a TopicSets, given: &'a TopicSets) -> Judged<'a> {
    Judged::new(gold, given, TOPICS).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn figures_stay_in_their_bounds(articles in articles(true), single in any::<bool>()) {
        let (gold, given, scores) = sets(&articles);
        let task = if single { Task::Single } else { Task::Multi };
        let options = EvaluationOptions { bootstrap: few_draws(0), ..EvaluationOptions::default() };
        let figures = evaluate(&gold, &given, Some(&scores), &names(), task, &options).unwrap();
        let mut shares = vec![figures.exact_match, figures.calibration_error.unwrap()];
        for average in [figures.micro, figures.macro_average, figures.weighted, figures.samples] {
            shares.extend([average.precision, average.recall, average.f1]);
        }
        for topic in figures.topics.values() {
            shares.extend([topic.precision, topic.recall, topic.f1]);
            shares.extend(topic.average_precision);
            shares.extend(topic.roc_auc);
        }
        let intervals = figures.intervals.unwrap().figures;
        for interval in [intervals.micro_f1, intervals.macro_f1, intervals.exact_match] {
            shares.extend([interval.low, interval.high, interval.high - interval.low]);
        }
        shares.push(figures.coverage.unwrap().coverage);
        shares.extend(figures.micro_average_precision);
        for share in shares {
            prop_assert!((0.0..=1.0).contains(&share), "{share}");
        }
        prop_assert!(figures.log_loss.unwrap() >= 0.0 && figures.log_loss.unwrap() < 16.0);
        prop_assert!(figures.brier.unwrap() >= 0.0);
    }

    #[test]
    fn the_order_of_articles_does_not_matter(
        (articles, shuffled) in articles(true).prop_flat_map(|a| (Just(a.clone()), Just(a).prop_shuffle())),
        single in any::<bool>(),
    ) {
        let task = if single { Task::Single } else { Task::Multi };
        let options = EvaluationOptions {
            bootstrap: Bootstrap { resamples: 0, ..Bootstrap::default() },
            ..EvaluationOptions::default()
        };
        let [mut one, mut two] = [articles, shuffled].map(|articles| {
            let (gold, given, scores) = sets(&articles);
            evaluate(&gold, &given, Some(&scores), &names(), task, &options).unwrap()
        });
        // These are sums of fractions, so their last digits depend on the order.
        for (a, b) in [
            (&mut one.log_loss, &mut two.log_loss),
            (&mut one.brier, &mut two.brier),
            (&mut one.calibration_error, &mut two.calibration_error),
            (&mut one.log_loss_base, &mut two.log_loss_base),
        ] {
            prop_assert!((a.take().unwrap() - b.take().unwrap()).abs() < 1e-9);
        }
        for (a, b) in [
            (&mut one.samples.precision, &mut two.samples.precision),
            (&mut one.samples.recall, &mut two.samples.recall),
            (&mut one.samples.f1, &mut two.samples.f1),
        ] {
            prop_assert!((*a - *b).abs() < 1e-9);
            *b = *a;
        }
        (one.reliability, two.reliability) = (None, None);
        prop_assert_eq!(one, two);
    }

    #[test]
    fn swapping_gold_and_given_swaps_precision_and_recall(articles in articles(true)) {
        let (gold, given, _) = sets(&articles);
        let (there, back) = (judged(&gold, &given), judged(&given, &gold));
        let (one, two) = (Counts::of(&there), Counts::of(&back));
        for (a, b) in [
            (one.micro(), two.micro()),
            (one.macro_average(), two.macro_average()),
            (sample_averages(&there), sample_averages(&back)),
        ] {
            prop_assert!((a.precision - b.recall).abs() < 1e-12);
            prop_assert!((a.recall - b.precision).abs() < 1e-12);
            prop_assert!((a.f1 - b.f1).abs() < 1e-12);
        }
        prop_assert_eq!(exact_match(&there), exact_match(&back));
    }

    #[test]
    fn with_one_topic_each_micro_f1_is_the_exact_match(articles in articles(false), seed in 0..9u64) {
        let (gold, given, _) = sets(&articles);
        let judged = judged(&gold, &given);
        prop_assert!((Counts::of(&judged).micro().f1 - exact_match(&judged)).abs() < 1e-12);
        let intervals = bootstrap_intervals(&judged, &few_draws(seed));
        prop_assert!((intervals.micro_f1.low - intervals.exact_match.low).abs() < 1e-12);
        prop_assert!((intervals.micro_f1.high - intervals.exact_match.high).abs() < 1e-12);
    }

    #[test]
    fn intervals_do_not_depend_on_threads(articles in articles(true), seed in any::<u64>()) {
        let (gold, given, _) = sets(&articles);
        let judged = judged(&gold, &given);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let bootstrap = few_draws(seed);
        prop_assert_eq!(
            alone.install(|| bootstrap_intervals(&judged, &bootstrap)),
            three.install(|| bootstrap_intervals(&judged, &bootstrap))
        );
    }

    #[test]
    fn ranking_agrees_with_its_definition(articles in articles(true)) {
        let (gold, given, scores) = sets(&articles);
        let scored = Scored::new(judged(&gold, &given), &scores).unwrap();
        for (topic, ranking) in rank_topics(&scored).iter().enumerate() {
            let mut pairs: Vec<(f32, bool)> = articles
                .iter()
                .map(|article| (f32::from(article.2[topic]) / 8.0, article.0.contains(&(topic as u32))))
                .collect();
            pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
            let gold = pairs.iter().filter(|pair| pair.1).count() as f64;
            let (mut precision_sum, mut wins) = (0.0, 0.0);
            for &(score, _) in pairs.iter().filter(|pair| pair.1) {
                let (right, all) = pairs.iter().filter(|pair| pair.0 >= score).fold((0.0, 0.0), |sum, pair| {
                    (sum.0 + f64::from(u8::from(pair.1)), sum.1 + 1.0)
                });
                precision_sum += right / all;
                for &(other, _) in pairs.iter().filter(|pair| !pair.1) {
                    wins += if score > other { 1.0 } else if score == other { 0.5 } else { 0.0 };
                }
            }
            let others = pairs.len() as f64 - gold;
            prop_assert_eq!(ranking.average_precision().is_some(), gold > 0.0);
            prop_assert_eq!(ranking.roc_auc().is_some(), gold > 0.0 && others > 0.0);
            if let Some(average) = ranking.average_precision() {
                prop_assert!((average - precision_sum / gold).abs() < 1e-9);
            }
            if let Some(area) = ranking.roc_auc() {
                prop_assert!((area - wins / (gold * others)).abs() < 1e-9);
            }
            let curve = ranking.curve(4);
            let full = ranking.curve(usize::MAX);
            prop_assert!(curve.len() == full.len().min(4));
            prop_assert_eq!((curve.first(), curve.last()), (full.first(), full.last()));
            prop_assert!(full.windows(2).all(|w| w[0].threshold > w[1].threshold && w[0].recall < w[1].recall));
            prop_assert!(full.last().is_none_or(|last| last.recall == 1.0));
        }
        // A strictly rising change of all scores changes no rank.
        let rows = articles.iter().map(|a| a.2.iter().map(|&p| f32::from(p) * 3.0 - 7.0).collect::<Vec<_>>());
        let moved = Scores::from_rows(TOPICS, rows).unwrap();
        let moved = Scored::new(judged(&gold, &given), &moved).unwrap();
        prop_assert_eq!(
            rank_all_pairs(&scored).average_precision(),
            rank_all_pairs(&moved).average_precision()
        );
    }

    #[test]
    fn confusions_hold_every_article_once_in_a_single_task(articles in articles(false)) {
        let (gold, given, _) = sets(&articles);
        let judged = judged(&gold, &given);
        let confusions = Confusions::of(&judged);
        let total: u64 = confusions.cells().iter().map(|cell| cell.articles).sum();
        let wrong: u64 = confusions.mistakes().iter().map(|cell| cell.articles).sum();
        prop_assert_eq!(total as usize, articles.len());
        let exact = exact_match(&judged) * articles.len() as f64;
        prop_assert_eq!(total - wrong, exact.round() as u64);
        for (topic, counts) in Counts::of(&judged).topics().iter().enumerate() {
            let topic = TopicId(topic as u32);
            prop_assert_eq!(confusions.get(Some(topic), Some(topic)), counts.true_positives);
            let instead: u64 = confusions.instead_of(topic).iter().map(|cell| cell.articles).sum();
            prop_assert_eq!(instead, counts.false_negatives);
        }
    }

    #[test]
    fn swapping_two_models_turns_the_difference_round(articles in articles(true), seed in any::<u64>()) {
        let (gold, given, _) = sets(&articles);
        let (one, two) = (judged(&gold, &given), judged(&gold, &gold));
        let there = paired_bootstrap(&one, &two, &few_draws(seed)).unwrap();
        let back = paired_bootstrap(&two, &one, &few_draws(seed)).unwrap();
        for (a, b) in [(there.micro_f1, back.micro_f1), (there.macro_f1, back.macro_f1)] {
            prop_assert_eq!(a.difference, -b.difference);
            prop_assert!((a.interval.low + b.interval.high).abs() < 1e-12);
            prop_assert_eq!(a.p_value, b.p_value);
            prop_assert!(a.difference >= 0.0 && (0.0..=1.0).contains(&a.p_value));
        }
        let (there, back) = (mcnemar(&one, &two).unwrap(), mcnemar(&two, &one).unwrap());
        prop_assert_eq!((there.only_first, there.only_second), (back.only_second, back.only_first));
        prop_assert_eq!(there.p_value, back.p_value);
    }

    #[test]
    fn mcnemar_falls_as_the_division_grows_uneven(b in 0..200u64, c in 0..200u64) {
        let p = mcnemar_exact(b, c);
        prop_assert!(p > 0.0 && p <= 1.0);
        prop_assert_eq!(p, mcnemar_exact(c, b));
        prop_assert!(mcnemar_exact(b.min(c), b.max(c) + 1) <= p + 1e-9);
    }
}

#[test]
fn most_intervals_hold_the_figure() {
    let mut held = 0;
    for seed in 0..40u32 {
        // Articles of four topics, of which some share is taken for the next topic.
        let wrong = 3 + seed % 17;
        let gold = TopicSets::from_indices((0..200u32).map(|article| [article % 4]));
        let given = TopicSets::from_indices(
            (0..200u32).map(|a| [if (a * 37 + seed) % 50 < wrong { (a + 1) % 4 } else { a % 4 }]),
        );
        let judged = judged(&gold, &given);
        let bootstrap = Bootstrap { resamples: 200, seed: seed.into(), level: 0.95 };
        let intervals = bootstrap_intervals(&judged, &bootstrap);
        let counts = Counts::of(&judged);
        held += usize::from(
            intervals.micro_f1.contains(counts.micro().f1)
                && intervals.macro_f1.contains(counts.macro_average().f1)
                && intervals.exact_match.contains(exact_match(&judged)),
        );
        // The exact match is a share of 200 articles: its interval is about as wide as the normal one.
        let share = exact_match(&judged);
        let wide = 2.0 * 1.96 * (share * (1.0 - share) / 200.0).sqrt();
        let ours = intervals.exact_match.high - intervals.exact_match.low;
        assert!((ours / wide - 1.0).abs() < 0.25, "{ours} for {wide}");
    }
    assert!(held >= 38, "{held} of 40");
}

#[test]
fn what_does_not_fit_is_refused() {
    let two = TopicSets::from_indices([vec![0], vec![1]]);
    let one = TopicSets::from_indices([vec![0]]);
    let none = TopicSets::new();
    assert!(Judged::new(&two, &one, 2).is_err());
    assert!(Judged::new(&two, &two, 1).is_err());
    let fitting = Judged::new(&two, &two, 2).unwrap();
    assert!(Scored::new(fitting, &Scores::from_rows(2, [[0.5, 0.5]]).unwrap()).is_err());
    assert!(Scored::new(fitting, &Scores::from_rows(3, [[0.5; 3]; 2]).unwrap()).is_err());
    assert!(Scores::from_rows(2, [[0.5; 3]]).is_err());
    assert!(Scores::from_rows(2, [[f32::NAN, 0.5]]).is_err());
    assert!(Scores::sparse(2, 0.0).push_sparse([(TopicId(2), 0.5)]).is_err());
    assert!(Scores::sparse(2, 0.0).push_sparse([(TopicId(1), 0.5), (TopicId(1), 0.5)]).is_err());
    let other = TopicSets::from_indices([vec![1], vec![1]]);
    assert!(mcnemar(&fitting, &Judged::new(&other, &two, 2).unwrap()).is_err());

    let names = [Topic::from("a"), Topic::from("b")];
    let options = EvaluationOptions::default();
    assert!(evaluate(&none, &none, None, &names, Task::Multi, &options).is_err());
    let same = [Topic::from("a"), Topic::from("a")];
    assert!(evaluate(&two, &two, None, &same, Task::Multi, &options).is_err());
    let odd = EvaluationOptions { base_rates: Some(vec![0.5]), ..options };
    let scores = Scores::from_rows(2, [[0.5, 0.5]; 2]).unwrap();
    assert!(evaluate(&two, &two, Some(&scores), &names, Task::Multi, &odd).is_err());
}

#[test]
fn topics_that_the_model_has_never_seen_have_no_probability() {
    let gold = TopicSets::from_indices([vec![0], vec![1]]);
    let given = TopicSets::from_indices([vec![0], vec![0]]);
    let names = [Topic::from("a"), Topic::from("b")];
    let scores = Scores::from_rows(1, [[1.0], [0.25]]).unwrap();
    let options = EvaluationOptions::default();
    let evaluation = evaluate(&gold, &given, Some(&scores), &names, Task::Multi, &options).unwrap();
    assert_eq!(evaluation.topics["b"].average_precision, Some(0.5));
    assert_eq!(evaluation.brier, Some((0.25 * 0.25 + 1.0) / 4.0));
    assert_eq!(evaluation.mistakes.len(), 1);
    assert_eq!(evaluation.mistakes[0].gold.as_deref(), Some("b"));
    assert_eq!(evaluation.mistakes[0].given.as_deref(), Some("a"));
}

#[test]
fn topics_of_the_same_article_occur_together() {
    let sets = TopicSets::from_indices([vec![0, 1, 2], vec![2, 0], vec![1], vec![]]);
    let pairs: Vec<_> =
        occurring_together(&sets).iter().map(|pair| (pair.first.0, pair.second.0, pair.articles)).collect();
    assert_eq!(pairs, [(0, 1, 1), (0, 2, 2), (1, 2, 1)]);
}

#[test]
fn with_several_topics_confusions_tell_what_came_on_top_and_what_was_left_out() {
    let gold = TopicSets::from_indices([vec![0], vec![0, 1], vec![0, 1], vec![], vec![3]]);
    let given = TopicSets::from_indices([vec![0, 2], vec![1], vec![2, 3], vec![2], vec![3]]);
    let confusions = Confusions::of(&judged(&gold, &given));
    let cells: Vec<_> = confusions
        .cells()
        .iter()
        .map(|cell| (cell.gold.map(|topic| topic.0), cell.given.map(|topic| topic.0), cell.articles))
        .collect();
    let expected = [
        (None, Some(2), 2),
        (Some(0), None, 1),
        (Some(0), Some(0), 1),
        (Some(0), Some(2), 1),
        (Some(0), Some(3), 1),
        (Some(1), Some(1), 1),
        (Some(1), Some(2), 1),
        (Some(1), Some(3), 1),
        (Some(3), Some(3), 1),
    ];
    assert_eq!(cells, expected);
    assert_eq!(confusions.mistakes()[0].articles, 2);
    assert_eq!(confusions.instead_of(TopicId(0)).len(), 3);
}

#[test]
fn a_sure_and_wrong_probability_costs_what_scikit_learn_charges_on_f32() {
    let gold = TopicSets::from_indices([[1]]);
    let judged = Judged::new(&gold, &gold, 2).unwrap();
    let scores = Scores::from_rows(2, [[1.0, 0.0]]).unwrap();
    let scored = Scored::new(judged, &scores).unwrap();
    for task in [Task::Single, Task::Multi] {
        assert!((log_loss(&scored, task) - 15.942385).abs() < 1e-6);
    }
}

#[test]
fn calibration_of_several_topics_counts_what_is_assigned_or_at_least_a_tenth() {
    let gold = TopicSets::from_indices([[0]]);
    let given = TopicSets::from_indices([[1]]);
    let judged = Judged::new(&gold, &given, 4).unwrap();
    // The last two are neither assigned nor probable enough, though only just.
    let scores = Scores::from_rows(4, [[0.1, 0.02, 0.099, 0.0]]).unwrap();
    let scored = Scored::new(judged, &scores).unwrap();
    let counts: Vec<_> = Reliability::of(&scored, Task::Multi).bins().iter().map(|bin| bin.count).collect();
    assert_eq!(counts[..3], [1, 1, 0]);
    assert_eq!(counts.iter().sum::<u64>(), 2);
}

#[test]
fn the_first_of_equally_likely_topics_is_the_likeliest() {
    let gold = TopicSets::from_indices([[0], [0]]);
    let judged = Judged::new(&gold, &gold, 2).unwrap();
    let scores = Scores::from_rows(2, [[0.25, 0.25]; 2]).unwrap();
    let scored = Scored::new(judged, &scores).unwrap();
    assert_eq!(Reliability::of(&scored, Task::Single).calibration_error(), 0.75);
}
