"""Controllers in the API: how they are, and how they come to be trusted."""

from datetime import datetime

import strawberry

from doorward.acs.controllers.operations import (
    create_controller,
    delete_controller,
    issue_enrolment_code,
    rename_controller,
    revoke_controller,
)
from doorward.acs.controllers.queries import ControllerState, list_controllers, page_controllers
from doorward.acs.doors import models as doors_rows
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import Node, by_domain, each, listed


@strawberry.type(description="What owns doors, and decides at them: inside the server, or a computer of its own.")
class Controller(Node):
    """A controller, and what the server knows of it now."""

    id: strawberry.ID
    name: str
    embedded: bool = strawberry.field(description="It runs inside the server, and is never enrolled.")
    enrolled: bool = strawberry.field(description="It has a certificate by which it may connect.")
    connected: bool
    """Whether it is connected to the server now."""
    connected_at: datetime | None
    """Since when it is connected. Null: it is not."""
    last_contact_at: datetime | None
    """When it was last heard, by the server's clock; to the minute if long ago. Null: never."""
    address: str = strawberry.field(description="Where it connects from; empty when it never did or is embedded.")
    software: str = strawberry.field(description="The version of Doorward that it runs, as it last said.")
    policy_version: int = strawberry.field(description="The policy that it decides by.")
    site_policy_version: int = strawberry.field(
        description="The site's present policy. Not all concerns every controller."
    )
    stored_sequence: int = strawberry.field(description="Its journal is stored here up to this record without a gap.")
    backlog: int = strawberry.field(description="How many records of its journal are not stored here, as it last said.")
    clock_offset_ms: int | None
    """So many milliseconds is its clock ahead of the server's. Null: not measured."""
    round_trip_ms: int | None
    """How long a message to it and back takes, in milliseconds. Null: not measured."""
    journal_problem: str = strawberry.field(description="Why it cannot write its journal; empty when it can.")
    certificate_expires_at: datetime | None
    """The end of its certificate. Null: it has none."""
    code_expires_at: datetime | None
    """Until when its enrolment code can be used. Null: it has none."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, state: ControllerState) -> "Controller":
        """As the API shows it."""
        row, live = state.row, state.live
        return cls(
            version=row.version,
            id=strawberry.ID(row.id),
            name=row.name,
            embedded=state.embedded,
            enrolled=state.certificate_expires_at is not None,
            connected=live.connected,
            connected_at=live.connected_at if live.connected else None,
            last_contact_at=live.last_contact_at or row.last_contact_at,
            address=live.address,
            software=live.software,
            policy_version=row.applied_version,
            site_policy_version=state.site_version,
            stored_sequence=row.stored_sequence,
            backlog=state.backlog,
            clock_offset_ms=live.offset_ms,
            round_trip_ms=live.round_trip_ms,
            journal_problem=live.problem,
            certificate_expires_at=state.certificate_expires_at,
            code_expires_at=state.code_expires_at,
        )


@strawberry.type(description="The controller as it now is, or why nothing was done.")
class ControllerPayload:
    """Result of a controller mutation."""

    controller: Controller | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The code, shown this once, or why there is none.")
class EnrolmentCodePayload:
    """Result of issuing an enrolment code."""

    code: str | None = None
    """To be typed at the controller: doorward controller --enrol CODE. Null where nothing was done."""
    expires_at: datetime | None = None
    """Until when the code can be used."""
    port: int | None = strawberry.field(
        default=None,
        description="The port of the server where controllers connect; null: it was started without one.",
    )
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _payload(context: ApiContext, controller_id: str) -> ControllerPayload:
    states = await list_controllers(context.domain, context.actor, [controller_id])
    return ControllerPayload(controller=Controller.of(states[0]))


@strawberry.input(description="Which controllers; what is left out, or null, does not restrict.")
class ControllerFilter:
    """See Controller."""

    ids: list[strawberry.ID] | None = None
    """Those with these ids; at most 100."""
    connected: bool | None = None
    """Those that are connected now, or those that are not."""


@strawberry.type
class ControllerQuery:
    """Queries about controllers."""

    controllers = listed(
        Controller,
        by_domain(page_controllers),
        each(Controller.of),
        "Controllers, by name. Permission: configuration.view.",
        filter=ControllerFilter,
        order=NameOrder,
        rows=doors_rows.Controller,
    )


@strawberry.type
class ControllerMutation:
    """Changes to controllers."""

    @mutation(description="Create a controller for a computer of its own. Permission: configuration.write.")
    async def create_controller(self, info: ApiInfo, name: str) -> ControllerPayload:
        row = await create_controller(info.context.domain, info.context.actor, name)
        return await _payload(info.context, row.id)

    @mutation(description="Give a controller another name. Permission: configuration.write.")
    async def rename_controller(
        self, info: ApiInfo, id: strawberry.ID, name: str, expected_version: int | None = None
    ) -> ControllerPayload:
        await rename_controller(info.context.domain, info.context.actor, id, name, expected_version)
        return await _payload(info.context, id)

    @mutation(
        description="Issue the code by which a controller enrols, once, within 15 minutes; an older code ends. One "
        "that is enrolled may be enrolled anew: the old certificate ends when the new one is first used. "
        "Permission: configuration.write."
    )
    async def issue_enrolment_code(self, info: ApiInfo, id: strawberry.ID) -> EnrolmentCodePayload:
        issued = await issue_enrolment_code(info.context.domain, info.context.actor, id)
        return EnrolmentCodePayload(
            code=issued.code, expires_at=issued.expires_at, port=info.context.domain.controllers.port
        )

    @mutation(
        description="End a controller's certificates and code: its link is closed at once, and it must be enrolled "
        "anew. Its doors go on alone by the policy that they have. Permission: configuration.write."
    )
    async def revoke_controller(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> ControllerPayload:
        await revoke_controller(info.context.domain, info.context.actor, id, expected_version)
        return await _payload(info.context, id)

    @mutation(
        description="Delete a controller; its events stay. Refused while it has doors or elevators. "
        "Permission: configuration.write."
    )
    async def delete_controller(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_controller(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
