//! `vclaunch blocks`

use std::path::Path;

use vc_plan::{ProcessDescribe, Search};
use vc_words::{Descriptor, Manifest, Port};

use crate::args::BlocksArgs;
use crate::exit_code::{self, Code};
use crate::report::table::Table;
use crate::report::{self, Style};

/// Lists the blocks found, or shows one.
pub(crate) fn blocks(args: &BlocksArgs, style: Style) -> Code {
    let search = Search::default_folders();
    let found = vc_plan::blocks(&search, &ProcessDescribe::new());
    let Some(name) = &args.name else { return report::result(&listed(&found), style) };
    match found
        .iter()
        .find(|(path, manifest)| manifest.block == *name || path.file_name() == Some(name.as_ref()))
    {
        Some((path, manifest)) => report::result(&shown(path, manifest), style),
        None => {
            let names: Vec<&str> = found.iter().map(|(_, manifest)| manifest.block.as_str()).collect();
            let near = vc_words::suggest::nearest(name, names.iter().copied());
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            let hint = hint.unwrap_or_else(|| "`vclaunch blocks` lists them".to_owned());
            report::error(&format!("there is no block `{name}`"), Some(&hint), style);
            exit_code::UNKNOWN_BLOCK
        }
    }
}

fn listed(found: &[(std::path::PathBuf, Manifest)]) -> String {
    if found.is_empty() {
        return "no blocks found: they are looked for in VC_BLOCKS_PATH and beside vclaunch\n".to_owned();
    }
    let mut table = Table::new(&["block", "description"]);
    for (_, manifest) in found {
        table.row([manifest.block.clone(), manifest.description.clone()]);
    }
    table.to_string()
}

fn shown(path: &Path, manifest: &Manifest) -> String {
    let Manifest { block, version, description, inputs, outputs, parameters, .. } = manifest;
    let mut text = format!("{block} {version}: {description}\n{}\n", path.display());
    text += &section("input", inputs, |port| [port.name.clone(), type_of(port), port.description.clone()]);
    text += &section("output", outputs, |port| [port.name.clone(), type_of(port), port.description.clone()]);
    text + &section("parameter", parameters, |parameter| {
        [parameter.name.clone(), value_of(parameter), parameter.description.clone()]
    })
}

fn section<T>(title: &str, items: &[T], row: impl Fn(&T) -> [String; 3]) -> String {
    let second = if title == "parameter" { "type and default" } else { "type" };
    let mut table = Table::new(&[title, second, "description"]);
    items.iter().map(row).for_each(|cells| table.row(cells));
    if items.is_empty() { String::new() } else { format!("\n{table}") }
}

fn type_of(port: &Port) -> String {
    if port.required { format!("{} (required)", port.type_name) } else { port.type_name.clone() }
}

/// Such as `double = 30 Hz, 1 to 120`.
fn value_of(parameter: &Descriptor) -> String {
    let unit = parameter.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let mut text = format!("{} = {}{unit}", parameter.kind, parameter.default.to_yaml());
    match (parameter.min, parameter.max) {
        (Some(min), Some(max)) => text += &format!(", {min} to {max}"),
        (Some(min), None) => text += &format!(", at least {min}"),
        (None, Some(max)) => text += &format!(", at most {max}"),
        (None, None) => {}
    }
    if !parameter.choices.is_empty() {
        text += &format!(", one of {}", parameter.choices.join(", "));
    }
    text
}
