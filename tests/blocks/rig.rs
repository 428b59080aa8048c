//! A block's program with something at each of its ports.

use std::rc::Rc;
use std::time::Duration;

use vc::args::Args;
use vc::live::Remote;
use vc::live::client::nodes;
use vc::prelude::*;
use vc_tests::harness::{Ended, Program, Running, Signal, TestDomain, until};
use vc_words::{Manifest, ParameterValue};

/// A domain with one block in it.
pub(crate) struct Rig {
    block: Option<Running>,
    domain: Rc<TestDomain>,
}

/// What writes to the topic of one of the block's inputs.
pub(crate) struct Feed<T> {
    publisher: Publisher<T>,
    _node: Node,
    _domain: Rc<TestDomain>,
}

/// What reads the topic of one of the block's outputs.
pub(crate) struct Heard<T> {
    subscriber: Subscriber<T>,
    _node: Node,
    _domain: Rc<TestDomain>,
}

impl Rig {
    /// A domain without the block: open feeds and ears first, so that nothing is lost.
    pub(crate) fn new() -> Self {
        Self { block: None, domain: Rc::new(TestDomain::new()) }
    }

    pub(crate) fn feed<T: Message>(&self, topic: &str) -> Feed<T> {
        let block = Block::new("feed", "");
        let output = block.output::<T>(topic, "");
        let mut node = self.node(&block);
        Feed { publisher: node.publisher(&output).unwrap(), _node: node, _domain: Rc::clone(&self.domain) }
    }

    pub(crate) fn hear<T: Message>(&self, topic: &str) -> Heard<T> {
        let block = Block::new("ear", "");
        let input = block.input::<T>(topic, "").qos(Qos::DEFAULT.keep_last(16));
        let mut node = self.node(&block);
        Heard { subscriber: node.subscriber(&input).unwrap(), _node: node, _domain: Rc::clone(&self.domain) }
    }

    fn node(&self, block: &Block) -> Node {
        Node::open(block.manifest(), &Args::default(), self.domain.domain(), Stop::new().unwrap()).unwrap()
    }

    /// Starts the block with these arguments behind `--ros-args`.
    pub(crate) fn start(&mut self, program: &str, ros_args: &[&str]) {
        let mut command = Program::new(program).domain(&self.domain);
        if !ros_args.is_empty() {
            command = ros_args.iter().fold(command.arg("--ros-args"), Program::arg);
        }
        self.block = Some(command.env("RUST_LOG", "info").start());
    }

    /// Sets one of its parameters while it runs.
    pub(crate) fn set(&self, name: &str, value: ParameterValue) -> Result<(), String> {
        let remote = || -> Option<Remote> {
            let found = nodes(self.domain.domain()).unwrap();
            found
                .into_iter()
                .filter_map(|(_, remote)| remote.ok())
                .find(|remote| remote.list().is_ok_and(|names| names.iter().any(|known| known == name)))
        };
        let mut found = None;
        until("the block answers", || {
            found = remote();
            found.is_some()
        });
        found.unwrap().set(name, value).map_err(|error| error.to_string())
    }

    /// Asks the block to stop; it must end well.
    pub(crate) fn end(mut self) -> Ended {
        let block = self.block.take().unwrap();
        block.signal(Signal::INT);
        block.wait().succeeded()
    }

    /// Waits for the block to end by itself.
    pub(crate) fn ends(mut self) -> Ended {
        self.block.take().unwrap().wait()
    }
}

impl<T> Feed<T> {
    /// Whether anybody listens.
    pub(crate) fn is_heard(&self) -> bool {
        self.publisher.has_subscribers()
    }

    /// Waits for the block to listen, and sends bytes that may be no message at all.
    pub(crate) fn send_bytes(&self, cdr: &[u8]) {
        until("the block listens", || self.publisher.has_subscribers());
        self.publisher.publish_cdr(cdr, 7).unwrap();
    }
}

impl<T: Message> Feed<T> {
    /// Waits for the block to listen, and sends.
    pub(crate) fn send(&self, message: &T) {
        until("the block listens", || self.publisher.has_subscribers());
        self.publisher.publish(message).unwrap();
    }
}

impl<T: Message> Heard<T> {
    /// Waits for the next message.
    #[track_caller]
    pub(crate) fn next(&mut self) -> T {
        let mut heard = None;
        until("the block says something", || {
            heard = self.take();
            heard.is_some()
        });
        heard.unwrap()
    }

    /// The next message, if one is there.
    pub(crate) fn take(&mut self) -> Option<T> {
        let sample = self.subscriber.take().unwrap()?;
        Some(T::from_view(&sample.view().unwrap()))
    }

    /// The messages up to the first for which `last` holds.
    #[track_caller]
    pub(crate) fn until(&mut self, last: impl Fn(&T) -> bool) -> Vec<T> {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|message| !last(message)) {
            heard.push(self.next());
        }
        heard
    }
}

/// What a block says of itself.
pub(crate) fn manifest(program: &str) -> Manifest {
    Manifest::from_json(&Program::new(program).arg("--describe").run().succeeded().stdout).unwrap()
}

/// A pause long enough for what is paced at some hertz to happen or not: no test fails by its length.
pub(crate) const A_WHILE: Duration = Duration::from_millis(50);
