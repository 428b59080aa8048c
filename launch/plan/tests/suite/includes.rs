//! Launch files that include others.

use crate::fake::{Fake, Place};
use crate::plans::sketch;

const CAMERA: &str = "
launch:
  - arg: {name: width, default: 640, description: of the picture}
  - node: {exec: camera, param: [{name: width, value: $(var width)}]}
";

fn place(parts: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.file("camera.launch.yaml", CAMERA);
    for (name, text) in parts {
        place.file(name, text);
    }
    place
}

/// What comes of a launch file that includes others.
fn answer(place: &Place, text: &str, arguments: &[(&str, &str)]) -> String {
    place.redact(&match place.read(text, arguments) {
        Ok(checked) => {
            let warnings = checked.warnings.iter().map(|warning| format!("{warning}\n"));
            warnings.collect::<String>() + &sketch(&checked.plan)
        }
        Err(report) => report.to_string(),
    })
}

#[test]
fn variables_reach_in_but_not_out() {
    let place = place(&[(
        "a.launch.yaml",
        "launch:\n  - arg: {name: depth, default: 1}\n  - let: {name: own, value: 1}\n",
    )]);
    let text = "
launch:
  - let: {name: width, value: 111}
  - include: a.launch.yaml
  - include: camera.launch.yaml
  - log: {message: $(var depth gone) $(var own gone) $(var width)}
";
    insta::assert_snapshot!(answer(&place, text, &[]), @"
    info: gone gone 111
     --> test.launch.yaml:6:5
      |
    6 |   - log: {message: $(var depth gone) $(var own gone) $(var width)}
      |     ^^^
    block /camera: --ros-args -r __node:=camera -r __ns:=/ -p width:=111
    ");
}

#[test]
fn an_argument_of_the_command_line_reaches_a_file_within() {
    insta::assert_snapshot!(answer(&place(&[]), "launch:\n  - include: camera.launch.yaml\n", &[("width", "123")]), @"block /camera: --ros-args -r __node:=camera -r __ns:=/ -p width:=123");
    insta::assert_snapshot!(answer(&place(&[]), "launch:\n  - include: camera.launch.yaml\n", &[("wdth", "123")]), @"
    error: the launch file has no argument `wdth`
    hint: did you mean `width`?
    ");
    let text = "launch:\n  - include: {file: camera.launch.yaml, if: false}\n  - node: {exec: talker}\n";
    insta::assert_snapshot!(answer(&place(&[]), text, &[("wdth", "123")]), @"foreign /talker:");
}

#[test]
fn a_mistake_says_by_which_way_its_file_was_included() {
    let place = place(&[
        ("middle.launch.xml", "<launch>\n  <include file='parts/inner.launch.yaml'/>\n</launch>\n"),
        (
            "parts/inner.launch.yaml",
            "launch:\n  - node: {exec: camera, param: [{name: widht, value: 3}]}\n  - let: {name: a, value: $(var b)}\n  - nod: {}\n",
        ),
    ]);
    insta::assert_snapshot!(answer(&place, "launch:\n  - group:\n    - include: middle.launch.xml\n", &[]), @"
    error: node `camera` has no parameter `widht`
     --> parts/inner.launch.yaml:2:41
      |
    2 |   - node: {exec: camera, param: [{name: widht, value: 3}]}
      |                                         ^^^^^
      = included from middle.launch.xml:2:4
      = included from test.launch.yaml:3:7
    hint: did you mean `width`?

    error: there is no argument or variable `b` here
     --> parts/inner.launch.yaml:3:27
      |
    3 |   - let: {name: a, value: $(var b)}
      |                           ^^^^^^^^
      = included from middle.launch.xml:2:4
      = included from test.launch.yaml:3:7

    error: there is no entry `nod`
     --> parts/inner.launch.yaml:4:5
      |
    4 |   - nod: {}
      |     ^^^
      = included from middle.launch.xml:2:4
      = included from test.launch.yaml:3:7
    hint: did you mean `node`?
    ");
}

#[test]
fn the_same_file_twice_is_told_apart() {
    let text = "
launch:
  - include: camera.launch.yaml
  - include: {file: camera.launch.yaml, arg: [{name: width, value: wide}]}
";
    insta::assert_snapshot!(answer(&place(&[]), text, &[]), @"
  error: two nodes are called `/camera`
   --> camera.launch.yaml:4:18
    |
  4 |   - node: {exec: camera, param: [{name: width, value: $(var width)}]}
    |                  ^^^^^^
    = included from test.launch.yaml:4:5
   --> camera.launch.yaml:4:18
    |
  4 |   - node: {exec: camera, param: [{name: width, value: $(var width)}]}
    |                  ^^^^^^ the other node, included from test.launch.yaml:3:5
  hint: give one of them another `name`, or put it into a namespace

  error: parameter `width` is integer, but `wide` is string
   --> camera.launch.yaml:4:55
    |
  4 |   - node: {exec: camera, param: [{name: width, value: $(var width)}]}
    |                                                       ^^^^^^^^^^^^
    = included from test.launch.yaml:4:5
  hint: `width`: the width of the picture
  ");
}

#[test]
fn arguments_are_checked_where_they_are_given() {
    let place = place(&[(
        "needs.launch.yaml",
        "launch:\n  - arg: {name: needed, description: it is}\n  - arg: {name: fixed, value: 1}\n  - arg: {name: view, default: a, choices: [a, b]}\n",
    )]);
    let text = "
launch:
  - include: {file: camera.launch.yaml, arg: [{name: widht, value: 320}]}
  - include: needs.launch.yaml
  - include:
      file: needs.launch.yaml
      arg: [{name: needed, value: 1}, {name: fixed, value: 2}, {name: view, value: c}]
";
    insta::assert_snapshot!(answer(&place, text, &[]), @"
    error: argument `needed` was not given and has no default: it is
     --> needs.launch.yaml:2:17
      |
    2 |   - arg: {name: needed, description: it is}
      |                 ^^^^^^
      = included from test.launch.yaml:4:5
    hint: give it where the file is included, by `arg` with the name `needed`

    error: argument `fixed` is fixed by the launch file and cannot be given
     --> needs.launch.yaml:3:17
      |
    3 |   - arg: {name: fixed, value: 1}
      |                 ^^^^^
      = included from test.launch.yaml:5:5
     --> test.launch.yaml:7:46
      |
    7 |       arg: [{name: needed, value: 1}, {name: fixed, value: 2}, {name: view, value: c}]
      |                                              ^^^^^ given here

    error: `camera.launch.yaml` has no argument `widht`
     --> test.launch.yaml:3:54
      |
    3 |   - include: {file: camera.launch.yaml, arg: [{name: widht, value: 320}]}
      |                                                      ^^^^^
    hint: did you mean `width`?

    error: argument `view` = `c` is none of `a`, `b`
     --> test.launch.yaml:7:71
      |
    7 |       arg: [{name: needed, value: 1}, {name: fixed, value: 2}, {name: view, value: c}]
      |                                                                       ^^^^
      = included from test.launch.yaml:5:5
    hint: did you mean `a`?
    ");
}

#[test]
fn a_value_may_be_for_a_file_further_in() {
    let place = place(&[
        ("outer.launch.yaml", "launch:\n  - include: camera.launch.yaml\n"),
        ("reads.launch.yaml", "launch:\n  - log: {message: $(var undeclared)}\n"),
    ]);
    let text = "
launch:
  - include: {file: outer.launch.yaml, arg: [{name: width, value: 320}]}
  - include: {file: reads.launch.yaml, arg: [{name: undeclared, value: 1}]}
";
    insta::assert_snapshot!(answer(&place, text, &[]), @"
    info: 1
     --> reads.launch.yaml:2:5
      |
    2 |   - log: {message: $(var undeclared)}
      |     ^^^
      = included from test.launch.yaml:4:5
    block /camera: --ros-args -r __node:=camera -r __ns:=/ -p width:=320
    ");
}

#[test]
fn files_that_cannot_be_included_are_told() {
    let place = place(&[
        ("a.launch.yaml", "launch:\n  - include: b.launch.yaml\n"),
        ("b.launch.yaml", "launch:\n  - include: ./a.launch.yaml\n"),
        ("old.launch.py", "print()\n"),
    ]);
    let text = "
launch:
  - include: a.launch.yaml
  - include: test.launch.yaml
  - include: camera.lunch.yaml
  - include: $(dirname)/old.launch.py
  - include: {}
  - include: {file: camera.launch.yaml, scoped: maybe}
";
    insta::assert_snapshot!(answer(&place, text, &[]), @"
    error: `./a.launch.yaml` includes itself
     --> b.launch.yaml:2:14
      |
    2 |   - include: ./a.launch.yaml
      |              ^^^^^^^^^^^^^^^
      = included from a.launch.yaml:2:5
      = included from test.launch.yaml:3:5
    hint: to repeat entries there is `for`

    error: `test.launch.yaml` includes itself
     --> test.launch.yaml:4:14
      |
    4 |   - include: test.launch.yaml
      |              ^^^^^^^^^^^^^^^^
    hint: to repeat entries there is `for`

    error: cannot read `camera.lunch.yaml`: No such file or directory (os error 2)
     --> test.launch.yaml:5:14
      |
    5 |   - include: camera.lunch.yaml
      |              ^^^^^^^^^^^^^^^^^
    hint: did you mean `camera.launch.yaml`?

    error: `old.launch.py`: launch files in Python are not run
     --> test.launch.yaml:6:14
      |
    6 |   - include: $(dirname)/old.launch.py
      |              ^^^^^^^^^^^^^^^^^^^^^^^^
    hint: write the circuit as launch YAML or XML: `for`, `if` and `$(eval …)` do what Python was needed for

    error: `include` needs `file`
     --> test.launch.yaml:7:5
      |
    7 |   - include: {}
      |     ^^^^^^^

    error: `scoped` must be true or false (or 1 or 0), not `maybe`
     --> test.launch.yaml:8:49
      |
    8 |   - include: {file: camera.launch.yaml, scoped: maybe}
      |                                                 ^^^^^
    ");
}

#[test]
fn a_chain_of_files_has_an_end() {
    let place = place(&[]);
    for n in 0..40 {
        place.file(&format!("c{n}.launch.yaml"), &format!("launch:\n  - include: c{}.launch.yaml\n", n + 1));
    }
    let seen = answer(&place, "launch:\n  - include: c0.launch.yaml\n", &[]);
    assert!(seen.starts_with("error: files are included more than 32 deep"), "{seen}");
    assert_eq!(seen.matches("included from").count(), 32, "{seen}");
}

#[test]
fn files_that_multiply_are_answered() {
    let place = place(&[("last.launch.yaml", "launch: []\n")]);
    for n in 0..8 {
        let next = if n == 7 { "last".to_owned() } else { format!("m{}", n + 1) };
        let text = format!("launch:\n{}", format!("  - include: {next}.launch.yaml\n").repeat(10));
        place.file(&format!("m{n}.launch.yaml"), &text);
    }
    let seen = answer(&place, "launch:\n  - include: m0.launch.yaml\n", &[]);
    assert!(seen.starts_with("error: this launch file includes more than 10000 files"), "{seen}");
}

#[test]
fn a_project_is_included() {
    let place = place(&[("block.vc3", &crate::projects::nested().to_string())]);
    insta::assert_snapshot!(answer(&place, "launch:\n  - include: block.vc3\n", &[]), @r#"
    block /Camera: --ros-args -r __node:=Camera -r __ns:=/ -r image:=/Camera/image -p width:=320 -p rate:=30.0
    block /Show_edges/EdgeDetector: --ros-args -r __node:=EdgeDetector -r __ns:=/Show_edges -r image:=/Camera/image -r edges:=/Show_edges/EdgeDetector/edges -p lower:=85.0 -p encoding:="mono8"
    block /Show_edges/Screen: --ros-args -r __node:=Screen -r __ns:=/Show_edges -r image:=/Show_edges/EdgeDetector/edges
    block /Screen: --ros-args -r __node:=Screen -r __ns:=/ -r image:=/Show_edges/EdgeDetector/edges
    Camera/image -> Show_edges/EdgeDetector/image on /Camera/image (sensor_msgs/msg/Image)
    Show_edges/EdgeDetector/edges -> Show_edges/Screen/image on /Show_edges/EdgeDetector/edges (sensor_msgs/msg/Image)
    Show_edges/EdgeDetector/edges -> Screen/image on /Show_edges/EdgeDetector/edges (sensor_msgs/msg/Image)
    "#);
}

#[test]
fn places_in_the_plan_name_the_file() {
    let checked = place(&[]).read("launch:\n  - include: camera.launch.yaml\n", &[]).unwrap();
    assert!(
        checked.plan.nodes[0].place.ends_with("camera.launch.yaml:4:5"),
        "{}",
        checked.plan.nodes[0].place
    );
}

#[test]
fn a_large_launch_with_includes_is_planned() {
    let place = place(&[(
        "cell.launch.yaml",
        "
launch:
  - arg: {name: n}
  - node: {exec: camera, name: camera$(var n)}
  - node: {exec: edge_detector, name: edges$(var n), param: [{name: lower, value: 9}]}
  - wire: {from: camera$(var n)/image, to: edges$(var n)/image}
",
    )]);
    let text = "
launch:
  - for:
      len: 100
      name: i
      children:
        - include: {file: cell.launch.yaml, arg: [{name: n, value: $(index i)}]}
";
    let file = place.file("test.launch.yaml", text);
    let options = place.options(&[]);
    let started = std::time::Instant::now();
    let checked = vc_plan::read(&file, &options, &Fake).unwrap();
    println!("200 nodes by 100 includes: read in {:?}", started.elapsed());
    assert_eq!((checked.plan.nodes.len(), checked.plan.wires.len()), (200, 100));
}

#[test]
fn arguments_of_included_files_are_listed_too() {
    let place = Place::new();
    place.file(
        "parts/wheels.launch.yaml",
        "launch: [{arg: {name: radius, default: 0.1}}, {arg: {name: count, value: 4}}]\n",
    );
    place.file(
        "parts/robot.launch.yaml",
        "launch:
  - arg: {name: name}
  - arg: {name: speed, default: $(var name), description: how fast, choices: [slow, fast]}
  - arg: {name: rate, default: 1}
  - include: wheels.launch.yaml
",
    );
    let text = "launch:
  - arg: {name: rate, default: 30}
  - arg: {name: folder, default: parts}
  - arg: {name: needed}
  - include: {file: $(var folder)/robot.launch.yaml, arg: [{name: name, value: left}]}
  - include: {file: $(dirname)/parts/robot.launch.yaml, arg: [{name: name, value: right}]}
  - include: {file: nowhere.launch.yaml, if: $(var needed)}
  - include: demo.vc3
";
    let listed = vc_plan::arguments(&place.file("test.launch.yaml", text)).unwrap();
    let shown = listed.iter().map(|one| format!("{}{}", if one.is_within { "+" } else { "" }, one.name));
    assert_eq!(shown.collect::<Vec<_>>(), ["rate", "folder", "needed", "+speed", "+radius"]);
    let speed = &listed[3];
    assert_eq!(
        (speed.default.as_deref(), speed.choices.len(), speed.place.line),
        (Some("$(var name)"), 2, 3)
    );
    assert!(speed.place.file.ends_with("parts/robot.launch.yaml"), "{:?}", speed.place);
}
