//! Blocks in Python under `vclaunch`: those that import `vc`, and VisualCircuit's code.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vc_tests::harness::{Program, Signal};

use crate::circuit::{Place, carried_all, node};
use crate::environment::{Needs, python};
use crate::root;

/// Code whose frames are torn if any two of their bytes differ.
const SOURCE: &str = "\
import numpy as np
def main(inputs, outputs, parameters, synchronise):
    side = int(parameters.read_number('Side'))
    number = 0
    while True:
        number += 1
        outputs.share_image('Out', np.full((side, side, 3), number % 251))
        synchronise()
";
const FILTER: &str = "\
def main(inputs, outputs, parameters, synchronise):
    auto_enable = False
    try:
        enable = inputs.read_number('Enable')
    except Exception:
        auto_enable = True
    while auto_enable or inputs.read_number('Enable'):
        frame = inputs.read_image('Img')
        if frame is None:
            continue
        outputs.share_image('Out', 255 - frame)
        synchronise()
";
const SINK: &str = "\
def main(inputs, outputs, parameters, synchronise):
    seen = torn = 0
    last = None
    while seen < 300:
        frame = inputs.read_image('Img')
        if frame is None:
            continue
        if frame[0, 0, 0] != last:
            last = frame[0, 0, 0]
            seen += 1
            torn += int(frame.min() != frame.max())
        synchronise()
    print(f'seen {seen}, torn {torn}')
";

fn code(id: &str, code: &str, frequency: &str, ports: (&[&str], &[&str], &[&str])) -> Value {
    let list = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
    let data = json!({
        "code": code, "frequency": frequency, "params": list(ports.2), "ports": {"in": list(ports.0), "out": list(ports.1)},
    });
    json!({"id": id, "type": "basic.code", "data": data})
}

fn wire(from: (&str, &str), to: (&str, &str)) -> Value {
    let end = |(block, port): (&str, &str)| json!({"block": block, "port": port, "name": port});
    json!({"source": end(from), "target": end(to)})
}

fn saved(place: &Place, blocks: &[Value], wires: &[Value]) -> PathBuf {
    let project = json!({
        "version": "3.0", "editor": {}, "package": {"name": "Test"}, "dependencies": {},
        "design": {"board": "Python3-Noetic", "graph": {"blocks": blocks, "wires": wires}},
    });
    let file = place.folder.path().join("test.vc3");
    fs::write(&file, project.to_string()).unwrap();
    file
}

/// The words that name an interpreter with NumPy; none: it cannot be had.
fn with_numpy() -> Option<String> {
    Some(format!("--python-exe {}", python(Needs::Numpy)?.display()))
}

#[test]
fn a_project_runs_in_python_without_a_torn_frame() {
    let Some(line) = with_numpy() else { return };
    for side in ["64", "700"] {
        let place = Place::new();
        let constant =
            json!({"id": "side", "type": "basic.constant", "data": {"name": "Side", "value": side}});
        let blocks = [
            code("source", SOURCE, "-1", (&[], &["Out"], &["Side"])),
            code("filter", FILTER, "-1", (&["Img", "Enable"], &["Out"], &[])),
            code("sink", SINK, "-1", (&["Img"], &[], &[])),
            constant,
        ];
        let wires = [
            wire(("source", "Out"), ("filter", "Img")),
            wire(("filter", "Out"), ("sink", "Img")),
            wire(("side", "constant-out"), ("source", "Side")),
        ];

        let circuit = place.launch(&saved(&place, &blocks, &wires), &line);
        circuit.event("of the sink's end", |event| {
            let ended = event["event"] == "state" && event["node"] == "Code_3" && event["state"] == "ended";
            ended.then_some(())
        });
        circuit.signal(Signal::INT);
        let (seen, summary) = circuit.end();

        assert_eq!(seen.code, Some(0), "{seen}");
        assert!(seen.stdout.contains("seen 300, torn 0"), "{seen}");
        assert_eq!(node(&summary, "Code")["state"], "stopped", "{seen}");
        place.is_clean();
    }
}

#[test]
fn the_example_joins_a_block_in_python_with_native_ones() {
    let Some(line) = with_numpy() else { return };
    let place = Place::new();
    let example = root().join("python/examples/negative.launch.yaml");

    let (seen, summary) = place.launch(&example, &format!("frames:=30 view:=none {line}")).end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [30, 30], "{seen}");
    place.is_clean();
}

#[test]
fn visual_circuits_code_stands_between_native_blocks() {
    let Some(line) = with_numpy() else { return };
    let place = Place::new();
    let ports = r#""inputs": [{"name": "Img", "port": "img", "kind": "image"}], "outputs": [{"name": "Out", "port": "out", "kind": "image"}]"#;
    let file = place.folder.path().join("Filter.py");
    fs::write(file, format!("# vc-host: {{\"frequency\": 200, {ports}}}\n{FILTER}")).unwrap();
    let nodes = "
  - node: {exec: camera, param: [{name: source, value: synthetic}, {name: frames, value: 90}], on_exit: shutdown}
  - node: {exec: Filter.py}
  - node: {exec: screen, param: [{name: view, value: none}]}
  - wire: {from: camera/image, to: Filter/img}
  - wire: {from: Filter/out, to: screen/image}
";
    let (seen, summary) = place.launch_nodes(nodes, &line).end();

    assert_eq!(seen.code, Some(0), "{seen}");
    let wires = summary["wires"].as_array().unwrap();
    assert!(wires.iter().all(|wire| wire["received"].as_u64() > Some(10)), "{seen}");
    assert_eq!(wires[1]["lost"], 0, "{seen}");
    place.is_clean();
}

#[test]
fn a_block_that_raises_is_told_with_the_editors_words() {
    let Some(line) = with_numpy() else { return };
    let place = Place::new();
    let raises = "import math\ndef main(inputs, outputs, parameters, synchronise):\n    return 1 / 0\n";
    let file = saved(&place, &[code("a", raises, "30", (&[], &[], &[]))], &[]);

    let (seen, summary) = place.launch(&file, &line).end();

    assert_eq!(node(&summary, "Code")["state"], "failed", "{seen}");
    let said = "test.vc3, block `Code`\\\", line 3, in main";
    assert!(seen.stdout.contains(said) && seen.stdout.contains("ZeroDivisionError"), "{seen}");
    place.is_clean();
}

#[test]
fn the_block_that_asks_hears_what_is_typed() {
    let Some(line) = with_numpy() else { return };
    let place = Place::new();
    let asks = "def main(inputs, outputs, parameters, synchronise):\n    print('heard', input('name? '))\n";
    let run = |blocks: &[Value]| {
        let typed = place.folder.path().join("typed");
        fs::write(&typed, "you\n").unwrap();
        let program = Program::new("vclaunch").domain(&place.domain).args(&line).arg("--log-dir");
        let program = program.arg(place.folder.path().join("log")).arg(saved(&place, blocks, &[]));
        program.input(fs::File::open(typed).unwrap()).run()
    };

    let one = run(&[code("a", asks, "30", (&[], &[], &[]))]);
    let two = run(&[code("a", asks, "30", (&[], &[], &[])), code("b", asks, "30", (&[], &[], &[]))]);

    assert!(one.stdout.contains("[Code] name? \n") && one.stdout.contains("[Code] heard you\n"), "{one}");
    assert_eq!(one.code, Some(0), "{one}");
    assert!(two.stderr.contains("`Code` and `Code_2` read what is typed: none of them gets it"), "{two}");
    assert!(
        two.stdout
            .contains("`Code_2` reads what is typed, but is not given it: run it with `--stdin Code_2`"),
        "{two}"
    );
    place.is_clean();
}

#[test]
fn what_is_missing_is_told_before_anything_starts() {
    let place = Place::new();
    let check = |text: &str, line: &str| {
        let file = place.folder.path().join("test.launch.yaml");
        fs::write(&file, text).unwrap();
        let program = Program::new("vclaunch").domain(&place.domain).arg("check").arg(file).args(line);
        let seen = program.env("XDG_CACHE_HOME", place.folder.path()).run();
        assert_eq!(seen.code, Some(65), "{seen}");
        seen.stderr.replace(&place.folder.path().display().to_string(), "FOLDER")
    };
    let put = |name: &str, text: &str| fs::write(place.folder.path().join(name), text).unwrap();
    put(
        "imports.py",
        "import vc\nimport no_such_module\nimport json, sklearn_of_nobody.x\nfrom foo_msgs.msg import Foo\n",
    );
    put("raises.py", "import vc\nx = 1\nraise RuntimeError('no way')\n");
    put("closed.py", "import vc\n");
    put("syntax.py", "import vc\nx = (\n");
    let node = |name: &str| format!("launch:\n  - node: {{exec: {name}}}\n");

    let seen = check(&node("imports.py"), "");
    for said in [
        "has no module `no_such_module`, which `FOLDER/imports.py` imports in line 2",
        "has no module `sklearn_of_nobody`, which `FOLDER/imports.py` imports in line 3",
        "-m pip install sklearn_of_nobody`",
        "has no module `foo_msgs`",
        "it comes with ROS 2: source its `setup.bash` first",
    ] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    let seen = check(&node("raises.py"), "");
    assert!(seen.contains("`FOLDER/raises.py` cannot be described: RuntimeError: no way"), "{seen}");
    assert!(seen.contains("hint: at FOLDER/raises.py:3"), "{seen}");
    let seen = check(&node("closed.py"), "");
    assert!(seen.contains("it imports `vc`, but opens no block"), "{seen}");
    let seen = check(&node("syntax.py"), "");
    assert!(seen.contains("`FOLDER/syntax.py`, line 2: '(' was never closed"), "{seen}");
    let seen = check(&node("closed.py"), "--python-exe /bin/true");
    assert!(seen.contains("`/bin/true` cannot be described: it is no Python"), "{seen}");
}

#[test]
fn the_manuals_blocks_are_blocks() {
    let Some(line) = with_numpy() else { return };
    let place = Place::new();
    let manual = fs::read_to_string(root().join("docs/python.md")).unwrap();
    let fenced = manual.split("```python\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for (name, text) in ["negative.py", "gain.py"].into_iter().zip(fenced) {
        fs::write(place.folder.path().join(name), text).unwrap();
    }
    let file = place.folder.path().join("test.launch.yaml");
    let nodes = "launch:
  - node: {exec: camera}
  - node: {exec: negative.py}
  - node: {exec: gain.py, param: [{name: Gain, value: 3}]}
  - wire: {from: camera/image, to: negative/image}
  - wire: {from: negative/negative, to: gain/img}
";
    fs::write(&file, nodes).unwrap();
    let program = Program::new("vclaunch").domain(&place.domain).arg("check").arg(file).args(&line);
    program.env("XDG_CACHE_HOME", place.folder.path()).run().succeeded();
}

/// Runs the example whose own code switches the screen until it does.
#[track_caller]
fn watches(place: &Place, file: &Path, line: &str) {
    let circuit = place.launch(file, line);
    circuit.event("of the block's own words", |event| {
        let said = event["event"] == "line" && event["node"] == "Watch";
        (said && event["text"].as_str()?.ends_with("% of the picture is edges: busy")).then_some(())
    });
    circuit.flows();
    circuit.signal(Signal::INT);
    let (seen, summary) = circuit.end();

    for name in ["Screen", "Watch"] {
        let node = node(&summary, name);
        assert_eq!((&node["state"], &node["exit"]), (&json!("stopped"), &json!(0)), "{seen}");
    }
}

#[test]
fn the_example_projects_own_code_switches_the_screen_and_does_so_when_it_is_converted() {
    let Some(line) = with_numpy() else { return };
    let place = Place::new();
    let example = root().join("launch/examples/watch.vc3");
    watches(&place, &example, &format!("Screen.view:=none {line}"));

    let file = place.folder.path().join("converted.launch.yaml");
    Program::new("vclaunch").args("convert").arg(&example).arg("-o").arg(&file).run().succeeded();
    let text = fs::read_to_string(&file).unwrap();
    let screen = "      name: Screen\n";
    let with = format!("{screen}      param: [{{name: view, value: none}}]\n");
    fs::write(&file, text.replace(screen, &with)).unwrap();

    watches(&place, &file, &line);
    place.is_clean();
}

const ADDER: &str = "\
import vc

block = vc.Block('adder', 'Adds a thousand.')
count = block.input('count', 'std_msgs/msg/UInt64', 'Numbers.', required=True)
more = block.output('more', 'std_msgs/msg/UInt64', 'Each number and a thousand.')
with block.open() as node:
    publisher = node.publisher(more)
    node.on(count)(lambda number: publisher.publish(data=number.data + 1000))
    node.run()
";

#[test]
fn a_block_that_an_agent_has_runs_there_and_no_other() {
    let place = Place::new();
    let (blocks, other) = (place.folder.path().join("blocks"), place.folder.path().join("adder.py"));
    fs::create_dir(&blocks).unwrap();
    fs::write(blocks.join("adder.py"), ADDER).unwrap();
    fs::write(&other, ADDER).unwrap();
    let logs = place.folder.path().join("agent");
    let agent = Program::new("vclaunch").domain(&place.domain).env("VC_BLOCKS_PATH", &blocks);
    let agent = agent.args("agent --name arm --listen 127.0.0.1:0 --log-dir").arg(&logs).start();
    let address = agent.error("of its address", |line| {
        line.strip_prefix("agent of machine arm, listening on ").map(str::to_owned)
    });
    let nodes = |exec: &str| {
        format!(
            "  - node: {{exec: counting_talker, name: talker, on_exit: shutdown, param: [{{name: last, value: 9}}]}}\n  \
               - node: {{exec: {exec}, name: adder, machine: arm}}\n  \
               - node: {{exec: noting_listener, name: ear, output: screen}}\n  \
               - wire: {{from: talker/count, to: adder/count}}\n  - wire: {{from: adder/more, to: ear/count}}\n"
        )
    };
    let line = format!("--agent arm={address}");

    let (seen, summary) = place.launch_nodes(&nodes("adder.py"), &line).end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert!(seen.stdout.contains("heard 1009"), "{seen}");
    for wire in summary["wires"].as_array().unwrap() {
        assert_eq!((wire["sent"].as_u64(), wire["received"].as_u64()), (Some(9), Some(9)), "{summary}");
    }
    let strange = place.launch_nodes(&nodes(&other.display().to_string()), &line).0.wait();
    assert!(strange.stdout.contains("is no block installed there"), "{strange}");
    agent.signal(Signal::INT);
    agent.wait().succeeded();
    place.is_clean();
}
