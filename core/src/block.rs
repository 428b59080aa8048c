//! What a block declares: its ports and parameters, stated once.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::rc::Rc;

use vc_cdr::Message;
use vc_words::manifest::{BLOCK_MARKER, MANIFEST_VERSION};
use vc_words::{Manifest, Port, Qos, StandsFor};

use crate::args::{Args, Ask};
use crate::error::Error;
use crate::node::Node;
use crate::parameter::{Parameter, ParameterHandle};
use crate::topic::Raw;

/// A block's declaration. The same one answers `--describe` and `--help` and opens the ports.
#[derive(Debug)]
pub struct Block {
    manifest: Rc<RefCell<Manifest>>,
}

impl Block {
    /// A block of this name, which is its executable's, and what it does in one sentence.
    pub fn new(name: &str, description: &str) -> Self {
        let manifest = Manifest {
            vc: MANIFEST_VERSION,
            block: name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: description.to_owned(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            parameters: Vec::new(),
            schemas: std::collections::BTreeMap::new(),
            stands_for: Vec::new(),
        };
        Self { manifest: Rc::new(RefCell::new(manifest)) }
    }

    /// A block whose declaration was made elsewhere, as other languages do. Its ports are had by
    /// [`input_at`](Self::input_at) and [`output_at`](Self::output_at).
    pub fn from_manifest(manifest: Manifest) -> Self {
        Self { manifest: Rc::new(RefCell::new(manifest)) }
    }

    /// The input at this place of the manifest.
    pub fn input_at(&self, index: usize) -> Option<Input<Raw>> {
        let exists = index < self.manifest.borrow().inputs.len();
        exists.then(|| Input { manifest: Rc::clone(&self.manifest), index, message: PhantomData })
    }

    /// The output at this place of the manifest.
    pub fn output_at(&self, index: usize) -> Option<Output<Raw>> {
        let exists = index < self.manifest.borrow().outputs.len();
        exists.then(|| Output { manifest: Rc::clone(&self.manifest), index, message: PhantomData })
    }

    /// The block's version; the library's if not said.
    #[must_use]
    pub fn version(self, version: &str) -> Self {
        version.clone_into(&mut self.manifest.borrow_mut().version);
        self
    }

    /// Declares an input of type `T`.
    pub fn input<T: Message>(&self, name: &str, description: &str) -> Input<T> {
        self.add_input(port_of::<T>(name, description), T::SCHEMA)
    }

    /// Declares an output of type `T`.
    pub fn output<T: Message>(&self, name: &str, description: &str) -> Output<T> {
        self.add_output(port_of::<T>(name, description), T::SCHEMA)
    }

    /// Declares an input of a type that is known at run time only, with the type's full `ros2msg` text.
    pub fn raw_input(&self, port: Port, schema: &str) -> Input<Raw> {
        self.add_input(port, schema)
    }

    /// Declares an output of a type that is known at run time only, with the type's full `ros2msg` text.
    pub fn raw_output(&self, port: Port, schema: &str) -> Output<Raw> {
        self.add_output(port, schema)
    }

    fn add_input<T>(&self, port: Port, schema: &str) -> Input<T> {
        let mut manifest = self.manifest.borrow_mut();
        manifest.schemas.entry(port.type_name.clone()).or_insert_with(|| schema.to_owned());
        manifest.inputs.push(port);
        let index = manifest.inputs.len() - 1;
        Input { manifest: Rc::clone(&self.manifest), index, message: PhantomData }
    }

    fn add_output<T>(&self, port: Port, schema: &str) -> Output<T> {
        let mut manifest = self.manifest.borrow_mut();
        manifest.schemas.entry(port.type_name.clone()).or_insert_with(|| schema.to_owned());
        manifest.outputs.push(port);
        let index = manifest.outputs.len() - 1;
        Output { manifest: Rc::clone(&self.manifest), index, message: PhantomData }
    }

    /// Declares a parameter with its default, which gives its type.
    pub fn parameter<T: Parameter>(&self, name: &str, default: T, description: &str) -> ParameterHandle<T> {
        ParameterHandle::declare(&self.manifest, name, default, description)
    }

    /// Says which stock package of VisualCircuit the block can stand in for. May be said several times.
    pub fn stands_for(&self, package: StandsFor) {
        self.manifest.borrow_mut().stands_for.push(package);
    }

    /// What was declared so far.
    pub fn manifest(&self) -> Manifest {
        self.manifest.borrow().clone()
    }

    /// Reads the command line and opens the node; or answers `--describe`, `--help` or `--version`
    /// on standard output and ends the process with success.
    ///
    /// # Errors
    /// [`Error`] if the command line is not understood, a parameter does not fit, or shared memory
    /// cannot be had.
    #[expect(clippy::print_stdout, reason = "the answer is the program's output")]
    pub fn open(self) -> Result<Node, Error> {
        std::hint::black_box(BLOCK_MARKER);
        let args = Args::parse(std::env::args().skip(1))?;
        if let Some(answer) = self.answer(&args) {
            print!("{answer}");
            std::process::exit(0);
        }
        self.open_with(&args)
    }

    /// Opens the node of this process by arguments that were read already.
    ///
    /// # Errors
    /// As [`Block::open`].
    pub fn open_with(self, args: &Args) -> Result<Node, Error> {
        Node::from_process(self.manifest(), args)
    }

    /// What is to be printed instead of opening the node, if the arguments ask for that.
    pub fn answer(&self, args: &Args) -> Option<String> {
        let manifest = self.manifest.borrow();
        Some(match args.ask? {
            Ask::Describe => format!("{}\n", serde_json::to_string(&*manifest).unwrap_or_default()),
            Ask::Help => help(&manifest),
            Ask::Version => format!("{} {}\n", manifest.block, manifest.version),
        })
    }
}

fn port_of<T: Message>(name: &str, description: &str) -> Port {
    Port {
        name: name.to_owned(),
        type_name: T::TYPE_NAME.to_owned(),
        hash: T::TYPE_HASH.to_owned(),
        description: description.to_owned(),
        required: false,
        optional: false,
        qos: Qos::DEFAULT.keep_last(T::DEFAULT_DEPTH),
    }
}

/// A declared input: says more about it, and opens as a subscriber.
#[derive(Debug)]
pub struct Input<T> {
    manifest: Rc<RefCell<Manifest>>,
    pub(crate) index: usize,
    message: PhantomData<fn() -> T>,
}

impl<T> Input<T> {
    /// A circuit that leaves this input without a source is a mistake.
    #[must_use]
    pub fn required(self) -> Self {
        self.manifest.borrow_mut().inputs[self.index].required = true;
        self
    }

    /// The input is there only where a wire or a remap rule says so, and then [`Node::has_source`]: its name alone
    /// joins it to no topic.
    #[must_use]
    pub fn optional(self) -> Self {
        self.manifest.borrow_mut().inputs[self.index].optional = true;
        self
    }

    /// Asks for another quality of service than the type's default.
    #[must_use]
    pub fn qos(self, qos: Qos) -> Self {
        self.manifest.borrow_mut().inputs[self.index].qos = qos.keep_last(qos.depth);
        self
    }
}

/// A declared output: says more about it, and opens as a publisher.
#[derive(Debug)]
pub struct Output<T> {
    manifest: Rc<RefCell<Manifest>>,
    pub(crate) index: usize,
    message: PhantomData<fn() -> T>,
}

impl<T> Output<T> {
    /// Offers another quality of service than the type's default.
    #[must_use]
    pub fn qos(self, qos: Qos) -> Self {
        self.manifest.borrow_mut().outputs[self.index].qos = qos.keep_last(qos.depth);
        self
    }
}

/// The manifest for people.
fn help(manifest: &Manifest) -> String {
    let Manifest { block, version, description, .. } = manifest;
    let mut text = format!(
        "{block} {version}: {description}\n\nUsage: {block} [--describe | --help | --version] [--ros-args -r FROM:=TO -p NAME:=VALUE …]\n"
    );
    for (title, ports) in [("Inputs", &manifest.inputs), ("Outputs", &manifest.outputs)] {
        if !ports.is_empty() {
            let _ = write!(text, "\n{title}:\n");
        }
        for port in ports {
            let required = match (port.required, port.optional) {
                (true, _) => " (required)",
                (_, true) => " (optional)",
                _ => "",
            };
            let _ = writeln!(
                text,
                "  {:<14} {}{required}\n  {:<14} {}",
                port.name, port.type_name, "", port.description
            );
        }
    }
    if !manifest.parameters.is_empty() {
        text.push_str("\nParameters:\n");
    }
    for parameter in &manifest.parameters {
        let _ = writeln!(
            text,
            "  {:<14} {}\n  {:<14} {}",
            parameter.name,
            facts(parameter),
            "",
            parameter.description
        );
    }
    text
}

/// `double, 0 to 255 grey levels, default 100.0, live`
fn facts(parameter: &vc_words::Descriptor) -> String {
    let mut facts = parameter.kind.to_string();
    match (parameter.min, parameter.max) {
        (Some(min), Some(max)) => drop(write!(facts, ", {min} to {max}")),
        (Some(min), None) => drop(write!(facts, ", from {min}")),
        (None, Some(max)) => drop(write!(facts, ", up to {max}")),
        (None, None) => {}
    }
    if let Some(unit) = &parameter.unit {
        let _ = write!(facts, " {unit}");
    }
    if !parameter.choices.is_empty() {
        let _ = write!(facts, ", one of {}", parameter.choices.join(", "));
    }
    let _ = write!(facts, ", default {}", parameter.default.to_yaml());
    if parameter.live {
        facts.push_str(", live");
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_everything_declared() {
        let block = Block::new("edges", "Marks edges.");
        let _lower =
            block.parameter("lower", 100.0, "Weaker edges go.").range(0.0..=255.0).unit("grey levels");
        let _view = block.parameter("view", "auto".to_owned(), "Where.").choices(["auto", "web"]);

        let text = help(&block.manifest());

        assert!(text.contains("double, 0 to 255 grey levels, default 100.0"), "{text}");
        assert!(text.contains("string, one of auto, web, default \"auto\""), "{text}");
    }
}
