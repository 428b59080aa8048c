"""The program `python3 -m vc.host`: how it ends, what it says, what its code may import."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path

from common import PATIENCE

LINE = (
    '# vc-host: {"frequency": 100, "inputs": [{"name": "In", "port": "number", "kind": "number"}], '
    '"outputs": [{"name": "Out", "port": "out", "kind": "number"}], "parameters": [{"name": "P", "value": "x"}]%s}\n'
)
SHOWN = ', "shown_as": "my.vc3, block `Code 1`"'


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, code, *args, shown=SHOWN, **more):
        """Starts code; `pass` for its file's name."""
        file = self.folder / "code" / "Code 1.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(LINE % shown + textwrap.dedent(code))
        command = [sys.executable, "-m", "vc.host", str(file), *args]
        environment = dict(os.environ, PYTHONUNBUFFERED="1", **more.pop("env", {}))
        more.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder, env=environment, **more
        )

    def run_to_end(self, code, *args, **more):
        """Code's exit code, output and errors."""
        process = self.start(code, *args, **more)
        out, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, out, errors

    def has_ended(self, process):
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stopped(self, code, number=signal.SIGINT, again=False):
        """The same of code that prints a line and is then asked to stop."""
        process = self.start(code)
        first = process.stdout.readline()
        self.assertTrue(first, process.stderr.read() if process.poll() else "")
        process.send_signal(number)
        # A call that is just about to wait does not notice a signal; vclaunch sends another one too.
        while again and not self.has_ended(process):
            process.send_signal(number)
        out, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, first + out, errors


class Ends(Program):
    def test_a_block_that_returns_has_ended_well(self):
        code = """
            def main(inputs, outputs, parameters, synchronise):
                print("P is", parameters.read_string("P"))
        """
        self.assertEqual(self.run_to_end(code, "--ros-args", "-p", "P:=z"), (0, "P is z\n", ""))

    def test_a_block_that_raises_tells_where_in_the_users_words(self):
        code = """\
            def main(inputs, outputs, parameters, synchronise):
                try:
                    inputs.read_number("Nothing")
                except Exception as error:
                    raise RuntimeError("no way") from error
        """
        ended, out, errors = self.run_to_end(code)
        self.assertEqual((ended, out), (1, ""))
        self.assertIn('File "my.vc3, block `Code 1`", line 3, in main\n    inputs.read_number("Nothing")', errors)
        self.assertIn("InvalidInputNameException: there is no wire at an input `Nothing`; inputs with a wire: none", errors)
        self.assertTrue(errors.endswith('    raise RuntimeError("no way") from error\nRuntimeError: no way\n'), errors)
        self.assertNotIn("vc/host", errors)

    def test_a_file_without_another_name_is_called_by_its_own(self):
        ended, _, errors = self.run_to_end("def main(*_): 1 / 0\n", shown="")
        self.assertEqual(ended, 1)
        self.assertIn('Code 1.py", line 2, in main', errors)

    def test_code_that_cannot_be_loaded_is_told(self):
        for code, said in [
            ("x = (\n", ['File "my.vc3, block `Code 1`", line 1', "SyntaxError"]),
            ("import nothing_of_this_name\n", ["line 1, in <module>", "ModuleNotFoundError"]),
            ("def mian(): pass\n", ["error: my.vc3, block `Code 1` has no function `main`"]),
        ]:
            ended, _, errors = self.run_to_end(code)
            self.assertEqual(ended, 1)
            for words in said:
                self.assertIn(words, errors)

    def test_a_block_that_exits_says_how(self):
        self.assertEqual(self.run_to_end("import sys\ndef main(*_): sys.exit(7)\n")[0], 7)
        self.assertEqual(self.run_to_end("import sys\ndef main(*_): sys.exit('enough')\n"), (1, "", "enough\n"))

    def test_a_block_that_is_asked_to_stop_ends_well(self):
        code = """
            def main(inputs, outputs, parameters, synchronise):
                try:
                    print("begun")
                    while True:
                        synchronise()
                finally:
                    print("cleaned up")
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            self.assertEqual(self.stopped(code, number), (0, "begun\ncleaned up\n", ""))

    def test_a_block_that_does_not_come_by_is_interrupted(self):
        for busy in ("time.sleep(1000)", "pass"):
            code = f"""
                import time
                def main(inputs, outputs, parameters, synchronise):
                    try:
                        print("begun")
                        while True: {busy}
                    except KeyboardInterrupt:
                        time.sleep(1)  # Cleaning up is not interrupted.
                        print("interrupted")
            """
            self.assertEqual(self.stopped(code), (0, "begun\ninterrupted\n", ""))

    def test_code_that_still_loads_is_interrupted_too(self):
        code = 'import time\nprint("loading")\ntime.sleep(1000)\ndef main(*_): pass\n'
        self.assertEqual(self.stopped(code, again=True), (0, "loading\n", ""))


class Surroundings(Program):
    def test_what_is_printed_is_seen_at_once(self):
        code = 'import time\ndef main(inputs, outputs, parameters, synchronise):\n    print("now")\n    time.sleep(1000)\n'
        process = self.start(code)
        self.assertEqual(process.stdout.readline(), "now\n")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)

    def test_standard_input_is_the_codes(self):
        code = 'def main(*_):\n    print("hello", input())\n'
        process = self.start(code, stdin=subprocess.PIPE)
        out, errors = process.communicate("you\n", timeout=PATIENCE)
        self.assertEqual((process.returncode, out, errors), (0, "hello you\n", ""))
        ended, _, errors = self.run_to_end(code)
        self.assertEqual(ended, 1)
        self.assertIn("EOFError", errors)

    def test_under_vclaunch_a_prompt_is_a_line_and_an_end_says_what_to_do(self):
        code = 'def main(*_):\n    print("hello", input("who? "))\n    input()\n'
        launched = {"VC_LAUNCHER_PID": str(os.getpid())}
        args = "--ros-args -r __node:=Code -r __ns:=/Pack".split()
        process = self.start(code, *args, stdin=subprocess.PIPE, env=launched)
        self.assertEqual(process.stdout.readline(), "who? \n")
        out, errors = process.communicate("you\n", timeout=PATIENCE)
        self.assertEqual((process.returncode, out), (1, "hello you\n"))
        self.assertIn("EOFError: standard input has ended", errors)
        ended, _, errors = self.run_to_end(code, *args, env=launched)
        self.assertEqual(ended, 1)
        self.assertIn("`Pack/Code` reads what is typed, but is not given it: run it with `--stdin Pack/Code`", errors)
        self.assertNotIn("typed.py", errors)

    def test_code_that_waits_for_somebody_to_type_ends_when_asked(self):
        code = 'def main(*_):\n    print("now", flush=True)\n    input()\n'
        process = self.start(code, stdin=subprocess.PIPE, env={"VC_LAUNCHER_PID": str(os.getpid())})
        self.assertEqual(process.stdout.readline(), "now\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), 0)
        process.communicate()

    def test_files_are_those_of_the_working_folder(self):
        (self.folder / "data.txt").write_text("read")
        code = 'text = open("data.txt").read()\ndef main(*_): print(text)\n'
        self.assertEqual(self.run_to_end(code), (0, "read\n", ""))

    def test_model_files_are_found_by_the_paths_of_visual_circuit(self):
        (self.folder / "models" / "yolov3").mkdir(parents=True)
        (self.folder / "models" / "yolov3" / "coco.names").write_text("from VC_MODELS")
        (self.folder / "utils" / "models" / "own").mkdir(parents=True)
        (self.folder / "utils" / "models" / "own" / "x").write_text("own")
        # What plays OpenCV's part.
        (self.folder / "cv2.py").write_text("def CascadeClassifier(path): return open(path).read()\nclass dnn: pass\n")
        (self.folder / "models" / "haar_cascade").mkdir()
        (self.folder / "models" / "haar_cascade" / "face.xml").write_text("cascade")
        code = """
            import cv2

            def main(*_):
                with open("utils/models/yolov3/coco.names", "rt") as file:
                    print(file.read(), open("./utils/models/own/x").read())
                print(cv2.CascadeClassifier("utils/models/haar_cascade/face.xml"))
                open("utils/models/yolov3/none")
        """
        os.environ["VC_MODELS"] = str(self.folder / "models")
        self.addCleanup(os.environ.pop, "VC_MODELS")
        ended, out, errors = self.run_to_end(code)
        self.assertEqual((ended, out), (1, "from VC_MODELS own\ncascade\n"), errors)
        self.assertTrue(errors.endswith("No such file or directory: 'utils/models/yolov3/none'\n"), errors)

    def test_lib_and_modules_beside_the_code_and_in_the_working_folder_are_importable(self):
        (self.folder / "lib").mkdir()
        (self.folder / "lib" / "mine.py").write_text("WHERE = 'my lib'\n")
        (self.folder / "lib" / "exceptions.py").write_text("raise RuntimeError\n")
        (self.folder / "helper.py").write_text("WHERE = 'working folder'\n")
        code = """
            from lib.exceptions import InvalidInputNameException
            from lib.inputs import Inputs
            from lib.outputs import Outputs
            from lib.parameters import Parameters
            import lib.utils
            from lib.mine import WHERE as mine
            from helper import WHERE as helper
            from beside import WHERE as beside
            from dataclasses import dataclass

            @dataclass
            class State:
                x: int = 0

            def main(inputs: Inputs, outputs: Outputs, parameters: Parameters, synchronise):
                try:
                    inputs.read_number("In")
                except InvalidInputNameException:
                    print(mine, helper, beside, isinstance(inputs, Inputs), State(), __name__)
        """
        (self.folder / "code").mkdir()
        (self.folder / "code" / "beside.py").write_text("WHERE = 'beside'\n")
        said = "my lib working folder beside True State(x=0) block\n"
        self.assertEqual(self.run_to_end(code), (0, said, ""))

    def test_code_of_version_2_gets_its_wires_by_place(self):
        code = """
            import numpy as np
            from utils.wires.wire_str import read_string, share_string
            from utils.tools.freq_monitor import monitor_frequency

            def loop(block_name, input_wires, output_wires, parameters, flags):
                output = share_string(output_wires[0])
                enabled = False
                try:
                    enable = read_string(input_wires[1])
                except IndexError:
                    enabled = True
                control_data = np.array([0.0, 0.03])
                if flags[0] == 1:
                    monitor_frequency(block_name, control_data, float("50"), 1)
                output.add([1.5])
                print(block_name, len(input_wires), enabled, read_string(input_wires[0]).get().tolist(), parameters, control_data)
                output.release()
        """
        wire = ["--ros-args", "-r", "__node:=two", "-r", "number:=/version_2", "-r", "out:=/version_2"]
        seen = self.run_to_end(code, *wire, shown=', "entry": "loop"')
        self.assertEqual(seen, (0, "two 1 True ['1.5'] ['x'] [0.   0.02]\n", ""))


class CommandLines(Program):
    def test_a_file_describes_itself_without_being_run(self):
        ended, out, errors = self.run_to_end("raise RuntimeError\n", "--describe")
        self.assertEqual((ended, errors), (0, ""))
        self.assertIn('"block":"Code_1"', out)
        self.assertIn("std_msgs/msg/Float64 (optional)", self.run_to_end("raise RuntimeError\n", "--help")[1])

    def test_what_is_wrong_is_told(self):
        code = "def main(*_): pass\n"
        self.assertEqual(self.run_to_end(code, "--ros-args", "-p", "Q:=1")[0], 2)
        for words, ended, said in [
            ([], 2, "usage: python3 -m vc.host FILE"),
            (["nowhere.py"], 1, "cannot read `nowhere.py`"),
            (["plain.py"], 1, "`plain.py` has no line `# vc-host: {…}`"),
            (["wrong.py"], 1, "unknown field"),
        ]:
            (self.folder / "plain.py").write_text("print(1)\n")
            (self.folder / "wrong.py").write_text('# vc-host: {"x": 1}\n')
            command = [sys.executable, "-m", "vc.host", *words]
            seen = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=PATIENCE)
            self.assertEqual((seen.returncode, seen.stdout), (ended, ""), seen.stderr)
            self.assertIn(said, seen.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
