"""Configuring doors through the API."""

from dataclasses import fields, replace
from typing import Annotated, Any, cast

import strawberry
from strawberry import UNSET

from doorward.acs.decision import policy
from doorward.acs.doors.changes import copy_door, delete_door, set_maintenance, update_door
from doorward.acs.doors.configuration import list_ports, list_setups, page_setups
from doorward.acs.doors.operations import create_door
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.settings import DoorChanges, NewDoor
from doorward.acs.doors.wiring import InputWire, LockWire
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.door_setup import DoorConfiguration, Port
from doorward.graphql.enums import (
    Circuit,
    DoorKind,
    EmergencyAction,
    InputPurpose,
    LockRank,
    NameOrder,
    RelockOn,
    RexAction,
    Side,
    Supervision,
)
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import by_actor, each, listed

_SECURITY = ("two_person", "double_swipe_timeout_ms", "first_person", "unlock_schedule_ids")
_PLAIN = tuple(field.name for field in fields(NewDoor) if field.name not in {"double_swipe", *_SECURITY})
_MAY_BE_NULL = frozenset({"controller_id", "profile_id", "two_person", "double_swipe_timeout_ms", "first_person"})


@strawberry.input(description="See TwoPersonRule.")
class TwoPersonRuleInput:
    """Two people within the time-out: 1,000 to 600,000 ms."""

    sides: list[Side]
    timeout_ms: int = 30_000
    schedule_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    group_ids: list[strawberry.ID] = strawberry.field(default_factory=list)


@strawberry.input(description="Whom unlock schedules are to wait for, as FirstPersonIn has it.")
class FirstPersonInInput:
    """See FirstPersonIn."""

    group_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """The groups of which somebody must have come in; none: anybody."""


@strawberry.input(description="What to set on a door; a field left out stays as it is, or as new doors have it.")
class DoorSettingsInput:
    """See DoorConfiguration."""

    name: str | None = UNSET
    kind: DoorKind | None = UNSET
    controller_id: strawberry.ID | None = UNSET
    hub_address: str | None = UNSET
    lock_address: str | None = UNSET
    access_time_ms: int | None = UNSET
    long_access_time_ms: int | None = UNSET
    held_after_ms: int | None = UNSET
    long_held_after_ms: int | None = UNSET
    pre_alarm_ms: int | None = UNSET
    relock_on: RelockOn | None = UNSET
    relock_delay_ms: int | None = UNSET
    forced_alarm: bool | None = UNSET
    held_alarm: bool | None = UNSET
    rex_unlocks: bool | None = UNSET
    has_position: bool | None = UNSET
    profile_id: strawberry.ID | None = UNSET
    two_person: TwoPersonRuleInput | None = UNSET
    double_swipe_timeout_ms: int | None = UNSET
    escort_required: bool | None = UNSET
    unlock_schedule_ids: list[strawberry.ID] | None = UNSET
    first_person: FirstPersonInInput | None = UNSET


@strawberry.input(description="A lock; see DoorLock.")
class DoorLockInput:
    """See DoorLock."""

    output: int
    rank: LockRank = LockRank.PRIMARY
    device_id: strawberry.ID | None = None


@strawberry.input(description="A contact; see DoorInput.")
class DoorInputInput:
    """See DoorInput. A REX device needs side and rex, an emergency input needs emergency."""

    purpose: InputPurpose
    port: int
    side: Side | None = None
    device_id: strawberry.ID | None = None
    active_when: Circuit = Circuit.CLOSED
    debounce_ms: int = 0
    supervision: Supervision = Supervision.NONE
    resistor_ohm: int | None = None
    rex: RexAction | None = None
    emergency: EmergencyAction | None = None


@strawberry.type(description="The door's configuration as it now is, or why nothing was done.")
class DoorConfigurationPayload:
    """Result of a door configuration mutation."""

    door: DoorConfiguration | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _changes(given: DoorSettingsInput) -> DoorChanges:
    changes = sent(given, _PLAIN, may_be_null=_MAY_BE_NULL)
    security: dict[str, Any] = sent(given, _SECURITY, may_be_null=_MAY_BE_NULL)
    if "two_person" in security:
        changes["two_person"] = _two_person(security["two_person"])
    if "double_swipe_timeout_ms" in security:
        timeout_ms = security["double_swipe_timeout_ms"]
        changes["double_swipe"] = policy.DoubleSwipe(timeout_ms) if timeout_ms is not None else None
    if "first_person" in security:
        first = security["first_person"]
        changes["first_person"] = policy.FirstPersonIn(tuple(first.group_ids)) if first else None
    if "unlock_schedule_ids" in security:
        changes["unlock_schedule_ids"] = tuple(security["unlock_schedule_ids"])
    return cast(DoorChanges, changes)


def _two_person(given: TwoPersonRuleInput | None) -> policy.TwoPersonRule | None:
    if given is None:
        return None
    return policy.TwoPersonRule(tuple(given.sides), tuple(given.schedule_ids), given.timeout_ms, tuple(given.group_ids))


async def payload_of(context: ApiContext, door_id: str) -> DoorConfigurationPayload:
    """The door after a mutation."""
    setups = await list_setups(context.actor, [door_id])
    return DoorConfigurationPayload(door=DoorConfiguration.of(setups[0]))


@strawberry.input(description="Of which doors; what is left out, or null, does not restrict.")
class DoorConfigurationFilter:
    """See DoorConfiguration."""

    ids: list[strawberry.ID] | None = None
    """Those with these ids; at most 100."""
    controller_id: strawberry.ID | None = None
    """Those of this controller."""
    zone_id: strawberry.ID | None = strawberry.field(default=None, description="Those that belong to this zone.")
    profile_id: strawberry.ID | None = None
    """Those that use this identification profile."""
    maintenance: bool | None = None
    """Those that are under maintenance, or those that are not."""
    kind: DoorKind | None = None
    """Those of this kind."""


@strawberry.type
class DoorConfigurationQuery:
    """Queries about how doors are set up."""

    door_configurations = listed(
        DoorConfiguration,
        by_actor(page_setups),
        each(DoorConfiguration.of),
        "How doors are set up, by name. Permission: configuration.view.",
        filter=DoorConfigurationFilter,
        order=NameOrder,
    )

    @strawberry.field(description="How one door is set up. Permission: configuration.view.")
    async def door_configuration(self, info: ApiInfo, id: strawberry.ID) -> DoorConfiguration | None:
        setups = await list_setups(info.context.actor, [id])
        return DoorConfiguration.of(setups[0]) if setups else None

    @strawberry.field(description="What is wired where for one door, to print. Permission: configuration.view.")
    async def door_ports(self, info: ApiInfo, door_id: strawberry.ID) -> list[Port]:
        return [Port.of(line) for line in await list_ports(info.context.actor, door_id)]


_CopysController = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The controller of the copy. Null: only a provisioned door may."),
]
_HubAddress = Annotated[str, strawberry.argument(description="Of a wireless door: the hub of the copy's own lock.")]
_LockAddress = Annotated[str, strawberry.argument(description="Of a wireless door: the number of the lock at its hub.")]


@strawberry.type
class DoorConfigurationMutation:
    """Changes to how doors are set up."""

    @mutation(
        description="Create a door; it needs a name, and a controller unless it is provisioned. "
        "Permission: configuration.write."
    )
    async def create_door(self, info: ApiInfo, input: DoorSettingsInput) -> DoorConfigurationPayload:
        given = replace(NewDoor(""), **_changes(input))
        row = await create_door(info.context.domain, info.context.actor, given)
        return await payload_of(info.context, row.id)

    @mutation(description="Change a door's settings. Permission: configuration.write.")
    async def update_door(
        self, info: ApiInfo, id: strawberry.ID, input: DoorSettingsInput, expected_version: int | None = None
    ) -> DoorConfigurationPayload:
        await update_door(info.context.domain, info.context.actor, id, _changes(input), expected_version)
        return await payload_of(info.context, id)

    @mutation(
        description="Create a door with all the settings of another, but none of its hardware. A copy of a wireless "
        "door names its own hub and lock. Permission: configuration.write."
    )
    async def copy_door(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        name: str,
        controller_id: _CopysController = None,
        hub_address: _HubAddress = "",
        lock_address: _LockAddress = "",
    ) -> DoorConfigurationPayload:
        domain, actor = info.context.domain, info.context.actor
        row = await copy_door(domain, actor, id, name, controller_id, hub_address, lock_address)
        return await payload_of(info.context, row.id)

    @mutation(
        description="Delete a door with its readers and devices; its events stay. Refused while access rules or "
        "zones use it. The last floor of an elevator takes the elevator with it. Permission: configuration.write."
    )
    async def delete_door(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_door(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(
        description="Begin or end a door's maintenance, with the reason for the audit. Permission: configuration.write."
    )
    async def set_door_maintenance(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        on: Annotated[bool, strawberry.argument(description="Whether maintenance begins, or ends.")],
        reason: str,
        expected_version: int | None = None,
    ) -> DoorConfigurationPayload:
        await set_maintenance(info.context.domain, info.context.actor, id, on, reason, expected_version)
        return await payload_of(info.context, id)

    @mutation(
        description="Say all the locks and inputs of a door; what is left out is no longer wired. "
        "Permission: configuration.write."
    )
    async def set_door_wiring(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        locks: Annotated[
            list[DoorLockInput],
            strawberry.argument(description="All its locks, at most two; these replace those before."),
        ],
        inputs: Annotated[
            list[DoorInputInput], strawberry.argument(description="All its inputs; these replace those before.")
        ],
        expected_version: int | None = None,
    ) -> DoorConfigurationPayload:
        lock_wires = [LockWire(lock.output, lock.rank, lock.device_id) for lock in locks]
        names = [field.name for field in fields(InputWire)]
        input_wires = [InputWire(**{name: getattr(one, name) for name in names}) for one in inputs]
        await set_wiring(info.context.domain, info.context.actor, id, lock_wires, input_wires, expected_version)
        return await payload_of(info.context, id)
