"""What the tests of the package share: two nodes of one process that are joined."""

import json
import unittest

import vc

#: How long a test waits for what must come. It only ends a test that would hang.
PATIENCE = 60


def place(array):
    """Which byte of which file an array begins at, and the file's path."""
    address = array.__array_interface__["data"][0]
    with open("/proc/self/maps") as maps:
        for line in maps:
            span, _, offset, _, inode, *path = line.split()
            low, high = (int(end, 16) for end in span.split("-"))
            if low <= address < high:
                return (inode, int(offset, 16) + address - low), path[0] if path else ""
    raise AssertionError("the array lies nowhere")


class Joined(unittest.TestCase):
    """Has a node that writes `TYPE` and one that reads it."""

    TYPE = "sensor_msgs/msg/Image"
    DEPTH = 4

    def setUp(self):
        qos = vc.Qos(depth=self.DEPTH)
        writer, reader = vc.Block("writer", "Writes."), vc.Block("reader", "Reads.")
        output = writer.output("wire", self.TYPE, "What is written.", qos=qos)
        source = reader.input("wire", self.TYPE, "What is read.", qos=qos)
        # Each test has topics of its own.
        wire = f"wire:=/{type(self).__name__}/{self._testMethodName}"
        self.writer = writer.open(["--ros-args", "-r", wire])
        self.reader = reader.open(["--ros-args", "-r", wire])
        self.publisher = self.writer.publisher(output)
        self.subscriber = self.reader.subscriber(source)

    def tearDown(self):
        self.writer.close()
        self.reader.close()

    def sent(self, *message, **fields):
        """What arrives of a message."""
        self.publisher.publish(*message, **fields)
        return self.subscriber.recv(PATIENCE)


def hosted(line, code=""):
    """VisualCircuit's code under a host line, as a block that is not open yet."""
    from vc import _native
    from vc.host.code import Code
    from vc.host.run import Hosted

    text = f"# vc-host: {json.dumps(line)}\n{code}"
    read = json.loads(_native.host_line(text, "test.py"))
    return Hosted(_native.host_block(text, "test.py", "test"), read, Code(text, "test.py", None))
