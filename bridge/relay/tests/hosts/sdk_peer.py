"""ROS 2 nodes of zenoh-ros2-sdk, another implementation of rmw_zenoh's wire; their types and CDR are rosbags'.

    sdk_peer.py say-profiles ROUTER DOMAIN PROFILE...    numbers on /from_0, /from_1 ..., a topic for each profile
    sdk_peer.py hear-profiles ROUTER DOMAIN PROFILE...   listens on /to_0, /to_1 ..., prints "heard TOPIC NUMBER"
    sdk_peer.py say-large ROUTER DOMAIN BYTES            pictures of so many bytes on /large
    sdk_peer.py hear-large ROUTER DOMAIN                 prints "heard BYTES SUM" of each picture on /large
    sdk_peer.py say-text ROUTER DOMAIN                   a std_msgs/String on /count, where a number is expected
    sdk_peer.py hear-kept ROUTER DOMAIN                  joins /count late, prints what it gets
    sdk_peer.py robot ROUTER DOMAIN                      a robot that turns by /cmd_vel; its camera shows a bright thing
"""

import math
import sys
import threading
import time

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
        places = numpy.arange(len(picture.data), dtype=numpy.uint64)
        say(f"heard {len(picture.data)} {int((picture.data * places).sum())}")

    node.subscriber("/large", PICTURE, tell)
    threading.Event().wait()


def say_text(node):
    publisher = node.publisher("/count", TEXT)
    node.every(0.05, lambda: publisher.publish(data="seven"))


def hear_kept(node):
    node.subscriber("/count", NUMBER, lambda message: say(f"heard {message.data}"), KEPT)
    threading.Event().wait()


class Robot:
    """Stands where it is and turns; what its camera sees, its laser measures and its odometry tells follows from that."""

    WIDTH, HEIGHT, THING = 160, 120, 0.6

    def __init__(self, node):
        self.node, self.yaw, self.angular, self.at = node, 0.0, 0.0, time.monotonic()
        node.subscriber("/cmd_vel", "geometry_msgs/msg/Twist", self.obey)
        best_effort = "2::,5:,:,:,,"
        self.camera = node.publisher("/camera/image_raw", PICTURE, best_effort)
        self.laser = node.publisher("/scan", "sensor_msgs/msg/LaserScan", best_effort)
        self.odometry = node.publisher("/odom", "nav_msgs/msg/Odometry")
        self.imu = node.publisher("/imu/data", "sensor_msgs/msg/Imu", best_effort)

    def obey(self, twist):
        self.angular = twist.angular.z

    def build(self, kind, **fields):
        return self.node.message(kind)(**fields)

    def header(self, frame):
        stamp = self.build("builtin_interfaces/msg/Time", sec=int(time.time()), nanosec=0)
        return self.build("std_msgs/msg/Header", stamp=stamp, frame_id=frame)

    def vector(self, x=0.0, y=0.0, z=0.0):
        return self.build("geometry_msgs/msg/Vector3", x=x, y=y, z=z)

    def look(self):
        column = round(self.WIDTH / 2 + 100 * (self.THING - self.yaw))
        picture = numpy.zeros((self.HEIGHT, self.WIDTH, 3), numpy.uint8)
        picture[50:70, max(0, column - 10) : column + 10] = (250, 200, 150)
        self.camera.publish(
            header=self.header("camera"),
            height=self.HEIGHT,
            width=self.WIDTH,
            encoding="rgb8",
            is_bigendian=0,
            step=3 * self.WIDTH,
            data=picture.reshape(-1),
        )

    def measure(self):
        self.laser.publish(
            header=self.header("laser"),
            angle_min=-1.0,
            angle_max=1.0,
            angle_increment=0.5,
            time_increment=0.0,
            scan_time=0.1,
            range_min=0.1,
            range_max=30.0,
            ranges=numpy.array([1.0, 2.0, 3.0, math.inf, 5.0], numpy.float32),
            intensities=numpy.zeros(0, numpy.float32),
        )

    def tell_where(self):
        turned = {"x": 0.0, "y": 0.0, "z": math.sin(self.yaw / 2), "w": math.cos(self.yaw / 2)}
        orientation = self.build("geometry_msgs/msg/Quaternion", **turned)
        point = self.build("geometry_msgs/msg/Point", x=1.5, y=-2.5, z=0.0)
        pose = self.build("geometry_msgs/msg/Pose", position=point, orientation=orientation)
        twist = self.build("geometry_msgs/msg/Twist", linear=self.vector(), angular=self.vector(z=self.angular))
        unknown = numpy.zeros(36)
        self.odometry.publish(
            header=self.header("odom"),
            child_frame_id="base_link",
            pose=self.build("geometry_msgs/msg/PoseWithCovariance", pose=pose, covariance=unknown),
            twist=self.build("geometry_msgs/msg/TwistWithCovariance", twist=twist, covariance=unknown),
        )
        self.imu.publish(
            header=self.header("imu"),
            orientation=orientation,
            orientation_covariance=numpy.zeros(9),
            angular_velocity=self.vector(z=self.angular),
            angular_velocity_covariance=numpy.zeros(9),
            linear_acceleration=self.vector(z=9.81),
            linear_acceleration_covariance=numpy.zeros(9),
        )

    def live(self):
        now = time.monotonic()
        self.yaw += self.angular * (now - self.at)
        self.at = now
        self.look()
        self.measure()
        self.tell_where()
        say(f"yaw {self.yaw:.3f} turns {self.angular:.3f}")


def robot(node):
    node.every(0.05, Robot(node).live)


def main():
    verb, router, domain, *rest = sys.argv[1:]
    verbs = [say_profiles, hear_profiles, say_large, hear_large, say_text, hear_kept, robot]
    {call.__name__.replace("_", "-"): call for call in verbs}[verb](Node(router, domain), *rest)


if __name__ == "__main__":
    main()
