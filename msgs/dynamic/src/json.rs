//! Messages for `serde`: to JSON and the like.

use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::item::{Item, List, Numbers};
use crate::view::View;

impl Serialize for View<'_> {
    /// As a map of its fields. Sequences of numbers are lists, of bytes too.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.shape().fields.len()))?;
        for (name, item) in self.items() {
            map.serialize_entry(name, &item.map_err(S::Error::custom)?)?;
        }
        map.end()
    }
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Signed(value) => to.serialize_i64(*value),
            Self::Unsigned(value) => to.serialize_u64(*value),
            Self::Float32(value) => to.serialize_f32(*value),
            Self::Float64(value) => to.serialize_f64(*value),
            Self::Text(text) => to.serialize_str(text),
            Self::Message(view) => view.serialize(to),
            Self::Numbers(numbers) => numbers.serialize(to),
            Self::List(list) => list.serialize(to),
        }
    }
}

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.len()))?;
        for item in self.iter() {
            list.serialize_element(&item.map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}
