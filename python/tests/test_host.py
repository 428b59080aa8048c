"""What VisualCircuit's code sees: one test for each row of its API's table, and what our host does better."""

import math
import threading
import time
import unittest

import numpy
import vc
from common import PATIENCE, hosted
from vc.host.lib.exceptions import (
    InvalidInputNameException,
    InvalidOutputNameException,
    InvalidParameterNameException,
)

KINDS = ["image", "array", "number", "string", "any"]


class Wired(unittest.TestCase):
    """Code that shares, and code that reads, joined by a wire of each kind; the ports are called as the kinds."""

    FREQUENCY = -1
    ENABLE = False

    def setUp(self):
        ports = [{"name": kind, "port": kind, "kind": kind} for kind in KINDS]
        enable = [{"name": "Enable", "port": "enable", "kind": "number"}]
        unwired = {"name": "Open End", "port": "open_end", "kind": "number"}
        wires = [f"{kind}:=/{type(self).__name__}/{self._testMethodName}/{kind}" for kind in [*KINDS, "enable"]]
        rules = [word for wire in wires for word in ("-r", wire)]
        writer = hosted({"outputs": [*ports, *enable, unwired]})
        self.writer = writer.open(["--ros-args", "-r", "__node:=writer", *rules])
        _, self.outputs, _, _ = writer.ports(self.writer)
        line = {"frequency": self.FREQUENCY, "inputs": [*ports, *(enable if self.ENABLE else []), unwired]}
        reader = hosted(line)
        self.reader = reader.open(["--ros-args", "-r", "__node:=reader", *rules])
        self.inputs, _, _, self.synchronise = reader.ports(self.reader)

    def tearDown(self):
        self.writer.close()
        self.reader.close()

    def shared(self, method, port, value, read=None):
        """What is read of what is shared."""
        getattr(self.outputs, f"share_{method}" if method else "share")(port, value)
        return getattr(self.inputs, read or (f"read_{method}" if method else "read"))(port)


class Reading(Wired):
    def test_read_image(self):
        picture = numpy.arange(24, dtype=numpy.uint8).reshape(2, 4, 3)
        for port in ("image", "any"):
            self.assertIsNone(self.inputs.read_image(port))
            seen = self.shared("image", port, picture)
            self.assertEqual((seen.dtype, seen.shape), (numpy.uint8, (2, 4, 3)))
            self.assertTrue((seen == picture).all())
            self.assertEqual(self.shared("image", port, picture[:, :, :1]).shape, (2, 4, 1))

    def test_read_array(self):
        for port in ("array", "any"):
            self.assertIsNone(self.inputs.read_array(port))
            for shape in [(1,), (5,), (2, 3), (2, 1, 3)]:
                array = numpy.random.default_rng(1).random(shape)
                seen = self.shared("array", port, array)
                self.assertEqual((seen.dtype, seen.shape), (numpy.float64, shape))
                self.assertTrue((seen == array).all())

    def test_read_number(self):
        for port in ("number", "any"):
            self.assertIsNone(self.inputs.read_number(port))
            seen = self.shared("number", port, 2.5)
            self.assertEqual((seen.dtype, seen.shape), (numpy.float64, (1,)))
            self.assertIsInstance(seen, numpy.ndarray)
            # A number wherever Python wants one, which NumPy's own arrays are not any more.
            self.assertEqual((float(seen), int(seen), seen[0], f"{seen:.2f}"), (2.5, 2, 2.5, "2.50"))
            self.assertEqual(math.sqrt(seen * 2 - 1), 2.0)
            self.assertEqual(float(2 * seen), 5.0)
            self.assertTrue(seen)
            self.assertFalse(self.shared("number", port, 0))

    def test_read_string(self):
        for port in ("string", "any"):
            self.assertIsNone(self.inputs.read_string(port))
            seen = self.shared("string", port, "abc")
            self.assertEqual((seen.shape, seen.dtype.kind, seen[0]), ((1,), "U", "abc"))
            self.assertEqual((seen == "abc").tolist(), [True])

    def test_read(self):
        self.assertIsNone(self.inputs.read("any"))
        seen = self.shared("", "any", [1, 2])
        self.assertEqual((seen.dtype, seen.tolist()), (numpy.int64, [1, 2]))
        for method, value in [("number", 1), ("array", [1.0]), ("string", "a"), ("image", numpy.zeros((2, 2, 3)))]:
            self.assertIsNone(self.shared(method, "any", value, "read"))

    def test_the_newest_value_is_read_again_and_again(self):
        for number in range(10):
            self.outputs.share_number("number", number)
        self.assertEqual(float(self.inputs.read_number("number")), 9)
        self.assertEqual(float(self.inputs.read_number("number")), 9)
        picture = numpy.zeros((4, 4, 3), numpy.uint8)
        self.assertIs(self.shared("image", "image", picture), self.inputs.read_image("image"))

    def test_what_is_read_is_a_snapshot_of_its_own(self):
        kept = []
        for value in range(12):
            seen = self.shared("image", "image", numpy.full((20, 30, 3), value, numpy.uint8))
            # Drawing on it is allowed, and alters nothing that others read.
            seen[0, 0] = 99
            kept.append(seen[5:])
        self.assertEqual([part[0, 0, 0] for part in kept], list(range(12)))

    def test_memory_that_nobody_holds_is_used_again(self):
        places = set()
        for value in range(12):
            seen = self.shared("image", "image", numpy.full((200, 300, 3), value, numpy.uint8))
            places.add(seen.ctypes.data)
            del seen
        self.assertLess(len(places), 5)

    def test_values_are_read_as_what_they_can_be(self):
        self.assertEqual(self.shared("array", "any", [3, 4], "read_number").tolist(), [3.0])
        self.assertEqual(self.shared("number", "any", 3, "read_array").tolist(), [3.0])
        self.assertEqual(self.shared("", "any", ["1.5", "inf"], "read_array").tolist(), [1.5, math.inf])
        self.assertEqual(self.shared("image", "any", numpy.ones((2, 2, 3)), "read_array").shape, (2, 2, 3))
        self.assertEqual(self.shared("array", "number", [7, 8], "read_number").tolist(), [7.0])
        with self.assertRaisesRegex(TypeError, "carries a number, which cannot be read as text"):
            self.shared("number", "any", 1, "read_string")
        with self.assertRaisesRegex(TypeError, "carries text, which cannot be read as an image"):
            self.shared("string", "any", "abc", "read_image")

    def test_only_inputs_with_a_wire_exist(self):
        for name in ("Open End", "nobody"):
            with self.assertRaisesRegex(InvalidInputNameException, f"no wire at an input `{name}`; .*`image`"):
                self.inputs.read_number(name)
        self.assertEqual(list(self.inputs.inputs), KINDS)

    def test_what_cannot_be_read_is_skipped(self):
        publisher = self.outputs.outputs["image"]._publisher
        for fields in [
            {"height": 2, "width": 2, "step": 6, "encoding": "bgr8", "data": 5},
            {"height": 2, "width": 2, "step": 1, "encoding": "bgr8", "data": 12},
            {"height": 1 << 31, "width": 1 << 31, "step": 1 << 31, "encoding": "bgr8", "data": 12},
            {"height": 2, "width": 2, "step": 4, "encoding": "bayer_rggb8", "data": 12},
        ]:
            publisher.loan(fields).send()
            self.assertIsNone(self.inputs.read_image("image"))
        value = self.outputs.outputs["any"]._publisher
        for fields in [
            {"kind": 5, "dtype": "<f8", "shape": [2], "data": b"12345678"},
            {"kind": 5, "dtype": "O", "shape": [1], "data": b"12345678"},
            {"kind": 5, "dtype": "what", "shape": [1], "data": b"12345678"},
            {"kind": 77, "dtype": "<f8", "shape": [1], "data": b"12345678"},
            {"kind": 4, "data": b"\xff\xfe"},
        ]:
            value.publish(fields)
            self.assertIsNone(self.inputs.read("any"))

    def test_pictures_of_others_come_as_bgr(self):
        publisher = self.outputs.outputs["image"]._publisher
        for encoding, data, wanted in [
            ("rgb8", [1, 2, 3], [3, 2, 1]),
            ("rgba8", [1, 2, 3, 4], [3, 2, 1, 4]),
            ("8UC2", [1, 2], [1, 2]),
        ]:
            # With something behind each row.
            publisher.publish(height=1, width=1, step=len(data), encoding=encoding, data=data + [9] * 5)
            self.assertEqual(self.inputs.read_image("image")[0, 0].tolist(), wanted)


class Sharing(Wired):
    def test_share_image(self):
        for port in ("image", "any"):
            wrapped = self.shared("image", port, numpy.full((2, 3, 3), 300.7))
            self.assertEqual(wrapped[0, 0, 0], 44)
            flat = self.shared("image", port, numpy.ones((2, 3)))
            self.assertEqual((flat.shape, flat.dtype), ((2, 3, 1), numpy.uint8))
            turned = numpy.arange(24, dtype=numpy.uint8).reshape(2, 4, 3)[::-1, ::2]
            self.assertTrue((self.shared("image", port, turned) == turned).all())
            for bad in (numpy.zeros(3), numpy.zeros((1, 2, 3, 4)), numpy.zeros((1, 2, 0))):
                with self.assertRaisesRegex(ValueError, "an image has the shape"):
                    self.outputs.share_image(port, bad)
            with self.assertRaises(TypeError):
                self.outputs.share_image(port, numpy.array([["a"]]))

    def test_share_array(self):
        for port in ("array", "any"):
            for given, wanted in [
                ([1, 2], [1.0, 2.0]),
                ("1.5", [1.5]),
                (["1.5", "inf", "-inf"], [1.5, math.inf, -math.inf]),
                (7, [7.0]),
                ([], []),
                ([[True, False]], [[1.0, 0.0]]),
            ]:
                self.assertEqual(self.shared("array", port, given).tolist(), wanted, given)
            self.assertTrue(numpy.isnan(self.shared("array", port, ["nan"])).all())
            with self.assertRaises(ValueError):
                self.outputs.share_array(port, "no number")

    def test_share_number(self):
        for port in ("number", "any"):
            for given in (3, 3.0, numpy.float32(3), [3], numpy.array([3]), "3", self.shared("number", port, 3)):
                self.assertEqual(self.shared("number", port, given).tolist(), [3.0])
            for bad in ([1, 2], [], "three"):
                with self.assertRaises(ValueError):
                    self.outputs.share_number(port, bad)

    def test_share_string(self):
        for port in ("string", "any"):
            for text in ("", "grüße", "x" * 10_000):
                self.assertEqual(self.shared("string", port, text)[0], text)
            self.assertEqual(self.shared("string", port, 5)[0], "5")
            self.assertEqual(self.shared("string", port, self.inputs.read_string(port))[0], "5")

    def test_share(self):
        for given, dtype in [
            ([1, 2], "int64"),
            (numpy.array([1], numpy.int16), "int64"),
            ([1.5], "float64"),
            (numpy.array([1.5], numpy.float32), "float64"),
            (numpy.array([1], numpy.uint8), "uint8"),
            ([True], "bool"),
            (["ab", "longer"], "<U6"),
            (3, "int64"),
            ("text", "<U4"),
            (numpy.zeros((2, 3)), "float64"),
        ]:
            seen = self.shared("", "any", given)
            self.assertEqual((str(seen.dtype), seen.tolist()), (dtype, numpy.atleast_1d(given).tolist()))
        for bad in ({"a": 1}, [None], 1j):
            with self.assertRaises(TypeError):
                self.outputs.share("any", bad)

    def test_shapes_and_types_may_change(self):
        for side in (10, 100, 5, 1000):
            self.assertEqual(self.shared("image", "image", numpy.zeros((side, side, 3))).shape, (side, side, 3))
            self.assertEqual(self.shared("array", "array", numpy.zeros(side)).shape, (side,))
        self.assertEqual(self.shared("", "any", [1.5]).dtype, numpy.float64)
        self.assertEqual(self.shared("", "any", [1]).dtype, numpy.int64)

    def test_a_failure_leaves_the_wire_as_it_was(self):
        with self.assertRaises(ValueError):
            self.outputs.share_image("image", numpy.zeros(1))
        self.assertEqual(self.shared("image", "image", numpy.zeros((1, 1, 3))).shape, (1, 1, 3))

    def test_outputs_without_a_wire_go_nowhere(self):
        self.assertNotIn("Open End", self.outputs.outputs)
        self.outputs.share_number("Open End", 1)
        with self.assertRaisesRegex(InvalidOutputNameException, "no wire at an output `nobody`; .*`image`"):
            self.outputs.share_number("nobody", 1)


class Threads(Wired):
    def test_code_may_share_and_read_from_threads_of_its_own(self):
        def share():
            for number in range(200):
                self.outputs.share_number("number", number)

        def read():
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                number = self.inputs.read_number("number")
                if number is not None and float(number) == 199:
                    seen.append(True)
                    return

        seen = []
        threads = [threading.Thread(target=act) for act in (share, read, read)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, [True, True])


class Enabled(Wired):
    ENABLE = True

    def test_enabled_is_false_until_it_is_written(self):
        self.assertIs(self.inputs.enabled, False)
        for value, wanted in [(1, True), (0, False), (1.000001, True), (2, False)]:
            self.outputs.share_number("Enable", value)
            self.assertEqual(self.inputs.enabled.tolist(), [wanted])

    def test_the_code_can_set_it_itself(self):
        self.inputs.enabled = True
        self.assertTrue(self.inputs.enabled)
        self.assertEqual(float(self.inputs.read_number("Enable")), 1.0)
        self.inputs.enabled = False
        self.assertFalse(self.inputs.enabled)

    def test_a_block_waits_while_it_is_not_enabled(self):
        turns = []

        def later():
            for value in (0, 0, 1):
                time.sleep(0.02)
                turns.append(value)
                self.outputs.share_number("Enable", value)

        thread = threading.Thread(target=later)
        thread.start()
        self.assertTrue(self.inputs.read_number("Enable"))
        self.assertEqual(turns, [0, 0, 1])
        self.synchronise()
        thread.join()


class NotEnabled(Wired):
    def test_without_a_wire_a_block_is_enabled(self):
        self.assertIs(self.inputs.enabled, True)
        self.inputs.enabled = False
        self.assertIs(self.inputs.enabled, True)


class Frequency(Wired):
    FREQUENCY = 50

    def test_synchronise_holds_the_frequency(self):
        began = time.monotonic()
        self.synchronise()
        for _ in range(10):
            self.synchronise()
        # Never faster; how much slower is the machine's affair.
        self.assertGreaterEqual(time.monotonic() - began, 10 / 50 - 0.001)

    def test_turns_that_came_too_late_are_not_made_up_for(self):
        self.synchronise()
        time.sleep(0.1)
        self.synchronise()
        began = time.monotonic()
        self.synchronise()
        self.assertGreaterEqual(time.monotonic() - began, 1 / 50 - 0.002)

    def test_code_that_only_waits_sleeps(self):
        # As code does that has `continue` before its `synchronise`.
        before = time.process_time()
        began = time.monotonic()
        for _ in range(10):
            self.assertIsNone(self.inputs.read_image("image"))
            self.assertIsNone(self.inputs.read_number("number"))
        self.assertGreaterEqual(time.monotonic() - began, 9 / 50 - 0.001)
        self.assertLess(time.process_time() - before, 0.15)

    def test_reading_in_vain_once_a_turn_costs_no_time(self):
        self.synchronise()
        before = self.synchronise._due
        for _ in range(5):
            self.assertIsNone(self.inputs.read_image("image"))
            self.assertIsNone(self.inputs.read_number("number"))
            self.synchronise()
        self.assertGreaterEqual(self.synchronise._due - before, 5 / 50 - 0.001)
        self.assertEqual(self.synchronise._missed, set())


class Streams(Wired):
    FREQUENCY = 0.5

    def test_a_value_that_is_just_about_to_come_is_waited_for(self):
        for number in (1, 2):
            self.assertEqual(float(self.shared("number", "number", number)), number)
        self.synchronise()
        due = self.synchronise._due

        def late():
            time.sleep(due + 0.1 - time.monotonic())
            self.outputs.share_number("number", 3)

        thread = threading.Thread(target=late)
        thread.start()
        self.synchronise()
        self.assertEqual(float(self.inputs.read_number("number")), 3)
        # From now on the turns begin where it came.
        self.assertGreaterEqual(self.synchronise._due, due + 2 + 0.09)
        thread.join()

    def test_a_value_that_does_not_come_moves_nothing(self):
        for number in (1, 2):
            self.shared("number", "number", number)
        self.synchronise()
        due = self.synchronise._due
        self.synchronise()
        self.assertEqual(self.synchronise._due, due + 2)


class InStep(Wired):
    FREQUENCY = 10

    def test_turns_move_to_the_moments_when_values_come(self):
        # A stream at the block's own frequency whose values come in the middle of its turns.
        def stream():
            at = time.monotonic() + 0.05
            while not ended.wait(max(at - time.monotonic(), 0)):
                self.outputs.share_number("number", at)
                at += 0.1

        ended = threading.Event()
        thread = threading.Thread(target=stream)
        thread.start()
        moved = []
        before = None
        deadline = time.monotonic() + PATIENCE
        # As soon as the machine lets it keep to its turns, the turns move.
        while not any(move < -0.01 for move in moved) and time.monotonic() < deadline:
            self.inputs.read_number("number")
            self.synchronise()
            if before is not None:
                moved.append(self.synchronise._due - before - 0.1)
            before = self.synchronise._due
        ended.set()
        thread.join()
        self.assertLess(min(moved), -0.01)
        self.assertGreaterEqual(min(moved), -0.0126, "but not by much at once")


class Stopping(Wired):
    def test_a_block_that_is_asked_to_stop_ends_where_it_comes_by(self):
        self.reader.stop()
        for act in (self.synchronise, lambda: self.inputs.read_number("number")):
            with self.assertRaises(KeyboardInterrupt):
                act()
        self.writer.stop()
        with self.assertRaises(KeyboardInterrupt):
            self.outputs.share_number("number", 1)


class Constants(unittest.TestCase):
    def setUp(self):
        values = {"Kp": "1.5", "Empty": "", "Text": "5,5", "False": "False", "Zero": "0"}
        block = hosted({"parameters": [{"name": name, "value": value} for name, value in values.items()]})
        self.node = block.open(["--ros-args", "-p", "Kp:=2.5"])
        _, _, self.parameters, _ = block.ports(self.node)

    def tearDown(self):
        self.node.close()

    def test_read_number(self):
        self.assertEqual(self.parameters.read_number("Kp"), 2.5)
        for name in ("Empty", "Text"):
            with self.assertRaises(ValueError):
                self.parameters.read_number(name)

    def test_read_string(self):
        self.assertEqual([self.parameters.read_string(name) for name in ("Text", "Empty", "Kp")], ["5,5", "", "2.5"])

    def test_read_bool(self):
        self.assertEqual([self.parameters.read_bool(name) for name in ("False", "Empty", "Zero")], [True, False, True])

    def test_others_do_not_exist(self):
        with self.assertRaisesRegex(InvalidParameterNameException, "no parameter `Ki`; parameters: `Kp`"):
            self.parameters.read_number("Ki")
        self.assertIn("Kp", self.parameters.parameters)
        self.assertEqual(self.parameters.parameters["Text"], "5,5")


class MindingEnable(unittest.TestCase):
    """Which code is paused by the Enable wire, and which gets its values as they are."""

    def test_code_that_asks_only_how_long_to_loop_is_paused(self):
        stock = """
def main(inputs, outputs, parameters, synchronise):
    always = False
    try:
        enable = inputs.read_number("Enable")
    except Exception:
        always = True
    while always or inputs.read_number("Enable"):
        synchronise()
"""
        alone = "def main(inputs, outputs, parameters, synchronise):\n    while True:\n        synchronise()\n"
        for code in (stock, alone):
            self.assertFalse(hosted({}, code).code.minds_enable(), code)

    def test_code_that_looks_at_it_gets_it(self):
        for line in ["if inputs.enabled: pass", "x = inputs.read_number('Enable')", "print(inputs.read_array('Enable'))"]:
            code = f"def main(inputs, outputs, parameters, synchronise):\n    while True:\n        {line}\n"
            self.assertTrue(hosted({}, code).code.minds_enable(), code)


if __name__ == "__main__":
    unittest.main(verbosity=2)
