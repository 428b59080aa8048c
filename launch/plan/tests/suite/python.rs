//! Blocks in Python: VisualCircuit's code, whose ports are known without running it.

use crate::fake::Place;

const CODE: &str = r#"# vc-host: {"inputs": [{"name": "Img", "port": "img", "kind": "image"}], "outputs": [{"name": "Out", "port": "out", "kind": "image"}], "parameters": [{"name": "Lower Limit", "value": "127"}]}
def main(inputs, outputs, parameters, synchronise):
    pass
"#;

fn place() -> Place {
    let place = Place::new();
    place.file("code/Code.py", CODE);
    place.file("beside.py", CODE);
    place.file("plain.py", "print(1)");
    place.program("venv/bin/python");
    place
}

#[test]
fn a_block_of_visual_circuits_code_is_started_by_the_host() {
    let place = place();
    let text = "launch:
  - node: {exec: code/Code.py, name: code, python: venv, launch-prefix: nice, param: [{name: Lower Limit, value: 50}]}
  - node: {exec: beside.py, env: [{name: PYTHONPATH, value: /mine}, {name: PYTHONUNBUFFERED, value: ''}]}
  - wire: {from: code/out, to: beside/img}
";
    let plan = place.read(text, &[]).unwrap().plan;

    let [code, beside] = &plan.nodes[..] else { panic!("{plan:?}") };
    let python = place.path().join("venv/bin/python").display().to_string();
    assert_eq!(code.prefix, ["nice", &python, "-m", "vc.host"]);
    assert_eq!(code.program, place.path().join("code/Code.py"));
    assert!(code.args.contains(&"Lower Limit:=\"50\"".to_owned()), "{:?}", code.args);
    assert_eq!(plan.wires.len(), 1);
    let said = |name: &str| beside.env.iter().find(|(known, _)| known == name).unwrap().1.as_deref().unwrap();
    assert!(beside.prefix[0].ends_with("/python3"), "{:?}", beside.prefix);
    assert_eq!(beside.grace.sigterm, std::time::Duration::from_secs(3), "an interpreter winds down");
    assert_eq!(beside.name.to_string(), "/beside");
    assert!(said("PYTHONPATH").ends_with("python:/mine"), "{:?}", beside.env);
    assert_eq!(said("PYTHONUNBUFFERED"), "");
}

#[test]
fn an_interpreter_that_is_none_is_a_mistake() {
    let place = place();
    let mistakes = |line: &str| {
        let report = place.read(&format!("launch:\n  - node: {{{line}}}\n"), &[]).unwrap_err();
        place.redact(&report.to_string())
    };
    insta::assert_snapshot!(mistakes("exec: beside.py, python: code"), @"
    error: `code` is no virtual environment: it has no `bin/python`
     --> test.launch.yaml:2:37
      |
    2 |   - node: {exec: beside.py, python: code}
      |                                     ^^^^
    hint: `python:` of the node, or `--python-exe`, names what interprets blocks in Python
    ");
    insta::assert_snapshot!(mistakes("exec: beside.py, python: ./none"), @"
    error: there is no program `./none`
     --> test.launch.yaml:2:37
      |
    2 |   - node: {exec: beside.py, python: ./none}
      |                                     ^^^^^^
    hint: `python:` of the node, or `--python-exe`, names what interprets blocks in Python
    ");
    insta::assert_snapshot!(mistakes("exec: camera, python: python3"), @"
    error: `python` is for blocks in Python, and `camera` is none
     --> test.launch.yaml:2:34
      |
    2 |   - node: {exec: camera, python: python3}
      |                                  ^^^^^^^
    ");
    insta::assert_snapshot!(mistakes("exec: ./plain.py"), @"
    error: `./plain.py` is not executable, and no block: it has neither `import vc` nor a `# vc-host:` line near its top
     --> test.launch.yaml:2:18
      |
    2 |   - node: {exec: ./plain.py}
      |                  ^^^^^^^^^^
    ");
    insta::assert_snapshot!(mistakes("exec: besides.py"), @"
    error: there is no program `besides.py`
     --> test.launch.yaml:2:18
      |
    2 |   - node: {exec: besides.py}
      |                  ^^^^^^^^^^
    hint: did you mean `beside.py`?
    hint: it was looked for in `.`, `bin`
    ");
    place.file(
        "wrong.py",
        "# vc-host: {\"inputs\": [{\"name\": \"A\", \"port\": \"a b\", \"kind\": \"image\"}]}\n",
    );
    insta::assert_snapshot!(mistakes("exec: ./wrong.py"), @"
    error: wrong.py:1:11: `# vc-host:` line: `a b` is no port name: letters, digits and `_`, not beginning with a digit
     --> test.launch.yaml:2:18
      |
    2 |   - node: {exec: ./wrong.py}
      |                  ^^^^^^^^^^
    ");
}
