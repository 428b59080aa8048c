"""A cable that is not good: moves Ethernet frames between two TAP devices, late, in another order, or not at all.

    rough_cable.py END OTHER_END SEED     makes both devices in this network, says "ready", and serves until its input ends

A line of input is JSON, how each way behaves from now on: {"there": {...}, "back": {...}} with `delay_ms`,
`loss_percent`, `reorder_percent` (so many are not delayed, and so overtake), `megabits` (a second; 0: no limit) and
`is_cut`. It is answered by a line of JSON: what each way has done so far.
"""

import fcntl
import heapq
import json
import os
import random
import selectors
import struct
import sys
import time

TUNSETIFF = 0x400454CA
TAP, NO_PACKET_INFORMATION = 0x0002, 0x1000
# What a narrow link holds back for, at most; what would wait longer is dropped, as routers do.
QUEUE_SECONDS = 0.2
LARGEST_FRAME = 65536


def tap(name):
    """A device whose frames are read and written here. The kernel cuts and sums them, as for a real card."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), TAP | NO_PACKET_INFORMATION))
    return device


class Way:
    def __init__(self, out, chance):
        self.out = out
        self.chance = chance
        self.free_at = 0.0
        self.counts = dict.fromkeys(("carried", "lost", "overflowed", "cut", "overtook"), 0)
        self.behave()

    def behave(self, delay_ms=0, loss_percent=0, reorder_percent=0, megabits=0, is_cut=False):
        self.delay, self.loss, self.reorder = delay_ms / 1e3, loss_percent / 100, reorder_percent / 100
        self.bytes_a_second, self.is_cut = megabits * 1e6 / 8, is_cut

    def fate(self, size, now):
        """What becomes of a frame, and when it is to arrive."""
        if self.is_cut:
            return "cut", None
        if self.loss and self.chance.random() < self.loss:
            return "lost", None
        due = now
        if self.bytes_a_second:
            start = max(now, self.free_at)
            if start - now > QUEUE_SECONDS:
                return "overflowed", None
            due = self.free_at = start + size / self.bytes_a_second
        if self.reorder and self.chance.random() < self.reorder:
            return "overtook", due
        return "carried", due + self.delay


def main():
    names, seed = sys.argv[1:3], int(sys.argv[3])
    ends = [tap(name) for name in names]
    chance = random.Random(seed)
    ways = {"there": Way(ends[1], chance), "back": Way(ends[0], chance)}
    sources = dict(zip(ends, ways.values()))
    selector = selectors.DefaultSelector()
    for end in ends:
        selector.register(end, selectors.EVENT_READ)
    selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
    waiting, number = [], 0
    print("ready", flush=True)
    while True:
        pause = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for key, _ in selector.select(pause):
            way = sources.get(key.fd)
            if way is None:
                line = sys.stdin.readline()
                if not line:
                    return
                for name, behaviour in json.loads(line).items():
                    ways[name].behave(**behaviour)
                print(json.dumps({name: way.counts for name, way in ways.items()}), flush=True)
                continue
            now = time.monotonic()
            for _ in range(64):
                try:
                    frame = os.read(key.fd, LARGEST_FRAME)
                except BlockingIOError:
                    break
                except OSError:
                    # Its machine is gone.
                    return
                what, due = way.fate(len(frame), now)
                way.counts[what] += 1
                if due is not None:
                    number += 1
                    heapq.heappush(waiting, (due, number, way.out, frame))
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, out, frame = heapq.heappop(waiting)
            try:
                os.write(out, frame)
            except OSError:
                # The end is down or full: what no card takes is gone.
                pass


if __name__ == "__main__":
    main()
