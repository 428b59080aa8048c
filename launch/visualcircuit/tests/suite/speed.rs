//! How long it takes, printed: `cargo test --release -p vc-visualcircuit --test suite speed -- --nocapture`.

use std::time::Instant;

use vc_visualcircuit::{Choice, circuit, flatten, read};

use crate::drawing::{Drawing, Part};
use crate::shapes::nested;

/// As large as the largest project collected: 11 code blocks, 34 connections, three levels, a picture in every package.
#[test]
fn a_project_of_eleven_blocks_and_34_connections() {
    let mut machine = Drawing::new("Machine", 1);
    let blocks: Vec<usize> = (0..11).map(|at| machine.add(nested(10 + at, (4, 4, 1), 3))).collect();
    for wire in 0..34 {
        machine.wire((blocks[wire % 11], wire / 11), (blocks[wire * 7 % 11], wire / 11));
    }
    let speed = machine.constant("Speed", "5");
    for at in &blocks {
        machine.wire((speed, 0), (*at, 4));
    }
    let mut whole = Drawing::new("Whole", 2);
    whole.add(Part::Package(machine));
    let picture = format!("data:image/svg+xml,{}", "%3Cpath".repeat(30_000));
    let text = whole.file().to_string().replace("data:image/svg+xml,%3Csvg", &picture);

    let start = Instant::now();
    let project = read(&text).unwrap();
    let reading = start.elapsed();
    let start = Instant::now();
    let flat = flatten(&project).unwrap();
    let flattening = start.elapsed();
    assert_eq!((flat.blocks.len(), flat.connections.len()), (11, 34));
    let start = Instant::now();
    circuit(flat, &[], &Choice::default()).unwrap();
    let making = start.elapsed();

    let size = text.len() >> 20;
    println!(
        "{size} MB: read in {reading:.2?}, flattened in {flattening:.2?}, made a circuit in {making:.2?}"
    );
}
