"""Controllers as they are now: who is connected, from where, and how their clocks are. In memory only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class LiveController:
    """What is known of a controller since the server started. Times are aware UTC, by the server's clock.

    `last_sequence` is the newest record that it has told of. `offset_ms`: by so much its clock is ahead of the
    server's, measured over a round trip of `round_trip_ms`. `problem`: why it cannot write its journal ("": it can).
    """

    connected: bool = False
    connected_at: datetime | None = None
    last_contact_at: datetime | None = None
    address: str = ""
    software: str = ""
    boot_id: str = ""
    last_sequence: int = 0
    offset_ms: int | None = None
    round_trip_ms: int | None = None
    problem: str = ""


class LiveControllers:
    """By controller id. One event loop owns it. `port`: where controllers connect (None: none may)."""

    def __init__(self) -> None:
        self.port: int | None = None
        self._known: dict[str, LiveController] = {}
        self._closers: dict[str, Callable[[str], None]] = {}

    def of(self, controller_id: str) -> LiveController:
        """What is known; of a controller that was never heard of, that it is not connected."""
        return self._known.setdefault(controller_id, LiveController())

    def connected(self) -> list[str]:
        """The ids of those that are connected."""
        return [controller_id for controller_id, known in self._known.items() if known.connected]

    def linked(self, controller_id: str, close: Callable[[str], None]) -> None:
        """It has a link, which `close` ends for the reason given."""
        self._closers[controller_id] = close

    def unlinked(self, controller_id: str, close: Callable[[str], None]) -> None:
        """That link has ended; a newer one may have come."""
        if self._closers.get(controller_id) == close:
            del self._closers[controller_id]

    def drop(self, controller_id: str, reason: str) -> None:
        """End its link, if it has one."""
        close = self._closers.get(controller_id)
        if close is not None:
            close(reason)
