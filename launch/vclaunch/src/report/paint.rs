//! Colours, where they are wanted.

/// A colour of the terminal's own palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Colour {
    /// For telling nodes apart: red is left to trouble.
    pub(crate) fn of_index(index: usize) -> Self {
        [Self::Cyan, Self::Green, Self::Yellow, Self::Blue, Self::Magenta][index % 5]
    }

    fn code(self) -> u8 {
        match self {
            Self::Red => 31,
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Blue => 34,
            Self::Magenta => 35,
            Self::Cyan => 36,
        }
    }
}

/// Paints, or leaves text as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    pub(crate) fn colour(self, colour: Colour, text: &str) -> String {
        self.with(&colour.code().to_string(), text)
    }

    pub(crate) fn bold(self, colour: Colour, text: &str) -> String {
        self.with(&format!("1;{}", colour.code()), text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, codes: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{codes}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
