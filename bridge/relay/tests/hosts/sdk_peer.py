"""ROS 2 nodes of zenoh-ros2-sdk, another implementation of rmw_zenoh's wire; their types and CDR are rosbags'.

    sdk_peer.py say-profiles ROUTER DOMAIN PROFILE...    numbers on /from_0, /from_1 ..., a topic for each profile
    sdk_peer.py hear-profiles ROUTER DOMAIN PROFILE...   listens on /to_0, /to_1 ..., prints "heard TOPIC NUMBER"
    sdk_peer.py say-large ROUTER DOMAIN BYTES            pictures of so many bytes on /large
    sdk_peer.py hear-large ROUTER DOMAIN                 prints "heard BYTES CRC" of each picture on /large
    sdk_peer.py say-text ROUTER DOMAIN                   a std_msgs/String on /count, where a number is expected
    sdk_peer.py hear-kept ROUTER DOMAIN                  joins /count late, prints what it gets
"""

import sys
import threading
import time
import zlib

import numpy
from rosbags.typesys import Stores, get_typestore
from zenoh_ros2_sdk import ROS2Publisher, ROS2Subscriber
from zenoh_ros2_sdk.session import ZenohSession

STORE = get_typestore(Stores.ROS2_JAZZY)
NUMBER, PICTURE, TEXT = "std_msgs/msg/UInt64", "sensor_msgs/msg/Image", "std_msgs/msg/String"
KEPT = ":1:,1:,:,:,,"


class Node:
    """What each of this node's topics is opened with."""

    def __init__(self, router, domain):
        host, port = router.removeprefix("tcp/").rsplit(":", 1)
        self.ends = {"router_ip": host, "router_port": int(port)}
        self.domain = int(domain)
        self.open = []

    def _given(self, topic, kind, qos):
        definition, _ = STORE.generate_msgdef(kind, ros_version=2)
        return {
            "topic": topic,
            "msg_type": kind,
            "msg_definition": definition,
            "type_hash": STORE.hash_rihs01(kind),
            "node_name": "sdk_" + topic.strip("/").replace("/", "_"),
            "domain_id": self.domain,
            "qos": qos,
            **self.ends,
        }

    def publisher(self, topic, kind, qos=None):
        self.open.append(ROS2Publisher(**self._given(topic, kind, qos)))
        return self.open[-1]

    def subscriber(self, topic, kind, callback, qos=None):
        self.open.append(ROS2Subscriber(callback=callback, **self._given(topic, kind, qos)))

    def message(self, kind):
        """The class of a type that one of its topics has."""
        return ZenohSession.get_instance().store.types[kind]

    def every(self, seconds, tell):
        while True:
            tell()
            time.sleep(seconds)


def say(text):
    print(text, flush=True)


def say_profiles(node, *profiles):
    publishers = [node.publisher(f"/from_{at}", NUMBER, qos) for at, qos in enumerate(profiles)]
    numbers = iter(range(1, 1 << 60))

    def tell():
        number = next(numbers)
        for publisher in publishers:
            publisher.publish(data=number)

    node.every(0.02, tell)


def hear_profiles(node, *profiles):
    for at, qos in enumerate(profiles):
        topic = f"/to_{at}"
        node.subscriber(topic, NUMBER, lambda m, topic=topic: say(f"heard {topic} {m.data}"), qos)
    threading.Event().wait()


def say_large(node, size):
    publisher = node.publisher("/large", PICTURE)
    header = node.message("std_msgs/msg/Header")
    stamp = node.message("builtin_interfaces/msg/Time")(sec=1, nanosec=2)
    data = (numpy.arange(int(size)) % 251).astype(numpy.uint8)
    picture = {"height": 1, "width": int(size), "encoding": "mono8", "is_bigendian": 0, "step": int(size)}

    def tell():
        publisher.publish(header=header(stamp=stamp, frame_id="large"), data=data, **picture)

    node.every(0.5, tell)


def hear_large(node):
    def tell(picture):
        data = picture.data.tobytes()
        say(f"heard {len(data)} {zlib.crc32(data)}")

    node.subscriber("/large", PICTURE, tell)
    threading.Event().wait()


def say_text(node):
    publisher = node.publisher("/count", TEXT)
    node.every(0.05, lambda: publisher.publish(data="seven"))


def hear_kept(node):
    node.subscriber("/count", NUMBER, lambda message: say(f"heard {message.data}"), KEPT)
    threading.Event().wait()


def main():
    verb, router, domain, *rest = sys.argv[1:]
    verbs = [say_profiles, hear_profiles, say_large, hear_large, say_text, hear_kept]
    {call.__name__.replace("_", "-"): call for call in verbs}[verb](Node(router, domain), *rest)


if __name__ == "__main__":
    main()
