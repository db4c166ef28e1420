"""Keeping Python's garbage collector from stopping the doors and the server for large policies.

A full collection looks at every container there is, with every thread stopped: 0.1 s for 100,000 cardholders while
their policy is made. Policies have no cycles, so that there is nothing in them to be found.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = 20_000
"""From so many entities on it matters."""

_NEVER = 1 << 30
_lock = threading.Lock()
_users = 0
_usual = gc.get_threshold()


@contextmanager
def no_full_collections() -> Iterator[None]:
    """While a policy is made; young objects are collected as ever. Any number of threads at a time."""
    global _users, _usual  # noqa: PLW0603 - the collector is the process's, too
    with _lock:
        _users += 1
        if _users == 1:
            _usual = gc.get_threshold()
            gc.set_threshold(_usual[0], _usual[1], _NEVER)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                gc.set_threshold(*_usual)


def leave_alone(entities: int) -> None:
    """A policy of so many entities is there to stay: full collections need not look at it, if it is large."""
    if entities >= LARGE:
        gc.freeze()
