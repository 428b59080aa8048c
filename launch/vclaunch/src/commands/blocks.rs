//! `vclaunch blocks`

use std::path::{Path, PathBuf};

use vc_plan::{ProcessDescribe, Search};
use vc_words::{Descriptor, Manifest, Port, StandsFor};

use crate::args::BlocksArgs;
use crate::exit_code::{self, Code};
use crate::report::table::Table;
use crate::report::{self, Style};

/// Lists the blocks found, or shows one.
pub(crate) fn blocks(args: &BlocksArgs, style: Style) -> Code {
    let found = vc_plan::blocks(&Search::default_folders(), &ProcessDescribe::new());
    let Some(name) = &args.name else { return report::result(&listed(&found), style) };
    let named = |entry: &&Found| entry.1.block == *name;
    let by_block = found.iter().filter(named).max_by_key(|entry| is_main(entry));
    let by_file = || found.iter().find(|(path, _)| path.file_name() == Some(name.as_ref()));
    if let Some((path, manifest)) = by_block.or_else(by_file) {
        return report::result(&shown(path, manifest), style);
    }
    let near = vc_words::suggest::nearest(name, found.iter().map(|(_, manifest)| manifest.block.as_str()));
    let hint = near.map(|near| format!("did you mean `{near}`?"));
    let hint = hint.unwrap_or_else(|| "`vclaunch blocks` lists them".to_owned());
    report::error(&format!("there is no block `{name}`"), Some(&hint), style);
    exit_code::UNKNOWN_BLOCK
}

/// A program and what it says of itself.
type Found = (PathBuf, Manifest);

/// Whether a program has its block's name; others are that block's helpers.
fn is_main((path, manifest): &Found) -> bool {
    path.file_name() == Some(manifest.block.as_ref())
}

fn listed(found: &[Found]) -> String {
    if found.is_empty() {
        return "no blocks found: they are looked for in VC_BLOCKS_PATH and beside vclaunch\n".to_owned();
    }
    let mut table = Table::new(&["block", "description"]);
    let has_main = |block: &str| found.iter().any(|entry| is_main(entry) && entry.1.block == block);
    for (_, manifest) in found.iter().filter(|entry| is_main(entry) || !has_main(&entry.1.block)) {
        table.row([manifest.block.clone(), manifest.description.clone()]);
    }
    table.to_string()
}

fn shown(path: &Path, manifest: &Manifest) -> String {
    let Manifest { block, version, description, inputs, outputs, parameters, stands_for, .. } = manifest;
    let mut text = format!("{block} {version}: {description}\n{}\n", path.display());
    text += &section("input", inputs, |port| [port.name.clone(), type_of(port), port.description.clone()]);
    text += &section("output", outputs, |port| [port.name.clone(), type_of(port), port.description.clone()]);
    text += &section("parameter", parameters, |parameter| {
        [parameter.name.clone(), value_of(parameter), parameter.description.clone()]
    });
    text + &packages(stands_for)
}

/// The packages of VisualCircuit that a block stands for, and what its ports and parameters are called there.
fn packages(all: &[StandsFor]) -> String {
    let mut table = Table::new(&["stands for", "its names and ours"]);
    for package in all {
        let names = package.names().into_iter().map(|(theirs, ours)| format!("{theirs} = {ours}"));
        let preset = package.preset.iter().map(|(ours, value)| format!("{ours} is {}", value.to_yaml()));
        table.row([package.title(), names.chain(preset).collect::<Vec<_>>().join(", ")]);
    }
    if all.is_empty() { String::new() } else { format!("\n{table}") }
}

fn section<T>(title: &str, items: &[T], row: impl Fn(&T) -> [String; 3]) -> String {
    let second = if title == "parameter" { "type and default" } else { "type" };
    let mut table = Table::new(&[title, second, "description"]);
    items.iter().map(row).for_each(|cells| table.row(cells));
    if items.is_empty() { String::new() } else { format!("\n{table}") }
}

fn type_of(port: &Port) -> String {
    let need = match (port.required, port.optional) {
        (true, _) => " (required)",
        (_, true) => " (optional)",
        _ => "",
    };
    format!("{}{need}", port.type_name)
}

/// Such as `double = 30 Hz, 1 to 120`.
fn value_of(parameter: &Descriptor) -> String {
    let unit = parameter.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let value = format!("{} = {}{unit}", parameter.kind, parameter.default.to_yaml());
    let range = match (parameter.min, parameter.max) {
        (Some(min), Some(max)) => format!(", {min} to {max}"),
        (Some(min), None) => format!(", at least {min}"),
        (None, Some(max)) => format!(", at most {max}"),
        (None, None) => String::new(),
    };
    let choices = parameter.choices.join(", ");
    let choices = if choices.is_empty() { choices } else { format!(", one of {choices}") };
    value + &range + &choices + if parameter.live { ", live" } else { "" }
}
