"""What may be asked about threat levels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from doorward.acs.actor import Actor, Permission
from doorward.acs.keyset import NAMES, Column, NameOrder, Order, Orders, named, page_rows
from doorward.acs.operation import SITE_ID
from doorward.acs.paging import Page, PageRequest
from doorward.acs.site.models import Site
from doorward.acs.threats.models import ThreatLevel
from doorward.acs.threats.posture import Switches
from doorward.acs.threats.stored import names_in, read_switches


@dataclass(frozen=True, slots=True)
class LevelParts:
    """A level with what it switches, and the names, by id, of all that its switches mention."""

    level: ThreatLevel
    switches: Switches
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InForce:
    """The level in force: since when (aware UTC), set by whom and why."""

    level: ThreatLevel
    since: datetime
    user_id: str | None
    user_name: str
    reason: str


async def list_threat_levels(actor: Actor, ids: Collection[str] | None = None) -> list[LevelParts]:
    """Every level, or those named, the highest first."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = ThreatLevel.all() if ids is None else ThreatLevel.filter(id__in=list(ids))
    return await _levels(await rows.order_by("-rank"))


class ThreatLevelOrder(StrEnum):
    """How threat levels can be ordered: the highest first, or by name."""

    RANK = "rank"
    """The highest first."""
    NAME = "name"
    """By name."""


_ORDERS: Orders = {
    ThreatLevelOrder.RANK: Order("-rank", (Column("rank", int, descending=True), Column("id", descending=True))),
    ThreatLevelOrder.NAME: NAMES[NameOrder.NAME],
}


async def page_threat_levels(actor: Actor, request: PageRequest) -> Page[LevelParts]:
    """Levels, the highest first."""
    actor.require(Permission.CONFIGURATION_VIEW)
    page = await page_rows(named(ThreatLevel.all(), request), _ORDERS, request)
    return page.of(await _levels(page.rows))


async def _levels(levels: Sequence[ThreatLevel]) -> list[LevelParts]:
    switches = await read_switches(levels)
    names = await names_in(switches.values())
    return [LevelParts(level, switches[level.id], names) for level in levels]


async def threat_in_force(actor: Actor) -> InForce | None:
    """The level in force, for everybody who may see any door; None: there is none."""
    actor.reach(Permission.DOOR_VIEW)
    site = await Site.get(id=SITE_ID)
    if site.threat_level_id is None or site.threat_since is None:
        return None
    level = await ThreatLevel.get(id=site.threat_level_id)
    return InForce(level, site.threat_since, site.threat_user_id, site.threat_user_name or "", site.threat_reason or "")
