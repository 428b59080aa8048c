//! The self-contained text of a message, as recordings and viewers want it.

use std::fmt::Write as _;

use crate::{
    Error,
    model::{Interfaces, TypeName},
};

impl Interfaces {
    /// The message's own text, then for each type it needs a line of 80 `=`, its name and its text.
    pub(crate) fn schema(&self, name: &TypeName) -> Result<String, Error> {
        let mut schema = self.get(name, name)?.text.clone();
        for needed in self.needed_by(name)? {
            if !schema.is_empty() && !schema.ends_with('\n') {
                schema.push('\n');
            }
            let _ = writeln!(schema, "{}\nMSG: {}/{}", "=".repeat(80), needed.package, needed.name);
            schema += &self.get(needed, name)?.text;
        }
        Ok(schema)
    }
}
