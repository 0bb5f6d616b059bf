//! Folds: parts of a corpus that take turns at being unseen.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The fold of each article: numbers below `folds`, so that every topic is spread over the folds as evenly as it can
/// be. Articles of one group (near duplicates, say) come into one fold; `groups` is empty where each stands alone.
///
/// An article goes by its rarest topic, as in the iterative stratification of Sechidis et al. 2011: topics are dealt out
/// from the rarest to the most frequent, each article to the fold that so far has fewest of that topic, and of these
/// to the one with fewest articles.
///
/// ```
/// use topicwire::learn::folds;
///
/// let fold = folds(&[vec![0], vec![0], vec![1], vec![1, 0], vec![]], 2, 2, &[], 7);
/// assert_ne!(fold[0], fold[1]);
/// assert_ne!(fold[2], fold[3]);
/// ```
pub fn folds(targets: &[Vec<u32>], topics: usize, folds: u8, groups: &[u32], seed: u64) -> Vec<u8> {
    let mut frequency = vec![0_u32; topics];
    targets.iter().flatten().for_each(|&topic| frequency[topic as usize] += 1);
    let rarest = |row: usize| {
        let by_frequency = |&&topic: &&u32| (frequency[topic as usize], topic);
        targets[row].iter().min_by_key(by_frequency).map_or((u32::MAX, u32::MAX), |&t| (frequency[t as usize], t))
    };
    let mut order: Vec<u32> = (0..targets.len() as u32).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    order.sort_by_key(|&row| rarest(row as usize));

    let parts = usize::from(folds);
    let mut of_topic = vec![0_u32; topics * parts];
    let mut sizes = vec![0_u32; parts];
    let mut of_group = std::collections::HashMap::new();
    let mut result = vec![0; targets.len()];
    for row in order {
        let row = row as usize;
        let (_, topic) = rarest(row);
        let count = |fold: usize, of_topic: &[u32]| {
            if topic == u32::MAX { 0 } else { of_topic[topic as usize * parts + fold] }
        };
        let fewest = || (0..parts).min_by_key(|&fold| (count(fold, &of_topic), sizes[fold], fold)).unwrap_or(0);
        let fold = match groups.get(row) {
            Some(&group) => *of_group.entry(group).or_insert_with(fewest),
            None => fewest(),
        };
        result[row] = fold as u8;
        sizes[fold] += 1;
        targets[row].iter().for_each(|&topic| of_topic[topic as usize * parts + fold] += 1);
    }
    result
}
