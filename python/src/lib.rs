//! Blocks in Python: the extension module `vc._native`, below the Python package `vc` of this folder.
//!
//! The words are the Rust library's. What is read lies where the sender wrote it: numbers as NumPy arrays over the
//! sample's memory. What is loaned lies where subscribers will read it. The interpreter is free while a node waits.
//!
//! * `block`, `port`, `parameter`: what a block declares
//! * `node`, `publisher`, `loan`, `subscriber`: the running node; `store` keeps nodes on their threads
//! * `message`, `memory`: a received message, and memory as NumPy sees it
//! * `types`: message types by name; `convert`: Python's values as a message's
//! * `error`, `log`: what goes wrong, and what is said
//!
//! NumPy is the user's own, and imported when the first array is asked for. It sees our memory by its array interface,
//! which is Python's own protocol and needs neither its headers nor its version.

mod block;
mod convert;
mod error;
mod host;
mod loan;
mod log;
mod memory;
mod message;
mod node;
mod parameter;
mod port;
mod publisher;
mod store;
mod subscriber;
mod types;

use pyo3::prelude::*;

/// What the Python package `vc` is made of.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::block::Block;
    #[pymodule_export]
    use super::host::{host_block, host_line};
    #[pymodule_export]
    use super::loan::Loan;
    #[pymodule_export]
    use super::log::{enabled, log};
    #[pymodule_export]
    use super::memory::Memory;
    #[pymodule_export]
    use super::message::{Envelope, Message, envelope, to_dict, type_of};
    #[pymodule_export]
    use super::node::{Node, Tick, now};
    #[pymodule_export]
    use super::parameter::Parameter;
    #[pymodule_export]
    use super::port::{Input, Output, Qos};
    #[pymodule_export]
    use super::publisher::Publisher;
    #[pymodule_export]
    use super::store::close_nodes;
    #[pymodule_export]
    use super::subscriber::{Subscriber, wait_for_news};
    #[pymodule_export]
    use super::types::{MessageType, add_type, message_type};

    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::error::add_to(module)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
