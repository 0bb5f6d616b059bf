//! Gold and given topics to figures.
