//! Blocks that work on pictures.
