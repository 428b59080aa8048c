//! Circuits on several machines. On each of them an agent waits; the operator's `vclaunch` sends each
//! its part of the plan and merges what they tell.
//!
//! The operator asks and an agent answers: one question, one answer, nothing else. What happens on a
//! machine is fetched with [`Ask::Told`], which the agent holds back until there is something to tell.
//! So every wait has a bound, a link that breaks loses nothing, and a returning operator goes on where
//! it left off.
//!
//! * [`protocol`]: the questions and answers; [`frame`]: how they travel
//! * [`permission`]: what an agent lets others start
//! * [`record`]: what an agent remembers of a run
//! * [`keys`]: who is who, and links that only the right ones can use
//! * [`relay`]: how a part's relay is started
//! * [`agent`]: an agent's mind; [`operator`]: an operator's; [`conductor`]: when all parts begin and stop; [`clock`]:
//!   how far machines' clocks are apart. All pure: no clock, no network, no process

pub mod agent;
pub mod clock;
pub mod conductor;
pub mod frame;
pub mod keys;
pub mod operator;
pub mod permission;
pub mod protocol;
pub mod record;
pub mod relay;
#[cfg(test)]
mod samples;

pub use protocol::{Answer, Ask, Request, Start, Told};
