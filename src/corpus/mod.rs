//! Labelled articles in and out: one file per format, and splitting.
