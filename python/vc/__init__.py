"""Blocks in Python: the words of the Rust library `vc`.

    import vc

    block = vc.Block("doubler", "Doubles each number.")
    number = block.input("number", "std_msgs/msg/Float64", "Numbers to double.")
    doubled = block.output("doubled", "std_msgs/msg/Float64", "Each number times `factor`.")
    factor = block.parameter("factor", 2.0, "What to multiply by.")

    with block.open() as node:
        publisher = node.publisher(doubled)

        @node.on(number)
        def _(message):
            publisher.publish(data=message.data * factor.value)

        node.run()

Sequences of numbers are NumPy arrays over shared memory: reading copies nothing, writing into a loan copies nothing.
The manual is docs/python.md of the project.
"""

from . import _load

_load.native()

from ._log import log  # noqa: E402
from ._native import (  # noqa: E402
    Block,
    Envelope,
    Error,
    Input,
    Loan,
    Message,
    MessageError,
    MessageType,
    Node,
    Output,
    Parameter,
    Publisher,
    Qos,
    SharedMemoryError,
    Subscriber,
    Tick,
    TopicError,
    TypeMismatch,
    UsageError,
    __version__,
    add_type,
    envelope,
    message_type,
    now,
    to_dict,
    type_of,
    wait_for_news,
)

__all__ = [
    "Block",
    "Envelope",
    "Error",
    "Input",
    "Loan",
    "Message",
    "MessageError",
    "MessageType",
    "Node",
    "Output",
    "Parameter",
    "Publisher",
    "Qos",
    "SharedMemoryError",
    "Subscriber",
    "Tick",
    "TopicError",
    "TypeMismatch",
    "UsageError",
    "__version__",
    "add_type",
    "add_types",
    "envelope",
    "log",
    "message_type",
    "now",
    "to_dict",
    "type_of",
    "wait_for_news",
]


def add_types(package, folder):
    """Makes the message types of a folder of `.msg` files known, as `package/msg/Name`; the folder may have them in `msg`."""
    from pathlib import Path

    folder = Path(folder)
    files = sorted(folder.glob("*.msg")) or sorted((folder / "msg").glob("*.msg"))
    if not files:
        raise UsageError(f"`{folder}` holds no .msg file")
    for file in files:
        add_type(f"{package}/msg/{file.stem}", file.read_text(encoding="utf-8"))
