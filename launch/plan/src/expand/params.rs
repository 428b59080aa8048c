//! Parameters as given: values, nested values, files.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use vc_words::ParameterType;
use vc_words::params_file::ParamsFile;

use super::{Expander, Given, GivenFile, GivenValue, Outcome, Placed, Raw};
use crate::diagnostic::Diagnostic;
use crate::document::{Parameter, Values};
use crate::grammar::TYPES;
use crate::source::{At, Source, Text};

impl Expander<'_> {
    /// Adds the parameters of one node; `prefix` is that of the nested list they stand in. One that
    /// fails does not keep the mistakes of the next from being told.
    pub(super) fn parameters(&mut self, written: &[Parameter], prefix: &str, into: &mut Vec<Given>) {
        for parameter in written {
            // A failure is noted where it occurs.
            let _ = self.parameter(parameter, prefix, into);
        }
    }

    fn parameter(&mut self, written: &Parameter, prefix: &str, into: &mut Vec<Given>) -> Outcome<()> {
        match written {
            Parameter::Value { name, value, kind } => {
                let mut given = self.value(name, value, kind.as_ref(), false)?;
                given.name.value.insert_str(0, prefix);
                into.push(Given::Value(Rc::new(given)));
            }
            Parameter::Nested { name, parameters } => {
                let name = self.text(name)?;
                self.charge(prefix.len() + name.value.len(), &name.at)?;
                self.parameters(parameters, &format!("{prefix}{}.", name.value), into);
            }
            Parameter::File { path, allow_substs } => {
                into.push(self.parameter_file(path, allow_substs.as_ref(), false)?);
            }
        }
        Ok(())
    }

    pub(super) fn parameter_file(
        &mut self,
        path: &Text,
        allow_substs: Option<&Text>,
        for_all: bool,
    ) -> Outcome<Given> {
        let substitute = self.truth_or(allow_substs, "`allow_substs`", false)?;
        Ok(Given::File { file: self.file(path, substitute)?, at: self.here(&path.at), for_all })
    }

    /// `set_use_sim_time`.
    pub(super) fn use_sim_time(&mut self, value: &Text) -> Outcome<()> {
        let truth = self.truth(value, "`value`")?;
        let at = self.here(&value.at);
        let given = GivenValue {
            name: Placed { value: "use_sim_time".to_owned(), at: at.clone() },
            value: Raw::One(truth.to_string()),
            at,
            kind: Some(ParameterType::Bool),
            for_all: true,
        };
        self.scope.parameters.push(Given::Value(Rc::new(given)));
        Ok(())
    }

    pub(super) fn value(
        &mut self,
        name: &Text,
        value: &Values,
        kind: Option<&Text>,
        for_all: bool,
    ) -> Outcome<GivenValue> {
        let name = self.text(name)?;
        if name.value.is_empty() {
            return self.fail(Diagnostic::error("a parameter's name cannot be empty").at(&name.at));
        }
        let (value, at) = match value {
            Values::One(text) => {
                let text = self.text(text)?;
                (Raw::One(text.value), text.at)
            }
            Values::Many(texts, at) => {
                let mut values = Vec::new();
                for text in texts {
                    values.push(self.text(text)?.value);
                }
                (Raw::Many(values), self.here(at))
            }
        };
        let kind = match kind {
            Some(kind) => Some(self.kind(kind)?),
            None => None,
        };
        Ok(GivenValue { name, value, at, kind, for_all })
    }

    fn kind(&mut self, text: &Text) -> Outcome<ParameterType> {
        let Placed { value: word, at } = self.text(text)?;
        Ok(match word.as_str() {
            "bool" => ParameterType::Bool,
            "int" => ParameterType::Integer,
            "float" | "double" => ParameterType::Double,
            "str" | "string" => ParameterType::String,
            "list_of_bool" => ParameterType::BoolArray,
            "list_of_int" => ParameterType::IntegerArray,
            "list_of_float" => ParameterType::DoubleArray,
            "list_of_str" => ParameterType::StringArray,
            _ => {
                let diagnostic = Diagnostic::error(format!("there is no parameter type `{word}`"));
                let hint = format!("the types are {}", TYPES.join(", "));
                return self.fail(diagnostic.at(&at).hint(hint).did_you_mean(&word, TYPES.iter().copied()));
            }
        })
    }

    /// A parameter file, from the launch file's folder if its path is relative.
    fn file(&mut self, path: &Text, substitute: bool) -> Outcome<Rc<GivenFile>> {
        let name = self.text(path)?;
        let path = self.source().folder().join(&name.value);
        if !substitute && let Some(known) = self.files.get(&path) {
            return Ok(known.clone());
        }
        let mut source = match Source::read(&path) {
            Ok(source) => source,
            Err(diagnostic) => return self.fail(diagnostic.at(&name.at)),
        };
        if substitute {
            source = self.substituted(&source, &name.at)?;
        }
        self.charge(source.text.len() * 8, &name.at)?;
        match ParamsFile::parse(&source.text) {
            Ok(content) => {
                let given = GivenFile { path: path.clone(), source, content, substituted: substitute };
                let given = Rc::new(given);
                if !substitute {
                    self.files.insert(path, given.clone());
                }
                Ok(given)
            }
            Err(error) => {
                let at = At::new(&source, error.place, 1);
                let message = format!("bad parameter file: {}", error.message);
                self.fail(Diagnostic::error(message).at(&at).also("given here", &name.at))
            }
        }
    }

    /// The text of a file with its substitutions done, line by line, so that places stay right.
    fn substituted(&mut self, source: &Arc<Source>, at: &At) -> Outcome<Arc<Source>> {
        let mut text = String::new();
        for (index, line) in source.text.split_inclusive('\n').enumerate() {
            // A backslash alone is YAML's affair.
            if !line.contains("$(") {
                text.push_str(line);
                continue;
            }
            let place = vc_words::yaml::Place { line: index + 1, column: 1 };
            let template = match Text::new(line, source, place) {
                Ok(template) => template,
                Err(diagnostic) => return self.fail(diagnostic.also("given here", at)),
            };
            text.push_str(&self.text(&template)?.value);
        }
        self.charge(text.len(), at)?;
        Ok(Source::new(PathBuf::clone(&source.path), text))
    }
}
