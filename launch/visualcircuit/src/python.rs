//! What can be told of a block's Python code without running it.

mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use vc_words::host_line::HostKind as Kind;

use tokens::{Token, TokenKind, tokens};

/// One side of a block's ports, as its code uses them.
#[derive(Debug, Default)]
struct Side {
    named: BTreeMap<String, BTreeSet<Kind>>,
    /// By place, in code of VisualCircuit 2.
    placed: BTreeMap<usize, BTreeSet<Kind>>,
    /// Of calls whose port is worked out at run time: it may be any.
    unnamed: BTreeSet<Kind>,
}

/// How code uses its ports, and what it imports.
#[derive(Debug, Default)]
pub struct Uses {
    inputs: Side,
    outputs: Side,
    /// The modules imported whenever the code is loaded, by their first word.
    pub modules: BTreeSet<String>,
}

impl Uses {
    /// Looks through code.
    pub fn of(code: &str) -> Self {
        let tokens = tokens(code);
        let mut uses = Self::default();
        for at in 0..tokens.len() {
            uses.call(&tokens, at);
            uses.wire(&tokens, at);
            uses.import(&tokens, at);
        }
        uses
    }

    /// What the input `name`, which is the one at `place`, carries; none if the code does not tell.
    pub fn input(&self, name: &str, place: usize) -> Option<Kind> {
        self.inputs.kind(name, place)
    }

    /// What the output `name`, which is the one at `place`, carries; none if the code does not tell.
    pub fn output(&self, name: &str, place: usize) -> Option<Kind> {
        self.outputs.kind(name, place)
    }

    /// `inputs.read_image("Img")`, `outputs.share_number("Out", …)`.
    fn call(&mut self, tokens: &[Token<'_>], at: usize) {
        let [receiver, dot, method, open, rest @ ..] = &tokens[at.saturating_sub(1)..] else { return };
        let (true, true, TokenKind::Name(method)) = (dot.is('.'), open.is('('), method.kind) else { return };
        if receiver.kind == TokenKind::Name("parameters") {
            return;
        }
        let (reads, kind) = match method {
            "read_image" => (true, Kind::Image),
            "read_array" => (true, Kind::Array),
            "read_number" => (true, Kind::Number),
            "read_string" => (true, Kind::String),
            "share_image" => (false, Kind::Image),
            "share_array" => (false, Kind::Array),
            "share_number" => (false, Kind::Number),
            "share_string" => (false, Kind::String),
            "share" => (false, Kind::Any),
            // `read` is the name of too many other things, and takes whatever comes.
            _ => return,
        };
        let side = if reads { &mut self.inputs } else { &mut self.outputs };
        match rest {
            [Token { kind: TokenKind::Text(Some(name)), .. }, end, ..] if end.is(',') || end.is(')') => {
                side.named.entry((*name).to_owned()).or_default().insert(kind);
            }
            _ => drop(side.unnamed.insert(kind)),
        }
    }

    /// `read_image(input_wires[0])`, VisualCircuit 2's.
    fn wire(&mut self, tokens: &[Token<'_>], at: usize) {
        let [method, open, list, bracket, place, close, end, ..] = &tokens[at..] else { return };
        let shape = [(open, '('), (bracket, '['), (close, ']'), (end, ')')];
        if !shape.iter().all(|(token, sign)| token.is(*sign)) {
            return;
        }
        let (TokenKind::Name(method), TokenKind::Name(list), TokenKind::Number(place)) =
            (&method.kind, &list.kind, &place.kind)
        else {
            return;
        };
        let side = match *list {
            "input_wires" => &mut self.inputs,
            "output_wires" => &mut self.outputs,
            _ => return,
        };
        let kind = match *method {
            "read_image" | "share_image" | "Wire_Read" | "Wire_Write" => Kind::Image,
            // Text there stands for numbers, lists of them, and text.
            _ => Kind::Any,
        };
        if let Ok(place) = place.parse() {
            side.placed.entry(place).or_default().insert(kind);
        }
    }

    /// `import a.b, c` and `from a import b` at the left edge.
    fn import(&mut self, tokens: &[Token<'_>], at: usize) {
        let [word, rest @ ..] = &tokens[at..] else { return };
        if word.column != 0 || !word.starts_line {
            return;
        }
        let module = |token: Option<&Token<'_>>| match token.map(|token| &token.kind) {
            Some(TokenKind::Name(name)) => Some((*name).to_owned()),
            _ => None,
        };
        match word.kind {
            TokenKind::Name("from") => self.modules.extend(module(rest.first())),
            TokenKind::Name("import") => {
                self.modules.extend(module(rest.first()));
                let line = rest.iter().take_while(|token| !token.starts_line).collect::<Vec<_>>();
                for pair in line.windows(2).filter(|pair| pair[0].is(',')) {
                    self.modules.extend(module(Some(pair[1])));
                }
            }
            _ => {}
        }
    }
}

impl Side {
    /// The one kind that all calls agree on.
    fn kind(&self, name: &str, place: usize) -> Option<Kind> {
        let empty = BTreeSet::new();
        let named = self.named.get(name).unwrap_or(&empty);
        let placed = self.placed.get(&place).unwrap_or(&empty);
        let mut kinds = named.iter().chain(placed).chain(&self.unnamed);
        let first = *kinds.next()?;
        kinds.all(|kind| *kind == first).then_some(first)
    }
}

/// Whether code calls `input`, or names `sys.stdin`.
pub(crate) fn reads_stdin(code: &str) -> bool {
    let tokens = tokens(code);
    let is = |at: usize, name: &str| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Name(name));
    let sign = |at: usize, sign: char| tokens.get(at).is_some_and(|token| token.is(sign));
    (0..tokens.len()).any(|at| {
        let is_own = at > 0 && (sign(at - 1, '.') || is(at - 1, "def"));
        is(at, "input") && sign(at + 1, '(') && !is_own
            || is(at, "sys") && sign(at + 1, '.') && is(at + 2, "stdin")
    })
}

/// Whether code has a function of this name at its left edge.
pub(crate) fn has_function(code: &str, name: &str) -> bool {
    let tokens = tokens(code);
    let mut triples = tokens.windows(3);
    triples.any(|t| {
        t[0].kind == TokenKind::Name("def")
            && t[0].starts_line
            && t[0].column == 0
            && t[1].kind == TokenKind::Name(name)
            && t[2].is('(')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = r#"
import cv2, numpy as np
from lib.exceptions import *
"""inputs.read_array("Img")"""
def main(inputs, outputs, parameters, synchronise):
    import late
    # outputs.share_number("Out", 1)
    img = inputs.read_image("Img")
    gain = parameters.read_number('Img')
    outputs.share_image(
        'Out', img)
    outputs.share("Raw", [1])
    outputs.share_number("Both", 1); outputs.share_array("Both", [1])
    text = 'it\'s outputs.share_string("Out", 2)'
"#;

    #[test]
    fn calls_with_plain_names_tell_what_a_port_carries() {
        let uses = Uses::of(CODE);
        assert_eq!(uses.input("Img", 0), Some(Kind::Image));
        assert_eq!(uses.input("Enable", 1), None);
        assert_eq!(uses.output("Out", 0), Some(Kind::Image));
        assert_eq!(uses.output("Raw", 1), Some(Kind::Any));
        assert_eq!(uses.output("Both", 2), None);
        assert_eq!(uses.modules.iter().collect::<Vec<_>>(), ["cv2", "lib", "numpy"]);
    }

    #[test]
    fn a_call_whose_port_is_worked_out_may_mean_any_port() {
        let uses =
            Uses::of("outputs.share_image(\"Out\", i)\noutputs.share_array(name, a)\ninputs.read_number(n)");
        assert_eq!(uses.output("Out", 0), None);
        assert_eq!(uses.output("Other", 1), Some(Kind::Array));
        assert_eq!(uses.input("x", 0), Some(Kind::Number));
    }

    #[test]
    fn code_of_version_2_tells_by_place() {
        let uses = Uses::of("a = read_image(input_wires[0])\nb = share_string(output_wires[1])");
        assert_eq!(uses.input("Inp-0", 0), Some(Kind::Image));
        assert_eq!(uses.output("Out-1", 1), Some(Kind::Any));
        assert_eq!(uses.output("Out-0", 0), None);
    }

    #[test]
    fn code_that_reads_what_is_typed_is_found() {
        for code in ["x = input('how many? ')", "for line in sys.stdin:\n  pass", "f(input())"] {
            assert!(reads_stdin(code), "{code}");
        }
        for code in [
            "'input()'",
            "# input()",
            "def input(x): pass",
            "self.input(1)",
            "inputs.read_number('a')",
            "input = 1",
        ] {
            assert!(!reads_stdin(code), "{code}");
        }
    }

    #[test]
    fn functions_are_told_from_text_about_them() {
        assert!(has_function("x = 1\ndef loop(a):\n  pass", "loop"));
        assert!(!has_function("'''\ndef loop(a):\n'''\n# def loop()\n  def loop(a): pass", "loop"));
        assert!(!has_function("", "main"));
    }
}
