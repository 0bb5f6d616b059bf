//! Iterative stratification: parts of given shares in which every topic has its share.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What is to be put in parts: its topics (one may be named several times) and how much it weighs.
pub(super) struct Units {
    /// The topics of all units, one unit after another.
    topics: Vec<u32>,
    /// Where each unit's topics end.
    ends: Vec<usize>,
    /// How many articles each unit stands for.
    sizes: Vec<u32>,
}

impl Units {
    pub(super) fn new() -> Self {
        Units { topics: Vec::new(), ends: Vec::new(), sizes: Vec::new() }
    }

    pub(super) fn push<'t>(&mut self, articles: impl IntoIterator<Item = &'t [u32]>) {
        let mut size = 0;
        for topics in articles {
            self.topics.extend_from_slice(topics);
            size += 1;
        }
        self.ends.push(self.topics.len());
        self.sizes.push(size);
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn topics(&self, unit: usize) -> &[u32] {
        let start = if unit == 0 { 0 } else { self.ends[unit - 1] };
        &self.topics[start..self.ends[unit]]
    }

    /// The units of each topic, in the order that `order` gives.
    fn by_topic(&self, topic_count: usize, order: &[u32]) -> (Vec<usize>, Vec<u32>) {
        let mut ends = vec![0; topic_count + 1];
        for &topic in &self.topics {
            ends[topic as usize + 1] += 1;
        }
        for topic in 0..topic_count {
            ends[topic + 1] += ends[topic];
        }
        let mut next = ends.clone();
        let mut units = vec![0; self.topics.len()];
        for &unit in order {
            for &topic in self.topics(unit as usize) {
                units[next[topic as usize]] = unit;
                next[topic as usize] += 1;
            }
        }
        (ends, units)
    }
}

/// Puts every unit into one of `shares.len()` parts (at most 256) so that part `p` holds about `shares[p]`
/// of the articles, and of the articles of every topic.
///
/// This is the iterative stratification of Sechidis, Tsoumakas and Vlahavas (ECML PKDD 2011): again and
/// again the topic with the fewest articles left is taken, and each of its articles goes to the part that
/// misses most articles of this topic, among equals to the one that misses most articles, among equals to
/// one drawn by lot. The time is linear in topic entries times one plus units times parts: the next topic
/// is found without searching, see [`Queue`].
pub(super) fn assign(units: &Units, shares: &[f64], seed: u64) -> Vec<u8> {
    let topic_count = units.topics.iter().max().map_or(0, |&most| most as usize + 1);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<u32> = (0..units.len() as u32).collect();
    order.shuffle(&mut rng);
    let (ends, by_topic) = units.by_topic(topic_count, &order);
    let counts: Vec<u32> = ends.windows(2).map(|pair| (pair[1] - pair[0]) as u32).collect();

    let mut parts = Parts::new(units, shares, &counts, rng);
    let mut queue = Queue::new(counts);
    while let Some(topic) = queue.rarest() {
        for &unit in &by_topic[ends[topic]..ends[topic + 1]] {
            if parts.place(unit as usize, Some(topic)) {
                for &other in units.topics(unit as usize) {
                    queue.take_one(other as usize);
                }
            }
        }
    }
    for &unit in &order {
        parts.place(unit as usize, None);
    }
    parts.of.into_iter().map(|part| part.unwrap_or_default()).collect()
}

/// The parts, and what each still misses.
struct Parts<'u> {
    units: &'u Units,
    count: usize,
    /// The part of each unit that is placed.
    of: Vec<Option<u8>>,
    /// How many articles each part misses.
    missing: Vec<f64>,
    /// How many articles of each topic each part misses: a row of parts to a topic.
    missing_of_topic: Vec<f64>,
    rng: ChaCha8Rng,
}

impl<'u> Parts<'u> {
    fn new(units: &'u Units, shares: &[f64], counts: &[u32], rng: ChaCha8Rng) -> Self {
        let articles: u64 = units.sizes.iter().map(|&size| u64::from(size)).sum();
        let missing = shares.iter().map(|share| share * articles as f64).collect();
        let rows = counts.iter().flat_map(|&count| shares.iter().map(move |share| share * f64::from(count)));
        let of = vec![None; units.len()];
        Parts { units, count: shares.len(), of, missing, missing_of_topic: rows.collect(), rng }
    }

    /// Places a unit for the sake of `topic`; `false` where it is placed already.
    fn place(&mut self, unit: usize, topic: Option<usize>) -> bool {
        if self.of[unit].is_some() {
            return false;
        }
        let wanted = |part: usize| {
            let of_topic = topic.map_or(0.0, |topic| self.missing_of_topic[topic * self.count + part]);
            (of_topic, self.missing[part])
        };
        let mut best = 0;
        let mut equals = 1;
        for part in 1..self.count {
            if wanted(part) > wanted(best) {
                (best, equals) = (part, 1);
            } else if wanted(part) == wanted(best) {
                equals += 1;
                // Each of the equals ends up chosen with the same probability.
                if self.rng.random_range(0..equals) == 0 {
                    best = part;
                }
            }
        }
        self.of[unit] = Some(best as u8);
        self.missing[best] -= f64::from(self.units.sizes[unit]);
        for &other in self.units.topics(unit) {
            self.missing_of_topic[other as usize * self.count + best] -= 1.0;
        }
        true
    }
}

/// Topics sorted by how many of their articles are left. Counts only ever go down by one, so a topic only
/// ever changes places with the first of those that have as many as it (Batagelj and Zaversnik's bins).
struct Queue {
    left: Vec<u32>,
    sorted: Vec<u32>,
    place: Vec<u32>,
    /// Where in `sorted` the topics with at least so many articles left begin.
    begin: Vec<u32>,
}

impl Queue {
    fn new(left: Vec<u32>) -> Queue {
        let mut sorted: Vec<u32> = (0..left.len() as u32).collect();
        sorted.sort_by_key(|&topic| (left[topic as usize], topic));
        let mut place = vec![0; left.len()];
        let most = left.iter().max().map_or(0, |&most| most as usize);
        let mut begin = vec![0; most + 2];
        for (at, &topic) in sorted.iter().enumerate() {
            place[topic as usize] = at as u32;
            begin[left[topic as usize] as usize + 1] = at as u32 + 1;
        }
        for count in 1..begin.len() {
            begin[count] = begin[count].max(begin[count - 1]);
        }
        Queue { left, sorted, place, begin }
    }

    /// The topic with the fewest articles left, of those that have any.
    fn rarest(&self) -> Option<usize> {
        self.sorted.get(*self.begin.get(1)? as usize).map(|&topic| topic as usize)
    }

    fn take_one(&mut self, topic: usize) {
        let count = self.left[topic] as usize;
        let first = self.begin[count];
        let (here, other) = (self.place[topic], self.sorted[first as usize]);
        self.sorted.swap(first as usize, here as usize);
        self.place[topic] = first;
        self.place[other as usize] = here;
        self.begin[count] += 1;
        self.left[topic] -= 1;
    }
}
