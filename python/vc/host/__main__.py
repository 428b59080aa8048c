import os
import signal
import sys

# Whoever is asked to end before there is a node just ends.
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: os._exit(0))

from .run import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
