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

/// A publisher on `topic` with the type's own quality of service.
pub fn writer<T: Message>(world: &impl Isolated, topic: &str) -> Writer<T> {
    writer_with(world, topic, Qos::DEFAULT.keep_last(T::DEFAULT_DEPTH)).unwrap()
}

/// A publisher on `topic`.
pub fn writer_with<T: Message>(world: &impl Isolated, topic: &str, qos: Qos) -> Result<Writer<T>, Error> {
    open_writer(world, topic, qos, Node::shared_publisher)
}

/// A publisher that stays on this thread.
pub fn local_writer<T: Message>(world: &impl Isolated, topic: &str, qos: Qos) -> Writer<T, Local> {
    open_writer(world, topic, qos, Node::publisher).unwrap()
}

fn open_writer<T: Message, S: Transport>(
    world: &impl Isolated,
    topic: &str,
    qos: Qos,
    open_port: impl FnOnce(&mut Node, &Output<T>) -> Result<Publisher<T, S>, Error>,
) -> Result<Writer<T, S>, Error> {
    let block = Block::new("writer", "Writes.");
    let output = block.output::<T>(topic, "Samples.").qos(qos);
    let mut node = open(&block, &Args::default(), world.writing(), Stop::new()?)?;
    Ok(Writer { publisher: open_port(&mut node, &output)?, node })
}

/// A subscriber of `topic` with the type's own quality of service.
pub fn reader<T: Message>(world: &impl Isolated, topic: &str) -> Reader<T> {
    reader_with(world, topic, Qos::DEFAULT.keep_last(T::DEFAULT_DEPTH)).unwrap()
}

/// A subscriber of `topic`.
pub fn reader_with<T: Message>(world: &impl Isolated, topic: &str, qos: Qos) -> Result<Reader<T>, Error> {
    open_reader(world, &[topic], qos, Node::shared_subscriber)
}

/// A subscriber of several topics in one input.
pub fn reader_of<T: Message>(world: &impl Isolated, topics: &[&str]) -> Reader<T> {
    open_reader(world, topics, Qos::DEFAULT, Node::shared_subscriber).unwrap()
}

/// A subscriber that stays on this thread.
pub fn local_reader<T: Message>(world: &impl Isolated, topic: &str, qos: Qos) -> Reader<T, Local> {
    open_reader(world, &[topic], qos, Node::subscriber).unwrap()
}

fn open_reader<T: Message, S: Transport>(
    world: &impl Isolated,
    topics: &[&str],
    qos: Qos,
    open_port: impl FnOnce(&mut Node, &Input<T>) -> Result<Subscriber<T, S>, Error>,
) -> Result<Reader<T, S>, Error> {
    let block = Block::new("reader", "Reads.");
    let input = block.input::<T>(topics[0], "Samples.").qos(qos);
    let further = topics[1..].iter().map(|topic| (topics[0].to_owned(), format!("/{topic}")));
    let args = Args { sources: further.collect(), ..Args::default() };
    let stop = Stop::new()?;
    let mut node = open(&block, &args, world.reading(), stop.clone())?;
    let subscriber = open_port(&mut node, &input)?;
    for topic in topics {
        world.settle(topic);
    }
    Ok(Reader { subscriber, node, _watchdog: Watchdog::over(stop) })
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
