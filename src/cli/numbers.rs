//! Numbers on the command line, with messages that say what can be written.
//!
//! Flags that take them allow a leading minus: a negative number is then refused for what it is, not as a flag that
//! does not exist.

use std::str::FromStr;

/// A whole number, 0 or more.
pub fn whole<T: FromStr + TryFrom<u64>>(text: &str) -> Result<T, String> {
    let too_large = || "this is more than it can be".to_owned();
    match text.parse::<u64>() {
        Ok(number) => T::try_from(number).map_err(|_| too_large()),
        Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => Err(too_large()),
        Err(_) => Err("write a whole number, 0 or more".to_owned()),
    }
}

/// A number, 0 or more.
pub fn amount(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if number >= 0.0 && number.is_finite() => Ok(number),
        _ => Err("write a number, 0 or more, such as 0.5".to_owned()),
    }
}

/// A probability or share.
pub fn probability(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("write a number from 0 to 1".to_owned()),
    }
}
