"""How the controller itself is: alone for too long, its clock off or set, its journal nearly full. Alarms, with clears.

What the server would have to be told in vain is written into the journal, and reaches it when it can.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import ControllerSettings, JournalRecord
from doorward.hardware.situation import Contact, Moment

LOOK_EVERY_MS = 60_000
"""The controller looks so often, also when nothing happens."""
OFF_MS, RIGHT_MS = 5_000, 4_000
"""A clock that is off by more than the first is wrong until it is within the second."""
STEP_MS = 2_000
FASTEST_SLEW = 0.0005
"""So fast may a clock be adjusted without a step (500 ppm, as NTP does): that is drift mended, not a clock set."""
NEARLY_FULL, ROOM_AGAIN = 0.9, 0.8
GIVEN_UP_AT_ONCE = 0.01


@dataclass(frozen=True, slots=True)
class Notice:
    """Records to write, up to which sequence (0: none) the journal gives up what the server has not stored, and
    whether somebody has set the clock."""

    records: tuple[JournalRecord, ...] = ()
    give_up_to: int = 0
    clock_set: bool = False


class Conditions:
    """Looked at once a turn, by the controller's thread."""

    def __init__(self, settings: ControllerSettings, acknowledged: int, started: Moment) -> None:
        """`acknowledged`: the server has stored the journal up to there."""
        self.settings = settings
        self._gone_to = acknowledged
        self._started_at = started.at
        self._last = started
        self._offset_ms: int | None = None
        self._standing: dict[EventType, str] = {}
        self._noticed: list[JournalRecord] = []

    def stored(self, sequence: int) -> None:
        """The server has stored the journal up to there."""
        self._gone_to = max(self._gone_to, sequence)

    def measured(self, offset_ms: int) -> None:
        """By so much the clock is ahead of the server's, as the server has measured."""
        self._offset_ms = offset_ms

    def own_time(self, server_at: datetime) -> datetime:
        """What this machine's clock shows when the server's shows `server_at`, as far as it is known."""
        return server_at + timedelta(milliseconds=self._offset_ms or 0)

    def deadline(self, contact: Contact, now: Moment) -> int:
        """When to look again (monotonic ms)."""
        limit_s = self.settings.alone_alarm_s
        if contact.connected or limit_s is None or EventType.CONTROLLER_ALONE in self._standing:
            return now.now_ms + LOOK_EVERY_MS
        left = self._alone_since(contact) + timedelta(seconds=limit_s) - now.at
        return now.now_ms + min(LOOK_EVERY_MS, max(0, round(left.total_seconds() * 1000)))

    def look(self, moment: Moment, contact: Contact, last_sequence: int) -> Notice:
        """What has changed since the last look."""
        self._noticed = []
        self._look_at_contact(moment, contact)
        self._look_at_clock(moment)
        give_up_to = self._look_at_room(moment, last_sequence)
        clock_set = any(record.type is EventType.CLOCK_STEPPED for record in self._noticed)
        return Notice(tuple(self._noticed), give_up_to, clock_set)

    def _look_at_contact(self, moment: Moment, contact: Contact) -> None:
        if contact.connected:
            self._end(EventType.CONTROLLER_ALONE, EventType.CONTROLLER_ALONE_ENDED, moment)
            return
        since, limit_s = self._alone_since(contact), self.settings.alone_alarm_s
        if contact.clock_ok and limit_s is not None and moment.at - since >= timedelta(seconds=limit_s):
            self._raise(EventType.CONTROLLER_ALONE, moment, since=since.isoformat())

    def _alone_since(self, contact: Contact) -> datetime:
        return contact.last_at or self._started_at

    def _look_at_clock(self, moment: Moment) -> None:
        elapsed_ms = moment.now_ms - self._last.now_ms
        step_ms = round((moment.at - self._last.at).total_seconds() * 1000) - elapsed_ms
        self._last = moment
        if abs(step_ms) > STEP_MS + elapsed_ms * FASTEST_SLEW:
            self._note(EventType.CLOCK_STEPPED, moment, new_id(), step_ms=step_ms)
            self._offset_ms = None  # It was measured before.
        if self._offset_ms is None:
            return
        if abs(self._offset_ms) > OFF_MS:
            self._raise(EventType.CLOCK_OFF, moment, offset_ms=self._offset_ms)
        elif abs(self._offset_ms) <= RIGHT_MS:
            self._end(EventType.CLOCK_OFF, EventType.CLOCK_OFF_ENDED, moment, offset_ms=self._offset_ms)

    def _look_at_room(self, moment: Moment, last_sequence: int) -> int:
        most, waiting = self.settings.journal_events, last_sequence - self._gone_to
        if waiting >= most * NEARLY_FULL:
            self._raise(EventType.JOURNAL_NEARLY_FULL, moment, waiting=waiting, limit=most)
        elif waiting < most * ROOM_AGAIN:
            self._end(EventType.JOURNAL_NEARLY_FULL, EventType.JOURNAL_NEARLY_FULL_ENDED, moment)
        if waiting <= most:
            return 0
        first, last = self._gone_to + 1, last_sequence - most + max(1, round(most * GIVEN_UP_AT_ONCE))
        self._note(EventType.JOURNAL_OVERRUN, moment, new_id(), first=first, last=last)
        self._gone_to = last
        return last

    def _raise(self, kind: EventType, moment: Moment, **data: Any) -> None:
        if kind not in self._standing:
            self._standing[kind] = new_id()
            self._note(kind, moment, self._standing[kind], **data)

    def _end(self, kind: EventType, cleared_by: EventType, moment: Moment, **data: Any) -> None:
        correlation = self._standing.pop(kind, None)
        if correlation is not None:
            self._note(cleared_by, moment, correlation, **data)

    def _note(self, kind: EventType, moment: Moment, correlation: str, **data: Any) -> None:
        self._noticed.append(JournalRecord(0, moment.boot_id, moment.at, moment.now_ms, kind, correlation, data=data))
