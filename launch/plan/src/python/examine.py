# Asks an interpreter whether blocks can run on it, without running them: what they import, and whether they can be read.
# Argument: a list of {"file", "folders", "hosted"} as JSON. Out: {"version", "vc", "files": [{...}]} as JSON.
import ast
import importlib.util
import json
import sys

MARK = "# vc-host:"
OWN = {"lib", "utils", "wires"}  # What the host brings along for VisualCircuit's code.


def is_there(module, folders):
    before = sys.path[:]
    sys.path[:0] = folders
    try:
        return module in sys.modules or importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return True
    finally:
        sys.path[:] = before
        importlib.invalidate_caches()


def imports(tree):
    """What is imported whenever the code is loaded: module and line."""
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for name in statement.names:
                yield name.name.split(".")[0], statement.lineno
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            yield statement.module.split(".")[0], statement.lineno


def examined(one):
    answer = {"shown": one["file"], "missing": [], "error": None}
    with open(one["file"], "rb") as file:
        source = file.read()
    above = 0
    if one["hosted"]:
        lines = source.decode("utf-8", "replace").split("\n")
        above = next(at for at, line in enumerate(lines) if line.startswith(MARK))
        said = json.loads(lines[above][len(MARK) :])
        answer["shown"] = said.get("shown_as") or one["file"]
        above = above + 1 if said.get("shown_as") else 0
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        answer["error"] = [error.msg, (error.lineno or 1) - above]
        return answer
    except ValueError as error:
        answer["error"] = [str(error), 1]
        return answer
    needed = [("numpy", 0)] if one["hosted"] else []
    seen = OWN.copy() if one["hosted"] else set()
    for module, line in [*needed, *imports(tree)]:
        if module not in seen and module != "vc" and not is_there(module, one["folders"]):
            answer["missing"].append([module, max(line - above, 0)])
        seen.add(module)
    return answer


wanted = json.loads(sys.argv[1])
without = None
try:
    import vc  # noqa: F401
except Exception as error:
    without = f"{type(error).__name__}: {error}"
version = list(sys.version_info[:2])
print(json.dumps({"version": version, "vc": without, "files": [examined(one) for one in wanted]}))
