"""Setting a threat level in force, and releasing it: one act, one policy version, written down once."""

from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import NotFound, NotPermitted
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.models import AccessRule
from doorward.acs.site.models import Site
from doorward.acs.threats.models import ThreatLevel
from doorward.acs.threats.posture import CALM, Posture, touched_doors, touched_rules
from doorward.acs.threats.stored import locked_site, posture_of_level
from doorward.acs.zones.layout import read_layout

COLUMNS = ["threat_level_id", "threat_since", "threat_user_id", "threat_user_name", "threat_reason"]


@operation(Permission.THREAT_RAISE)
async def set_threat_level(work: Work, level_id: str, reason: str) -> Site:
    """Put a level in force, in place of any other. The one in force already stays as it is.

    A lower one than the present also needs threat.release and the clearance that the present one asks for.
    """
    wanted = await ThreatLevel.select_for_update().using_db(work.connection).get_or_none(id=level_id)
    if wanted is None:
        raise NotFound("There is no such threat level.", "levelId")
    return await _switch(work, await locked_site(work), wanted, reason)


@operation(Permission.THREAT_RELEASE)
async def release_threat_level(work: Work, reason: str) -> Site:
    """End the level in force; without one nothing happens. Needs the clearance that it asks for."""
    return await _switch(work, await locked_site(work), None, reason)


async def _switch(work: Work, site: Site, wanted: ThreatLevel | None, reason: str) -> Site:
    reason = check.text(reason, "reason", longest=500, empty=True)
    if site.threat_level_id == (wanted.id if wanted else None):
        return site
    present = await ThreatLevel.get_or_none(id=site.threat_level_id or "", using_db=work.connection)
    lowers = present is not None and (wanted is None or wanted.rank < present.rank)
    if lowers and present is not None:
        _may_lower(work, present)
    before, after = await _posture(work, present), await _posture(work, wanted)
    site.threat_level_id = wanted.id if wanted else None
    site.threat_since = work.now if wanted else None
    site.threat_user_id = work.actor.user_id if wanted else None
    site.threat_user_name = work.actor.name if wanted else None
    site.threat_reason = reason if wanted else None
    await site.save(using_db=work.connection, update_fields=COLUMNS)
    doors, rules = await _mark(work, before, after)
    old, new = {"level": _named(present)}, {"level": _named(wanted), "reason": reason, "doors": doors, "rules": rules}
    correlation = new_id()
    about = wanted or present
    work.audit(EventType.THREAT_SET, of=about, before=old, after=new, correlation=correlation)
    told = EventType.THREAT_LOWERED if lowers and wanted else EventType.THREAT_RAISED
    work.audit(told if wanted else EventType.THREAT_RELEASED, of=about, before=old, after=new, correlation=correlation)
    return site


def _may_lower(work: Work, present: ThreatLevel) -> None:
    work.actor.require(Permission.THREAT_RELEASE)
    if work.actor.clearance < present.release_rank:
        raise NotPermitted(
            f"{present.name} can be lowered only with a clearance of {present.release_rank}; "
            f"{work.actor.name} has {work.actor.clearance}. Ask somebody of a higher role."
        )


async def _posture(work: Work, level: ThreatLevel | None) -> Posture:
    if level is None:
        return CALM
    return await posture_of_level(level, work.connection, await read_layout(work.connection))


async def _mark(work: Work, before: Posture, after: Posture) -> tuple[int, int]:
    """Tell the policy what is another way from now on; how many doors and rules that are."""
    rule_ids = await AccessRule.filter(enabled=True).using_db(work.connection).values_list("id", flat=True)
    doors, rules = touched_doors(before, after), touched_rules(before, after, map(str, rule_ids))
    work.changed(PolicyPart.DOOR, *doors)
    work.changed(PolicyPart.RULE, *rules)
    work.changed(PolicyPart.SITE, SITE_ID)
    return len(doors), len(rules)


def _named(level: ThreatLevel | None) -> dict[str, Any] | None:
    return {"id": level.id, "name": level.name, "rank": level.rank} if level else None
