"""Who may change a store: recorders share it, a repair has it alone."""

import errno
import fcntl
import os
from pathlib import Path


class StoreLock:
    """Held from construction to `close`, or to the end of the process, however it ends.

    Raises BlockingIOError where somebody else's lock does not allow it, and OSError.
    """

    def __init__(self, root: Path, *, alone: bool) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(root, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            who = "a recorder is running on it" if alone else "it is being repaired"
            raise BlockingIOError(errno.EWOULDBLOCK, who) from error

    def close(self) -> None:
        """Let others have the store."""
        os.close(self._descriptor)


def is_in_use(root: Path) -> bool:
    """Whether a recorder runs on the store, or somebody repairs it."""
    try:
        StoreLock(root, alone=True).close()
    except BlockingIOError:
        return True
    return False
