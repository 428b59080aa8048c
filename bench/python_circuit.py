"""VisualCircuit's code in our host, measured as the original was: source → edge detector → sink, all three in Python.

    python3 bench/python_circuit.py --python my_venv/bin/python [--seconds 20] [--vclaunch target/release/vclaunch]

The interpreter needs numpy and opencv-python-headless. The source shares one of eight pictures made before, its number drawn as
24 squares in the first and the last 16 rows. The edge detector is what VisualCircuit's stock block does: grey, Canny(127, 255), back
to three channels. The sink copies each picture, reads both numbers and notes the time. Latency is from the source's call of
`share_image` to the sink's copy; torn is a picture whose two numbers differ.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

PICTURES = """
import time
import numpy as np

def draw(picture, number):
    # The first square is black: what its edge to the second tells is told from there.
    bits = [(2 * number >> bit) & 1 for bit in range(24)]
    wide = picture.shape[1] // 24
    for rows in (picture[:16], picture[-16:]):
        for at, bit in enumerate(bits):
            rows[:, at * wide : (at + 1) * wide] = 255 * bit
"""

SOURCE = (
    PICTURES
    + """
def main(inputs, outputs, parameters, synchronise):
    width, height = int(parameters.read_number("Width")), int(parameters.read_number("Height"))
    pictures = [np.zeros((height, width, 3), np.uint8) for _ in range(8)]
    with open(parameters.read_string("Log"), "w") as log:
        number = 0
        while True:
            number += 1
            picture = pictures[number % 8]
            draw(picture, number)
            log.write(f"{number} {time.monotonic_ns()}\\n")
            outputs.share_image("Out", picture)
            synchronise()
"""
)

EDGES = """
import cv2

def main(inputs, outputs, parameters, synchronise):
    auto_enable = False
    try:
        enable = inputs.read_number("Enable")
    except Exception:
        auto_enable = True
    while auto_enable or inputs.read_number("Enable"):
        frame = inputs.read_image("Img")
        if frame is None:
            continue
        gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        edges = cv2.Canny(gray, 127, 255)
        outputs.share_image("Out", cv2.cvtColor(edges, cv2.COLOR_GRAY2BGR))
        synchronise()
"""

# Edges lie where the colour of the squares changes.
SINK = (
    PICTURES
    + """
def number_of(row):
    wide = row.shape[0] // 24
    white = row[:, 0] > 0
    number = last = 0
    for at in range(24):
        begin = at * wide
        if at and white[begin - 2 : begin + 2].any():
            last ^= 1
        number |= last << at
    return number // 2

def main(inputs, outputs, parameters, synchronise):
    with open(parameters.read_string("Log"), "w") as log:
        while True:
            frame = inputs.read_image("Img")
            if frame is None:
                continue
            frame = frame.copy()
            now = time.monotonic_ns()
            log.write(f"{number_of(frame[8])} {number_of(frame[-8])} {now}\\n")
            synchronise()
"""
)


def circuit(folder, size, frequency):
    """Writes the circuit, and gives its file."""
    width, height = size

    def block(name, code, inputs, outputs, parameters):
        port = lambda name: {"name": name, "port": name.lower(), "kind": "image"}
        line = {
            "frequency": frequency,
            "inputs": [port(one) for one in inputs],
            "outputs": [port(one) for one in outputs],
            "parameters": [{"name": key, "value": value} for key, value in parameters.items()],
        }
        (folder / f"{name}.py").write_text(f"# vc-host: {json.dumps(line)}\n{code}")

    block("source", SOURCE, [], ["Out"], {"Width": str(width), "Height": str(height), "Log": str(folder / "source.log")})
    block("edges", EDGES, ["Img"], ["Out"], {})
    block("sink", SINK, ["Img"], [], {"Log": str(folder / "sink.log")})
    file = folder / "circuit.launch.yaml"
    file.write_text(
        "launch:\n  - node: {exec: source.py}\n  - node: {exec: edges.py}\n  - node: {exec: sink.py}\n"
        "  - wire: {from: source/out, to: edges/img}\n  - wire: {from: edges/out, to: sink/img}\n"
    )
    return file


def ticks_and_memory(pid):
    """CPU seconds of a process so far, and its proportional memory in MB."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    memory = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return seconds, int(memory[1]) / 1000


def measured(args, size, frequency):
    """One case: a row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = circuit(folder, size, frequency)
        domain = dict(os.environ, ROS_DOMAIN_ID=str(100_000 + os.getpid()))
        command = [args.vclaunch, "--json", "--log-dir", folder / "log", file, "--python-exe", args.python]
        began = time.monotonic_ns()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=domain, text=True)
        pids = {}
        for text in process.stdout:
            event = json.loads(text)
            if event["event"] == "state" and event["state"] == "running":
                pids[event["node"]] = event["pid"]
            if len(pids) == 3:
                break
        else:
            raise SystemExit("the circuit did not start")
        time.sleep(2)
        before, start = {name: ticks_and_memory(pid)[0] for name, pid in pids.items()}, time.monotonic_ns()
        time.sleep(args.seconds)
        end = time.monotonic_ns()
        after = {name: ticks_and_memory(pid) for name, pid in pids.items()}
        process.terminate()
        process.communicate()
        sent = dict(map(int, line.split()) for line in (folder / "source.log").read_text().splitlines() if line.count(" ") == 1)
        reads = [tuple(map(int, line.split())) for line in (folder / "sink.log").read_text().splitlines() if line.count(" ") == 2]
    seconds = (end - start) / 1e9
    first = next(now for *_, now in reads)
    reads = [read for read in reads if start <= read[2] <= end]
    torn = sum(top != bottom for top, bottom, _ in reads)
    seen = {}
    for top, _, now in reads:
        seen.setdefault(top, now)
    sent_in = [at for at in sent.values() if start <= at <= end]
    latencies = sorted((now - sent[number]) / 1e6 for number, now in seen.items() if number in sent)
    at = lambda share: latencies[min(int(share * len(latencies)), len(latencies) - 1)]
    return {
        "size": f"{size[0]}x{size[1]}",
        "frequency": frequency,
        "source_hz": round(len(sent_in) / seconds, 1),
        "reads_hz": round(len(reads) / seconds, 1),
        "distinct_hz": round(len(seen) / seconds, 1),
        "p50_ms": round(at(0.5), 1),
        "p99_ms": round(at(0.99), 1),
        "torn": torn,
        "cpu_percent": {name: round(100 * (after[name][0] - before[name]) / seconds, 1) for name in pids},
        "pss_mb": round(sum(memory for _, memory in after.values()), 1),
        "first_frame_ms": round((first - began) / 1e6),
        "load": os.getloadavg()[0],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default="python3")
    parser.add_argument("--vclaunch", default=str(Path(__file__).parent.parent / "target/release/vclaunch"))
    parser.add_argument("--seconds", type=float, default=20)
    args = parser.parse_args()
    for size in ((640, 480), (1920, 1080)):
        for frequency in (30, 1000):
            print(json.dumps(measured(args, size, frequency)), flush=True)


if __name__ == "__main__":
    main()
