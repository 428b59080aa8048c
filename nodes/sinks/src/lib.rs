//! Blocks that show or store data.
