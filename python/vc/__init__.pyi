"""Blocks in Python: types of the package `vc`. The manual is docs/python.md of the project."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Literal, TypeVar, overload

from typing_extensions import Self

__version__: str
__all__: list[str]

#: The node's log: `vc.log.info("ready after %d frames", frames)`.
log: logging.Logger

class Error(Exception):
    """What the library cannot do, and why. All its exceptions are of this kind."""

class UsageError(Error):
    """A command line, name or parameter value that does not fit."""

class TypeMismatch(Error):
    """Two sides of a topic disagree on its type."""

class TopicError(Error):
    """A topic cannot be opened, written or read."""

class SharedMemoryError(TopicError):
    """Shared memory is too small for what was asked."""

class MessageError(Error):
    """Values that are no such message, or a text that is no message type."""

_Value = bool | int | float | str | Sequence[bool] | Sequence[int] | Sequence[float] | Sequence[str]

class Block:
    """A block's declaration. The same one answers `--describe` and `--help` and opens the ports."""

    def __init__(self, name: str, description: str, *, version: str | None = None) -> None: ...
    @property
    def name(self) -> str: ...
    def input(
        self,
        name: str,
        type: str,
        description: str = "",
        *,
        required: bool = False,
        optional: bool = False,
        qos: Qos | None = None,
    ) -> Input:
        """Declares an input. `required`: a circuit that leaves it without a source is a mistake. `optional`: it is there
        only where a wire or a remap rule says so."""

    def output(self, name: str, type: str, description: str = "", *, qos: Qos | None = None) -> Output:
        """Declares an output."""

    def parameter(
        self,
        name: str,
        default: _Value,
        description: str = "",
        *,
        range: tuple[float | None, float | None] | None = None,
        unit: str | None = None,
        choices: Sequence[str] = (),
        live: bool = True,
    ) -> Parameter:
        """Declares a parameter with its default, which gives its type. `live`: it may be changed while the node runs."""

    def describe(self) -> str:
        """What was declared so far: the answer to `--describe`, as JSON."""

    def open(self, args: Sequence[str] | None = None) -> Node:
        """Reads the command line, or `args`, and opens the node; or answers `--describe`, `--help` or `--version` and
        ends the program. Once for each block."""

class Qos:
    """Quality of service in ROS 2's words."""

    DEFAULT: Qos
    SENSOR_DATA: Qos
    LATCHED: Qos
    def __init__(
        self,
        *,
        reliability: Literal["reliable", "best_effort"] = "reliable",
        durability: Literal["volatile", "transient_local"] = "volatile",
        depth: int = 10,
    ) -> None: ...
    def keep_last(self, depth: int) -> Qos:
        """The same with the last `depth` samples kept, 1 to 256; 1 to 16 if it is transient local."""

    @property
    def reliability(self) -> Literal["reliable", "best_effort"]: ...
    @property
    def durability(self) -> Literal["volatile", "transient_local"]: ...
    @property
    def depth(self) -> int: ...

class Input:
    """A declared input: `Node.on` and `Node.subscriber` open it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...

class Output:
    """A declared output: `Node.publisher` opens it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...

class Parameter:
    """A declared parameter."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any:
        """Its default until the block is opened, then the value given, or the one set since."""

class Tick:
    """One turn of a timer."""

    @property
    def time_ns(self) -> int:
        """The time now, in nanoseconds since the Unix epoch."""

    @property
    def missed(self) -> int:
        """Turns that passed unused since the last one, because the node was busy."""

_OnMessage = TypeVar("_OnMessage", bound=Callable[[Message], Any])
_OnTick = TypeVar("_OnTick", bound=Callable[[Tick], Any])

class Node:
    """A node: opens the ports its block declared, and runs their callbacks. It belongs to the thread that opened it; its
    publishers and subscribers may go to others."""

    @property
    def name(self) -> str: ...
    @property
    def stopped(self) -> bool: ...
    def publisher(self, output: Output) -> Publisher:
        """Opens a declared output."""

    def subscriber(self, input: Input) -> Subscriber:
        """Opens a declared input, to be read by `recv` or `take`."""

    @overload
    def on(self, input: Input) -> Callable[[_OnMessage], _OnMessage]: ...
    @overload
    def on(self, input: Input, callback: Callable[[Message], Any]) -> None:
        """Opens a declared input, and calls a function with each message, from `run`. Without a function, a decorator."""

    @overload
    def every(self, rate: float) -> Callable[[_OnTick], _OnTick]: ...
    @overload
    def every(self, rate: float, callback: Callable[[Tick], Any]) -> None:
        """Calls a function so many times a second, from `run`. Without a function, a decorator."""

    def has_source(self, input: Input) -> bool:
        """Whether an input is wired."""

    def has_target(self, output: Output) -> bool:
        """Whether an output is wired."""

    def ready(self) -> None:
        """Says that the node is ready, and waits until the whole circuit is. `run` does it, and the first `recv` or
        `sleep`."""

    def run(self) -> None:
        """Runs the callbacks until the node is asked to stop, then once more for what is queued, and ends it."""

    def sleep(self, seconds: float) -> bool:
        """Sleeps, or until the node is asked to stop. Whether it slept to the end."""

    def stop(self) -> None:
        """Asks the node to stop, from anywhere."""

    def at_work(self) -> None:
        """The node begins something that must not take longer than its watchdog allows: for loops of its own."""

    def close(self) -> None:
        """Ends the node and closes its ports."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> bool: ...

class Message:
    """A received message, or one in another. Its fields are attributes, read when asked for: sequences of numbers are
    NumPy arrays over shared memory that cannot be written, all else is Python's own."""

    def __getattr__(self, name: str) -> Any: ...

class Envelope:
    """Who sent a message, when, and as which of its own."""

    @property
    def sequence(self) -> int:
        """The publisher's own count, from 1. A gap is a loss."""

    @property
    def source_time_ns(self) -> int:
        """When the data were taken, in nanoseconds since the Unix epoch."""

    @property
    def sent_ns(self) -> int:
        """When the sample was sent, on the host's monotonic clock (`time.monotonic_ns()`)."""

    @property
    def publisher(self) -> int:
        """The publisher's identity: unique over all hosts and restarts."""

class Publisher:
    """Writes messages to a topic, from any thread."""

    @property
    def topic(self) -> str: ...
    def publish(self, message: Any = None, /, **fields: Any) -> None:
        """Sends a message: its fields by name, in a dictionary, as an object's attributes, or a received message."""

    def publish_at(self, time_ns: int, message: Any = None, /, **fields: Any) -> None:
        """The same, stamped with the time at which the data were taken."""

    def loan(self, message: Any = None, /, **fields: Any) -> Loan:
        """Takes a slot for a message: a whole number in the place of a sequence of numbers is its length, and the loan's
        attribute of that name the array to be written. Used with `with`, which sends it."""

    def has_subscribers(self) -> bool:
        """Whether anybody reads the topic now."""

class Loan:
    """A message whose sequences of numbers are being written, as arrays over the memory that subscribers read."""

    def __getattr__(self, name: str) -> Any: ...
    def __getitem__(self, path: str) -> Any:
        """The array of a sequence in another message: `loan["layout.dim[0].values"]`."""

    def send(self) -> None:
        """Sends, stamped with the present time."""

    def send_at(self, time_ns: int) -> None:
        """Sends, stamped with the time at which the data were taken."""

    def discard(self) -> None:
        """Gives the slot back unsent."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> bool: ...

class Subscriber:
    """Reads messages, from any thread."""

    def take(self) -> Message | None:
        """The next message, if one is there. Never waits."""

    def latest(self) -> Message | None:
        """The newest message that has come since the last one taken, if any. Never waits."""

    def recv(self, timeout: float | None = None) -> Message | None:
        """The next message, waited for asleep. `None` if none came in time, or once the node is asked to stop."""

    def __iter__(self) -> Iterator[Message]: ...
    def __next__(self) -> Message: ...

class MessageType:
    """A message type; its constants are attributes."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def fields(self) -> dict[str, str]: ...
    def __getattr__(self, name: str) -> Any: ...

def add_type(name: str, text: str) -> None:
    """Makes a message type known by the text of its `.msg` file."""

def add_types(package: str, folder: str | os.PathLike[str]) -> None:
    """Makes the message types of a folder of `.msg` files known, as `package/msg/Name`."""

def envelope(message: Message) -> Envelope:
    """Who sent a message, when, and as which of its own."""

def message_type(name: str) -> MessageType:
    """The message type of a name, such as `sensor_msgs/msg/Image`."""

def now() -> int:
    """The present time, in nanoseconds since the Unix epoch."""

def to_dict(message: Message) -> dict[str, Any]:
    """A message's fields as a dictionary, messages in it too. Arrays still lie in shared memory."""

def type_of(message: Message) -> MessageType:
    """The type of a received message."""

def wait_for_news(node: Node, subscribers: Sequence[Subscriber], timeout: float | None = None) -> bool:
    """Sleeps until one of the subscribers may have messages, the node is asked to stop, or `timeout` seconds are over.
    Whether there may be messages."""
