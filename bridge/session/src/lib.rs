//! Opens zenoh sessions as the framework wants them: one port, loopback only unless asked, by the variables that
//! ROS 2 users know.
//!
//! ```no_run
//! use vc_session::{Environment, Settings};
//!
//! let settings = Settings { connect: vec!["tcp/10.0.0.2:7447".to_owned()], ..Settings::default() };
//! let (session, place) = settings.open(&Environment::of_process())?;
//! println!("{} speaks as {place}", session.zid());
//! # Ok::<(), vc_session::SessionError>(())
//! ```
//!
//! A host has one router, on port 7447. Whoever comes first is it; who comes later is its client. Both ways ROS 2's
//! nodes, whose sessions look for a router there, are reached.

mod config;
mod environment;
mod error;
mod open;

pub use config::lease;
pub use environment::Environment;
pub use error::SessionError;
pub use open::{Keys, LOOPBACK, Place, Settings};
pub use zenoh;
