//! What code in other languages needs of a node: ports by their names, samples that may be kept, values of any type.

use super::Node;
use crate::block::{Input, Output};
use crate::error::{Error, Outcome};
use crate::live::LiveValue;
use crate::topic::{Sample, Shared};

impl Node {
    /// Opens a declared input and calls `callback` with each sample, which may be kept and go to any thread, from
    /// [`Node::run`]. Keep at most [`MAX_HELD_SAMPLES`](crate::topic::MAX_HELD_SAMPLES).
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn on_shared_sample<T: 'static, R: Outcome>(
        &mut self,
        input: &Input<T>,
        callback: impl FnMut(Sample<T, Shared>) -> R + 'static,
    ) -> Result<(), Error> {
        let subscriber = self.shared_subscriber(input)?;
        self.call_with_samples(input, subscriber, callback)
    }

    /// Whether the command line gives a declared output a topic by a remap rule: whether it is wired.
    pub fn has_target<T>(&self, output: &Output<T>) -> bool {
        self.topics.given_outputs.contains(&self.manifest.outputs[output.index].name)
    }

    /// A parameter by its place in the manifest, of whatever type, as [`Node::live`] gives it. `None`: there is no such
    /// parameter.
    pub fn live_value(&mut self, index: usize) -> Option<LiveValue> {
        let live = self.manifest.parameters.get(index)?.live;
        if live {
            self.parameters.make_live(index, None);
        }
        Some(LiveValue::new(&self.parameters, index))
    }

    /// The node begins, or goes on, with something that must not take longer than its watchdog allows: for loops of a
    /// block's own. [`Node::at_rest`] ends it. Callbacks need neither.
    pub fn at_work(&self) {
        self.activity.begin();
    }

    /// The node waits, for however long.
    pub fn at_rest(&self) {
        self.activity.rest();
    }
}
