"""Which threat levels use something, and what another area's change means to the level in force."""

from collections.abc import Collection

from tortoise.queryset import QuerySet

from doorward.acs.operation import Work
from doorward.acs.policy_part import PolicyPart
from doorward.acs.threats.models import ThreatLevel, ThreatLevelPlace, ThreatLevelRule
from doorward.acs.threats.posture import touched_doors
from doorward.acs.threats.stored import locked_site, posture_in_force
from doorward.acs.used_by import Use, UseFinder
from doorward.acs.zones.layout import Layout

KIND = "threat level"

LEVEL_USES: list[UseFinder] = []
"""Each finds the users of any of these threat levels. Areas whose rows name levels add one (see cross_area.py)."""


async def rule_uses(rule_ids: Collection[str]) -> list[Use]:
    """The levels that name any of these access rules, by name."""
    return await _uses(ThreatLevelRule.filter(rule_id__in=list(rule_ids)))


async def door_uses(door_ids: Collection[str]) -> list[Use]:
    """The levels that name any of these doors themselves, by name."""
    return await _uses(ThreatLevelPlace.filter(door_id__in=list(door_ids)))


async def zone_uses(zone_ids: Collection[str]) -> list[Use]:
    """The levels that name any of these zones, by name."""
    return await _uses(ThreatLevelPlace.filter(zone_id__in=list(zone_ids)))


async def profile_uses(profile_ids: Collection[str]) -> list[Use]:
    """The levels that give any of these identification profiles to doors, by name."""
    return await _uses(ThreatLevelPlace.filter(profile_id__in=list(profile_ids)))


async def _uses(rows: QuerySet[ThreatLevelRule] | QuerySet[ThreatLevelPlace]) -> list[Use]:
    ids = await rows.distinct().values_list("level_id", flat=True)
    levels = await ThreatLevel.filter(id__in=list(ids)).order_by("name").values_list("id", "name")
    return [Use(KIND, level_id, name) for level_id, name in levels]


async def mark_doors_of_zones(work: Work, before: Layout, after: Layout) -> None:
    """Zones have other doors from now on: a level in force that names zones concerns other doors."""
    # Held until the end, so that no level is put in force meanwhile for the zones as they were.
    await locked_site(work)
    was = await posture_in_force(work.connection, before)
    work.changed(PolicyPart.DOOR, *touched_doors(was, await posture_in_force(work.connection, after)))
