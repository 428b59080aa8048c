//! How often a block wants to run.

/// The frequency of a block that states none, in Hz.
const DEFAULT: f64 = 30.0;

/// How often a code block wants to run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frequency {
    /// So many times a second, above 0.
    Hertz(f64),
    /// As fast as it goes: `synchronise` never sleeps. Stated as a negative number.
    Unlimited,
}

impl Default for Frequency {
    fn default() -> Self {
        Self::Hertz(DEFAULT)
    }
}

impl Frequency {
    /// VisualCircuit's own reading of the text in a block's frequency field: nothing, 0 and what is no number mean 30 Hz,
    /// a negative number means as fast as it goes.
    pub fn read(text: Option<&str>) -> Self {
        match text.and_then(number) {
            Some(hertz) if hertz == 0.0 || hertz.is_nan() => Self::default(),
            // A billion times a second is as fast as it goes.
            Some(hertz) if (0.0..1e9).contains(&hertz) => Self::Hertz(hertz),
            Some(_) => Self::Unlimited,
            None => Self::default(),
        }
    }

    /// The number for it: Hz, and -1 for as fast as it goes.
    pub fn hertz(self) -> f64 {
        match self {
            Self::Hertz(hertz) => hertz,
            Self::Unlimited => -1.0,
        }
    }
}

/// A number as Python's `float` reads it.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let bytes = text.as_bytes();
    // Python allows an underscore between two digits, and has no other words than Rust.
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    let mut apart = underscores.map(|(at, _)| at);
    if !apart.all(|at| digit(at.checked_sub(1)) && digit(Some(at + 1))) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_visualcircuit_reads_them() {
        for (text, expected) in [
            ("30", 30.0),
            (" 15.5 ", 15.5),
            ("0.5", 0.5),
            ("1e2", 100.0),
            ("1_000", 1000.0),
            ("fast", 30.0),
            ("", 30.0),
            ("0", 30.0),
            ("-0", 30.0),
            ("nan", 30.0),
            ("_1", 30.0),
        ] {
            assert_eq!(Frequency::read(Some(text)), Frequency::Hertz(expected), "{text}");
        }
        assert_eq!(Frequency::read(None), Frequency::Hertz(30.0));
        for text in ["-1", "-0.5", "inf", "-inf", "1e300"] {
            assert_eq!(Frequency::read(Some(text)), Frequency::Unlimited, "{text}");
        }
    }
}
