//! What the watching tasks tell the event loop.

use crate::child_state::End;
use crate::circuit::Order;
use crate::notify::Notice;

/// One process in a node's life: reports about an earlier one come too late to matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    /// The node's place in the plan.
    pub(crate) node: usize,
    /// How many processes the node had before.
    pub(crate) count: u32,
}

/// One entry in the event loop's line.
#[derive(Debug)]
pub(crate) enum Message {
    /// A node spoke over its notify socket.
    Said { life: Life, notices: Vec<Notice> },
    /// A node's process and its group are gone.
    Exited { life: Life, end: End, last_words: Vec<String> },
    /// The guard has ended.
    GuardEnded,
    /// Somebody who holds the stop handle asks to stop.
    Stop,
    /// Whoever conducts the circuit of which this is a part says what to do.
    Order(Order),
}
