"""Which access rules use something: for the refusal to delete it, and for "in use by" lists."""

from collections.abc import Collection

from tortoise.models import Model

from doorward.acs.rules.models import (
    AccessRule,
    AccessRuleCardholder,
    AccessRuleGroup,
    AccessRuleSchedule,
    AccessRuleSide,
    AccessRuleZone,
)
from doorward.acs.used_by import Use, UseFinder

RULE_USES: list[UseFinder] = []
"""Each finds the users of any of the rules with these ids. Areas whose rows name rules add one (see cross_area.py)."""


async def schedule_uses(schedule_ids: Collection[str]) -> list[Use]:
    """The rules that apply during any of these schedules, by name."""
    return await _uses(AccessRuleSchedule, "schedule_id", schedule_ids)


async def group_uses(group_ids: Collection[str]) -> list[Use]:
    """The rules that are for any of these groups, by name."""
    return await _uses(AccessRuleGroup, "group_id", group_ids)


async def cardholder_uses(cardholder_ids: Collection[str]) -> list[Use]:
    """The rules that name any of these cardholders themselves, by name."""
    return await _uses(AccessRuleCardholder, "cardholder_id", cardholder_ids)


async def door_uses(door_ids: Collection[str]) -> list[Use]:
    """The rules that name a side of any of these doors themselves (not through a zone), by name."""
    return await _uses(AccessRuleSide, "door_id", door_ids)


async def zone_uses(zone_ids: Collection[str]) -> list[Use]:
    """The rules that name any of these zones, by name."""
    return await _uses(AccessRuleZone, "zone_id", zone_ids)


async def _uses(model: type[Model], column: str, ids: Collection[str]) -> list[Use]:
    rule_ids = await model.filter(**{f"{column}__in": list(ids)}).distinct().values_list("rule_id", flat=True)
    rules = await AccessRule.filter(id__in=list(rule_ids)).order_by("name").values_list("id", "name")
    return [Use("access rule", rule_id, name) for rule_id, name in rules]
