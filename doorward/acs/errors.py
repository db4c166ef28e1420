"""What can go wrong in the domain, in words for the person who can mend it."""

from collections.abc import Iterator
from contextlib import contextmanager


class AcsError(Exception):
    """The root. `message` is a sentence for people; `path` names the input field concerned, if one is."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class ValidationFailed(AcsError):
    """An input is not acceptable; the message says what would be."""


class Conflict(AcsError):
    """The change collides with what is there: a duplicate, or an outdated version (`version` is the present one)."""

    def __init__(self, message: str, *path: str, version: int | None = None) -> None:
        super().__init__(message, *path)
        self.version = version


class NotFound(AcsError):
    """What the input refers to does not exist."""


class Unauthenticated(AcsError):
    """Nobody is signed in, or the name or password is wrong."""


class NotPermitted(AcsError):
    """The actor lacks the permission that the operation declares."""


class ControllerOffline(AcsError):
    """The controller that owns the door is not connected; nothing was queued."""


class Expired(AcsError):
    """It came too late: a command after its own end, or a code that counts no more; nothing was done."""


class Busy(AcsError):
    """Others were in the way again and again; nothing was done, and the same may succeed in a moment."""


class RateLimited(AcsError):
    """Too many attempts, or too many that failed; nothing was done. The same may be tried again after `seconds`."""

    def __init__(self, message: str, *path: str, seconds: int = 1) -> None:
        super().__init__(message, *path)
        self.seconds = seconds


class FellBehind(AcsError):
    """A follower of the log was too slow for what is kept for it; the log itself still has all after `position`."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class DatabaseUnusable(AcsError):
    """The database cannot be opened or migrated; the message says what to do."""


@contextmanager
def under(*path: str) -> Iterator[None]:
    """What goes wrong within concerns one part of the input, such as the third of a list: paths begin with it."""
    try:
        yield
    except AcsError as error:
        error.path = (*path, *error.path)
        raise
