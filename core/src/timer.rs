//! Timers: callbacks at a fixed rate, and once.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustix::fd::OwnedFd;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

use crate::error::Error;

/// A rate, in times a second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Hertz(pub f64);

impl Hertz {
    /// The time from one to the next.
    ///
    /// # Errors
    /// [`Error::Usage`] if the rate is not a positive number, or its period is beyond what a timer
    /// can hold.
    pub fn period(self) -> Result<Duration, Error> {
        let refused = || Error::Usage { message: format!("a rate of {} Hz has no period", self.0) };
        if self.0.is_nan() || self.0 <= 0.0 {
            return Err(refused());
        }
        let period = Duration::try_from_secs_f64(1.0 / self.0).map_err(|_| refused())?;
        Ok(period.clamp(Duration::from_nanos(1), Duration::from_secs(u32::MAX.into())))
    }
}

/// One turn of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// The time now, in nanoseconds since the Unix epoch.
    pub time_ns: i64,
    /// Turns that passed unused since the last one, because the node was busy.
    pub missed: u64,
}

/// Changes the rate of a timer, from any thread. Clones are the same timer.
#[derive(Debug, Clone)]
pub struct Pace(pub(crate) Arc<Timer>);

impl Pace {
    /// Goes on at another rate: the next tick comes after one period of it.
    ///
    /// # Errors
    /// [`Error::Usage`] if the rate is not positive.
    pub fn set(&self, rate: Hertz) -> Result<(), Error> {
        self.0.start(rate.period()?)
    }
}

/// A kernel timer at a fixed rate, without drift.
#[derive(Debug)]
pub(crate) struct Timer(OwnedFd);

impl Timer {
    /// First after one period.
    pub(crate) fn every(period: Duration) -> Result<Self, Error> {
        let fd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)
            .map_err(Error::os("make a timer"))?;
        let timer = Self(fd);
        timer.start(period)?;
        Ok(timer)
    }

    fn start(&self, period: Duration) -> Result<(), Error> {
        let period = Timespec::try_from(period).map_err(|_| Error::Usage {
            message: format!("a period of {period:?} is too long for a timer"),
        })?;
        let spec = Itimerspec { it_interval: period, it_value: period };
        timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &spec)
            .map(drop)
            .map_err(Error::os("start a timer"))
    }

    pub(crate) fn fd(&self) -> &OwnedFd {
        &self.0
    }

    /// The tick that is due, if one is.
    pub(crate) fn take(&self) -> Option<Tick> {
        let mut turns = [0; 8];
        rustix::io::read(&self.0, &mut turns).ok()?;
        let missed = u64::from_ne_bytes(turns).saturating_sub(1);
        Some(Tick { time_ns: crate::clock::now(), missed })
    }
}

/// Rings once when the time comes that it is set to. Clones are the same alarm.
#[derive(Debug, Clone)]
pub struct Alarm(Rc<OwnedFd>);

impl Alarm {
    pub(crate) fn new() -> Result<Self, Error> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let fd = timerfd_create(TimerfdClockId::Monotonic, flags).map_err(Error::os("make an alarm"))?;
        Ok(Self(Rc::new(fd)))
    }

    /// Rings after `pause`, instead of when it was set to before.
    ///
    /// # Errors
    /// [`Error::Io`] if the system refuses.
    pub fn ring_in(&self, pause: Duration) -> Result<(), Error> {
        // A timer set to zero is off.
        self.set(pause.clamp(Duration::from_nanos(1), Duration::from_secs(u32::MAX.into())))
    }

    /// Does not ring.
    ///
    /// # Errors
    /// [`Error::Io`] if the system refuses.
    pub fn silence(&self) -> Result<(), Error> {
        self.set(Duration::ZERO)
    }

    fn set(&self, pause: Duration) -> Result<(), Error> {
        let time = Timespec::try_from(pause).unwrap_or_default();
        let spec = Itimerspec { it_interval: Timespec::default(), it_value: time };
        timerfd_settime(&*self.0, TimerfdTimerFlags::empty(), &spec).map_err(Error::os("set an alarm"))?;
        Ok(())
    }

    pub(crate) fn fd(&self) -> &OwnedFd {
        &self.0
    }

    /// Whether it has rung since it was asked last.
    pub(crate) fn take(&self) -> bool {
        rustix::io::read(&*self.0, &mut [0; 8]).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_periods() {
        assert_eq!(Hertz(20.0).period().unwrap(), Duration::from_millis(50));
        assert!(Hertz(1e12).period().unwrap() >= Duration::from_nanos(1));
        for bad in [0.0, -1.0, f64::NAN] {
            assert!(Hertz(bad).period().is_err(), "{bad}");
        }
        assert!(Hertz(1e-300).period().is_err());
    }
}
