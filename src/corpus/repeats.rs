//! What comes back in a corpus: articles that are much alike, and phrases that many articles have.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::Serialize;

use crate::Article;
use crate::corpus::Corpus;

/// How many words make a shingle.
const SHINGLE: usize = 5;

/// Shingles that more articles have than this are boilerplate: they count in a similarity, but two articles
/// that share nothing else are not compared, for their pairs would be millions.
const BOILERPLATE: usize = 1_000;

/// What counts as coming back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatSettings {
    /// Two articles are alike where their similarity is above this.
    pub similarity: f64,
    /// How many words make a phrase, at least one.
    pub phrase_words: usize,
    /// A phrase comes back where more articles than this have it.
    pub phrase_articles: usize,
}

impl Default for RepeatSettings {
    fn default() -> Self {
        RepeatSettings { similarity: 0.2, phrase_words: 8, phrase_articles: 3 }
    }
}

/// What comes back in a corpus.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Repeats {
    /// Pairs of articles that are alike, the most similar first.
    pub similar: Vec<SimilarPair>,
    /// Phrases that come back, the most frequent first.
    pub phrases: Vec<Phrase>,
}

/// Two articles that are alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimilarPair {
    /// The place of the first in the corpus.
    pub first: usize,
    /// The place of the second, which comes after it.
    pub second: usize,
    /// The id of the first.
    pub first_id: String,
    /// The id of the second.
    pub second_id: String,
    /// The Jaccard similarity of the sets of five words in a row, title and text together: 1 where the sets
    /// are equal, 0 where they share nothing.
    pub similarity: f64,
}

/// A phrase that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// Its words, in lower case. Longer than asked for where all articles that have its beginning have all
    /// of it.
    pub text: String,
    /// How many articles have it.
    pub articles: usize,
}

impl Corpus {
    /// Finds articles that are alike and phrases that come back. Takes about 20 bytes of memory for every
    /// word, and time in proportion to the words and to the pairs of articles that share some shingle.
    ///
    /// ```
    /// use topicwire::corpus::{Corpus, RepeatSettings};
    /// use topicwire::Article;
    ///
    /// let corpus = Corpus::from(vec![
    ///     Article::new("1", "", "The bank raised its rate by half a point on Monday."),
    ///     Article::new("2", "", "The bank raised its rate by half a point on Tuesday."),
    ///     Article::new("3", "", "Rain fell on the hills all night."),
    /// ]);
    /// let repeats = corpus.repeats(&RepeatSettings::default());
    /// assert_eq!((repeats.similar[0].first, repeats.similar[0].second), (0, 1));
    /// ```
    pub fn repeats(&self, settings: &RepeatSettings) -> Repeats {
        Repeats { similar: self.similar_pairs(settings.similarity), phrases: self.phrases(settings) }
    }

    /// For each article the number of its group of near duplicates: the place of the group's first article.
    /// Articles belong to one group where a chain of pairs with a similarity above `similarity` joins them.
    pub fn near_duplicate_groups(&self, similarity: f64) -> Vec<u32> {
        let mut parents = self.duplicate_groups();
        for pair in self.similar_pairs(similarity) {
            let (one, other) =
                (root(&mut parents, pair.first as u32), root(&mut parents, pair.second as u32));
            parents[one.max(other) as usize] = one.min(other);
        }
        // A parent always stands before its children, so one pass in order settles all.
        for article in 0..parents.len() {
            parents[article] = parents[parents[article] as usize];
        }
        parents
    }

    /// Pairs of articles with a similarity above the given one, the most similar first.
    fn similar_pairs(&self, above: f64) -> Vec<SimilarPair> {
        let index = ShingleIndex::new(&self.articles);
        let found: Vec<Vec<(u32, u32, f64)>> =
            (0..self.articles.len()).into_par_iter().map(|second| index.alike(second, above)).collect();
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        let pair = |(first, second, similarity): (u32, u32, f64)| {
            let (first, second) = (first as usize, second as usize);
            let id = |at: usize| self.articles[at].id.clone();
            SimilarPair { first, second, first_id: id(first), second_id: id(second), similarity }
        };
        found.into_iter().map(pair).collect()
    }

    fn phrases(&self, settings: &RepeatSettings) -> Vec<Phrase> {
        let length = settings.phrase_words.max(1);
        let mut windows: Vec<u64> = self
            .articles
            .par_iter()
            .flat_map_iter(|article| distinct(windows(&words(article), length)))
            .collect();
        windows.par_sort_unstable();
        let frequent: HashMap<u64, usize, FixedState> = windows
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() > settings.phrase_articles)
            .map(|same| (same[0], same.len()))
            .collect();
        let spelled: Vec<Vec<(String, usize)>> =
            self.articles.par_iter().map(|article| spell(article, length, &frequent)).collect();
        let phrases: BTreeMap<String, usize> = spelled.into_iter().flatten().collect();
        let mut phrases: Vec<Phrase> =
            phrases.into_iter().map(|(text, articles)| Phrase { text, articles }).collect();
        phrases.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.text.cmp(&b.text)));
        phrases
    }
}

/// The first of the group of an article; halves the way to it for those who ask next.
fn root(parents: &mut [u32], mut article: u32) -> u32 {
    while parents[article as usize] != article {
        let above = parents[article as usize];
        parents[article as usize] = parents[above as usize];
        article = above;
    }
    article
}

/// The words of title and text in lower case.
fn words(article: &Article) -> Vec<String> {
    let parts = [article.title.as_str(), article.text.as_str()];
    let words = parts.into_iter().flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// A number for every `length` words in a row; nothing where there are fewer words.
fn windows(words: &[String], length: usize) -> Vec<u64> {
    let state = FixedState::with_seed(0);
    let hashes: Vec<u64> = words.iter().map(|word| state.hash_one(word)).collect();
    hashes.windows(length).map(|window| state.hash_one(window)).collect()
}

fn distinct(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The frequent phrases of an article with the number of articles that have them. Windows that follow one
/// another and are equally frequent are one phrase.
fn spell(
    article: &Article,
    length: usize,
    frequent: &HashMap<u64, usize, FixedState>,
) -> Vec<(String, usize)> {
    let words = words(article);
    let counts: Vec<usize> =
        windows(&words, length).iter().map(|window| frequent.get(window).copied().unwrap_or(0)).collect();
    let mut phrases = Vec::new();
    let mut start = 0;
    for run in counts.chunk_by(|a, b| a == b) {
        if run[0] > 0 {
            phrases.push((words[start..start + run.len() + length - 1].join(" "), run[0]));
        }
        start += run.len();
    }
    phrases
}

/// Which articles have which shingles, of those shingles that at least two have.
struct ShingleIndex {
    /// How many distinct shingles each article has.
    sizes: Vec<usize>,
    /// The shared shingles of each article, by their numbers, sorted.
    shared: Vec<Vec<u32>>,
    /// The articles of each shared shingle, sorted.
    postings: Vec<Vec<u32>>,
}

impl ShingleIndex {
    fn new(articles: &[Article]) -> ShingleIndex {
        let shingles: Vec<Vec<u64>> =
            articles.par_iter().map(|article| distinct(windows(&words(article), SHINGLE))).collect();
        let sizes = shingles.iter().map(Vec::len).collect();
        let mut entries: Vec<(u64, u32)> = Vec::with_capacity(shingles.iter().map(Vec::len).sum());
        for (article, shingles) in shingles.into_iter().enumerate() {
            entries.extend(shingles.into_iter().map(|shingle| (shingle, article as u32)));
        }
        entries.par_sort_unstable();
        let mut shared = vec![Vec::new(); articles.len()];
        let mut postings = Vec::new();
        for same in entries.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            for &(_, article) in same {
                shared[article as usize].push(postings.len() as u32);
            }
            postings.push(same.iter().map(|&(_, article)| article).collect());
        }
        ShingleIndex { sizes, shared, postings }
    }

    /// The articles before `second` whose similarity to it is above the given one.
    fn alike(&self, second: usize, above: f64) -> Vec<(u32, u32, f64)> {
        let mut meetings: HashMap<u32, usize, FixedState> = HashMap::default();
        let mut common = 0;
        for &shingle in &self.shared[second] {
            let posting = &self.postings[shingle as usize];
            if posting.len() > BOILERPLATE {
                common += 1;
                continue;
            }
            for &first in posting.iter().take_while(|&&first| (first as usize) < second) {
                *meetings.entry(first).or_default() += 1;
            }
        }
        let jaccard = |first: u32, both: usize| {
            both as f64 / (self.sizes[first as usize] + self.sizes[second] - both) as f64
        };
        let mut pairs = Vec::new();
        for (first, met) in meetings {
            // Boilerplate can raise the count by so much at most; only then is it worth counting.
            if jaccard(first, (met + common).min(self.sizes[first as usize])) <= above {
                continue;
            }
            let both = if common == 0 { met } else { self.both(first as usize, second) };
            let similarity = jaccard(first, both);
            if similarity > above {
                pairs.push((first, second as u32, similarity));
            }
        }
        pairs
    }

    /// How many shingles two articles share.
    fn both(&self, first: usize, second: usize) -> usize {
        let mut rest = self.shared[first].iter().peekable();
        let mut count = 0;
        for shingle in &self.shared[second] {
            while rest.next_if(|other| *other < shingle).is_some() {}
            count += usize::from(rest.next_if(|other| *other == shingle).is_some());
        }
        count
    }
}
