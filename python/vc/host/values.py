"""What travels on VisualCircuit's wires: as messages, and as the arrays that code reads and shares.

    kind     message                          what code reads
    image    sensor_msgs/msg/Image            uint8, (height, width, channels), BGR
    array    std_msgs/msg/Float64MultiArray   float64, of any shape
    number   std_msgs/msg/Float64             float64, (1,), which `float` takes
    string   std_msgs/msg/String              text, (1,)
    any      vc_interfaces/msg/Value          any of these, or what `share` was given

What is read is a snapshot: a copy of its own that the code may write into, and that no later value touches.
"""

import sys

import numpy

#: The kinds of `vc_interfaces/msg/Value`.
IMAGE, ARRAY, NUMBER, STRING, OTHER = 1, 2, 3, 4, 5

_TAGS = {"image": IMAGE, "array": ARRAY, "number": NUMBER, "string": STRING}
_WORDS = {IMAGE: "an image", ARRAY: "an array", NUMBER: "a number", STRING: "text", OTHER: "other data"}
_ENCODINGS = {1: "mono8", 3: "bgr8", 4: "bgra8"}
#: Channels, and their order as BGR has it; `None`: as it is.
_CHANNELS = {
    "mono8": (1, None),
    "bgr8": (3, None),
    "bgra8": (4, None),
    "rgb8": (3, [2, 1, 0]),
    "rgba8": (4, [2, 1, 0, 3]),
}


class Number(numpy.ndarray):
    """A float64 array of shape (1,), as VisualCircuit has numbers, that is a number wherever Python wants one."""

    def __float__(self):
        return float(self.item())

    def __int__(self):
        return int(self.item())

    def __format__(self, form):
        return format(self.item(), form) if self.size == 1 else super().__format__(form)


class Value:
    """A value that has arrived."""

    def __init__(self, tag, array):
        self.tag = tag
        self.array = array
        self._read = {}

    def read(self, tag):
        """The value as `read_image`, `read_array`, … give it; the same array each time, as long as nothing new comes."""
        if tag not in self._read:
            self._read[tag] = _READERS[tag](self)
        return self._read[tag]

    def _no(self, wanted):
        return TypeError(f"the wire carries {_WORDS[self.tag]}, which cannot be read as {_WORDS[wanted]}")

    def _numbers(self, wanted):
        if self.array.dtype.kind in "biuf":
            return self.array
        if self.tag == OTHER and self.array.dtype.kind == "U":
            try:
                return self.array.astype(numpy.float64)
            except ValueError:
                pass
        raise self._no(wanted)

    def _image(self):
        image = self._numbers(IMAGE)
        if image.ndim == 2:
            image = image[:, :, numpy.newaxis]
        if image.ndim != 3:
            raise self._no(IMAGE)
        return image.astype(numpy.uint8, copy=False)

    def _array(self):
        return self._numbers(ARRAY).astype(numpy.float64, copy=False)

    def _number(self):
        numbers = self._numbers(NUMBER).reshape(-1)[:1]
        if numbers.size == 0:
            raise self._no(NUMBER)
        return numbers.astype(numpy.float64).view(Number)

    def _string(self):
        if self.array.dtype.kind != "U":
            raise self._no(STRING)
        return self.array

    def _other(self):
        return self.array if self.tag == OTHER else None


_READERS = {
    IMAGE: Value._image,
    ARRAY: Value._array,
    NUMBER: Value._number,
    STRING: Value._string,
    OTHER: Value._other,
}


class Rooms:
    """Arrays for values to be copied into: those that nobody holds any more are used again, which spares the system from
    finding fresh memory for each picture."""

    _MOST = 4

    def __init__(self):
        self._rooms = []

    def copy(self, array):
        """A copy of an array that the code may keep and write into."""
        for at in range(len(self._rooms)):
            # First, because a name for it would hold it too.
            is_free = sys.getrefcount(self._rooms[at]) == _ALONE
            room = self._rooms[at]
            if is_free and (room.shape, room.dtype) == (array.shape, array.dtype):
                break
        else:
            room = numpy.empty(array.shape, array.dtype)
            self._rooms = [*self._rooms[1 - self._MOST :], room]
        numpy.copyto(room, array)
        return room


#: How often an object is known to be held that only a list holds.
_held_by_list = [object()]
_ALONE = sys.getrefcount(_held_by_list[0])


def read(kind, message, rooms):
    """The value of a received message."""
    return _FROM_MESSAGE[kind](message, rooms)


def _from_image(m, rooms):
    encoding = m.encoding.lower()
    if encoding in _CHANNELS:
        channels, order = _CHANNELS[encoding]
    elif encoding.startswith("8uc") and encoding[3:].isdigit() and int(encoding[3:]) > 0:
        channels, order = int(encoding[3:]), None
    else:
        raise ValueError(f"pictures in `{m.encoding}` cannot be read, only in {', '.join(_CHANNELS)} and 8UC…")
    row, data = m.width * channels, m.data
    if m.height and m.width and (m.step < row or data.size < (m.height - 1) * m.step + row):
        raise ValueError(
            f"the picture has {data.size} bytes, too few for {m.width}x{m.height} in `{m.encoding}` with rows of {m.step}"
        )
    strides = (m.step, channels, 1)
    picture = numpy.lib.stride_tricks.as_strided(data, (m.height, m.width, channels), strides, writeable=False)
    return Value(IMAGE, rooms.copy(picture if order is None else picture[:, :, order]))


def _from_array(m, rooms):
    shape = [dim.size for dim in m.layout.dim]
    data = m.data[m.layout.data_offset :]
    if not shape or _count(shape) != data.size:
        shape = [data.size]
    return Value(ARRAY, rooms.copy(data.reshape(shape)))


def _count(shape):
    count = 1
    for size in shape:
        count *= size
    return count


def _from_number(m, _rooms):
    return Value(NUMBER, numpy.array([m.data], numpy.float64))


def _from_string(m, _rooms):
    return Value(STRING, numpy.array([m.data]))


def _from_value(m, rooms):
    if m.kind not in _WORDS:
        raise ValueError(f"a value of kind {m.kind}, which this version does not know")
    if m.kind == STRING:
        return Value(STRING, numpy.array([bytes(m.data).decode()]))
    dtype = numpy.dtype(m.dtype)
    shape = [int(size) for size in m.shape]
    if dtype.kind not in "biufU" or dtype.itemsize == 0 or _count(shape) * dtype.itemsize != m.data.size:
        raise ValueError(f"{m.data.size} bytes are no array of {m.dtype} with shape {shape}")
    # The bytes begin where they happen to; NumPy copies from anywhere.
    array = numpy.frombuffer(m.data, dtype).reshape(shape)
    return Value(m.kind, rooms.copy(array))


_FROM_MESSAGE = {
    "image": _from_image,
    "array": _from_array,
    "number": _from_number,
    "string": _from_string,
    "any": _from_value,
}


def made(tag, given):
    """What `share_image`, `share_array`, … make of what they are given, still uncopied where it can stay so."""
    return _MAKERS[tag](given)


def _made_image(given):
    image = numpy.asarray(given)
    if image.ndim == 2:
        image = image[:, :, numpy.newaxis]
    if image.ndim != 3 or image.shape[2] == 0:
        raise ValueError(f"an image has the shape (height, width) or (height, width, channels), not {image.shape}")
    if image.dtype.kind not in "biuf":
        raise TypeError(f"an image is made of numbers, not of {image.dtype}")
    return image


def _made_array(given):
    return numpy.atleast_1d(numpy.asarray(given, numpy.float64))


def _made_number(given):
    number = numpy.asarray(given, numpy.float64).reshape(-1)
    if number.size != 1:
        raise ValueError(f"share_number takes one number, not {number.size}")
    return number


def _made_string(given):
    # Arrays of one text are what `read_string` gives.
    one = isinstance(given, numpy.ndarray) and given.size == 1
    return numpy.array([str(given.reshape(-1)[0]) if one else str(given)])


def _made_other(given):
    array = numpy.atleast_1d(numpy.asarray(given))
    kind = array.dtype.kind
    if kind == "S":
        array = array.astype("U")
    elif kind in "iu" and array.dtype != numpy.uint8:
        array = array.astype(numpy.int64)
    elif kind == "f":
        array = array.astype(numpy.float64)
    elif kind not in "bUu":
        raise TypeError(f"share takes numbers, truth values, text, and lists of them, not {type(given).__name__}")
    return array


_MAKERS = {
    IMAGE: _made_image,
    ARRAY: _made_array,
    NUMBER: _made_number,
    STRING: _made_string,
    OTHER: _made_other,
}


def send(kind, publisher, tag, given):
    """Writes a value into the memory that its readers look into, each byte once."""
    array = made(tag, given)
    if kind == "any":
        _send_value(publisher, tag, array)
        return
    own = _TAGS[kind]
    if tag != own:
        # Code that shares otherwise than the wire is: it is made to fit where that can be done.
        array = made(own, Value(tag, array).read(own))
    _SENDERS[kind](publisher, array)


def _send_image(publisher, image):
    height, width, channels = image.shape
    fields = {"height": height, "width": width, "step": width * channels}
    encoding = _ENCODINGS.get(channels, f"8UC{channels}")
    with publisher.loan(fields, encoding=encoding, data=image.size) as loan:
        # Numbers beyond a byte wrap, as they did.
        numpy.copyto(loan.data.reshape(image.shape), image, casting="unsafe")


def _send_array(publisher, array):
    strides = [_count(array.shape[at:]) for at in range(array.ndim)]
    dims = [{"size": size, "stride": stride} for size, stride in zip(array.shape, strides)]
    with publisher.loan(layout={"dim": dims}, data=array.size) as loan:
        numpy.copyto(loan.data.reshape(array.shape), array)


def _send_number(publisher, number):
    publisher.publish(data=float(number[0]))


def _send_string(publisher, text):
    publisher.publish(data=str(text[0]))


_SENDERS = {"image": _send_image, "array": _send_array, "number": _send_number, "string": _send_string}


def _send_value(publisher, tag, array):
    if tag == STRING:
        publisher.publish(kind=tag, data=str(array[0]).encode())
        return
    dtype = numpy.dtype(numpy.uint8) if tag == IMAGE else array.dtype
    size = array.size * dtype.itemsize
    with publisher.loan(kind=tag, dtype=dtype.str, shape=list(array.shape), data=size) as loan:
        numpy.copyto(loan.data.view(dtype).reshape(array.shape), array, casting="unsafe")
