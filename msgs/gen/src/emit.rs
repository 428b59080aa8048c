//! Rust text.

use std::fmt::Write as _;

use crate::{
    Error,
    literal::{self, Target},
    model::{Count, Definition, Field, Interfaces, Space, TypeName},
    rust_type::{self, Paths, RustField},
};

/// Which messages get an in-place layout.
#[derive(Debug)]
pub(crate) enum InPlace {
    /// Each that can.
    Eligible,
    /// Those named, and no other.
    Only(Vec<String>),
}

/// Makes the text of one package.
#[derive(Debug)]
pub(crate) struct Emitter<'a> {
    pub(crate) interfaces: &'a Interfaces,
    pub(crate) paths: &'a Paths,
    pub(crate) in_place: &'a InPlace,
}

impl Emitter<'_> {
    /// The modules `msg`, `srv` and `action` of `package`, as far as it has them.
    pub(crate) fn package(&self, package: &str) -> Result<String, Error> {
        let mut text = String::new();
        for (space, what) in [(Space::Msg, "Messages"), (Space::Srv, "Services"), (Space::Action, "Actions")]
        {
            let body = self.module(package, space)?;
            if !body.is_empty() {
                let space = space.as_str();
                let _ = write!(text, "/// {what} of `{package}`.\npub mod {space} {{\n{body}}}\n");
            }
        }
        Ok(text)
    }

    fn module(&self, package: &str, space: Space) -> Result<String, Error> {
        let here = |name: &&TypeName| name.package == package && name.space == space;
        let mut text = String::new();
        for name in self.interfaces.messages.iter().filter(here) {
            self.message(&mut text, self.interfaces.get(name, name)?)?;
        }
        for name in self.interfaces.services.iter().filter(here) {
            self.service(&mut text, name)?;
        }
        for name in self.interfaces.actions.iter().filter(here) {
            self.action(&mut text, name)?;
        }
        Ok(text)
    }

    fn message(&self, text: &mut String, definition: &Definition) -> Result<(), Error> {
        let (name, rust, cdr) = (&definition.name, definition.name.rust(), &self.paths.cdr);
        let hash = self.interfaces.hash(name)?;
        let region = self.region(definition);
        let depth = if region.is_some() { "; depth = 4" } else { "" };
        let written = region.map_or_else(String::new, |index| {
            format!("        ///\n        /// Written in place: `{}`.\n", definition.fields[index].name)
        });
        let fields: Vec<_> = definition.fields.iter().map(|field| self.paths.field(field, name)).collect();

        let _ = write!(
            text,
            "    {cdr}::message! {{\n        /// `{name}`\n{written}        #[serde(crate = \"{cdr}::serde\")]\n        \
             {rust}, {rust}View<'a>: \"{name}\", \"{hash}\", include_str!(\"{name}.txt\"){depth} => {{\n"
        );
        for (field, words) in definition.fields.iter().zip(&fields) {
            field_line(text, field, words);
        }
        text.push_str("        }\n    }\n");
        constants(text, definition);
        if let Some(region) = region {
            in_place(text, cdr, &rust, &fields, region);
        }
        Ok(())
    }

    /// The field that is written in place, if this message is to have one.
    fn region(&self, definition: &Definition) -> Option<usize> {
        let wanted = match self.in_place {
            InPlace::Eligible => true,
            InPlace::Only(names) => names.contains(&definition.name.to_string()),
        };
        if wanted { region(definition) } else { None }
    }

    fn service(&self, text: &mut String, name: &TypeName) -> Result<(), Error> {
        self.family(text, name, "Service", &["Request", "Response"])
    }

    fn action(&self, text: &mut String, name: &TypeName) -> Result<(), Error> {
        let parts = ["Goal", "Result", "Feedback", "SendGoal", "GetResult", "FeedbackMessage"];
        self.family(text, name, "Action", &parts)
    }

    /// A type that only joins others: `SetBool` with `SetBoolRequest` and `SetBoolResponse`.
    fn family(&self, text: &mut String, name: &TypeName, kind: &str, parts: &[&str]) -> Result<(), Error> {
        let (rust, cdr, hash) = (name.rust(), &self.paths.cdr, self.interfaces.hash(name)?);
        let _ = write!(
            text,
            "    /// `{name}`\n    #[derive(Debug, Clone, Copy)]\n    pub struct {rust};\n    \
             impl {cdr}::{kind} for {rust} {{\n        \
             const TYPE_NAME: &'static str = \"{name}\";\n        \
             const TYPE_HASH: &'static str = \"{hash}\";\n"
        );
        for part in parts {
            let _ = writeln!(text, "        type {part} = {rust}{part};");
        }
        text.push_str("    }\n");
        Ok(())
    }
}

/// Calls of the macros `every_message`, `every_service` and `every_action` with all types, for tests that go through them.
pub(crate) fn every_type(interfaces: &Interfaces) -> String {
    let mut text = String::new();
    let lists = [
        ("message", &interfaces.messages),
        ("service", &interfaces.services),
        ("action", &interfaces.actions),
    ];
    for (what, names) in lists {
        let _ = writeln!(text, "every_{what}! {{");
        for name in names {
            let _ = writeln!(text, "    {}::{}::{},", name.package, name.space.as_str(), name.rust());
        }
        text.push_str("}\n");
    }
    text
}

/// Position of the unbounded number sequence named `data`, or else of the first one.
pub(crate) fn region(definition: &Definition) -> Option<usize> {
    let fits = |field: &Field| rust_type::region(field).is_some();
    let fields = &definition.fields;
    fields
        .iter()
        .position(|field| field.name == "data" && fits(field))
        .or_else(|| fields.iter().position(fits))
}

fn field_line(text: &mut String, field: &Field, words: &RustField) {
    let RustField { name, owned, kind, borrowed, serde } = words;
    let _ = writeln!(text, "            /// `{}`", field.line.replace('`', "'"));
    if let Some(serde) = serde {
        let _ = writeln!(text, "            #[serde({serde})]");
    }
    let _ = write!(text, "            {name}: {owned}");
    if kind != owned {
        let _ = write!(text, " as {kind}");
    }
    let _ = write!(text, " => {borrowed}");
    if let Some((default, target)) = field.default.as_ref().zip(Target::of(&field.base)) {
        let vec = if matches!(field.count, Count::AtMost(_) | Count::Any) { "::std::vec!" } else { "" };
        let _ = write!(text, " = {vec}{}", literal::owned(target, default));
    }
    text.push_str(",\n");
}

fn constants(text: &mut String, definition: &Definition) {
    if definition.constants.is_empty() {
        return;
    }
    let _ = writeln!(text, "    impl {} {{", definition.name.rust());
    for constant in &definition.constants {
        let Some(target) = Target::of(&constant.base) else { continue };
        let line = constant.line.replace('`', "'");
        let _ = writeln!(
            text,
            "        /// `{line}`\n        pub const {}: {} = {};",
            constant.name,
            target.constant_type(),
            literal::constant(target, &constant.value)
        );
    }
    text.push_str("    }\n");
}

fn in_place(text: &mut String, cdr: &str, rust: &str, fields: &[RustField], region: usize) {
    let _ = writeln!(text, "    {cdr}::in_place! {{\n        {rust} {{");
    for (index, RustField { name, kind, .. }) in fields.iter().enumerate() {
        let element = kind.strip_prefix("::std::vec::Vec<").and_then(|kind| kind.strip_suffix('>'));
        let _ = match element.filter(|_| index == region) {
            Some(element) => writeln!(text, "            [{name}: {element}]"),
            None => writeln!(text, "            {name}: {kind},"),
        };
    }
    text.push_str("        }\n    }\n");
}
