"""When the code goes on: at its frequency, while it is enabled, until it is asked to stop."""

import time

import vc

from .ports import ENABLE
from .values import NUMBER


class Stopped(KeyboardInterrupt):
    """The block is asked to end. What the code says after `finally` or `except KeyboardInterrupt` is still done."""


#: The part of a turn that a block waits for the next value of a stream that is just about to come.
_SLACK = 1 / 4
#: A stream is an input whose last value came so few turns ago.
_STREAM = 4
#: In step is a stream of which so many values came one in a turn.
_IN_STEP = 4
#: By which part of a turn the turns are moved at once towards the moment when such a value is sent, and how near.
_MOVE, _NEAR = 1 / 8, 1 / 16


class Pace:
    """`synchronise`.

    Turns keep to a grid of the block's frequency. Where a stream comes in at that same frequency, the grid moves to the
    moments when its values come: each is taken when it comes, none twice and none never.
    """

    def __init__(self, node, frequency, wires, gated):
        self._node = node
        self._period = 1 / frequency if frequency > 0 else 0.0
        self._wires = wires
        self._enable = wires.get(ENABLE) if gated else None
        self._due = None
        #: Whether the code has heard that it is to end.
        self.is_ending = False
        # Inputs that were read in vain since the last pause.
        self._missed = set()

    def __call__(self):
        """Sleeps until the block's next turn."""
        self.check()
        self._missed.clear()
        if self._wait_until_enabled():
            self._due = None
        now = time.monotonic()
        if self._due is None:
            self._due = now + self._period
        elif self._due <= now:
            # No turn is made up for.
            self._due = now + self._period
        else:
            self._sleep(self._due - now)
            self._due += self._period + self._moved_by()

    def _moved_by(self):
        """Waits for a value that is just about to come. By how much the turns move for the sake of those that come."""
        now = begun = time.monotonic()
        streams = [wire for wire in self._wires.values() if wire.count > 1 and now - wire.read_at < _STREAM * self._period]
        counts = [wire.count for wire in streams]
        while streams:
            for wire, count in zip(streams, counts):
                wire.newest()
                if wire.count == count:
                    continue
                if now - begun > self._period / 100:
                    return now - begun
                age = now - wire.sent_at
                if wire.in_row >= _IN_STEP and _MOVE * self._period < age < self._period:
                    return -min(age - _NEAR * self._period, _MOVE * self._period)
                return 0.0
            left = begun + self._period * _SLACK - now
            if left <= 0:
                break
            self.wait(streams, left)
            now = time.monotonic()
        return 0.0

    def check(self):
        """Ends the code if it is asked to."""
        if self._node.stopped:
            self.is_ending = True
            raise Stopped

    def before_reading(self, name):
        """Called before an input is read."""
        self.check()
        if name == ENABLE:
            self._wait_until_enabled()

    def nothing_there(self, name):
        """Called when an input that never had a value was read. The second time in one turn, the code only waits: it
        sleeps until something comes, but not longer than a turn."""
        if name not in self._missed:
            self._missed.add(name)
            return
        self.wait(self._wires.values(), self._period or 1.0)
        self._missed = {name}

    def wait(self, wires, seconds=None):
        """Sleeps until something may have come on one of these wires, or the time is over."""
        vc.wait_for_news(self._node, [wire.subscriber for wire in wires], seconds)
        self.check()

    def _wait_until_enabled(self):
        """Sleeps as long as the Enable wire says so. Whether it did."""
        waited = False
        while self._enable is not None:
            value = self._enable.newest()
            if value is not None and value.read(NUMBER).item() != 0:
                break
            waited = True
            self.wait([self._enable])
        return waited

    def _sleep(self, seconds):
        if seconds > 0 and not self._node.sleep(seconds):
            self.check()
