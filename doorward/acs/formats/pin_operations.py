"""What may be done to PIN rules."""

from typing import Any

import msgspec

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import PinRules
from doorward.acs.doors.models import Door, Reader
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.formats.models import PinRulesRow
from doorward.acs.formats.policy import SYSTEM_RULES_ID, pin_rules_in_force, rules_of
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.site.models import Site

SHORTEST_PIN = 3
"""Of three digits there are 1000: the least that IEC 60839-11-1 accepts for what is memorised."""
LONGEST_PIN = 16
END_KEYS = ("#", "*", "A", "B", "C", "D")
"""The keys of a keypad that are no digits."""
_SECOND_MS = 1_000


@operation(Permission.CONFIGURATION_WRITE)
async def set_pin_rules(work: Work, rules: PinRules, expected_version: int | None = None) -> PinRules:
    """How keypads take PINs at every reader without rules of its own."""
    _check(rules)
    await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    before, version = await pin_rules_in_force(work.connection)
    check.version(version, expected_version)
    if before == rules:
        return rules
    columns = {**_columns(rules), "version": version + 1}
    await PinRulesRow.update_or_create(columns, using_db=work.connection, id=SYSTEM_RULES_ID)
    work.changed(PolicyPart.SITE, SITE_ID)
    work.audit(EventType.PIN_RULES_CHANGED, before=_columns(before), after=_columns(rules))
    return rules


@operation(Permission.CONFIGURATION_WRITE)
async def set_reader_pin_rules(
    work: Work, reader_id: str, rules: PinRules | None, expected_version: int | None = None
) -> None:
    """How the keypad of one reader takes PINs; None: as the system's rules say."""
    reader, door = await locked_reader(work, reader_id, expected_version)
    if rules is not None:
        _check(rules)
    row = await PinRulesRow.get_or_none(id=reader_id, using_db=work.connection)
    before = None if row is None else rules_of(row)
    if before == rules:
        return
    if rules is None:
        await PinRulesRow.filter(id=reader_id).using_db(work.connection).delete()
    else:
        columns = {**_columns(rules), "reader_id": reader_id}
        await PinRulesRow.update_or_create(columns, using_db=work.connection, id=reader_id)
    await count_change(work, reader)
    work.audit(
        EventType.READER_PIN_RULES_CHANGED,
        of=reader,
        before=_columns(before),
        after=_columns(rules),
        reader_id=reader_id,
        door_id=door.id,
        door_name=door.name,
        side=reader.side,
    )


async def locked_reader(work: Work, reader_id: str, expected_version: int | None) -> tuple[Reader, Door]:
    """A reader that nobody else changes meanwhile, and its door. Raises NotFound and Conflict."""
    reader = await Reader.select_for_update().using_db(work.connection).get_or_none(id=reader_id)
    if reader is None:
        raise NotFound("There is no such reader.", "readerId")
    check.version(reader.version, expected_version)
    return reader, await Door.get(id=reader.door_id, using_db=work.connection)


async def count_change(work: Work, reader: Reader) -> None:
    """A reader has other settings now."""
    reader.version += 1
    await reader.save(using_db=work.connection, update_fields=["version"])
    work.changed(PolicyPart.READER, reader.id)


def _columns(rules: PinRules | None) -> dict[str, Any]:
    return {} if rules is None else msgspec.structs.asdict(rules)


def _check(rules: PinRules) -> None:
    if not SHORTEST_PIN <= rules.min_length <= LONGEST_PIN:
        raise ValidationFailed(
            f"PINs have at least {SHORTEST_PIN} digits, so that there are 1000 of them, and at most {LONGEST_PIN}.",
            "minLength",
        )
    if not rules.min_length <= rules.max_length <= LONGEST_PIN:
        raise ValidationFailed(
            f"The maximum length is from the minimum length ({rules.min_length}) to {LONGEST_PIN}.", "maxLength"
        )
    if rules.end and rules.end not in END_KEYS:
        raise ValidationFailed(f"The end-of-PIN key is one of {' '.join(END_KEYS)}, or none.", "endKey")
    if not rules.end and rules.min_length != rules.max_length:
        raise ValidationFailed(
            "Without an end-of-PIN key nobody could end a short PIN: "
            "choose a key, or make the minimum and maximum length the same.",
            "endKey",
        )
    if not _SECOND_MS <= rules.digit_timeout_ms <= 60 * _SECOND_MS:
        raise ValidationFailed("The time between two digits is 1 to 60 seconds.", "digitTimeoutMs")
    if not 0 <= rules.lockout_after <= 20:
        raise ValidationFailed("A reader locks after 1 to 20 wrong PINs in a row, or never (0).", "lockoutAfter")
    if not _SECOND_MS <= rules.lockout_ms <= 3600 * _SECOND_MS:
        raise ValidationFailed("A lockout takes 1 to 3600 seconds.", "lockoutMs")
