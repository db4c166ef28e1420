"""Where each part of a policy comes from: a table of loaders over the areas' rows.

A loader gives the same structs for the same rows however it is asked, with their tuples in a fixed order:
whole policies and deltas must come to the same content.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision.policy import Policy
from doorward.acs.devices import Wiring
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Door, Reader
from doorward.acs.doors.policy import controller_wiring, door_policies, reader_policies
from doorward.acs.formats.policy import active_format_ids, card_formats, pin_rules
from doorward.acs.local_io.policy import aux_input_lines, aux_output_lines, local_rules
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.policy_part import PolicyPart
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.rules.models import AccessRuleSide, AccessRuleZone
from doorward.acs.rules.rule_policy import rule_policies
from doorward.acs.schedules.policy import schedules
from doorward.acs.site.models import Site
from doorward.acs.threats.posture import Posture, under_threat
from doorward.acs.threats.stored import posture_in_force
from doorward.acs.zones.models import ZoneDoor
from doorward.acs.zones.policy import border_policies, interlock_policies, zone_policies

CHUNK_IDS = 500
"""Ids in one query; SQLite takes 32,766 parameters at most."""

Ids = Collection[str] | None
"""None: all there are."""


@dataclass(slots=True)
class Scope:
    """Whose policy is made: that of one controller, for its doors."""

    domain: Domain
    controller_id: str
    _doors: frozenset[str] | None = field(default=None, repr=False)
    _posture: Posture | None = field(default=None, repr=False)

    async def door_ids(self) -> frozenset[str]:
        """The controller's doors. Read once: a scope is for one consistent reading."""
        if self._doors is None:
            rows = await Door.filter(controller_id=self.controller_id).values_list("id", flat=True)
            self._doors = frozenset(str(door_id) for door_id in rows)
        return self._doors

    async def posture(self) -> Posture:
        """What the threat level in force does. Read once, too."""
        if self._posture is None:
            self._posture = await posture_in_force()
        return self._posture


Loader = Callable[[Scope, Ids], Awaitable[tuple[Any, ...]]]


async def settings(scope: Scope, site: Site) -> Policy:
    """The policy without entities, version and content."""
    return Policy(
        0,
        site.time_zone,
        active_formats=await active_format_ids(),
        pin=await pin_rules(),
        token_key=token_key(scope.domain),
        qr_skew_steps=site.qr_skew_steps,
        escort_timeout_ms=site.escort_timeout_ms,
        stale_after_s=site.stale_after_s,
        threat_level=(await scope.posture()).name,
    )


def chunks(values: list[str], size: int) -> Iterator[list[str]]:
    """The values, so many at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))


async def _rules(scope: Scope, ids: Ids) -> tuple[Any, ...]:
    rules = await rule_policies(await scope.door_ids(), ids)
    return under_threat(await scope.posture(), (), rules)[1]


async def _doors(scope: Scope, ids: Ids) -> tuple[Any, ...]:
    return under_threat(await scope.posture(), await door_policies(scope.controller_id, ids), ())[0]


LOADERS: dict[PolicyPart, Loader] = {
    PolicyPart.DOOR: _doors,
    PolicyPart.READER: lambda scope, ids: reader_policies(scope.controller_id, ids),
    PolicyPart.CARDHOLDER: lambda _, ids: cardholder_policies(ids),
    PolicyPart.CREDENTIAL: lambda scope, ids: credential_policies(scope.domain, ids),
    PolicyPart.SCHEDULE: lambda _, ids: schedules(ids),
    PolicyPart.RULE: _rules,
    PolicyPart.FORMAT: lambda _, ids: card_formats(ids),
    PolicyPart.PROFILE: lambda _, ids: profile_policies(ids),
    PolicyPart.ZONE: lambda _, ids: zone_policies(ids),
    PolicyPart.BORDER: lambda _, ids: border_policies(ids),
    PolicyPart.INTERLOCK: lambda _, ids: interlock_policies(ids),
}
"""Each part's loader."""


async def wiring_of(scope: Scope) -> Wiring:
    """The controller's wiring, with the keys of its secure channels, and its local rules."""
    wiring = await controller_wiring(scope.domain.sealer, scope.controller_id)
    return msgspec.structs.replace(
        wiring,
        aux_inputs=await aux_input_lines(scope.controller_id),
        aux_outputs=await aux_output_lines(scope.controller_id),
        local_rules=await local_rules(scope.controller_id),
    )


async def dependents(door_ids: Collection[str]) -> dict[PolicyPart, set[str]]:
    """What else a controller must learn, or forget, when these doors are new to it or are taken from it."""
    found: dict[PolicyPart, set[str]] = {PolicyPart.READER: set(), PolicyPart.RULE: set(), PolicyPart.ZONE: set()}
    for part in chunks(sorted(door_ids), CHUNK_IDS):
        readers = await Reader.filter(door_id__in=part).values_list("id", flat=True)
        rules = await AccessRuleSide.filter(door_id__in=part).values_list("rule_id", flat=True)
        zones = await ZoneDoor.filter(door_id__in=part).values_list("zone_id", flat=True)
        found[PolicyPart.READER].update(map(str, readers))
        found[PolicyPart.RULE].update(map(str, rules))
        found[PolicyPart.ZONE].update(map(str, zones))
    if found[PolicyPart.ZONE]:
        # A rule may name a zone around the door's, or beside it: of those that name any, all are looked at again.
        found[PolicyPart.RULE].update(map(str, await AccessRuleZone.all().values_list("rule_id", flat=True)))
    return found
