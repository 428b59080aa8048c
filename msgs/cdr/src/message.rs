//! What every generated type can do.

use std::{fmt::Debug, ops::Range};

use crate::{DecodeError, Element, EncodeError, Field, Reader, Writer, field::past};

/// Bytes before the body: representation identifier and options.
pub const ENCAPSULATION_LEN: usize = 4;

/// Plain CDR, little-endian, no options.
const HEADER: [u8; ENCAPSULATION_LEN] = [0, 1, 0, 0];

/// A ROS 2 message type.
///
/// Bytes always begin with the 4-byte encapsulation header; see the crate's introduction for what readers promise.
pub trait Message: Field<Value = Self> + Default + Clone + PartialEq + Debug + Send + Sync + 'static {
    /// The name ROS 2 knows it by, such as `sensor_msgs/msg/Image`.
    const TYPE_NAME: &'static str;
    /// The RIHS01 hash of its description: `RIHS01_` and 64 hexadecimal digits.
    const TYPE_HASH: &'static str;
    /// Its full `ros2msg` text: its own, then for each type it needs a line of 80 `=`, `MSG: pkg/Name` and the text.
    const SCHEMA: &'static str;
    /// Samples a subscriber keeps unless its port says otherwise: few for big messages.
    const DEFAULT_DEPTH: u32 = 10;

    /// A checked reading that borrows from the bytes.
    type View<'a>: Copy + Debug;

    /// Bytes [`encode`](Self::encode) will write, header included.
    fn cdr_size(&self) -> usize {
        size_with(|at| Self::end(self, at))
    }

    /// Writes header and body to the beginning of `out`; returns how many bytes that were. Never allocates.
    ///
    /// # Errors
    /// [`EncodeError`] if `out` is too short or a field exceeds its bound. `out` may then be partly written.
    fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        encode_with(out, |to| Self::write(self, to), || self.cdr_size()).map(|((), len)| len)
    }

    /// Checks `cdr` from beginning to end and borrows from it. Never allocates.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are not such a message.
    fn view(cdr: &[u8]) -> Result<Self::View<'_>, DecodeError>;

    /// An owned copy of what `view` shows.
    fn from_view(view: &Self::View<'_>) -> Self;

    /// Checks `cdr` and copies it into an owned message.
    ///
    /// # Errors
    /// As [`view`](Self::view). Nothing has been allocated then.
    fn decode(cdr: &[u8]) -> Result<Self, DecodeError> {
        Self::view(cdr).map(|view| Self::from_view(&view))
    }
}

/// A message with one big sequence of numbers that can be written where it will travel.
///
/// The sequence is the unbounded number sequence named `data`, or else the first one of the message.
pub trait InPlace: Message {
    /// The kind of number the sequence holds.
    type Element: Element;

    /// Name of the field that is written in place.
    const REGION: &'static str;

    /// Bytes of the message with `len` elements in the sequence, header included; the one in `self` is ignored.
    fn cdr_size_in_place(&self, len: usize) -> usize;

    /// Writes everything but the elements of the sequence, whose one in `self` is ignored. Never allocates.
    ///
    /// Returns where in `out` the elements belong: `len` of them, little-endian, aligned to their size counted from
    /// the end of the header. What stood there before is left as it is.
    ///
    /// # Errors
    /// As [`encode`](Message::encode).
    fn encode_in_place(&self, len: usize, out: &mut [u8]) -> Result<Range<usize>, EncodeError>;
}

/// A ROS 2 service type.
pub trait Service: 'static {
    /// The name ROS 2 knows it by, such as `std_srvs/srv/SetBool`.
    const TYPE_NAME: &'static str;
    /// The RIHS01 hash of the service, the one that stands in keys and graph tokens.
    const TYPE_HASH: &'static str;
    /// What a client sends.
    type Request: Message;
    /// What a server answers.
    type Response: Message;
}

/// A ROS 2 action type.
pub trait Action: 'static {
    /// The name ROS 2 knows it by, such as `action_tutorials_interfaces/action/Fibonacci`.
    const TYPE_NAME: &'static str;
    /// The RIHS01 hash of the action.
    const TYPE_HASH: &'static str;
    /// What is asked for.
    type Goal: Message;
    /// What comes of it.
    type Result: Message;
    /// How far it is.
    type Feedback: Message;
    /// The service that hands a goal to the server.
    type SendGoal: Service;
    /// The service that waits for the result.
    type GetResult: Service;
    /// Feedback together with the goal it belongs to.
    type FeedbackMessage: Message;
}

/// Size of a message whose body ends where `end` says if it begins at 0. Used by generated code.
pub fn size_with(end: impl FnOnce(usize) -> usize) -> usize {
    ENCAPSULATION_LEN.saturating_add(end(0))
}

/// Where a sequence of `len` numbers ends if its count is written at `at`. Used by generated code.
pub fn end_of_region<T: Element>(at: usize, len: usize) -> usize {
    let elements = past(at, u32::SIZE, u32::SIZE);
    if len == 0 { elements } else { past(elements, T::SIZE, len.saturating_mul(T::SIZE)) }
}

/// Writes the header and lets `write` fill the body; returns its answer and the bytes written. Used by generated code.
///
/// # Errors
/// As `write`; a lack of room is told with the size of the whole message, `needed`.
#[inline]
pub fn encode_with<T>(
    out: &mut [u8],
    write: impl FnOnce(&mut Writer<'_>) -> Result<T, EncodeError>,
    needed: impl Fn() -> usize,
) -> Result<(T, usize), EncodeError> {
    let room = out.len();
    let too_small = || EncodeError::TooSmall { needed: needed(), room };
    let (header, body) = out.split_at_mut_checked(ENCAPSULATION_LEN).ok_or_else(too_small)?;
    header.copy_from_slice(&HEADER);
    let mut writer = Writer::new(body);
    match write(&mut writer) {
        Ok(answer) => Ok((answer, ENCAPSULATION_LEN + writer.position())),
        Err(EncodeError::TooSmall { .. }) => Err(too_small()),
        Err(error) => Err(error),
    }
}

/// Checks the header and the whole body. Used by generated code.
///
/// # Errors
/// [`DecodeError`] if the bytes are not such a message.
#[inline]
pub fn view_of<M: Field>(cdr: &[u8]) -> Result<M::Ref<'_>, DecodeError> {
    M::read(&mut Reader::open(cdr)?)
}
