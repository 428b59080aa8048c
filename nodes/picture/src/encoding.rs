//! Pixel layouts by the names of `sensor_msgs/image_encodings`.

use std::fmt;
use std::str::FromStr;

use vc::parameter::ParameterHandle;
use vc::prelude::*;

/// A pixel layout: 8 bits a channel, channels interleaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Blue, green, red: OpenCV's own order.
    Bgr8,
    /// Red, green, blue.
    Rgb8,
    /// Grey.
    Mono8,
    /// Blue, green, red, alpha.
    Bgra8,
    /// Red, green, blue, alpha.
    Rgba8,
}

/// A pixel layout this program does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("picture encoding `{name}` is none of {}", Encoding::names())]
pub struct UnknownEncoding {
    /// The layout's name as received.
    pub name: String,
}

impl Encoding {
    /// Every layout known.
    pub const ALL: [Self; 5] = [Self::Bgr8, Self::Rgb8, Self::Mono8, Self::Bgra8, Self::Rgba8];

    /// Bytes of one pixel.
    pub const fn channels(self) -> usize {
        match self {
            Self::Mono8 => 1,
            Self::Bgr8 | Self::Rgb8 => 3,
            Self::Bgra8 | Self::Rgba8 => 4,
        }
    }

    /// ROS's name of the layout.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bgr8 => "bgr8",
            Self::Rgb8 => "rgb8",
            Self::Mono8 => "mono8",
            Self::Bgra8 => "bgra8",
            Self::Rgba8 => "rgba8",
        }
    }

    /// Declares the parameter `encoding` of a block that writes colour as well as grey.
    pub fn parameter(block: &Block) -> ParameterHandle<String> {
        block
            .parameter("encoding", Self::Bgr8.name().to_owned(), "Layout of the output.")
            .choices([Self::Bgr8.name(), Self::Mono8.name()])
            .live()
    }

    /// The layout that the parameter names now.
    pub fn chosen(parameter: &Live<String>) -> Self {
        parameter.get().parse().unwrap_or(Self::Bgr8)
    }

    fn names() -> String {
        Self::ALL.map(|encoding| format!("`{encoding}`")).join(", ")
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|encoding| encoding.name() == name)
            .ok_or_else(|| UnknownEncoding { name: name.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for encoding in Encoding::ALL {
            assert_eq!(encoding.name().parse(), Ok(encoding));
        }
    }

    #[test]
    fn an_unknown_layout_is_named_and_cut_short() {
        let error = "x".repeat(5000).parse::<Encoding>().unwrap_err();

        assert!(error.to_string().len() < 200, "{error}");
        assert!("16UC1".parse::<Encoding>().unwrap_err().to_string().contains("`16UC1`"));
    }
}
