"""Contact with the server, and whether the controller's own clock can be trusted."""

import logging
from datetime import UTC, datetime, timedelta

from doorward.hardware.errors import JournalUnavailable
from doorward.hardware.journal import Journal
from doorward.hardware.situation import Contact

logger = logging.getLogger(__name__)

WRITE_EVERY = timedelta(minutes=1)
"""So often the last contact is written down; a restart forgets at most that much of it."""
OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before this has lost its battery: no record can be that old."""
MOST_BACKWARD = timedelta(minutes=15)
"""A clock may be corrected by so much; behind the newest record by more, it is not believed."""
MOST_APART = timedelta(minutes=5)
"""A clock within this of the server's is believed, whatever was recorded before; one that is further off is not."""


class ContactKeeper:
    """Follows contact and clock from turn to turn. Times are aware UTC, by the controller's clock."""

    def __init__(self, journal: Journal, now: datetime) -> None:
        """Raises JournalUnavailable."""
        self.trusts_clock = False
        """The site says that schedules count whatever the clock says."""
        self._journal = journal
        self._last_at = self._written_at = journal.last_contact()
        self._connected = False
        self._off = timedelta()
        self._floor = max(OLDEST, (journal.last_record_at() or OLDEST) - MOST_BACKWARD)
        self._was_ok = now >= self._floor

    def now(self, at: datetime) -> Contact:
        """The contact at this moment."""
        is_ok = self.trusts_clock or (at >= self._floor and abs(self._off) <= MOST_APART)
        if is_ok is not self._was_ok:
            self._was_ok = is_ok
            logger.warning("the clock can%s be trusted: it says %s", "" if is_ok else "not", at.isoformat())
        return Contact(self._connected, self._last_at, is_ok)

    def note(self, connected: bool, at: datetime) -> Contact:
        """The server is in reach or not; the contact at this moment."""
        contact = self.now(at)
        if contact.clock_ok:
            self._floor = max(self._floor, at - MOST_BACKWARD)
            if connected or self._connected:
                self._last_at = at
        self._connected = connected
        if self._last_at is not None and self._due(self._last_at):
            self._write(self._last_at)
        return Contact(connected, self._last_at, contact.clock_ok)

    def heard(self, server_at: datetime | None, at: datetime) -> None:
        """The server said what time it is there. A clock that agrees is right, though it was set back."""
        if server_at is not None:
            self._compare(at - server_at, at)

    def measured(self, offset_ms: int, at: datetime) -> None:
        """The server found the clock to be ahead of its own by so much. Known to be wrong, it stays so alone, too."""
        self._compare(timedelta(milliseconds=offset_ms), at)

    def was_set(self) -> None:
        """Somebody has set the clock: how far it was off says nothing any more."""
        self._off = timedelta()

    def _compare(self, off: timedelta, at: datetime) -> None:
        self._off = off
        if abs(off) <= MOST_APART:
            self._floor = min(self._floor, max(OLDEST, at - MOST_BACKWARD))

    def _due(self, last_at: datetime) -> bool:
        return self._written_at is None or abs(last_at - self._written_at) >= WRITE_EVERY

    def _write(self, last_at: datetime) -> None:
        try:
            self._journal.note_contact(last_at)
            self._written_at = last_at
        except JournalUnavailable as error:
            logger.debug("the last contact was not written down: %s", error)
