"""`inputs`, `outputs` and `parameters`, as VisualCircuit's code gets them."""

import numpy
import vc

from .lib.exceptions import InvalidInputNameException, InvalidOutputNameException, InvalidParameterNameException
from .values import ARRAY, IMAGE, NUMBER, OTHER, STRING

#: The input that stops and starts a block.
ENABLE = "Enable"


class Inputs:
    """What the code reads. Only inputs with a wire are here; `inputs` has them by name."""

    def __init__(self, wires, pace=None):
        self.inputs = wires
        self._pace = pace

    def read_image(self, name):
        """The newest image: uint8, (height, width, channels), BGR; `None` as long as there was none."""
        return self._read(name, IMAGE)

    def read_array(self, name):
        """The newest array: float64; `None` as long as there was none."""
        return self._read(name, ARRAY)

    def read_number(self, name):
        """The newest number: float64, shape (1,); `None` as long as there was none."""
        return self._read(name, NUMBER)

    def read_string(self, name):
        """The newest text: an array of it, shape (1,); `None` as long as there was none."""
        return self._read(name, STRING)

    def read(self, name):
        """The newest value that `share` sent; `None` as long as there was none."""
        return self._read(name, OTHER)

    @property
    def enabled(self):
        """Whether the block is to work: no wire at `Enable`, or one that carries 1."""
        wire = self.inputs.get(ENABLE)
        if wire is None:
            return True
        value = wire.newest()
        return False if value is None else numpy.isclose(value.read(NUMBER).view(numpy.ndarray), 1)

    @enabled.setter
    def enabled(self, on):
        wire = self.inputs.get(ENABLE)
        if wire is not None:
            wire.put(NUMBER, 1.0 if on else 0.0)

    def _read(self, name, tag):
        wire = self.inputs.get(name)
        if wire is None:
            wired = ", ".join(f"`{known}`" for known in self.inputs) or "none"
            raise InvalidInputNameException(f"there is no wire at an input `{name}`; inputs with a wire: {wired}")
        if self._pace is not None:
            self._pace.before_reading(name)
        value = wire.newest()
        if value is None and self._pace is not None:
            self._pace.nothing_there(name)
            value = wire.newest()
        return None if value is None else value.read(tag)


class Outputs:
    """What the code shares. Only outputs with a wire are here; `outputs` has them by name."""

    def __init__(self, wires, pace=None, unwired=()):
        self.outputs = wires
        self._pace = pace
        self._unwired = set(unwired)
        self._told = set()

    def share_image(self, name, image):
        """Sends an image: (height, width) or (height, width, channels), made uint8."""
        self._share(name, IMAGE, image)

    def share_array(self, name, array):
        """Sends an array, made float64."""
        self._share(name, ARRAY, array)

    def share_number(self, name, number):
        """Sends a number, made float64."""
        self._share(name, NUMBER, number)

    def share_string(self, name, text):
        """Sends text, of any length."""
        self._share(name, STRING, text)

    def share(self, name, value):
        """Sends numbers, truth values or text, with their type: whole numbers as int64, others as float64."""
        self._share(name, OTHER, value)

    def _share(self, name, tag, given):
        if self._pace is not None:
            self._pace.check()
        wire = self.outputs.get(name)
        if wire is not None:
            wire.send(tag, given)
        elif name in self._unwired:
            if name not in self._told:
                self._told.add(name)
                vc.log.warning("there is no wire at output `%s`: what is shared there goes nowhere", name)
        else:
            wired = ", ".join(f"`{known}`" for known in self.outputs) or "none"
            raise InvalidOutputNameException(f"there is no wire at an output `{name}`; outputs with a wire: {wired}")


class Parameters:
    """The constants of the code, by name; `parameters` has them all."""

    def __init__(self, handles):
        self._handles = handles

    @property
    def parameters(self):
        return {name: handle.value for name, handle in self._handles.items()}

    def read_number(self, name):
        """The constant as a float. `ValueError` if it is no number."""
        return float(self._value(name))

    def read_string(self, name):
        """The constant as text."""
        return str(self._value(name))

    def read_bool(self, name):
        """Whether the constant is not empty: `"False"` is text, and so true."""
        return bool(self._value(name))

    def _value(self, name):
        handle = self._handles.get(name)
        if handle is None:
            known = ", ".join(f"`{known}`" for known in self._handles) or "none"
            raise InvalidParameterNameException(f"there is no parameter `{name}`; parameters: {known}")
        return handle.value
