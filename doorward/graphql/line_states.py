"""Auxiliary inputs and outputs as they are now in the API, and switching outputs by hand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime

import strawberry

from doorward.acs.actor import Permission
from doorward.acs.local_io import queries
from doorward.acs.local_io.commands import ByHandOrder, command_output
from doorward.acs.local_io.queries import lines_now
from doorward.acs.messages import OutputStatus
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.doors import DoorCommand
from doorward.graphql.enums import HandAction, InputState
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.states import follow_states, state_cursor

GATHER_S = 0.1
"""What changes this close together is sent as one: a loose contact must not keep the server busy."""


@strawberry.type(description="An auxiliary input as it is now.")
class AuxInputState:
    """UNKNOWN: its device or its controller is away. OPEN (cut), SHORT and FAULT: its line is broken."""

    id: strawberry.ID
    name: str
    state: InputState


@strawberry.type(description="How somebody holds an output by hand. Its rules do not move it meanwhile.")
class OutputHold:
    """It ends at its time, or when the output is given back to its rules (AUTO)."""

    action: HandAction = strawberry.field(description="ON, OFF or PULSE.")
    until: datetime | None = strawberry.field(description="Null: until it is given back.")
    set_by: str | None = strawberry.field(description="Null: nobody knows, or it was the command line.")

    @classmethod
    def of(cls, now: queries.OutputNow) -> "OutputHold | None":
        """The hold of an output, if there is one."""
        held = now.status.held
        return None if held is None else cls(action=held.action, until=held.until, set_by=now.held_by)


@strawberry.type(description="An auxiliary output as it is now.")
class AuxOutputState:
    """What its controller says of it."""

    id: strawberry.ID
    name: str
    on: bool | None = strawberry.field(description="Null: its device or its controller is away.")
    rule_name: str | None = strawberry.field(description="The local rule by which it is on, or pulses.")
    hold: OutputHold | None = strawberry.field(description="Null: it is left to its rules.")

    @classmethod
    def of(cls, now: queries.OutputNow) -> "AuxOutputState":
        """The output as the API shows it."""
        status: OutputStatus = now.status
        return cls(
            id=strawberry.ID(status.output_id),
            name=now.name,
            on=status.on,
            rule_name=now.rule_name,
            hold=OutputHold.of(now),
        )


@strawberry.type(description="Every auxiliary input and output as it is now, by name.")
class AuxStates:
    """The inputs and the outputs of all controllers."""

    cursor: str = strawberry.field(description="From here, the subscription tells what changed since.")
    inputs: list[AuxInputState]
    outputs: list[AuxOutputState]


@strawberry.input(description="How to switch an auxiliary output by hand, and why.")
class AuxOutputCommandInput:
    """A command is answered within 5 seconds or has expired; nothing is queued."""

    output_id: strawberry.ID
    action: HandAction
    reason: str = strawberry.field(default="", description="Written to the audit.")
    until: datetime | None = strawberry.field(
        default=None, description="ON, OFF: they end then, within a year. Null: until AUTO."
    )
    pulse_ms: int | None = strawberry.field(default=None, description="PULSE: how long, 100 to 3600000.")
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="After this moment it is not carried out: EXPIRED. Null, or later: 5 seconds after it was asked.",
    )


@strawberry.type(description="What became of the command and the output after it, or why nothing was sent.")
class AuxOutputCommandPayload:
    """Result of a command to an auxiliary output."""

    command: DoorCommand | None = None
    output: AuxOutputState | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _states(context: ApiContext) -> AuxStates:
    versions = context.domain.lines.versions
    cursor = state_cursor(versions, versions.count)
    now = await lines_now(context.domain, context.actor)
    return AuxStates(
        cursor=cursor,
        inputs=[
            AuxInputState(id=strawberry.ID(one.status.input_id), name=one.name, state=one.status.state)
            for one in now.inputs
        ],
        outputs=[AuxOutputState.of(one) for one in now.outputs],
    )


@strawberry.type
class LineStateQuery:
    """Queries about auxiliary inputs and outputs as they are now."""

    @strawberry.field(description="Every auxiliary input and output as it is now. Permission: io.read.")
    async def aux_states(self, info: ApiInfo) -> AuxStates:
        return await _states(info.context)


@strawberry.type
class LineStateMutation:
    """Commands to auxiliary outputs."""

    @mutation(
        description="Switch an auxiliary output by hand. It stays so, whatever its rules want, until its end or AUTO, "
        "over a restart too. Permission: io.write."
    )
    async def command_aux_output(self, info: ApiInfo, input: AuxOutputCommandInput) -> AuxOutputCommandPayload:
        context = info.context
        order = ByHandOrder(input.action, input.reason, input.until, input.pulse_ms, input.expires_at)
        result = await command_output(context.domain, context.actor, input.output_id, order)
        outputs = (await lines_now(context.domain, context.actor)).outputs
        command = DoorCommand(id=strawberry.ID(result.command_id), status=result.status, detail=result.detail)
        found = [AuxOutputState.of(one) for one in outputs if one.status.output_id == input.output_id]
        return AuxOutputCommandPayload(command=command, output=found[0] if found else None)


@strawberry.type
class LineStateSubscription:
    """Live states of auxiliary inputs and outputs."""

    @strawberry.subscription(
        description="Every auxiliary input and output as it is now, and all of them again whenever anything changes. "
        "With a cursor, not before something has changed since. Permission: io.read."
    )
    async def aux_states(self, info: ApiInfo, after: str | None = None) -> AsyncGenerator[AuxStates, None]:
        context = info.context

        async def look(_: list[str] | None) -> list[AuxStates]:
            return [await _states(context)]

        lines = follow_states(context, context.domain.lines.versions, after, Permission.IO_READ, look)
        async with aclosing(lines) as states:
            async for cursor, now in states:
                yield replace(now, cursor=cursor)
                await asyncio.sleep(GATHER_S)
