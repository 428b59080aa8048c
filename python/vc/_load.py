"""Finds the compiled half of the package, `vc._native`.

A wheel brings it along. In a checkout of the project cargo builds it as `libvc_python.so`, which `vclaunch` names in the
variable VC_PYTHON_LIBRARY; without that, the newest build in the checkout's `target` folder is taken.
"""

import importlib.machinery
import importlib.util
import os
import sys

_NAME = "vc._native"
_FILE = "libvc_python.so"


def native():
    """Loads the compiled half, so that it can be imported."""
    if _NAME in sys.modules or importlib.util.find_spec(_NAME) is not None:
        return
    path = _built()
    loader = importlib.machinery.ExtensionFileLoader(_NAME, path)
    spec = importlib.util.spec_from_file_location(_NAME, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = module
    loader.exec_module(module)


def _built():
    named = os.environ.get("VC_PYTHON_LIBRARY")
    if named:
        return named
    target = os.path.join(os.path.dirname(__file__), "..", "..", "target")
    builds = [os.path.join(target, profile, _FILE) for profile in ("release", "debug")]
    builds = [build for build in builds if os.path.exists(build)]
    if not builds:
        raise ImportError(
            "the compiled half of `vc` is missing: `pip install ./python` or `cargo build -p vc-python` makes it", name=_NAME
        )
    return os.path.realpath(max(builds, key=os.path.getmtime))
