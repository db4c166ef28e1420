"""Cardholders, groups and cards in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials import models as card_models
from doorward.acs.credentials.operations import CardChanges, NewCard, create_card, update_card
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
    cards_of,
    cursor_of,
    groups_of,
    list_groups,
    member_counts,
    page_cardholders,
)
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import CredentialStatus
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


@strawberry.type(description="A 26-bit card of a cardholder.")
class Card:
    """A card; its numbers are null for those who may not see them (card_number.view)."""

    id: strawberry.ID
    name: str
    format: str
    facility_code: int | None
    number: int | None
    status: CredentialStatus
    valid_from: datetime | None
    valid_to: datetime | None
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, actor: Actor, row: card_models.Card) -> "Card":
        """The card as this actor may see it."""
        shown = Permission.CARD_NUMBER_VIEW in actor.permissions
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            format=row.format,
            facility_code=row.facility if shown else None,
            number=row.number if shown else None,
            status=row.status,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            version=row.version,
        )


@strawberry.type(description="A person who may hold credentials.")
class Cardholder:
    """A cardholder with groups and cards."""

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
    cards: list[Card]
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def _groups(rows: Sequence[models.Group]) -> dict[str, Group]:
    counts = await member_counts([row.id for row in rows])
    return {row.id: Group(id=strawberry.ID(row.id), name=row.name, member_count=counts[row.id]) for row in rows}


async def _cardholders(actor: Actor, rows: Sequence[models.Cardholder]) -> list[Cardholder]:
    ids = [row.id for row in rows]
    memberships, cards = await groups_of(ids), await cards_of(ids)
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
            cards=[Card.of(actor, card) for card in cards.get(row.id, [])],
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


@strawberry.input(description="A 26-bit H10301 card to create.")
class CreateCardInput:
    """See Card."""

    cardholder_id: strawberry.ID
    facility_code: int = strawberry.field(description="0-255")
    number: int = strawberry.field(description="0-65535")
    name: str = "Card"
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@strawberry.input(description="What to change of a card; a field left out stays as it is.")
class UpdateCardInput:
    """See Card."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    status: CredentialStatus | None = UNSET
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


@strawberry.type(description="The card as it now is, or why nothing was done.")
class CardPayload:
    """Result of a card mutation."""

    card: Card | None = None
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
        nodes = await _cardholders(actor, page.rows)
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
        return (await _cardholders(actor, [row]))[0] if row else None

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
        return CardholderPayload(cardholder=(await _cardholders(info.context.actor, [row]))[0])

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
        return CardholderPayload(cardholder=(await _cardholders(info.context.actor, [row]))[0])

    @strawberry.mutation(description="Give a cardholder a card. Permission: cardholder.write.")
    async def create_card(self, info: ApiInfo, input: CreateCardInput) -> CardPayload:
        given = NewCard(
            input.cardholder_id,
            input.facility_code,
            input.number,
            input.name,
            input.valid_from,
            input.valid_to,
        )
        try:
            row = await create_card(info.context.domain, info.context.actor, given)
        except AcsError as error:
            return CardPayload(errors=[OperationError.of(error)])
        return CardPayload(card=Card.of(info.context.actor, row))

    @strawberry.mutation(description="Change a card. Permission: cardholder.write.")
    async def update_card(self, info: ApiInfo, input: UpdateCardInput) -> CardPayload:
        changes = cast(CardChanges, _changes(input, "name", "status", "valid_from", "valid_to"))
        try:
            row = await update_card(info.context.domain, info.context.actor, input.id, changes, input.expected_version)
        except AcsError as error:
            return CardPayload(errors=[OperationError.of(error)])
        return CardPayload(card=Card.of(info.context.actor, row))
