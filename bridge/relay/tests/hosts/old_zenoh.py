"""zenoh of another version than ours: as the router between two relays, and as the objects that rmw_zenoh is made of.

    old_zenoh.py route ADDRESS          a router that listens there
    old_zenoh.py say ROUTER DOMAIN      keeps its last number for late joiners, on /count: 1, 2, 3 and so on, 50 a second
    old_zenoh.py hear ROUTER DOMAIN     joins late, prints what it hears on /count
"""

import struct
import sys
import threading

import zenoh

TYPE = "std_msgs::msg::dds_::UInt64_"
HASH = "RIHS01_fbdc52018fc13755dce18024d1a671c856aa8b4aaf63adfb095b608f98e8c943"


def session(mode, **endpoints):
    config = zenoh.Config()
    config.insert_json5("mode", f'"{mode}"')
    for way, address in endpoints.items():
        config.insert_json5(f"{way}/endpoints", f'["{address}"]')
    config.insert_json5("scouting/multicast/enabled", "false")
    config.insert_json5("transport/shared_memory/enabled", "false")
    config.insert_json5("timestamping/enabled", "true")
    return zenoh.open(config)


def token(opened, domain, kind):
    name = f"@ros2_lv/{domain}/{opened.info.zid()}/0/1/{kind}/%/%/old/%count/{TYPE}/{HASH}/:1:,1:,:,:,,"
    return opened.liveliness().declare_token(name)


def route(address):
    opened = session("router", listen=address)
    print("routes", flush=True)
    threading.Event().wait()
    opened.close()


def say(router, domain):
    opened = session("client", connect=router)
    publisher = zenoh.ext.declare_advanced_publisher(
        opened,
        f"{domain}/count/{TYPE}/{HASH}",
        cache=zenoh.ext.CacheConfig(max_samples=1),
        sample_miss_detection=zenoh.ext.MissDetectionConfig(sporadic_heartbeat=0.5),
        publisher_detection=True,
    )
    shown, number, pause = token(opened, domain, "MP"), 0, threading.Event()
    while shown:
        number += 1
        attachment = struct.pack("<qqB16s", number, 1, 16, b"old zenoh's gid.")
        publisher.put(struct.pack("<BBBBQ", 0, 1, 0, 0, number), attachment=attachment)
        pause.wait(0.02)


def hear(router, domain):
    opened = session("client", connect=router)

    def tell(sample):
        print(f"heard {struct.unpack('<BBBBQ', sample.payload.to_bytes())[4]}", flush=True)

    subscriber = zenoh.ext.declare_advanced_subscriber(
        opened,
        f"{domain}/count/{TYPE}/*",
        tell,
        history=zenoh.ext.HistoryConfig(detect_late_publishers=True, max_samples=1),
        recovery=zenoh.ext.RecoveryConfig(heartbeat=True),
        subscriber_detection=True,
    )
    shown = token(opened, domain, "MS")
    threading.Event().wait()
    del subscriber, shown


if __name__ == "__main__":
    {"route": route, "say": say, "hear": hear}[sys.argv[1]](*sys.argv[2:])
