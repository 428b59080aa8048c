//! The clean-up of shared memory, by the library that nodes use.

use vc::domain::Domain;
use vc_supervise::Cleaner;

/// Removes what dead nodes of our domain left behind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DomainCleaner;

impl Cleaner for DomainCleaner {
    fn clean_up(&self) {
        // What cannot be removed now is removed by the next node that starts.
        let _ = Domain::from_env().and_then(Domain::remove_dead_nodes);
    }
}
