//! Whether blocks can run on an interpreter, told before anything starts: what they import is looked for, and their
//! text is read, but not run.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Interpreter, Script};
use crate::describe::DescribeError;
use crate::describe::run::run;

const PROGRAM: &str = include_str!("examine.py");
/// The oldest Python that the package runs on.
const OLDEST: (u32, u32) = (3, 9);
/// So many blocks are asked about at once: an argument holds 128 KiB.
const AT_ONCE: usize = 100;

/// What keeps a block from running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The block's file; none: it is the interpreter itself.
    pub file: Option<PathBuf>,
    /// The interpreter.
    pub python: PathBuf,
    /// What is missing or wrong.
    pub lack: Lack,
}

/// What is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The interpreter is too old.
    Version(u32, u32),
    /// The package `vc` cannot be imported, and Python's words about it.
    Package(String),
    /// A module that the code imports.
    Module {
        /// Its name.
        module: String,
        /// How messages call the code.
        shown: String,
        /// The line that imports it; 0: the host does.
        line: u32,
    },
    /// The code is no Python of this interpreter.
    Syntax {
        /// Python's words.
        message: String,
        /// How messages call the code.
        shown: String,
        /// The line.
        line: u32,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let python = self.python.display();
        match &self.lack {
            Lack::Version(major, minor) => {
                let (a, b) = OLDEST;
                write!(f, "`{python}` is Python {major}.{minor}; blocks need {a}.{b} or newer")
            }
            Lack::Package(said) => write!(f, "`{python}` cannot import `vc`: {said}"),
            Lack::Module { module, shown, line: 0 } => {
                write!(f, "`{python}` has no module `{module}`, which `vc.host` needs for {shown}")
            }
            Lack::Module { module, shown, line } => {
                write!(f, "`{python}` has no module `{module}`, which {shown} imports in line {line}")
            }
            Lack::Syntax { message, shown, line } => write!(f, "{shown}, line {line}: {message}"),
        }
    }
}

impl Obstacle {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let pip = |what: &str| format!("`{} -m pip install {what}`", self.python.display());
        match &self.lack {
            Lack::Version(..) => {
                Some("`python:` of the node, or `--python-exe`, names another one".to_owned())
            }
            Lack::Package(_) => Some(format!("in the project's folder: {}", pip("./python"))),
            Lack::Syntax { .. } => None,
            Lack::Module { module, .. } => Some(match package(module) {
                Some(package) => format!(
                    "{}; or name a Python that has it: `python:` of the node, or `--python-exe`",
                    pip(package)
                ),
                None => "it comes with ROS 2: source its `setup.bash` first".to_owned(),
            }),
        }
    }
}

/// What pip calls the package of a module; none if it is no matter of pip's.
fn package(module: &str) -> Option<&str> {
    let named = match module {
        "cv2" => "opencv-python",
        "PIL" => "pillow",
        "sklearn" => "scikit-learn",
        "skimage" => "scikit-image",
        "yaml" => "pyyaml",
        "serial" => "pyserial",
        "rclpy" | "rospy" | "cv_bridge" | "tf2_ros" | "ament_index_python" => return None,
        ros if ros.ends_with("_msgs") => return None,
        other => other,
    };
    Some(named)
}

#[derive(Serialize)]
struct Wanted<'a> {
    file: &'a Path,
    folders: Vec<PathBuf>,
    hosted: bool,
}

#[derive(Deserialize)]
struct Answer {
    version: (u32, u32),
    vc: Option<String>,
    files: Vec<Answered>,
}

#[derive(Deserialize)]
struct Answered {
    shown: String,
    missing: Vec<(String, u32)>,
    error: Option<(String, i64)>,
}

/// Asks an interpreter about blocks: each a file, and the folder that it runs in.
pub(crate) fn examine(
    python: &Interpreter,
    blocks: &[(&Path, Option<&Path>)],
    timeout: Duration,
) -> Result<Vec<Obstacle>, DescribeError> {
    let mut found = Vec::new();
    // No command line holds any number of them.
    for some in blocks.chunks(AT_ONCE) {
        found.extend(examine_some(python, some, timeout)?);
    }
    Ok(found)
}

fn examine_some(
    python: &Interpreter,
    blocks: &[(&Path, Option<&Path>)],
    timeout: Duration,
) -> Result<Vec<Obstacle>, DescribeError> {
    let wanted: Vec<Wanted<'_>> = blocks
        .iter()
        .map(|(file, cwd)| {
            let own = file.parent().map(Path::to_owned);
            let folder = cwd.map(Path::to_owned).or_else(|| std::env::current_dir().ok());
            let hosted = matches!(Script::of(file), Ok(Some(Script::Hosted(_))));
            Wanted { file, folders: own.into_iter().chain(folder).collect(), hosted }
        })
        .collect();
    let answer = ask(python, &wanted, timeout)?;
    let obstacle = |file: Option<&Path>, lack| Obstacle {
        file: file.map(Path::to_owned),
        python: python.exe.clone(),
        lack,
    };
    if answer.version < OLDEST {
        return Ok(vec![obstacle(None, Lack::Version(answer.version.0, answer.version.1))]);
    }
    let mut found: Vec<Obstacle> =
        answer.vc.map(|said| obstacle(None, Lack::Package(said))).into_iter().collect();
    for (one, told) in wanted.iter().zip(answer.files) {
        let shown =
            if told.shown == one.file.to_string_lossy() { format!("`{}`", told.shown) } else { told.shown };
        let number = |line: i64| u32::try_from(line).unwrap_or(1);
        found.extend(told.error.map(|(message, line)| {
            obstacle(Some(one.file), Lack::Syntax { message, shown: shown.clone(), line: number(line) })
        }));
        found.extend(told.missing.into_iter().map(|(module, line)| {
            obstacle(Some(one.file), Lack::Module { module, shown: shown.clone(), line })
        }));
    }
    Ok(found)
}

fn ask(python: &Interpreter, wanted: &[Wanted<'_>], timeout: Duration) -> Result<Answer, DescribeError> {
    let program = &python.exe;
    let mut command = Command::new(program);
    let question = serde_json::to_string(wanted).unwrap_or_default();
    command.args(["-c", PROGRAM, &question]).stderr(Stdio::piped());
    for (name, value) in python.environment() {
        command.env(name, value.unwrap_or_default());
    }
    let told = run(&mut command, program, timeout)?;
    serde_json::from_str(told.text.lines().last().unwrap_or_default()).map_err(|_| {
        let said = told.errors.trim_end().lines().last().unwrap_or("it is no Python").to_owned();
        DescribeError::Failed { program: program.clone(), said, place: None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `python3` says of a file with this text, and of a package `vc` that is `package`.
    fn examined(text: &str, package: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let (file, beside) = (folder.path().join("block.py"), folder.path().join("packages"));
        std::fs::create_dir(&beside).unwrap();
        std::fs::write(beside.join("vc.py"), package).unwrap();
        std::fs::write(beside.join("numpy.py"), "").unwrap();
        std::fs::write(folder.path().join("helper.py"), "").unwrap();
        std::fs::write(&file, text).unwrap();
        let mut python = Interpreter::find("python3", folder.path(), None).unwrap();
        python.path = Some(beside.display().to_string());
        let found = examine(&python, &[(&file, None)], Duration::from_secs(60)).unwrap();
        let folder = format!("{}/", folder.path().display());
        let exe = format!("`{}`", python.exe.display());
        found.iter().map(|one| one.to_string().replace(&folder, "").replace(&exe, "PYTHON")).collect()
    }

    #[test]
    fn what_is_imported_for_certain_must_be_there() {
        let text = "import vc, json\nimport helper\nfrom os.path import join\nimport no_such.part\n\
                    try:\n    import maybe\nexcept ImportError:\n    pass\n\
                    def later():\n    import not_now\nfrom . import sibling\n";
        let no_module = "PYTHON has no module `no_such`, which `block.py` imports in line 4";
        assert_eq!(examined(text, ""), [no_module]);
        assert_eq!(examined("import vc\n", ""), [""; 0]);
    }

    #[test]
    fn lines_are_counted_as_the_editor_does() {
        let line = r#"# vc-host: {"shown_as": "my.vc3, block `A`"}"#;
        let text = format!("# note\n{line}\nimport lib.exceptions, utils\nimport no_such\n");
        assert_eq!(
            examined(&text, ""),
            ["PYTHON has no module `no_such`, which my.vc3, block `A` imports in line 2"]
        );
        let broken = format!("# note\n{line}\nimport json\nx = )\n");
        assert_eq!(examined(&broken, ""), ["my.vc3, block `A`, line 2: unmatched ')'"]);
    }

    #[test]
    fn a_package_that_cannot_be_imported_is_told_with_pythons_words() {
        let said = examined("import vc\n", "raise ImportError('broken')");
        assert_eq!(said, ["PYTHON cannot import `vc`: ImportError: broken"]);
    }

    #[test]
    fn pip_knows_some_modules_by_other_names() {
        assert_eq!(package("cv2"), Some("opencv-python"));
        assert_eq!(package("scipy"), Some("scipy"));
        assert_eq!(package("sensor_msgs"), None);
    }
}
