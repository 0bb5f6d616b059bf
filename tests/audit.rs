//! What an audit finds, and what it must not find.

use std::collections::{BTreeSet, HashMap, HashSet};

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use topicwire::audit::{Audit, AuditSettings, DoubtKind, OverlapKind, TextProblem, TopicTrouble, audit};
use topicwire::corpus::similar_pairs;
use topicwire::train::{Effort, TrainSettings};
use topicwire::{Article, Corpus, Error, Task, Trainer};

fn look(articles: Vec<Article>, test: Option<Vec<Article>>) -> (Corpus, Audit) {
    let (corpus, test) = (Corpus::from(articles), test.map(Corpus::from));
    let found = audit(&corpus, test.as_ref(), &AuditSettings::default()).unwrap();
    (corpus, found)
}

/// A text of its own for every number.
fn text(seed: u64, words: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..words).map(|_| format!("w{}", rng.random_range(0..5_000))).collect::<Vec<_>>().join(" ")
}

/// The same text with about the given share of its words replaced.
fn changed(text: &str, share: f64, rng: &mut ChaCha8Rng) -> String {
    let word = |word: &str, rng: &mut ChaCha8Rng| {
        if rng.random_range(0.0..1.0) < share {
            format!("x{}", rng.random_range(0..5_000))
        } else {
            word.to_owned()
        }
    };
    text.split(' ').map(|w| word(w, rng)).collect::<Vec<_>>().join(" ")
}

/// The shingles by their definition: every five words in a row, or all words where there are fewer.
fn shingles(article: &Article) -> HashSet<String> {
    let whole = format!("{} {}", article.title, article.text).to_lowercase();
    let words: Vec<&str> =
        whole.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return HashSet::new();
    }
    words.windows(5.min(words.len())).map(|window| window.join(" ")).collect()
}

/// All pairs from a similarity on, counted without any short cut.
fn exact_pairs(articles: &[Article], at_least: f64) -> HashMap<(usize, usize), f64> {
    let sets: Vec<HashSet<String>> = articles.iter().map(shingles).collect();
    let mut having: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, set) in sets.iter().enumerate() {
        set.iter().for_each(|shingle| having.entry(shingle).or_default().push(at));
    }
    let mut both: HashMap<(usize, usize), usize> = HashMap::new();
    for places in having.values() {
        for (n, &second) in places.iter().enumerate() {
            for &first in &places[..n] {
                *both.entry((first.min(second), first.max(second))).or_default() += 1;
            }
        }
    }
    let jaccard = |(pair, both): ((usize, usize), usize)| {
        (pair, both as f64 / (sets[pair.0].len() + sets[pair.1].len() - both) as f64)
    };
    both.into_iter().map(jaccard).filter(|(_, similarity)| *similarity >= at_least).collect()
}

#[test]
fn near_duplicates_agree_with_all_pairs_on_five_thousand_articles() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut articles = Vec::new();
    while articles.len() < 5_000 {
        let original = text(articles.len() as u64, rng.random_range(20..160));
        // Copies of all degrees, from nearly the same to hardly alike.
        for _ in 0..rng.random_range(1..4) {
            let share = rng.random_range(0.0..0.08);
            articles.push(Article::new(articles.len().to_string(), "", changed(&original, share, &mut rng)));
        }
    }
    articles.truncate(5_000);
    for at_least in [0.5, 0.8] {
        let exact = exact_pairs(&articles, at_least);
        let found = similar_pairs(&articles.iter().collect::<Vec<_>>(), at_least);
        assert!(exact.len() > 250, "{}", exact.len());
        for pair in &found {
            let similarity = exact[&(pair.first, pair.second)];
            assert!((pair.similarity - similarity).abs() < 1e-12);
        }
        let recall = found.len() as f64 / exact.len() as f64;
        println!("similarity {at_least}: {} of {} pairs", found.len(), exact.len());
        assert!(recall >= 0.99, "{recall}");
        assert!(found.is_sorted_by(|a, b| a.similarity >= b.similarity));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn similarities_are_those_of_the_definition(texts in prop::collection::vec("[ab ]{0,24}", 2..12), low in 0.05_f64..1.0) {
        let articles: Vec<Article> = texts.iter().map(|text| Article::new("", "", text.as_str())).collect();
        let exact = exact_pairs(&articles, low);
        let found = similar_pairs(&articles.iter().collect::<Vec<_>>(), low);
        for pair in &found {
            prop_assert!(pair.first < pair.second);
            prop_assert!((exact[&(pair.first, pair.second)] - pair.similarity).abs() < 1e-12);
        }
        let places: BTreeSet<_> = found.iter().map(|pair| (pair.first, pair.second)).collect();
        prop_assert_eq!(places.len(), found.len());
        // Equal sets always meet.
        for (pair, similarity) in exact {
            prop_assert!(similarity < 1.0 || places.contains(&pair));
        }
    }

    #[test]
    fn the_order_of_articles_changes_no_similarity(texts in prop::collection::vec("[abc ]{0,40}", 2..10)) {
        let articles: Vec<Article> = texts.iter().map(|text| Article::new("", "", text.as_str())).collect();
        let forth = similar_pairs(&articles.iter().collect::<Vec<_>>(), 0.3);
        let back = similar_pairs(&articles.iter().rev().collect::<Vec<_>>(), 0.3);
        let last = articles.len() - 1;
        let forth: BTreeSet<_> = forth.iter().map(|pair| (pair.first, pair.second)).collect();
        let back: BTreeSet<_> = back.iter().map(|pair| (last - pair.second, last - pair.first)).collect();
        prop_assert_eq!(forth, back);
    }
}

#[test]
fn copies_are_grouped_and_those_with_different_topics_come_first() {
    let (near, other) = (text(1, 200), text(2, 30));
    let (corpus, found) = look(
        vec![
            Article::new("a", "Title", "One text of several words").with_topics(["x"]),
            Article::new("b", "TITLE", "one  text of several words").with_topics(["x"]),
            Article::new("c", "", other.as_str()).with_topics(["x", "y"]),
            Article::new("d", "", other.as_str()).with_topics(["y", "x"]),
            Article::new("e", "", other.as_str()).with_topics(["x"]),
            Article::new("f", "", near.as_str()).with_topics(["x"]),
            Article::new("g", "", format!("{near} tail")),
            Article::new("h", "", " . "),
            Article::new("i", "", ""),
        ],
        None,
    );
    let ids = |group: &topicwire::audit::DuplicateGroup| {
        group.members.iter().map(|member| member.article.id.clone()).collect::<Vec<_>>().join("")
    };
    assert_eq!(found.duplicates.iter().map(ids).collect::<Vec<_>>(), ["cde", "ab"]);
    assert_eq!([found.duplicates[0].topics_differ, found.duplicates[1].topics_differ], [true, false]);
    assert_eq!(found.near_duplicates.iter().map(ids).collect::<Vec<_>>(), ["fg"]);
    // An article that nobody has labelled contradicts nobody.
    assert!(!found.near_duplicates[0].topics_differ);
    assert!((found.near_duplicates[0].members[0].similarity - 196.0 / 197.0).abs() < 1e-12);
    assert!(found.leaks.is_none());
    let clean = found.cleaned(&corpus);
    let ids: String = clean.articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!(ids, "acfghi");
}

#[test]
fn leaks_are_found_whichever_copy_stands_where() {
    let (near, same) = (text(1, 200), text(2, 30));
    let train = vec![
        Article::new("1", "", near.as_str()).with_topics(["x"]),
        Article::new("2", "", near.as_str()).with_topics(["x"]),
        Article::new("3", "", same.as_str()).with_topics(["x"]),
        Article::new("4", "", text(3, 50)).with_topics(["x"]),
        Article::new("5", "", text(3, 50)).with_topics(["x"]),
    ];
    let test = vec![
        Article::new("t1", "", same.as_str()).with_topics(["y"]),
        Article::new("t2", "", format!("{near} tail")).with_topics(["x"]),
        Article::new("t3", "", text(4, 50)).with_topics(["x"]),
    ];
    let (corpus, found) = look(train, Some(test));
    let leaks = found.leaks.as_ref().unwrap();
    let pairs: Vec<_> =
        leaks.iter().map(|leak| (leak.article.id.as_str(), leak.test.id.as_str(), leak.exact)).collect();
    assert_eq!(pairs, [("3", "t1", true), ("1", "t2", false), ("2", "t2", false)]);
    assert_eq!(leaks.iter().map(|leak| leak.topics_differ).collect::<Vec<_>>(), [true, false, false]);
    // What only the test corpus joins is no group of near duplicates here.
    assert!(found.near_duplicates.is_empty());
    let clean: Vec<String> = found.cleaned(&corpus).articles.into_iter().map(|article| article.id).collect();
    assert_eq!(clean, ["4"]);
}

#[test]
fn one_id_on_different_texts_is_found_within_and_across() {
    let train = vec![
        Article::new("same", "", "one text here").with_topics(["x"]),
        Article::new("same", "", "another text there").with_topics(["x"]),
        Article::new("copy", "", "stands in both").with_topics(["x"]),
        Article::new("across", "", "of the first corpus").with_topics(["x"]),
    ];
    let test = vec![
        Article::new("copy", "", "stands in both").with_topics(["x"]),
        Article::new("across", "", "of the second corpus").with_topics(["x"]),
    ];
    let (_, found) = look(train, Some(test));
    let ids: Vec<_> =
        found.repeated_ids.iter().map(|of| (of.id.as_str(), of.articles.len(), of.test.len())).collect();
    assert_eq!(ids, [("across", 1, 1), ("same", 2, 0)]);
}

#[test]
fn odd_texts_are_named_and_usual_ones_are_not() {
    let english = "The government raised the price of bread, and the people of the city went out into the streets. \
                   The police stood at the corners of the old town and waited until the evening for the crowd to go home.";
    let german = "Die Regierung hat den Preis für Brot erhöht, und die Menschen der Stadt gingen auf die Straßen. Die \
                  Polizei stand an den Ecken der Altstadt und wartete bis zum Abend, bis die Menge nach Hause ging.";
    let mut articles: Vec<Article> =
        (0..40).map(|n| Article::new(n.to_string(), "", format!("{english} {}", text(n, 5)))).collect();
    articles.push(Article::new("empty", " ", "--\n"));
    articles.push(Article::new("short", "", "Nothing to report"));
    articles.push(Article::new("long", "", text(5, 2_500)));
    articles.push(Article::new("german", "", german));
    articles.push(Article::new(
        "html",
        "",
        "<p>Rates rose</p> <a href=\"x\">again</a>&nbsp;and the bank said no more",
    ));
    articles.push(Article::new(
        "ticker",
        "",
        format!("{english} <IBM> and <P> and <A> & others said <TD> rose; R&D too"),
    ));
    articles.push(Article::new("garbled", "", format!("{english} Le CafÃ© Ã  Paris")));
    articles.push(Article::new("accents", "", format!("{english} Le café à São Paulo, Ârdal, 20 â")));
    let (_, found) = look(articles, None);
    let named: Vec<_> = found.texts.iter().map(|finding| finding.article.id.as_str()).collect();
    assert_eq!(named, ["empty", "short", "long", "german", "html", "garbled"], "{:?}", found.texts);
    let problems: Vec<_> = found.texts.iter().map(|finding| &finding.problem).collect();
    assert_eq!(problems[1], &TextProblem::VeryShort { words: 3 });
    assert!(matches!(problems[3], TextProblem::Language { language, .. } if language == "de"));
    assert_eq!(problems[5], &TextProblem::Garbled { characters: 1 });
}

#[test]
fn nonsense_is_refused() {
    let corpus = Corpus::from(vec![Article::new("1", "", "a text")]);
    for similarity in [0.0, -1.0, 1.5, f64::NAN] {
        let settings = AuditSettings { similarity, ..AuditSettings::default() };
        assert!(matches!(audit(&corpus, None, &settings), Err(Error::Settings(_))));
    }
    assert!(matches!(audit(&Corpus::default(), None, &AuditSettings::default()), Err(Error::Corpus(_))));
}

/// Articles of three topics, each with words of its own; the label of every `wrong`th is that of another topic.
fn labelled(count: u64, wrong: u64) -> (Vec<Article>, BTreeSet<String>) {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut replaced = BTreeSet::new();
    let articles = (0..count)
        .map(|n| {
            let topic = n % 3;
            let words: Vec<String> = (0..30)
                .map(|_| match rng.random_range(0..4) {
                    0 => format!(
                        "{}{}",
                        ["energy", "sport", "health"][topic as usize],
                        rng.random_range(0..40)
                    ),
                    _ => format!("common{}", rng.random_range(0..300)),
                })
                .collect();
            let mut given = topic;
            if n % wrong == 1 {
                given = (topic + 1) % 3;
                replaced.insert(n.to_string());
            }
            Article::new(n.to_string(), "", words.join(" "))
                .with_topics([["energy", "sport", "health"][given as usize]])
        })
        .collect();
    (articles, replaced)
}

#[test]
fn replaced_topics_are_doubted_first_and_with_words_that_say_so() {
    let (articles, replaced) = labelled(600, 20);
    let (_, found) = look(articles.clone(), None);
    let labels = found.labels.unwrap();
    assert_eq!((labels.task, labels.articles), (Task::Single, 600));
    let first: BTreeSet<String> =
        labels.doubts.iter().take(replaced.len()).map(|doubt| doubt.article.id.clone()).collect();
    assert!(first.intersection(&replaced).count() + 1 >= replaced.len(), "{first:?} {replaced:?}");
    let names = ["energy", "sport", "health"];
    for doubt in labels.doubts.iter().filter(|doubt| replaced.contains(&doubt.article.id)) {
        let truth = names[doubt.article.place % 3];
        assert_eq!(doubt.instead.as_ref().map(|topic| topic.as_str()), Some(truth));
        assert!(doubt.confident && doubt.probability < doubt.instead_probability.unwrap());
        assert!(doubt.evidence[0].word.starts_with(truth), "{doubt:?}");
    }
    assert!(labels.doubts.is_sorted_by(|a, b| a.doubt >= b.doubt));
    // The same again: nothing hangs on the order of threads.
    let again = look(articles, None).1.labels.unwrap();
    assert_eq!(again.doubts, labels.doubts);
}

#[test]
fn of_several_topics_wrong_and_missing_ones_are_told_apart() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let (mut wrong, mut missing) = (BTreeSet::new(), BTreeSet::new());
    let articles: Vec<Article> = (0..600_u32)
        .map(|n| {
            let topics: Vec<&str> = [("energy", 2), ("trade", 3), ("water", 5)]
                .into_iter()
                .filter(|(_, of)| n % of == 0)
                .map(|t| t.0)
                .collect();
            let word = |rng: &mut ChaCha8Rng| match rng.random_range(0..3) {
                0 if !topics.is_empty() => {
                    format!("{}{}", topics[rng.random_range(0..topics.len())], rng.random_range(0..20))
                }
                _ => format!("common{}", rng.random_range(0..300)),
            };
            let text = (0..40).map(|_| word(&mut rng)).collect::<Vec<_>>().join(" ");
            let mut given = topics.clone();
            if n % 60 == 4 {
                given.retain(|topic| *topic != "energy");
                missing.insert(n.to_string());
            } else if n % 60 == 7 {
                given.push("water");
                wrong.insert(n.to_string());
            }
            Article::new(n.to_string(), "", text).with_topics(given)
        })
        .collect();
    let (_, found) = look(articles, None);
    let labels = found.labels.unwrap();
    assert_eq!(labels.task, Task::Multi);
    let of = |kind: DoubtKind, topic: &str| -> BTreeSet<String> {
        let of_kind =
            labels.doubts.iter().filter(|doubt| doubt.kind == kind && doubt.topic.as_str() == topic);
        of_kind.map(|doubt| doubt.article.id.clone()).collect()
    };
    let (found_missing, found_wrong) = (of(DoubtKind::Missing, "energy"), of(DoubtKind::Wrong, "water"));
    assert!(found_missing.is_superset(&missing), "{missing:?} {found_missing:?}");
    assert!(found_wrong.is_superset(&wrong), "{wrong:?} {found_wrong:?}");
    let sure: BTreeSet<&String> = labels
        .doubts
        .iter()
        .take(20)
        .map(|doubt| &doubt.article.id)
        .filter(|id| !missing.contains(*id) && !wrong.contains(*id))
        .collect();
    assert!(sure.len() <= 3, "{sure:?}");
}

#[test]
fn topics_that_are_one_or_none_are_named() {
    let mut articles = labelled(300, 1_000).0;
    for (n, article) in articles.iter_mut().enumerate() {
        let mut topics = article.topics.clone().unwrap();
        // Two names for one thing, a coin's toss, and one that hardly stands on any article.
        if topics[0].as_str() == "sport" {
            topics.push("games".into());
        }
        if (n * 7919) % 11 < 2 {
            topics.push("toss".into());
        }
        if n < 2 {
            topics.push("scarce".into());
        }
        article.topics = Some(topics);
    }
    let labels = look(articles, None).1.labels.unwrap();
    let overlap = &labels.overlaps[0];
    assert_eq!(
        (overlap.first.as_str(), overlap.second.as_str(), overlap.kind),
        ("games", "sport", OverlapKind::Together)
    );
    let trouble: Vec<_> = labels
        .topics
        .iter()
        .filter_map(|review| review.problem.map(|problem| (review.topic.as_str(), problem)))
        .collect();
    assert_eq!(trouble, [("toss", TopicTrouble::NotLearned), ("scarce", TopicTrouble::Rare)]);
    assert!(labels.doubts.iter().all(|doubt| doubt.topic.as_str() != "toss"));
}

#[test]
fn labels_that_show_nothing_are_left_with_a_note() {
    let texts = |n: u64| Article::new(n.to_string(), "", text(n, 20));
    // Nobody has labelled them; too few are; all have the same topic; no words.
    let cases: [(Vec<Article>, &str); 4] = [
        ((0..30).map(texts).collect(), "0 labelled articles are too few"),
        (
            (0..30).map(|n| if n < 5 { texts(n).with_topics(["x"]) } else { texts(n) }).collect(),
            "5 labelled articles",
        ),
        ((0..30).map(|n| texts(n).with_topics(["x"])).collect(), "every article has the same topic"),
        ((0..30).map(|n| Article::new("", "", "?").with_topics([["x", "y"][n % 2]])).collect(), "no word"),
    ];
    for (articles, why) in cases {
        let (_, found) = look(articles, None);
        assert!(found.labels.is_none());
        assert!(found.notes.len() == 1 && found.notes[0].contains(why), "{:?}", found.notes);
    }
    // A tiny corpus with something to learn is no reason to stop, and what nobody has labelled is left aside.
    let mut articles = labelled(12, 100).0;
    articles.push(texts(99));
    let (_, found) = look(articles, None);
    assert_eq!(found.labels.unwrap().articles, 12);
}

#[test]
fn no_article_knows_its_own_label() {
    // Words that say nothing, and labels by lot: whoever has not seen an article can only guess.
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let articles: Vec<Article> = (0..400)
        .map(|n| {
            Article::new(n.to_string(), "", text(n, 30)).with_topics([["x", "y"][rng.random_range(0..2)]])
        })
        .collect();
    let corpus = Corpus::from(articles);
    let settings = TrainSettings { effort: Effort::Fast, ..TrainSettings::default() };
    let cross_fit = Trainer::new(settings).unwrap().cross_fit(&corpus).unwrap();
    let right = |probabilities: &[Vec<f32>]| {
        let rows = probabilities.iter().zip(cross_fit.targets());
        rows.filter(|(of, own)| of[own[0] as usize] > 0.5).count()
    };
    let probabilities = cross_fit.probabilities(&[]).unwrap();
    assert!((140..=260).contains(&right(&probabilities)), "{}", right(&probabilities));
    assert!(probabilities.iter().all(|of| (of.iter().sum::<f32>() - 1.0).abs() < 1e-4));
    // What is left out teaches nothing, but is scored like the others.
    let half: Vec<bool> = (0..400).map(|n| n % 2 == 0).collect();
    let (probabilities, model) = cross_fit.probabilities_and_model(&half).unwrap();
    assert!((140..=260).contains(&right(&probabilities)), "{}", right(&probabilities));
    assert_eq!(model.card().report.articles, 200);
}
