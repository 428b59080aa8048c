//! A node's own counters, in memory shared with whoever watches it.
