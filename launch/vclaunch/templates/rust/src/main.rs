//! Publishes the negative of the pictures on `image`, as `result`.

mod negative;

use negative::Negative;
use vc::prelude::*;
use vc_picture::filter::Ports;

fn main() -> NodeResult {
    // Ports and parameters are stated once: `--help`, `vclaunch check` and the node itself go by this.
    let block = Block::new("template_block", "Mixes pictures with their negatives.");
    let ports = Ports::declare(&block, "result", "What became of the picture; of its size and layout.");
    let strength =
        block.parameter("strength", 1.0, "0: the picture as it is. 1: its negative.").range(0.0..=1.0).live();

    let mut node = block.open()?;
    let strength = node.live(&strength);
    // The picture is read where it lies in shared memory, and the result is written where the next block reads it.
    ports.attach(&mut node, Negative { strength: strength.get() }, move |negative| {
        negative.strength = strength.get();
    })?;
    node.run()
}
