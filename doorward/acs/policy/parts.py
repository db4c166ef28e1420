"""Where each part of a policy comes from: a table of loaders over the rows.

A loader gives the same structs for the same rows however it is asked, with their tuples in a fixed order:
whole policies and deltas must come to the same content.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tortoise.connection import get_connection
from tortoise.fields import BigIntField
from tortoise.models import Model

from doorward.acs.credentials.models import Card
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialPolicy,
    CredentialStatus,
    DoorPolicy,
    DoorSide,
    Policy,
    ReaderPolicy,
    Side,
)
from doorward.acs.decision.schedule import Schedule
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.messages import OsdpDevice
from doorward.acs.people.models import Cardholder, GroupMember
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.rules.policy import schedule_of
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.site.models import Site

CHUNK_ROWS = 5_000
"""Rows read at once: about 15 ms of work before others have their turn."""
CHUNK_IDS = 500
"""Ids in one query; SQLite takes 32,766 parameters at most."""

Ids = Collection[str] | None
"""None: all there are."""


@dataclass(slots=True)
class Scope:
    """Whose policy is made: that of one controller, for its doors."""

    domain: Domain
    controller_id: str
    _doors: list[str] | None = field(default=None, repr=False)

    async def door_ids(self) -> list[str]:
        """The controller's doors. Read once: a scope is for one consistent reading."""
        if self._doors is None:
            rows = await Door.filter(controller_id=self.controller_id).order_by("id").values_list("id", flat=True)
            self._doors = [str(door_id) for door_id in rows]
        return self._doors


_STATUSES = {status.value: status for status in CredentialStatus}

Loader = Callable[[Scope, Ids], Awaitable[tuple[Any, ...]]]


async def settings(site: Site) -> Policy:
    """The policy without entities, version and content."""
    return Policy(0, site.time_zone)


async def _rows(model: type[Model], ids: Ids, *columns: str) -> AsyncIterator[Sequence[Any]]:
    """Chunks of raw rows in order of their ids, which come first: five times as fast as through models."""
    connection = get_connection("default")
    sqlite = connection.capabilities.dialect == "sqlite"
    select = f'SELECT id, {", ".join(columns)} FROM "{model._meta.db_table}" WHERE id '  # noqa: S608 - our own names
    if ids is not None:
        for part in chunks(sorted(ids), CHUNK_IDS):
            places = ", ".join("?" if sqlite else f"${number}" for number in range(1, len(part) + 1))
            yield (await connection.execute_query(f"{select} IN ({places}) ORDER BY id", part))[1]
        return
    query = f"{select} > {'?' if sqlite else '$1'} ORDER BY id LIMIT {CHUNK_ROWS}"
    last: Any = 0 if isinstance(model._meta.pk, BigIntField) else ""
    rows: Sequence[Any] = (None,) * CHUNK_ROWS
    while len(rows) == CHUNK_ROWS:
        rows = (await connection.execute_query(query, [last]))[1]
        if rows:
            last = rows[-1][0]
            yield rows


def chunks(values: list[str], size: int) -> Iterator[list[str]]:
    """The values, so many at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))


async def _doors(scope: Scope, ids: Ids) -> tuple[DoorPolicy, ...]:
    chosen = Door.filter(controller_id=scope.controller_id)
    rows = await (chosen if ids is None else chosen.filter(id__in=list(ids))).order_by("id")
    return tuple(
        DoorPolicy(
            id=door.id,
            name=door.name,
            access_time_ms=door.access_time_ms,
            held_after_ms=door.held_after_ms,
            relock_on=door.relock_on,
            relock_delay_ms=door.relock_delay_ms,
            forced_alarm=door.forced_alarm,
            held_alarm=door.held_alarm,
            rex_unlocks=door.rex_unlocks,
        )
        for door in rows
    )


async def _readers(scope: Scope, ids: Ids) -> tuple[ReaderPolicy, ...]:
    doors = set(await scope.door_ids())
    return tuple(
        [
            ReaderPolicy(reader_id, door_id, Side(side))
            async for rows in _rows(Reader, ids, "door_id", "side")
            for reader_id, door_id, side in rows
            if door_id in doors
        ]
    )


async def _credentials(_: Scope, ids: Ids) -> tuple[CredentialPolicy, ...]:
    columns = ("cardholder_id", "format", "facility", "number", "status", "valid_from", "valid_to")
    return tuple(
        [
            CredentialPolicy(card_id, holder, card_format, facility, number, _STATUSES[status], _utc(start), _utc(end))
            async for rows in _rows(Card, ids, *columns)
            for card_id, holder, card_format, facility, number, status, start, end in rows
        ]
    )


async def _cardholders(_: Scope, ids: Ids) -> tuple[CardholderPolicy, ...]:
    groups = await _groups_of(ids)
    return tuple(
        [
            CardholderPolicy(cardholder_id, groups.get(cardholder_id, ()), bool(suspended), _utc(start), _utc(end))
            async for rows in _rows(Cardholder, ids, "suspended", "valid_from", "valid_to")
            for cardholder_id, suspended, start, end in rows
        ]
    )


async def _groups_of(ids: Ids) -> dict[str, Any]:
    """The groups of each cardholder, a tuple in order. Made in place: to let go of a million lists takes long."""
    names: dict[str, str] = {}
    groups: dict[str, Any] = {}
    async for rows in _memberships(ids):
        for cardholder_id, group_id in rows:
            groups.setdefault(cardholder_id, []).append(names.setdefault(group_id, group_id))
    for cardholder_id, own in groups.items():
        groups[cardholder_id] = tuple(sorted(own))
    return groups


async def _memberships(ids: Ids) -> AsyncIterator[Iterable[Any]]:
    if ids is None:
        async for rows in _rows(GroupMember, None, "cardholder_id", "group_id"):
            yield ((row[1], row[2]) for row in rows)
        return
    for part in chunks(sorted(ids), CHUNK_IDS):
        yield await GroupMember.filter(cardholder_id__in=part).values_list("cardholder_id", "group_id")


def _utc(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _schedules(_: Scope, ids: Ids) -> tuple[Schedule, ...]:
    rows = ScheduleRow.all() if ids is None else ScheduleRow.filter(id__in=list(ids))
    return tuple(schedule_of(row) for row in await rows.order_by("id"))


async def _rules(scope: Scope, ids: Ids) -> tuple[AccessRulePolicy, ...]:
    """Rules for at least one of the controller's doors, with those doors only."""
    doors = set(await scope.door_ids())
    groups = _gathered(await _pairs(AccessRuleGroup, ids, "group_id"))
    schedules = _gathered(await _pairs(AccessRuleSchedule, ids, "schedule_id"))
    places = ((row[0], row[1:]) for row in await _pairs(AccessRuleSide, ids, "door_id", "side") if row[1] in doors)
    sides = _gathered(places)
    return tuple(
        [
            AccessRulePolicy(
                rule_id,
                name,
                tuple(groups[rule_id]),
                (),
                tuple(schedules[rule_id]),
                tuple(DoorSide(door_id, Side(side)) for door_id, side in sides[rule_id]),
            )
            async for rows in _rows(AccessRule, ids, "name")
            for rule_id, name in rows
            if rule_id in sides
        ]
    )


async def _pairs(model: type[Model], rule_ids: Ids, *columns: str) -> list[Any]:
    rows = model.all() if rule_ids is None else model.filter(rule_id__in=list(rule_ids))
    return list(await rows.order_by("rule_id", *columns).values_list("rule_id", *columns))


def _gathered(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for rule_id, value in pairs:
        found[rule_id].append(value)
    return found


LOADERS: dict[PolicyPart, Loader] = {
    PolicyPart.DOOR: _doors,
    PolicyPart.READER: _readers,
    PolicyPart.CARDHOLDER: _cardholders,
    PolicyPart.CREDENTIAL: _credentials,
    PolicyPart.SCHEDULE: _schedules,
    PolicyPart.RULE: _rules,
}
"""Each part's loader. Parts without one have no tables yet."""


async def devices_of(scope: Scope) -> tuple[OsdpDevice, ...]:
    """The controller's wiring, with the keys of its secure channels."""
    rows = await Device.filter(door_id__in=await scope.door_ids()).order_by("id")
    return tuple(_device(scope.domain, row) for row in rows)


def _device(domain: Domain, device: Device) -> OsdpDevice:
    return OsdpDevice(
        id=device.id,
        role=device.role,
        door_id=device.door_id,
        port=device.port,
        address=device.address,
        key=domain.sealer.open(device.sealed_key, f"device:{device.id}"),
        baud=device.baud,
        reader_id=device.reader_id,
        strike_output=device.strike_output,
        position_input=device.position_input,
        rex_input=device.rex_input,
    )


async def dependents(door_ids: Collection[str]) -> dict[PolicyPart, set[str]]:
    """What else a controller must learn, or forget, when these doors are new to it or are taken from it."""
    found: dict[PolicyPart, set[str]] = {PolicyPart.READER: set(), PolicyPart.RULE: set()}
    for part in chunks(sorted(door_ids), CHUNK_IDS):
        readers = await Reader.filter(door_id__in=part).values_list("id", flat=True)
        rules = await AccessRuleSide.filter(door_id__in=part).values_list("rule_id", flat=True)
        found[PolicyPart.READER].update(map(str, readers))
        found[PolicyPart.RULE].update(map(str, rules))
    return found
