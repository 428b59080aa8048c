//! The two ends of a topic, each a node with one port.

use std::ops::{Deref, DerefMut};

use vc::args::Args;
use vc::domain::Domain;
use vc::prelude::*;
use vc_counters::SourceReading;

use super::Isolated;
use crate::harness::Watchdog;

/// A node with one publisher.
#[derive(Debug)]
pub struct Writer<T> {
    /// The port.
    pub publisher: Publisher<T, Shared>,
    /// Its node, dropped after it.
    pub node: Node,
}

/// A node with one subscriber.
#[derive(Debug)]
pub struct Reader<T> {
    /// The port.
    pub subscriber: Subscriber<T, Shared>,
    /// Its node, dropped after it.
    pub node: Node,
    _watchdog: Watchdog,
}

/// A publisher on `topic` with the type's own quality of service.
pub fn writer<T: Message>(world: &impl Isolated, topic: &str) -> Writer<T> {
    writer_with(world, topic, Qos::DEFAULT.keep_last(T::DEFAULT_DEPTH)).unwrap()
}

/// A publisher on `topic`.
pub fn writer_with<T: Message>(world: &impl Isolated, topic: &str, qos: Qos) -> Result<Writer<T>, Error> {
    let block = Block::new("writer", "Writes.");
    let output = block.output::<T>(topic, "Samples.").qos(qos);
    let mut node = open(&block, &Args::default(), world.writing(), Stop::new()?)?;
    Ok(Writer { publisher: node.shared_publisher(&output)?, node })
}

/// A subscriber of `topic` with the type's own quality of service.
pub fn reader<T: Message>(world: &impl Isolated, topic: &str) -> Reader<T> {
    reader_with(world, topic, Qos::DEFAULT.keep_last(T::DEFAULT_DEPTH)).unwrap()
}

/// A subscriber of `topic`.
pub fn reader_with<T: Message>(world: &impl Isolated, topic: &str, qos: Qos) -> Result<Reader<T>, Error> {
    open_reader(world, &[topic], qos)
}

/// A subscriber of several topics in one input.
pub fn reader_of<T: Message>(world: &impl Isolated, topics: &[&str]) -> Reader<T> {
    open_reader(world, topics, Qos::DEFAULT).unwrap()
}

fn open_reader<T: Message>(world: &impl Isolated, topics: &[&str], qos: Qos) -> Result<Reader<T>, Error> {
    let block = Block::new("reader", "Reads.");
    let input = block.input::<T>(topics[0], "Samples.").qos(qos);
    let further = topics[1..].iter().map(|topic| (topics[0].to_owned(), format!("/{topic}")));
    let args = Args { sources: further.collect(), ..Args::default() };
    let stop = Stop::new()?;
    let mut node = open(&block, &args, world.reading(), stop.clone())?;
    let subscriber = node.shared_subscriber(&input)?;
    for topic in topics {
        world.settle(topic);
    }
    Ok(Reader { subscriber, node, _watchdog: Watchdog::over(stop) })
}

fn open(block: &Block, args: &Args, domain: Domain, stop: Stop) -> Result<Node, Error> {
    Node::open(block.manifest(), args, domain, stop)
}

impl<T: Message> Reader<T> {
    /// The next sample, waited for.
    #[track_caller]
    pub fn next(&mut self) -> Sample<T, Shared> {
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
        std::iter::from_fn(|| self.subscriber.take().unwrap()).map(|sample| sample.envelope().sequence).collect()
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

impl<T> Deref for Writer<T> {
    type Target = Publisher<T, Shared>;

    fn deref(&self) -> &Publisher<T, Shared> {
        &self.publisher
    }
}

impl<T> Deref for Reader<T> {
    type Target = Subscriber<T, Shared>;

    fn deref(&self) -> &Subscriber<T, Shared> {
        &self.subscriber
    }
}

impl<T> DerefMut for Reader<T> {
    fn deref_mut(&mut self) -> &mut Subscriber<T, Shared> {
        &mut self.subscriber
    }
}
