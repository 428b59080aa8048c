//! The YAML front end: launch YAML as ROS 2 writes it, and our `wire` → [`Document`].

mod actions;
mod fields;
mod process;

use std::cell::RefCell;
use std::sync::Arc;

use vc_words::yaml::{Place, Yaml};

use crate::diagnostic::{Diagnostic, Sink};
use crate::document::Document;
use crate::source::{At, Source, Text};

/// Reads a launch file's text. Whatever can be read is; the rest is in the sink.
pub(crate) fn document(source: &Arc<Source>, sink: &mut Sink) -> Document {
    let reader = Reader { source: source.clone(), sink: RefCell::default() };
    let actions = match Yaml::parse(&source.text) {
        Ok(tree) => reader.root(&tree),
        Err(error) => {
            reader.push(
                Diagnostic::error(format!("not valid YAML: {}", error.message))
                    .at(&reader.at(error.place, 1)),
            );
            Vec::new()
        }
    };
    let found = reader.sink.into_inner();
    let incomplete = found.has_errors();
    sink.append(found);
    Document { source: source.clone(), actions, incomplete }
}

/// Turns YAML values into values of a document, and notes what is wrong.
struct Reader {
    source: Arc<Source>,
    sink: RefCell<Sink>,
}

impl Reader {
    fn push(&self, diagnostic: Diagnostic) {
        self.sink.borrow_mut().push(diagnostic);
    }

    fn at(&self, place: Place, width: usize) -> At {
        At::new(&self.source, place, width)
    }

    /// A scalar as text; anything else is a mistake, named with `what`.
    fn text(&self, tree: &Yaml, what: &str) -> Option<Text> {
        let Some(scalar) = tree.as_scalar() else {
            let message = format!("{what} must be text, not {}", tree.kind());
            self.push(Diagnostic::error(message).at(&self.at(tree.place, 1)));
            return None;
        };
        Text::new(&scalar.text, &self.source, tree.place).map_err(|wrong| self.push(*wrong)).ok()
    }

    /// The items of a list; anything else is a mistake.
    fn list<'a>(&self, tree: &'a Yaml, what: &str) -> &'a [Yaml] {
        tree.as_list().unwrap_or_else(|| {
            let message = format!("{what} must be a list, not {}", tree.kind());
            self.push(Diagnostic::error(message).at(&self.at(tree.place, 1)));
            &[]
        })
    }
}
