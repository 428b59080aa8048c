//! Typed parameters: what a block declares and what it gets.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::rc::Rc;

use vc_words::{Descriptor, Manifest, ParameterType, ParameterValue};

/// A Rust type that a parameter can have.
pub trait Parameter: Clone {
    /// The ROS 2 type it is.
    const KIND: ParameterType;
    /// As a value.
    fn into_value(self) -> ParameterValue;
    /// From a value of the right type; `None` from any other.
    fn from_value(value: &ParameterValue) -> Option<Self>;
}

macro_rules! parameter {
    ($type:ty, $kind:ident) => {
        impl Parameter for $type {
            const KIND: ParameterType = ParameterType::$kind;
            fn into_value(self) -> ParameterValue {
                ParameterValue::$kind(self)
            }
            fn from_value(value: &ParameterValue) -> Option<Self> {
                if let ParameterValue::$kind(value) = value { Some(value.clone()) } else { None }
            }
        }
    };
}
parameter!(bool, Bool);
parameter!(i64, Integer);
parameter!(f64, Double);
parameter!(String, String);
parameter!(Vec<bool>, BoolArray);
parameter!(Vec<i64>, IntegerArray);
parameter!(Vec<f64>, DoubleArray);
parameter!(Vec<String>, StringArray);

/// A declared parameter: says more about it, and later gives its value.
#[derive(Debug)]
pub struct ParameterHandle<T> {
    manifest: Rc<RefCell<Manifest>>,
    pub(crate) index: usize,
    value: PhantomData<fn() -> T>,
}

impl<T: Parameter> ParameterHandle<T> {
    pub(crate) fn declare(
        manifest: &Rc<RefCell<Manifest>>,
        name: &str,
        default: T,
        description: &str,
    ) -> Self {
        let index = manifest.borrow().parameters.len();
        let descriptor = Descriptor::new(name, default.into_value(), description);
        manifest.borrow_mut().parameters.push(descriptor);
        Self { manifest: Rc::clone(manifest), index, value: PhantomData }
    }

    /// The unit of a number, such as `Hz`.
    #[must_use]
    pub fn unit(self, unit: &str) -> Self {
        self.say(|descriptor| descriptor.unit = Some(unit.to_owned()))
    }

    /// Says that it can be changed while the node runs: open it with [`Node::live`](crate::Node::live).
    #[must_use]
    pub fn live(self) -> Self {
        self.say(|descriptor| descriptor.live = true)
    }

    fn say(self, what: impl FnOnce(&mut Descriptor)) -> Self {
        what(&mut self.manifest.borrow_mut().parameters[self.index]);
        self
    }
}

impl ParameterHandle<f64> {
    /// The values allowed.
    #[must_use]
    pub fn range(self, allowed: RangeInclusive<f64>) -> Self {
        self.say(|descriptor| {
            (descriptor.min, descriptor.max) = (Some(*allowed.start()), Some(*allowed.end()));
        })
    }
}

impl ParameterHandle<i64> {
    /// The values allowed.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "bounds of counts and sizes, far below 2^53")]
    pub fn range(self, allowed: RangeInclusive<i64>) -> Self {
        let (min, max) = (*allowed.start() as f64, *allowed.end() as f64);
        self.say(|descriptor| (descriptor.min, descriptor.max) = (Some(min), Some(max)))
    }
}

impl ParameterHandle<String> {
    /// The only texts allowed.
    #[must_use]
    pub fn choices<const N: usize>(self, allowed: [&str; N]) -> Self {
        self.say(|descriptor| descriptor.choices = allowed.map(str::to_owned).to_vec())
    }
}
