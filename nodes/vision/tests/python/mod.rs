//! OpenCV's own Python package, of the release that Debian 12 has, in an environment that is made once.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An interpreter with it, and a folder for files of `purpose`. `None`, said on standard error, if it is not wanted.
pub(crate) fn with_opencv(purpose: &str) -> Option<(PathBuf, PathBuf)> {
    if std::env::var("VC_SKIP_PYTHON").is_ok_and(|value| value == "1") {
        eprintln!("SKIPPED: VC_SKIP_PYTHON=1, {purpose}: nothing was compared with OpenCV's Python package");
        return None;
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = home.join(purpose);
    std::fs::create_dir_all(&folder).unwrap();
    Some((interpreter(&home.join("opencv-python")), folder))
}

fn interpreter(home: &Path) -> PathBuf {
    let (python, ready) = (home.join("bin/python"), home.join("ready-1"));
    // Test programs may be run at once: who has the lock makes the environment, the others wait for it.
    let lock = std::fs::File::create(home.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if !ready.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home));
        let packages: [&[&str]; 2] = [
            &["opencv-python-headless==4.6.0.66", "numpy<2", "onnx==1.16.2"],
            &["--no-deps", "scikit-image==0.22.0"],
        ];
        for package in packages {
            let pip = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:"];
            run(Command::new(&python).args(pip).args(package));
        }
        std::fs::write(ready, "").unwrap();
    }
    python
}

/// Runs a command, which must end with success.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("python3 is needed (VC_SKIP_PYTHON=1 leaves these tests out)");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
