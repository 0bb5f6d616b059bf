//! One correction of log odds for all topics, in view of the article's other topics.

use serde::{Deserialize, Serialize};

use super::regression::{Pull, Row, regression};

/// Log odds, corrected for where they stand and for the article's likeliest other topic.
///
/// [`Platt`](super::Platt) draws a straight line for each topic, as if no other were there. But a support vector machine
/// pushes scores to its margin on either side and no further, so that the line ought to bend; and where another topic is
/// certain, a doubtful one is likely wrong, while the same doubt in an article that nothing else claims is likely right.
/// With `z` the log odds of a topic, and `o` the highest of the other topics' (no more than [`MOST_OTHER`] either way), the
/// corrected log odds are
///
/// `slope · z + Σ bends · max(z - knot, 0) + offset + other · o + other_likely · max(o, 0)`
///
/// with knots at -2, 0 and 2. The seven numbers are the same for all topics and are fitted to all of them together, by a
/// logistic regression (stacking, Wolpert 1992). Whatever the others say, log odds rise with the score.
///
/// ```
/// use topicwire::decide::Rivalry;
///
/// let rivalry = Rivalry { other: -0.5, ..Rivalry::NONE };
/// let mut log_odds = [1.0, 3.0, -4.0];
/// rivalry.apply(&mut log_odds);
/// // The first and the third stand beside the second, and the second beside the first.
/// assert_eq!(log_odds, [-0.5, 2.5, -5.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Rivalry {
    /// The slope below the first knot.
    pub slope: f32,
    /// By how much the slope changes at each knot.
    pub bends: [f32; 3],
    /// What is added.
    pub offset: f32,
    /// What is added for each unit of the other topic's log odds.
    pub other: f32,
    /// What is added beside that for each unit above even odds.
    pub other_likely: f32,
}

/// Log odds at which the slope changes: probabilities of 12 %, one half and 88 %.
const KNOTS: [f32; 3] = [-2.0, 0.0, 2.0];

/// Log odds of the other topic count as no further from even than this.
pub const MOST_OTHER: f32 = 5.0;

/// No slope is less, or thresholds would mean nothing.
const LEAST_SLOPE: f32 = 0.05;

/// A topic's log odds in an article, the highest of the article's other topics, and whether it has the topic.
#[derive(Debug, Clone, Copy)]
pub struct Rival {
    /// The topic's log odds.
    pub own: f32,
    /// The highest log odds of another topic.
    pub other: f32,
    /// Whether the article has the topic.
    pub has: bool,
    /// How many articles like this it stands for.
    pub count: f32,
}

impl Rivalry {
    /// The correction that changes nothing.
    pub const NONE: Rivalry =
        Rivalry { slope: 1.0, bends: [0.0; 3], offset: 0.0, other: 0.0, other_likely: 0.0 };

    /// Corrects the log odds of the topics of an article, in place.
    pub fn apply(&self, log_odds: &mut [f32]) {
        let highest = Highest::of(log_odds);
        for (place, z) in log_odds.iter_mut().enumerate() {
            *z = self.corrected(*z, highest.but(place));
        }
    }

    /// The corrected log odds of a topic, where `other` are the highest of the other topics.
    #[inline]
    pub fn corrected(&self, z: f32, other: f32) -> f32 {
        let bent: f32 = KNOTS.iter().zip(self.bends).map(|(knot, bend)| bend * (z - knot).max(0.0)).sum();
        let other = other.clamp(-MOST_OTHER, MOST_OTHER);
        self.slope * z + bent + self.offset + self.other * other + self.other_likely * other.max(0.0)
    }

    /// The correction under which `rivals` are likeliest.
    pub fn fit(rivals: &[Rival]) -> Rivalry {
        let row = |rival: &Rival| {
            let (z, other) = (rival.own, rival.other.clamp(-MOST_OTHER, MOST_OTHER));
            let above = KNOTS.map(|knot| (z - knot).max(0.0));
            let features = [z, above[0], above[1], above[2], 1.0, other, other.max(0.0)];
            Row {
                features: features.map(f64::from),
                target: f64::from(u8::from(rival.has)),
                count: f64::from(rival.count),
            }
        };
        // As much as keeps the equations regular where a side is empty, and few articles near no correction.
        let pull = Pull { center: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], strength: [1.0; 7] };
        let fitted = regression(rivals, row, pull).map(|weight| weight.clamp(-10.0, 10.0) as f32);
        let [slope, bends @ .., offset, other, other_likely] = fitted;
        Rivalry { slope, bends, offset, other, other_likely }.rising()
    }

    /// The same, but for slopes that are too low.
    fn rising(mut self) -> Rivalry {
        self.slope = self.slope.max(LEAST_SLOPE);
        let mut slope = self.slope;
        for bend in &mut self.bends {
            *bend = bend.max(LEAST_SLOPE - slope);
            slope += *bend;
        }
        self
    }
}

/// The two highest of an article's log odds: enough to tell the highest of all but one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Highest {
    place: usize,
    highest: f32,
    second: f32,
}

impl Highest {
    pub fn of(log_odds: &[f32]) -> Highest {
        let mut of = Highest { place: usize::MAX, highest: f32::NEG_INFINITY, second: f32::NEG_INFINITY };
        for (place, &z) in log_odds.iter().enumerate() {
            if z > of.highest {
                of = Highest { place, highest: z, second: of.highest };
            } else if z > of.second {
                of.second = z;
            }
        }
        of
    }

    /// The highest of all but that at `place`.
    #[inline]
    pub fn but(&self, place: usize) -> f32 {
        if place == self.place { self.second } else { self.highest }
    }
}

/// As files hold it: that of older programs bends at even odds, and knows of no other topics.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Rivalry { slope: f32, bends: [f32; 3], offset: f32, other: f32, other_likely: f32 },
    Bend { above: f32, below: f32, offset: f32 },
}

impl From<Stored> for Rivalry {
    fn from(stored: Stored) -> Rivalry {
        match stored {
            Stored::Rivalry { slope, bends, offset, other, other_likely } => {
                Rivalry { slope, bends, offset, other, other_likely }
            }
            Stored::Bend { above, below, offset } => {
                Rivalry { slope: below, bends: [0.0, above - below, 0.0], offset, ..Rivalry::NONE }
            }
        }
    }
}
