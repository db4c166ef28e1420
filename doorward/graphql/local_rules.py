"""Local rules in the API: what a controller switches by itself, with or without the server."""

from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Permission
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import CATALOGUE, EventType
from doorward.acs.local_io import models
from doorward.acs.local_io import models as local_io_rows
from doorward.acs.local_io.given import TRIGGER_EVENTS, LocalRuleChanges, NewLocalRule, RuleTrigger
from doorward.acs.local_io.operations import create_local_rule, delete_local_rule, trigger_of, update_local_rule
from doorward.acs.local_io.queries import list_local_rules, page_local_rules
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import DoorFact, EventCategory, LocalAction, LocalTriggerKind, NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed


@strawberry.type(description="What a local rule goes by; only what belongs to its kind is not null.")
class LocalTrigger:
    """EVENT without a door: at any door. THREAT_LEVEL without a level: any level."""

    kind: LocalTriggerKind
    """What it goes by."""
    input_id: strawberry.ID | None
    input_name: str | None
    input_active: bool | None = strawberry.field(
        description="INPUT: whether it should be active, or at rest. Null: it goes by no input."
    )
    door_id: strawberry.ID | None
    door_name: str | None
    door_fact: DoorFact | None
    """DOOR: what is to be true of the door. Null: it goes by something else."""
    event: str | None = strawberry.field(
        description="EVENT: its type, such as door.forced. Null: it goes by something else."
    )
    event_title: str | None = strawberry.field(description="What that is in words. Null: it goes by something else.")
    schedule_id: strawberry.ID | None
    schedule_name: str | None
    threat_level_id: strawberry.ID | None
    threat_level_name: str | None

    @classmethod
    def of(cls, row: models.LocalRuleRow) -> "LocalTrigger":
        """The trigger of a rule, read with all that it names."""
        event = trigger_of(row).event
        return cls(
            kind=row.trigger,
            input_id=_id(row.input_id),
            input_name=row.input.name if row.input is not None else None,
            input_active=row.input_active,
            door_id=_id(row.door_id),
            door_name=row.door.name if row.door is not None else None,
            door_fact=row.door_fact,
            event=event.value if event is not None else None,
            event_title=CATALOGUE[event].words if event is not None else None,
            schedule_id=_id(row.schedule_id),
            schedule_name=row.schedule.name if row.schedule is not None else None,
            threat_level_id=_id(row.threat_level_id),
            threat_level_name=row.threat_level.name if row.threat_level is not None else None,
        )


@strawberry.type(description="A type of event that a local rule can go by.")
class LocalRuleEvent:
    """As the catalogue of events has it."""

    type: str
    """Its stable name, such as door.forced."""
    title: str
    """What it is called on screen."""
    category: EventCategory
    """What kind of thing it tells."""


@strawberry.type(description="A rule by which a controller switches an auxiliary output, with or without the server.")
class LocalRule(Node):
    """A local rule. It acts when its trigger becomes true; FOLLOW also when it no longer is."""

    id: strawberry.ID
    name: str
    enabled: bool
    """Whether it acts."""
    trigger: LocalTrigger
    """What it goes by."""
    action: LocalAction
    """What it does to its output."""
    output_id: strawberry.ID
    output_name: str
    pulse_ms: int | None = strawberry.field(description="How long a pulse is, 100 to 3600000 ms. Null: it is no pulse.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.LocalRuleRow) -> "LocalRule":
        """The rule, read with all that it names, as the API shows it."""
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            enabled=row.enabled,
            trigger=LocalTrigger.of(row),
            action=row.action,
            output_id=strawberry.ID(row.output_id),
            output_name=row.output.name,
            pulse_ms=row.pulse_ms,
            version=row.version,
        )


@strawberry.input(description="What a local rule goes by: its kind, and what belongs to it.")
class LocalTriggerInput:
    """See LocalTrigger. INPUT takes inputId and inputActive, DOOR doorId and doorFact, and so on."""

    kind: LocalTriggerKind
    input_id: strawberry.ID | None = None
    input_active: bool | None = None
    door_id: strawberry.ID | None = None
    door_fact: DoorFact | None = None
    event: str | None = None
    schedule_id: strawberry.ID | None = None
    threat_level_id: strawberry.ID | None = None


@strawberry.input(description="A local rule to create.")
class CreateLocalRuleInput(Keyed):
    """See LocalRule."""

    name: str
    trigger: LocalTriggerInput
    action: LocalAction
    output_id: strawberry.ID
    """The auxiliary output that it switches."""
    pulse_ms: int | None = None
    """Of a pulse, how long it is: 100 to 3600000 ms. Null: it is no pulse."""
    enabled: bool = True


@strawberry.input(description="What to change of a local rule; what is left out stays. The trigger is replaced whole.")
class UpdateLocalRuleInput(Keyed):
    """See LocalRule."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    trigger: LocalTriggerInput | None = UNSET
    action: LocalAction | None = UNSET
    output_id: strawberry.ID | None = UNSET
    pulse_ms: int | None = UNSET
    enabled: bool | None = UNSET


@strawberry.type(description="The local rule as it now is, or why nothing was done.")
class LocalRulePayload:
    """Result of a change to a local rule."""

    local_rule: LocalRule | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _id(found: str | None) -> strawberry.ID | None:
    return strawberry.ID(found) if found is not None else None


def _trigger(given: LocalTriggerInput) -> RuleTrigger:
    event = None
    if given.event is not None:
        try:
            event = EventType(given.event)
        except ValueError as error:
            raise ValidationFailed(f"There is no event called {given.event}.", "trigger", "event") from error
    return RuleTrigger(
        given.kind,
        given.input_id,
        given.input_active,
        given.door_id,
        given.door_fact,
        event,
        given.schedule_id,
        given.threat_level_id,
    )


async def _payload(context: ApiContext, rule_id: str) -> LocalRulePayload:
    return LocalRulePayload(local_rule=LocalRule.of((await list_local_rules(context.actor, [rule_id]))[0]))


@strawberry.input(description="Which local rules; what is left out, or null, does not restrict.")
class LocalRuleFilter:
    """See LocalRule."""

    output_id: strawberry.ID | None = None
    """Those that switch this output."""
    input_id: strawberry.ID | None = None
    """Those that go by this input."""
    door_id: strawberry.ID | None = None
    """Those that go by this door."""
    enabled: bool | None = None
    """Only those that act, or only those that do not."""


@strawberry.type
class LocalRuleQuery:
    """Queries about local rules."""

    local_rules = listed(
        LocalRule,
        by_actor(page_local_rules),
        each(LocalRule.of),
        "Local rules, by name. Permission: configuration.view.",
        filter=LocalRuleFilter,
        order=NameOrder,
        rows=local_io_rows.LocalRuleRow,
    )

    @strawberry.field(description="The event types that a local rule can go by. Permission: configuration.view.")
    async def local_rule_events(self, info: ApiInfo) -> list[LocalRuleEvent]:
        info.context.actor.require(Permission.CONFIGURATION_VIEW)
        return [
            LocalRuleEvent(type=kind.value, title=CATALOGUE[kind].words, category=CATALOGUE[kind].category)
            for kind in sorted(TRIGGER_EVENTS)
        ]


@strawberry.type
class LocalRuleMutation:
    """Changes to local rules."""

    @mutation(
        description="Create a local rule. Its output, and the input or the door that it goes by, hang on one "
        "controller. Permission: configuration.write."
    )
    async def create_local_rule(self, info: ApiInfo, input: CreateLocalRuleInput) -> LocalRulePayload:
        given = NewLocalRule(
            input.name, _trigger(input.trigger), input.action, input.output_id, input.pulse_ms, input.enabled
        )
        row = await create_local_rule(info.context.domain, info.context.actor, given)
        return await _payload(info.context, row.id)

    @mutation(description="Change a local rule, which then begins as if it were new. Permission: configuration.write.")
    async def update_local_rule(self, info: ApiInfo, input: UpdateLocalRuleInput) -> LocalRulePayload:
        context = info.context
        names = ("name", "trigger", "action", "output_id", "pulse_ms", "enabled")
        changes = sent(input, names, may_be_null=("pulse_ms",))
        if "trigger" in changes:
            changes["trigger"] = _trigger(changes["trigger"])
        await update_local_rule(
            context.domain, context.actor, input.id, cast(LocalRuleChanges, changes), input.expected_version
        )
        return await _payload(context, input.id)

    @mutation(
        description="Delete a local rule; what it had switched on is switched off. Permission: configuration.write."
    )
    async def delete_local_rule(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_local_rule(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
