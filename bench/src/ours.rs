//! The measured pair of ports over this project's library.

use vc::args::Args;
use vc::domain::Domain;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;

use crate::latency::Exchange;
use crate::report::BenchError;

/// The domain of all measurements of ours.
pub(crate) fn domain() -> Domain {
    Domain::new(4_000_000)
}

/// A publisher and a subscriber of images, as a block has them.
pub(crate) struct Pair {
    publisher: Publisher<Image>,
    subscriber: Subscriber<Image>,
    layout: Image,
    _node: Node,
}

impl Pair {
    /// Opens the side that writes `writes` and reads `reads`.
    pub(crate) fn open(writes: &str, reads: &str) -> Result<Self, BenchError> {
        let block = Block::new("bench", "Measures.");
        let output = block.output::<Image>(writes, "What is measured.");
        let input = block.input::<Image>(reads, "What is measured.").qos(Qos::DEFAULT);
        let args = Args::parse(["--ros-args", "-r", &format!("__node:={writes}")].map(str::to_owned))?;
        let mut node = Node::open(block.manifest(), &args, domain(), Stop::new()?)?;
        let subscriber = node.subscriber(&input)?;
        let publisher = node.publisher(&output)?;
        let layout = Image { encoding: "mono8".to_owned(), height: 1, ..Image::default() };
        Ok(Self { publisher, subscriber, layout, _node: node })
    }
}

impl Exchange for Pair {
    fn send(&mut self, bytes: usize) -> Result<(), BenchError> {
        let mut loan = self.publisher.loan(&self.layout, bytes)?;
        let region = loan.region_mut();
        region[0] = 1;
        region[bytes - 1] = 2;
        Ok(loan.send()?)
    }

    fn receive(&mut self) -> Result<usize, BenchError> {
        let sample = self.subscriber.recv()?.ok_or("stopped")?;
        let data = sample.view()?.data();
        check(data)
    }
}

/// Reads what was written, and tells how long it is.
pub(crate) fn check(data: &[u8]) -> Result<usize, BenchError> {
    match data {
        [1, .., 2] => Ok(data.len()),
        _ => Err("another sample than was sent".into()),
    }
}
