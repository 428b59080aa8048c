"""What is typed: `input()`, and `sys.stdin`, as the code has them."""

import builtins
import os
import stat
import sys

#: Python's own.
_input = builtins.input


class Typed:
    """`input()` for code under `vclaunch`, which shows whole lines only and gives what is typed to one node."""

    def __init__(self, name):
        #: What messages call the node.
        self.name = name

    def give(self):
        """Takes the place of `input`. By hand, in a terminal, Python's own is better."""
        if "VC_LAUNCHER_PID" in os.environ:
            builtins.input = self.input

    def input(self, prompt="", /):
        """Shows `prompt` and gives the next line that is typed."""
        if str(prompt):
            print(prompt, flush=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            raise EOFError(self._why())
        return line.removesuffix("\n")

    def _why(self):
        if _is_empty():
            return (
                f"`{self.name}` reads what is typed, but is not given it: run it with `--stdin {self.name}`, "
                "or give its node `stdin: true` in the launch file"
            )
        return "standard input has ended"


def _is_empty():
    """Whether standard input is the system's empty file, as it is of nodes that are not given what is typed."""
    try:
        ours, empty = os.fstat(0), os.stat(os.devnull)
    except OSError:
        return True
    return stat.S_ISCHR(ours.st_mode) and ours.st_rdev == empty.st_rdev
