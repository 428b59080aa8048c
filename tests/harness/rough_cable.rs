//! Cables that are not good. The kernel's own emulator (`netem`) is not everywhere, so frames are moved by a program.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::network::Machine;
use super::random::seed;

/// How one way of a cable carries frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Roughness {
    /// How long a frame is on its way.
    pub delay_ms: u32,
    /// Frames that are lost, of a hundred.
    pub loss_percent: f64,
    /// Frames that are not delayed, and so overtake others, of a hundred.
    pub reorder_percent: f64,
    /// What it carries at most, in 10⁶ bits a second; 0: no limit. Beyond 200 ms of waiting, frames are dropped.
    pub megabits: f64,
    /// Whether it carries nothing.
    pub is_cut: bool,
}

impl Roughness {
    /// A good cable.
    pub const GOOD: Self =
        Self { delay_ms: 0, loss_percent: 0.0, reorder_percent: 0.0, megabits: 0.0, is_cut: false };
    /// Carries nothing.
    pub const CUT: Self = Self { is_cut: true, ..Self::GOOD };

    fn json(self) -> Value {
        json!({
            "delay_ms": self.delay_ms,
            "loss_percent": self.loss_percent,
            "reorder_percent": self.reorder_percent,
            "megabits": self.megabits,
            "is_cut": self.is_cut,
        })
    }
}

/// A cable between two machines that can be made bad, each way by itself, and good again.
#[derive(Debug)]
pub struct RoughCable {
    mover: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    ways: [Roughness; 2],
}

impl RoughCable {
    /// Lays one; `address` and `other_address` are its ends', such as `10.77.1.1`. `None`, and a line that says so, where
    /// there are no TAP devices.
    pub fn lay(one: &mut Machine, address: &str, other: &mut Machine, other_address: &str) -> Option<Self> {
        let (end, far_end) = (one.next_end(), other.next_end());
        // Both ends are made on the first machine; `far` has that name until it is moved.
        let far = format!("far_{far_end}");
        let mut mover = Command::new("nsenter")
            .args(["--target", &one.holder().to_string(), "--net", "--"])
            .args(["python3", "-c", include_str!("rough_cable.py"), &end, &far, &seed().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (orders, answers) = (mover.stdin.take()?, mover.stdout.take()?);
        let mut cable = Self { mover, orders, answers: BufReader::new(answers), ways: [Roughness::GOOD; 2] };
        if cable.answer() != "ready\n" {
            println!("SKIPPED: rough cables need python3 and /dev/net/tun");
            return None;
        }
        one.run(&format!("ip link set {far} netns {} name {far_end}", other.holder()));
        one.connect(&end, address);
        other.connect(&far_end, other_address);
        Some(cable)
    }

    /// How both ways behave from now on.
    pub fn both(&mut self, ways: Roughness) {
        self.ways(ways, ways);
    }

    /// How the way from the first machine, and the way back, behave from now on.
    pub fn ways(&mut self, there: Roughness, back: Roughness) {
        self.ways = [there, back];
        self.counts();
    }

    /// The frames so far: of the way `there` and the way `back`, those that were `carried`, `lost`, `overflowed`, `cut`
    /// and that `overtook`.
    pub fn counts(&mut self) -> Value {
        let [there, back] = self.ways.map(Roughness::json);
        writeln!(self.orders, "{}", json!({"there": there, "back": back})).unwrap();
        serde_json::from_str(&self.answer()).unwrap()
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for RoughCable {
    fn drop(&mut self) {
        let _ = self.mover.kill();
        let _ = self.mover.wait();
    }
}
