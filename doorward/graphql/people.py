"""Cardholders in the API."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Actor, Permission
from doorward.acs.credentials.queries import credentials_of
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.paging import Page, PageRequest
from doorward.acs.people import models
from doorward.acs.people import models as people_rows
from doorward.acs.people.details import api_name
from doorward.acs.people.operations import (
    CardholderChanges,
    NewCardholder,
    create_cardholder,
    delete_cardholder,
    release_from_directory,
    update_cardholder,
)
from doorward.acs.people.queries import (
    CardholderFilter,
    cardholder_by_id,
    custom_values_of,
    groups_of,
    hosts_of,
    page_cardholders,
)
from doorward.graphql.cardholder_name import CardholderName
from doorward.graphql.context import ApiInfo
from doorward.graphql.credentials import Card, Credential, shown_credentials
from doorward.graphql.custom_fields import CustomFieldValue, CustomFieldValueInput
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.groups import Group, groups_shown
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import (
    Node,
    listed,
)


def photo_url(actor: Actor, photo_id: str | None) -> str | None:
    """Where a photo can be fetched, for those who may see photos."""
    return f"/photos/{photo_id}" if photo_id and Permission.PHOTO_VIEW in actor.permissions else None


@strawberry.type(description="A person who may hold credentials.")
class Cardholder(Node):
    """A cardholder with groups, credentials and custom fields."""

    id: strawberry.ID
    number: str = strawberry.field(description="The site's own id for the person, unique.")
    first_name: str
    """At most 100 characters."""
    last_name: str
    """At most 100 characters."""
    email: str | None
    """At most 254 characters. Null without personal.view."""
    phone: str | None
    """At most 32 characters. Null without personal.view."""
    notes: str | None = strawberry.field(
        description="At most 2,000 characters; may have line breaks. Null without personal.view."
    )
    suspended: bool
    """Whether they pass no door until resumed."""
    valid_from: datetime | None
    """The first moment they are valid. Null: they are at once."""
    valid_to: datetime | None
    """The first moment they are no longer valid. Null: they always will be."""
    long_access: bool = strawberry.field(description="Doors give them their long access and open-too-long times.")
    double_swipe: bool = strawberry.field(description="May toggle a door that allows it by showing a credential twice.")
    exempt_lockdown: bool = strawberry.field(description="Passes during a lockdown, if their rules say so.")
    exempt_antipassback: bool = strawberry.field(description="Anti-passback does not concern them.")
    is_global: bool = strawberry.field(description="Shown on sub servers too.")
    visitor: bool
    """Whether they are a visitor."""
    host: CardholderName | None
    """Who receives this visitor. Null: nobody."""
    escort_required: bool = strawberry.field(description="Passes doors only together with an escort.")
    photo_url: str | None
    """Where to GET it. Null: there is none, or without photo.view. PUT a picture to /cardholders/<id>/photo; DELETE
    removes it.
    """
    groups: list[Group]
    """The groups they are in, whose access rules they share."""
    credentials: list[Credential] = strawberry.field(
        description="Of every kind, oldest first; PINs only with pin.manage."
    )
    cards: list[Card] = strawberry.field(description="Those of them that are cards.")
    custom_fields: list[CustomFieldValue] = strawberry.field(
        description="Those that have a value, in their order; personal ones only with personal.view."
    )
    directory: str = strawberry.field(description="The outside directory that owns directoryFields; empty for none.")
    directory_fields: list[str] = strawberry.field(description="The fields that can be changed only there.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def _cardholders(info: ApiInfo, rows: Sequence[models.Cardholder]) -> list[Cardholder]:
    actor, ids = info.context.actor, [row.id for row in rows]
    memberships, found, custom = (
        await groups_of(ids),
        await credentials_of(actor, ids),
        await custom_values_of(actor, ids),
    )
    of_all = [row for of_one in found.values() for row in of_one]
    shown = {str(row.id): row for row in await shown_credentials(actor, of_all, info.context.domain.clock())}
    hosts = await hosts_of(rows)
    personal = Permission.PERSONAL_VIEW in actor.permissions
    distinct = {group.id: group for found in memberships.values() for group in found}
    groups = await groups_shown(info, list(distinct.values()))
    return [
        Cardholder(
            id=strawberry.ID(row.id),
            number=row.number,
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email if personal else None,
            phone=row.phone if personal else None,
            notes=row.notes if personal else None,
            suspended=row.suspended,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            long_access=row.long_access,
            double_swipe=row.double_swipe,
            exempt_lockdown=row.exempt_lockdown,
            exempt_antipassback=row.exempt_antipassback,
            is_global=row.is_global,
            visitor=row.visitor,
            host=_name(hosts.get(row.host_id or "")),
            escort_required=row.escort_required,
            photo_url=photo_url(actor, row.photo_id),
            groups=[groups[group.id] for group in memberships.get(row.id, [])],
            credentials=[shown[credential.id] for credential in found.get(row.id, [])],
            cards=[Card.of(actor, card) for card in found.get(row.id, []) if card.kind is CredentialKind.CARD],
            custom_fields=[CustomFieldValue.of(value) for value in custom.get(row.id, [])],
            directory=row.directory,
            directory_fields=[api_name(key) for key in row.directory_fields or ()],
            version=row.version,
        )
        for row in rows
    ]


def _name(row: models.Cardholder | None) -> CardholderName | None:
    return CardholderName(id=strawberry.ID(row.id), number=row.number, name=row.display_name) if row else None


@strawberry.input(description="Which cardholders; a field left out, or null, asks for nothing.")
class CardholderFilterInput:
    """See Cardholder."""

    group_id: strawberry.ID | None = None
    """Those in this group."""
    host_id: strawberry.ID | None = None
    """Those whom this cardholder receives."""
    suspended: bool | None = None
    """Those who are suspended, or those who are not."""
    visitor: bool | None = None
    """Visitors, or those who are none."""
    valid_now: bool | None = strawberry.field(
        default=None, description="Whether the present moment lies between validFrom and validTo."
    )

    def of(self, now: datetime) -> CardholderFilter:
        """The domain's form."""
        return CardholderFilter(
            group_id=self.group_id,
            host_id=self.host_id,
            suspended=self.suspended,
            visitor=self.visitor,
            valid_at=now if self.valid_now is True else None,
            invalid_at=now if self.valid_now is False else None,
        )


@strawberry.input(description="A cardholder to create.")
class CreateCardholderInput(Keyed):
    """See Cardholder."""

    number: str
    first_name: str
    last_name: str
    email: str = ""
    """At most 254 characters."""
    group_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """The groups they are in; left out: none."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    phone: str = ""
    """At most 32 characters."""
    notes: str = ""
    """At most 2,000 characters; may have line breaks."""
    suspended: bool = False
    long_access: bool = False
    double_swipe: bool = False
    exempt_lockdown: bool = False
    exempt_antipassback: bool = False
    is_global: bool = False
    visitor: bool = False
    host_id: strawberry.ID | None = None
    """Who receives this visitor."""
    escort_required: bool = False
    custom_fields: list[CustomFieldValueInput] = strawberry.field(default_factory=list)
    """Values for custom fields; those that are required must be among them."""


@strawberry.input(description="What to change of a cardholder; a field left out stays as it is.")
class UpdateCardholderInput(Keyed):
    """See Cardholder. Of custom fields only those named change."""

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
    phone: str | None = UNSET
    notes: str | None = UNSET
    long_access: bool | None = UNSET
    double_swipe: bool | None = UNSET
    exempt_lockdown: bool | None = UNSET
    exempt_antipassback: bool | None = UNSET
    is_global: bool | None = UNSET
    visitor: bool | None = UNSET
    host_id: strawberry.ID | None = UNSET
    escort_required: bool | None = UNSET
    custom_fields: list[CustomFieldValueInput] | None = UNSET
    """Those that change, each with its value or null for none; others stay as they are."""


def cardholder_changes(given: CreateCardholderInput | UpdateCardholderInput) -> CardholderChanges:
    """The fields of a cardholder that were sent."""
    fields = sent(given, CardholderChanges.__annotations__, may_be_null=("valid_from", "valid_to", "host_id"))
    if "custom_fields" in fields:
        fields["custom_fields"] = {item.field_id: item.value for item in fields["custom_fields"]}
    return cast(CardholderChanges, fields)


@strawberry.type(description="The cardholder as it now is, or why nothing was done.")
class CardholderPayload:
    """Result of a cardholder mutation."""

    cardholder: Cardholder | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _page(info: ApiInfo, request: PageRequest, **wanted: Any) -> Awaitable[Page[models.Cardholder]]:
    valid = CardholderFilterInput(**wanted).of(info.context.domain.clock())
    return page_cardholders(info.context.actor, request, valid)


@strawberry.type
class PeopleQuery:
    """Queries about people."""

    cardholders = listed(
        Cardholder,
        _page,
        _cardholders,
        "Cardholders, by name. Permission: cardholder.view.",
        filter=CardholderFilterInput,
        order=NameOrder,
        search="name, number, e-mail, phone and custom fields (what is personal: with personal.view only)",
        rows=people_rows.Cardholder,
    )

    @strawberry.field(description="One cardholder. Permission: cardholder.view.")
    async def cardholder(self, info: ApiInfo, id: strawberry.ID) -> Cardholder | None:
        row = await cardholder_by_id(info.context.actor, id)
        return (await _cardholders(info, [row]))[0] if row else None


@strawberry.type
class PeopleMutation:
    """Changes to people."""

    @mutation(description="Create a cardholder. Permission: cardholder.write.")
    async def create_cardholder(self, info: ApiInfo, input: CreateCardholderInput) -> CardholderPayload:
        fields: dict[str, Any] = {**cardholder_changes(input), "group_ids": tuple(input.group_ids)}
        given = NewCardholder(**fields)
        row = await create_cardholder(info.context.domain, info.context.actor, given)
        return CardholderPayload(cardholder=(await _cardholders(info, [row]))[0])

    @mutation(description="Change a cardholder; what a directory owns is refused. Permission: cardholder.write.")
    async def update_cardholder(self, info: ApiInfo, input: UpdateCardholderInput) -> CardholderPayload:
        context = info.context
        row = await update_cardholder(
            context.domain, context.actor, input.id, cardholder_changes(input), input.expected_version
        )
        return CardholderPayload(cardholder=(await _cardholders(info, [row]))[0])

    @mutation(
        description="Delete a cardholder with credentials and memberships; past events keep name and photo. "
        "Refused while they are the host of visitors, or come from a directory. Permission: cardholder.write."
    )
    async def delete_cardholder(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_cardholder(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(description="Make what a directory owned of a cardholder changeable here. Permission: cardholder.write.")
    async def release_cardholder_from_directory(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> CardholderPayload:
        row = await release_from_directory(info.context.domain, info.context.actor, id, expected_version)
        return CardholderPayload(cardholder=(await _cardholders(info, [row]))[0])
