//! Whether one model is better than another, or only luckier.

use serde::{Deserialize, Serialize};

use super::interval::{Figures, Tallies, percentiles, resample};
use super::{Bootstrap, Interval, Judged};
use crate::{Error, Result};

/// McNemar's test on the articles that one model gets exactly right and another does not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct McNemar {
    /// Articles that only the first gets right.
    pub only_first: u64,
    /// Articles that only the second gets right.
    pub only_second: u64,
    /// The chance of a division at least as uneven if both were equally good; two-sided.
    pub p_value: f64,
}

/// How much better the second is, by one figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The second's figure minus the first's: above 0, the second is better.
    pub difference: f64,
    /// The percentile interval of the difference.
    pub interval: Interval,
    /// Two-sided, 2 · min((1 + draws where the second is not better) / (1 + draws), the same with not worse),
    /// at most 1: the level at which the percentile interval would just touch 0.
    pub p_value: f64,
}

/// How much better the second is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairedDifference {
    /// By micro-averaged F1.
    pub micro_f1: Difference,
    /// By macro-averaged F1.
    pub macro_f1: Difference,
}

/// McNemar's exact test of two models on the same articles; an article is right where its given topics are
/// exactly the gold ones.
///
/// # Errors
/// [`Error::Settings`] where the two are not judged by the same gold topics.
pub fn mcnemar(first: &Judged<'_>, second: &Judged<'_>) -> Result<McNemar> {
    same_gold(first, second)?;
    let (mut only_first, mut only_second) = (0, 0);
    for article in 0..first.articles() {
        match (first.is_exact(article), second.is_exact(article)) {
            (true, false) => only_first += 1,
            (false, true) => only_second += 1,
            _ => {}
        }
    }
    Ok(McNemar { only_first, only_second, p_value: mcnemar_exact(only_first, only_second) })
}

/// The two-sided p-value of McNemar's exact test: twice the chance that of b + c fair coins at most min(b, c)
/// show heads, at most 1. Takes time in proportion to min(b, c): 10 ms for a million.
///
/// ```
/// use topicwire::metrics::mcnemar_exact;
///
/// assert_eq!(mcnemar_exact(7, 7), 1.0);
/// assert!((mcnemar_exact(0, 5) - 0.0625).abs() < 1e-12);
/// ```
pub fn mcnemar_exact(b: u64, c: u64) -> f64 {
    let (few, all) = (b.min(c), b.saturating_add(c));
    if b == c {
        return 1.0;
    }
    // ln of the greatest term, (all over few) / 2^all. The terms below it follow by their ratios, so that
    // nothing overflows and small chances keep their digits.
    let mut greatest = -(all as f64) * std::f64::consts::LN_2;
    for k in 1..=few {
        greatest += ((all - few + k) as f64 / k as f64).ln();
    }
    let (mut term, mut sum) = (1.0, 1.0);
    for k in (1..=few).rev() {
        term *= k as f64 / (all - k + 1) as f64;
        sum += term;
        if term < f64::EPSILON * sum * 1e-3 {
            break;
        }
    }
    (2.0 * (greatest + f64::ln(sum)).exp()).min(1.0)
}

/// Draws articles again and again, the same for both, and says how the F1s differ.
///
/// ```
/// use topicwire::metrics::{Bootstrap, Judged, TopicSets, paired_bootstrap};
///
/// let gold = TopicSets::from_indices((0..300).map(|article| [article % 3]));
/// let worse = TopicSets::from_indices((0..300).map(|article| [if article < 60 { 0 } else { article % 3 }]));
/// let first = Judged::new(&gold, &worse, 3)?;
/// let second = Judged::new(&gold, &gold, 3)?;
/// let by = paired_bootstrap(&first, &second, &Bootstrap::default())?;
/// assert!(by.micro_f1.difference > 0.0 && by.micro_f1.p_value < 0.01);
/// # Ok::<(), topicwire::Error>(())
/// ```
///
/// # Errors
/// [`Error::Settings`] where the two are not judged by the same gold topics.
pub fn paired_bootstrap(
    first: &Judged<'_>,
    second: &Judged<'_>,
    bootstrap: &Bootstrap,
) -> Result<PairedDifference> {
    same_gold(first, second)?;
    let (one, two) = (Tallies::of(first), Tallies::of(second));
    let both = |weights: &[u32]| (one.figures(weights), two.figures(weights));
    let drawn = resample(first.articles(), bootstrap, both);
    let all = both(&vec![1; first.articles()]);
    let difference = |figure: fn(&Figures) -> f64| {
        let minus = |(first, second): &(Figures, Figures)| figure(second) - figure(first);
        let difference = minus(&all);
        let drawn: Vec<f64> = drawn.iter().map(minus).collect();
        let level = |count: usize| (1 + count) as f64 / (1 + drawn.len()) as f64;
        let not_better = level(drawn.iter().filter(|&&difference| difference <= 0.0).count());
        let not_worse = level(drawn.iter().filter(|&&difference| difference >= 0.0).count());
        let p_value = (2.0 * not_better.min(not_worse)).min(1.0);
        let drawn = if drawn.is_empty() { vec![difference] } else { drawn };
        Difference { difference, interval: percentiles(drawn, bootstrap.level), p_value }
    };
    Ok(PairedDifference {
        micro_f1: difference(|figures| figures.micro_f1),
        macro_f1: difference(|figures| figures.macro_f1),
    })
}

fn same_gold(first: &Judged<'_>, second: &Judged<'_>) -> Result<()> {
    let same = std::ptr::eq(first.gold(), second.gold()) || first.gold() == second.gold();
    if same && first.topics() == second.topics() {
        return Ok(());
    }
    Err(Error::Settings(
        "two models can be compared only on the same articles with the same gold topics".into(),
    ))
}
