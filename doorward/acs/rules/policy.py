"""Compiling the policy of one controller from the tables."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

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
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.messages import OsdpDevice, PolicySnapshot
from doorward.acs.operation import SITE_ID
from doorward.acs.people.models import Cardholder, GroupMember
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.schedules.policy import schedules
from doorward.acs.site.models import Site


async def compile_policy(domain: Domain, controller_id: str) -> PolicySnapshot:
    """All that the controller needs to decide alone, at the site's present policy version.

    The version is read first: a change that comes in between is compiled in, and pushed again under its own.
    """
    site = await Site.get(id=SITE_ID)
    doors = await Door.filter(controller_id=controller_id)
    door_ids = [door.id for door in doors]
    policy = Policy(
        version=site.policy_version,
        time_zone=site.time_zone,
        doors=tuple(_door(door) for door in doors),
        readers=tuple(
            ReaderPolicy(reader.id, reader.door_id, reader.side) for reader in await Reader.filter(door_id__in=door_ids)
        ),
        credentials=await _credentials(),
        cardholders=await _cardholders(),
        schedules=await schedules(),
        rules=await _rules(set(door_ids)),
    )
    devices = await Device.filter(door_id__in=door_ids).order_by("id")
    return PolicySnapshot(policy, tuple(_device(domain, device) for device in devices))


def _door(door: Door) -> DoorPolicy:
    return DoorPolicy(
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


async def _credentials() -> tuple[CredentialPolicy, ...]:
    rows = await Card.all().values_list(
        "id", "cardholder_id", "format", "facility", "number", "status", "valid_from", "valid_to"
    )
    return tuple(
        CredentialPolicy(
            card_id, holder, card_format, facility, number, CredentialStatus(status), _utc(start), _utc(end)
        )
        for card_id, holder, card_format, facility, number, status, start, end in rows
    )


async def _cardholders() -> tuple[CardholderPolicy, ...]:
    groups: dict[str, list[str]] = defaultdict(list)
    for cardholder_id, group_id in await GroupMember.all().values_list("cardholder_id", "group_id"):
        groups[cardholder_id].append(group_id)
    rows = await Cardholder.all().values_list("id", "suspended", "valid_from", "valid_to")
    return tuple(
        CardholderPolicy(row[0], tuple(sorted(groups[row[0]])), bool(row[1]), _utc(row[2]), _utc(row[3]))
        for row in rows
    )


def _utc(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _RuleParts:
    groups: dict[str, list[str]]
    schedules: dict[str, list[str]]
    sides: dict[str, list[DoorSide]]


async def _rules(door_ids: set[str]) -> tuple[AccessRulePolicy, ...]:
    parts = _RuleParts(defaultdict(list), defaultdict(list), defaultdict(list))
    for rule_id, group_id in await AccessRuleGroup.all().values_list("rule_id", "group_id"):
        parts.groups[rule_id].append(group_id)
    for rule_id, schedule_id in await AccessRuleSchedule.all().values_list("rule_id", "schedule_id"):
        parts.schedules[rule_id].append(schedule_id)
    for rule_id, door_id, side in await AccessRuleSide.all().values_list("rule_id", "door_id", "side"):
        if door_id in door_ids:
            parts.sides[rule_id].append(DoorSide(door_id, Side(side)))
    return tuple(
        AccessRulePolicy(
            id=rule.id,
            name=rule.name,
            groups=tuple(parts.groups[rule.id]),
            cardholders=(),
            schedules=tuple(parts.schedules[rule.id]),
            door_sides=tuple(parts.sides[rule.id]),
        )
        for rule in await AccessRule.all()
        if rule.id in parts.sides
    )


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
