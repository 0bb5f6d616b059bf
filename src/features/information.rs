//! How much the presence of a column says of the topics of an article.

/// The information that columns hold about topics, by one corpus's counts.
///
/// With `n` articles, `s` of them with a topic, `df` of them with the column and `a` with both, the shares of the topic are
/// `q = (s + ½) / (n + 1)` among all articles and `p = (a + q) / (df + 1)` among those with the column: as if one article
/// more with the column were like all articles, so that a column of one or two articles proves little. The information is the
/// sum over topics of the divergence (Kullback and Leibler 1951) of having the topic or not by `p` from the same by `q`,
/// `p ln(p / q) + (1 - p) ln((1 - p) / (1 - q))`, in nats. A topic that the column never meets counts too: what is
/// absent tells as well.
#[derive(Debug, Clone)]
pub struct Information {
    topics: Vec<Share>,
    /// The sum over topics of `q`, of `-ln(1 - q)` and of `q ln(1 - q)`.
    shares: f64,
    absences: f64,
    weighed_absences: f64,
    /// For each power `m` from 2 on, the sum over topics of `q` to the power `m`, divided by `m (m - 1)`.
    powers: [f64; POWERS],
}

/// What is known of a topic.
#[derive(Debug, Clone, Copy)]
struct Share {
    q: f32,
    q_ln_q: f32,
    /// `ln q - ln(1 - q)`.
    log_odds: f32,
}

/// Of the series for topics that a column never meets, whose terms are below `2^-m / m²`.
const POWERS: usize = 20;

impl Information {
    /// What `n` articles say, of which `sizes[topic]` have each topic.
    pub fn new(n: usize, sizes: &[u32]) -> Information {
        let shares: Vec<f64> = sizes.iter().map(|&size| (f64::from(size) + 0.5) / (n as f64 + 1.0)).collect();
        let topic = |&q: &f64| Share {
            q: q as f32,
            q_ln_q: (q * q.ln()) as f32,
            log_odds: (q.ln() - (-q).ln_1p()) as f32,
        };
        let sum = |of: &dyn Fn(f64) -> f64| shares.iter().map(|&q| of(q)).sum::<f64>();
        let powers = std::array::from_fn(|at| {
            let m = at as i32 + 2;
            sum(&|q| q.powi(m)) / f64::from(m * (m - 1))
        });
        Information {
            topics: shares.iter().map(topic).collect(),
            shares: sum(&|q| q),
            absences: sum(&|q| -(-q).ln_1p()),
            weighed_absences: sum(&|q| q * (-q).ln_1p()),
            powers,
        }
    }

    /// The information that a column holds which occurs in `df` articles, `in_topics` of them with the topics with which it
    /// occurs at all.
    pub fn of(&self, df: u32, in_topics: &[(u32, u32)]) -> f32 {
        let articles = df as f32 + 1.0;
        let x_ln_x = |x: f32| x * x.ln();
        // For each topic that it meets: what it holds of it, less what it would if it never met it, times `articles`. The
        // logarithms of `articles` cancel each other.
        let of_topic = |&(topic, a): &(u32, u32)| {
            let Share { q, q_ln_q, log_odds } = self.topics[topic as usize];
            let met = a as f32 + q;
            let change = x_ln_x(met) - q_ln_q + x_ln_x(articles - met) - x_ln_x(articles - q);
            change - a as f32 * log_odds
        };
        let met: f32 = in_topics.iter().map(of_topic).sum();
        (met / articles + self.never_met(f64::from(articles)) as f32).max(0.0)
    }

    /// What a column would hold that meets no topic at all, so that `p` is `q / articles` for each; `articles` is 2 or more.
    ///
    /// With `x = q / articles`, `(1 - x) ln(1 - x)` is `-x` and the sum over `m` from 2 of `x^m / (m (m - 1))`: what depends on
    /// the topics is summed once, for all columns.
    fn never_met(&self, articles: f64) -> f64 {
        let unit = 1.0 / articles;
        let powers = self.powers.iter().rev().fold(0.0, |sum, power| sum * unit + power) * unit;
        self.absences + unit * (powers + self.weighed_absences - self.shares * (articles.ln() + 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, topic by topic.
    fn defined(n: usize, sizes: &[u32], df: u32, counts: &[u32]) -> f64 {
        let divergence = |p: f64, q: f64| p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln();
        let of_topic = |(&size, &a): (&u32, &u32)| {
            let q = (f64::from(size) + 0.5) / (n as f64 + 1.0);
            divergence((f64::from(a) + q) / (f64::from(df) + 1.0), q)
        };
        sizes.iter().zip(counts).map(of_topic).sum()
    }

    proptest! {
        #[test]
        fn the_short_way_is_the_definition(
            topics in prop::collection::vec((0_u32..1000, 0.0..1.0_f64), 1..40),
            df in 1_u32..1000,
        ) {
            let sizes: Vec<u32> = topics.iter().map(|topic| topic.0).collect();
            let counts: Vec<u32> =
                topics.iter().map(|&(size, part)| (f64::from(size.min(df)) * part) as u32).collect();
            let met: Vec<(u32, u32)> =
                (0..).zip(counts.iter().copied()).filter(|&(_, count)| count > 0).collect();
            let found = f64::from(Information::new(1000, &sizes).of(df, &met));
            let meant = defined(1000, &sizes, df, &counts);
            prop_assert!((found - meant).abs() < 1e-5 * (1.0 + meant), "{found} against {meant}");
        }
    }
}
