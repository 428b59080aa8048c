//! What an agent lets others start.

use std::path::{Path, PathBuf};

use vc_plan::plan::{NodeKind, PlannedNode};
use vc_plan::{Describe, Plan, Program, Search};

/// Variables that make a program run somebody else's code.
const DANGEROUS: [&str; 8] =
    ["LD_", "PYTHON", "GCONV_PATH", "BASH_ENV", "ENV", "PATH", "IFS", "VC_BLOCKS_PATH"];

/// What may be started.
#[derive(Debug, Clone, Default)]
pub struct Permission {
    /// Where installed blocks are.
    pub search: Search,
    /// Folders any program of which may be started.
    pub folders: Vec<PathBuf>,
    /// Whether anything may be started, in any way.
    pub commands: bool,
}

impl Permission {
    /// Checks every node of a part.
    ///
    /// # Errors
    /// Why the first that may not be started may not.
    pub fn check(&self, part: &Plan, describe: &dyn Describe) -> Result<(), String> {
        part.nodes.iter().try_for_each(|node| {
            self.check_node(node, describe).map_err(|why| format!("node `{}`: {why}", node.name))
        })
    }

    fn check_node(&self, node: &PlannedNode, describe: &dyn Describe) -> Result<(), String> {
        // A relay's program and its whole command line are the agent's own.
        if self.commands || matches!(node.kind, NodeKind::Relay(_)) {
            return Ok(());
        }
        if !node.prefix.is_empty() {
            return Err("`launch-prefix` is a command, which needs `--allow-commands`".to_owned());
        }
        if let Some((name, _)) = node.env.iter().find(|(name, _)| is_dangerous(name)) {
            return Err(format!("setting {name} needs `--allow-commands`"));
        }
        self.check_program(&node.program, describe)
    }

    fn check_program(&self, program: &Path, describe: &dyn Describe) -> Result<(), String> {
        let shown = program.display();
        // The file that would run, whatever leads to it.
        let real = program.canonicalize().map_err(|error| format!("`{shown}`: {error}"))?;
        let is_below = |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder));
        if self.folders.iter().any(is_below) {
            return Ok(());
        }
        let is_installed = program.is_absolute()
            && program.parent().is_some_and(|folder| self.search.is_block_folder(folder));
        let is_block = |program| matches!(describe.describe(&program), Ok(Some(_)));
        if is_installed && Program::installed(program.to_owned(), &self.search).is_ok_and(is_block) {
            return Ok(());
        }
        Err(format!(
            "`{shown}` is no block installed there; the agent's `--allow-folder` or `--allow-commands` lets it run"
        ))
    }
}

fn is_dangerous(name: &str) -> bool {
    DANGEROUS.iter().any(|known| name == *known || (known.ends_with('_') && name.starts_with(known)))
        || name.starts_with("PYTHON")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use vc_plan::DescribeError;
    use vc_words::Manifest;

    /// Takes every program called `block` for one.
    struct ByName;

    impl Describe for ByName {
        fn describe(&self, program: &Program) -> Result<Option<Manifest>, DescribeError> {
            let text = r#"{"vc":1,"block":"block","version":"1","description":"","inputs":[],"outputs":[],"parameters":[]}"#;
            Ok(program.file.ends_with("block").then(|| Manifest::from_json(text).unwrap()))
        }
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin/block", "bin/tool", "own/block", "own/tool"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        std::os::unix::fs::symlink("../bin/tool", folder.path().join("own/way_out")).unwrap();
        folder
    }

    #[test]
    fn installed_blocks_and_allowed_folders_only() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        let search = Search { folders: vec![at("bin")], ..Search::default() };
        let plain = Permission { search, ..Permission::default() };
        let wider = Permission { folders: vec![at("own")], ..plain.clone() };
        let may = |permission: &Permission, path: PathBuf| permission.check_program(&path, &ByName).is_ok();

        assert!(may(&plain, at("bin/block")));
        for other in ["bin/tool", "own/block", "own/tool", "bin/nothing", "own/../own/tool"] {
            assert!(!may(&plain, at(other)), "{other}");
        }
        assert!(may(&wider, at("own/tool")) && may(&wider, at("bin/../own/tool")));
        for out in ["own/way_out", "own/../bin/tool", "bin/tool"] {
            assert!(!may(&wider, at(out)), "{out}");
        }
        assert!(!may(&wider, "/bin/sh".into()) && !may(&wider, "block".into()));
    }

    #[test]
    fn variables_that_load_code_are_known() {
        for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONSTARTUP", "PATH", "BASH_ENV"] {
            assert!(is_dangerous(name), "{name}");
        }
        for name in ["OPENCV_LOG_LEVEL", "PATHS", "VC_LOG", "DISPLAY"] {
            assert!(!is_dangerous(name), "{name}");
        }
    }
}
