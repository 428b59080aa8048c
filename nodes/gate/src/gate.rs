//! The input `enable` and the parameter `max_rate` before an input.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use vc::error::{BoxError, Outcome};
use vc::parameter::ParameterHandle;
use vc::prelude::*;

use crate::{Enable, Polled, Spacing, Switch};

/// The declared input `enable` and parameter `max_rate`.
#[derive(Debug)]
pub struct Gate {
    enable: Enable,
    max_rate: ParameterHandle<f64>,
}

impl Gate {
    /// Declares both.
    pub fn declare(block: &Block) -> Self {
        let max_rate = block
            .parameter(
                "max_rate",
                0.0,
                "Messages worked on a second, at most; of more, the newest when its turn comes. 0: each one.",
            )
            .range(0.0..=1000.0)
            .unit("Hz")
            .live();
        Self { enable: Enable::declare(block), max_rate }
    }

    /// Opens both for a node with a loop of its own.
    ///
    /// # Errors
    /// [`Error`] if the topic of `enable` cannot be opened.
    pub fn poll(&self, node: &mut Node) -> Result<PolledGate, Error> {
        Ok(PolledGate {
            enable: self.enable.poll(node)?,
            max_rate: node.live(&self.max_rate),
            spacing: Spacing::default(),
            began: Instant::now(),
        })
    }

    /// Opens both, once for all inputs of the block.
    ///
    /// # Errors
    /// [`Error`] if the topic of `enable` cannot be opened.
    pub fn open(&self, node: &mut Node) -> Result<OpenGate, Error> {
        Ok(OpenGate { switch: self.enable.open(node)?, max_rate: node.live(&self.max_rate) })
    }
}

/// The same for a node with a loop of its own.
#[derive(Debug)]
pub struct PolledGate {
    enable: Polled,
    max_rate: Live<f64>,
    spacing: Spacing,
    began: Instant,
}

impl PolledGate {
    /// Whether the block may work now.
    ///
    /// # Errors
    /// [`Error::Topic`] if the topic of `enable` fails.
    pub fn is_on(&mut self) -> Result<bool, Error> {
        self.enable.is_on()
    }

    /// Whether the turn of something that need not be done for each sample has come; it is taken thereby.
    pub fn takes_turn(&mut self) -> bool {
        self.spacing.ask(nanoseconds_since(self.began), self.max_rate.get()).is_ok()
    }
}

/// Lets samples through when the block may work on them.
#[derive(Debug)]
pub struct OpenGate {
    switch: Switch,
    max_rate: Live<f64>,
}

impl OpenGate {
    /// Opens `input` and calls `work` with each sample that the gate lets through.
    ///
    /// # Errors
    /// As [`Node::on_sample`].
    pub fn on<T: 'static, R: Outcome>(
        &self,
        node: &mut Node,
        input: &Input<T>,
        work: impl FnMut(&Sample<T>) -> R + 'static,
    ) -> Result<(), Error> {
        let waiting = Rc::new(RefCell::new(Waiting {
            work,
            held: None,
            spacing: Spacing::default(),
            began: Instant::now(),
            alarm: None,
            switch: self.switch.clone(),
            max_rate: self.max_rate.clone(),
        }));
        let later = Rc::clone(&waiting);
        waiting.borrow_mut().alarm = Some(node.alarm(move || later.borrow_mut().work_on_held(true))?);
        let resumed = Rc::clone(&waiting);
        self.switch.on_change(move |_| resumed.borrow_mut().work_on_held(false));
        node.on_kept_sample(input, move |sample| waiting.borrow_mut().take(sample))
    }

    /// Whether the block may work at all.
    pub fn switch(&self) -> &Switch {
        &self.switch
    }
}

/// An input and the sample that waits there.
struct Waiting<T, W> {
    work: W,
    held: Option<Sample<T>>,
    spacing: Spacing,
    began: Instant,
    alarm: Option<Alarm>,
    switch: Switch,
    max_rate: Live<f64>,
}

impl<T, R: Outcome, W: FnMut(&Sample<T>) -> R> Waiting<T, W> {
    fn take(&mut self, sample: Sample<T>) -> Result<(), BoxError> {
        self.held = None;
        if self.may_work()? {
            return (self.work)(&sample).outcome();
        }
        self.held = Some(sample);
        Ok(())
    }

    fn work_on_held(&mut self, waited: bool) -> Result<(), BoxError> {
        if self.held.is_none() {
            return Ok(());
        }
        if waited {
            let now_ns = self.now_ns();
            self.spacing.take(now_ns);
        }
        if self.may_work()?
            && let Some(sample) = self.held.take()
        {
            return (self.work)(&sample).outcome();
        }
        Ok(())
    }

    /// Whether the turn has come; if it only must be waited for, sets the alarm.
    fn may_work(&mut self) -> Result<bool, Error> {
        if !self.switch.is_on() {
            return Ok(false);
        }
        let max_rate = self.max_rate.get();
        if max_rate <= 0.0 {
            return Ok(true);
        }
        let now_ns = self.now_ns();
        match (self.spacing.ask(now_ns, max_rate), &self.alarm) {
            (Ok(()), _) => Ok(true),
            (Err(pause), Some(alarm)) => alarm.ring_in(pause).map(|()| false),
            (Err(_), None) => Ok(false),
        }
    }

    fn now_ns(&self) -> u64 {
        nanoseconds_since(self.began)
    }
}

fn nanoseconds_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
