//! Starts, watches and stops the nodes of a plan.
