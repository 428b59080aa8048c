//! The type description of a message and its RIHS01 hash.

use std::collections::BTreeSet;

use hiroz_schema::{
    FieldDescription, FieldTypeDescription, TypeDescription, TypeDescriptionMsg, calculate_hash,
};

use crate::{
    Error,
    model::{Base, Count, Definition, Field, Interfaces, Primitive, TypeName},
};

impl Interfaces {
    /// `RIHS01_` and 64 hexadecimal digits.
    pub(crate) fn hash(&self, name: &TypeName) -> Result<String, Error> {
        let referenced_type_descriptions = self
            .needed_by(name)?
            .into_iter()
            .map(|name| Ok(describe(self.get(name, name)?)))
            .collect::<Result<_, _>>()?;
        let type_description = describe(self.get(name, name)?);
        Ok(calculate_hash(&TypeDescriptionMsg { type_description, referenced_type_descriptions })
            .to_rihs_string())
    }

    /// All types `name` needs, itself not included, in the order of their names.
    pub(crate) fn needed_by<'a>(&'a self, name: &'a TypeName) -> Result<BTreeSet<&'a TypeName>, Error> {
        let (mut found, mut open) = (BTreeSet::new(), vec![name]);
        while let Some(owner) = open.pop() {
            for nested in self.get(owner, owner)?.nested() {
                self.get(nested, owner)?;
                if nested == name {
                    return Err(Error::Recursive { name: name.to_string() });
                }
                if found.insert(nested) {
                    open.push(nested);
                }
            }
        }
        Ok(found)
    }

    /// The definition of `name`, which `owner` uses.
    pub(crate) fn get(&self, name: &TypeName, owner: &TypeName) -> Result<&Definition, Error> {
        self.definitions
            .get(name)
            .ok_or_else(|| Error::UnknownType { owner: owner.to_string(), wanted: name.to_string() })
    }
}

fn describe(definition: &Definition) -> TypeDescription {
    let fields = definition.fields.iter().map(|field| FieldDescription {
        name: field.name.clone(),
        field_type: describe_type(field),
        default_value: String::new(),
    });
    TypeDescription { type_name: definition.name.to_string(), fields: fields.collect() }
}

fn describe_type(field: &Field) -> FieldTypeDescription {
    let (offset, capacity) = match field.count {
        Count::One => (0, 0),
        Count::Fixed(len) => (48, len),
        Count::AtMost(bound) => (96, bound),
        Count::Any => (144, 0),
    };
    let (base, string_capacity, nested_type_name) = match &field.base {
        Base::Primitive(primitive) => (type_id(*primitive), 0, String::new()),
        Base::String(None) => (17, 0, String::new()),
        Base::String(Some(bound)) => (21, *bound, String::new()),
        Base::Nested(name) => (1, 0, name.to_string()),
    };
    FieldTypeDescription {
        type_id: base + offset,
        capacity: capacity as u64,
        string_capacity: string_capacity as u64,
        nested_type_name,
    }
}

/// In `.msg` text `char` is another word for `uint8`; `byte` is a type of its own.
fn type_id(primitive: Primitive) -> u8 {
    match primitive {
        Primitive::Int8 => 2,
        Primitive::Uint8 | Primitive::Char => 3,
        Primitive::Int16 => 4,
        Primitive::Uint16 => 5,
        Primitive::Int32 => 6,
        Primitive::Uint32 => 7,
        Primitive::Int64 => 8,
        Primitive::Uint64 => 9,
        Primitive::Float32 => 10,
        Primitive::Float64 => 11,
        Primitive::Bool => 15,
        Primitive::Byte => 16,
    }
}
