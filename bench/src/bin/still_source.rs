//! Publishes pictures drawn in advance, each in its own slot of shared memory: a source that costs next to nothing, for
//! `vc-bench circuit`.

use std::collections::BTreeSet;

use vc::prelude::*;
use vc_bench::{BenchError, stills};
use vc_msgs::sensor_msgs::msg::Image;

fn main() -> Result<(), BenchError> {
    let block = Block::new("still_source", "Publishes pictures drawn in advance.");
    let image = block.output::<Image>("image", "Pictures; the frame id is the picture's number.");
    let width = block.parameter("width", 640, "Pixels in a row.").range(64..=4096);
    let height = block.parameter("height", 480, "Rows.").range(64..=4096);
    let rate = block.parameter("rate", 30.0, "Pictures a second.").range(1.0..=100_000.0).unit("Hz");
    let frames = block.parameter("frames", 30, "Pictures in all.").range(1..=10_000_000);
    let mut node = block.open()?;
    let side = |value: i64| u32::try_from(value).unwrap_or_default();
    let stills = stills(side(node.get(&width)), side(node.get(&height)))?.into_iter().map(|still| {
        let mut cdr = vec![0; still.cdr_size()];
        still.encode(&mut cdr).map(|_| cdr)
    });
    let stills = stills.collect::<Result<Vec<_>, _>>()?;
    let (images, frames, stop) = (node.publisher(&image)?, node.get(&frames), node.stopper());
    let (mut sent, mut drawn) = (0, BTreeSet::new());
    node.every(Hertz(node.get(&rate)), move |_| -> Result<(), Error> {
        let mut slot = images.loan_cdr(stills[0].len())?;
        // A slot holds what it held before, and is not written a second time.
        if drawn.insert(slot.cdr_mut().as_ptr().addr()) {
            slot.cdr_mut().copy_from_slice(&stills[drawn.len() % stills.len()]);
        }
        sent += 1;
        if sent == frames {
            stop.stop();
        }
        slot.send_at(vc::clock::now())
    })?;
    Ok(node.run()?)
}
