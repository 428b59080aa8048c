"""What needs Python alone: declarations, small messages, callbacks, timers, stopping, exceptions, the log."""

import ast
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import types
import unittest
from pathlib import Path

import vc
from common import PATIENCE, Joined


def program(code, *args, stdin=None, env=None):
    """How a program ends, and what it says."""
    command = [sys.executable, "-c", textwrap.dedent(code), *args]
    environment = dict(os.environ, **(env or {}))
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment)


DOUBLER = """
    import vc
    block = vc.Block("doubler", "Doubles each number.", version="2.0")
    number = block.input("number", "std_msgs/msg/Float64", "Numbers.", required=True)
    enable = block.input("enable", "std_msgs/msg/Float64", "Whether to.", optional=True)
    doubled = block.output("doubled", "std_msgs/msg/Float64", "Twice.", qos=vc.Qos.LATCHED)
    factor = block.parameter("factor", 2.0, "What by.", range=(0, 10), unit="times")
    words = block.parameter("words", ["a"], "Words.", live=False)
    mode = block.parameter("mode", "fast", "How.", choices=["fast", "slow"])
    print("before")
    node = block.open()
    print(factor.value, words.value, mode.value, node.name, node.has_source(number), node.has_target(doubled))
"""


class Declarations(unittest.TestCase):
    def test_a_block_describes_itself(self):
        seen = program(DOUBLER, "--describe")
        manifest = json.loads(seen.stdout.splitlines()[1])

        self.assertEqual((seen.returncode, seen.stderr, manifest["vc"]), (0, "", 1))
        self.assertEqual((manifest["block"], manifest["version"]), ("doubler", "2.0"))
        number, enable = manifest["inputs"]
        self.assertEqual((number["type"], number["required"]), ("std_msgs/msg/Float64", True))
        self.assertTrue(number["hash"].startswith("RIHS01_"))
        self.assertTrue(enable["optional"])
        self.assertEqual(manifest["outputs"][0]["qos"]["durability"], "transient_local")
        factor, words, mode = manifest["parameters"]
        self.assertEqual((factor["type"], factor["max"], factor["live"]), ("double", 10.0, True))
        self.assertEqual((words["type"], words.get("live")), ("string_array", None))
        self.assertEqual(mode["choices"], ["fast", "slow"])
        self.assertIn("float64 data", manifest["schemas"]["std_msgs/msg/Float64"])

    def test_help_and_version_are_for_people(self):
        self.assertIn("double, 0 to 10 times, default 2.0", program(DOUBLER, "--help").stdout)
        self.assertEqual(program(DOUBLER, "--version").stdout, "before\ndoubler 2.0\n")

    def test_values_come_from_the_command_line(self):
        line = "--ros-args -r __node:=two -r __ns:=/a -p factor:=3 -p mode:=slow -r number:=/n".split()
        seen = program(DOUBLER, *line)

        self.assertEqual((seen.returncode, seen.stderr), (0, ""))
        self.assertEqual(seen.stdout.splitlines()[1], "3.0 ['a'] slow /a/two True False")

    def test_a_wrong_command_line_is_an_exception(self):
        for line, said in [
            (["--describ"], "did you mean `--describe`?"),
            (["--ros-args", "-p", "factor:=11"], "bad parameter value: parameter `factor` = 11 is outside its range"),
            (["--ros-args", "-p", "facto:=1"], "this block has no parameter `facto`; did you mean `factor`?"),
        ]:
            seen = program(DOUBLER, *line)
            self.assertEqual(seen.returncode, 1)
            self.assertIn(f"vc.UsageError: ", seen.stderr)
            self.assertIn(said, seen.stderr)

    def test_slips_of_the_author_are_told_at_once(self):
        block = vc.Block("slips", "Has some.")
        block.input("a", "std_msgs/msg/Bool", "")
        block.parameter("p", 1, "")
        for slip, said in [
            (lambda: block.output("a", "std_msgs/msg/Bool"), "has a port `a` already"),
            (lambda: block.input("b", "std_msgs/msg/Boolean"), "no message type `std_msgs/msg/Boolean`; did you mean"),
            (lambda: block.input("b", "Bool"), "`Bool` is no message type's name"),
            (lambda: block.parameter("p", 2), "has a parameter `p` already"),
            (lambda: block.parameter("q", None), "is a bool, int, float or str, or a list"),
            (lambda: block.parameter("q", [1, "a"]), "is a bool, int, float or str, or a list"),
            (lambda: block.parameter("q", "a", choices=["b"]), "none of `b`"),
            (lambda: block.parameter("q", "a", range=(0, 1)), "no number"),
            (lambda: vc.Qos(reliability="good"), "`reliable` or `best_effort`"),
        ]:
            with self.assertRaisesRegex(vc.Error, said):
                slip()


class Stubs(unittest.TestCase):
    def test_the_stubs_tell_all_that_there_is(self):
        text = (Path(vc.__file__).parent / "__init__.pyi").read_text()
        tree = ast.parse(text)
        told = {node.name: node for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        self.assertEqual(set(told) | {"__version__", "log"}, set(vc.__all__))
        for name, node in told.items():
            if not isinstance(node, ast.ClassDef) or issubclass(getattr(vc, name), Exception):
                continue
            named = {one.target.id if isinstance(one, ast.AnnAssign) else getattr(one, "name", "") for one in node.body}
            stubbed = {one for one in named if one and not one.startswith("__")}
            there = {one for one in vars(getattr(vc, name)) if not one.startswith("_")}
            self.assertEqual(stubbed, there, name)


class SmallMessages(Joined):
    TYPE = "geometry_msgs/msg/TwistStamped"

    def test_fields_are_given_by_name_in_dictionaries_and_as_attributes(self):
        vector = types.SimpleNamespace(x=1.5, z=-2)
        m = self.sent({"header": {"frame_id": "base"}}, twist={"linear": vector})

        self.assertEqual(m.header.frame_id, "base")
        self.assertEqual((m.twist.linear.x, m.twist.linear.y, m.twist.linear.z), (1.5, 0.0, -2.0))
        self.assertEqual(dir(m), ["header", "twist"])
        self.assertEqual(repr(m.twist.linear), "geometry_msgs/msg/Vector3(x=1.5, y=0, z=-2)")
        self.assertEqual(vc.to_dict(m)["twist"]["linear"], {"x": 1.5, "y": 0.0, "z": -2.0})
        self.assertEqual(vc.type_of(m.header).name, "std_msgs/msg/Header")

    def test_a_received_message_goes_on_as_a_whole_and_in_part(self):
        m = self.sent(header={"frame_id": "base"}, twist={"angular": {"z": 3}})
        whole = self.sent(m)
        part = self.sent(twist=m.twist)

        self.assertEqual(vc.to_dict(whole), vc.to_dict(m))
        self.assertEqual((part.twist.angular.z, part.header.frame_id), (3.0, ""))

    def test_what_does_not_fit_names_the_field(self):
        for fields, said in [
            ({"twit": 1}, "has no field `twit`; it has `header`, `twist`"),
            ({"header": {"frame_id": 5}}, "`header.frame_id` is text, but int was given"),
            ({"header": {"stamp": {"sec": 1 << 40}}}, "`header.stamp.sec` is int32, which cannot hold"),
            ({"header": {"stamp": {"sec": 0.5}}}, "`header.stamp.sec` is int32, but a floating-point number"),
            ({"header": {"stamp": {"sec": "1"}}}, "`header.stamp.sec` is int32, but str was given"),
            ({"twist": 5}, "`twist` is a `geometry_msgs/msg/Twist`, but int was given"),
            ({"twist": object()}, "`twist` is a `geometry_msgs/msg/Twist`, but object was given"),
        ]:
            with self.assertRaisesRegex(vc.MessageError, said):
                self.publisher.publish(**fields)
        self.assertIsNone(self.subscriber.take())

    def test_the_envelope_tells_who_and_when(self):
        self.publisher.publish_at(123)
        m = self.subscriber.recv(PATIENCE)
        envelope = vc.envelope(m)

        self.assertEqual((envelope.sequence, envelope.source_time_ns), (1, 123))
        self.assertLessEqual(envelope.sent_ns, time.monotonic_ns())
        self.assertEqual(envelope.publisher, vc.envelope(self.sent()).publisher)

    def test_patience_ends(self):
        began = time.monotonic()
        self.assertIsNone(self.subscriber.recv(0.05))
        self.assertGreaterEqual(time.monotonic() - began, 0.05)
        self.assertIsNone(self.subscriber.take())
        self.assertFalse(vc.wait_for_news(self.reader, [self.subscriber], 0.01))
        self.publisher.publish()
        self.assertTrue(vc.wait_for_news(self.reader, [self.subscriber], PATIENCE))

    def test_the_newest_is_taken_and_the_rest_passed_over(self):
        for z in (1, 2, 3):
            self.publisher.publish(twist={"linear": {"z": z}})
        self.assertEqual(self.subscriber.latest().twist.linear.z, 3)
        self.assertIsNone(self.subscriber.latest())

    def test_ports_end_with_their_node(self):
        self.assertTrue(self.publisher.has_subscribers())
        self.reader.close()
        self.writer.close()
        with self.assertRaisesRegex(vc.Error, "the node has ended, and its publishers with it"):
            self.publisher.publish()
        with self.assertRaisesRegex(vc.Error, "the node has ended, and its subscribers with it"):
            self.subscriber.take()

    def test_other_threads_write_and_read_but_do_not_open(self):
        answers = []

        def elsewhere():
            self.publisher.publish(header={"frame_id": "thread"})
            answers.append(self.subscriber.recv(PATIENCE).header.frame_id)
            try:
                self.writer.run()
            except vc.Error as error:
                answers.append(str(error))

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        self.assertEqual(answers[0], "thread")
        self.assertIn("opened on another thread", answers[1])


class Texts(Joined):
    TYPE = "tf2_msgs/msg/TFMessage"

    def test_lists_of_messages_are_lists(self):
        one = {"header": {"frame_id": "a"}, "child_frame_id": "ünï"}
        m = self.sent(transforms=[one, {"child_frame_id": "c"}])

        self.assertEqual([t.child_frame_id for t in m.transforms], ["ünï", "c"])
        self.assertEqual(m.transforms[1].transform.rotation.w, 1.0)
        with self.assertRaisesRegex(vc.MessageError, r"`transforms\[1\].child_frame_id` is text"):
            self.publisher.publish(transforms=[one, {"child_frame_id": 1}])
        with self.assertRaisesRegex(vc.MessageError, "`transforms` is a list of `geometry_msgs/msg/TransformStamped`"):
            self.publisher.publish(transforms=5)


class OwnTypes(unittest.TestCase):
    def test_a_type_is_made_of_its_text(self):
        vc.add_type("my_msgs/msg/Grip", "int8 LEFT=-1\nstring NAME=grip\nfloat64 force 2.5\nPad[] pads\nstd_msgs/Header header")
        vc.add_type("my_msgs/msg/Pad", "bool touching")
        grip = vc.message_type("my_msgs/Grip")

        self.assertEqual((grip.LEFT, grip.NAME, grip.name), (-1, "grip", "my_msgs/msg/Grip"))
        self.assertEqual(grip.fields["pads"], "my_msgs/msg/Pad[]")
        self.assertIn("MSG: std_msgs/Header", grip.text)
        self.assertTrue(grip.hash.startswith("RIHS01_"))
        block = vc.Block("own", "Has its own type.")
        output, source = block.output("out", "my_msgs/msg/Grip"), block.input("in_", "my_msgs/msg/Grip")
        with block.open(["--ros-args", "-r", "in_:=/grip", "-r", "out:=/grip"]) as node:
            publisher, subscriber = node.publisher(output), node.subscriber(source)
            publisher.publish(pads=[{"touching": True}])
            m = subscriber.recv(PATIENCE)
        self.assertEqual((m.force, m.pads[0].touching), (2.5, True))

    def test_wrong_texts_are_told_with_their_line(self):
        with self.assertRaisesRegex(vc.MessageError, r"my_msgs/msg/Wrong:2: `boolean b`"):
            vc.add_type("my_msgs/msg/Wrong", "bool a\nboolean b")
        vc.add_type("my_msgs/msg/Lost", "Nowhere n")
        with self.assertRaisesRegex(vc.MessageError, "`my_msgs/msg/Lost` uses `my_msgs/msg/Nowhere`"):
            vc.message_type("my_msgs/msg/Lost")
        vc.add_type("my_msgs/msg/Round", "Round[] r")
        with self.assertRaisesRegex(vc.MessageError, "contains itself"):
            vc.message_type("my_msgs/msg/Round")

    def test_a_folder_of_texts_is_a_package(self):
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "msg").mkdir()
            Path(folder, "msg", "Leaf.msg").write_text("uint8 veins\n")
            vc.add_types("tree_msgs", folder)
        self.assertEqual(vc.message_type("tree_msgs/msg/Leaf").fields, {"veins": "uint8"})
        with self.assertRaisesRegex(vc.UsageError, "holds no .msg file"):
            vc.add_types("tree_msgs", "/proc/self/fd")


class Running(unittest.TestCase):
    def open(self, *names):
        block = vc.Block("runs", "Runs.")
        ports = [block.input("number", "std_msgs/msg/Int64"), block.output("twice", "std_msgs/msg/Int64")]
        wire = f"/{self._testMethodName}"
        return block.open(["--ros-args", "-r", f"number:={wire}", "-r", f"twice:={wire}"]), *ports

    def test_callbacks_and_timers_run_until_the_node_is_stopped(self):
        node, number, twice = self.open()
        publisher, seen = node.publisher(twice), []

        @node.every(500)
        def tick(tick):
            publisher.publish(data=len(seen))
            self.assertGreater(tick.time_ns, 0)

        @node.on(number)
        def _(m):
            seen.append(m.data)
            if len(seen) == 5:
                node.stop()

        node.run()
        self.assertGreaterEqual(len(seen), 5)
        self.assertTrue(callable(tick) and node.stopped)

    def test_an_exception_comes_out_of_run_as_it_is(self):
        node, number, twice = self.open()
        publisher = node.publisher(twice)
        node.every(1000, lambda _: publisher.publish(data=1))

        @node.on(number)
        def _(m):
            {}["missing"]

        try:
            node.run()
            self.fail("nothing was raised")
        except KeyError as error:
            self.assertEqual(error.__traceback__.tb_next.tb_frame.f_code.co_name, "_")

    def test_iterating_ends_with_the_node(self):
        node, number, twice = self.open()
        publisher, subscriber = node.publisher(twice), node.subscriber(number)
        for value in (1, 2, 3):
            publisher.publish(data=value)
        seen = []
        for m in subscriber:
            seen.append(m.data)
            if m.data == 3:
                node.stop()
        self.assertEqual(seen, [1, 2, 3])
        self.assertFalse(node.sleep(PATIENCE))
        node.close()

    def test_the_interpreter_is_free_while_the_node_waits(self):
        node, number, _ = self.open()
        subscriber, turns = node.subscriber(number), [0]

        def turn():
            while turns[0] < 100:
                turns[0] += 1
                time.sleep(0)
            node.stop()

        threading.Thread(target=turn).start()
        self.assertIsNone(subscriber.recv())
        self.assertEqual(turns[0], 100)
        node.close()

    def test_a_rate_must_be_one(self):
        node, _, _ = self.open()
        with self.assertRaisesRegex(vc.UsageError, "a rate of 0 Hz"):
            node.every(0, print)
        node.close()


SIGNALLED = """
    import vc, sys
    block = vc.Block("waits", "Waits.")
    number = block.input("number", "std_msgs/msg/Int64")
    node = block.open()
    vc.log.warning("log %d", 7)
    vc.log.debug("not shown")
    node.on(number, print)
    node.every(100, lambda _: print("ready", flush=True))
    node.run()
    print("ended in good order")
"""


class Signals(unittest.TestCase):
    def test_signals_end_a_node_in_good_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            running = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(SIGNALLED)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            self.assertEqual(running.stdout.readline(), "ready\n")
            running.send_signal(number)
            out, err = running.communicate(timeout=PATIENCE)
            self.assertEqual((running.returncode, out.splitlines()[-1]), (0, "ended in good order"), err)
            self.assertIn("WARN log 7", err)
            self.assertNotIn("not shown", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
