"""One input or output of VisualCircuit's code."""

import threading
import time

import vc

from . import values


class InputWire:
    """The newest value of an input."""

    def __init__(self, node, input, kind, name):
        self.name = name
        self.subscriber = node.subscriber(input)
        self._kind = kind
        self._value = None
        self._rooms = values.Rooms()
        self._told = None
        #: When the last value was sent and read, as `time.monotonic` has it.
        self.sent_at = self.read_at = None
        #: How many values were read, and how many of them in a row without one between that was passed over.
        self.count = self.in_row = 0
        self._sequence = None
        # Code may read from threads of its own.
        self._lock = threading.Lock()

    def newest(self):
        """The newest value; `None` as long as there was none."""
        with self._lock:
            message = self.subscriber.latest()
            if message is not None:
                self._note(vc.envelope(message))
                try:
                    self._value = values.read(self._kind, message, self._rooms)
                except (TypeError, ValueError, UnicodeDecodeError) as error:
                    # Once, not with each picture of a camera.
                    if str(error) != self._told:
                        self._told = str(error)
                        vc.log.warning("input `%s`: skipped a message: %s", self.name, error)
            return self._value

    def _note(self, envelope):
        self.count += 1
        self.in_row = self.in_row + 1 if self._sequence == envelope.sequence - 1 else 0
        self._sequence = envelope.sequence
        self.sent_at, self.read_at = envelope.sent_ns / 1e9, time.monotonic()

    def put(self, tag, given):
        """Takes a value from the code itself, until a newer one comes."""
        with self._lock:
            self.subscriber.latest()
            self._value = values.Value(tag, values.made(tag, given))


class OutputWire:
    """Where an output's values go."""

    def __init__(self, node, output, kind, name):
        self.name = name
        self._kind = kind
        self._publisher = node.publisher(output)

    def send(self, tag, given):
        """Sends a value."""
        values.send(self._kind, self._publisher, tag, given)
