"""Alarms that a controller raised and, by stopping, forgot: at its next start each gets its clear."""

from collections.abc import Iterable, Iterator

import msgspec

from doorward.acs.events.catalogue import CATALOGUE, EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import JournalRecord
from doorward.hardware.situation import Moment

FORGOTTEN = frozenset(
    {
        EventType.DOOR_FORCED,
        EventType.DOOR_HELD,
        EventType.DOOR_HELD_WARNING,
        EventType.DOOR_EMERGENCY,
        EventType.DOOR_SENSOR_FAULT,
        EventType.DOOR_REX_FAULT,
        EventType.DOOR_EMERGENCY_FAULT,
        EventType.DOOR_TAMPER,
        EventType.DOOR_POWER_LOST,
        EventType.READER_TAMPER,
        EventType.READER_POWER_LOST,
        EventType.CONTROLLER_ALONE,
        EventType.CLOCK_OFF,
        EventType.JOURNAL_NEARLY_FULL,
        EventType.READER_FLOODED,
    }
)
"""What a restart forgets. If it is still so, it is raised anew; lockdowns, lockouts and full zones are remembered."""
_ENDS = {CATALOGUE[kind].cleared_by: kind for kind in FORGOTTEN}


def clears(of_last_boot: Iterable[JournalRecord], moment: Moment) -> Iterator[JournalRecord]:
    """The clears of alarms that still stand at the end of these records, in the order in which they were raised."""
    standing: dict[tuple[EventType, str | None, str | None], JournalRecord] = {}
    for record in of_last_boot:
        if record.type in FORGOTTEN:
            standing[record.type, record.door_id, record.reader_id] = record
        elif (ended := _ENDS.get(record.type)) is not None:
            standing.pop((ended, record.door_id, record.reader_id), None)
    for (kind, _, _), raised in standing.items():
        cleared_by = CATALOGUE[kind].cleared_by
        if cleared_by is not None:
            yield msgspec.structs.replace(
                raised,
                sequence=0,
                boot_id=moment.boot_id,
                at=moment.at,
                monotonic_ms=moment.now_ms,
                type=cleared_by,
                correlation=raised.correlation or new_id(),
                data={"cause": "the controller was restarted"},
            )
