"""The node's log, as Python's `logging` has it."""

import logging

from . import _native


class _NodeLog(logging.Handler):
    """Hands records on to the node's own log, which knows the level wanted, the style and the time."""

    def emit(self, record):
        try:
            _native.log(record.levelno, self.format(record))
        except Exception:
            self.handleError(record)

    def filter(self, record):
        return _native.enabled(record.levelno) and super().filter(record)


def _logger():
    logger = logging.getLogger("vc")
    if not logger.handlers:
        logger.addHandler(_NodeLog())
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    return logger


#: Says something in the node's log: `vc.log.info("ready after %d frames", frames)`. `--log-level` decides what is shown.
log = _logger()
