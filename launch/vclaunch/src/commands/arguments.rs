//! `vclaunch args`

use std::path::Path;

use vc_plan::ArgumentInfo;

use crate::args::FileArgs;
use crate::commands::{package, read};
use crate::exit_code::Code;
use crate::report::table::Table;
use crate::report::{self, Style};

/// Shows the arguments that a launch file takes.
pub(crate) fn arguments(args: &FileArgs, style: Style) -> Code {
    show(&args.file, args.file_of_package.as_deref(), style)
}

/// Shows the arguments of the launch file, or of the package's file of that name.
pub(crate) fn show(file: &Path, of_package: Option<&Path>, style: Style) -> Code {
    let file = match package::file(file, of_package, style) {
        Ok(file) => file,
        Err(code) => return code,
    };
    if let Err(code) = read::is_readable(&file, style) {
        return code;
    }
    match vc_plan::arguments(&file) {
        Ok(arguments) if arguments.is_empty() => {
            report::result(&format!("{} takes no arguments\n", file.display()), style)
        }
        Ok(arguments) => report::result(&listed(&arguments), style),
        Err(report) => report::invalid(&report, style),
    }
}

/// The file's own arguments, and below them those of the files that it includes.
fn listed(arguments: &[ArgumentInfo]) -> String {
    let (within, own): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.is_within);
    let mut tables = Vec::new();
    if !own.is_empty() {
        let mut table = Table::new(&["argument", "default", "description"]);
        for argument in own {
            table.row(row(argument));
        }
        tables.push(table.to_string());
    }
    if !within.is_empty() {
        let mut table = Table::new(&["argument", "default", "description", "of"]);
        for argument in within {
            let file = argument.place.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let [name, default, description] = row(argument);
            table.row([name, default, description, file]);
        }
        tables.push(table.to_string());
    }
    tables.join("\n")
}

fn row(argument: &ArgumentInfo) -> [String; 3] {
    let default = match (&argument.fixed, &argument.default) {
        (Some(fixed), _) => format!("{fixed} (fixed)"),
        (None, Some(default)) => format!("{default:?}").trim_matches('"').to_owned(),
        (None, None) => "(must be given)".to_owned(),
    };
    let choices = argument.choices.join(", ");
    let choices = (!choices.is_empty()).then(|| format!("[one of: {choices}]"));
    let description: Vec<String> = argument.description.clone().into_iter().chain(choices).collect();
    [argument.name.clone(), default, description.join(" ")]
}
