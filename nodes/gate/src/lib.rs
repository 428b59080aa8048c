//! When a block works, what its input `enable` and its parameter `max_rate` say; and what it does with messages
//! that it cannot work on.
//!
//! * [`Enable`]: the input `enable`; [`Gate`]: that and `max_rate`, before an input.
//! * [`Spacing`]: at most so many a second.
//! * [`Complaint`]: what is done about bad messages.
//! * [`SensorQos`]: quality of service as parameters.
//! * [`arrays`]: numbers as blocks exchange them.
//!
//! A block that is paused, or whose next turn has not come, keeps the newest sample where it lies, and works on it
//! when it goes on: what a wire carried last is never lost, what is older than that is passed over.

pub mod arrays;
mod complaint;
mod enable;
mod gate;
mod sensor;
mod spacing;

pub use complaint::Complaint;
pub use enable::{Enable, Polled, Switch};
pub use gate::{Gate, OpenGate, PolledGate};
pub use sensor::SensorQos;
pub use spacing::Spacing;

/// What [`Node::live_if`](vc::Node::live_if) asks of a parameter: whether something can be made with it, and if not,
/// why.
///
/// # Errors
/// The error's text.
pub fn possible<T, E: std::fmt::Display>(made: Result<T, E>) -> Result<(), String> {
    made.map(drop).map_err(|error| error.to_string())
}

/// Puts what was made of parameters into `place`; if it could not be made, what was there stays.
pub fn renew<T, E>(place: &mut T, made: Result<T, E>) {
    if let Ok(new) = made {
        *place = new;
    }
}
