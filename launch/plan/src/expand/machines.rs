//! Machines: declared, and named by what runs on them.

use std::path::PathBuf;

use super::{DeclaredMachine, Expander, Outcome, Placed};
use crate::diagnostic::Diagnostic;
use crate::document::Machine;
use crate::machine::{LOCAL, MachineName, OnOperatorLost, PlannedMachine};
use crate::source::Text;

/// The longest address.
const LONGEST_ADDRESS: usize = 255;

impl Expander<'_> {
    pub(super) fn declare_machine(&mut self, machine: &Machine) -> Outcome<()> {
        let name = self.machine(&machine.name);
        let address = self.address(machine.address.as_ref());
        let on_operator_lost = self.on_operator_lost(machine.on_operator_lost.as_ref());
        let env: Outcome<Vec<_>> = machine.env.iter().map(|variable| self.variable(variable)).collect();
        let Some(name) = name? else {
            let message = format!("`{LOCAL}` needs no declaration: it is where the launch is started");
            return self.fail(Diagnostic::error(message).at(&machine.name.at));
        };
        let planned =
            PlannedMachine { name: name.value, address: address?, on_operator_lost: on_operator_lost? };
        let env = env?;
        self.circuit.machines.push(DeclaredMachine { at: name.at, machine: planned, env });
        Ok(())
    }

    /// A machine that is named; none: the one where the launch is started.
    pub(super) fn machine(&mut self, text: &Text) -> Outcome<Option<Placed<MachineName>>> {
        let name = self.text(text)?;
        if name.value == LOCAL {
            return Ok(None);
        }
        match MachineName::parse(&name.value) {
            Ok(value) => Ok(Some(Placed { value, at: name.at })),
            Err(error) => self.fail(Diagnostic::error(error.to_string()).at(&name.at)),
        }
    }

    /// Whether what runs on a machine runs here.
    pub(super) fn is_here(&self, machine: Option<&Placed<MachineName>>) -> bool {
        machine.map(|machine| &machine.value) == self.options.here.as_ref()
    }

    /// A path on another machine: the launch file's folder is not there.
    pub(super) fn elsewhere(&mut self, path: &Placed<String>, what: &str) -> Outcome<PathBuf> {
        if path.value.starts_with('/') {
            return Ok(path.value.clone().into());
        }
        let message = format!("{what} on another machine must be an absolute path, not `{}`", path.value);
        self.fail(Diagnostic::error(message).at(&path.at))
    }

    fn address(&mut self, text: Option<&Text>) -> Outcome<Option<String>> {
        let Some(address) = self.maybe(text)? else { return Ok(None) };
        let fits = |c: char| c.is_ascii_alphanumeric() || ".-_:[]%".contains(c);
        if !address.value.is_empty()
            && address.value.len() <= LONGEST_ADDRESS
            && address.value.chars().all(fits)
        {
            return Ok(Some(address.value));
        }
        let message = format!("`address` must be `host` or `host:port`, not `{}`", address.value);
        self.fail(Diagnostic::error(message).at(&address.at))
    }

    fn on_operator_lost(&mut self, text: Option<&Text>) -> Outcome<OnOperatorLost> {
        match self.maybe(text)? {
            None => Ok(OnOperatorLost::default()),
            Some(word) if word.value == "keep" => Ok(OnOperatorLost::Keep),
            Some(word) if word.value == "stop" => Ok(OnOperatorLost::Stop),
            Some(word) => self.none_of(&word, "`on_operator_lost`", &["keep", "stop"]),
        }
    }
}
