"""A file of VisualCircuit's code: loaded as a module, looked through, its mistakes told with the editor's lines."""

import ast
import linecache
import os
import sys
import traceback
import types

from . import models

MARK = "# vc-host:"
_OURS = os.path.dirname(__file__) + os.sep


class Code:
    """The code, ready to be loaded."""

    def __init__(self, text, path, shown_as):
        lines = text.splitlines(keepends=True)
        above = next((at + 1 for at, line in enumerate(lines) if line.startswith(MARK)), 0)
        #: How messages call it, and its text from the line on that they call 1.
        self.name = shown_as or path
        self.text = "".join(lines[above:]) if shown_as else text
        self.path = path

    def load(self):
        """Runs the code's top level, as the import of a module does."""
        compiled = compile(self.text, self.name, "exec")
        # Tracebacks show lines of it, wherever it came from.
        lines = self.text.splitlines(keepends=True)
        linecache.cache[self.name] = (len(self.text), None, lines, self.name)
        module = types.ModuleType("block")
        module.__file__ = self.path
        sys.modules.setdefault("block", module)
        models.give(module)
        exec(compiled, module.__dict__)
        models.give_opencv()
        return module

    def minds_enable(self):
        """Whether the code looks at the Enable wire itself, beyond asking whether there is one and for how long to loop."""
        try:
            tree = ast.parse(self.text)
        except SyntaxError:
            return False
        plain = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.While):
                plain.update(_enable_reads(node.test))
            elif isinstance(node, ast.Try) and node.handlers:
                for statement in node.body:
                    plain.update(_enable_reads(statement))
        return any(read not in plain for read in _enable_reads(tree))


def _enable_reads(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "enabled":
            yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("read"):
            if any(isinstance(argument, ast.Constant) and argument.value == "Enable" for argument in node.args):
                yield node


def tell(error):
    """Prints an exception of the code as Python does, without the host's own lines."""
    told = traceback.TracebackException.from_exception(error)
    seen = set()
    waiting = [told]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.stack = traceback.StackSummary.from_list([frame for frame in one.stack if not frame.filename.startswith(_OURS)])
        waiting += [one.__cause__, one.__context__]
    sys.stdout.flush()
    sys.stderr.write("".join(told.format()))
    sys.stderr.flush()
