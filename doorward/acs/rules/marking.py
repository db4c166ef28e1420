"""Telling the policy which rules another area's change concerns."""

from collections.abc import Collection

from doorward.acs.operation import Work
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.models import AccessRuleCardholder, AccessRuleZone


async def mark_rules_of_zones(work: Work, zone_ids: Collection[str]) -> None:
    """Rules that name any of these zones mean other door sides from now on."""
    rules = AccessRuleZone.filter(zone_id__in=list(zone_ids)).using_db(work.connection)
    work.changed(PolicyPart.RULE, *{str(rule_id) for rule_id in await rules.values_list("rule_id", flat=True)})


async def forget_cardholder(work: Work, cardholder_id: str) -> None:
    """Take a cardholder who is about to be deleted out of every rule."""
    rows = AccessRuleCardholder.filter(cardholder_id=cardholder_id).using_db(work.connection)
    work.changed(PolicyPart.RULE, *{str(rule_id) for rule_id in await rows.values_list("rule_id", flat=True)})
    await rows.delete()
