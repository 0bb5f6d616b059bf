//! Articles to spellings, and spellings to terms.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::ops::Range;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::Documents;
use super::counts::split;
use crate::Article;
use crate::text::{Analyzer, Surface};

/// Distinct spellings, each as it was first seen.
#[derive(Default)]
pub(super) struct Spellings {
    pub keys: Vec<Surface>,
    languages: Vec<u8>,
    /// All of them, one after the other: a string for each would take longer to allocate than to read.
    text: String,
    ends: Vec<usize>,
}

impl Spellings {
    fn len(&self) -> usize {
        self.keys.len()
    }

    fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    fn push(&mut self, key: Surface, language: u8, text: &str) {
        self.keys.push(key);
        self.languages.push(language);
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
}

/// How many articles a worker reads before it takes the next: small enough to share work evenly.
const CHUNK: usize = 256;

/// How many chunks are read before they are put together: all of them would take more memory than the text.
const GROUP: usize = 8;

/// Reads `articles` into spellings, numbered in the order in which the corpus has them.
pub(super) fn read(articles: &[Article], analyzer: &Analyzer) -> (Spellings, Documents) {
    let mut whole = Whole::default();
    whole.documents.starts.push(0);
    let mut chunks: Vec<Chunk> = Vec::new();
    for group in articles.chunks(CHUNK * GROUP) {
        // Putting together is work for one thread: others read on.
        (chunks, ()) = rayon::join(
            || group.par_chunks(CHUNK).map(|articles| Chunk::read(articles, analyzer)).collect(),
            || whole.append(chunks),
        );
    }
    whole.append(chunks);
    (whole.spellings, whole.documents)
}

/// What was put together so far.
#[derive(Default)]
struct Whole {
    spellings: Spellings,
    /// The number of each spelling.
    known: Known,
    documents: Documents,
}

impl Whole {
    fn append(&mut self, chunks: Vec<Chunk>) {
        let numbers: Vec<Vec<u32>> =
            chunks.iter().map(|chunk| merge(chunk, &mut self.spellings, &mut self.known)).collect();
        let documents = &mut self.documents;
        let start = documents.tokens.len();
        let mut at = start;
        for chunk in &chunks {
            for length in &chunk.lengths {
                at += length;
                documents.starts.push(at);
            }
            documents.titles.extend_from_slice(&chunk.titles);
        }
        documents.tokens.resize(at, 0);
        let lengths: Vec<usize> = chunks.iter().map(|chunk| chunk.tokens.len()).collect();
        let parts = split(&mut documents.tokens[start..], &lengths);
        chunks.into_par_iter().zip(numbers).zip(parts).for_each(|((chunk, numbers), part)| {
            part.iter_mut().zip(chunk.tokens).for_each(|(to, token)| *to = numbers[token as usize]);
        });
    }
}

/// The number in the corpus of each spelling of `chunk`; what is new there is added to `spellings`.
fn merge(chunk: &Chunk, spellings: &mut Spellings, known: &mut Known) -> Vec<u32> {
    let numbers = chunk.spellings.keys.iter().enumerate().map(|(at, key)| {
        *known.entry(key.0).or_insert_with(|| {
            spellings.push(*key, chunk.spellings.languages[at], chunk.spellings.get(at));
            spellings.len() as u32 - 1
        })
    });
    numbers.collect()
}

/// Some articles, read by one worker, with spellings numbered in the order in which they appear.
#[derive(Default)]
struct Chunk {
    spellings: Spellings,
    tokens: Vec<u32>,
    lengths: Vec<usize>,
    titles: Vec<u32>,
}

impl Chunk {
    fn read(articles: &[Article], analyzer: &Analyzer) -> Chunk {
        let mut chunk = Chunk::default();
        let mut known: Known = HashMap::default();
        for article in articles {
            let language = analyzer.language_of(article.language.as_deref(), &article.text);
            let start = chunk.tokens.len();
            let mut read = |text: &str| {
                analyzer.tokenize(text, |token| {
                    let key = token.surface.in_space(language as u64);
                    // Nearly all are known: looking up is cheaper than making ready to insert.
                    let number = known.get(&key.0).copied().unwrap_or_else(|| {
                        let new = chunk.spellings.len() as u32;
                        chunk.spellings.push(key, language as u8, token.text());
                        known.insert(key.0, new);
                        new
                    });
                    chunk.tokens.push(number);
                });
                chunk.tokens.len()
            };
            let title_end = read(&article.title);
            let end = read(&article.text);
            chunk.lengths.push(end - start);
            chunk.titles.push((title_end - start) as u32);
        }
        chunk
    }
}

/// The terms that spellings become.
pub(super) struct Terms {
    /// The distinct terms, in no order that means anything, but always the same.
    pub distinct: Vec<String>,
    /// The number of each spelling's term among them; [`Documents::UNKNOWN`] where it is no term.
    pub of_spelling: Vec<u32>,
}

/// Spellings that are stemmed by a worker at a time.
const STEMMED: usize = 4096;

/// Distinct terms are found in so many parts, by their hash: fixed, so that numbers do not depend on the number of threads.
const SHARDS: usize = 8;

impl Terms {
    pub fn new(spellings: &Spellings, analyzer: &Analyzer) -> Terms {
        let all: Vec<usize> = (0..spellings.len()).collect();
        let stemmed: Vec<Stemmed> =
            all.par_chunks(STEMMED).map(|some| Stemmed::new(some, spellings, analyzer)).collect();
        let shards: Vec<Shard> =
            (0..SHARDS).into_par_iter().map(|shard| Shard::new(&stemmed, shard)).collect();
        let mut terms =
            Terms { distinct: Vec::new(), of_spelling: vec![Documents::UNKNOWN; spellings.len()] };
        for Shard { texts, numbers } in shards {
            let offset = terms.distinct.len() as u32;
            numbers.into_iter().for_each(|(at, number)| terms.of_spelling[at as usize] = offset + number);
            terms.distinct.extend(texts);
        }
        terms
    }
}

/// What a worker made of some spellings.
struct Stemmed {
    /// The number of the first spelling.
    first: usize,
    text: String,
    /// For each spelling, where its term stands in `text`, and its hash.
    terms: Vec<Option<(Range<usize>, u64)>>,
}

impl Stemmed {
    fn new(some: &[usize], spellings: &Spellings, analyzer: &Analyzer) -> Stemmed {
        let makers: Vec<_> = analyzer.languages.iter().map(|&l| analyzer.for_language(l)).collect();
        let hasher = FixedState::default();
        let mut stemmed =
            Stemmed { first: some[0], text: String::new(), terms: Vec::with_capacity(some.len()) };
        for &at in some {
            let term = makers[usize::from(spellings.languages[at])].term(spellings.get(at));
            stemmed.terms.push(term.map(|term| {
                let start = stemmed.text.len();
                stemmed.text.push_str(&term);
                (start..stemmed.text.len(), hasher.hash_one(&term))
            }));
        }
        stemmed
    }
}

/// The distinct terms whose hash is of one part.
#[derive(Default)]
struct Shard {
    texts: Vec<String>,
    /// Spellings, each with the number of its term among `texts`.
    numbers: Vec<(u32, u32)>,
}

impl Shard {
    fn new(stemmed: &[Stemmed], part: usize) -> Shard {
        let mut known: HashMap<&str, u32, FixedState> = HashMap::default();
        let mut shard = Shard::default();
        for some in stemmed {
            for (at, term) in some.terms.iter().enumerate() {
                let Some((range, _)) = term.as_ref().filter(|(_, hash)| *hash as usize % SHARDS == part)
                else {
                    continue;
                };
                let text = &some.text[range.clone()];
                let number = match known.entry(text) {
                    Entry::Occupied(entry) => *entry.get(),
                    Entry::Vacant(entry) => {
                        shard.texts.push(text.to_owned());
                        *entry.insert(shard.texts.len() as u32 - 1)
                    }
                };
                shard.numbers.push(((some.first + at) as u32, number));
            }
        }
        shard
    }
}

/// The number of each known key.
type Known = HashMap<u64, u32, BuildHasherDefault<KeyHasher>>;

/// Hashes keys, which for short spellings are the spellings themselves.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = crate::text::fold(self.0 ^ u64::from(byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = crate::text::fold(key);
    }
}
