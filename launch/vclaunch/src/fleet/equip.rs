//! The relay of what runs on this machine.

use std::path::PathBuf;

use vc_fleet::keys::Keys;
use vc_fleet::relay;
use vc_plan::{Describe, Plan, ProcessDescribe, Search, machine};

/// Makes the command line of the relay of what runs here, if it has one. It is met by nobody but whom it connects to.
///
/// # Errors
/// Why there is no program for it.
pub(crate) fn here(part: &mut Plan, connect: &[String], keys: Option<&Keys>) -> Result<(), String> {
    relay::equip(part, None, connect, keys, || find(&Search::default_folders(), &ProcessDescribe::new()))
}

/// The relay's program on this machine.
///
/// # Errors
/// Why there is none.
pub(crate) fn find(search: &Search, describe: &dyn Describe) -> Result<PathBuf, String> {
    let mut found = machine::look_up(&[relay::asked()], search, describe);
    let found = found.pop().unwrap_or_else(|| Err("nothing was found".to_owned()))?;
    Ok(found.program)
}
