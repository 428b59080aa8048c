//! CDR messages of types that are known at run time only, by their interface text.
//!
//! For what meets types it was not built with: Python, recorders, relays, viewers. The generated types of `vc-msgs` read
//! and write the same bytes.
//!
//! ```
//! use vc_dynamic::{Item, Schema, Value, View, encode};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::new("my_msgs/msg/Grip", "float64 force\nuint8[] pads\nstring hand left")?;
//!
//! // Big sequences get room, to be written where they will travel.
//! let value = Value::message([("force", Value::Float(2.5)), ("pads", Value::Room(3))]);
//! let mut cdr = vec![0; encode::size(&schema, &value)?];
//! let rooms = encode::encode(&schema, &value, &mut cdr)?;
//! cdr[rooms[0].range.clone()].copy_from_slice(&[7, 8, 9]);
//!
//! // Reading is by view: checked once, nothing copied.
//! let view = View::open(&schema, &cdr)?;
//! assert_eq!(view.get("hand")?, Some(Item::Text("left")));
//! let Some(Item::Numbers(pads)) = view.get("pads")? else { panic!() };
//! assert_eq!(pads.bytes, [7, 8, 9]);
//! # Ok(())
//! # }
//! ```
//!
//! * [`Schema`]: what a message looks like; [`View`]: a message read in place; [`Value`] and [`encode`](mod@encode): writing
//!
//! Nothing panics on bad bytes or texts; a count is compared with the bytes that are left before anything is done with it.

pub mod encode;
mod error;
mod item;
mod json;
mod schema;
mod value;
mod view;

pub use error::{EncodeError, SchemaError};
pub use item::{Item, List, Numbers};
pub use schema::{Field, Kind, Schema, Shape};
pub use value::Value;
pub use vc_cdr::DecodeError;
pub use vc_msggen::{Count, Literal, Primitive, Texts, TypeName};
pub use view::{Spot, View};
