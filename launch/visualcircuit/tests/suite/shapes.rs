//! The shapes on which flattening goes wrong, at each depth, and shapes by chance.

use proptest::prelude::*;
use vc_visualcircuit::{Flat, flatten, read};

use crate::drawing::{Drawing, Part, tip};
use crate::reference::{found, meaning};

pub(crate) fn flat(drawing: &Drawing) -> Flat {
    let project = read(&drawing.file().to_string()).unwrap();
    flatten(&project).unwrap()
}

/// That a drawing is flattened to what it means, which is so many connections.
fn check(drawing: &Drawing, count: usize) {
    let flat = flat(drawing);
    let expected = meaning(drawing);
    assert_eq!(found(&flat), expected);
    assert_eq!(expected.len(), count, "the drawing is not what the test means: {expected:#?}");
    assert_eq!(flat.doubts, []);
}

/// A package around code of so many ports, all led outside; parameters as inputs after the inputs.
fn boxed(seed: u32, (inputs, outputs, parameters): (usize, usize, usize)) -> Drawing {
    let mut package = Drawing::new("Box", seed);
    let code = package.code(inputs, outputs, parameters);
    for port in 0..inputs + parameters {
        let door = package.add(Part::Input);
        package.wire((door, 0), (code, port));
    }
    for port in 0..outputs {
        let door = package.add(Part::Output);
        package.wire((code, port), (door, 0));
    }
    package
}

/// A package around a package, so many times.
fn deeper(mut inner: Drawing, levels: usize) -> Drawing {
    for level in 0..levels {
        let (ins, outs) = (inner.doors(true).len(), inner.doors(false).len());
        let mut outer = Drawing::new("Wrap", inner.seed * 10 + u32::try_from(level).unwrap());
        let at = outer.add(Part::Package(inner));
        for port in 0..ins {
            let door = outer.add(Part::Input);
            outer.wire((door, 0), (at, port));
        }
        for port in 0..outs {
            let door = outer.add(Part::Output);
            outer.wire((at, port), (door, 0));
        }
        inner = outer;
    }
    inner
}

/// Code of so many ports, `depth` packages deep.
pub(crate) fn nested(seed: u32, ports: (usize, usize, usize), depth: usize) -> Part {
    Part::Package(deeper(boxed(seed, ports), depth - 1))
}

const DEPTHS: std::ops::RangeInclusive<usize> = 1..=4;

#[test]
fn a_chain() {
    for depth in DEPTHS {
        let mut d = Drawing::new("Chain", 1);
        let (source, sink) = (d.code(0, 1, 0), d.code(1, 0, 0));
        let filter = d.add(nested(2, (1, 1, 0), depth));
        d.wire((source, 0), (filter, 0));
        d.wire((filter, 0), (sink, 0));
        check(&d, 2);
    }
}

#[test]
fn one_output_to_many_packages() {
    for depth in DEPTHS {
        let mut d = Drawing::new("FanOut", 1);
        let source = d.code(0, 1, 0);
        for seed in 2..5 {
            let sink = d.add(nested(seed, (1, 0, 0), depth));
            d.wire((source, 0), (sink, 0));
        }
        let sink = d.code(1, 0, 0);
        d.wire((source, 0), (sink, 0));
        check(&d, 4);
    }
}

#[test]
fn one_input_of_a_package_to_two_blocks_within() {
    for depth in DEPTHS {
        let mut inner = Drawing::new("Two", 2);
        let (one, two, door) = (inner.code(1, 0, 0), inner.code(2, 0, 0), inner.add(Part::Input));
        inner.wire((door, 0), (one, 0));
        inner.wire((door, 0), (two, 1));
        let mut d = Drawing::new("Consumers", 1);
        let source = d.code(0, 1, 0);
        let package = d.add(Part::Package(deeper(inner, depth - 1)));
        d.wire((source, 0), (package, 0));
        check(&d, 2);
    }
}

#[test]
fn many_outputs_to_one_package() {
    for depth in DEPTHS {
        let mut d = Drawing::new("FanIn", 1);
        let sink = d.add(nested(2, (1, 0, 0), depth));
        for seed in 3..5 {
            let source = d.add(nested(seed, (0, 1, 0), depth));
            d.wire((source, 0), (sink, 0));
        }
        let source = d.code(0, 1, 0);
        d.wire((source, 0), (sink, 0));
        check(&d, 3);
    }
}

#[test]
fn two_by_two() {
    for depth in DEPTHS {
        let mut d = Drawing::new("TwoByTwo", 1);
        let sources = [2, 3].map(|seed| d.add(nested(seed, (0, 1, 0), depth)));
        let sinks = [4, 5].map(|seed| d.add(nested(seed, (1, 0, 0), depth)));
        for source in sources {
            for sink in sinks {
                d.wire((source, 0), (sink, 0));
            }
        }
        check(&d, 4);
    }
}

/// Where the original names each wire by the first that is known of its two ends, the last one's target hears one source only.
#[test]
fn an_output_of_one_pair_led_to_the_input_of_another() {
    for depth in DEPTHS {
        let mut d = Drawing::new("Merge", 1);
        let sources = [2, 3].map(|seed| d.add(nested(seed, (0, 1, 0), depth)));
        let sinks = [4, 5].map(|seed| d.add(nested(seed, (1, 0, 0), depth)));
        for (source, sink) in [(0, 0), (1, 1), (0, 1)] {
            d.wire((sources[source], 0), (sinks[sink], 0));
        }
        check(&d, 3);
    }
}

#[test]
fn mixed_depths() {
    for depth in DEPTHS {
        let mut d = Drawing::new("Mixed", 1);
        let source = d.add(nested(2, (0, 2, 0), depth));
        let sink = d.add(nested(3, (2, 0, 0), 5 - depth));
        d.wire((source, 0), (sink, 1));
        d.wire((source, 1), (sink, 0));
        check(&d, 2);
    }
}

#[test]
fn constants_from_outside_and_inside() {
    for depth in DEPTHS {
        let mut inner = boxed(2, (1, 0, 2));
        let own = inner.constant("Own", "a");
        inner.wire((own, 0), (0, 2));
        let mut d = Drawing::new("Constants", 1);
        let outer = d.constant("Outer", "5,5");
        let package = d.add(Part::Package(deeper(inner, depth - 1)));
        let plain = d.code(0, 0, 1);
        d.wire((outer, 0), (package, 1));
        d.wire((outer, 0), (plain, 0));
        check(&d, 3);
    }
}

#[test]
fn an_input_wired_straight_to_an_output() {
    for depth in DEPTHS {
        let mut inner = boxed(2, (1, 1, 0));
        let (door, out) = (inner.add(Part::Input), inner.add(Part::Output));
        inner.wire((door, 0), (out, 0));
        let mut d = Drawing::new("Through", 1);
        let (source, sink) = (d.code(0, 1, 0), d.code(1, 0, 0));
        let package = d.add(Part::Package(deeper(inner, depth - 1)));
        d.wire((source, 0), (package, 0));
        d.wire((source, 0), (package, 1));
        d.wire((package, 1), (sink, 0));
        check(&d, 2);
    }
}

#[test]
fn two_instances_of_one_package_of_packages() {
    for depth in DEPTHS {
        let composite = deeper(boxed(2, (1, 1, 0)), depth);
        let mut d = Drawing::new("Twins", 1);
        let (left, right) = (d.add(Part::Package(composite.clone())), d.add(Part::Package(composite)));
        let sources = [d.code(0, 1, 0), d.code(0, 1, 0)];
        d.wire((sources[0], 0), (left, 0));
        d.wire((sources[1], 0), (right, 0));
        d.wire((left, 0), (right, 0));
        check(&d, 3);
        assert_eq!(flat(&d).blocks.len(), 4);
    }
}

#[test]
fn different_packages_that_share_ids() {
    // One was made by editing a copy of the other, as Asker and Returner in the FSM circuit.
    let mut d = Drawing::new("Shared", 1);
    let asker = d.add(Part::Package(boxed(2, (1, 1, 0))));
    let returner = d.add(Part::Package(boxed(2, (2, 1, 0))));
    d.wire((asker, 0), (returner, 1));
    d.wire((returner, 0), (asker, 0));
    check(&d, 2);
}

#[test]
fn loops_and_self_loops() {
    for depth in DEPTHS {
        let mut d = Drawing::new("Loops", 1);
        let machine = d.add(nested(2, (2, 2, 0), depth));
        let other = d.code(1, 1, 0);
        d.wire((machine, 0), (machine, 0));
        d.wire((machine, 1), (other, 0));
        d.wire((other, 0), (machine, 1));
        d.wire((other, 0), (other, 0));
        check(&d, 4);
    }
}

#[test]
fn a_ring_of_ports_without_a_block_ends() {
    let mut inner = Drawing::new("Pipe", 2);
    let (door, out) = (inner.add(Part::Input), inner.add(Part::Output));
    inner.wire((door, 0), (out, 0));
    let mut d = Drawing::new("Ring", 1);
    let (one, two) = (d.add(Part::Package(inner.clone())), d.add(Part::Package(inner)));
    d.wire((one, 0), (two, 0));
    d.wire((two, 0), (one, 0));
    let (source, sink) = (d.code(0, 1, 0), d.code(1, 0, 0));
    d.wire((source, 0), (one, 0));
    d.wire((two, 0), (sink, 0));
    check(&d, 1);
}

#[test]
fn a_wire_drawn_twice_is_one() {
    let mut d = Drawing::new("Twice", 1);
    let (source, sink) = (d.code(0, 1, 0), d.code(1, 0, 0));
    d.wire((source, 0), (sink, 0));
    d.wire((source, 0), (sink, 0));
    check(&d, 1);
}

#[test]
fn the_order_is_that_of_blocks_and_wires() {
    let mut d = Drawing::new("Order", 1);
    let (one, two) = (d.code(1, 2, 0), d.code(1, 2, 0));
    for (from, to) in [((two, 1), one), ((one, 1), two), ((two, 0), two), ((one, 0), one), ((one, 0), two)] {
        d.wire(from, (to, 0));
    }
    let order: Vec<_> =
        flat(&d).connections.into_iter().map(|wire| (wire.from, wire.output, wire.to)).collect();
    let expected = [(0, "O1", 1), (0, "O0", 0), (0, "O0", 1), (1, "O1", 0), (1, "O0", 1)];
    assert_eq!(order, expected.map(|(from, output, to)| (from, output.to_owned(), to)));
}

/// Any drawing at all: parts by chance, wires between any two ports of one level.
fn any_drawing(levels: u32) -> BoxedStrategy<Drawing> {
    let code = (0..3usize, 0..3usize, 0..2usize).prop_map(|(inputs, outputs, parameters)| Part::Code {
        inputs,
        outputs,
        parameters,
    });
    let constant = (0..5u8).prop_map(|n| Part::Constant { name: format!("C{n}"), value: n.to_string() });
    let plain =
        prop_oneof![4 => code, 1 => constant, 2 => Just(Part::Input), 2 => Just(Part::Output)].boxed();
    let part = if levels == 0 {
        plain
    } else {
        prop_oneof![3 => plain, 2 => any_drawing(levels - 1).prop_map(Part::Package)].boxed()
    };
    let parts = prop::collection::vec(part, 1..6);
    let picks = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..10);
    // Few seeds: packages shall share ids.
    (parts, picks, 1..4u32).prop_map(|(parts, picks, seed)| wired(parts, &picks, seed)).boxed()
}

fn wired(parts: Vec<Part>, picks: &[(prop::sample::Index, prop::sample::Index)], seed: u32) -> Drawing {
    let mut drawing = Drawing { name: "Any".into(), seed, parts, wires: Vec::new() };
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for (at, part) in drawing.parts.iter().enumerate() {
        let (ins, outs) = match part {
            Part::Code { inputs, outputs, parameters } => (inputs + parameters, *outputs),
            Part::Constant { .. } | Part::Input => (0, 1),
            Part::Output => (1, 0),
            Part::Package(inner) => (inner.doors(true).len(), inner.doors(false).len()),
        };
        from.extend((0..outs).map(|port| tip(at, port)));
        to.extend((0..ins).map(|port| tip(at, port)));
    }
    if !from.is_empty() && !to.is_empty() {
        drawing.wires = picks.iter().map(|(a, b)| (*a.get(&from), *b.get(&to))).collect();
    }
    drawing
}

proptest! {
    #[test]
    fn any_drawing_is_flattened_to_what_it_means(drawing in any_drawing(3)) {
        let flat = flat(&drawing);
        prop_assert_eq!(found(&flat), meaning(&drawing));
        prop_assert_eq!(&flat.doubts, &vec![]);
        let names: std::collections::BTreeSet<String> = flat.blocks.iter().map(vc_visualcircuit::FlatBlock::path).collect();
        prop_assert_eq!(names.len(), flat.blocks.len());
    }
}
