"""Threat levels in the API."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.threats import models, queries
from doorward.acs.threats import models as threats_rows
from doorward.acs.threats.operations import (
    NewThreatLevel,
    ThreatLevelChanges,
    create_threat_level,
    delete_threat_level,
    update_threat_level,
)
from doorward.acs.threats.posture import Place, PlaceProfile, Switches
from doorward.acs.threats.queries import LevelParts, list_threat_levels, threat_in_force
from doorward.acs.threats.setting import release_threat_level, set_threat_level
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import RuleSwitch, ThreatColour, ThreatLevelOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed


@strawberry.type(description="A door or a zone; the other is null.")
class ThreatPlace:
    """A zone stands for all its doors and those of the zones inside it."""

    door_id: strawberry.ID | None
    zone_id: strawberry.ID | None
    name: str


@strawberry.type(description="A place whose doors get another identification profile.")
class ThreatProfile:
    """A profile in place of the doors' own."""

    place: ThreatPlace
    """Where it counts: a door, or all doors of a zone."""
    profile_id: strawberry.ID
    profile_name: str


@strawberry.type(description="An access rule as threat levels mention it.")
class ThreatRule:
    """A rule's id and name."""

    id: strawberry.ID
    name: str


@strawberry.type(description="What a threat level switches while it is in force.")
class ThreatSwitches:
    """Access rules, lockdowns and identification profiles."""

    rule_switch: RuleSwitch
    """What it does to access rules."""
    rule_ids: list[strawberry.ID] = strawberry.field(description="The rules disabled, or the only ones left.")
    rules: list[ThreatRule] = strawberry.field(description="The same with their names.")
    lockdowns: list[ThreatPlace]
    """The doors, and zones with their doors, that are in lockdown meanwhile."""
    profiles: list[ThreatProfile] = strawberry.field(
        description="A door itself goes before a zone, an inner zone before an outer one, the first before the next."
    )


@strawberry.type(description="A posture of the whole site, to be set when it is needed.")
class ThreatLevel(Node):
    """A threat level."""

    id: strawberry.ID
    name: str
    rank: int = strawberry.field(description="1 is the lowest.")
    colour: ThreatColour
    """The colour that it is shown in."""
    release_rank: int = strawberry.field(
        description="Who lowers it needs at least this clearance: administrators have 100, operators 50, viewers 0."
    )
    switches: ThreatSwitches
    """What it does while it is in force."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.type(description="The threat level in force.")
class ThreatInForce:
    """Which level it is, since when, set by whom and why."""

    level_id: strawberry.ID
    name: str
    rank: int
    """Its place among the levels; 1 is the lowest."""
    colour: ThreatColour
    """The colour that it is shown in."""
    release_rank: int
    """The clearance, 0 to 100, that whoever lowers it needs."""
    since: datetime
    """When it was set."""
    user_name: str
    """Who set it."""
    reason: str
    """Why it was set, as they said; may be empty."""


@strawberry.input(description="A door or a zone: exactly one of them.")
class ThreatPlaceInput:
    """See ThreatPlace."""

    door_id: strawberry.ID | None = None
    zone_id: strawberry.ID | None = None


@strawberry.input(description="A place and the identification profile that its doors get.")
class ThreatProfileInput:
    """See ThreatProfile."""

    place: ThreatPlaceInput
    profile_id: strawberry.ID


@strawberry.input(description="What a threat level switches; it is given, and replaced, as a whole.")
class ThreatSwitchesInput:
    """See ThreatSwitches."""

    rule_switch: RuleSwitch = models.RuleSwitch.ALL
    rule_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    lockdowns: list[ThreatPlaceInput] = strawberry.field(default_factory=list)
    profiles: list[ThreatProfileInput] = strawberry.field(default_factory=list)


@strawberry.input(description="A threat level to create.")
class CreateThreatLevelInput(Keyed):
    """See ThreatLevel."""

    name: str
    rank: int
    """How high it is: 1 (lowest) to 100."""
    colour: ThreatColour
    release_rank: int
    """The clearance that is needed to lower it: 0 to 100."""
    switches: ThreatSwitchesInput = strawberry.field(default_factory=ThreatSwitchesInput)
    """What it switches while it is in force; left out: nothing."""


@strawberry.input(description="What to change of a threat level that is not in force; what is left out stays.")
class UpdateThreatLevelInput(Keyed):
    """See ThreatLevel."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    rank: int | None = UNSET
    colour: ThreatColour | None = UNSET
    release_rank: int | None = UNSET
    switches: ThreatSwitchesInput | None = UNSET


@strawberry.type(description="The threat level as it now is, or why nothing was done.")
class ThreatLevelPayload:
    """Result of a change to a threat level."""

    threat_level: ThreatLevel | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The threat level now in force (null: none), or why nothing was done.")
class ThreatPayload:
    """Result of setting or releasing a threat level."""

    threat: ThreatInForce | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _place(place: Place, names: Mapping[str, str]) -> ThreatPlace:
    return ThreatPlace(
        door_id=strawberry.ID(place.door_id) if place.door_id else None,
        zone_id=strawberry.ID(place.zone_id) if place.zone_id else None,
        name=names.get(place.id, ""),
    )


def _level(parts: LevelParts) -> ThreatLevel:
    level, switches, names = parts.level, parts.switches, parts.names
    return ThreatLevel(
        id=strawberry.ID(level.id),
        name=level.name,
        rank=level.rank,
        colour=level.colour,
        release_rank=level.release_rank,
        switches=ThreatSwitches(
            rule_switch=switches.rule_switch,
            rule_ids=[strawberry.ID(rule_id) for rule_id in switches.rule_ids],
            rules=[ThreatRule(id=strawberry.ID(rule_id), name=names.get(rule_id, "")) for rule_id in switches.rule_ids],
            lockdowns=[_place(place, names) for place in switches.lockdowns],
            profiles=[
                ThreatProfile(
                    place=_place(given.place, names),
                    profile_id=strawberry.ID(given.profile_id),
                    profile_name=names.get(given.profile_id, ""),
                )
                for given in switches.profiles
            ],
        ),
        version=level.version,
    )


def _in_force(found: queries.InForce | None) -> ThreatInForce | None:
    if found is None:
        return None
    level = found.level
    return ThreatInForce(
        level_id=strawberry.ID(level.id),
        name=level.name,
        rank=level.rank,
        colour=level.colour,
        release_rank=level.release_rank,
        since=found.since,
        user_name=found.user_name,
        reason=found.reason,
    )


def _places(given: Iterable[ThreatPlaceInput]) -> tuple[Place, ...]:
    return tuple(Place(place.door_id, place.zone_id) for place in given)


def _switches(given: ThreatSwitchesInput) -> Switches:
    profiles = zip(_places(one.place for one in given.profiles), given.profiles, strict=True)
    return Switches(
        given.rule_switch,
        tuple(given.rule_ids),
        _places(given.lockdowns),
        tuple(PlaceProfile(place, one.profile_id) for place, one in profiles),
    )


def threat_level_changes(given: UpdateThreatLevelInput) -> ThreatLevelChanges:
    """The fields that were sent, as the operation takes them."""
    changes = sent(given, ("name", "rank", "colour", "release_rank", "switches"))
    if "switches" in changes:
        changes["switches"] = _switches(changes["switches"])
    return cast(ThreatLevelChanges, changes)


async def _payload(context: ApiContext, level_id: str) -> ThreatLevelPayload:
    return ThreatLevelPayload(threat_level=_level((await list_threat_levels(context.actor, [level_id]))[0]))


@strawberry.type
class ThreatQuery:
    """Queries about threat levels."""

    threat_levels = listed(
        ThreatLevel,
        by_actor(queries.page_threat_levels),
        each(_level),
        "Threat levels, the highest first. Permission: configuration.view.",
        order=ThreatLevelOrder,
        rows=threats_rows.ThreatLevel,
    )

    @strawberry.field(description="The threat level in force; null: none. Permission: door.view.")
    async def threat(self, info: ApiInfo) -> ThreatInForce | None:
        return _in_force(await threat_in_force(info.context.actor))


@strawberry.type
class ThreatMutation:
    """Changes to threat levels, and setting one in force."""

    @mutation(description="Create a threat level, not in force. Permission: configuration.write.")
    async def create_threat_level(self, info: ApiInfo, input: CreateThreatLevelInput) -> ThreatLevelPayload:
        switches = _switches(input.switches)
        given = NewThreatLevel(input.name, input.rank, input.colour, input.release_rank, switches)
        row = await create_threat_level(info.context.domain, info.context.actor, given)
        return await _payload(info.context, row.id)

    @mutation(description="Change a threat level that is not in force. Permission: configuration.write.")
    async def update_threat_level(self, info: ApiInfo, input: UpdateThreatLevelInput) -> ThreatLevelPayload:
        context = info.context
        await update_threat_level(
            context.domain, context.actor, input.id, threat_level_changes(input), input.expected_version
        )
        return await _payload(context, input.id)

    @mutation(description="Delete a threat level that is not in force. Permission: configuration.write.")
    async def delete_threat_level(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_threat_level(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(
        description="Put a threat level in force, in place of any other; a lower one than the present also needs "
        "threat.release and the clearance that the present one asks for. Permission: threat.raise."
    )
    async def set_threat_level(self, info: ApiInfo, level_id: strawberry.ID, reason: str = "") -> ThreatPayload:
        context = info.context
        await set_threat_level(context.domain, context.actor, level_id, reason)
        return ThreatPayload(threat=_in_force(await threat_in_force(context.actor)))

    @mutation(
        description="End the threat level in force; it needs the clearance that the level asks for. "
        "Permission: threat.release."
    )
    async def release_threat_level(self, info: ApiInfo, reason: str = "") -> ThreatPayload:
        context = info.context
        await release_threat_level(context.domain, context.actor, reason)
        return ThreatPayload(threat=_in_force(await threat_in_force(context.actor)))
