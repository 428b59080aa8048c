//! `vclaunch guard`: not for people. See [`vc_supervise::guard`].

use vc_supervise::guard;

use crate::cleaner::DomainCleaner;
use crate::exit_code::{self, Code};

/// Watches over the launcher at the other end of standard input.
pub(crate) fn guard(mark: &str) -> Code {
    match guard::watch(mark, std::io::stdin().lock(), &DomainCleaner) {
        Ok(()) => exit_code::SUCCESS,
        Err(_) => exit_code::CANNOT_START,
    }
}
