"""What a controller may say. It may be stolen, and then speaks for whoever has it: only for its own doors, then.

The types were checked when the message was decoded; here it is what they cannot say.
"""

from datetime import datetime
from typing import Any

from doorward.acs.events.catalogue import CATALOGUE, Category, EventType
from doorward.acs.messages import (
    CertificateRequest,
    CommandResult,
    DoorStatus,
    Health,
    Hello,
    InputStatus,
    JournalBatch,
    JournalLost,
    JournalRecord,
    LiveStatus,
    OutputStatus,
    PolicyApplied,
    PolicyRefused,
    TimeReport,
    ToServer,
)
from doorward.hardware.errors import HardwareError

MOST_RECORDS = 1_000
MOST_DATA_CHARACTERS = 64 * 1024
LONGEST_ID = 36
LONGEST_REASON = 64
LONGEST_TEXT = 1_000
LARGEST = 2**62
_SERVERS_OWN = frozenset(
    {
        EventType.SERVER_STARTED,
        EventType.CONTROLLER_ONLINE,
        EventType.CONTROLLER_OFFLINE,
        EventType.CONTROLLER_REFUSED,
        EventType.JOURNAL_FAILED,
        EventType.JOURNAL_LOST,
        EventType.DOOR_REACHABLE,
        EventType.DOOR_UNREACHABLE,
        EventType.THREAT_RAISED,
        EventType.THREAT_LOWERED,
        EventType.THREAT_RELEASED,
    }
)


class NotAllowed(HardwareError):
    """A controller said what it may not say. The sentence says what, without the values."""


def check(message: ToServer, controller_id: str) -> None:
    """Raise NotAllowed unless a controller with this id may say this."""
    match message:
        case Hello():
            _require(message.controller_id == controller_id, "a greeting in another controller's name")
            _ids(message.boot_id, message.policy_content)
            _text(message.software)
            _numbers(message.last_sequence, message.policy_version)
        case JournalBatch(records):
            _require(0 < len(records) <= MOST_RECORDS, f"a batch of {len(records)} records")
            for record in records:
                _record(record)
        case JournalLost(first, last):
            _numbers(first, last)
        case TimeReport():
            _aware(message.at)
            _numbers(message.number, message.last_sequence)
        case PolicyApplied(version):
            _numbers(version)
        case PolicyRefused(version, content):
            _numbers(version)
            _ids(content)
        case CommandResult():
            _ids(message.command_id)
            _text(message.detail)
        case DoorStatus() | InputStatus() | OutputStatus():
            _status(message)
        case Health():
            _text(message.problem)
        case CertificateRequest():
            pass  # The authority reads it, and nobody else.


def _status(status: LiveStatus) -> None:
    match status:
        case DoorStatus():
            _ids(status.door_id, *status.readers_online)
        case InputStatus(input_id):
            _ids(input_id)
        case OutputStatus(output_id, _, rule_id, held):
            _ids(output_id, rule_id or "")
            if held is not None:
                _ids(held.user_id, held.command_id)
                if held.until is not None:
                    _aware(held.until)


def _record(record: JournalRecord) -> None:
    declared = CATALOGUE[record.type]
    forged = declared.category in {Category.AUDIT, Category.VIDEO} or record.type in _SERVERS_OWN
    _require(not forged, f"a record of type {record.type.value}")
    _require(record.sequence >= 1, "a record without a number")
    _numbers(record.sequence, record.monotonic_ms)
    _aware(record.at)
    optional = (
        record.door_id, record.reader_id, record.cardholder_id, record.credential_id, record.rule_id, record.user_id,
        record.zone_id,
    )  # fmt: skip
    _ids(record.boot_id, record.correlation, *(value for value in optional if value is not None))
    _require(record.reason is None or len(record.reason) <= LONGEST_REASON, "a reason that is too long")
    for step in record.trace:
        _text(step.check)
        _text(step.detail)
    _require(weigh(record.data) <= MOST_DATA_CHARACTERS, "data that no record has")


def weigh(value: Any, depth: int = 8) -> float:
    """About how many characters a value has as JSON; infinitely many when JSON or the database cannot hold it."""
    match value:
        case None | bool():
            return 4
        case str():
            return float("inf") if "\x00" in value else len(value) + 2
        case int():
            return 20 if -(2**63) <= value < 2**63 else float("inf")
        case float():
            return 20 if abs(value) < float("inf") else float("inf")
        case list() if depth > 0:
            return 2 + sum(weigh(item, depth - 1) for item in value)
        case dict() if depth > 0 and all(isinstance(key, str) for key in value):
            return 2 + sum(weigh(key) + weigh(item, depth - 1) for key, item in value.items())
    return float("inf")


def _require(allowed: bool, what: str) -> None:
    if not allowed:
        raise NotAllowed(f"it sent {what}")


def _ids(*values: str) -> None:
    for value in values:
        _require(len(value) <= LONGEST_ID and value.isascii() and "\x00" not in value, "an id that is none")


def _text(value: str) -> None:
    _require(len(value) <= LONGEST_TEXT and "\x00" not in value, "a text that is too long or has zeros in it")


def _numbers(*values: int) -> None:
    _require(all(0 <= value <= LARGEST for value in values), "a number out of range")


def _aware(value: datetime) -> None:
    _require(value.tzinfo is not None, "a time without its zone")
