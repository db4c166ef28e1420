"""One attachment to the server: what it has stored, what it has been told, what it is sent next.

A link that closes is not an error: the controller goes on alone and keeps its journal for the next one.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from doorward.acs.events.sequences import Stored
from doorward.acs.messages import ControllerSettings, DoorStatus, InputStatus, LiveStatus, OutputStatus, ToServer
from doorward.hardware.journal import Journal
from doorward.hardware.journal_flow import JournalFlow
from doorward.hardware.link import ControllerEnd, LinkClosed

logger = logging.getLogger(__name__)

REMEMBER_EVERY = 100
"""The acknowledged position is only written down this often: the server's Welcome tells it anyway."""


class Uplink:
    """A link as the controller's thread uses it. Methods that read the journal raise JournalUnavailable."""

    def __init__(self, link: ControllerEnd, journal: Journal) -> None:
        self.link = link
        self._journal = journal
        self.welcome = False
        self._flow = JournalFlow()
        self._keep = ControllerSettings()
        self._remembered = 0
        self._told: dict[str, LiveStatus] = {}
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

    def welcomed(self, stored: Stored, boot_id: str) -> None:
        """The server says what it has stored; also when it wants something sent again."""
        if stored.newest > self._journal.last_sequence:
            self._journal.renumber_after(stored.newest, boot_id)
        self._flow.begin(stored, self._journal.last_sequence)
        self.welcome = True
        self._told.clear()

    def acknowledged(self, stored: Stored, keep: ControllerSettings, now: datetime) -> None:
        """The server has stored what was sent longest ago."""
        self._flow.answered(stored)
        self._keep = keep
        if self._flow.stored.upto - self._remembered >= REMEMBER_EVERY:
            self.remember(now)

    def remember(self, now: datetime) -> None:
        """Write the position down, and let the journal forget what it need not keep."""
        stored = self._flow.stored.upto
        if stored > self._remembered:
            oldest = now - timedelta(days=self._keep.journal_days)
            self._journal.acknowledge(stored, self._keep.journal_events, oldest)
            self._remembered = stored

    def send_journal(self) -> None:
        """Send what the server can take of the journal: news before backlog, each in order."""
        while self.welcome and not self._closed:
            message = self._flow.next(self._journal)
            if message is None:
                return
            self.send(message)

    def tell(self, statuses: Iterable[LiveStatus]) -> None:
        """Send every status that is not what the server was last told."""
        if not self.welcome:
            return
        for status in statuses:
            if self._told.get(about := _about(status)) != status:
                self._told[about] = status
                self.send(status)


def _about(status: LiveStatus) -> str:
    """The id of what it is about."""
    match status:
        case DoorStatus():
            return status.door_id
        case InputStatus():
            return status.input_id
        case OutputStatus():
            return status.output_id
