"""One attachment to the server: what it has stored, what it has been told, what it is sent next.

The journal goes in order, one batch at a time. A link that closes is not an error: the controller
goes on alone and keeps its journal for the next one.
"""

import logging
from collections.abc import Iterable

from doorward.acs.messages import DoorStatus, JournalBatch, ToServer
from doorward.hardware.journal import Journal
from doorward.hardware.link import ControllerEnd, LinkClosed

logger = logging.getLogger(__name__)

BATCH_RECORDS = 200
REMEMBER_EVERY = 100
"""The acknowledged position is only written down this often: the server's Welcome tells it anyway."""


class Uplink:
    """A link as the controller's thread uses it. Methods that read the journal raise JournalUnavailable."""

    def __init__(self, link: ControllerEnd, journal: Journal) -> None:
        self.link = link
        self._journal = journal
        self.welcome = False
        self._in_flight = False
        self._stored = self._remembered = 0
        self._told: dict[str, DoorStatus] = {}
        self._closed = False

    def send(self, message: ToServer) -> None:
        """Tell the server, if it still listens."""
        if self._closed:
            return
        try:
            self.link.send(message)
        except LinkClosed as error:
            self._closed = True
            logger.warning("the doors go on without the server: %s", error)

    @property
    def in_contact(self) -> bool:
        """Whether the server has greeted this controller, and nothing since says that it is gone."""
        return self.welcome and not self._closed and not self.link.closed

    def close(self) -> None:
        """End the link."""
        self._closed = True
        self.link.close()

    def welcomed(self, stored: int, boot_id: str) -> None:
        """The server says up to where it has stored; also when it wants something sent again."""
        if stored > self._journal.last_sequence:
            self._journal.renumber_after(stored, boot_id)
        self._stored = stored
        self._in_flight = False
        self.welcome = True
        self._told.clear()

    def acknowledged(self, sequence: int) -> None:
        """The server has stored a batch."""
        self._stored = max(self._stored, sequence)
        self._in_flight = False
        if self._stored - self._remembered >= REMEMBER_EVERY:
            self.remember()

    def remember(self) -> None:
        """Write the position down, and let the journal forget what it need not keep."""
        if self._stored > self._remembered:
            self._journal.acknowledge(self._stored)
            self._remembered = self._stored

    def send_journal(self) -> None:
        """Send the next batch, if the server waits for one and there is one."""
        if self._closed or not self.welcome or self._in_flight:
            return
        records = self._journal.read_after(self._stored, BATCH_RECORDS)
        if records:
            self._in_flight = True
            self.send(JournalBatch(tuple(records)))

    def tell(self, doors: Iterable[DoorStatus]) -> None:
        """Send the status of every door that is not what the server was last told."""
        if not self.welcome:
            return
        for status in doors:
            if self._told.get(status.door_id) != status:
                self._told[status.door_id] = status
                self.send(status)
