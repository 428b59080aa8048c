//! What a drawing means, by walking along its wires with a finger: at a package's port step inside, at a package's own output
//! step out, until a code block is reached. Slow, and made without a look at the implementation.

use std::collections::BTreeSet;

use vc_visualcircuit::Flat;

use crate::drawing::{Drawing, Part, Tip, tip};

/// A block by the places of the packages it stands in, and its own.
type Path = Vec<usize>;

/// `3.O0 → 5.I1` and `Kp=1.0 → 5.P0`, blocks numbered in the order of the file.
pub(crate) type Meaning = BTreeSet<String>;

/// What a drawing means.
pub(crate) fn meaning(drawing: &Drawing) -> Meaning {
    let mut leaves = Vec::new();
    list(drawing, &mut Vec::new(), &mut leaves);
    let mut found = Meaning::new();
    each_source(drawing, &mut Vec::new(), &mut |path, port, label| {
        let mut arrivals = BTreeSet::new();
        let (last, above) = path.split_last().unwrap();
        follow(drawing, above, tip(*last, port), &mut arrivals, &mut BTreeSet::new());
        for (to, input) in arrivals {
            let number = |path: &Path| leaves.iter().position(|leaf| leaf == path).unwrap();
            let from = match label {
                Some(constant) => constant.to_owned(),
                None => format!("{}.O{port}", number(path)),
            };
            found.insert(format!("{from} → {}.{input}", number(&to)));
        }
    });
    found
}

/// The same of what the implementation found.
pub(crate) fn found(flat: &Flat) -> Meaning {
    let wires = flat.connections.iter();
    let mut meaning: Meaning =
        wires.map(|w| format!("{}.{} → {}.{}", w.from, w.output, w.to, w.input)).collect();
    assert_eq!(meaning.len(), flat.connections.len(), "a connection was found twice");
    for (at, block) in flat.blocks.iter().enumerate() {
        meaning.extend(block.given.iter().map(|g| format!("{}={} → {at}.{}", g.constant, g.value, g.port)));
    }
    meaning
}

fn within<'a>(drawing: &'a Drawing, path: &[usize]) -> &'a Drawing {
    path.iter().fold(drawing, |drawing, at| match &drawing.parts[*at] {
        Part::Package(inner) => inner,
        _ => panic!("no package"),
    })
}

fn list(drawing: &Drawing, path: &mut Path, into: &mut Vec<Path>) {
    for (at, part) in drawing.parts.iter().enumerate() {
        path.push(at);
        match part {
            Part::Code { .. } => into.push(path.clone()),
            Part::Package(inner) => list(inner, path, into),
            _ => {}
        }
        path.pop();
    }
}

fn each_source(drawing: &Drawing, path: &mut Path, visit: &mut impl FnMut(&Path, usize, Option<&str>)) {
    for (at, part) in drawing.parts.iter().enumerate() {
        path.push(at);
        match part {
            Part::Code { outputs, .. } => (0..*outputs).for_each(|port| visit(path, port, None)),
            Part::Constant { name, value } => visit(path, 0, Some(&format!("{name}={value}"))),
            Part::Package(inner) => each_source(inner, path, visit),
            _ => {}
        }
        path.pop();
    }
}

/// Follows all wires that begin at `from`, which stands in the package at `path`.
fn follow(
    whole: &Drawing,
    path: &[usize],
    from: Tip,
    arrivals: &mut BTreeSet<(Path, String)>,
    been: &mut BTreeSet<(Path, Tip)>,
) {
    if !been.insert((path.to_vec(), from)) {
        return;
    }
    let here = within(whole, path);
    for (_, to) in here.wires.iter().filter(|(source, _)| *source == from) {
        match &here.parts[to.part] {
            Part::Code { inputs, .. } => {
                let mut block = path.to_vec();
                block.push(to.part);
                let port = if to.port < *inputs {
                    format!("I{}", to.port)
                } else {
                    format!("P{}", to.port - inputs)
                };
                arrivals.insert((block, port));
            }
            Part::Package(inner) => {
                let mut inside = path.to_vec();
                inside.push(to.part);
                let door = inner.doors(true)[to.port];
                follow(whole, &inside, tip(door, 0), arrivals, been);
            }
            Part::Output => {
                // The wires that leave the package, at the place where it stands.
                let Some((package, outside)) = path.split_last() else { continue };
                let port = here.doors(false).iter().position(|door| *door == to.part).unwrap();
                follow(whole, outside, tip(*package, port), arrivals, been);
            }
            Part::Constant { .. } | Part::Input => {}
        }
    }
}
