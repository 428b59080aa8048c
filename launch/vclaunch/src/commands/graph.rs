//! `vclaunch graph`

use std::path::Path;

use vc_plan::graph;

use crate::args::{GraphArgs, GraphFormat};
use crate::commands::read;
use crate::exit_code::{self, Code};
use crate::report::{self, Style};

/// Draws a circuit.
pub(crate) fn graph(args: &GraphArgs, style: Style) -> Code {
    let plan = match read::checked(&args.launch, &read::log_folder(None), None, style) {
        Ok(checked) => checked.plan,
        Err(code) => return code,
    };
    let by_name = args.output.as_deref().and_then(format_of);
    let drawing = match args.format.or(by_name).unwrap_or(GraphFormat::Dot) {
        GraphFormat::Dot => graph::dot(&plan),
        GraphFormat::Mermaid => graph::mermaid(&plan),
        GraphFormat::Svg => graph::svg(&plan),
    };
    let Some(file) = &args.output else { return report::result(&drawing, style) };
    match std::fs::write(file, drawing) {
        Ok(()) => exit_code::SUCCESS,
        Err(error) => {
            let message = format!("cannot write `{}`: {}", file.display(), report::reason(&error));
            report::error(&message, None, style);
            exit_code::CANNOT_WRITE
        }
    }
}

fn format_of(file: &Path) -> Option<GraphFormat> {
    match file.extension()?.to_str()? {
        "svg" => Some(GraphFormat::Svg),
        "dot" | "gv" => Some(GraphFormat::Dot),
        "mmd" | "mermaid" | "md" => Some(GraphFormat::Mermaid),
        _ => None,
    }
}
