"""ROS 2 nodes that others have written: they say or hear numbers on `count`, as clients of a router.

    peer.py say ROUTER DOMAIN         by pyzeros: 1, 2, 3 and so on, a hundred a second
    peer.py hear ROUTER DOMAIN        by pyzeros: prints what it hears, and the graph as it sees it
    peer.py say-kept ROUTER DOMAIN    by zenoh's own objects for late joiners, as rmw_zenoh uses them: 7, once
    peer.py hear-kept ROUTER DOMAIN   the same, printing what it hears
    peer.py say-dds ROUTER DOMAIN     as zenoh-bridge-ros2dds speaks for a robot on DDS: 1, 2, 3 and so on
    peer.py hear-dds ROUTER DOMAIN    the same, printing what it hears
    peer.py say-dds-kept ROUTER DOMAIN, hear-dds-kept ROUTER DOMAIN
                                      the same with what is kept for late joiners: 7, once
    peer.py say-gaps ROUTER DOMAIN    counts as a node does, but two of five never leave
    peer.py say-large ROUTER DOMAIN   10 MB of text on `text`, by turns as rmw_zenoh sends (drop) and as we do (block)
    peer.py show-many ROUTER DOMAIN   shows 500 publishers
    peer.py route ROUTER DOMAIN       is the router
    peer.py mischief ROUTER DOMAIN    what no ROS 2 node sends; then, as a node should, 7

With PEER_MODE=peer in the environment it is a peer, as ROS 2's nodes are, instead of a client.
"""

import asyncio
import os
import struct
import sys
import threading

import asyncio_for_robotics as afor
import pyzeros
import xxhash
import zenoh
from pyzeros.qos import QosProfile
from ros2_pyterfaces.cyclone.all_msgs import UInt64

TYPE = "std_msgs::msg::dds_::UInt64_"
TEXT_HASH = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18"
LARGE = 10_000_000
HASH = "RIHS01_fbdc52018fc13755dce18024d1a671c856aa8b4aaf63adfb095b608f98e8c943"


def session(router, mode=os.environ.get("PEER_MODE", "client")):
    config = zenoh.Config()
    config.insert_json5("mode", f'"{mode}"')
    config.insert_json5("listen/endpoints" if mode == "router" else "connect/endpoints", f'["{router}"]')
    config.insert_json5("scouting/multicast/enabled", "false")
    # A peer that is killed must leave nothing in shared memory.
    config.insert_json5("transport/shared_memory/enabled", "false")
    # Samples kept for late joiners are fetched by their time.
    config.insert_json5("timestamping/enabled", "true")
    return zenoh.open(config)


@afor.scoped
async def say():
    publisher = pyzeros.Pub(UInt64, "/count", qos_profile=QosProfile(depth=10))
    number = 0
    async for _ in afor.Rate(100).listen():
        number += 1
        publisher.publish(UInt64(data=number))


@afor.scoped
async def hear():
    subscriber = pyzeros.Sub(UInt64, "/count", qos_profile=QosProfile(depth=10))
    print("hearing", flush=True)
    async for message in subscriber.listen_reliable():
        print(f"heard {message.data}", flush=True)


class Endpoint:
    """A publisher or subscription of a transient-local topic, by its token."""

    def __init__(self, opened, domain, kind, topic=f"count/{TYPE}/{HASH}"):
        self.opened = opened
        self.key = f"{domain}/{topic}"
        zid = opened.info.zid()
        self.token_key = f"@ros2_lv/{domain}/{zid}/0/1/{kind}/%/%/keeper/%{topic}/:1:,1:,:,:,,"
        self.token = opened.liveliness().declare_token(self.token_key)
        self.sequence = 0

    def attachment(self):
        self.sequence += 1
        gid = xxhash.xxh3_128_intdigest(self.token_key.encode()).to_bytes(16, "little")
        return struct.pack("<qqB", self.sequence, 1_000_000, 16) + gid


def keeping_publisher(opened, key):
    return zenoh.ext.declare_advanced_publisher(
        opened,
        key,
        cache=zenoh.ext.CacheConfig(max_samples=1),
        sample_miss_detection=zenoh.ext.MissDetectionConfig(sporadic_heartbeat=0.5),
        publisher_detection=True,
    )


def late_subscriber(opened, key, handler):
    return zenoh.ext.declare_advanced_subscriber(
        opened,
        key,
        handler,
        history=zenoh.ext.HistoryConfig(detect_late_publishers=True, max_samples=1),
        recovery=zenoh.ext.RecoveryConfig(heartbeat=True),
        subscriber_detection=True,
    )


def tell(sample):
    print(f"heard {struct.unpack('<BBBBQ', sample.payload.to_bytes())[4]}", flush=True)


def cdr(number):
    return struct.pack("<BBBBQ", 0, 1, 0, 0, number)


def say_kept(opened, domain):
    endpoint = Endpoint(opened, domain, "MP")
    publisher = keeping_publisher(opened, endpoint.key)
    publisher.put(cdr(7), attachment=endpoint.attachment())
    print("saying", flush=True)
    threading.Event().wait()


def hear_kept(opened, domain):
    endpoint = Endpoint(opened, domain, "MS")
    subscriber = late_subscriber(opened, endpoint.key, tell)
    threading.Event().wait()
    subscriber.undeclare()


def announce(opened, kind, qos=":1:0:0,10"):
    """What a bridge to DDS announces of a topic of the robot: itself, then the topic."""
    zid = opened.info.zid()
    texts = (f"@/{zid}/@ros2_lv", f"@/{zid}/@ros2_lv/{kind}/count/std_msgs§msg§UInt64/{qos}")
    return [opened.liveliness().declare_token(text) for text in texts]


def say_dds(opened, _domain):
    tokens, number = announce(opened, "MP"), 0
    while tokens:
        number += 1
        opened.put("count", cdr(number))
        threading.Event().wait(0.01)


def hear_dds(opened, _domain):
    subscriber = opened.declare_subscriber("count", tell)
    tokens = announce(opened, "MS")
    watched = opened.liveliness().declare_subscriber(
        "@/*/@ros2_lv/**", lambda sample: print(f"sees {sample.key_expr}", flush=True), history=True
    )
    threading.Event().wait()
    del subscriber, tokens, watched


def say_dds_kept(opened, _domain):
    tokens, publisher = announce(opened, "MP", ":1:1:0,1"), keeping_publisher(opened, "count")
    publisher.put(cdr(7))
    print("saying", flush=True)
    threading.Event().wait()
    del tokens


def hear_dds_kept(opened, _domain):
    tokens, subscriber = announce(opened, "MS", ":1:1:0,1"), late_subscriber(opened, "count", tell)
    threading.Event().wait()
    del tokens, subscriber


def say_gaps(opened, domain):
    endpoint = Endpoint(opened, domain, "MP")
    while True:
        attachment = endpoint.attachment()
        if endpoint.sequence % 5 not in (3, 4):
            opened.put(endpoint.key, cdr(endpoint.sequence), attachment=attachment)
        threading.Event().wait(0.01)


def say_large(opened, domain):
    endpoint = Endpoint(opened, domain, "MP", f"text/std_msgs::msg::dds_::String_/{TEXT_HASH}")
    payload = struct.pack("<BBBBI", 0, 1, 0, 0, LARGE + 1) + b"x" * LARGE + b"\0"
    while True:
        for control in (zenoh.CongestionControl.DROP, zenoh.CongestionControl.BLOCK):
            attachment = endpoint.attachment()
            opened.put(endpoint.key, payload, attachment=attachment, congestion_control=control)
            threading.Event().wait(0.5)


def show_many(opened, domain):
    zid = opened.info.zid()
    tokens = [
        opened.liveliness().declare_token(
            f"@ros2_lv/{domain}/{zid}/0/{n}/MP/%/%/many/%topic_{n}/{TYPE}/{HASH}/::,10:,:,:,,"
        )
        for n in range(1, 501)
    ]
    threading.Event().wait()
    del tokens


def mischief(opened, domain):
    endpoint = Endpoint(opened, domain, "MP")
    tokens = [
        opened.liveliness().declare_token(f"@ros2_lv/{domain}/{text}")
        for text in ("x", "0/0/0/0/MP", "a/" * 1000 + "a", "1a2b/0/1/ZZ/%/%/n/%count/t/h/q")
    ]
    while True:
        opened.put(endpoint.key, cdr(1))
        opened.put(endpoint.key, cdr(2), attachment=b"\xff" * 33)
        opened.put(endpoint.key, b"", attachment=endpoint.attachment())
        opened.put(endpoint.key, b"\x07\x07\x07\x07 no CDR", attachment=endpoint.attachment())
        opened.put(f"{endpoint.key}0", cdr(3), attachment=endpoint.attachment())
        opened.put(endpoint.key, cdr(7), attachment=endpoint.attachment())
        threading.Event().wait(0.05)
        assert len(tokens) == 4


def graph(opened, domain):
    """Prints each token as it comes and goes, as `ros2 topic list` reads them."""

    def show(sample):
        chunks = str(sample.key_expr).split("/")
        verb = "shows" if sample.kind == zenoh.SampleKind.PUT else "hides"
        print(" ".join([verb, chunks[5], *chunks[8:]]), flush=True)

    return opened.liveliness().declare_subscriber(f"@ros2_lv/{domain}/**", show, history=True)


def main():
    verb, router, domain = sys.argv[1:]
    if verb == "route":
        opened = session(router, "router")
        print("routing", flush=True)
        threading.Event().wait()
    opened = session(router)
    if verb in ("say", "hear"):
        watched = graph(opened, domain)
        with pyzeros.auto_context(node="peer", zenoh_session=opened, namespace="/ros", domain_id=domain):
            asyncio.run({"say": say, "hear": hear}[verb]())
        watched.undeclare()
    else:
        verbs = {
            "say-kept": say_kept,
            "hear-kept": hear_kept,
            "say-dds": say_dds,
            "hear-dds": hear_dds,
            "say-dds-kept": say_dds_kept,
            "hear-dds-kept": hear_dds_kept,
            "say-gaps": say_gaps,
            "say-large": say_large,
            "show-many": show_many,
            "mischief": mischief,
        }
        verbs[verb](opened, domain)


if __name__ == "__main__":
    main()
