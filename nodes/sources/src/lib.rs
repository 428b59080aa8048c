//! Blocks that produce data.
