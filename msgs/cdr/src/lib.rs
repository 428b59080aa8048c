//! CDR bytes to values and back.
//!
//! A message travels as four bytes of encapsulation header followed by its XCDR1 ("plain CDR") body, the encoding
//! every ROS 2 middleware speaks. Numbers stand at multiples of their own size, counted from the end of the header.
//!
//! Two small cursors do the work: [`Writer`] over a slice that is already large enough, [`Reader`] over bytes that
//! may come from anybody. [`Field`] says, for one kind of field, how long it is, how it is written, how it is checked
//! and borrowed, and how a borrowed reading becomes an owned value. [`message!`] builds a struct, its view and its
//! [`Message`] implementation from a list of such fields; `vc-msggen` writes those lists from `.msg` text.
//!
//! What a reader may rely on:
//!
//! * Nothing panics, whatever the bytes.
//! * A view is checked once, in [`Message::view`]; its accessors cannot fail.
//! * Neither writing nor viewing allocates. [`Message::from_view`] does, and only for elements that are really there.
//! * We write little-endian. Both byte orders are read, by the same views; only [`Seq::as_slice`] answers `None`
//!   for numbers in the other order.
//! * Bytes after the last field are accepted: some middlewares pad the end.
//! * A count or length is compared with the bytes that are left before anything is done with it.

mod array;
mod bounded;
mod cast;
mod declare;
mod element;
mod error;
mod field;
mod items;
mod message;
mod primitive;
mod reader;
mod seq;
mod sequence;
mod writer;

pub use bounded::{AtMost, Text};
pub use cast::{as_elements, as_elements_mut};
pub use element::Element;
pub use error::{DecodeError, EncodeError};
pub use field::Field;
pub use items::{Items, ItemsIter};
pub use message::{Action, ENCAPSULATION_LEN, InPlace, Message, Service};
#[doc(hidden)]
pub use message::{encode_with, end_of_region, size_with, view_of};
pub use reader::Reader;
pub use seq::{Seq, SeqIter};
pub use writer::Writer;

// Generated code names these through this crate, so that a user's crate needs no further dependency.
#[doc(hidden)]
pub use {serde, serde_big_array, serde_bytes};
