//! Circuits described as people draw them, and the files that VisualCircuit would save for them.

use serde_json::{Map, Value, json};

/// A project, or the content of a package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drawing {
    pub(crate) name: String,
    /// What the ids of its blocks are made of. Two copies of one package share it, as their ids are the same.
    pub(crate) seed: u32,
    pub(crate) parts: Vec<Part>,
    pub(crate) wires: Vec<(Tip, Tip)>,
}

/// A block.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Code { inputs: usize, outputs: usize, parameters: usize },
    Constant { name: String, value: String },
    Input,
    Output,
    Package(Drawing),
}

/// A port of a part: an output of it as the first end of a wire, an input as the second. Of code, parameters count on after
/// the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tip {
    pub(crate) part: usize,
    pub(crate) port: usize,
}

#[expect(clippy::similar_names, reason = "they are called so")]
pub(crate) fn tip(part: usize, port: usize) -> Tip {
    Tip { part, port }
}

impl Drawing {
    pub(crate) fn new(name: &str, seed: u32) -> Self {
        Self { name: name.to_owned(), seed, ..Self::default() }
    }

    /// Adds a block; gives its place.
    pub(crate) fn add(&mut self, part: Part) -> usize {
        self.parts.push(part);
        self.parts.len() - 1
    }

    pub(crate) fn code(&mut self, inputs: usize, outputs: usize, parameters: usize) -> usize {
        self.add(Part::Code { inputs, outputs, parameters })
    }

    pub(crate) fn constant(&mut self, name: &str, value: &str) -> usize {
        self.add(Part::Constant { name: name.to_owned(), value: value.to_owned() })
    }

    pub(crate) fn wire(&mut self, from: (usize, usize), to: (usize, usize)) {
        self.wires.push((tip(from.0, from.1), tip(to.0, to.1)));
    }

    /// The parts of its inputs, and of its outputs.
    pub(crate) fn doors(&self, inputs: bool) -> Vec<usize> {
        let is_door = |part: &Part| matches!((part, inputs), (Part::Input, true) | (Part::Output, false));
        (0..self.parts.len()).filter(|at| is_door(&self.parts[*at])).collect()
    }

    /// An id of 36 characters, as UUIDs have.
    pub(crate) fn id(&self, part: usize) -> String {
        format!("{:08x}-0000-4000-8000-{part:012x}", self.seed)
    }

    /// The id of a dependency's key, of 40 characters.
    fn key(&self, part: usize) -> String {
        format!("{:020}{part:020}", self.seed)
    }

    /// What a part's port is called: by wires as port, and as name.
    fn port(&self, Tip { part, port }: Tip, leaving: bool) -> (String, String) {
        let same = |name: String| (name.clone(), name);
        match &self.parts[part] {
            Part::Code { inputs, .. } if !leaving && port >= *inputs => same(format!("P{}", port - inputs)),
            Part::Code { .. } => same(format!("{}{port}", if leaving { "O" } else { "I" })),
            Part::Constant { name, .. } => ("constant-out".to_owned(), name.clone()),
            Part::Input => same("input-out".to_owned()),
            Part::Output => same("output-in".to_owned()),
            Part::Package(inner) => {
                let door = inner.doors(!leaving)[port];
                (inner.id(door), format!("door {door}"))
            }
        }
    }

    fn end(&self, tip: Tip, leaving: bool) -> Value {
        let (port, name) = self.port(tip, leaving);
        json!({"block": self.id(tip.part), "port": port, "name": name})
    }

    fn block(&self, at: usize) -> Value {
        let names = |letter: &str, count: usize| -> Vec<Value> {
            (0..count).map(|port| json!({"name": format!("{letter}{port}")})).collect()
        };
        let (kind, data) = match &self.parts[at] {
            Part::Code { inputs, outputs, parameters } => (
                "basic.code".to_owned(),
                json!({
                    "code": "def main(inputs, outputs, parameters, synchronise):\n    pass\n",
                    "frequency": "30",
                    "params": names("P", *parameters),
                    "ports": {"in": names("I", *inputs), "out": names("O", *outputs)},
                }),
            ),
            Part::Constant { name, value } => {
                ("basic.constant".to_owned(), json!({"name": name, "value": value, "local": false}))
            }
            Part::Input => ("basic.input".to_owned(), json!({"name": format!("door {at}")})),
            Part::Output => ("basic.output".to_owned(), json!({"name": format!("door {at}")})),
            Part::Package(_) => (self.key(at), json!({})),
        };
        json!({"id": self.id(at), "type": kind, "data": data, "position": {"x": 0, "y": 0}})
    }

    fn design(&self) -> Value {
        let blocks: Vec<Value> = (0..self.parts.len()).map(|at| self.block(at)).collect();
        let wires: Vec<Value> = self
            .wires
            .iter()
            .map(|(from, to)| json!({"source": self.end(*from, true), "target": self.end(*to, false)}))
            .collect();
        json!({"board": "Python3-Noetic", "graph": {"blocks": blocks, "wires": wires}})
    }

    fn dependencies(&self) -> Value {
        let mut dependencies = Map::new();
        for (at, part) in self.parts.iter().enumerate() {
            if let Part::Package(inner) = part {
                dependencies.insert(self.key(at), inner.as_package());
            }
        }
        Value::Object(dependencies)
    }

    fn info(&self) -> Value {
        json!({"name": self.name, "version": "1.0", "description": "", "author": "", "image": "data:image/svg+xml,%3Csvg"})
    }

    fn as_package(&self) -> Value {
        json!({"package": self.info(), "design": self.design(), "dependencies": self.dependencies()})
    }

    /// What the editor keeps for itself: its own drawing, which holds the packages once more.
    pub(crate) fn editor(&self) -> Value {
        let mut models = Map::new();
        for (at, part) in self.parts.iter().enumerate() {
            let node = match part {
                Part::Package(inner) => json!({
                    "id": self.id(at), "type": "block.package", "info": inner.info(), "design": inner.design(),
                    "model": inner.editor(),
                }),
                _ => json!({"id": self.id(at), "type": "block"}),
            };
            models.insert(self.id(at), node);
        }
        json!({"layers": [{"type": "diagram-links", "models": {}}, {"type": "diagram-nodes", "models": models}]})
    }

    /// The whole file, as a value to be damaged further.
    pub(crate) fn file(&self) -> Value {
        let mut file = self.as_package();
        file["version"] = json!("3.0");
        file["editor"] = self.editor();
        file
    }
}
