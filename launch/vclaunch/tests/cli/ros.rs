//! ROS 2 nodes beside blocks: a made-up install prefix with a program that says what it was started with.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::seen::{command, shown};

/// Says its arguments, one a line, and some of its environment.
const TELLS: &str = r#"#!/bin/sh
for word in "$@"; do echo "arg $word"; done
echo "env ${COLOUR-none} ${NOTIFY_SOCKET-none}"
"#;

/// An install prefix with the package `demo_nodes_cpp`.
struct Prefix(TempDir);

impl Prefix {
    fn new() -> Self {
        let prefix = Self(tempfile::tempdir().unwrap());
        prefix.file("share/ament_index/resource_index/packages/demo_nodes_cpp", "");
        prefix.program("talker", TELLS);
        prefix
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.file(&format!("lib/demo_nodes_cpp/{name}"), text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs `vclaunch` with this prefix and these further variables.
    fn run(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        let mut command = command(&self.0);
        command.env("AMENT_PREFIX_PATH", self.path()).args(args);
        command.envs(env.iter().copied()).output().unwrap()
    }

    /// What is shown of that, without what differs from run to run.
    fn shown(&self, args: &[&str]) -> String {
        shown(&self.run(args, &[]), &self.0)
    }

    /// The lines that nodes wrote and that are shown, without the order of different nodes.
    fn lines(&self, args: &[&str], env: &[(&str, &str)]) -> Vec<String> {
        let output = self.run(args, env);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        let lines = text.lines().filter(|line| line.starts_with('[') && !line.starts_with("[vclaunch]"));
        lines.map(|line| line.replace(&format!("{}/", self.path().display()), "")).collect()
    }
}

const YAML: &str = "launch:
  - group:
      - push_ros_namespace: {namespace: lab}
      - set_parameter: {name: use_sim_time, value: true}
      - node:
          pkg: demo_nodes_cpp
          exec: talker
          name: mouth
          args: --flag 'two words'
          ros_args: --log-level rcl:=warn
          param: [{name: rate, value: 2.5}, {from: params.yaml}]
          remap: [{from: chatter, to: /numbers}]
          env: [{name: COLOUR, value: red}]
          output: screen
";

const XML: &str = r#"<launch>
  <group>
    <push_ros_namespace namespace="lab"/>
    <set_parameter name="use_sim_time" value="true"/>
    <node pkg="demo_nodes_cpp" exec="talker" name="mouth" args="--flag 'two words'"
          ros_args="--log-level rcl:=warn" output="screen">
      <param name="rate" value="2.5"/>
      <param from="params.yaml"/>
      <remap from="chatter" to="/numbers"/>
      <env name="COLOUR" value="red"/>
    </node>
  </group>
</launch>"#;

#[test]
fn a_node_is_started_with_the_line_of_ros2_launch() {
    let prefix = Prefix::new();
    prefix.file("params.yaml", "/lab/mouth:\n  ros__parameters: {depth: 3}\n");
    let yaml = prefix.file("a.launch.yaml", YAML);
    let xml = prefix.file("a.launch.xml", XML);

    let from_yaml = prefix.lines(&["--log-level", "debug", yaml.to_str().unwrap()], &[]);

    insta::assert_snapshot!(from_yaml.join("\n"), @"
    [lab/mouth] arg --flag
    [lab/mouth] arg two words
    [lab/mouth] arg --ros-args
    [lab/mouth] arg -r
    [lab/mouth] arg __node:=mouth
    [lab/mouth] arg -r
    [lab/mouth] arg __ns:=/lab
    [lab/mouth] arg -r
    [lab/mouth] arg chatter:=/numbers
    [lab/mouth] arg -p
    [lab/mouth] arg use_sim_time:=true
    [lab/mouth] arg -p
    [lab/mouth] arg rate:=2.5
    [lab/mouth] arg --params-file
    [lab/mouth] arg params.yaml
    [lab/mouth] arg --log-level
    [lab/mouth] arg rcl:=warn
    [lab/mouth] arg --log-level
    [lab/mouth] arg debug
    [lab/mouth] env red none
    ");
    assert_eq!(prefix.lines(&["--log-level", "debug", xml.to_str().unwrap()], &[]), from_yaml);
}

#[test]
fn nothing_is_said_of_what_the_launch_file_does_not_say() {
    let prefix = Prefix::new();
    let file = prefix.file(
        "a.launch.xml",
        r#"<launch><node pkg="demo_nodes_cpp" exec="talker" output="screen"/></launch>"#,
    );

    assert_eq!(prefix.lines(&[file.to_str().unwrap()], &[]), ["[talker] env none none"]);
}

#[test]
fn a_node_that_fails_is_started_again() {
    let prefix = Prefix::new();
    prefix.program("fails_twice", "#!/bin/sh\nmkdir \"$PLACE/1\" || mkdir \"$PLACE/2\" || exit 0\nexit 1\n");
    let file = prefix.file(
        "a.launch.yaml",
        "launch: [{node: {pkg: demo_nodes_cpp, exec: fails_twice, respawn: on-failure, respawn_delay: 0.01}}]",
    );

    let output = prefix.run(&[file.to_str().unwrap()], &[("PLACE", prefix.path().to_str().unwrap())]);

    let seen = shown(&output, &prefix.0);
    assert!(seen.starts_with("exit: 0\n"), "{seen}");
    assert!(seen.ends_with("fails_twice  ended  0            2\n"), "{seen}");
    assert!(
        seen.contains("fails_twice ended with exit code 1; starting it again in 10.0 ms; its log: LOGS/RUN"),
        "{seen}"
    );
}

#[test]
fn output_goes_where_the_launch_file_or_the_environment_says() {
    let prefix = Prefix::new();
    prefix.program("speaks", "#!/bin/sh\necho out\necho err >&2\n");
    let node = |output: &str| {
        format!("  - node: {{pkg: demo_nodes_cpp, exec: speaks, name: to_{output}, output: {output}}}\n")
    };
    let nodes: String = ["screen", "log", "both", "own_log", "full"].map(node).concat();
    let unsaid = "  - node: {pkg: demo_nodes_cpp, exec: speaks, name: unsaid}\n";
    let file = prefix.file("a.launch.yaml", &format!("launch:\n{nodes}{unsaid}"));
    let lines = |env: &[(&str, &str)]| {
        let mut lines = prefix.lines(&[file.to_str().unwrap()], env);
        lines.sort();
        lines.join(", ")
    };

    insta::assert_snapshot!(lines(&[]), @"[to_both] err, [to_both] out, [to_full] err, [to_full] out, [to_log] err, [to_screen] err, [to_screen] out, [unsaid] err");
    let log = fs::read_to_string(prefix.path().join("latest/to_own_log.log")).unwrap();
    assert_eq!(log.lines().count(), 2, "{log}");
    let forced = |word| lines(&[("OVERRIDE_LAUNCH_PROCESS_OUTPUT", word)]).split(", ").count();
    assert_eq!([forced("screen"), forced("log")], [12, 6]);
    assert_eq!(lines(&[("OVERRIDE_LAUNCH_PROCESS_OUTPUT", "own_log")]), "");
}

#[test]
fn a_missing_package_or_program_is_told_with_what_may_help() {
    let prefix = Prefix::new();
    let file = prefix.file(
        "a.launch.yaml",
        "launch:\n  - node: {pkg: demo_node_cpp, exec: talker}\n  - node: {pkg: demo_nodes_cpp, exec: taker}\n",
    );
    let output = prefix.run(&["check", file.to_str().unwrap()], &[("ROS_DISTRO", "jazzy")]);

    insta::assert_snapshot!(shown(&output, &prefix.0), @"
    exit: 65
    ----- stderr -----
    error: there is no ROS 2 package `demo_node_cpp`
     --> LOGS/RUN
      |
    2 |   - node: {pkg: demo_node_cpp, exec: talker}
      |                 ^^^^^^^^^^^^^
    hint: did you mean `demo_nodes_cpp`?
    hint: AMENT_PREFIX_PATH says to look in `LOGS`
    hint: it may come with `sudo apt install ros-jazzy-demo-node-cpp`

    error: ROS 2 package `demo_nodes_cpp` has no program `taker`
     --> LOGS/RUN
      |
    3 |   - node: {pkg: demo_nodes_cpp, exec: taker}
      |                                       ^^^^^
    hint: did you mean `talker`?
    ");
}

#[test]
fn a_launch_file_can_be_named_by_its_package() {
    let prefix = Prefix::new();
    let text = r#"<launch>
  <arg name="who" default="mouth"/>
  <node pkg="demo_nodes_cpp" exec="talker" name="$(var who)" output="screen"/>
</launch>"#;
    prefix.file("share/demo_nodes_cpp/launch/topics/talk.launch.xml", text);
    prefix.file("share/demo_nodes_cpp/launch/one/same.launch.xml", text);
    prefix.file("share/demo_nodes_cpp/launch/two/same.launch.xml", text);

    let lines = prefix.lines(&["demo_nodes_cpp", "talk.launch.xml", "who:=ear"], &[]);

    assert_eq!(
        lines,
        ["[ear] arg --ros-args", "[ear] arg -r", "[ear] arg __node:=ear", "[ear] env none none"]
    );
    assert_eq!(prefix.lines(&["run", "demo_nodes_cpp", "topics/talk.launch.xml"], &[]).len(), 4);
    insta::assert_snapshot!(prefix.shown(&["args", "demo_nodes_cpp", "talk.launch.xml"]), @"
    exit: 0
    ----- stdout -----
    argument  default  description
    who       mouth
    ");
    insta::assert_snapshot!(prefix.shown(&["demo_nodes_cpp", "tall.launch.xml"]), @"
    exit: 66
    ----- stderr -----
    error: package `demo_nodes_cpp` has no file `tall.launch.xml`

    hint: did you mean `talk.launch.xml`?
    ");
    insta::assert_snapshot!(prefix.shown(&["check", "demo_nodes_cpp", "same.launch.xml"]), @"
    exit: 66
    ----- stderr -----
    error: package `demo_nodes_cpp` has 2 files `same.launch.xml`

    hint: give the path of one: `LOGS/share/demo_nodes_cpp/launch/one/same.launch.xml`, `LOGS/share/demo_nodes_cpp/launch/two/same.launch.xml`
    ");
    insta::assert_snapshot!(prefix.shown(&["demo_nodes", "talk.launch.xml"]), @"
    exit: 66
    ----- stderr -----
    error: there is no ROS 2 package `demo_nodes`

    hint: did you mean `demo_nodes_cpp`?
    AMENT_PREFIX_PATH says to look in `LOGS`
    it may come with `sudo apt install ros-RELEASE-demo-nodes`
    ");
}

#[test]
fn a_prefix_goes_before_the_programs_that_it_is_for() {
    let prefix = Prefix::new();
    prefix.program("listener", TELLS);
    let node = |exec: &str, more: &str| {
        format!("  - node: {{pkg: demo_nodes_cpp, exec: {exec}, output: screen{more}}}\n")
    };
    let own = ", name: own, launch-prefix: env COLOUR=blue";
    let nodes = node("talker", "") + &node("listener", "") + &node("talker", own);
    let file = prefix.file("a.launch.yaml", &format!("launch:\n{nodes}"));
    let colours = |args: &[&str]| {
        let mut lines = prefix.lines(&[args, &[file.to_str().unwrap()]].concat(), &[]);
        lines.retain(|line| line.contains(" env "));
        lines.sort();
        lines.join(", ").replace(" none", "")
    };

    insta::assert_snapshot!(colours(&["--launch-prefix", "env COLOUR=red"]), @"[listener] env red, [own] env blue, [talker] env red");
    insta::assert_snapshot!(
        colours(&["--launch-prefix", "env COLOUR=red", "--launch-prefix-filter", "list.*r"]), @"[listener] env red, [own] env blue, [talker] env");
    insta::assert_snapshot!(
        colours(&["--launch-prefix", "env COLOUR=red", "--launch-prefix-filter", "ist"]), @"[listener] env, [own] env blue, [talker] env");
}
