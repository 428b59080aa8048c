//! A block that makes a row of numbers of each message.

use vc::prelude::*;
use vc_gate::{Complaint, OpenGate, arrays};
use vc_msgs::std_msgs::msg::Float64MultiArray;

use crate::ControlError;

/// Opens `input` behind `gate`, and publishes what `make` makes of each message and the time it was made at, in
/// nanoseconds since the Unix epoch. What cannot be worked on is skipped, counted, and told once.
///
/// # Errors
/// [`Error`] if a topic cannot be opened.
pub fn of_each<T: Message + 'static, const N: usize>(
    node: &mut Node,
    gate: &OpenGate,
    input: &Input<T>,
    output: &Output<Float64MultiArray>,
    mut make: impl FnMut(T::View<'_>, i64) -> Result<[f64; N], ControlError> + 'static,
) -> Result<(), Error> {
    let out = node.publisher(output)?;
    let mut complaint = Complaint::default();
    let shape = Float64MultiArray { layout: arrays::layout(&[N]), ..Float64MultiArray::default() };
    gate.on(node, input, move |sample: &Sample<T>| {
        let time_ns = sample.envelope().source_time_ns;
        let numbers = sample.view().map_err(ControlError::from).and_then(|message| make(message, time_ns));
        let Some(numbers) = complaint.hear(numbers) else { return Ok(()) };
        let mut slot = out.loan(&shape, N)?;
        slot.region_mut().copy_from_slice(&numbers);
        slot.send_at(time_ns)
    })
}
