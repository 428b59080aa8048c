//! The stock message types by name, for programs that learn at run time which types they need.

/// What is known of a message type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stock {
    /// Its name, such as `sensor_msgs/msg/Image`.
    pub name: &'static str,
    /// Its RIHS01 hash.
    pub hash: &'static str,
    /// Its self-contained text.
    pub schema: &'static str,
    /// How many samples a port of it keeps unless told otherwise.
    pub default_depth: u32,
}

/// The stock message of this name; `sensor_msgs/Image` means `sensor_msgs/msg/Image`.
pub fn find(name: &str) -> Option<&'static Stock> {
    let same = |known: &str| match (known.split_once("/msg/"), name.split_once('/')) {
        _ if known == name => true,
        (Some(known), Some(name)) => known == name,
        _ => false,
    };
    STOCK.iter().find(|stock| same(stock.name))
}

/// All stock messages, those that services and actions consist of included, by package.
pub fn all() -> &'static [Stock] {
    STOCK
}

macro_rules! every_message {
    ($($path:path,)*) => {
        static STOCK: &[Stock] = {
            use crate::*;
            &[$(Stock {
                name: <$path>::TYPE_NAME,
                hash: <$path>::TYPE_HASH,
                schema: <$path>::SCHEMA,
                default_depth: <$path>::DEFAULT_DEPTH,
            },)*]
        };
    };
}
macro_rules! every_service {
    ($($path:path,)*) => {};
}
macro_rules! every_action {
    ($($path:path,)*) => {};
}
include!(concat!(env!("OUT_DIR"), "/every_type.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message as _, sensor_msgs::msg::Image};

    #[test]
    fn types_are_found_by_both_forms_of_their_name() {
        let image = find("sensor_msgs/msg/Image").unwrap();

        assert_eq!((image.hash, image.default_depth), (Image::TYPE_HASH, 4));
        assert_eq!(find("sensor_msgs/Image"), Some(image));
        assert!(find("std_srvs/srv/SetBool_Request").is_some());
        for unknown in ["", "Image", "sensor_msgs/image", "sensor_msgs", "std_srvs/SetBool_Request"] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
    }
}
