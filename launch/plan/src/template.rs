//! Text with substitutions, `$(name argument …)`, by ROS 2's rules.
//!
//! A backslash takes the next character as it is. Arguments are parted by white space; quotes, single
//! or double, hold them together; each may hold further substitutions. The expression of `$(eval …)`
//! may stand unquoted.

/// The deepest nesting of substitutions.
const MAX_DEPTH: usize = 8;
/// The longest text with substitutions, in characters.
const MAX_LEN: usize = 64 << 10;

/// Text and substitutions in turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Call(Call),
}

/// One `$(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) function: Function,
    pub(crate) args: Vec<Template>,
    /// Where it stands in the text, in characters.
    pub(crate) offset: usize,
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateError {
    pub(crate) offset: usize,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal..=$most:literal $usage:literal,)*) => {
        /// The substitutions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Function { $($variant,)* }

        impl Function {
            const NAMES: &[&str] = &[$($name,)*];

            /// Whether its second argument is for a name that stands for nothing.
            pub(crate) fn has_default(self) -> bool {
                matches!(self, Self::Var | Self::Env | Self::ForVar)
            }

            fn by_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            fn arity(self) -> std::ops::RangeInclusive<usize> {
                match self { $(Self::$variant => $least..=$most,)* }
            }

            fn usage(self) -> &'static str {
                match self { $(Self::$variant => $usage,)* }
            }
        }
    };
}
functions! {
    Var "var" 1..=2 "$(var name [default])",
    Env "env" 1..=2 "$(env NAME [default])",
    Index "index" 1..=1 "$(index name)",
    ForVar "for-var" 1..=2 "$(for-var name [default])",
    Dirname "dirname" 0..=0 "$(dirname)",
    Filename "filename" 0..=0 "$(filename)",
    Eval "eval" 1..=1 "$(eval expression)",
    FindExec "find-exec" 1..=1 "$(find-exec name)",
    ExecInPkg "exec-in-pkg" 2..=2 "$(exec-in-pkg name package)",
    FindPkgPrefix "find-pkg-prefix" 1..=1 "$(find-pkg-prefix package)",
    FindPkgShare "find-pkg-share" 1..=1 "$(find-pkg-share package)",
    Not "not" 1..=1 "$(not a)",
    And "and" 2..=2 "$(and a b)",
    Or "or" 2..=2 "$(or a b)",
    Any "any" 0..=999 "$(any a b …)",
    All "all" 0..=999 "$(all a b …)",
    Equals "equals" 2..=2 "$(equals a b)",
    NotEquals "not-equals" 2..=2 "$(not-equals a b)",
    If "if" 2..=3 "$(if condition then [else])",
    Anon "anon" 1..=1 "$(anon name)",
    Param "param" 1..=1 "$(param name)",
    FileContent "file-content" 1..=1 "$(file-content path)",
    Command "command" 1..=2 "$(command 'program arguments' [fail|warn|ignore|capture])",
    LogDir "log_dir" 0..=0 "$(log_dir)",
    LaunchLogDir "launch_log_dir" 0..=0 "$(launch_log_dir)",
}

impl Template {
    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        if !text.contains(['$', '\\']) {
            return Ok(Self { parts: vec![Part::Text(text.to_owned())] });
        }
        let chars: Vec<char> = text.chars().take(MAX_LEN + 1).collect();
        if chars.len() > MAX_LEN {
            let message = format!("a text with substitutions may hold {MAX_LEN} characters at most");
            return Err(TemplateError { offset: 0, message, hint: None });
        }
        Reader { chars: &chars, at: 0, depth: 0 }.template(|_| false)
    }

    /// The text, if there is no substitution in it.
    pub(crate) fn literal(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None })
            .collect()
    }

    fn push(&mut self, c: char) {
        if let Some(Part::Text(text)) = self.parts.last_mut() {
            text.push(c);
        } else {
            self.parts.push(Part::Text(c.to_string()));
        }
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn starts_call(&self) -> bool {
        self.chars[self.at..].starts_with(&['$', '('])
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Reads up to the first character that `ends`, which is left, or to the end of the text.
    fn template(&mut self, ends: impl Fn(char) -> bool) -> Result<Template, TemplateError> {
        let mut template = Template::default();
        self.piece(&mut template, ends)?;
        Ok(template)
    }

    fn piece(&mut self, into: &mut Template, ends: impl Fn(char) -> bool) -> Result<(), TemplateError> {
        while let Some(c) = self.peek() {
            if ends(c) {
                break;
            }
            if self.starts_call() {
                into.parts.push(Part::Call(self.call()?));
                continue;
            }
            self.at += 1;
            match (c, self.peek()) {
                ('\\', Some(escaped)) => {
                    self.at += 1;
                    into.push(escaped);
                }
                _ => into.push(c),
            }
        }
        Ok(())
    }

    fn call(&mut self) -> Result<Call, TemplateError> {
        let offset = self.at;
        let fail = |message: String, hint: Option<String>| Err(TemplateError { offset, message, hint });
        if self.depth == MAX_DEPTH {
            return fail(format!("substitutions are nested more than {MAX_DEPTH} deep"), None);
        }
        self.depth += 1;
        self.at += 2;
        self.skip_space();
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            self.at += 1;
        }
        let name: String = self.chars[from..self.at].iter().collect();
        let Some(function) = Function::by_name(&name) else { return Err(unknown(&name, offset)) };
        let args = if function == Function::Eval { self.expression()? } else { self.arguments()? };
        self.skip_space();
        if self.peek() != Some(')') {
            return fail("this substitution is never closed: `)` is missing".to_owned(), None);
        }
        self.at += 1;
        self.depth -= 1;
        if !function.arity().contains(&args.len()) {
            let message = format!("`$({name} …)` does not take {} arguments", args.len());
            return fail(message, Some(format!("write `{}`", function.usage())));
        }
        Ok(Call { function, args, offset })
    }

    fn arguments(&mut self) -> Result<Vec<Template>, TemplateError> {
        let mut args = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None | Some(')') => return Ok(args),
                Some(_) => args.push(self.argument()?),
            }
        }
    }

    fn argument(&mut self) -> Result<Template, TemplateError> {
        let mut template = Template::default();
        loop {
            match self.peek() {
                None | Some(')') => break,
                Some(c) if c.is_whitespace() => break,
                Some(quote @ ('"' | '\'')) => self.quoted(quote, &mut template)?,
                Some(_) => {
                    self.piece(&mut template, |c| c.is_whitespace() || matches!(c, ')' | '"' | '\''))?;
                }
            }
        }
        Ok(template)
    }

    fn quoted(&mut self, quote: char, into: &mut Template) -> Result<(), TemplateError> {
        let offset = self.at;
        self.at += 1;
        self.piece(into, |c| c == quote)?;
        if self.peek() != Some(quote) {
            let message = format!("this quote is never closed: `{quote}` is missing");
            return Err(TemplateError { offset, message, hint: None });
        }
        self.at += 1;
        Ok(())
    }

    /// The argument of `$(eval …)`: one quoted text as in ROS 2, or everything up to the `)` that
    /// closes it, so that `$(eval $(var width) // 2)` means what it looks like.
    fn expression(&mut self) -> Result<Vec<Template>, TemplateError> {
        self.skip_space();
        let start = self.at;
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            let (mut template, depth) = (Template::default(), self.depth);
            let whole = self.quoted(quote, &mut template).is_ok();
            self.skip_space();
            if whole && self.peek() == Some(')') {
                return Ok(vec![template]);
            }
            (self.at, self.depth) = (start, depth);
        }
        let (mut template, mut open, mut quote) = (Template::default(), 0_usize, None);
        while let Some(c) = self.peek() {
            match (c, quote) {
                (')', None) if open == 0 => break,
                _ if self.starts_call() => {
                    template.parts.push(Part::Call(self.call()?));
                    continue;
                }
                ('(', None) => open += 1,
                (')', None) => open -= 1,
                ('"' | '\'', None) => quote = Some(c),
                (c, Some(q)) if c == q => quote = None,
                _ => {}
            }
            template.push(c);
            self.at += 1;
        }
        Ok(if template.parts.is_empty() { Vec::new() } else { vec![template] })
    }
}

fn unknown(name: &str, offset: usize) -> TemplateError {
    let hint = match vc_words::suggest::nearest(name, Function::NAMES.iter().copied()) {
        Some(near) if !name.is_empty() => format!("did you mean `$({near} …)`?"),
        _ => format!("the substitutions are {}", Function::NAMES.join(", ")),
    };
    TemplateError { offset, message: format!("`$({name} …)` is no substitution"), hint: Some(hint) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(text: &str) -> String {
        Template::parse(text)
            .map_or_else(|error| format!("{}: {}", error.offset, error.message), |t| show(&t))
    }

    fn show(template: &Template) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Call(call) => {
                format!("<{:?}|{}>", call.function, call.args.iter().map(show).collect::<Vec<_>>().join("|"))
            }
        };
        template.parts.iter().map(part).collect()
    }

    #[test]
    fn substitutions_quotes_and_escapes_are_read() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a$b (c)", "a$b (c)"),
            (r"\$(var x)", "$(var x)"),
            (r"a\\b", r"a\b"),
            ("$(var x)", "<Var|x>"),
            ("a/$(var x 'two words')/b", "a/<Var|x|two words>/b"),
            ("$(env $(var n) \"d)\")", "<Env|<Var|n>|d)>"),
            ("$(var x '')", "<Var|x|>"),
            ("$(dirname)/x", "<Dirname|>/x"),
            ("$(eval '$(var a) + 1')", "<Eval|<Var|a> + 1>"),
            ("$(eval ($(var a) + 1) * 2)", "<Eval|(<Var|a> + 1) * 2>"),
            ("$(eval '$(var a)' == 'x)')", "<Eval|'<Var|a>' == 'x)'>"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_say_where() {
        for (text, offset, part) in [
            ("ab$(var x", 2, "never closed"),
            ("$(vra x)", 0, "no substitution"),
            ("$(var)", 0, "does not take 0"),
            ("$(var a b c)", 0, "does not take 3"),
            ("$(var 'a)", 6, "quote"),
            ("$(command a b c)", 0, "does not take 3"),
            ("$()", 0, "no substitution"),
        ] {
            let error = Template::parse(text).unwrap_err();
            assert!(error.offset == offset && error.message.contains(part), "{text}: {error:?}");
        }
        assert!(Template::parse(&"$(not ".repeat(1000)).is_err());
        assert!(Template::parse(&"$(eval '".repeat(1000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[$()a-c '\"\\\\\n]{0,60}|\\PC{0,40}") {
            let _ = Template::parse(&text);
        }

        #[test]
        fn text_without_substitutions_stays(text in "[^$\\\\]{0,40}") {
            prop_assert_eq!(Template::parse(&text).unwrap().literal().unwrap(), text);
        }
    }
}
