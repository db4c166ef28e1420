"""Cardholders and groups in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials.queries import credentials_of
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.errors import AcsError
from doorward.acs.paging import PageRequest
from doorward.acs.people import models
from doorward.acs.people.operations import (
    CardholderChanges,
    NewCardholder,
    create_cardholder,
    update_cardholder,
)
from doorward.acs.people.queries import (
    cardholder_by_id,
    cursor_of,
    groups_of,
    list_groups,
    member_counts,
    page_cardholders,
)
from doorward.graphql.context import ApiInfo
from doorward.graphql.credentials import Card, Credential, shown_credentials
from doorward.graphql.errors import OperationError
from doorward.graphql.paging import Connection, Edge, decode_cursor, encode_cursor, page_info


def photo_url(actor: Actor, photo_id: str | None) -> str | None:
    """Where a photo can be fetched, for those who may see photos."""
    return f"/photos/{photo_id}" if photo_id and Permission.PHOTO_VIEW in actor.permissions else None


@strawberry.type(description="Cardholders who share access rules.")
class Group:
    """A group and how many belong to it."""

    id: strawberry.ID
    name: str
    member_count: int


@strawberry.type(description="A person who may hold credentials.")
class Cardholder:
    """A cardholder with groups and credentials."""

    id: strawberry.ID
    number: str = strawberry.field(description="The site's own id for the person, unique.")
    first_name: str
    last_name: str
    email: str
    suspended: bool
    valid_from: datetime | None
    valid_to: datetime | None = strawberry.field(description="The first moment they are no longer valid.")
    photo_url: str | None
    groups: list[Group]
    credentials: list[Credential] = strawberry.field(description="Of every kind, oldest first.")
    cards: list[Card] = strawberry.field(description="Those of them that are cards.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def _groups(rows: Sequence[models.Group]) -> dict[str, Group]:
    counts = await member_counts([row.id for row in rows])
    return {row.id: Group(id=strawberry.ID(row.id), name=row.name, member_count=counts[row.id]) for row in rows}


async def _cardholders(info: ApiInfo, rows: Sequence[models.Cardholder]) -> list[Cardholder]:
    actor = info.context.actor
    ids = [row.id for row in rows]
    memberships, found = await groups_of(ids), await credentials_of(ids)
    of_all = [row for of_one in found.values() for row in of_one]
    shown = {str(row.id): row for row in await shown_credentials(actor, of_all, info.context.domain.clock())}
    groups = await _groups(list({group.id: group for found in memberships.values() for group in found}.values()))
    return [
        Cardholder(
            id=strawberry.ID(row.id),
            number=row.number,
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email,
            suspended=row.suspended,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            photo_url=photo_url(actor, row.photo_id),
            groups=[groups[group.id] for group in memberships.get(row.id, [])],
            credentials=[shown[credential.id] for credential in found.get(row.id, [])],
            cards=[Card.of(actor, card) for card in found.get(row.id, []) if card.kind is CredentialKind.CARD],
            version=row.version,
        )
        for row in rows
    ]


@strawberry.input(description="A cardholder to create.")
class CreateCardholderInput:
    """See Cardholder."""

    number: str
    first_name: str
    last_name: str
    email: str = ""
    group_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@strawberry.input(description="What to change of a cardholder; a field left out stays as it is.")
class UpdateCardholderInput:
    """See Cardholder."""

    id: strawberry.ID
    expected_version: int | None = None
    number: str | None = UNSET
    first_name: str | None = UNSET
    last_name: str | None = UNSET
    email: str | None = UNSET
    group_ids: list[strawberry.ID] | None = UNSET
    suspended: bool | None = UNSET
    valid_from: datetime | None = UNSET
    valid_to: datetime | None = UNSET


_MAY_BE_NULL = frozenset({"valid_from", "valid_to"})


def _changes(given: object, *names: str) -> dict[str, Any]:
    """The fields that were sent; null means nothing except where a field can be empty."""
    sent = {name: getattr(given, name) for name in names}
    return {
        name: value
        for name, value in sent.items()
        if value is not UNSET and (value is not None or name in _MAY_BE_NULL)
    }


@strawberry.type(description="The cardholder as it now is, or why nothing was done.")
class CardholderPayload:
    """Result of a cardholder mutation."""

    cardholder: Cardholder | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type
class PeopleQuery:
    """Queries about people."""

    @strawberry.field(
        description="Cardholders by name: first or last (1-100) is required. "
        "search finds parts of the name or the number. Permission: cardholder.view."
    )
    async def cardholders(
        self,
        info: ApiInfo,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        search: str | None = None,
    ) -> Connection[Cardholder]:
        actor = info.context.actor
        request = PageRequest(first, decode_cursor(after), last, decode_cursor(before, "before"))
        page = await page_cardholders(actor, request, search)
        nodes = await _cardholders(info, page.rows)
        edges = [
            Edge(cursor=encode_cursor(cursor_of(row)), node=node) for row, node in zip(page.rows, nodes, strict=True)
        ]
        return Connection(
            edges=edges, page_info=page_info(edges, has_previous=page.has_previous, has_next=page.has_next)
        )

    @strawberry.field(description="One cardholder. Permission: cardholder.view.")
    async def cardholder(self, info: ApiInfo, id: strawberry.ID) -> Cardholder | None:
        actor = info.context.actor
        row = await cardholder_by_id(actor, id)
        return (await _cardholders(info, [row]))[0] if row else None

    @strawberry.field(description="Every group, by name. Permission: cardholder.view.")
    async def groups(self, info: ApiInfo) -> list[Group]:
        return list((await _groups(await list_groups(info.context.actor))).values())


@strawberry.type
class PeopleMutation:
    """Changes to people."""

    @strawberry.mutation(description="Create a cardholder. Permission: cardholder.write.")
    async def create_cardholder(self, info: ApiInfo, input: CreateCardholderInput) -> CardholderPayload:
        given = NewCardholder(
            input.number,
            input.first_name,
            input.last_name,
            input.email,
            tuple(input.group_ids),
            input.valid_from,
            input.valid_to,
        )
        try:
            row = await create_cardholder(info.context.domain, info.context.actor, given)
        except AcsError as error:
            return CardholderPayload(errors=[OperationError.of(error)])
        return CardholderPayload(cardholder=(await _cardholders(info, [row]))[0])

    @strawberry.mutation(description="Change a cardholder. Permission: cardholder.write.")
    async def update_cardholder(self, info: ApiInfo, input: UpdateCardholderInput) -> CardholderPayload:
        changes = cast(
            CardholderChanges,
            _changes(
                input,
                "number",
                "first_name",
                "last_name",
                "email",
                "group_ids",
                "suspended",
                "valid_from",
                "valid_to",
            ),
        )
        try:
            row = await update_cardholder(
                info.context.domain, info.context.actor, input.id, changes, input.expected_version
            )
        except AcsError as error:
            return CardholderPayload(errors=[OperationError.of(error)])
        return CardholderPayload(cardholder=(await _cardholders(info, [row]))[0])
