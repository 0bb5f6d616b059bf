//! Articles that stand twice: the same, or nearly, in one corpus or across training and test.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ArticleRef;
use crate::corpus::{Alike, Corpus, duplicate_groups, groups, similar_pairs};
use crate::{Article, Topic};

/// Articles that are the same, or nearly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuplicateGroup {
    /// The articles, in the order of the corpus: two at least.
    pub members: Vec<Member>,
    /// Whether labelled articles among them have different topics.
    pub topics_differ: bool,
}

/// An article of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// The article.
    pub article: ArticleRef,
    /// Its similarity to that of the others which it resembles most: 1 where it is the same.
    pub similarity: f64,
}

/// An article that stands in the test corpus too.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leak {
    /// The article.
    pub article: ArticleRef,
    /// The article of the test corpus that it resembles most.
    pub test: ArticleRef,
    /// How similar the two are: 1 where they are the same.
    pub similarity: f64,
    /// Whether title and text are the same, case and blanks aside.
    pub exact: bool,
    /// Whether both are labelled, with different topics.
    pub topics_differ: bool,
}

/// All that stands twice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Copies {
    /// Articles of the corpus with the same title and text, case and blanks aside. Empty articles are no copies.
    pub duplicates: Vec<DuplicateGroup>,
    /// Articles of the corpus that are nearly the same. Of exact copies only the first is looked at.
    pub near_duplicates: Vec<DuplicateGroup>,
    /// Articles of the corpus that stand in the test corpus, the most similar first; `None` without a test corpus.
    pub leaks: Option<Vec<Leak>>,
}

impl Copies {
    /// Finds what stands twice in `corpus`, and what stands in `against` too; near duplicates from a Jaccard similarity of
    /// `similarity` on.
    pub fn find(corpus: &Corpus, against: Option<&Corpus>, similarity: f64) -> Copies {
        let nothing = Corpus::default();
        let test = against.unwrap_or(&nothing);
        let both = Both { corpus, test };
        let all: Vec<&Article> = corpus.articles.iter().chain(&test.articles).collect();
        // Without words there is nothing to compare.
        let (places, worded): (Vec<usize>, Vec<&Article>) =
            all.into_iter().enumerate().filter(|(_, article)| has_words(article)).unzip();
        let firsts: Vec<usize> =
            duplicate_groups(&worded).into_iter().map(|first| places[first as usize]).collect();

        // The members of each group of exact copies, by its first.
        let mut exact: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (&place, &first) in places.iter().zip(&firsts) {
            exact.entry(first).or_default().push(place);
        }
        let (single, articles): (Vec<usize>, Vec<&Article>) =
            exact.keys().map(|&first| (first, both.article(first))).unzip();
        let alike = similar_pairs(&articles, similarity);
        let alike: Vec<Alike> = alike
            .into_iter()
            .map(|pair| Alike { first: single[pair.first], second: single[pair.second], ..pair })
            .collect();
        Copies {
            duplicates: both.duplicates(&exact),
            near_duplicates: both.near_duplicates(&alike),
            leaks: against.map(|_| both.leaks(&exact, &alike)),
        }
    }
}

fn has_words(article: &Article) -> bool {
    [&article.title, &article.text].iter().any(|part| part.chars().any(char::is_alphanumeric))
}

/// The corpus and the test corpus as one list: places of the second follow those of the first.
struct Both<'a> {
    corpus: &'a Corpus,
    test: &'a Corpus,
}

impl<'a> Both<'a> {
    fn article(&self, place: usize) -> &'a Article {
        match self.in_test(place) {
            None => &self.corpus.articles[place],
            Some(place) => &self.test.articles[place],
        }
    }

    /// The place in the test corpus, of what stands there.
    fn in_test(&self, place: usize) -> Option<usize> {
        place.checked_sub(self.corpus.articles.len())
    }

    fn reference(&self, place: usize) -> ArticleRef {
        match self.in_test(place) {
            None => ArticleRef::new(self.corpus, place),
            Some(place) => ArticleRef::new(self.test, place),
        }
    }

    fn group(&self, members: &[(usize, f64)]) -> DuplicateGroup {
        let mut labels = members.iter().filter_map(|&(place, _)| sorted_topics(self.article(place)));
        let first = labels.next();
        DuplicateGroup {
            topics_differ: labels.any(|topics| Some(topics) != first),
            members: members
                .iter()
                .map(|&(place, similarity)| Member { article: self.reference(place), similarity })
                .collect(),
        }
    }

    fn duplicates(&self, exact: &BTreeMap<usize, Vec<usize>>) -> Vec<DuplicateGroup> {
        let members = exact.values().map(|places| {
            let here = places.iter().filter(|&&place| self.in_test(place).is_none());
            here.map(|&place| (place, 1.0)).collect::<Vec<_>>()
        });
        worst_first(members.filter(|members| members.len() > 1).map(|members| self.group(&members)))
    }

    fn near_duplicates(&self, alike: &[Alike]) -> Vec<DuplicateGroup> {
        let here: Vec<&Alike> = alike.iter().filter(|pair| self.in_test(pair.second).is_none()).collect();
        let group_of = groups(self.corpus.articles.len(), here.iter().map(|pair| (pair.first, pair.second)));
        let mut members: BTreeMap<u32, BTreeMap<usize, f64>> = BTreeMap::new();
        // The most similar pairs come first.
        for pair in here {
            let members = members.entry(group_of[pair.first]).or_default();
            members.entry(pair.first).or_insert(pair.similarity);
            members.entry(pair.second).or_insert(pair.similarity);
        }
        worst_first(members.into_values().map(|members| self.group(&members.into_iter().collect::<Vec<_>>())))
    }

    fn leaks(&self, exact: &BTreeMap<usize, Vec<usize>>, alike: &[Alike]) -> Vec<Leak> {
        // For each article of the corpus, the most similar one of the test corpus.
        let mut found: BTreeMap<usize, (usize, f64, bool)> = BTreeMap::new();
        for places in exact.values() {
            if let Some(&test) = places.iter().find(|&&place| self.in_test(place).is_some()) {
                for &place in places.iter().filter(|&&place| self.in_test(place).is_none()) {
                    found.insert(place, (test, 1.0, true));
                }
            }
        }
        // The most similar pairs come first. Each stands for all the copies of both.
        for pair in alike {
            let copies = |place: usize| exact.get(&place).map(Vec::as_slice).unwrap_or_default();
            for (one, other) in [(pair.first, pair.second), (pair.second, pair.first)] {
                let Some(&test) = copies(other).iter().find(|&&place| self.in_test(place).is_some()) else {
                    continue;
                };
                for &place in copies(one).iter().filter(|&&place| self.in_test(place).is_none()) {
                    found.entry(place).or_insert((test, pair.similarity, false));
                }
            }
        }
        let mut leaks: Vec<Leak> = found
            .into_iter()
            .map(|(place, (test, similarity, exact))| {
                let topics = [place, test].map(|place| sorted_topics(self.article(place)));
                Leak {
                    article: self.reference(place),
                    test: self.reference(test),
                    similarity,
                    exact,
                    topics_differ: matches!(&topics, [Some(one), Some(other)] if one != other),
                }
            })
            .collect();
        leaks.sort_by(|a, b| {
            b.exact
                .cmp(&a.exact)
                .then(b.similarity.total_cmp(&a.similarity))
                .then(a.article.place.cmp(&b.article.place))
        });
        leaks
    }
}

fn sorted_topics(article: &Article) -> Option<Vec<&Topic>> {
    let mut topics: Vec<&Topic> = article.topics.as_ref()?.iter().collect();
    topics.sort_unstable();
    Some(topics)
}

/// Groups whose topics differ first, then larger ones, then in the order of the corpus.
fn worst_first(groups: impl Iterator<Item = DuplicateGroup>) -> Vec<DuplicateGroup> {
    let mut groups: Vec<DuplicateGroup> = groups.collect();
    groups.sort_by_key(|group| {
        let first = group.members.first().map_or(0, |member| member.article.place);
        (!group.topics_differ, std::cmp::Reverse(group.members.len()), first)
    });
    groups
}
