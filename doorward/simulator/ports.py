"""The directory that the simulated serial ports are in; one simulator at a time uses it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorward.simulator.errors import SimulatorError

LOCK = ".simulator.lock"


@contextmanager
def ports_directory(path: Path) -> Iterator[Path]:
    """Have it for ourselves, making it if need be; its absolute path. Raises SimulatorError."""
    directory = path.resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise SimulatorError(
            f"The ports cannot be made in {directory}: {error.strerror}. Choose another directory with --ports."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SimulatorError(
                f"Another simulator plays in {directory}. Stop it, or choose another directory with --ports."
            ) from error
        yield directory
    finally:
        os.close(descriptor)
