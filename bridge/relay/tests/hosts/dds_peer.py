"""A robot's node on DDS, as ROS 2 nodes are there: Cyclone DDS by its own Python package, no zenoh.

    dds_peer.py VERB DOMAIN [PROFILE]

    say            numbers on /count, a hundred a second      hear         prints what it hears there
    say-kept       7, once, for late joiners                  hear-kept    joins late
    say-large      pictures of 10 MB on /large                hear-large   prints "heard BYTES SUM" of each
    say-text       a string on /count

PROFILE is `reliable` (the default) or `best_effort`.
"""

import sys
import threading
import time
from dataclasses import dataclass

from cyclonedds.core import Listener, Policy, Qos
from cyclonedds.domain import DomainParticipant
from cyclonedds.idl import IdlStruct
from cyclonedds.idl.types import array, int32, sequence, uint8, uint32, uint64
from cyclonedds.pub import DataWriter
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
from cyclonedds.util import duration


@dataclass
class UInt64(IdlStruct, typename="std_msgs::msg::dds_::UInt64_"):
    data: uint64


@dataclass
class String(IdlStruct, typename="std_msgs::msg::dds_::String_"):
    data: str


@dataclass
class Time(IdlStruct, typename="builtin_interfaces::msg::dds_::Time_"):
    sec: int32
    nanosec: uint32


@dataclass
class Header(IdlStruct, typename="std_msgs::msg::dds_::Header_"):
    stamp: Time
    frame_id: str


@dataclass
class Image(IdlStruct, typename="sensor_msgs::msg::dds_::Image_"):
    header: Header
    height: uint32
    width: uint32
    encoding: str
    is_bigendian: uint8
    step: uint32
    data: sequence[uint8]


@dataclass
class Gid(IdlStruct, typename="rmw_dds_common::msg::dds_::Gid_"):
    data: array[uint8, 16]


@dataclass
class NodeEntities(IdlStruct, typename="rmw_dds_common::msg::dds_::NodeEntitiesInfo_"):
    node_namespace: str
    node_name: str
    reader_gid_seq: sequence[Gid]
    writer_gid_seq: sequence[Gid]


@dataclass
class ParticipantEntities(IdlStruct, typename="rmw_dds_common::msg::dds_::ParticipantEntitiesInfo_"):
    gid: Gid
    node_entities_info_seq: sequence[NodeEntities]


def gid(entity):
    return Gid(list(entity.guid.bytes))


def profile(verb, reliability):
    reliable = Policy.Reliability.Reliable(duration(seconds=1))
    kept = verb.endswith("kept")
    return Qos(
        Policy.Reliability.BestEffort if reliability == "best_effort" else reliable,
        Policy.Durability.TransientLocal if kept else Policy.Durability.Volatile,
        Policy.History.KeepLast(1 if kept else 10),
    )


def tell_graph(participant, readers, writers):
    """What ROS 2 tells of a participant's nodes; bridges go by it."""
    qos = Qos(
        Policy.Reliability.Reliable(duration(seconds=1)),
        Policy.Durability.TransientLocal,
        Policy.History.KeepLast(1),
    )
    writer = DataWriter(participant, Topic(participant, "ros_discovery_info", ParticipantEntities), qos=qos)
    entities = NodeEntities("/", "dds_robot", [gid(one) for one in readers], [gid(one) for one in writers])
    writer.write(ParticipantEntities(gid(participant), [entities]))
    return writer


class Tell(Listener):
    def on_data_available(self, reader):
        for message in reader.take(N=100):
            if isinstance(message, UInt64):
                print(f"heard {message.data}", flush=True)
            elif isinstance(message, Image):
                data = message.data
                print(f"heard {len(data)} {sum(at * byte for at, byte in enumerate(data))}", flush=True)


def messages(verb):
    if verb == "say-text":
        while True:
            yield 0.05, String("seven")
    if verb == "say-large":
        data = [at % 251 for at in range(10_000_000)]
        header = Header(Time(1, 2), "large")
        while True:
            yield 1, Image(header, 1, len(data), "mono8", 0, len(data), data)
    for number in range(1, 1 << 60):
        yield 0.01, UInt64(number)


def main():
    verb, domain, reliability = (sys.argv[1:] + ["reliable"])[:3]
    participant = DomainParticipant(int(domain))
    kind = Image if verb.endswith("large") else String if verb == "say-text" else UInt64
    topic = Topic(participant, "rt/large" if kind is Image else "rt/count", kind)
    qos = profile(verb, reliability)
    if verb.startswith("hear"):
        reader = DataReader(participant, topic, qos=qos, listener=Tell())
        shown = tell_graph(participant, [reader], [])
        print("hearing", flush=True)
        threading.Event().wait()
    writer = DataWriter(participant, topic, qos=qos)
    shown = tell_graph(participant, [], [writer])
    print("saying", flush=True)
    if verb == "say-kept":
        writer.write(UInt64(7))
        threading.Event().wait()
    for pause, message in messages(verb):
        writer.write(message)
        time.sleep(pause)
        assert shown


if __name__ == "__main__":
    main()
