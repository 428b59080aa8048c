//! Numbers as `VisualCircuit`'s blocks exchange them: `std_msgs/msg/Float64MultiArray`.

use vc_msgs::std_msgs::msg::{
    Float64MultiArray, Float64MultiArrayView, MultiArrayDimension, MultiArrayLayout,
};

/// A row of numbers.
pub fn array(numbers: &[f64]) -> Float64MultiArray {
    shaped(&[numbers.len()], numbers)
}

/// Numbers of a shape, in row-major order. Their count is the shape's product.
pub fn shaped(shape: &[usize], numbers: &[f64]) -> Float64MultiArray {
    Float64MultiArray { layout: layout(shape), data: numbers.to_vec() }
}

/// What a message says of a shape.
pub fn layout(shape: &[usize]) -> MultiArrayLayout {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let side = |at: usize| MultiArrayDimension {
        label: String::new(),
        size: count(shape[at]),
        stride: count(shape[at..].iter().product()),
    };
    MultiArrayLayout { dim: (0..shape.len()).map(side).collect(), data_offset: 0 }
}

/// How many numbers there are.
pub fn len(array: &Float64MultiArrayView<'_>) -> usize {
    array.data().len().saturating_sub(array.layout().data_offset() as usize)
}

/// One of the numbers, in row-major order.
pub fn number(array: &Float64MultiArrayView<'_>, at: usize) -> Option<f64> {
    array.data().get(at.checked_add(array.layout().data_offset() as usize)?)
}

/// The first `N` numbers.
///
/// # Errors
/// [`FewNumbers`] if there are not so many.
pub fn first<const N: usize>(array: &Float64MultiArrayView<'_>) -> Result<[f64; N], FewNumbers> {
    let found = len(array);
    if found < N {
        return Err(FewNumbers { needed: N, found });
    }
    Ok(std::array::from_fn(|at| number(array, at).unwrap_or_default()))
}

/// An array too short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an array of {found} numbers came where {needed} are needed")]
pub struct FewNumbers {
    /// How many are needed.
    pub needed: usize,
    /// How many there are.
    pub found: usize,
}

#[cfg(test)]
mod tests {
    use vc::prelude::Message;

    use super::*;

    #[test]
    fn numbers_read_back_in_their_order() {
        let mut message = shaped(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let strides: Vec<_> = message.layout.dim.iter().map(|dim| (dim.size, dim.stride)).collect();
        assert_eq!(strides, [(2, 6), (3, 3)]);

        let read = |message: &Float64MultiArray| {
            let mut cdr = vec![0; message.cdr_size()];
            message.encode(&mut cdr).unwrap();
            let view = Float64MultiArray::view(&cdr).unwrap();
            (len(&view), first::<2>(&view))
        };
        assert_eq!(read(&message), (6, Ok([1.0, 2.0])));
        message.layout.data_offset = 4;
        assert_eq!(read(&message), (2, Ok([5.0, 6.0])));
        message.layout.data_offset = u32::MAX;
        assert_eq!(read(&message), (0, Err(FewNumbers { needed: 2, found: 0 })));
    }
}
