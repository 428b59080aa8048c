//! Blocks in Python: which files are some, what interprets them, and what they need of it.
//!
//! A file is a block if it declares one with the package `vc` (it then answers `--describe`), or if it is VisualCircuit's
//! code under a [`HostLine`] (its ports are known without running it; `python3 -m vc.host` runs it).

mod examine;
mod interpreter;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use vc_msgs::stock;
use vc_words::host_line::{HostLineError, HostType};
use vc_words::{HostLine, Manifest};

use crate::find::Search;
use crate::plan::PlannedNode;
pub(crate) use examine::examine;
pub use examine::{Lack, Obstacle};
pub use interpreter::Interpreter;
pub(crate) use interpreter::USUAL;

/// As much of a file is looked at.
const BEGINNING: u64 = 1 << 20;
/// A block's `import vc` stands among so many first lines.
const NEAR_THE_TOP: usize = 200;

/// What a Python file is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Script {
    /// It declares a block with the package `vc`.
    Block,
    /// VisualCircuit's code, and what its line says.
    Hosted(Box<HostLine>),
}

impl Script {
    /// Looks at a file. `None`: it is no block in Python.
    ///
    /// # Errors
    /// What is wrong with its host line.
    pub(crate) fn of(file: &Path) -> Result<Option<Self>, HostLineError> {
        if !is_python(file) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        // A file that cannot be read is nobody's block; whoever starts it hears why.
        let _ = File::open(file).and_then(|file| file.take(BEGINNING).read_to_end(&mut bytes));
        let text = String::from_utf8_lossy(&bytes);
        if let Some(line) = HostLine::find(&text)? {
            return Ok(Some(Self::Hosted(Box::new(line))));
        }
        Ok(text.lines().take(NEAR_THE_TOP).any(imports_vc).then_some(Self::Block))
    }
}

/// Whether a file is Python's, by its name.
pub(crate) fn is_python(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "py")
}

/// Whether a file is a block in Python, its host line right or wrong.
pub(crate) fn is_script(file: &Path) -> bool {
    file.is_file() && Script::of(file).map_or(true, |script| script.is_some())
}

/// `import vc`, `import os, vc as blocks`, `from vc import Block`, at the left edge.
fn imports_vc(line: &str) -> bool {
    let first_word = |text: &str| text.split_whitespace().next() == Some("vc");
    match (line.strip_prefix("import "), line.strip_prefix("from ")) {
        (Some(modules), _) => modules.split('#').next().unwrap_or_default().split([',', ';']).any(first_word),
        (_, Some(module)) => first_word(module),
        _ => false,
    }
}

/// What a block of VisualCircuit's code says of itself.
pub(crate) fn hosted_manifest(line: &HostLine, file: &Path) -> Option<Manifest> {
    let types = |name: &'static str| {
        stock::find(name).map(|stock| HostType { hash: stock.hash, schema: stock.schema })
    };
    let block = node_word(&file.file_stem().unwrap_or_default().to_string_lossy());
    // Every type that a line can name is a stock type.
    line.manifest(&block, types).ok()
}

/// A word for a node's name, made of a file's; `vc.host` makes the same.
pub(crate) fn node_word(stem: &str) -> String {
    let word: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(100).collect();
    if word.starts_with(|c: char| c.is_ascii_digit()) || word.is_empty() { format!("_{word}") } else { word }
}

/// A program as it is started.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Program {
    /// The program's file.
    pub file: PathBuf,
    /// What interprets it; none: it runs by itself.
    pub python: Option<Interpreter>,
}

impl Program {
    /// One that runs by itself.
    pub fn of(file: PathBuf) -> Self {
        Self { file, python: None }
    }

    /// One that is installed here; a block in Python runs on the Python that is usual here.
    ///
    /// # Errors
    /// Why there is no Python for it.
    pub fn installed(file: PathBuf, search: &Search) -> Result<Self, String> {
        let python = is_script(&file).then(|| search.interpreter(None, None)).transpose()?;
        Ok(Self { file, python })
    }

    /// Has a planned node run it with what interprets it. What the node says of its environment stays.
    pub fn equip(&self, node: &mut PlannedNode) {
        node.prefix.extend(self.words_before());
        let own = self.python.iter().flat_map(Interpreter::environment);
        let new = own.filter(|(name, _)| node.env.iter().all(|(known, _)| known != name));
        let new: Vec<_> = new.collect();
        node.env.extend(new);
    }

    /// The words that come before the file on its command line.
    pub(crate) fn words_before(&self) -> Vec<String> {
        let Some(python) = &self.python else { return Vec::new() };
        let exe = python.exe.display().to_string();
        match Script::of(&self.file) {
            Ok(Some(Script::Hosted(_))) => vec![exe, "-m".to_owned(), "vc.host".to_owned()],
            _ => vec![exe],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(name: &str, text: &str) -> Option<Script> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        Script::of(&file).unwrap()
    }

    #[test]
    fn a_block_is_known_by_what_it_imports() {
        for text in [
            "import vc\n",
            "\"\"\"Doc.\"\"\"\nimport os, vc as blocks  # ours\n",
            "from vc import Block\n",
            "import numpy,vc",
        ] {
            assert_eq!(script("a.py", text), Some(Script::Block), "{text}");
        }
        for text in ["", "import vcs", "# import vc", "  import vc", "from vcs import x", "import os # vc"] {
            assert_eq!(script("a.py", text), None, "{text}");
        }
        let far = "\n".repeat(NEAR_THE_TOP) + "import vc";
        assert_eq!(script("a.py", &far), None);
        assert_eq!(script("a.sh", "import vc"), None);
        assert_eq!(Script::of(Path::new("/nowhere.py")), Ok(None));
    }

    #[test]
    fn a_host_line_comes_first_and_tells_all() {
        let text = "# vc-host: {\"outputs\": [{\"name\": \"The Out\", \"port\": \"out\", \"kind\": \"image\"}]}\nimport vc\n";
        let Some(Script::Hosted(line)) = script("Code 1.py", text) else { panic!("no host line") };
        let manifest = hosted_manifest(&line, Path::new("/x/Code 1.py")).unwrap();
        assert_eq!(manifest.block, "Code_1");
        assert_eq!(manifest.output("out").unwrap().type_name, "sensor_msgs/msg/Image");
        assert!(manifest.output("out").unwrap().hash.starts_with("RIHS01_"));
    }
}
