//! Answers the errors on `error` with velocities on `velocity`.

use std::cell::RefCell;
use std::rc::Rc;

use vc::prelude::*;
use vc_control::pid::{Pid, Settings};
use vc_gate::Gate;
use vc_msgs::std_msgs::msg::{Float64, Float64MultiArray};

fn main() -> NodeResult {
    let block = Block::new("pid", "Steers against an error: by its size, its sum and its change.");
    let error =
        block.input::<Float64>("error", "How far off it is, positive to the right; finite.").required();
    let text = "[linear, angular]: `linear`, and the controller's answer with its sign turned.";
    let velocity = block.output::<Float64MultiArray>("velocity", text);
    let (gate, settings) = (Gate::declare(&block), Settings::declare(&block));
    settings.stands_for(&block);

    let mut node = block.open()?;
    let (gate, settings) = (gate.open(&mut node)?, settings.open(&mut node));
    let pid = Rc::new(RefCell::new(Pid::default()));
    let paused = Rc::clone(&pid);
    gate.switch().on_change(move |_| paused.borrow_mut().reset());
    vc_control::numbers::of_each(&mut node, &gate, &error, &velocity, move |error, time_ns| {
        let answer = pid.borrow_mut().answer(error.data(), time_ns, &settings.gains())?;
        Ok([settings.linear(), -answer])
    })?;
    node.run()
}
