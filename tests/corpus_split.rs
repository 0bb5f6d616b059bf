//! Folds and halves in which every topic has its share; filters; statistics.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use topicwire::corpus::{Corpus, Filter, RepeatSettings, folds, grouped_folds, topic_list, train_test};
use topicwire::{Article, Split, Task};

/// How many articles of each topic each fold has.
fn table(topics: &[Vec<u32>], folds: &[u8], k: u8) -> BTreeMap<u32, Vec<usize>> {
    let mut table = BTreeMap::new();
    for (topics, &fold) in topics.iter().zip(folds) {
        for &topic in topics {
            table.entry(topic).or_insert_with(|| vec![0; usize::from(k)])[usize::from(fold)] += 1;
        }
    }
    table
}

fn spread(counts: &[usize]) -> usize {
    counts.iter().max().unwrap() - counts.iter().min().unwrap()
}

/// Articles with several topics of very different frequency, as a newsroom has them.
fn several(articles: u32) -> Vec<Vec<u32>> {
    let topics = |n: u32| {
        let mut topics: Vec<u32> =
            (0..20).filter(|&topic| (n * 7919 + topic * 104_729).is_multiple_of(topic * topic + 2)).collect();
        topics.truncate(6);
        topics
    };
    (0..articles).map(topics).collect()
}

#[test]
fn one_topic_each() {
    let topics: Vec<Vec<u32>> =
        (0..1_003u32).map(|n| vec![if n % 10 == 0 { 1 } else { n % 3 + 2 }]).collect();
    let folds = folds(&topics, 5, 3);
    for counts in table(&topics, &folds, 5).values() {
        assert!(spread(counts) <= 1, "{counts:?}");
    }
    let sizes: Vec<usize> = (0..5).map(|k| folds.iter().filter(|&&fold| fold == k).count()).collect();
    assert!(spread(&sizes) <= 2, "{sizes:?}");
}

#[test]
fn several_topics_each() {
    let topics = several(3_000);
    let folds = folds(&topics, 5, 3);
    for (topic, counts) in table(&topics, &folds, 5) {
        let all: usize = counts.iter().sum();
        assert!(spread(&counts) <= 2 + all / 50, "topic {topic}: {counts:?}");
        assert!(all < 5 || counts.iter().all(|&count| count > 0), "topic {topic}: {counts:?}");
    }
    let sizes: Vec<usize> = (0..5).map(|k| folds.iter().filter(|&&fold| fold == k).count()).collect();
    assert!(spread(&sizes) <= 30, "{sizes:?}");
}

#[test]
fn seeds() {
    let topics = several(500);
    assert_eq!(folds(&topics, 5, 1), folds(&topics, 5, 1));
    assert_ne!(folds(&topics, 5, 1), folds(&topics, 5, 2));
}

#[test]
fn odd_cases() {
    assert!(folds(&[], 5, 1).is_empty());
    assert_eq!(folds(&[vec![3], vec![]], 0, 1), [0, 0]);
    assert_eq!(folds(&[vec![3], vec![]], 1, 1), [0, 0]);
    let none = folds(&vec![vec![]; 10], 5, 1);
    assert_eq!((0..5).map(|k| none.iter().filter(|&&fold| fold == k).count()).collect::<Vec<_>>(), [2; 5]);
    assert_eq!(train_test(&[vec![0], vec![0]], f64::NAN, 1, None), [Split::Train; 2]);
    assert_eq!(train_test(&[vec![0], vec![0]], 7.0, 1, None), [Split::Test; 2]);
    // A topic with one article stays where it can be learned.
    assert_eq!(train_test(&[vec![0], vec![1], vec![1]], 0.2, 1, None)[0], Split::Train);
}

#[test]
fn groups_stay_together() {
    let topics = several(1_000);
    let groups: Vec<u32> = (0..1_000).map(|n| n / 3 * 5).collect();
    let folds = grouped_folds(&topics, &groups, 4, 9);
    for (group, fold) in groups.iter().zip(&folds) {
        let first = groups.iter().position(|other| other == group).unwrap();
        assert_eq!(folds[first], *fold);
    }
    let sizes: Vec<usize> = (0..4).map(|k| folds.iter().filter(|&&fold| fold == k).count()).collect();
    assert!(spread(&sizes) <= 40, "{sizes:?}");
    let halves = train_test(&topics, 0.25, 9, Some(&groups));
    assert!(
        (groups.windows(2).zip(halves.windows(2)))
            .all(|(group, half)| group[0] != group[1] || half[0] == half[1])
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_article_gets_a_fold_and_sizes_agree(
        topics in proptest::collection::vec(proptest::collection::btree_set(0u32..6, 0..3), 0..60),
        k in 1u8..7,
        seed in any::<u64>(),
    ) {
        let topics: Vec<Vec<u32>> = topics.into_iter().map(|topics| topics.into_iter().collect()).collect();
        let folds = folds(&topics, k, seed);
        prop_assert_eq!(folds.len(), topics.len());
        prop_assert!(folds.iter().all(|&fold| fold < k));
        for counts in table(&topics, &folds, k).values() {
            let all: usize = counts.iter().sum();
            prop_assert!(counts.iter().all(|&count| count <= all.div_ceil(usize::from(k)) + 3), "{:?}", counts);
        }
    }
}

fn corpus() -> Corpus {
    Corpus::from(vec![
        Article::new("1", "Wheat", "Wheat rose.").with_topics(["grain", "wheat"]),
        Article::new("2", "Deal", "A merger.").with_topics(["acq"]),
        Article::new("3", "Deal", "a  MERGER.").with_topics(["acq"]),
        Article::new("3", "", " ").with_topics(Vec::<&str>::new()),
        Article::new("4", "", "Nobody labelled this."),
    ])
}

#[test]
fn filters() {
    let keep = |filter: Filter| {
        let mut corpus = corpus();
        let dropped = filter.apply(&mut corpus);
        (dropped, corpus.articles.iter().map(|article| article.labels().len()).collect::<Vec<_>>())
    };
    let grain = || Some(topic_list("grain, corn").unwrap());
    assert_eq!(keep(Filter::default()), (0, vec![2, 1, 1, 0, 0]));
    assert_eq!(keep(Filter { keep_topics: grain(), ..Filter::default() }), (4, vec![1]));
    assert_eq!(
        keep(Filter { keep_topics: grain(), keep_empty: true, ..Filter::default() }),
        (0, vec![1, 0, 0, 0, 0])
    );
    let both = Filter { keep_topics: grain(), shared_topics: topic_list("acq").ok(), ..Filter::default() };
    assert_eq!(keep(both), (5, vec![]));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("topics.txt");
    std::fs::write(&path, "a, b\n\n c \n").unwrap();
    let listed: Vec<String> =
        topic_list(path.to_str().unwrap()).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(listed, ["a, b", "c"]);
    assert!(topic_list(" , ").is_err());
}

#[test]
fn task_and_topics() {
    let corpus = corpus();
    let topics: Vec<_> =
        corpus.topics().into_iter().map(|(topic, count)| (topic.to_string(), count)).collect();
    assert_eq!(topics, [("acq".into(), 2), ("grain".into(), 1), ("wheat".into(), 1)]);
    assert_eq!((corpus.task(), corpus.articles_against_single()), (Task::Multi, 2));
    assert_eq!(corpus.topic_numbers(), [vec![1, 2], vec![0], vec![0], vec![], vec![]]);
    let single =
        Corpus::from(vec![Article::new("1", "", "x").with_topics(["a"]), Article::new("2", "", "y")]);
    assert_eq!(single.task(), Task::Single);
}

#[test]
fn a_corpus_is_split_with_its_duplicates_together() {
    let articles =
        (0..100).map(|n| Article::new(n.to_string(), "", format!("Text {}", n / 2)).with_topics(["a"]));
    let (train, test) = Corpus::from(articles.collect::<Vec<_>>()).split(0.2, 5);
    assert_eq!((train.articles.len(), test.articles.len()), (80, 20));
    assert!(test.articles.chunks(2).all(|pair| pair[0].text == pair[1].text));
    assert!(train.articles.iter().all(|article| article.split == Some(Split::Train)));
}

#[test]
fn statistics() {
    let stats = corpus().stats();
    assert_eq!((stats.articles, stats.labelled, stats.empty, stats.without_title), (5, 4, 1, 2));
    assert_eq!((stats.exact_duplicates, stats.repeated_ids), (1, 1));
    assert_eq!(stats.topics_per_article, [(0, 1), (1, 2), (2, 1)].into());
    assert_eq!((stats.words.min, stats.words.median, stats.words.max), (0, 3, 3));
    assert!((stats.words.mean - 12.0 / 5.0).abs() < 1e-12);
    let json = serde_json::to_value(&stats).unwrap();
    assert_eq!(json["topics"]["acq"], 2);
    assert!(json.get("repeats").is_none());

    let english =
        "The government raised the price of bread and the people of the city went out into the streets.";
    let russian =
        "Правительство повысило цены на хлеб, и жители города вышли на улицы столицы в воскресенье.";
    let mut articles = vec![Article::new("1", "", english), Article::new("2", "", russian.repeat(30))];
    articles.push(Article { language: Some("xx".into()), ..Article::new("3", "", english) });
    let languages = Corpus::from(articles).stats().languages;
    assert_eq!(languages, [("en".to_owned(), 1), ("ru".to_owned(), 1), ("xx".to_owned(), 1)].into());
}

#[test]
fn what_comes_back() {
    let boilerplate = "all rights reserved by the publisher of this fine paper";
    let own = |n: usize| (0..30).map(|w| format!("w{n}x{w}")).collect::<Vec<_>>().join(" ");
    let mut articles: Vec<Article> =
        (0..6).map(|n| Article::new(format!("n{n}"), "", format!("{} {boilerplate}", own(n)))).collect();
    articles.push(Article::new("near", "", format!("{} tail", own(2))));
    let corpus = Corpus::from(articles);
    let repeats = corpus.repeats(&RepeatSettings::default());
    // Ten words of boilerplate are phrases of eight in a row, told as one.
    assert_eq!(repeats.phrases.len(), 1);
    assert_eq!((repeats.phrases[0].text.as_str(), repeats.phrases[0].articles), (boilerplate, 6));
    assert_eq!(repeats.similar.len(), 1);
    let pair = &repeats.similar[0];
    assert_eq!((pair.first, pair.second, pair.second_id.as_str()), (2, 6, "near"));
    // 26 shingles in common; 36 in the one, 27 in the other.
    assert!((pair.similarity - 26.0 / 37.0).abs() < 1e-12, "{}", pair.similarity);
    assert_eq!(corpus.near_duplicate_groups(0.2), [0, 1, 2, 3, 4, 5, 2]);
}

#[test]
fn similarity_agrees_with_its_definition_under_boilerplate() {
    // Every article shares a line with all the others, more of them than are compared for its sake.
    let line = "this line stands at the end of every article here";
    let text = |n: usize| format!("a{n} b{n} c{n} d{n} e{n} {line}");
    let mut articles: Vec<Article> = (0..1_200).map(|n| Article::new(n.to_string(), "", text(n))).collect();
    articles.push(Article::new("copy", "", format!("a7 b7 c7 d7 e7 f {line}")));
    let settings = RepeatSettings { similarity: 0.4, ..RepeatSettings::default() };
    let pairs = Corpus::from(articles).repeats(&settings).similar;
    assert_eq!(pairs.len(), 1);
    // The ten words of the line make six shingles, and a7 to e7 one more.
    assert_eq!((pairs[0].first, pairs[0].second), (7, 1_200));
    assert!((pairs[0].similarity - 7.0 / (11.0 + 12.0 - 7.0)).abs() < 1e-12, "{}", pairs[0].similarity);
}
