//! Confident learning (Northcutt, Jiang and Chuang 2021): which labels contradict what was learned from the other articles.
//!
//! An article counts for a topic with confidence where its probability reaches the mean probability of the articles that
//! have the topic: what is much for a topic that is hard to tell is little for one that is easy. A label is doubtful where
//! what it denies is likelier than what it says, and contradicted with confidence where the article counts for the likelier
//! with confidence. Doubts are ranked by how unlikely the label is, which finds more wrong labels among the first than
//! asking for confidence does.

/// A label that is doubtful, by numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Suspicion {
    /// The article.
    pub row: usize,
    /// The topic whose label is doubtful.
    pub topic: usize,
    /// Whether the article has the topic.
    pub given: bool,
    /// The likeliest topic, where an article has exactly one.
    pub instead: Option<usize>,
    /// How doubtful the label is, from 0 to 1.
    pub doubt: f32,
    /// Whether it is contradicted with confidence.
    pub confident: bool,
}

/// Probabilities are raised to this power, and brought to sum to 1 again, before the given topic's share tells how doubtful
/// it is. Unflattened, a rival that is nearly certain hides how little the text has of the given topic: that an article of
/// `acq` may be one of `earn`, which is a matter of opinion, ranks as high as that it should be one of `coffee`, which is a
/// mistake. Found on Reuters R52 and 20 Newsgroups with replaced topics, where .3 to .7 do about equally well.
const FLATTENED: f32 = 0.4;

/// A topic that ranks its articles worse than this average precision is not learned: that it is given to an article says
/// nothing, nor does its absence.
pub(super) const LEARNED: f64 = 0.3;

/// The doubtful labels where each article has exactly one topic, the most doubtful first. `probabilities` are articles ×
/// topics.
pub(super) fn single(probabilities: &[Vec<f32>], own: &[u32]) -> Vec<Suspicion> {
    let topics = probabilities.first().map_or(0, Vec::len);
    let (mut sums, mut counts) = (vec![0.0_f64; topics], vec![0_usize; topics]);
    for (row, &own) in probabilities.iter().zip(own) {
        sums[own as usize] += f64::from(row[own as usize]);
        counts[own as usize] += 1;
    }
    let confident: Vec<f32> =
        sums.iter().zip(&counts).map(|(sum, &count)| (sum / count.max(1) as f64) as f32).collect();
    let mut found = Vec::new();
    for (row, (of, &own)) in probabilities.iter().zip(own).enumerate() {
        let own = own as usize;
        let likeliest = |a: &usize, b: &usize| of[*a].total_cmp(&of[*b]).then(b.cmp(a));
        let Some(instead) = (0..topics).max_by(likeliest) else { continue };
        if instead == own {
            continue;
        }
        let flat: Vec<f32> = of.iter().map(|p| p.max(1e-9).powf(FLATTENED)).collect();
        let doubt = 1.0 - flat[own] / flat.iter().sum::<f32>();
        let confident = of[instead] >= confident[instead];
        found.push(Suspicion { row, topic: own, given: true, instead: Some(instead), doubt, confident });
    }
    sort(&mut found);
    found
}

/// The doubtful labels where each topic stands for itself: those that are given and those that are missing, the most
/// doubtful first. Of topics that are not `learned`, none is doubted.
pub(super) fn several(probabilities: &[Vec<f32>], targets: &[Vec<u32>], learned: &[bool]) -> Vec<Suspicion> {
    let mut found = Vec::new();
    for topic in (0..learned.len()).filter(|&topic| learned[topic]) {
        let has: Vec<bool> = targets.iter().map(|row| row.binary_search(&(topic as u32)).is_ok()).collect();
        let mean = |with: bool| {
            let of = probabilities.iter().zip(&has).filter(|(_, has)| **has == with);
            let (sum, count) =
                of.fold((0.0_f64, 0), |(sum, count), (row, _)| (sum + f64::from(row[topic]), count + 1));
            (sum / f64::from(count.max(1))) as f32
        };
        let (with, without) = (mean(true), 1.0 - mean(false));
        for (row, (of, &has)) in probabilities.iter().zip(&has).enumerate() {
            let p = of[topic];
            if has == (p < 0.5) {
                let (doubt, confident) = if has { (1.0 - p, 1.0 - p >= without) } else { (p, p >= with) };
                found.push(Suspicion { row, topic, given: has, instead: None, doubt, confident });
            }
        }
    }
    sort(&mut found);
    found
}

fn sort(found: &mut [Suspicion]) {
    found.sort_by(|a, b| b.doubt.total_cmp(&a.doubt).then(a.row.cmp(&b.row)).then(a.topic.cmp(&b.topic)));
}

/// The articles that are better not learned from, of those with doubtful labels: the most doubtful first, and no more than
/// half of the articles of any topic.
pub(super) fn better_left_out(suspicions: &[Suspicion], targets: &[Vec<u32>], topics: usize) -> Vec<bool> {
    let mut left = vec![0_usize; topics];
    targets.iter().flatten().for_each(|&topic| left[topic as usize] += 1);
    let half: Vec<usize> = left.iter().map(|&count| count.div_ceil(2)).collect();
    let mut left_out = vec![false; targets.len()];
    for suspicion in suspicions {
        let own = &targets[suspicion.row];
        if !left_out[suspicion.row] && own.iter().all(|&topic| left[topic as usize] > half[topic as usize]) {
            left_out[suspicion.row] = true;
            own.iter().for_each(|&topic| left[topic as usize] -= 1);
        }
    }
    left_out
}

/// The geometric mean of two probabilities of each topic; brought to sum to 1 where an article has exactly one.
pub(super) fn together(first: &mut [Vec<f32>], second: &[Vec<f32>], single: bool) {
    for (first, second) in first.iter_mut().zip(second) {
        for (a, b) in first.iter_mut().zip(second) {
            let yes = (*a * b).sqrt();
            let no = ((1.0 - *a) * (1.0 - b)).max(0.0).sqrt();
            *a = if single { yes } else { yes / (yes + no).max(f32::MIN_POSITIVE) };
        }
        if single {
            let sum: f32 = first.iter().sum();
            first.iter_mut().for_each(|p| *p /= sum.max(f32::MIN_POSITIVE));
        }
    }
}
