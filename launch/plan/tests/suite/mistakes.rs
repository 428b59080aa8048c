//! Every kind of mistake, and what the user is told.

mod arguments;
mod nodes;
mod parameters;
mod running;
mod syntax;
mod values;
mod wires;
mod xml;
