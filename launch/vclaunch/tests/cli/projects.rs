//! VisualCircuit projects on the command line.

use crate::seen::{command, shown};

#[test]
fn a_project_is_written_as_a_launch_file_and_never_over_another() {
    let logs = tempfile::tempdir().unwrap();
    let out = logs.path().join("new/my.launch.yaml");
    let convert = |more: &[&str]| {
        let mut command = command(&logs);
        command.arg("convert").arg("doubled.vc3").arg("-o").arg(&out).args(more);
        shown(&command.output().unwrap(), &logs)
    };

    insta::assert_snapshot!(convert(&[]), @"
    exit: 0
    ----- stdout -----
    wrote LOGS/RUN
    wrote LOGS/RUN
    wrote LOGS/RUN

    block   package  runs       because
    Code             in Python  own code
    Code_2           in Python  own code

    Its author asks for these from pip: mediapipe>=0.10.30.
    ");
    let written = std::fs::read_to_string(&out).unwrap();
    let folder = logs.path().canonicalize().unwrap();
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/files");
    // The launch file lies one folder below, in `out`'s.
    let shared = folder.components().zip(home.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).count() + 1;
    let down = home.components().skip(shared).collect::<std::path::PathBuf>();
    let path = "../".repeat(up) + down.to_str().unwrap();
    insta::assert_snapshot!(written.replace(&path, "FILES"), @"
    # Made by `vclaunch convert` from the VisualCircuit project doubled.vc3.
    # Nodes run in the project's folder, where their code finds its files.
    launch:

      # Code, in Python: own code
      - node:
          exec: my_blocks/Code.py
          name: Code
          cwd: FILES
          output: screen

      # Code_2, in Python: own code
      - node:
          exec: my_blocks/Code_2.py
          name: Code_2
          cwd: FILES
          output: screen

      - wire: {from: Code/Count, to: Code_2/Number}
    ");
    let code = std::fs::read_to_string(logs.path().join("new/my_blocks/Code_2.py")).unwrap();
    insta::assert_snapshot!(code, @r#"
    # vc-host: {"frequency":10.0,"inputs":[{"name":"Number","port":"Number","kind":"number"}],"outputs":[],"parameters":[{"name":"Factor","value":"2"}]}
    def main(inputs, outputs, parameters, synchronise):
        while True:
            n = inputs.read_number('Number')
            if n is not None:
                print(float(n) * parameters.read_number('Factor'))
            synchronise()
    "#);

    insta::assert_snapshot!(convert(&[]), @"
    exit: 74
    ----- stderr -----
    error: `LOGS/new/my_blocks/Code.py` is there already; nothing was written

    hint: `--force` writes over it
    ");
    std::fs::write(&out, "mine").unwrap();
    assert!(convert(&["--force"]).starts_with("exit: 0"));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), written);
}

#[test]
fn what_is_no_project_is_not_converted() {
    let logs = tempfile::tempdir().unwrap();
    let convert = |file: &str| {
        let mut command = command(&logs);
        command.args(["convert", file, "-o"]).arg(logs.path().join("x.yaml"));
        shown(&command.output().unwrap(), &logs)
    };
    insta::assert_snapshot!(convert("none.vc3"), @"
    exit: 66
    ----- stderr -----
    error: cannot read launch file `none.vc3`: no such file or directory

    hint: there is `broken.launch.yaml`, `doubled.vc3`, `good.launch.yaml`, `typo.launch.yaml`
    ");
    insta::assert_snapshot!(convert("good.launch.yaml"), @"
    exit: 65
    ----- stderr -----
    error: cannot read the project: not valid JSON: expected value (line 1, column 1)
     --> good.launch.yaml
    ");
    assert!(!logs.path().join("x.yaml").exists());
}

#[test]
fn check_tells_what_runs_how_beside_what_is_missing() {
    let logs = tempfile::tempdir().unwrap();
    let mut command = command(&logs);
    command.args(["check", "doubled.vc3", "--python-exe", "./no-python"]);
    let seen = shown(&command.output().unwrap(), &logs);

    assert!(seen.starts_with("exit: 65\n") && seen.contains("no-python"), "{seen}");
    for line in ["Code             in Python  own code", "Code_2           in Python  own code"] {
        assert!(seen.contains(line), "{seen}");
    }
}
