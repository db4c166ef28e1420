"""Configuring readers through the API."""

from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.doors import models
from doorward.acs.doors.operations import create_reader
from doorward.acs.doors.reader_settings import NewReader, ReaderChanges
from doorward.acs.doors.readers import delete_reader, update_reader
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.door_setup import ReaderConfiguration
from doorward.graphql.enums import Circuit, LedControl, ReaderType, Side, Supervision
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import mutation

_FIELDS = tuple(ReaderChanges.__annotations__)
_MAY_BE_NULL = frozenset({"port", "has_keypad", "resistor_ohm"})


@strawberry.input(description="What to set on a reader; a field left out stays as it is, or as new readers have it.")
class ReaderSettingsInput:
    """See ReaderConfiguration."""

    name: str | None = UNSET
    side: Side | None = UNSET
    type: ReaderType | None = UNSET
    """How it is connected, or what it is."""
    port: int | None = UNSET
    address: str | None = UNSET
    has_keypad: bool | None = UNSET
    """Whether it has a keypad; null: not known, which counts as one."""
    pairs_mobile: bool | None = UNSET
    muster: bool | None = UNSET
    led_control: LedControl | None = UNSET
    tamper_when: Circuit | None = UNSET
    tamper_debounce_ms: int | None = UNSET
    supervision: Supervision | None = UNSET
    resistor_ohm: int | None = UNSET


@strawberry.type(description="The reader as it now is, or why nothing was done.")
class ReaderPayload:
    """Result of a reader mutation."""

    reader: ReaderConfiguration | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _payload(row: models.Reader) -> ReaderPayload:
    return ReaderPayload(reader=ReaderConfiguration.of(row))


@strawberry.type
class ReaderMutation:
    """Changes to readers."""

    @mutation(
        description="Add a reader to a side of a door (side A unless said), or through any floor to the cab of its "
        "elevator. Permission: configuration.write."
    )
    async def create_reader(
        self,
        info: ApiInfo,
        door_id: Annotated[
            strawberry.ID, strawberry.argument(description="Its door, or any floor of the elevator whose cab it is in.")
        ],
        input: ReaderSettingsInput,
    ) -> ReaderPayload:
        given = NewReader(**{"door_id": door_id, "side": Side.A, "name": "", **sent(input, _FIELDS)})
        return _payload(await create_reader(info.context.domain, info.context.actor, given))

    @mutation(description="Change a reader. Permission: configuration.write.")
    async def update_reader(
        self, info: ApiInfo, id: strawberry.ID, input: ReaderSettingsInput, expected_version: int | None = None
    ) -> ReaderPayload:
        changes = cast(ReaderChanges, sent(input, _FIELDS, may_be_null=_MAY_BE_NULL))
        domain, actor = info.context.domain, info.context.actor
        return _payload(await update_reader(domain, actor, id, changes, expected_version))

    @mutation(description="Delete a reader and its device. Permission: configuration.write.")
    async def delete_reader(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_reader(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
