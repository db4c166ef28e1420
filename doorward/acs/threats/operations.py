"""What may be done to threat levels: defining them. Setting one in force is in `setting.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import HIGHEST_CLEARANCE, Permission
from doorward.acs.doors.models import Door
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.profiles.models import Profile
from doorward.acs.profiles.pin_alone import pin_alone_profiles, require_unique_pins
from doorward.acs.rules.models import AccessRule
from doorward.acs.site.models import Site
from doorward.acs.threats.models import RuleSwitch, ThreatColour, ThreatLevel
from doorward.acs.threats.posture import Place, Switches
from doorward.acs.threats.stored import locked_site, names_in, read_switches, write_switches
from doorward.acs.threats.uses import LEVEL_USES
from doorward.acs.used_by import named, uses_of
from doorward.acs.zones.models import Zone

HIGHEST_RANK = 100


@dataclass(frozen=True, slots=True)
class NewThreatLevel:
    """A level to create. `rank`: 1 (lowest) to 100. `release_rank`: the clearance, 0 to 100, of who may lower it."""

    name: str
    rank: int
    colour: ThreatColour
    release_rank: int
    switches: Switches = field(default_factory=Switches)


class ThreatLevelChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. Lists are replaced as a whole."""

    name: str
    rank: int
    colour: ThreatColour
    release_rank: int
    switches: Switches


@operation(Permission.CONFIGURATION_WRITE)
async def create_threat_level(work: Work, given: NewThreatLevel) -> ThreatLevel:
    """A new level, not in force."""
    level = ThreatLevel(id=new_id(), version=1)
    _put(level, given)
    await _check(work, level, given.switches, frozenset())
    await level.save(using_db=work.connection, force_create=True)
    await write_switches(work, level.id, given.switches)
    await _check_ranks_again(work, level)
    after = {"id": level.id, **await _told(work, level, given.switches)}
    work.audit(EventType.THREAT_LEVEL_CREATED, of=level, after=after)
    return level


@operation(Permission.CONFIGURATION_WRITE)
async def update_threat_level(
    work: Work, level_id: str, changes: ThreatLevelChanges, expected_version: int | None = None
) -> ThreatLevel:
    """Change a level that is not in force. Raises Conflict if it is, or is no longer at `expected_version`."""
    level = await _idle(work, level_id, "changed", expected_version)
    switches = (await read_switches([level], work.connection))[level.id]
    before, profiles_before = await _told(work, level, switches), _profiles(switches)
    _put(level, replace(_given(level, switches), **changes))
    switches = changes.get("switches", switches)
    await _check(work, level, switches, profiles_before)
    await write_switches(work, level.id, switches)
    after = await _told(work, level, switches)
    if after == before:
        return level
    level.version += 1
    await level.save(using_db=work.connection)
    await _check_ranks_again(work, level)
    if after["name"] != before["name"] and await uses_of(LEVEL_USES, level.id):
        work.changed(PolicyPart.DEVICE, level.id)  # controllers know it by its name
    work.audit(EventType.THREAT_LEVEL_UPDATED, of=level, before=before, after=after)
    return level


@operation(Permission.CONFIGURATION_WRITE)
async def delete_threat_level(work: Work, level_id: str, expected_version: int | None = None) -> None:
    """Delete a level that is not in force. Refused while others go by it."""
    level = await _idle(work, level_id, "deleted", expected_version)
    if users := await uses_of(LEVEL_USES, level.id):
        raise Conflict(f"{level.name} is used by {named(users)}. Take it out there first.", "id")
    switches = (await read_switches([level], work.connection))[level.id]
    before = {"id": level.id, **await _told(work, level, switches)}
    await level.delete(using_db=work.connection)
    work.audit(EventType.THREAT_LEVEL_DELETED, of=level, before=before)


async def _idle(work: Work, level_id: str, done: str, expected_version: int | None) -> ThreatLevel:
    """The level, while it is not in force.

    What a level in force does was decided by whoever raised it, and its release rank says who may undo that: an edit
    would be a second, unnoticed way to do both.
    """
    level = await ThreatLevel.select_for_update().using_db(work.connection).get_or_none(id=level_id)
    if level is None:
        raise NotFound("There is no such threat level.", "id")
    check.version(level.version, expected_version)
    site = await Site.get(id=SITE_ID, using_db=work.connection)
    if site.threat_level_id == level.id:
        raise Conflict(f"{level.name} is in force and cannot be {done}. Release it first.", "id")
    return level


def _given(level: ThreatLevel, switches: Switches) -> NewThreatLevel:
    return NewThreatLevel(level.name, level.rank, level.colour, level.release_rank, switches)


def _put(level: ThreatLevel, given: NewThreatLevel) -> None:
    level.name = check.text(given.name, "name", longest=100)
    level.rank, level.colour, level.release_rank = given.rank, given.colour, given.release_rank
    level.rule_switch = given.switches.rule_switch


async def _check(work: Work, level: ThreatLevel, switches: Switches, profiles_before: frozenset[str]) -> None:
    message = f"There is a threat level called {level.name} already."
    await check.unique(ThreatLevel, work.connection, message, "name", but=level.id, name=level.name)
    await _check_ranks(work, level)
    await _check_switches(work, switches)
    added = _profiles(switches) - profiles_before
    if await pin_alone_profiles(added, work.connection):
        await require_unique_pins(work)


async def _check_ranks(work: Work, level: ThreatLevel) -> None:
    """Ranks differ, and a higher level is never easier to lower: else one would raise it to be rid of a lower one."""
    if not 1 <= level.rank <= HIGHEST_RANK:
        raise ValidationFailed(f"A rank is 1 (lowest) to {HIGHEST_RANK}.", "rank")
    if not 0 <= level.release_rank <= HIGHEST_CLEARANCE:
        raise ValidationFailed(f"The clearance to release a level is 0 to {HIGHEST_CLEARANCE}.", "releaseRank")
    others = await ThreatLevel.exclude(id=level.id).using_db(work.connection).order_by("rank")
    for other in others:
        if other.rank == level.rank:
            raise Conflict(f"{other.name} has rank {level.rank} already.", "rank")
        lower, higher = (other, level) if other.rank < level.rank else (level, other)
        if lower.release_rank > higher.release_rank:
            raise ValidationFailed(
                f"{higher.name} is the higher level and must not be easier to release than {lower.name}, "
                f"which needs a clearance of {lower.release_rank}.",
                "releaseRank",
            )


async def _check_ranks_again(work: Work, level: ThreatLevel) -> None:
    """Once more with the site locked: somebody may have stored another level meanwhile. Rows come before the site."""
    await locked_site(work)
    await _check_ranks(work, level)


async def _check_switches(work: Work, switches: Switches) -> None:
    if switches.rule_switch is RuleSwitch.ALL and switches.rule_ids:
        raise ValidationFailed("Say whether these access rules are disabled or the only ones left.", "ruleSwitch")
    if switches.rule_switch is RuleSwitch.DISABLE and not switches.rule_ids:
        raise ValidationFailed("Name the access rules to disable.", "ruleIds")
    if len(set(switches.rule_ids)) < len(switches.rule_ids):
        raise ValidationFailed("A rule can be named once only.", "ruleIds")
    await check.exist(AccessRule, switches.rule_ids, "ruleIds", work.connection)
    await _check_places(work, switches.lockdowns, "lockdowns")
    await _check_places(work, [given.place for given in switches.profiles], "profiles")
    await check.exist(Profile, _profiles(switches), "profiles", work.connection)


async def _check_places(work: Work, places: Sequence[Place], path: str) -> None:
    if any((place.door_id is None) is (place.zone_id is None) for place in places):
        raise ValidationFailed("A place is either a door or a zone.", path)
    if len(set(places)) < len(places):
        raise ValidationFailed("A door or zone can be named once only.", path)
    await check.exist(Door, [place.door_id for place in places if place.door_id], path, work.connection)
    await check.exist(Zone, [place.zone_id for place in places if place.zone_id], path, work.connection)


def _profiles(switches: Switches) -> frozenset[str]:
    return frozenset(given.profile_id for given in switches.profiles)


async def _told(work: Work, level: ThreatLevel, switches: Switches) -> dict[str, Any]:
    """The level in the words of the audit, by names."""
    names = await names_in([switches], work.connection)
    return {
        "name": level.name,
        "rank": level.rank,
        "colour": level.colour.value,
        "release_rank": level.release_rank,
        "rule_switch": switches.rule_switch.value,
        "rules": sorted(names[rule_id] for rule_id in switches.rule_ids),
        "lockdowns": [names[place.id] for place in switches.lockdowns],
        "profiles": [[names[given.place.id], names[given.profile_id]] for given in switches.profiles],
    }
