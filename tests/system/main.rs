//! The whole of it: circuits launched for real, on real pictures, and everything that can be killed, killed.

mod circuit;
mod edges;
mod footage;
mod kills;
mod new_block;
mod order;
mod projects;
mod vices;
