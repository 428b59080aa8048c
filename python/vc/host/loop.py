"""Code of VisualCircuit 2: `loop(block_name, input_wires, output_wires, parameters, flags)`.

Its wires come as lists, in the order of the editor, and are opened with functions of the modules `utils.wires.wire_img`
and `utils.wires.wire_str`; numbers travel as text.
"""

import sys
import threading
import types

import numpy
import vc

from .values import ARRAY, IMAGE, NUMBER, OTHER, STRING

#: What a block expects in `flags`: 1, its frequency is measured and held.
FLAGS = [1]


def run(function, name, line, given):
    """Calls the code with ports and parameters by their places. Only ports with a wire are in the lists."""
    inputs, outputs, parameters, pace = given
    wires_in, wires_out = (
        [Wire(wires[port["name"]], pace) for port in ports if port["name"] in wires]
        for ports, wires in ((line["inputs"], inputs.inputs), (line["outputs"], outputs.outputs))
    )
    values = [parameters.read_string(one["name"]) for one in line["parameters"]]
    function(name.rsplit("/", 1)[-1], wires_in, wires_out, values, FLAGS)


class Wire:
    """A place of the lists: what `read_image`, `share_string`, … are given."""

    def __init__(self, end, pace):
        self.end = end
        self.pace = pace


class _Open:
    """What `read_image`, `share_string`, … give."""

    _TAG = IMAGE

    def __init__(self, wire):
        self._wire = wire

    def release(self):
        """Nothing is to be done: memory is given back when the block ends."""


class _Reader(_Open):
    def get(self):
        """The newest value; waits for the first one."""
        wire = self._wire
        while True:
            wire.pace.check()
            value = wire.end.newest()
            if value is not None:
                return self._of(value)
            wire.pace.wait([wire.end])

    def _of(self, value):
        return value.read(self._TAG)


class ImageReader(_Reader):
    """`read_image(input_wires[0])`."""


class TextReader(_Reader):
    """`read_string(input_wires[0])`: numbers come as text."""

    def _of(self, value):
        if value.tag in (STRING, OTHER) and value.array.dtype.kind == "U":
            return value.array
        return value.read(NUMBER if value.tag == NUMBER else ARRAY).astype(str).view(numpy.ndarray)


class ImageWriter(_Open):
    """`share_image(output_wires[0])`."""

    def add(self, image):
        self._wire.pace.check()
        self._wire.end.send(IMAGE, image)


class TextWriter(_Open):
    """`share_string(output_wires[0])`: text, a number, or a list of them."""

    def add(self, given):
        self._wire.pace.check()
        self._wire.end.send(OTHER, numpy.atleast_1d(numpy.asarray(given)).astype(str))


def monitor_frequency(block_name, control_data, required_frequency, update=1):
    """Holds a block at its frequency: `control_data` is how often it went round, and how long it sleeps each time."""
    period = 1 / float(required_frequency) if float(required_frequency) > 0 else 0.0
    control_data[1] = period

    def adapt():
        clock = threading.Event()
        before = control_data[0]
        while not clock.wait(1.0):
            rounds, before = control_data[0] - before, control_data[0]
            if rounds > 0 and period > 0:
                # What a round takes beside its sleep is taken off it.
                work = max(1.0 / rounds - control_data[1], 0.0)
                control_data[1] = max(period - work, 0.0)
            vc.log.debug("%s: %s Hz", block_name, rounds)

    threading.Thread(target=adapt, daemon=True).start()


def give_modules():
    """Makes the modules importable, unless the user has some of these names."""
    image = {"read_image": ImageReader, "share_image": ImageWriter}
    text = {name: TextReader for name in ("read_string", "read_array", "read_number")}
    text.update({name: TextWriter for name in ("share_string", "share_array", "share_number")})
    for package in ("utils.wires", "wires"):
        _give(f"{package}.wire_img", image)
        _give(f"{package}.wire_str", text)
    _give("utils.tools.freq_monitor", {"monitor_frequency": monitor_frequency})


def _give(name, content):
    """A module below packages that may be the user's own."""
    parts = name.split(".")
    for at in range(1, len(parts)):
        package = ".".join(parts[:at])
        if package not in sys.modules:
            module = types.ModuleType(package)
            # What the user has in such a folder is still found.
            module.__path__ = [f"{folder or '.'}/{package.replace('.', '/')}" for folder in sys.path[:2]]
            sys.modules[package] = module
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
    setattr(sys.modules[".".join(parts[:-1])], parts[-1], module)
