//! Tells a robot how fast to go, and to stand when nobody says so any more.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc_gate::{Complaint, OpenGate, arrays};
use vc_msgs::geometry_msgs::msg::{Twist, Vector3};
use vc_msgs::std_msgs::msg::{Float64MultiArray, Float64MultiArrayView};

use crate::ControlError;
use crate::error::finite;

/// The velocity that a row of numbers means: [forward, left turn] in m/s and rad/s, or linear x, y, z and angular x, y, z.
///
/// # Errors
/// [`ControlError`] if there are neither two nor six numbers, or one of them is not finite: no robot is told such.
pub fn twist(numbers: &Float64MultiArrayView<'_>) -> Result<Twist, ControlError> {
    let vector = |x, y, z| Vector3 { x, y, z };
    match arrays::len(numbers) {
        2 => {
            let [forward, turn] = finite(arrays::first(numbers)?)?;
            Ok(Twist { linear: vector(forward, 0.0, 0.0), angular: vector(0.0, 0.0, turn) })
        }
        6 => {
            let [x, y, z, roll, pitch, yaw] = finite(arrays::first(numbers)?)?;
            Ok(Twist { linear: vector(x, y, z), angular: vector(roll, pitch, yaw) })
        }
        found => Err(ControlError::Count { found }),
    }
}

/// The parameters.
#[derive(Debug)]
pub struct Settings {
    rate: ParameterHandle<f64>,
    timeout: ParameterHandle<f64>,
}

impl Settings {
    /// Declares them.
    pub fn declare(block: &Block) -> Self {
        let text = "How often the last velocity is told again while no other comes. 0: each once.";
        let rate = block.parameter("rate", 0.0, text).range(0.0..=1000.0).unit("Hz").live();
        let text = "After so long without a velocity the robot is told to stand. 0: it goes on for ever.";
        let timeout = block.parameter("timeout", 0.5, text).range(0.0..=3600.0).unit("s").live();
        Self { rate, timeout }
    }
}

/// Publishes velocities. The robot is told to stand when the input falls silent, when the block is paused, and by
/// [`Driver::end`].
#[derive(Debug)]
pub struct Driver {
    out: Publisher<Twist>,
    now: Twist,
    rate: Live<f64>,
    timeout: Live<f64>,
    alarms: Option<Alarms>,
}

#[derive(Debug)]
struct Alarms {
    repeat: Alarm,
    silence: Alarm,
}

impl Driver {
    /// Opens the ports of the block, to be read by [`Node::run_here`].
    ///
    /// # Errors
    /// [`Error`] if a topic cannot be opened.
    pub fn attach(
        node: &mut Node,
        gate: &OpenGate,
        velocity: &Input<Float64MultiArray>,
        out: &Output<Twist>,
        settings: &Settings,
    ) -> Result<Rc<RefCell<Self>>, Error> {
        let driver = Rc::new(RefCell::new(Self {
            out: node.publisher(out)?,
            now: Twist::default(),
            rate: node.live(&settings.rate),
            timeout: node.live(&settings.timeout),
            alarms: None,
        }));
        let (repeats, silent, paused, told) =
            (driver.clone(), driver.clone(), driver.clone(), driver.clone());
        let repeat = node.alarm(move || repeats.borrow_mut().repeat())?;
        let silence = node.alarm(move || silent.borrow_mut().fall_silent())?;
        driver.borrow_mut().alarms = Some(Alarms { repeat, silence });
        gate.switch().on_change(move |on| if on { Ok(()) } else { paused.borrow_mut().end() });
        let mut complaint = Complaint::default();
        gate.on(node, velocity, move |sample: &Sample<Float64MultiArray>| {
            let read = sample.view().map_err(ControlError::from).and_then(|numbers| twist(&numbers));
            complaint.hear(read).map_or(Ok(()), |velocity| told.borrow_mut().go(velocity))
        })?;
        Ok(driver)
    }

    fn go(&mut self, velocity: Twist) -> Result<(), Error> {
        self.out.publish(&velocity)?;
        self.now = velocity;
        let Some(Alarms { repeat, silence }) = &self.alarms else { return Ok(()) };
        ring_in(repeat, 1.0 / self.rate.get())?;
        ring_in(silence, self.timeout.get())
    }

    fn repeat(&mut self) -> Result<(), Error> {
        self.out.publish(&self.now)?;
        self.alarms.as_ref().map_or(Ok(()), |alarms| ring_in(&alarms.repeat, 1.0 / self.rate.get()))
    }

    fn fall_silent(&mut self) -> Result<(), Error> {
        if self.now != Twist::default() {
            tracing::warn!(
                timeout_s = self.timeout.get(),
                "no velocity came for too long; the robot is told to stand"
            );
        }
        self.end()
    }

    /// Tells the robot to stand, if it moves, and says nothing more until a velocity comes.
    ///
    /// # Errors
    /// [`Error`] if the topic fails.
    pub fn end(&mut self) -> Result<(), Error> {
        if let Some(Alarms { repeat, silence }) = &self.alarms {
            repeat.silence()?;
            silence.silence()?;
        }
        if std::mem::take(&mut self.now) == Twist::default() {
            return Ok(());
        }
        self.out.publish(&Twist::default())
    }
}

/// Sets an alarm; never, if the time is not one that comes.
fn ring_in(alarm: &Alarm, seconds: f64) -> Result<(), Error> {
    match Duration::try_from_secs_f64(seconds) {
        Ok(pause) if !pause.is_zero() => alarm.ring_in(pause),
        _ => alarm.silence(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(numbers: &[f64]) -> Result<Twist, ControlError> {
        let array = arrays::array(numbers);
        let mut cdr = vec![0; array.cdr_size()];
        array.encode(&mut cdr).unwrap();
        twist(&Float64MultiArray::view(&cdr).unwrap())
    }

    #[test]
    fn two_numbers_or_six_are_a_velocity() {
        let plane = read(&[1.5, -0.5]).unwrap();
        assert_eq!((plane.linear.x, plane.linear.y, plane.angular.x, plane.angular.z), (1.5, 0.0, 0.0, -0.5));

        let whole = read(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!((whole.linear.z, whole.angular.x, whole.angular.z), (3.0, 4.0, 6.0));
    }

    #[test]
    fn anything_else_is_refused() {
        for numbers in [&[][..], &[1.0], &[1.0; 3], &[1.0; 7]] {
            let error = read(numbers).unwrap_err().to_string();
            assert!(error.contains(&format!("{} numbers came", numbers.len())), "{error}");
        }
        for bad in [f64::NAN, f64::INFINITY] {
            assert!(matches!(read(&[0.0, bad]), Err(ControlError::NotFinite { .. })));
        }
    }
}
