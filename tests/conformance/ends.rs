//! The two ends of a topic, each a node with one port.

use std::ops::{Deref, DerefMut};

use vc::args::Args;
use vc::domain::Domain;
use vc::prelude::*;
use vc::topic::{Local, Transport};
use vc_counters::SourceReading;

use super::Isolated;
use crate::harness::Watchdog;

/// A node with one publisher.
#[derive(Debug)]
pub struct Writer<T, S: Transport = Shared> {
    /// The port.
    pub publisher: Publisher<T, S>,
    /// Its node, dropped after it.
    pub node: Node,
}

/// A node with one subscriber.
#[derive(Debug)]
pub struct Reader<T, S: Transport = Shared> {
    /// The port.
    pub subscriber: Subscriber<T, S>,
    /// Its node, dropped after it.
    pub node: Node,
    _watchdog: Watchdog,
}

/// How a port is opened that may be used so: by one thread, or by all.
pub trait Ports: Transport {
    /// Opens an output.
    ///
    /// # Errors
    /// The node's.
    fn publisher<T>(node: &mut Node, output: &Output<T>) -> Result<Publisher<T, Self>, Error>;

    /// Opens an input.
    ///
    /// # Errors
    /// The node's.
    fn subscriber<T>(node: &mut Node, input: &Input<T>) -> Result<Subscriber<T, Self>, Error>;
}

impl Ports for Local {
    fn publisher<T>(node: &mut Node, output: &Output<T>) -> Result<Publisher<T>, Error> {
        node.publisher(output)
    }

    fn subscriber<T>(node: &mut Node, input: &Input<T>) -> Result<Subscriber<T>, Error> {
        node.subscriber(input)
    }
}

impl Ports for Shared {
    fn publisher<T>(node: &mut Node, output: &Output<T>) -> Result<Publisher<T, Self>, Error> {
        node.shared_publisher(output)
    }

    fn subscriber<T>(node: &mut Node, input: &Input<T>) -> Result<Subscriber<T, Self>, Error> {
        node.shared_subscriber(input)
    }
}

impl<T: Message, S: Ports> Writer<T, S> {
    /// A publisher on `topic`.
    pub(super) fn open(world: &impl Isolated, topic: &str, qos: Qos) -> Result<Self, Error> {
        let block = Block::new("writer", "Writes.");
        let output = block.output::<T>(topic, "Samples.").qos(qos);
        let mut node = open(&block, &Args::default(), world.writing(), Stop::new()?)?;
        Ok(Self { publisher: S::publisher(&mut node, &output)?, node })
    }
}

impl<T: Message, S: Ports> Reader<T, S> {
    /// A subscriber of one topic, or of several in one input.
    pub(super) fn open(world: &impl Isolated, topics: &[&str], qos: Qos) -> Result<Self, Error> {
        let block = Block::new("reader", "Reads.");
        let input = block.input::<T>(topics[0], "Samples.").qos(qos);
        let further = topics[1..].iter().map(|topic| (topics[0].to_owned(), format!("/{topic}")));
        let args = Args { sources: further.collect(), ..Args::default() };
        let stop = Stop::new()?;
        let mut node = open(&block, &args, world.reading(), stop.clone())?;
        let subscriber = S::subscriber(&mut node, &input)?;
        for topic in topics {
            world.settle(topic);
        }
        Ok(Self { subscriber, node, _watchdog: Watchdog::over(stop) })
    }
}

fn open(block: &Block, args: &Args, domain: Domain, stop: Stop) -> Result<Node, Error> {
    Node::open(block.manifest(), args, domain, stop)
}

impl<T: Message, S: Transport> Reader<T, S> {
    /// The next sample, waited for.
    #[track_caller]
    pub fn next(&mut self) -> Sample<T, S> {
        self.subscriber.recv().unwrap().expect("no sample came in time")
    }

    /// The sequence numbers of the next `count` samples, waited for.
    #[track_caller]
    pub fn next_sequences(&mut self, count: usize) -> Vec<u64> {
        (0..count).map(|_| self.next().envelope().sequence).collect()
    }

    /// The sequence numbers of everything that is there now.
    #[track_caller]
    pub fn sequences(&mut self) -> Vec<u64> {
        std::iter::from_fn(|| self.subscriber.take().unwrap())
            .map(|sample| sample.envelope().sequence)
            .collect()
    }

    /// What the node counted, for each publisher heard.
    pub fn counted(&self) -> Vec<SourceReading> {
        self.node.counters().sources()
    }

    /// Samples counted as received and as lost, over all publishers.
    pub fn received_and_lost(&self) -> (u64, u64) {
        self.counted().iter().fold((0, 0), |(received, lost), one| (received + one.received, lost + one.lost))
    }
}

impl<T, S: Transport> Deref for Writer<T, S> {
    type Target = Publisher<T, S>;

    fn deref(&self) -> &Publisher<T, S> {
        &self.publisher
    }
}

impl<T, S: Transport> Deref for Reader<T, S> {
    type Target = Subscriber<T, S>;

    fn deref(&self) -> &Subscriber<T, S> {
        &self.subscriber
    }
}

impl<T, S: Transport> DerefMut for Reader<T, S> {
    fn deref_mut(&mut self) -> &mut Subscriber<T, S> {
        &mut self.subscriber
    }
}
