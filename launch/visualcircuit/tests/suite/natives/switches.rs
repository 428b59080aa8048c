//! What the command line says of a whole project.

use super::*;

#[test]
fn the_one_block_that_reads_what_is_typed_gets_it() {
    let asks = "def main(i, o, p, s):\n    o.share_string('Out', input('name? '))\n";
    let plain = "def main(i, o, p, s):\n    i.inputs\n";
    let stdin = |blocks: &[Value], choice: &Choice| {
        let circuit = made(&project(&[], blocks, &[]), choice).unwrap();
        let readers: Vec<String> = circuit
            .blocks
            .iter()
            .filter(|block| block.stdin)
            .map(vc_visualcircuit::CircuitBlock::path)
            .collect();
        (readers, circuit.doubts.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let one = [code("a", plain, &[], &[]), code("b", asks, &[], &["Out"])];
    assert_eq!(stdin(&one, &Choice::default()), (vec!["Code_2".to_owned()], vec![]));
    let two = [code("a", asks, &[], &["Out"]), code("b", asks, &[], &["Out"])];
    let told = "`Code` and `Code_2` read what is typed: none of them gets it".to_owned();
    assert_eq!(stdin(&two, &Choice::default()), (vec![], vec![told]));
    let given = Choice { stdin_is_given: true, ..Choice::default() };
    assert_eq!(stdin(&two, &given), (vec![], vec![]));
}

#[test]
fn code_in_python_can_be_given_its_enable_as_it_is() {
    let gated = "def main(i, o, p, s):\n    while i.read_number('Enable'):\n        s()\n";
    let blocks = [
        code("a", gated, &["Enable"], &[]),
        code("b", "def main(i, o, p, s):\n    o.share_number('Out', 1)\n", &[], &["Out"]),
    ];
    let wires = [wire(("b", "Out"), ("a", "Enable")), wire(("b", "Out"), ("Camera", "Enable"))];
    let file = project(&[camera()], &blocks, &wires);
    let places = Places { title: "", folder: ".", python: &|_| "x.py".to_owned() };
    let text = |choice: &Choice| launch_text(&made(&file, choice).unwrap(), &places).text;

    let strict = text(&Choice { strict_enable: true, ..Choice::default() });

    assert_eq!(strict.matches("      args: --strict-enable\n").count(), 1, "{strict}");
    assert_eq!(strict.replace("      args: --strict-enable\n", ""), text(&Choice::default()));
}
