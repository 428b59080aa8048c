"""Model files: VisualCircuit's builder puts them below `utils/models`, and code opens them by these paths.

Where the working folder has no such file, it is looked for below the folders of `VC_MODELS`; faces' cascades also where Debian's
package `opencv-data` and OpenCV's Python package have them.
"""

import builtins
import functools
import os
import sys

_PREFIX = os.path.join("utils", "models") + os.sep
_CASCADES = "/usr/share/opencv4/haarcascades"


def give(module):
    """Lets a module open model files. Call it before its code runs."""
    module.__dict__["open"] = functools.wraps(builtins.open)(lambda file, *args, **more: builtins.open(found(file), *args, **more))


def give_opencv():
    """Lets OpenCV find model files, if the code uses it."""
    cv2 = sys.modules.get("cv2")
    if cv2 is None:
        return
    dnn = getattr(cv2, "dnn", None)
    openers = [(cv2, "CascadeClassifier")] + [(dnn, name) for name in dir(dnn) if name.startswith("readNet")]
    for owner, name in openers:
        opener = getattr(owner, name, None)
        if opener is not None:
            setattr(owner, name, _finding(opener))


def _finding(opener):
    @functools.wraps(opener, updated=())
    def open_found(*args, **more):
        return opener(*map(found, args), **{name: found(value) for name, value in more.items()})

    return open_found


def found(path):
    """Where a model file is; the path itself if it is none, or is nowhere."""
    if not isinstance(path, str) or os.path.exists(path):
        return path
    plain = os.path.normpath(path)
    if not plain.startswith(_PREFIX):
        return path
    below = plain[len(_PREFIX) :]
    places = [os.path.join(folder, below) for folder in os.environ.get("VC_MODELS", "").split(os.pathsep) if folder]
    if below.startswith("haar_cascade" + os.sep):
        name = os.path.basename(below)
        packaged = getattr(getattr(sys.modules.get("cv2"), "data", None), "haarcascades", "")
        places += [os.path.join(folder, name) for folder in (_CASCADES, packaged) if folder]
    return next((place for place in places if os.path.exists(place)), path)
