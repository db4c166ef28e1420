"""The fields that a site adds to its cardholders, in the API."""

from collections.abc import Sequence
from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.people import models
from doorward.acs.people import models as people_rows
from doorward.acs.people.models import CustomFieldKind
from doorward.acs.people.operations import (
    CustomFieldChanges,
    NewCustomField,
    create_custom_field,
    delete_custom_field,
    update_custom_field,
)
from doorward.acs.people.queries import page_custom_fields, value_counts
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import CustomFieldOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import asked_for, sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, listed

strawberry.enum(CustomFieldKind, name="CustomFieldKind", description="What a custom field holds.")


@strawberry.type(description="A field of cardholders that the site has added.")
class CustomField(Node):
    """A custom field and how many cardholders have a value in it."""

    id: strawberry.ID
    name: str
    kind: CustomFieldKind
    """What its values are."""
    choices: list[str] = strawberry.field(description="What may be chosen; empty for the other kinds.")
    required: bool = strawberry.field(description="New cardholders must have a value, and nobody's can be emptied.")
    personal: bool = strawberry.field(description="Its values are for those with personal.view.")
    position: int = strawberry.field(description="Its place among the fields, from 0.")
    value_count: int = strawberry.field(description="How many cardholders have a value in it.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def _shown(info: ApiInfo, rows: Sequence[models.CustomField]) -> list[CustomField]:
    counts = await value_counts([row.id for row in rows]) if rows and asked_for(info, "valueCount") else {}
    return [
        CustomField(
            id=strawberry.ID(row.id),
            name=row.name,
            kind=row.kind,
            choices=row.choices,
            required=row.required,
            personal=row.personal,
            position=row.position,
            value_count=counts.get(row.id, 0),
            version=row.version,
        )
        for row in rows
    ]


@strawberry.type(description="What a cardholder has in a custom field.")
class CustomFieldValue:
    """A value with its field's name."""

    field_id: strawberry.ID
    """The custom field."""
    name: str
    kind: CustomFieldKind
    """What the value is."""
    value: str = strawberry.field(description="Numbers as decimal text, dates as 2026-01-31.")

    @classmethod
    def of(cls, row: models.CustomFieldValue) -> "CustomFieldValue":
        """The value in a row that was read with its field."""
        return cls(field_id=strawberry.ID(row.field_id), name=row.field.name, kind=row.field.kind, value=row.value)


@strawberry.input(description="What to put in a cardholder's custom field; null or an empty value empties it.")
class CustomFieldValueInput:
    """See CustomFieldValue."""

    field_id: strawberry.ID
    """The custom field."""
    value: str | None
    """At most 500 characters: numbers as decimal text, dates as 2026-01-31."""


@strawberry.input(description="A custom field to create.")
class CreateCustomFieldInput(Keyed):
    """See CustomField."""

    name: str
    kind: CustomFieldKind
    choices: list[str] = strawberry.field(default_factory=list)
    """What may be chosen, 100 at most; for the kind CHOICE only."""
    required: bool = False
    personal: bool = False


@strawberry.input(description="What to change of a custom field; a field left out stays as it is.")
class UpdateCustomFieldInput(Keyed):
    """See CustomField. The kind changes only while nobody has a value."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    kind: CustomFieldKind | None = UNSET
    choices: list[str] | None = UNSET
    required: bool | None = UNSET
    personal: bool | None = UNSET
    position: int | None = UNSET


@strawberry.type(description="The custom field as it now is, or why nothing was done.")
class CustomFieldPayload:
    """Result of a custom field mutation."""

    custom_field: CustomField | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Which custom fields; what is left out, or null, does not restrict.")
class CustomFieldFilter:
    """See CustomField."""

    kind: CustomFieldKind | None = None
    """Those whose values are of this kind."""
    required: bool | None = None
    """Those that must have a value, or those that need not."""


@strawberry.type
class CustomFieldQuery:
    """Queries about custom fields."""

    custom_fields = listed(
        CustomField,
        by_actor(page_custom_fields),
        _shown,
        "Custom fields, in the order in which they are shown. Permission: cardholder.view.",
        filter=CustomFieldFilter,
        order=CustomFieldOrder,
        rows=people_rows.CustomField,
    )


_Confirm = Annotated[
    int | None,
    strawberry.argument(description="How many cardholders have a value in it. Null: it is deleted only if nobody has."),
]


@strawberry.type
class CustomFieldMutation:
    """Changes to custom fields."""

    @mutation(description="Create a custom field, after all others. Permission: configuration.write.")
    async def create_custom_field(self, info: ApiInfo, input: CreateCustomFieldInput) -> CustomFieldPayload:
        given = NewCustomField(input.name, input.kind, tuple(input.choices), input.required, input.personal)
        row = await create_custom_field(info.context.domain, info.context.actor, given)
        return CustomFieldPayload(custom_field=(await _shown(info, [row]))[0])

    @mutation(description="Change a custom field. Permission: configuration.write.")
    async def update_custom_field(self, info: ApiInfo, input: UpdateCustomFieldInput) -> CustomFieldPayload:
        context = info.context
        changes = cast(CustomFieldChanges, sent(input, CustomFieldChanges.__annotations__))
        row = await update_custom_field(context.domain, context.actor, input.id, changes, input.expected_version)
        return CustomFieldPayload(custom_field=(await _shown(info, [row]))[0])

    @mutation(
        description="Delete a custom field with its values. While cardholders have one, confirm must be how many; "
        "the error says the number. Permission: configuration.write."
    )
    async def delete_custom_field(
        self, info: ApiInfo, id: strawberry.ID, confirm: _Confirm = None, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_custom_field(info.context.domain, info.context.actor, id, confirm, expected_version)
        return DeletedPayload(deleted_id=id)
