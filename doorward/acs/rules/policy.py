"""Compiling the policy of one controller from the tables."""

from datetime import UTC, datetime
from typing import Any

from doorward.acs.credentials.models import Card
from doorward.acs.decision.policy import (
    CredentialPolicy,
    CredentialStatus,
    Policy,
)
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.domain import Domain
from doorward.acs.doors.policy import door_policies, osdp_devices, reader_policies
from doorward.acs.messages import PolicySnapshot
from doorward.acs.operation import SITE_ID
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.rules.rule_policy import rule_policies
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.site.models import Site
from doorward.acs.zones.policy import border_policies, interlock_policies, zone_policies


async def compile_policy(domain: Domain, controller_id: str) -> PolicySnapshot:
    """All that the controller needs to decide alone, at the site's present policy version.

    The version is read first: a change that comes in between is compiled in, and pushed again under its own.
    """
    site = await Site.get(id=SITE_ID)
    doors = await door_policies(controller_id)
    policy = Policy(
        version=site.policy_version,
        time_zone=site.time_zone,
        doors=doors,
        readers=await reader_policies(controller_id),
        credentials=await _credentials(),
        cardholders=await cardholder_policies(),
        schedules=tuple(schedule_of(row) for row in await ScheduleRow.all()),
        rules=await rule_policies({door.id for door in doors}),
        profiles=await profile_policies(),
        zones=await zone_policies(),
        borders=await border_policies(),
        interlocks=await interlock_policies(),
    )
    return PolicySnapshot(policy, await osdp_devices(domain.sealer, controller_id))


def schedule_of(row: ScheduleRow) -> Schedule:
    """The schedule in a row."""
    return Schedule(
        id=row.id,
        name=row.name,
        weekly=tuple(tuple(Interval(*part) for part in day) for day in row.weekly),
        overrides={day: tuple(Interval(*part) for part in parts) for day, parts in row.overrides.items()},
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


def _utc(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
