//! The stock blocks as processes: what comes out of each for what goes in, good and bad, and what they say of
//! themselves.

mod compressed;
mod detectors;
mod docs;
mod filters;
mod gates;
mod manifests;
mod measures;
mod pictures;
mod rig;
mod robots;
