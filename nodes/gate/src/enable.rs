//! The input `enable`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use vc::error::{BoxError, Outcome};
use vc::prelude::*;
use vc_msgs::std_msgs::msg::Float64;

/// The declared input `enable`: 0 pauses the block, anything else lets it work. If it is wired, the block waits for
/// the first value; if it is not, the block always works, and this costs nothing.
#[derive(Debug)]
pub struct Enable(Input<Float64>);

impl Enable {
    /// Declares the input.
    pub fn declare(block: &Block) -> Self {
        let text = "0 pauses the block, any other number lets it work. Unwired: it always works.";
        Self(block.input("enable", text).optional())
    }

    /// Opens the input, if it is wired, to be read by [`Node::run`].
    ///
    /// # Errors
    /// [`Error`] if its topic cannot be opened.
    pub fn open(&self, node: &mut Node) -> Result<Switch, Error> {
        if !node.has_source(&self.0) {
            return Ok(Switch(None));
        }
        let state = Rc::new(State { on: Cell::new(false), listeners: RefCell::default() });
        let switch = Switch(Some(Rc::clone(&state)));
        node.on(&self.0, move |value| state.turn(value.data() != 0.0))?;
        Ok(switch)
    }

    /// Opens the input, if it is wired, for a node with a loop of its own.
    ///
    /// # Errors
    /// [`Error`] if its topic cannot be opened.
    pub fn poll(&self, node: &mut Node) -> Result<Polled, Error> {
        let values = node.has_source(&self.0).then(|| node.subscriber(&self.0)).transpose()?;
        Ok(Polled { is_on: values.is_none(), values })
    }
}

struct State {
    on: Cell<bool>,
    listeners: RefCell<Vec<Listener>>,
}

type Listener = Box<dyn FnMut(bool) -> Result<(), BoxError>>;

impl State {
    fn turn(&self, on: bool) -> Result<(), BoxError> {
        if self.on.replace(on) == on {
            return Ok(());
        }
        self.listeners.borrow_mut().iter_mut().try_for_each(|listener| listener(on))
    }
}

/// Whether a block may work.
#[derive(Clone)]
pub struct Switch(Option<Rc<State>>);

impl Switch {
    /// Whether it may now.
    pub fn is_on(&self) -> bool {
        self.0.as_ref().is_none_or(|state| state.on.get())
    }

    /// Has `changed` called when that changes.
    pub fn on_change<R: Outcome>(&self, mut changed: impl FnMut(bool) -> R + 'static) {
        if let Some(state) = &self.0 {
            state.listeners.borrow_mut().push(Box::new(move |on| changed(on).outcome()));
        }
    }
}

impl std::fmt::Debug for Switch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Switch").field("is_on", &self.is_on()).finish_non_exhaustive()
    }
}

/// The input `enable` of a node with a loop of its own.
#[derive(Debug)]
pub struct Polled {
    values: Option<Subscriber<Float64>>,
    is_on: bool,
}

impl Polled {
    /// Whether the block may work now.
    ///
    /// # Errors
    /// [`Error::Topic`] if the topic fails.
    pub fn is_on(&mut self) -> Result<bool, Error> {
        let Some(values) = &mut self.values else { return Ok(true) };
        while let Some(value) = values.take()? {
            if let Ok(value) = value.view() {
                self.is_on = value.data() != 0.0;
            }
        }
        Ok(self.is_on)
    }
}
