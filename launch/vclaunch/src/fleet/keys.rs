//! The keys that links to other machines use.

use std::time::SystemTime;

use vc_fleet::keys::{Keys, KeysError, Place};

use crate::args::KeysArgs;
use crate::exit_code::{self, Code};
use crate::report::{self, Style};

/// This computer's keys, if there are some and they are to be used. What to be careful about is told.
///
/// # Errors
/// [`KeysError`] if there are some that cannot be used.
pub(crate) fn of(args: &KeysArgs, style: Style) -> Result<Option<Keys>, KeysError> {
    let place = Place::of_process(args.keys.as_deref());
    if args.no_keys {
        if !matches!(place.keys(), Ok(None)) {
            report::warning("links to other machines are plain, though there are keys: `--no-keys`", style);
        }
        return Ok(None);
    }
    let keys = place.keys()?;
    let warnings = keys.iter().map(|keys| keys.check_time(SystemTime::now()));
    for warning in warnings.collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        report::warning(&warning, style);
    }
    Ok(keys)
}

/// The same for a command, which ends where they cannot be used.
///
/// # Errors
/// The exit code, after the reason was reported.
pub(crate) fn at_start(args: &KeysArgs, style: Style) -> Result<Option<Keys>, Code> {
    of(args, style).map_err(|error| {
        tell(&error, style);
        exit_code::KEYS
    })
}

/// Tells what is wrong with keys.
pub(crate) fn tell(error: &KeysError, style: Style) {
    report::error(&error.to_string(), error.hint(), style);
}
