//! `vclaunch convert`

use std::path::{Path, PathBuf};

use vc_plan::{Converted, Options, ProcessDescribe, Search};

use crate::args::ConvertArgs;
use crate::commands::{check, read};
use crate::exit_code::{self, Code};
use crate::report::{self, Style};

/// Writes a VisualCircuit project as a launch file.
pub(crate) fn convert(args: &ConvertArgs, style: Style) -> Code {
    if let Err(code) = read::is_readable(&args.file, style) {
        return code;
    }
    let options = Options {
        search: Search::default_folders(),
        project: read::choice(&args.project),
        ..Options::default()
    };
    let converted = match vc_plan::convert(&args.file, &args.output, &options, &ProcessDescribe::new()) {
        Ok(converted) => converted,
        Err(report) => return report::invalid(&report, style),
    };
    for warning in &converted.warnings {
        report::note(&warning.render(style.colour_err));
    }
    let files = files(&converted, &args.output);
    if !args.force
        && let Some((there, _)) = files.iter().find(|(path, _)| path.exists())
    {
        let message = format!("`{}` is there already; nothing was written", there.display());
        report::error(&message, Some("`--force` writes over it"), style);
        return exit_code::CANNOT_WRITE;
    }
    for (path, text) in &files {
        if let Err(error) = write(path, text) {
            let message = format!("cannot write `{}`: {}", path.display(), report::reason(&error));
            report::error(&message, None, style);
            return exit_code::CANNOT_WRITE;
        }
    }
    report::result(&told(&converted, &files), style)
}

/// What is to be written: the Python files first, so that a launch file is never without them.
fn files<'a>(converted: &'a Converted, output: &Path) -> Vec<(PathBuf, &'a str)> {
    let beside = output.parent().unwrap_or(Path::new("")).join(&converted.folder);
    let python = converted.python.iter().map(|(name, text)| (beside.join(name), text.as_str()));
    python.chain([(output.to_owned(), converted.launch.as_str())]).collect()
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

fn told(converted: &Converted, files: &[(PathBuf, &str)]) -> String {
    let written = files.iter().rev().map(|(path, _)| format!("wrote {}\n", path.display()));
    written.collect::<String>() + &check::project(&converted.notes)
}
