//! Circuits on several machines: the processes and the network around [`vc_fleet`]'s pure minds.

pub(crate) mod agents;
pub(crate) mod equip;
pub(crate) mod follower;
pub(crate) mod keys;
pub(crate) mod link;
pub(crate) mod part;
pub(crate) mod server;
pub(crate) mod signals;

/// Where agents listen unless they are told otherwise.
pub(crate) const PORT: u16 = 7450;
