"""Alarms that a restart forgets get their clears."""

from datetime import timedelta

import msgspec
import pytest

from doorward.acs.events.catalogue import CATALOGUE, EventType
from doorward.acs.messages import JournalRecord
from doorward.hardware.situation import Moment
from doorward.hardware.unfinished import FORGOTTEN, clears
from tests.hardware.site import NOON

NOW = Moment("new boot", NOON + timedelta(hours=1), 7)
REMEMBERED = {
    EventType.DOOR_LOCKDOWN,
    EventType.DOOR_THREAT_LOCKDOWN,
    EventType.DOOR_MAINTENANCE,
    EventType.READER_LOCKED_OUT,
    EventType.ZONE_FULL,
    EventType.ZONE_BELOW_MINIMUM,
}
"""Alarms of which the controller knows after a restart, so that it ends them itself."""
TOLD_ANEW = {EventType.DOOR_OFFLINE, EventType.READER_OFFLINE, EventType.DEVICE_OFFLINE}
OF_THE_SERVER = {EventType.DOOR_UNREACHABLE}
OF_ITS_OWN = {EventType.CONTROLLER_ALONE, EventType.CLOCK_OFF, EventType.JOURNAL_NEARLY_FULL}
"""Alarms about the controller itself."""


def record(kind: EventType, door: str = "door", reader: str | None = None, correlation: str = "c") -> JournalRecord:
    return JournalRecord(3, "boot", NOON, 5, kind, correlation, door_id=door, reader_id=reader)


def test_every_alarm_of_a_door_or_reader_is_remembered_told_anew_or_cleared_at_the_next_start() -> None:
    alarms = {
        kind
        for kind, declared in CATALOGUE.items()
        if declared.cleared_by is not None and kind.value.startswith(("door.", "reader.", "zone.", "input.", "device."))
    }
    assert alarms - REMEMBERED - TOLD_ANEW - OF_THE_SERVER == FORGOTTEN - OF_ITS_OWN


@pytest.mark.parametrize("kind", sorted(FORGOTTEN))
def test_an_alarm_that_stood_at_the_end_is_cleared_now(kind: EventType) -> None:
    raised = record(kind, reader="reader")
    (cleared,) = clears([raised], NOW)
    assert cleared == msgspec.structs.replace(
        raised,
        sequence=0,
        boot_id="new boot",
        at=NOW.at,
        monotonic_ms=7,
        type=CATALOGUE[kind].cleared_by,
        data={"cause": "the controller was restarted"},
    )
    ended = record(cleared.type, reader="reader")
    assert not list(clears([raised, ended], NOW))
    assert list(clears([raised, ended, raised], NOW)) == [cleared]


def test_the_clear_of_one_door_or_reader_is_none_of_another() -> None:
    forced = [record(EventType.DOOR_FORCED, door) for door in ("front", "back")]
    other = record(EventType.DOOR_FORCED_CLEARED, "front")
    assert [one.door_id for one in clears([*forced, other], NOW)] == ["back"]
    tampered = [record(EventType.READER_TAMPER, reader=reader) for reader in ("in", "out")]
    assert [one.reader_id for one in clears(tampered, NOW)] == ["in", "out"]
