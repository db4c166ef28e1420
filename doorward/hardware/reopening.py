"""Serving a port for as long as its thread is wanted: opened again and again, whatever becomes of it."""

import logging
import threading
from collections.abc import Callable

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0

logger = logging.getLogger(__name__)


class PortUnusable(Exception):
    """The port cannot be used (any more). The message says why, and what to do."""


def keep_serving(
    port: str,
    serve: Callable[[], None],
    went_down: Callable[[str], None],
    stopping: threading.Event,
    monotonic: Callable[[], float],
) -> None:
    """Call `serve` until `stopping`: it opens the port and returns when it is to stop, or raises PortUnusable.

    `went_down` is told why after each time that it did not. The pauses grow while the port cannot be served.
    """
    pause_s = FIRST_PAUSE_S
    while not stopping.is_set():
        served_from = monotonic()
        try:
            serve()
        except PortUnusable as error:
            went_down(str(error))
        except Exception:
            # Whatever it was, a dead thread would leave the devices looking alive for ever.
            logger.exception("serving %s failed and begins again", port)
            went_down("Serving the port failed; the controller's log says why. It begins again.")
        if monotonic() - served_from > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        stopping.wait(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
