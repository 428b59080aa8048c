//! `include`: other launch files, each in a frame of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::{Expander, Outcome};
use crate::diagnostic::{Diagnostic, Sink};
use crate::document::{Action, ActionKind, Document, Include};
use crate::front_door;
use crate::read::Options;
use crate::source::{At, Source, Text};
use crate::visualcircuit;

/// The deepest nesting of included files.
const MAX_DEPTH: usize = 32;

/// The most files that are included, each as often as it is.
const MAX_INCLUDES: usize = 10_000;

/// A launch file that is being worked out.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) source: Arc<Source>,
    /// Its true path.
    file: PathBuf,
    /// The entry that included it; none: the launch file itself.
    pub(super) via: Option<Arc<At>>,
    /// What it was given for its arguments.
    pub(super) given: BTreeMap<String, Given>,
    /// What it was given, but neither it nor a file within has taken so far.
    untaken: BTreeMap<String, Given>,
    /// Whether a part of it was not looked at, which might have taken it.
    unread: bool,
    /// The arguments declared so far.
    pub(super) declared: HashMap<String, At>,
    /// All arguments that are declared anywhere in it, for hints.
    pub(super) known: Vec<(String, At)>,
    /// Those that the files it includes declare.
    further: BTreeSet<String>,
}

/// A value for an argument, and where the launch file gives it; none: on the command line.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) value: String,
    pub(super) at: Option<At>,
}

impl Frame {
    fn new(document: &Document, file: PathBuf, given: BTreeMap<String, Given>, via: Option<Arc<At>>) -> Self {
        let known: Vec<(String, At)> =
            document.arguments().iter().map(|arg| (arg.name.clone(), arg.at.clone())).collect();
        let mut untaken = given.clone();
        untaken.retain(|name, _| !known.iter().any(|(known, _)| known == name));
        let unread = document.incomplete;
        let source = document.source.clone();
        let (declared, further) = (HashMap::new(), BTreeSet::new());
        Self { source, file, via, given, untaken, unread, declared, known, further }
    }
}

impl Expander<'_> {
    /// The launch file itself.
    pub(super) fn launch(&mut self, document: &Document, arguments: &[(String, String)]) {
        let given = |value: &String| Given { value: value.clone(), at: None };
        let given = arguments.iter().map(|(name, value)| (name.clone(), given(value))).collect();
        let frame = Frame::new(document, true_path(&document.source.path), given, None);
        // What it does not declare may be meant for the files it includes.
        for (name, given) in &frame.untaken {
            self.scope.vars.set(name.clone(), given.value.clone());
        }
        self.frames.push(frame);
        self.actions(&document.actions);
        self.leave();
    }

    /// The file that is being worked out.
    pub(super) fn source(&self) -> Arc<Source> {
        self.frames.last().map_or_else(|| self.circuit.source.clone(), |frame| frame.source.clone())
    }

    /// A place of the present file, with the way by which it was included.
    pub(super) fn here(&self, at: &At) -> At {
        at.through(self.frames.last().and_then(|frame| frame.via.as_ref()))
    }

    /// An entry that does not count. If a file would have been included by it, nobody knows what that takes.
    pub(super) fn skip(&mut self, action: &Action) {
        if includes(action) {
            self.frames.iter_mut().for_each(|frame| frame.unread = true);
        }
    }

    /// Notes that a variable was asked for, or declared.
    pub(super) fn take(&mut self, name: &str) {
        for frame in &mut self.frames {
            frame.untaken.remove(name);
        }
    }

    pub(super) fn include(&mut self, include: &Include, entry: &At) -> Outcome<()> {
        let scoped = self.truth_or(include.scoped.as_ref(), "`scoped`", true)?;
        let file = self.text(&include.file)?;
        let given = self.given(&include.arguments)?;
        let path = self.source().folder().join(&file.value);
        let via = Arc::new(self.here(entry));
        let opened = self.open(&path, &given, &via);
        let (document, true_path) = match opened {
            Ok(opened) => opened,
            Err(diagnostic) => {
                self.frames.iter_mut().for_each(|frame| frame.unread = true);
                return self.fail(diagnostic.at(&file.at));
            }
        };
        self.includes += 1;
        if self.includes > MAX_INCLUDES {
            let message = format!("this launch file includes more than {MAX_INCLUDES} files");
            return self.stop(Diagnostic::error(message).at(&file.at));
        }
        self.charge(8 * document.source.text.len(), &file.at)?;
        let mark = self.scope.enter();
        for (name, given) in &given {
            self.scope.vars.set(name.clone(), given.value.clone());
        }
        let mut frame = Frame::new(&document, true_path, given, Some(via));
        if document.source.is_drawn() {
            // They were worked in when the drawing was read.
            frame.untaken.clear();
        }
        self.frames.push(frame);
        let done = self.within(&document.actions, entry);
        self.leave();
        if scoped {
            self.scope.leave(mark);
        }
        done
    }

    fn given(&mut self, arguments: &[(Text, Text)]) -> Outcome<BTreeMap<String, Given>> {
        let mut given = BTreeMap::new();
        for (name, value) in arguments {
            let (name, value) = (self.text(name)?, self.text(value)?);
            given.insert(name.value, Given { value: value.value, at: Some(name.at) });
        }
        Ok(given)
    }

    /// The file at `path`, read once however often it is included, and its true path.
    fn open(
        &mut self,
        path: &Path,
        given: &BTreeMap<String, Given>,
        via: &At,
    ) -> Result<(Rc<Document>, PathBuf), Box<Diagnostic>> {
        let file = true_path(path);
        if self.frames.iter().any(|frame| frame.file == file) {
            let message = format!("`{}` includes itself", path.display());
            return Err(Diagnostic::error(message).hint("to repeat entries there is `for`").into());
        }
        if self.frames.len() > MAX_DEPTH {
            let message = format!("files are included more than {MAX_DEPTH} deep");
            return Err(Diagnostic::error(message).into());
        }
        if let Some(known) = self.documents.get(&file) {
            return Ok((known.clone(), file));
        }
        let mut found = Sink::default();
        let document = if self.is_listing && visualcircuit::is_project(path) {
            // Its constants are given where it is included only.
            None
        } else if visualcircuit::is_project(path) {
            self.project(path, given, &mut found)
        } else {
            let document = front_door::open(path, &mut found).map_err(|wrong| near(*wrong, path))?;
            let document = Rc::new(document);
            self.documents.insert(file.clone(), document.clone());
            Some(document)
        };
        self.circuit.incomplete |= found.has_errors();
        self.sink.append(found, Some(via));
        let document = document.ok_or_else(|| {
            Diagnostic::error(format!("`{}` cannot be included", path.display()))
                .hint("the reason is told above")
        })?;
        Ok((document, file))
    }

    /// A VisualCircuit project. Its arguments are worked in while it is read.
    fn project(
        &self,
        path: &Path,
        given: &BTreeMap<String, Given>,
        found: &mut Sink,
    ) -> Option<Rc<Document>> {
        let arguments = given.iter().map(|(name, given)| (name.clone(), given.value.clone())).collect();
        let options = Options { arguments, ..self.options.clone() };
        visualcircuit::open(path, &options, self.describe, found).map(|(document, _)| Rc::new(document))
    }

    /// Leaves a file. What it was given in vain is a mistake.
    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if !frame.unread && !self.stopped {
            for (name, given) in &frame.untaken {
                self.note(frame.in_vain(name, given));
            }
        }
        if let Some(outer) = self.frames.last_mut() {
            outer.further.extend(frame.known.into_iter().map(|(name, _)| name).chain(frame.further));
        }
    }
}

impl Frame {
    fn in_vain(&self, name: &str, given: &Given) -> Diagnostic {
        let own: Vec<&str> = self.known.iter().map(|(name, _)| name.as_str()).collect();
        let further: Vec<&str> =
            self.further.iter().map(String::as_str).filter(|name| !own.contains(name)).collect();
        let what = match self.via {
            None => "the launch file".to_owned(),
            Some(_) => format!("`{}`", self.source.path.display()),
        };
        let all = match (own.as_slice(), further.as_slice()) {
            ([], []) => format!("{what} has no arguments"),
            (own, []) => format!("its arguments are {}", own.join(", ")),
            ([], further) => format!("the files it includes have {}", further.join(", ")),
            (own, further) => {
                format!(
                    "its arguments are {}; the files it includes have {}",
                    own.join(", "),
                    further.join(", ")
                )
            }
        };
        let diagnostic = Diagnostic::error(format!("{what} has no argument `{name}`"));
        let diagnostic = match &given.at {
            Some(at) => diagnostic.at(at),
            None => diagnostic,
        };
        diagnostic.hint(all).did_you_mean(name, own.into_iter().chain(further))
    }
}

fn true_path(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn includes(action: &Action) -> bool {
    matches!(action.kind, ActionKind::Include(_)) || action.kind.within().iter().any(includes)
}

/// A file that is not there: the one in that folder with the nearest name.
fn near(wrong: Diagnostic, path: &Path) -> Diagnostic {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().map(std::fs::read_dir);
    let entries = folder.into_iter().flatten().flatten().flatten().take(1000);
    let names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    if path.exists() { wrong } else { wrong.did_you_mean(&name, names.iter().map(String::as_str)) }
}
