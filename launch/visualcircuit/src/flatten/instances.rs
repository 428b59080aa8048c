//! The packages of a project, opened: every instance with its blocks.

use std::collections::HashMap;
use std::sync::Arc;

use vc_words::host_line::HostEntry as Entry;

use super::doubt::{Doubt, Problem};
use super::{Connection, FlatBlock, Given};
use crate::json::Json;
use crate::names::{Taken, word};
use crate::project::{Block, BlockKind, Code, Format, Package, Project, package};

/// How deep packages may lie within packages: twenty times what was ever seen, and less than a name can hold.
const MAX_LEVELS: usize = 64;
/// The most blocks and wires that all packages together may come to.
const MAX_ENTRIES: usize = 200_000;
/// The most code blocks: each is a process.
const MAX_CODE: usize = 10_000;
/// The most missing packages that are told one by one.
const MAX_PROBLEMS: usize = 50;
/// The longest path of a block; a node's name has 128 bytes.
const MAX_PATH: usize = 120;

/// What a block's id means within one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Code(usize),
    Constant(usize),
    /// An input of the package, by its number among all inputs and outputs.
    Input(usize),
    Output(usize),
    Package(usize),
    /// A package whose content is missing; that is noted already.
    Missing,
    Note,
}

/// One package where it stands. The first is the project itself.
pub(super) struct Instance {
    parent: Option<usize>,
    pub(super) package: Arc<Package>,
    /// Its name in the editor.
    pub(super) title: String,
    /// Its name among its siblings.
    local: String,
    pub(super) members: HashMap<String, Member>,
    /// How many code blocks it holds, packages within included.
    leaves: usize,
    /// For a package of VisualCircuit 2: its only code block, whose ports are the package's.
    pub(super) placed: Option<Placed>,
    taken: Taken,
}

/// The one code block of a package of VisualCircuit 2.
pub(super) struct Placed {
    pub(super) leaf: usize,
    /// Input or output of the package → port of the block.
    pub(super) ports: Vec<(Member, String)>,
}

/// A constant where it stands.
pub(super) struct Constant {
    pub(super) name: String,
    pub(super) value: Option<String>,
}

/// What is known of a project's editor part at one level.
type Drawing<'p> = Option<&'p Json>;

pub(super) struct Walk<'p> {
    project: &'p Project,
    pub(super) instances: Vec<Instance>,
    pub(super) leaves: Vec<FlatBlock>,
    /// The instance each code block stands in, and its name there.
    homes: Vec<(usize, String)>,
    pub(super) constants: Vec<Constant>,
    /// How many inputs and outputs of packages there are.
    pub(super) doors: usize,
    /// All code blocks and constants by their own ids, for wires of another level.
    pub(super) everywhere: HashMap<String, Vec<Member>>,
    pub(super) connections: Vec<Connection>,
    pub(super) doubts: Vec<Doubt>,
    pub(super) problems: Vec<Problem>,
    entries: usize,
}

impl<'p> Walk<'p> {
    pub(super) fn new(project: &'p Project) -> Self {
        Self {
            project,
            instances: Vec::new(),
            leaves: Vec::new(),
            homes: Vec::new(),
            constants: Vec::new(),
            doors: 0,
            everywhere: HashMap::new(),
            connections: Vec::new(),
            doubts: Vec::new(),
            problems: Vec::new(),
            entries: 0,
        }
    }

    /// Opens the project and all packages within.
    pub(super) fn root(&mut self) -> Result<(), Problem> {
        self.open(None, &self.project.root, String::new(), (self.project.editor.as_ref(), 0))?;
        Ok(())
    }

    /// Opens a package; gives its number.
    fn open(
        &mut self,
        parent: Option<usize>,
        package: &Arc<Package>,
        local: String,
        (drawing, level): (Drawing<'p>, usize),
    ) -> Result<usize, Problem> {
        let title = if package.name.is_empty() { local.clone() } else { package.name.clone() };
        if level > MAX_LEVELS {
            return Err(Problem::Deep { package: title, levels: MAX_LEVELS });
        }
        self.entries += package.blocks.len() + package.wires.len();
        if self.entries > MAX_ENTRIES {
            return Err(Problem::Large { what: "blocks and wires", bound: MAX_ENTRIES });
        }
        let at = self.instances.len();
        self.instances.push(Instance {
            parent,
            package: package.clone(),
            title,
            local,
            members: HashMap::new(),
            leaves: 0,
            placed: None,
            taken: Taken::default(),
        });
        if parent.is_some() && self.project.format == Format::Vc && self.placed(at, package)? {
            return Ok(at);
        }
        let drawn = drawn(drawing);
        for block in &package.blocks {
            // Of two blocks with one id the first counts: no wire can mean the other.
            if !self.instances[at].members.contains_key(&block.id) {
                let member = self.member(at, block, (&drawn, level))?;
                self.instances[at].members.insert(block.id.clone(), member);
            }
        }
        Ok(at)
    }

    fn member(
        &mut self,
        at: usize,
        block: &Block,
        (drawn, level): (&HashMap<&str, &'p Json>, usize),
    ) -> Result<Member, Problem> {
        Ok(match &block.kind {
            BlockKind::Code(code) => {
                let leaf = self.leaf(at, code)?;
                if self.project.format == Format::Vc {
                    sort_by_port(&mut self.leaves[leaf]);
                }
                self.everywhere.entry(block.id.clone()).or_default().push(Member::Code(leaf));
                Member::Code(leaf)
            }
            BlockKind::Constant { name, value } => {
                let member = Member::Constant(self.constants.len());
                self.constants.push(Constant { name: name.clone(), value: value.clone() });
                self.everywhere.entry(block.id.clone()).or_default().push(member);
                member
            }
            BlockKind::Input { .. } => Member::Input(self.door()),
            BlockKind::Output { .. } => Member::Output(self.door()),
            BlockKind::Note => Member::Note,
            BlockKind::Package { key } => {
                let drawn = drawn.get(block.id.as_str()).copied();
                let Some(package) = self.package(at, (key, &block.id), drawn)? else {
                    return Ok(Member::Missing);
                };
                let wanted = word(&package.name, "Package");
                let local = self.instances[at].taken.claim(&wanted);
                let inner = drawn.and_then(|node| node.get("model"));
                Member::Package(self.open(Some(at), &package, local, (inner, level + 1))?)
            }
        })
    }

    fn door(&mut self) -> usize {
        self.doors += 1;
        self.doors - 1
    }

    /// The content of a package: from the dependencies at hand, or else from the editor's drawing.
    fn package(
        &mut self,
        at: usize,
        (key, id): (&str, &str),
        drawn: Drawing<'p>,
    ) -> Result<Option<Arc<Package>>, Problem> {
        let hoisted = (self.project.format == Format::Vc).then_some(&self.project.root);
        let here = &self.instances[at].package;
        let found =
            [Some(here), hoisted].into_iter().flatten().find_map(|holder| holder.dependencies.get(key));
        if let Some(found) = found {
            return Ok(Some(found.clone()));
        }
        if let Some(node) = drawn.filter(|node| node.at(&["design", "graph", "blocks"]).is_some()) {
            let recovered =
                package(node, "a package of the editor's drawing").map_err(|error| match error {
                    crate::ReadError::Form { what, expected } => Problem::Form { what, expected },
                    _ => Problem::Form { what: "the editor's drawing".to_owned(), expected: "whole" },
                })?;
            self.doubts.push(Doubt::Recovered { package: recovered.name.clone() });
            return Ok(Some(Arc::new(recovered)));
        }
        if self.problems.len() == MAX_PROBLEMS {
            return Ok(None);
        }
        let name = drawn.and_then(|node| node.at(&["info", "name"])?.text());
        let block = match name {
            Some(name) => format!("package `{name}`"),
            None => unknown(&self.instances[at].package, id),
        };
        let within = self.instances[at].parent.map(|_| self.instances[at].title.clone());
        self.problems.push(Problem::MissingPackage { block, within });
        Ok(None)
    }

    /// Notes a code block.
    fn leaf(&mut self, at: usize, code: &Arc<Code>) -> Result<usize, Problem> {
        if self.leaves.len() == MAX_CODE {
            return Err(Problem::Large { what: "code blocks", bound: MAX_CODE });
        }
        let mut above = Some(at);
        while let Some(instance) = above {
            self.instances[instance].leaves += 1;
            above = self.instances[instance].parent;
        }
        let package = &self.instances[at].package;
        let is_only = |block: &&Block| matches!(block.kind, BlockKind::Code(_) | BlockKind::Package { .. });
        let alone = self.instances[at].parent.is_some() && package.blocks.iter().filter(is_only).count() == 1;
        let block = FlatBlock {
            namespace: Vec::new(),
            name: String::new(),
            package: alone.then(|| package.name.clone()),
            code: code.text.clone(),
            entry: code.entry,
            frequency: code.frequency.unwrap_or_default(),
            inputs: code.inputs.clone(),
            outputs: code.outputs.clone(),
            parameters: code.parameters.clone(),
            given: Vec::new(),
        };
        self.leaves.push(block);
        let local = self.instances[at].taken.claim("Code");
        self.homes.push((at, local));
        Ok(self.leaves.len() - 1)
    }

    /// A package of VisualCircuit 2 is one code block whose ports are the package's, by the order of their ids; its inner
    /// wires say nothing. False if it is of another make.
    fn placed(&mut self, at: usize, package: &Package) -> Result<bool, Problem> {
        let mut code = None;
        for block in &package.blocks {
            match &block.kind {
                BlockKind::Package { .. } => return Ok(false),
                BlockKind::Code(_) if code.is_some() => return Ok(false),
                BlockKind::Code(found) => code = Some((block, found)),
                _ => {}
            }
        }
        let Some((block, code)) = code else { return Ok(false) };
        let leaf = self.leaf(at, code)?;
        self.everywhere.entry(block.id.clone()).or_default().push(Member::Code(leaf));
        self.instances[at].members.insert(block.id.clone(), Member::Code(leaf));
        let mut ordered: Vec<&Block> = package.blocks.iter().collect();
        ordered.sort_by_key(|block| (is_enable(&block.kind), &block.id));
        let (mut inputs, mut outputs, mut given) = (Vec::new(), Vec::new(), Vec::new());
        let mut ports = Vec::new();
        for block in ordered {
            let (list, name, member) = match &block.kind {
                BlockKind::Input { name } => (&mut inputs, name, Member::Input(self.door())),
                BlockKind::Output { name } => (&mut outputs, name, Member::Output(self.door())),
                BlockKind::Constant { name, value: Some(value) } => {
                    given.push(Given { port: name.clone(), constant: name.clone(), value: value.clone() });
                    continue;
                }
                _ => continue,
            };
            let label = if name.is_empty() || list.contains(name) { block.id.clone() } else { name.clone() };
            list.push(label.clone());
            self.instances[at].members.insert(block.id.clone(), member);
            ports.push((member, label));
        }
        let found = &mut self.leaves[leaf];
        found.parameters = given.iter().map(|given| given.constant.clone()).collect();
        (found.inputs, found.outputs, found.given) = (inputs, outputs, given);
        self.instances[at].placed = Some(Placed { leaf, ports });
        Ok(true)
    }

    /// Gives every code block its name.
    pub(super) fn name(&mut self) {
        for leaf in 0..self.leaves.len() {
            let (home, local) = self.homes[leaf].clone();
            let mut chain = Vec::new();
            let mut above = Some(home);
            while let Some(at) = above.filter(|at| self.instances[*at].parent.is_some()) {
                chain.push(at);
                above = self.instances[at].parent;
            }
            chain.reverse();
            // A package that holds this block only is the block, to whoever looks at it from outside.
            let alone = chain.iter().position(|at| self.instances[*at].leaves == 1);
            let locals = chain.iter().map(|at| self.instances[*at].local.clone());
            let mut words: Vec<String> = match alone {
                Some(alone) => locals.take(alone + 1).collect(),
                None => locals.chain([local]).collect(),
            };
            let mut name = words.pop().unwrap_or_default();
            if name.len() + words.iter().map(|word| word.len() + 1).sum::<usize>() > MAX_PATH {
                words.clear();
                name = self.instances[0].taken.claim(&name);
            }
            (self.leaves[leaf].namespace, self.leaves[leaf].name) = (words, name);
        }
    }

    /// How people know what a block's id means.
    pub(super) fn called(&self, member: Member) -> String {
        match member {
            Member::Code(leaf) => self.leaves[leaf].path(),
            Member::Constant(constant) => self.constants[constant].name.clone(),
            Member::Package(at) => self.instances[at].title.clone(),
            Member::Input(_) => "the package's input".to_owned(),
            Member::Output(_) => "the package's output".to_owned(),
            Member::Missing | Member::Note => "a block".to_owned(),
        }
    }
}

/// VisualCircuit 2 has Enable last: code finds out by its absence.
fn is_enable(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Input { name } if name == "E" || name == "Enable")
}

/// The editor's nodes, by the ids of their blocks.
fn drawn(drawing: Drawing<'_>) -> HashMap<&str, &Json> {
    let layers = drawing.and_then(|drawing| drawing.get("layers")?.list()).unwrap_or_default();
    let models = layers.iter().filter_map(|layer| layer.get("models")?.map()).flatten();
    models.map(|(id, node)| (id.as_str(), node)).collect()
}

/// A package of which nothing is known but what its wires call its ports.
fn unknown(package: &Package, id: &str) -> String {
    let ends = package.wires.iter().flat_map(|wire| [&wire.source, &wire.target]);
    let mut ports: Vec<String> = Vec::new();
    for end in ends.filter(|end| end.block == id && !end.name.is_empty()) {
        let port = format!("`{}`", end.name);
        if !ports.contains(&port) && ports.len() < 8 {
            ports.push(port);
        }
    }
    match ports.as_slice() {
        [] => "a package without a name".to_owned(),
        [port] => format!("a package with port {port}"),
        ports => format!("a package with ports {}", ports.join(", ")),
    }
}

/// Sorts what code of VisualCircuit 2 knows by place only: by name, Enable last.
fn sort_by_port(block: &mut FlatBlock) {
    if block.entry == Entry::Loop {
        block.inputs.sort_by_key(|name| (name == "E" || name == "Enable", name.clone()));
        block.outputs.sort();
        block.parameters.sort();
    }
}
