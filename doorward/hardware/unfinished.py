"""Alarms that a controller raised and, by stopping, forgot: at its next start each gets its clear."""

from collections.abc import Iterable, Iterator
from typing import Any

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
        EventType.READER_INSTALL_MODE,
        EventType.DEVICE_INSTALL_MODE,
        EventType.DOOR_BATTERY_LOW,
        EventType.DOOR_BATTERY_CRITICAL,
        EventType.DOOR_LOCK_JAMMED,
        EventType.INPUT_ACTIVE,
        EventType.INPUT_FAULT,
    }
)
"""What a restart forgets. If it is still so, it is raised anew; lockdowns, lockouts and full zones are remembered."""
_Place = tuple[str | None, str | None, str | None]
"""Door, reader, and auxiliary input or device."""
_ENDS = {CATALOGUE[kind].cleared_by: kind for kind in FORGOTTEN}


def clears(of_last_boot: Iterable[JournalRecord], moment: Moment) -> Iterator[JournalRecord]:
    """The clears of alarms that still stand at the end of these records, in the order in which they were raised."""
    standing: dict[tuple[EventType, *_Place], JournalRecord] = {}
    for record in of_last_boot:
        if record.type in FORGOTTEN:
            standing[record.type, *_place(record)] = record
        elif (ended := _ENDS.get(record.type)) is not None:
            standing.pop((ended, *_place(record)), None)
    for raised in standing.values():
        cleared_by = CATALOGUE[raised.type].cleared_by
        if cleared_by is not None:
            yield msgspec.structs.replace(
                raised,
                sequence=0,
                boot_id=moment.boot_id,
                at=moment.at,
                monotonic_ms=moment.now_ms,
                type=cleared_by,
                correlation=raised.correlation or new_id(),
                data={"cause": "the controller was restarted", **_input(raised)},
            )


def _place(record: JournalRecord) -> _Place:
    return record.door_id, record.reader_id, record.data.get("input") or record.data.get("device")


def _input(record: JournalRecord) -> dict[str, Any]:
    """Which auxiliary input or device it is about, if it is about one."""
    return {key: record.data[key] for key in ("input", "name", "device") if key in record.data}
