//! A project as it stands in its file: blocks, wires, and packages within packages.

use std::collections::HashMap;
use std::sync::Arc;

use vc_words::host_line::HostEntry as Entry;

use crate::error::ReadError;
use crate::frequency::Frequency;
use crate::json::Json;
use crate::python::has_function;

/// The most inputs, outputs or parameters of one code block.
pub(crate) const MAX_PORTS: usize = 1000;

/// Which of VisualCircuit's file formats it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.vc3`, of VisualCircuit 3.
    Vc3,
    /// `.vc`, of VisualCircuit 2.
    Vc,
}

/// A project, read but not worked out.
#[derive(Debug)]
pub struct Project {
    /// Its format.
    pub format: Format,
    /// What it calls itself; empty if it does not.
    pub name: String,
    pub(crate) root: Arc<Package>,
    /// What the editor draws. It holds the packages once more.
    pub(crate) editor: Option<Json>,
    /// Python packages that its author says it needs, as `mediapipe>=0.10.30`.
    pub requirements: Vec<String>,
}

/// The content of a project or of a package.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) wires: Vec<Wire>,
    pub(crate) dependencies: HashMap<String, Arc<Package>>,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) id: String,
    pub(crate) kind: BlockKind,
}

#[derive(Debug)]
pub(crate) enum BlockKind {
    Code(Arc<Code>),
    Constant {
        name: String,
        /// None for null, which counts as no parameter at all.
        value: Option<String>,
    },
    Input {
        name: String,
    },
    Output {
        name: String,
    },
    /// A note, or another basic block that has no ports.
    Note,
    /// A package, by its key in the dependencies.
    Package {
        key: String,
    },
}

/// The content of a code block.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) text: Arc<str>,
    /// None if the block states none.
    pub(crate) frequency: Option<Frequency>,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    pub(crate) parameters: Vec<String>,
    pub(crate) entry: Entry,
}

#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) source: End,
    pub(crate) target: End,
    /// Marked by VisualCircuit's own builder as leading out of its level.
    pub(crate) marked: bool,
}

#[derive(Debug)]
pub(crate) struct End {
    pub(crate) block: String,
    pub(crate) port: String,
    pub(crate) name: String,
}

/// Reads the text of a project, of either format.
///
/// What VisualCircuit's own tools write, and what they have written in the past, is accepted; see docs/visualcircuit.md.
///
/// # Errors
/// [`ReadError`] if it is no project, or one beyond bounds.
pub fn read(text: &str) -> Result<Project, ReadError> {
    let mut tree = Json::parse(text)?;
    let stranger = |why| Err(ReadError::Stranger { why });
    if tree.map().is_none() {
        return stranger("it is no JSON object");
    }
    if tree.at(&["design", "graph", "blocks"]).is_none() {
        return stranger("it has no `design` with blocks");
    }
    let editor = take(&mut tree, "editor");
    let version = text_of(&tree, "version");
    let format = match version.split('.').next() {
        Some("1") => Format::Vc,
        Some("") if editor.is_none() => Format::Vc,
        _ => Format::Vc3,
    };
    let root = package(&tree, "the project")?;
    Ok(Project {
        format,
        name: root.name.clone(),
        root: Arc::new(root),
        editor,
        requirements: requirements(&tree),
    })
}

fn take(tree: &mut Json, key: &str) -> Option<Json> {
    let Json::Map(entries) = tree else { return None };
    let at = entries.iter().rposition(|(name, _)| name == key)?;
    Some(entries.swap_remove(at).1)
}

/// Dependencies that are no packages of blocks: a user's list of what to install.
fn requirements(tree: &Json) -> Vec<String> {
    let entries = tree.get("dependencies").and_then(Json::map).unwrap_or_default();
    let stated = entries.iter().filter_map(|(name, value)| {
        let version = value.text()?;
        let version = version.trim();
        let sign = if version.starts_with(|c: char| c.is_ascii_digit()) { "==" } else { "" };
        Some(format!("{name}{sign}{version}"))
    });
    stated.collect()
}

/// A package, from `{package, design, dependencies}`; the editor calls the first `info`.
pub(crate) fn package(tree: &Json, called: &str) -> Result<Package, ReadError> {
    let info = tree.get("package").or_else(|| tree.get("info"));
    let name = info.map(|info| text_of(info, "name")).unwrap_or_default();
    let name = name.trim().to_owned();
    let called = if name.is_empty() { called.to_owned() } else { format!("package `{name}`") };
    let graph = tree.at(&["design", "graph"]);
    let list = |key: &str| match graph.and_then(|graph| graph.get(key)) {
        None | Some(Json::Null) => Ok(&[][..]),
        Some(value) => value
            .list()
            .ok_or_else(|| ReadError::Form { what: format!("the {key} of {called}"), expected: "a list" }),
    };
    let mut blocks = Vec::new();
    for (at, one) in list("blocks")?.iter().enumerate() {
        blocks.push(block(one, at + 1, &called)?);
    }
    let wires = list("wires")?.iter().filter_map(wire).collect();
    let mut dependencies = HashMap::new();
    for (key, value) in tree.get("dependencies").and_then(Json::map).unwrap_or_default() {
        if value.at(&["design", "graph", "blocks"]).is_some() {
            dependencies.insert(key.clone(), Arc::new(package(value, &format!("a package of {called}"))?));
        }
    }
    Ok(Package { name, blocks, wires, dependencies })
}

fn block(tree: &Json, number: usize, called: &str) -> Result<Block, ReadError> {
    let wrong = |expected| ReadError::Form { what: format!("block {number} of {called}"), expected };
    let (Some(id), Some(kind)) = (tree.get("id").and_then(Json::text), tree.get("type").and_then(Json::text))
    else {
        return Err(wrong("an object with `id` and `type`"));
    };
    let data = tree.get("data").unwrap_or(&Json::Null);
    let name = || text_of(data, "name");
    let kind = match kind.as_str() {
        "basic.code" => match code(data) {
            Some(code) => BlockKind::Code(Arc::new(code)),
            None => return Err(wrong("a block of at most 1000 inputs, outputs and parameters")),
        },
        "basic.constant" => {
            BlockKind::Constant { name: name(), value: data.get("value").and_then(Json::text) }
        }
        "basic.input" => BlockKind::Input { name: name() },
        "basic.output" => BlockKind::Output { name: name() },
        other if other.starts_with("basic.") => BlockKind::Note,
        _ => BlockKind::Package { key: kind },
    };
    Ok(Block { id, kind })
}

/// The names of a list of `{name}`, each once.
fn names(tree: Option<&Json>) -> Option<Vec<String>> {
    let items = tree.and_then(Json::list).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for item in items {
        let name = text_of(item, "name");
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
        if names.len() > MAX_PORTS {
            return None;
        }
    }
    Some(names)
}

fn code(data: &Json) -> Option<Code> {
    let text = text_of(data, "code");
    let entry =
        if has_function(&text, "loop") && !has_function(&text, "main") { Entry::Loop } else { Entry::Main };
    Some(Code {
        text: text.into(),
        frequency: data.get("frequency").map(|given| Frequency::read(given.text().as_deref())),
        inputs: names(data.at(&["ports", "in"]))?,
        outputs: names(data.at(&["ports", "out"]))?,
        parameters: names(data.get("params"))?,
        entry,
    })
}

/// A wire; none for the empty ones that VisualCircuit 2 writes.
fn wire(tree: &Json) -> Option<Wire> {
    let end = |key: &str| {
        let end = tree.get(key)?;
        let end =
            End { block: text_of(end, "block"), port: text_of(end, "port"), name: text_of(end, "name") };
        (!end.block.is_empty()).then_some(end)
    };
    let marked = ["source", "target"].iter().any(|key| tree.at(&[key, "ob"]).is_some());
    Some(Wire { source: end("source")?, target: end("target")?, marked })
}

fn text_of(tree: &Json, key: &str) -> String {
    tree.get(key).and_then(Json::text).unwrap_or_default()
}
