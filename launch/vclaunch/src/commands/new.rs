//! `vclaunch new block`

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vc_plan::{ProcessDescribe, Search};
use vc_words::{Namespace, NodeName};

use crate::args::NewBlockArgs;
use crate::exit_code::{self, Code};
use crate::report::{self, Style};

/// The checkout that this program was built from: new crates take the library from there.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// What the templates call the block.
const STAND_IN: &str = "template_block";

/// A file of a template: its path in the new folder, and its text.
type File = (&'static str, &'static str);

const RUST: [File; 5] = [
    ("Cargo.toml", include_str!("../../templates/rust/Cargo.toml.in")),
    ("src/main.rs", include_str!("../../templates/rust/src/main.rs")),
    ("src/negative.rs", include_str!("../../templates/rust/src/negative.rs")),
    ("template_block.launch.yaml", include_str!("../../templates/rust/launch.yaml")),
    (".gitignore", "/target\n"),
];
const PYTHON: [File; 3] = [
    ("template_block.py", include_str!("../../templates/python/template_block.py")),
    ("test_template_block.py", include_str!("../../templates/python/test_template_block.py")),
    ("template_block.launch.yaml", include_str!("../../templates/python/launch.yaml")),
];

/// Words that mean something to Rust, its build, or YAML, and pass for names otherwise.
const TAKEN_IN_RUST: &str = "abstract alloc as async await become box break const continue core crate do dyn else enum \
    extern false final fn for gen if impl in let loop macro match mod move mut null off on override priv proc_macro pub \
    ref return self static std struct super test trait true try type typeof unsafe unsized use vc vc_picture virtual \
    where while yes yield";
/// The same for Python.
const TAKEN_IN_PYTHON: &str = "and as assert async await break class continue def del elif else except finally for from \
    global if import in is lambda nonlocal not null off on or pass raise return true try while with yes yield";

/// Makes a folder with a block to begin with, its test, and a circuit to see it in.
pub(crate) fn block(args: &NewBlockArgs, style: Style) -> Code {
    let name = &args.name;
    if let Some((why, hint)) = refused(name, args.python) {
        report::error(&format!("`{name}` cannot be a new block's name: {why}"), Some(&hint), style);
        return exit_code::USAGE;
    }
    let checkout = match Path::new(CHECKOUT).canonicalize() {
        Ok(checkout) if checkout.join("core/Cargo.toml").is_file() => checkout,
        _ => {
            let message =
                format!("this `vclaunch` was built from {CHECKOUT}, and the library is not there any more");
            report::error(&message, Some("build `vclaunch` anew from your checkout of vc"), style);
            return exit_code::CANNOT_WRITE;
        }
    };
    let files: &[File] = if args.python { &PYTHON } else { &RUST };
    let folder = Path::new(name);
    let lock = if args.python { None } else { fs::read_to_string(checkout.join("Cargo.lock")).ok() };
    let lock = lock.map(|text| (PathBuf::from("Cargo.lock"), text));
    let template = files.iter().map(|(path, text)| {
        let [path, text] = [path, text].map(|part| filled(part, name, &checkout));
        (PathBuf::from(path), text)
    });
    // The versions that the library is tested with.
    let files: Vec<_> = template.chain(lock).collect();
    match written(folder, &files) {
        Ok(paths) => {
            let wrote = paths
                .iter()
                .fold(String::new(), |wrote, path| wrote + &format!("wrote {}\n", path.display()));
            report::result(&(wrote + &next_steps(name, args.python, &checkout)), style)
        }
        Err((path, error)) => {
            let there = error.kind() == io::ErrorKind::AlreadyExists;
            let message = if there {
                format!("`{}` is there already; nothing was written", path.display())
            } else {
                format!("cannot write `{}`: {}", path.display(), report::reason(&error))
            };
            report::error(&message, None, style);
            exit_code::CANNOT_WRITE
        }
    }
}

/// Why no new block can have this name, and what helps.
fn refused(name: &str, python: bool) -> Option<(String, String)> {
    let other = |why: &str| Some((why.to_owned(), "take another name".to_owned()));
    if let Err(error) = NodeName::new(Namespace::root(), name) {
        return Some((error.to_string(), proposal(name)));
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) || name.starts_with('_') {
        let why = "programs have names of small letters, digits and underscores, and begin with a letter";
        return Some((why.to_owned(), proposal(name)));
    }
    let (taken, language) = if python { (TAKEN_IN_PYTHON, "Python") } else { (TAKEN_IN_RUST, "Rust") };
    if taken.split_whitespace().any(|word| word == name) {
        return other(&format!("the word has a meaning of its own, in {language} or in launch files"));
    }
    if python && is_python_module(name) {
        return other("Python has a module of that name, and programs would get yours instead");
    }
    let found = vc_plan::blocks(&Search::default_folders(), &ProcessDescribe::new());
    let same = found.iter().find(|(_, manifest)| manifest.block == name)?;
    other(&format!("there is such a block, {}", same.0.display()))
}

/// The command with a name as near as can be.
fn proposal(name: &str) -> String {
    let small = name.to_ascii_lowercase();
    let words = small.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("_");
    let near = joined.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let near = &near[..near.len().min(40)];
    if near.is_empty() {
        "a name such as `my_block`".to_owned()
    } else {
        format!("`vclaunch new block {near}`")
    }
}

/// Whether Python finds a module of this name by itself. Without Python nothing can be said.
fn is_python_module(name: &str) -> bool {
    let code = "import sys, importlib.util as u; sys.exit(u.find_spec(sys.argv[1]) is None)";
    let mut python = Command::new("python3");
    // Isolated: what lies in the present folder does not count.
    python.args(["-I", "-c", code, name]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

/// A template's text for this block.
fn filled(text: &str, name: &str, checkout: &Path) -> String {
    // Within quotes, in TOML.
    let checkout = checkout.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    text.replace(STAND_IN, name).replace("CHECKOUT", &checkout)
}

/// Writes the files into a new folder; gives their paths.
fn written(folder: &Path, files: &[(PathBuf, String)]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    fs::create_dir(folder).map_err(|error| (folder.to_owned(), error))?;
    let mut paths = Vec::new();
    for (path, text) in files {
        let path = folder.join(path);
        write(&path, text).map_err(|error| (path.clone(), error))?;
        paths.push(path);
    }
    Ok(paths)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    fs::write(path, text)?;
    if text.starts_with("#!") {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn next_steps(name: &str, python: bool, checkout: &Path) -> String {
    let checkout = checkout.display();
    let (test, run, library) = if python {
        (
            format!("PYTHONPATH={checkout}/python python3 -m unittest"),
            format!("vclaunch {name}.launch.yaml"),
            "It needs NumPy: `--python-exe VENV` names a Python that has it.",
        )
    } else {
        (
            "cargo test".to_owned(),
            format!("cargo build && vclaunch {name}.launch.yaml"),
            "Its Cargo.toml names the library by its path there.",
        )
    };
    format!(
        "\nNext:\n  cd {name}\n  {test}\n  {run}\n\n\
         The manual is {checkout}/docs/your-first-block.md. {library}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_name_comes_with_one_that_is_not() {
        for (name, near) in [
            ("My-Block", "my_block"),
            ("Édge", "dge"),
            ("3d", "d"),
            ("a__b", "a_b"),
            ("_x", "x"),
            ("a/b", "a_b"),
        ] {
            assert_eq!(proposal(name), format!("`vclaunch new block {near}`"), "{name}");
        }
        assert_eq!(proposal("¿?"), "a name such as `my_block`");
        assert!(refused(&"x".repeat(300), false).is_some());
    }

    #[test]
    fn no_template_keeps_its_placeholders() {
        for (path, text) in RUST.iter().chain(&PYTHON) {
            for part in [path, text] {
                let filled = filled(part, "sparkle", Path::new("/a \"b\""));
                assert!(!filled.contains(STAND_IN) && !filled.contains("CHECKOUT"), "{path}");
            }
        }
        let manifest = filled(RUST[0].1, "sparkle", Path::new("/a \"b\""));
        assert!(manifest.contains(r#"vc = { path = "/a \"b\"/core" }"#), "{manifest}");
    }
}
