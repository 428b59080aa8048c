//! A controller that answers an error by its size, its sum and its change.

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc::words::StandsFor;

use crate::ControlError;
use crate::error::finite;

/// How strongly it answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gains {
    /// For each unit of the error.
    pub kp: f64,
    /// For each unit of the error's sum.
    pub ki: f64,
    /// For each unit of the error's change.
    pub kd: f64,
    /// The largest answer, of either sign; 0: any.
    pub limit: f64,
    /// Whether sum and change are by seconds, not by messages.
    pub timed: bool,
}

/// A PID controller: u = kp e + ki Σe + kd Δe.
///
/// By messages, Σe is the sum of all errors and Δe what was added since the last one: how strong the answer is then
/// depends on how often errors come. By seconds, each error counts for as long as passed since the one before it, and
/// its change is that of a second. The first error has no change.
///
/// At its limit the answer is cut, and the sum does not grow further in the direction that is cut: it would have to be
/// worked off later.
///
/// Source: K. J. Åström and T. Hägglund, "PID Controllers", 1995, chapters 3.2 and 3.5 (conditional integration).
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Pid {
    sum: f64,
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Last {
    error: f64,
    time_ns: i64,
}

impl Pid {
    /// The answer to an error that was measured at `time_ns`, of whatever clock. An error that is not later than the
    /// one before it has, by seconds, neither weight nor change.
    ///
    /// # Errors
    /// [`ControlError::NotFinite`] if the error is not finite: its sum would never be again.
    pub fn answer(&mut self, error: f64, time_ns: i64, gains: &Gains) -> Result<f64, ControlError> {
        let [error] = finite([error])?;
        let since = |last: Last| {
            if gains.timed { seconds(time_ns.saturating_sub(last.time_ns)) } else { 1.0 }
        };
        let passed = self.last.map(since);
        let change = match (self.last, passed) {
            (Some(last), Some(passed)) if passed > 0.0 => (error - last.error) / passed,
            _ => 0.0,
        };
        let weight = passed.unwrap_or(if gains.timed { 0.0 } else { 1.0 }).max(0.0);
        self.last = Some(Last { error, time_ns });

        let sum = self.sum + error * weight;
        let answer = |sum: f64| gains.kp * error + gains.ki * sum + gains.kd * change;
        let whole = answer(sum);
        if gains.limit <= 0.0 || whole.abs() <= gains.limit {
            self.sum = sum;
            return Ok(whole);
        }
        // Only what leads back from the limit may be added.
        if (gains.ki * (sum - self.sum)) * whole < 0.0 {
            self.sum = sum;
        }
        Ok(answer(self.sum).clamp(-gains.limit, gains.limit))
    }

    /// Begins anew, as after a pause.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// The parameters of the block.
#[derive(Debug)]
pub struct Settings {
    linear: ParameterHandle<f64>,
    kp: ParameterHandle<f64>,
    ki: ParameterHandle<f64>,
    kd: ParameterHandle<f64>,
    limit: ParameterHandle<f64>,
    timed: ParameterHandle<bool>,
}

/// Their present values.
#[derive(Debug)]
pub struct Open {
    linear: Live<f64>,
    kp: Live<f64>,
    ki: Live<f64>,
    kd: Live<f64>,
    limit: Live<f64>,
    timed: Live<bool>,
}

impl Settings {
    /// Declares them.
    pub fn declare(block: &Block) -> Self {
        let gain = |name: &str, of: &str| {
            let text = format!("What one unit of the error's {of} is answered with.");
            block.parameter(name, 1.0, &text).range(-1e9..=1e9).live()
        };
        let linear = "How fast it drives.";
        let limit = "The largest answer, of either sign; beyond, the sum does not grow. 0: any.";
        let timed = "Sum and change by seconds, as the stamps of the messages say, not by messages.";
        Self {
            linear: block.parameter("linear", 5.0, linear).range(-100.0..=100.0).unit("m/s").live(),
            kp: gain("kp", "size"),
            ki: gain("ki", "sum"),
            kd: gain("kd", "change"),
            limit: block.parameter("limit", 0.0, limit).range(0.0..=1e9).live(),
            timed: block.parameter("timed", false, timed).live(),
        }
    }

    /// Says which packages of VisualCircuit the block can stand in for.
    pub fn stands_for(&self, block: &Block) {
        let gains = |package: StandsFor| {
            let package = package.parameter("Kp", "kp").parameter("Ki", "ki").parameter("Kd", "kd");
            package.frequency("max_rate")
        };
        let package = StandsFor::package("PID", &["46cea0f7e088d3ef"]).input("Inp", "error");
        block.stands_for(gains(package.input("Enable", "enable").output("Out", "velocity")));
        let package = StandsFor::package2("PID").input("0", "error").input("E", "enable");
        block.stands_for(gains(package.output("0", "velocity")));
    }

    /// Opens them.
    pub fn open(&self, node: &mut Node) -> Open {
        Open {
            linear: node.live(&self.linear),
            kp: node.live(&self.kp),
            ki: node.live(&self.ki),
            kd: node.live(&self.kd),
            limit: node.live(&self.limit),
            timed: node.live(&self.timed),
        }
    }
}

impl Open {
    /// How strongly it answers now.
    pub fn gains(&self) -> Gains {
        let (kp, ki, kd) = (self.kp.get(), self.ki.get(), self.kd.get());
        Gains { kp, ki, kd, limit: self.limit.get(), timed: self.timed.get() }
    }

    /// How fast it drives now, in m/s.
    pub fn linear(&self) -> f64 {
        self.linear.get()
    }
}

#[expect(clippy::cast_precision_loss, reason = "2^53 nanoseconds are 104 days")]
fn seconds(nanoseconds: i64) -> f64 {
    nanoseconds as f64 / 1e9
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "numbers that have no rounding")]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;
    const PLAIN: Gains = Gains { kp: 1.0, ki: 1.0, kd: 1.0, limit: 0.0, timed: false };

    fn answers(gains: Gains, errors: &[(f64, i64)]) -> Vec<f64> {
        let mut pid = Pid::default();
        errors.iter().map(|(error, time_ns)| pid.answer(*error, *time_ns, &gains).unwrap()).collect()
    }

    #[test]
    fn by_messages_it_is_the_sum_of_its_three_parts() {
        let errors = [(2.0, 0), (3.0, 0), (-1.0, 0)];

        // 2 + 2 + 0, 3 + 5 + 1, -1 + 4 - 4
        assert_eq!(answers(PLAIN, &errors), [4.0, 9.0, -1.0]);
    }

    #[test]
    fn by_seconds_it_does_not_matter_how_often_errors_come() {
        let gains = Gains { kp: 0.0, timed: true, ..PLAIN };
        let ramp = |steps: i64| {
            let step = |at: i64| (seconds(at * SECOND / steps), at * SECOND / steps);
            *answers(Gains { ki: 0.0, ..gains }, &(0..=steps).map(step).collect::<Vec<_>>()).last().unwrap()
        };
        assert!((ramp(4) - 1.0).abs() < 1e-9 && (ramp(100) - 1.0).abs() < 1e-9);

        let steady = |steps: i64| {
            let errors: Vec<_> = (0..=steps).map(|at| (2.0, at * 3 * SECOND / steps)).collect();
            *answers(gains, &errors).last().unwrap()
        };
        assert!((steady(3) - 6.0).abs() < 1e-9 && (steady(300) - 6.0).abs() < 1e-9);
    }

    #[test]
    fn time_that_stands_or_runs_back_has_no_weight() {
        let gains = Gains { timed: true, ..PLAIN };

        assert_eq!(answers(gains, &[(1.0, 5), (2.0, 5), (3.0, 4), (3.0, i64::MIN)]), [1.0, 2.0, 3.0, 3.0]);
    }

    #[test]
    fn the_sum_does_not_grow_beyond_the_limit() {
        let gains = Gains { kp: 0.0, kd: 0.0, limit: 5.0, ..PLAIN };
        let errors: Vec<_> = [3.0, 3.0, 3.0, 3.0, -1.0].map(|error| (error, 0)).to_vec();

        let found = answers(gains, &errors);

        assert_eq!(found, [3.0, 3.0, 3.0, 3.0, 2.0]);
        assert_eq!(answers(Gains { ki: -1.0, ..gains }, &[(9.0, 0), (1.0, 0)]), [-0.0, -1.0]);
        assert_eq!(answers(Gains { kp: 9.0, ..gains }, &[(3.0, 0), (-3.0, 0)]), [5.0, -5.0]);
    }

    #[test]
    fn after_a_reset_nothing_is_left() {
        let mut pid = Pid::default();
        pid.answer(7.0, 1, &PLAIN).unwrap();

        pid.reset();

        assert_eq!(pid.answer(2.0, 2, &PLAIN).unwrap(), 4.0);
    }
}
