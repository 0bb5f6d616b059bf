//! String to tokens to terms.
