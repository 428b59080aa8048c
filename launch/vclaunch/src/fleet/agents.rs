//! The agents of a launch: found by the launch file's addresses, asked what they have.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use vc_fleet::keys::Keys;
use vc_fleet::{Answer, Ask, relay};
use vc_plan::machine::{Asked, Fleet, Found, Site};
use vc_plan::{MachineName, PlannedMachine};

use super::link::Link;
use crate::args::KeysArgs;
use crate::report::Style;

/// The agents that were reached.
#[derive(Debug)]
pub(crate) struct Agents {
    /// Addresses given on the command line, `machine=address`.
    given: HashMap<MachineName, String>,
    keys: KeysArgs,
    /// Read when the first agent is asked: a circuit of this machine alone needs none.
    read: OnceLock<Result<Option<Keys>, String>>,
    style: Style,
    sites: Mutex<HashMap<MachineName, Arc<Agent>>>,
}

/// One machine's agent.
#[derive(Debug)]
struct Agent {
    name: MachineName,
    link: Mutex<Link>,
}

/// A machine whose agent cannot be asked.
#[derive(Debug)]
struct Unreachable {
    why: String,
}

impl Agents {
    pub(crate) fn new(given: &[(MachineName, String)], keys: KeysArgs, style: Style) -> Self {
        let given = given.iter().cloned().collect();
        Self { given, keys, read: OnceLock::new(), style, sites: Mutex::default() }
    }

    /// The keys that links to agents use.
    pub(crate) fn keys(&self) -> Result<Option<Keys>, String> {
        let read = || {
            super::keys::of(&self.keys, self.style).map_err(|error| match error.hint() {
                Some(hint) => format!("{error}; {hint}"),
                None => error.to_string(),
            })
        };
        self.read.get_or_init(read).clone()
    }

    /// Where a machine's agent was reached: as it was named, and its address.
    pub(crate) fn place(&self, machine: &MachineName) -> Option<(String, Option<IpAddr>)> {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let link = sites.get(machine)?.link.lock().unwrap_or_else(PoisonError::into_inner);
        Some((link.address().to_owned(), link.peer()))
    }

    /// The address at which a machine's agent was reached, if it has shown a certificate that does not name it.
    pub(crate) fn uncertified_address(&self, machine: &MachineName) -> Option<IpAddr> {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let link = sites.get(machine)?.link.lock().unwrap_or_else(PoisonError::into_inner);
        let (certified, address) = (link.certified()?, link.peer()?);
        (!certified.is_reached_at(address)).then_some(address)
    }

    /// Whether a machine has the program for its relay.
    ///
    /// # Errors
    /// Why it has not.
    pub(crate) fn look_for_relay(&self, machine: &MachineName) -> Result<(), String> {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(agent) = sites.get(machine).cloned() else { return Ok(()) };
        drop(sites);
        match agent.look_up(&[relay::asked()])?.pop() {
            Some(Err(why)) => Err(why),
            _ => Ok(()),
        }
    }
}

impl Fleet for Agents {
    fn site(&self, machine: &PlannedMachine) -> Option<Arc<dyn Site>> {
        let address = self.given.get(&machine.name).or(machine.address.as_ref());
        let address = address.map_or_else(|| machine.name.to_string(), Clone::clone);
        let keys = match self.keys() {
            Ok(keys) => keys,
            Err(why) => return Some(Arc::new(Unreachable { why })),
        };
        let link = Mutex::new(Link::new(&address, Some(machine.name.clone()), keys));
        let agent = Arc::new(Agent { name: machine.name.clone(), link });
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.insert(machine.name.clone(), Arc::clone(&agent));
        Some(agent)
    }
}

impl Site for Unreachable {
    fn look_up(&self, _: &[Asked]) -> Result<Vec<Result<Found, String>>, String> {
        Err(self.why.clone())
    }
}

impl Site for Agent {
    fn look_up(&self, asked: &[Asked]) -> Result<Vec<Result<Found, String>>, String> {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ask = |ask| {
            let address = link.address().to_owned();
            let answer = link.ask(ask);
            answer.map_err(|error| {
                let is_refused = error.kind() == ErrorKind::PermissionDenied;
                let whose = if is_refused { "the link to the agent" } else { "no agent" };
                format!("{whose} at {address}: {}", crate::report::reason(&error))
            })
        };
        match ask(Ask::Hello)? {
            Answer::Hello { name, .. } if name == self.name => {}
            Answer::Hello { name, .. } => return Err(format!("the agent there is that of `{name}`")),
            Answer::Refused { why } => return Err(why),
            _ => return Err("its agent answered something else".to_owned()),
        }
        match ask(Ask::LookUp(asked.to_vec()))? {
            Answer::Found(found) => Ok(found),
            Answer::Refused { why } => Err(why),
            _ => Err("its agent answered something else".to_owned()),
        }
    }
}
