//! The values of a node's parameters, and who may change them.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{EventfdFlags, eventfd};
use vc_words::{Descriptor, ParameterValue};

use crate::parameter::Parameter;

/// Says what is wrong with a new value, beyond what its descriptor allows.
pub(crate) type Check = Arc<dyn Fn(&ParameterValue) -> Result<(), String> + Send + Sync>;

/// A node's parameters: what was declared of each, and its present value.
pub(crate) struct Table {
    descriptors: Vec<Descriptor>,
    states: Mutex<Vec<State>>,
}

struct State {
    value: ParameterValue,
    /// Whether the block looks at it again: then it may be set.
    live: bool,
    check: Option<Check>,
    bells: Vec<Bell>,
}

/// Becomes readable when a parameter changes. Clones are the same bell.
#[derive(Debug, Clone)]
pub(crate) struct Bell(Arc<OwnedFd>);

impl Bell {
    fn ring(&self) {
        // Full means that it rings already.
        let _ = rustix::io::write(&*self.0, &1u64.to_ne_bytes());
    }

    /// Quiet until the next change.
    pub(crate) fn silence(&self) {
        let _ = rustix::io::read(&*self.0, &mut [0u8; 8]);
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Table {
    /// The parameters with the values given at the start.
    pub(crate) fn new(descriptors: Vec<Descriptor>, values: Vec<ParameterValue>) -> Self {
        let state = |value| State { value, live: false, check: None, bells: Vec::new() };
        Self { descriptors, states: Mutex::new(values.into_iter().map(state).collect()) }
    }

    pub(crate) fn descriptors(&self) -> &[Descriptor] {
        &self.descriptors
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.descriptors.iter().position(|descriptor| descriptor.name == name)
    }

    fn states(&self) -> MutexGuard<'_, Vec<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of parameter `index`, whose handle says that it is a `T`.
    pub(crate) fn get<T: Parameter>(&self, index: usize) -> T {
        let value = T::from_value(&self.states()[index].value);
        value.unwrap_or_else(|| {
            unreachable!("values are checked against the descriptor, whose type is the handle's")
        })
    }

    pub(crate) fn value(&self, index: usize) -> ParameterValue {
        self.states()[index].value.clone()
    }

    pub(crate) fn is_live(&self, index: usize) -> bool {
        self.states()[index].live
    }

    /// Allows it to be set from now on.
    pub(crate) fn make_live(&self, index: usize, check: Option<Check>) {
        let state = &mut self.states()[index];
        state.live = true;
        if check.is_some() {
            state.check = check;
        }
    }

    /// Something that rings when parameter `index` changes.
    pub(crate) fn bell(&self, index: usize) -> Result<Bell, rustix::io::Errno> {
        let bell = Bell(Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?));
        self.states()[index].bells.push(bell.clone());
        Ok(bell)
    }

    /// What parameter `name` would become if it were set to `given`: its index and the value as declared.
    ///
    /// # Errors
    /// Why it may not, as a sentence for the asker.
    pub(crate) fn check(&self, name: &str, given: ParameterValue) -> Result<(usize, ParameterValue), String> {
        let index = self.position(name);
        let index =
            index.ok_or_else(|| format!("parameter `{name}` cannot be set because it was not declared"))?;
        let check = {
            let state = &self.states()[index];
            if !state.live {
                return Err(format!("parameter `{name}` cannot be set because it is read-only"));
            }
            // Asked without the lock, since it may look at other parameters.
            state.check.clone()
        };
        let value = self.descriptors[index].check(given).map_err(|error| error.to_string())?;
        if let Some(check) = check {
            check(&value).map_err(|reason| format!("parameter `{name}`: {reason}"))?;
        }
        Ok((index, value))
    }

    /// Sets what was checked, all of it at once, and rings for what thereby changed.
    pub(crate) fn set(&self, changes: impl IntoIterator<Item = (usize, ParameterValue)>) {
        let mut states = self.states();
        for (index, value) in changes {
            let state = &mut states[index];
            if state.value != value {
                tracing::info!(parameter = self.descriptors[index].name, %value, "parameter set");
                state.value = value;
                state.bells.iter().for_each(Bell::ring);
            }
        }
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("descriptors", &self.descriptors).finish_non_exhaustive()
    }
}
