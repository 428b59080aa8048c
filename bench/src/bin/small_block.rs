//! Passes numbers on: a block that costs next to nothing, for `vc-bench nodes` and `check`.

use vc::prelude::*;
use vc_msgs::std_msgs::msg::Float64;

fn main() -> NodeResult {
    let block = Block::new("small_block", "Passes numbers on.");
    let input = block.input::<Float64>("in", "Numbers.");
    let output = block.output::<Float64>("out", "The same numbers.");
    let mut node = block.open()?;
    let output = node.publisher(&output)?;
    node.on(&input, move |number| output.publish(&Float64 { data: number.data() }))?;
    node.run()
}
