"""The journal's bad days: what could not be written is kept here until it can be."""

from collections.abc import Sequence

from doorward.acs.decision.door import DoorSetting
from doorward.acs.decision.memory import Change, Table
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import JournalRecord
from doorward.hardware.journal import Entry
from doorward.hardware.situation import Moment

MOST_RECORDS = 10_000
"""What is kept in memory while the disk is gone; beyond it, records are counted and lost."""


class JournalFault:
    """Whether the journal failed, why, and what waits to be written."""

    def __init__(self) -> None:
        self.problem = ""
        self._since: Moment | None = None
        self._records: list[JournalRecord] = []
        self._modes: dict[str, DoorSetting] = {}
        self._lost = 0
        self._memory: dict[tuple[Table, str], Change] = {}

    def __bool__(self) -> bool:
        return bool(self.problem)

    def began(self, problem: str, moment: Moment) -> bool:
        """The journal could not be written. True when that is new."""
        if self.problem:
            return False
        self.problem = problem
        self._since = moment
        return True

    def keep(
        self, records: Sequence[JournalRecord], modes: dict[str, DoorSetting], memory: Sequence[Change] = ()
    ) -> None:
        """Keep what a turn could not write."""
        room = max(0, MOST_RECORDS - len(self._records))
        self._records += records[:room]
        self._lost += len(records[room:])
        self._modes |= modes
        self._memory |= {(change.table, change.key): change for change in memory}

    def with_kept(self, entry: Entry, moment: Moment) -> Entry:
        """The entry, behind all that waits and the record that the journal works again."""
        if self._since is None:
            return entry
        memory = [*self._memory.values(), *entry.memory]
        recovered = JournalRecord(
            0,
            moment.boot_id,
            moment.at,
            moment.now_ms,
            EventType.JOURNAL_RECOVERED,
            new_id(),
            data={
                "problem": self.problem,
                "failed_at": self._since.at.isoformat(),
                "lost_records": self._lost,
            },
        )
        return Entry(
            [*self._records, recovered, *entry.records],
            self._modes | dict(entry.modes),
            entry.answers,
            memory,
            entry.give_up_to,
        )

    def ended(self) -> None:
        """Everything is written."""
        self.problem = ""
        self._since = None
        self._records.clear()
        self._modes.clear()
        self._memory.clear()
        self._lost = 0
