//! A domain has one relay. Where a circuit wants one and somebody's is there already, that one is used: the circuit's
//! is a relay in name only, which looks whether the other carries what is expected, and ends when the other has.

use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use vc::domain::Domain;
use vc::notify::Notify;
use vc::stop::Stop;

use crate::door::ask;
use crate::error::RelayError;
use crate::relay::{PATIENCE, Settings};
use crate::wake::rest;

/// Between two looks while something is missing, and while nothing is.
const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_secs(1);
/// How long a relay that has ended is waited for: whoever ran it may be about to start it again, and only that one
/// reaches what it was told to.
const RETURNING: Duration = Duration::from_secs(1);

/// Stands in for the relay that this domain has, until asked to stop.
///
/// # Errors
/// [`RelayError::None`] once that relay has ended and not returned within a second: whoever starts this one again gets a relay.
pub fn stand_in(domain: Domain, settings: &Settings, notify: &Notify, stop: &Stop) -> Result<(), RelayError> {
    let mut expected = settings.expected.clone();
    let mut complaint = Some(Instant::now() + PATIENCE);
    let mut is_ready = false;
    let mut gone: Option<Instant> = None;
    while !stop.is_stopped() {
        let status = match ask(domain) {
            Err(_) if is_ready && gone.get_or_insert_with(Instant::now).elapsed() < RETURNING => {
                rest([stop.as_fd()], SOON)?;
                continue;
            }
            answer => answer?,
        };
        gone = None;
        if !is_ready {
            tracing::info!(
                domain = domain.id(),
                session = status.session,
                "uses the relay that runs already"
            );
            notify.send("READY=1");
            is_ready = true;
        }
        expected.look(&status.topics, &status.denied, notify);
        if complaint.take_if(|when| *when <= Instant::now()).is_some() {
            status.complaints(&expected).for_each(|text| tracing::warn!("{text}"));
        }
        rest([stop.as_fd()], if expected.is_met() { LATER } else { SOON })?;
    }
    Ok(())
}
