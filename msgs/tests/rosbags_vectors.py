"""Writes what the package rosbags makes of our stock types: RIHS01 hashes and CDR bytes of seeded random values.

Input, from the test beside this file, as JSON: `messages`, a list of name and schema; `services` and `actions`, names.
Output: one line a type, parted by tabs: name, hash, whose definition it was, then for a message pairs of the same value
in little-endian and big-endian CDR, in hexadecimal digits.

rosbags brings its own definitions of most stock messages. Only what it does not bring is taken from our texts: the
parts of services and actions, and a few messages.
"""

import json
import random
import sys

import numpy
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.base import Nodetype

EVENT_INFO = "service_msgs/msg/ServiceEventInfo"
# rosbags takes a byte for signed, which makes no difference on the wire.
INTEGERS = {"byte": 8, "int8": 8, "int16": 16, "int32": 32, "int64": 64}
WORDS = ["", "a", "map", "base_link", "héllo", "深度", "x" * 40]


def complete(store, messages):
    """Registers what rosbags does not know yet, by our texts."""
    parts = {as_message(name): name for name, _ in messages if "/msg/" not in name}
    new = {}
    for name, schema in messages:
        root = schema.split("=" * 80)[0]
        # The name given here is only a stand-in: rosbags wants one of a message.
        ((constants, fields),) = get_types_from_msg(root, name.split("/")[0] + "/msg/Part").values()
        if name in store.fielddefs:
            assert sorted(constants) == sorted(store.fielddefs[name][0]), f"constants of {name} differ"
            continue
        # A part of an action is written without its folder, so rosbags takes it for a message.
        new[name] = ([], [(field, relocate(desc, parts)) for field, desc in fields])
    store.register(new)
    return set(new)


def as_message(name):
    package, _, part = name.split("/")
    return f"{package}/msg/{part}"


def relocate(desc, parts):
    kind, rest = desc
    return (kind, parts.get(rest, rest)) if kind == Nodetype.NAME else desc


def value(store, random_, desc):
    kind, rest = desc
    if kind == Nodetype.NAME:
        return message(store, random_, rest)
    if kind == Nodetype.BASE:
        return plain(random_, rest[0])
    inner, length = rest
    if kind == Nodetype.SEQUENCE:
        length = random_.randrange(0, min(length or 5, 5) + 1)
    values = [value(store, random_, inner) for _ in range(length)]
    if inner[0] == Nodetype.BASE and inner[1][0] != "string":
        name = inner[1][0]
        dtype = {"char": "uint8"}.get(name, name)
        return numpy.array(values, dtype=dtype)
    return values


def plain(random_, name):
    if name == "string":
        return random_.choice(WORDS)
    if name == "bool":
        return random_.random() < 0.5
    if name == "float32":
        return float(numpy.float32(random_.uniform(-1e6, 1e6)))
    if name == "float64":
        return random_.uniform(-1e12, 1e12)
    if name in INTEGERS:
        half = 1 << (INTEGERS[name] - 1)
        return random_.randrange(-half, half)
    return random_.getrandbits(8 if name == "char" else int(name.removeprefix("uint")))


def message(store, random_, name):
    fields = store.fielddefs[name][1]
    return store.types[name](**{field: value(store, random_, desc) for field, desc in fields})


def nested(name):
    return Nodetype.NAME, name


def define_service(store, name):
    """Makes a service a message whose fields are its parts, which is how it is hashed."""
    at_most_one = lambda suffix: (Nodetype.SEQUENCE, (nested(name + suffix), 1))
    store.fielddefs[name + "_Event"] = ([], [
        ("info", nested(EVENT_INFO)),
        ("request", at_most_one("_Request")),
        ("response", at_most_one("_Response")),
    ])
    store.fielddefs[name] = ([], [
        ("request_message", nested(name + "_Request")),
        ("response_message", nested(name + "_Response")),
        ("event_message", nested(name + "_Event")),
    ])


def define_action(store, name):
    parts = {
        "goal": "_Goal",
        "result": "_Result",
        "feedback": "_Feedback",
        "send_goal_service": "_SendGoal",
        "get_result_service": "_GetResult",
        "feedback_message": "_FeedbackMessage",
    }
    store.fielddefs[name] = ([], [(field, nested(name + suffix)) for field, suffix in parts.items()])


def correct_event_info(store):
    """`char` in .msg text is uint8 for ROS 2, but a type of its own for rosbags."""
    octets = (Nodetype.ARRAY, ((Nodetype.BASE, ("uint8", 0)), 16))
    constants, fields = store.fielddefs[EVENT_INFO]
    fields = [(field, octets if field == "client_gid" else desc) for field, desc in fields]
    store.fielddefs[EVENT_INFO] = (constants, fields)


def main():
    wanted = json.load(sys.stdin)
    store = get_typestore(Stores.ROS2_JAZZY)
    ours = complete(store, wanted["messages"])
    for name, _ in wanted["messages"]:
        random_ = random.Random(name)
        cells = [name, store.hash_rihs01(name), "ours" if name in ours else "theirs"]
        for _ in range(8):
            made = message(store, random_, name)
            for little in (True, False):
                cells.append(store.serialize_cdr(made, name, little_endian=little).hex())
        print("\t".join(cells))
    correct_event_info(store)
    for name in wanted["services"]:
        define_service(store, name)
    for name in wanted["actions"]:
        define_action(store, name)
    for name in wanted["services"] + wanted["actions"]:
        print(name, store.hash_rihs01(name), "ours", sep="\t")


main()
