"""The program: `python3 -m vc.host FILE`."""

import importlib
import json
import os
import re
import signal
import sys
import threading

import vc
from vc import _native

from . import loop
from .code import Code, tell
from .pace import Pace, Stopped
from .ports import Inputs, Outputs, Parameters
from .typed import Typed
from .wires import InputWire, OutputWire

USAGE = "usage: python3 -m vc.host FILE [--strict-enable] [--ros-args …]"
#: What the code gets to come by one of the host's functions once it is asked to stop, in seconds.
PATIENCE = 0.3


def main(args):
    """Runs a file; the exit code."""
    options = {option for option in args if option == "--strict-enable"}
    args = [arg for arg in args if arg not in options]
    if not args or args[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 2
    path, args = args[0], args[1:]
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        line = json.loads(_native.host_line(text, path) or "null")
    except SyntaxError as error:
        print(f"error: {path}:{error.lineno}:{error.offset}: {error.msg}", file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError) as error:
        print(f"error: cannot read `{path}`: {error}", file=sys.stderr)
        return 1
    if line is None:
        print(f"error: `{path}` has no line `# vc-host: {{…}}` near its top, which says what its ports are", file=sys.stderr)
        return 1
    # The same word that `vclaunch` makes of it.
    word = re.sub("[^0-9A-Za-z]", "_", os.path.splitext(os.path.basename(path))[0])[:100]
    word = f"_{word}" if not word or word[0].isdigit() else word
    hosted = Hosted(_native.host_block(text, path, word), line, Code(text, path, line.get("shown_as")))
    if any(arg in ("--describe", "--help", "-h", "--version") for arg in args):
        hosted.open(args)
    return hosted.run(args, "--strict-enable" in options)


class Hosted:
    """VisualCircuit's code, and the block it is."""

    def __init__(self, block, line, code):
        self.block, self.inputs, self.outputs, self.parameters = block
        self.line = line
        self.code = code

    def open(self, args):
        """Opens the node."""
        return self.block.open(args)

    def run(self, args, strict=False):
        """Loads the code and runs it to its end; the exit code."""
        give_lib(self.code.path)
        ending = Ending()
        Typed(_node_name(args) or self.code.name).give()
        try:
            module = self.code.load()
            entry = self.line.get("entry", "main")
            function = getattr(module, entry, None)
            if function is None:
                print(f"error: {self.code.name} has no function `{entry}`", file=sys.stderr)
                return 1
            node = self.open(args)
            try:
                given = self.ports(node, strict)
                ending.watch(node, given[-1])
                node.ready()
                given[-1].check()
                if entry == "loop":
                    loop.run(function, node.name, self.line, given)
                else:
                    function(*given)
            finally:
                ending.is_over.set()
                node.close()
        except KeyboardInterrupt:
            return 0
        except SystemExit:
            raise
        except vc.UsageError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        except BaseException as error:
            tell(error)
            return 1
        return 0

    def ports(self, node, strict=False):
        """`inputs`, `outputs`, `parameters` and `synchronise` over an open node. Ports without a wire are left out."""
        inputs = {
            port["name"]: InputWire(node, input, port["kind"], port["name"])
            for port, input in zip(self.line["inputs"], self.inputs)
            if node.has_source(input)
        }
        outputs = {
            port["name"]: OutputWire(node, output, port["kind"], port["name"])
            for port, output in zip(self.line["outputs"], self.outputs)
            if node.has_target(output)
        }
        unwired = [port["name"] for port in self.line["outputs"] if port["name"] not in outputs]
        parameters = {handle.name: handle for handle in self.parameters}
        gated = not strict and not self.code.minds_enable()
        pace = Pace(node, self.line["frequency"], inputs, gated)
        return Inputs(inputs, pace), Outputs(outputs, pace, unwired), Parameters(parameters), pace


def _node_name(args):
    """The name that ROS 2's arguments give the node, in full; none if they do not."""
    rules = dict(arg.split(":=", 1) for arg in args if arg.startswith(("__node:=", "__ns:=")))
    return "/".join(part.strip("/") for part in (rules.get("__ns", ""), rules.get("__node", "")) if part.strip("/"))


def give_lib(path):
    """Makes `lib` and, for code of VisualCircuit 2, `utils` and `wires` importable, and what lies beside the code."""
    own = os.path.dirname(os.path.abspath(path))
    if own not in sys.path:
        sys.path.insert(1, own)
    lib = importlib.import_module("vc.host.lib")
    # Further modules of a folder `lib` of the user's own are still found.
    lib.__path__ += [os.path.join(folder, "lib") for folder in (os.getcwd(), own)]
    sys.modules["lib"] = lib
    for name in ("exceptions", "inputs", "outputs", "parameters", "utils"):
        module = importlib.import_module(f"vc.host.lib.{name}")
        sys.modules[f"lib.{name}"] = module
        setattr(lib, name, module)
    loop.give_modules()


class Ending:
    """How code is ended. The first signal asks: the code ends where it next reads, shares or synchronises. If it does not
    come by in time, it is interrupted wherever it is."""

    def __init__(self):
        self.is_over = threading.Event()
        self._pace = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked)
        signal.signal(signal.SIGALRM, self._interrupted)

    def watch(self, node, pace):
        """From here on there is a node, which knows that it is asked to stop."""
        self._pace = pace
        threading.Thread(target=self._see_to_it, args=[node], daemon=True).start()

    def _asked(self, *_):
        if self._pace is None:
            raise Stopped

    def _interrupted(self, *_):
        # Once: what the code then does to clean up is not to be interrupted.
        if not self._pace.is_ending:
            self._pace.is_ending = True
            raise Stopped

    def _see_to_it(self, node):
        vc.wait_for_news(node, [])
        # Again and again: a call that is just about to wait does not notice the first.
        while not self.is_over.wait(PATIENCE) and not self._pace.is_ending:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)
