//! Declared inputs and outputs, and their quality of service.

use std::sync::Arc;

use pyo3::prelude::*;
use vc_dynamic::Schema;
use vc_words::{Durability, Qos as Words, Reliability};

use crate::error::UsageError;

/// Quality of service in ROS 2's words: `vc.Qos(reliability="reliable", durability="volatile", depth=10)`.
#[pyclass(frozen, eq, module = "vc", from_py_object)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Qos(pub(crate) Words);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "Python lends its values to methods")]
#[pymethods]
impl Qos {
    #[new]
    #[pyo3(signature = (*, reliability = "reliable", durability = "volatile", depth = 10))]
    fn new(reliability: &str, durability: &str, depth: u32) -> PyResult<Self> {
        let refuse = |what: &str, [first, second]: [&str; 2], said: &str| {
            UsageError::new_err(format!("`{what}` is `{first}` or `{second}`, not `{said}`"))
        };
        let reliability = Reliability::parse(reliability)
            .ok_or_else(|| refuse("reliability", Reliability::WORDS, reliability))?;
        let durability = Durability::parse(durability)
            .ok_or_else(|| refuse("durability", Durability::WORDS, durability))?;
        Ok(Self(Words { reliability, durability, depth }.keep_last(depth)))
    }

    /// ROS 2's default profile: reliable, volatile, the last 10.
    #[classattr]
    const DEFAULT: Self = Self(Words::DEFAULT);

    /// ROS 2's sensor data profile: best effort, volatile, the last 5.
    #[classattr]
    const SENSOR_DATA: Self = Self(Words::SENSOR_DATA);

    /// For state that late joiners need: reliable, transient local, the last one.
    #[classattr]
    const LATCHED: Self = Self(Words::LATCHED);

    /// The same with the last `depth` samples kept, 1 to 256; 1 to 16 if it is transient local.
    fn keep_last(&self, depth: u32) -> Self {
        Self(self.0.keep_last(depth))
    }

    #[getter]
    fn reliability(&self) -> &'static str {
        match self.0.reliability {
            Reliability::Reliable => "reliable",
            Reliability::BestEffort => "best_effort",
        }
    }

    #[getter]
    fn durability(&self) -> &'static str {
        match self.0.durability {
            Durability::Volatile => "volatile",
            Durability::TransientLocal => "transient_local",
        }
    }

    #[getter]
    fn depth(&self) -> u32 {
        self.0.depth
    }

    fn __repr__(&self) -> String {
        format!(
            "Qos(reliability='{}', durability='{}', depth={})",
            self.reliability(),
            self.durability(),
            self.depth()
        )
    }
}

/// What an input and an output have in common.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// The block it belongs to.
    pub(crate) block: u64,
    /// Its place among the block's inputs or outputs.
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) schema: Arc<Schema>,
}

macro_rules! port {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[pyclass(frozen, module = "vc")]
        pub(crate) struct $name(pub(crate) Declared);

        #[pymethods]
        impl $name {
            /// Its name.
            #[getter]
            fn name(&self) -> &str {
                &self.0.name
            }

            /// The name of its message type.
            #[getter(r#type)]
            fn type_name(&self) -> &str {
                self.0.schema.name()
            }

            fn __repr__(&self) -> String {
                format!(concat!("<", stringify!($name), " {} of {}>"), self.0.name, self.0.schema.name())
            }
        }
    };
}

port! {
    /// A declared input: `Block.input` makes it, `Node.on` and `Node.subscriber` open it.
    Input
}
port! {
    /// A declared output: `Block.output` makes it, `Node.publisher` opens it.
    Output
}
