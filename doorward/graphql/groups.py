"""Groups of cardholders in the API."""

from collections.abc import Sequence
from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.people import models
from doorward.acs.people import models as people_rows
from doorward.acs.people.operations import (
    GroupChanges,
    add_members,
    create_group,
    delete_group,
    remove_members,
    update_group,
)
from doorward.acs.people.queries import group_by_id, member_counts, page_groups
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import asked_for, sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, listed


@strawberry.type(description="Cardholders who share access rules. Its members: cardholders(filter: {groupId: ...}).")
class Group(Node):
    """A group and how many belong to it."""

    id: strawberry.ID
    name: str
    initials: str = strawberry.field(description="At most three characters.")
    is_global: bool
    """Whether it is shown on sub servers too."""
    member_count: int
    """How many cardholders belong to it."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def groups_shown(info: ApiInfo, rows: Sequence[models.Group]) -> dict[str, Group]:
    """Groups by id, counted if the query asks for it."""
    counts = await member_counts([row.id for row in rows]) if rows and asked_for(info, "memberCount") else {}
    return {
        row.id: Group(
            id=strawberry.ID(row.id),
            name=row.name,
            initials=row.initials,
            is_global=row.is_global,
            member_count=counts.get(row.id, 0),
            version=row.version,
        )
        for row in rows
    }


@strawberry.input(description="A group to create.")
class CreateGroupInput(Keyed):
    """See Group."""

    name: str
    initials: str = ""
    is_global: bool = False


@strawberry.input(description="What to change of a group; a field left out stays as it is.")
class UpdateGroupInput(Keyed):
    """See Group."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    initials: str | None = UNSET
    is_global: bool | None = UNSET


def group_changes(given: UpdateGroupInput) -> GroupChanges:
    """The fields of a group that were sent."""
    return cast(GroupChanges, sent(given, GroupChanges.__annotations__))


@strawberry.type(description="The group as it now is, or why nothing was done.")
class GroupPayload:
    """Result of a group mutation."""

    group: Group | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _shown(info: ApiInfo, row: models.Group) -> GroupPayload:
    return GroupPayload(group=(await groups_shown(info, [row]))[row.id])


async def _shown_all(info: ApiInfo, rows: Sequence[models.Group]) -> list[Group]:
    return list((await groups_shown(info, rows)).values())


@strawberry.input(description="Which groups; what is left out, or null, does not restrict.")
class GroupFilter:
    """See Group."""

    cardholder_id: strawberry.ID | None = strawberry.field(default=None, description="Those of this cardholder.")
    is_global: bool | None = None
    """Those that are shown on sub servers too, or those that are not."""


@strawberry.type
class GroupQuery:
    """Queries about groups."""

    groups = listed(
        Group,
        by_actor(page_groups),
        _shown_all,
        "Groups, by name. Permission: cardholder.view.",
        filter=GroupFilter,
        order=NameOrder,
        rows=people_rows.Group,
    )

    @strawberry.field(description="One group. Permission: cardholder.view.")
    async def group(self, info: ApiInfo, id: strawberry.ID) -> Group | None:
        row = await group_by_id(info.context.actor, id)
        return (await groups_shown(info, [row]))[row.id] if row else None


@strawberry.type
class GroupMutation:
    """Changes to groups."""

    @mutation(description="Create a group. Permission: configuration.write.")
    async def create_group(self, info: ApiInfo, input: CreateGroupInput) -> GroupPayload:
        context = info.context
        row = await create_group(context.domain, context.actor, input.name, input.initials, input.is_global)
        return await _shown(info, row)

    @mutation(description="Change a group. Permission: configuration.write.")
    async def update_group(self, info: ApiInfo, input: UpdateGroupInput) -> GroupPayload:
        context = info.context
        row = await update_group(context.domain, context.actor, input.id, group_changes(input), input.expected_version)
        return await _shown(info, row)

    @mutation(
        description="Delete a group; its members stay. Refused while access rules or doors use it, naming them. "
        "Permission: configuration.write."
    )
    async def delete_group(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_group(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(
        description="Put cardholders (at most 5,000) in a group. Permission: cardholder.write.",
    )
    async def add_group_members(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        cardholder_ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Who is to be in it; at most 5,000 at a time.")
        ],
        expected_version: int | None = None,
    ) -> GroupPayload:
        row = await add_members(info.context.domain, info.context.actor, id, cardholder_ids, expected_version)
        return await _shown(info, row)

    @mutation(
        description="Take cardholders (at most 5,000) out of a group. Permission: cardholder.write.",
    )
    async def remove_group_members(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        cardholder_ids: list[strawberry.ID],
        expected_version: int | None = None,
    ) -> GroupPayload:
        row = await remove_members(info.context.domain, info.context.actor, id, cardholder_ids, expected_version)
        return await _shown(info, row)
