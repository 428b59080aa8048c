//! A node's parameters, as its own code sees them.

use std::os::fd::AsFd;
use std::sync::Arc;

use vc_words::ParameterError;

use super::{Callback, Node, Turn, failed};
use crate::error::{Error, Outcome};
use crate::live::{Check, Live};
use crate::parameter::{Parameter, ParameterHandle};

impl Node {
    /// A parameter's value: given or default, checked on opening.
    pub fn get<T: Parameter>(&self, parameter: &ParameterHandle<T>) -> T {
        self.parameters.get(parameter.index)
    }

    /// A parameter that may be changed while the node runs, within what was declared of it; each
    /// [`Live::get`] gives its present value. One that nobody asks for here stays as it was at the start.
    pub fn live<T: Parameter>(&mut self, parameter: &ParameterHandle<T>) -> Live<T> {
        self.parameters.make_live(parameter.index, None);
        Live::new(&self.parameters, parameter.index)
    }

    /// As [`Node::live`], with a further condition on its values, which says what is wrong with one. It is
    /// asked on the helper thread for each new value, and may look at other parameters.
    ///
    /// # Errors
    /// [`Error::Parameter`] if the present value does not meet it.
    pub fn live_if<T: Parameter>(
        &mut self,
        parameter: &ParameterHandle<T>,
        condition: impl Fn(&T) -> Result<(), String> + Send + Sync + 'static,
    ) -> Result<Live<T>, Error> {
        let check: Check = Arc::new(move |value| match T::from_value(value) {
            Some(value) => condition(&value),
            None => Ok(()),
        });
        check(&self.parameters.value(parameter.index)).map_err(|reason| {
            let name = self.manifest.parameters[parameter.index].name.clone();
            ParameterError::Condition { name, reason }
        })?;
        self.parameters.make_live(parameter.index, Some(check));
        Ok(Live::new(&self.parameters, parameter.index))
    }

    /// Calls `callback` with a parameter's new value each time it has changed, from [`Node::run`]. Changes in
    /// quick succession may be told as one.
    ///
    /// # Errors
    /// [`Error::Io`] if the system has no descriptors left.
    pub fn on_change<T: Parameter + 'static, R: Outcome>(
        &mut self,
        parameter: &Live<T>,
        mut callback: impl FnMut(T) -> R + 'static,
    ) -> Result<(), Error> {
        let bell = parameter.bell().map_err(Error::os("watch a parameter"))?;
        self.register([bell.as_fd()])?;
        let parameter = parameter.clone();
        self.callbacks.push(Callback::Other(Box::new(move || {
            bell.silence();
            let told = callback(parameter.get()).outcome();
            told.map_err(|source| failed(&format!("a change of parameter `{}`", parameter.name()), source))?;
            Ok(Turn::Done)
        })));
        Ok(())
    }
}
