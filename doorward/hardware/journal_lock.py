"""The lock that keeps two controllers from sharing one journal. It ends with its process, in any case."""

import fcntl
import os
from pathlib import Path

from doorward.hardware.errors import JournalUnavailable


class JournalLock:
    """An exclusive lock beside a journal, held from construction to `release`."""

    def __init__(self, journal: Path) -> None:
        """Take it. Raises JournalUnavailable when another process has it."""
        path = journal.with_name(journal.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalUnavailable(
                f"The journal's folder {journal.parent} cannot be used ({error.strerror}). "
                "Create it, or let the user that runs Doorward write there."
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise JournalUnavailable(
                f"The journal {journal} is in use by another controller. "
                "Stop it, or give this one a journal of its own."
            ) from error

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._descriptor)
