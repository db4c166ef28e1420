"""Reading and writing what threat levels switch, and which of them is in force."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.doors.models import Door
from doorward.acs.operation import SITE_ID, Work
from doorward.acs.profiles.models import Profile
from doorward.acs.rules.models import AccessRule
from doorward.acs.site.models import Site
from doorward.acs.threats.models import RuleSwitch, ThreatLevel, ThreatLevelPlace, ThreatLevelRule
from doorward.acs.threats.posture import CALM, Place, PlaceProfile, Posture, Switches, posture_of
from doorward.acs.zones.layout import Layout, read_layout
from doorward.acs.zones.models import Zone


async def locked_site(work: Work) -> Site:
    """The site's row, until the transaction ends: nobody else sets a level meanwhile."""
    return await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)


async def read_switches(
    levels: Collection[ThreatLevel], connection: BaseDBAsyncClient | None = None
) -> dict[str, Switches]:
    """What each of these levels switches, by its id."""
    ids = [level.id for level in levels]
    rules: dict[str, list[str]] = defaultdict(list)
    named = ThreatLevelRule.filter(level_id__in=ids).using_db(connection).order_by("rule_id")
    for level_id, rule_id in await named.values_list("level_id", "rule_id"):
        rules[level_id].append(rule_id)
    lockdowns: dict[str, list[Place]] = defaultdict(list)
    profiles: dict[str, list[PlaceProfile]] = defaultdict(list)
    for row in await ThreatLevelPlace.filter(level_id__in=ids).using_db(connection).order_by("position"):
        place = Place(row.door_id, row.zone_id)
        if row.profile_id is None:
            lockdowns[row.level_id].append(place)
        else:
            profiles[row.level_id].append(PlaceProfile(place, row.profile_id))
    return {
        level.id: Switches(
            RuleSwitch(level.rule_switch),
            tuple(rules[level.id]),
            tuple(lockdowns[level.id]),
            tuple(profiles[level.id]),
        )
        for level in levels
    }


async def names_in(switches: Iterable[Switches], connection: BaseDBAsyncClient | None = None) -> dict[str, str]:
    """The names of the rules, doors, zones and profiles that these mention, by id."""
    rules: set[str] = set()
    places: set[Place] = set()
    profiles: set[str] = set()
    for each in switches:
        rules.update(each.rule_ids)
        places.update(each.lockdowns, (given.place for given in each.profiles))
        profiles.update(given.profile_id for given in each.profiles)
    names: dict[str, str] = {}
    for model, ids in (
        (AccessRule, rules),
        (Door, {place.door_id for place in places if place.door_id}),
        (Zone, {place.zone_id for place in places if place.zone_id}),
        (Profile, profiles),
    ):
        if ids:
            names.update(dict(await model.filter(id__in=list(ids)).using_db(connection).values_list("id", "name")))
    return names


async def write_switches(work: Work, level_id: str, switches: Switches) -> None:
    """Make these the switches of the level. The rule switch itself is a column of the level."""
    await ThreatLevelRule.filter(level_id=level_id).using_db(work.connection).delete()
    await ThreatLevelPlace.filter(level_id=level_id).using_db(work.connection).delete()
    rules = [ThreatLevelRule(level_id=level_id, rule_id=rule_id) for rule_id in switches.rule_ids]
    await ThreatLevelRule.bulk_create(rules, using_db=work.connection)
    given: list[tuple[Place, str | None]] = [(place, None) for place in switches.lockdowns]
    given += [(one.place, one.profile_id) for one in switches.profiles]
    places = [
        ThreatLevelPlace(
            level_id=level_id,
            position=position,
            door_id=place.door_id,
            zone_id=place.zone_id,
            profile_id=profile_id,
        )
        for position, (place, profile_id) in enumerate(given)
    ]
    await ThreatLevelPlace.bulk_create(places, using_db=work.connection)


async def posture_in_force(connection: BaseDBAsyncClient | None = None, layout: Layout | None = None) -> Posture:
    """What the level in force does, with the zones as they are (or as `layout` has them)."""
    site = await Site.get(id=SITE_ID, using_db=connection)
    if site.threat_level_id is None:
        return CALM
    level = await ThreatLevel.get(id=site.threat_level_id, using_db=connection)
    return await posture_of_level(level, connection, layout)


async def posture_of_level(
    level: ThreatLevel, connection: BaseDBAsyncClient | None = None, layout: Layout | None = None
) -> Posture:
    """What this level does, or would do."""
    switches = (await read_switches([level], connection))[level.id]
    return posture_of(level.name, switches, layout or await read_layout(connection))
