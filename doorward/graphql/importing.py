"""The lines of an import: each has the fields of the mutation that creates such a thing, or changes it.

What is there already, by `id` or by what names it (a cardholder's number, a group's or an access rule's name), is
changed; anything else is created. A cardholder may bring `groups` by name, and `cards` with the fields of
createCardCredential; a card that they hold already is left as it is.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from inspect import unwrap
from typing import Any, TypeVar

from graphql import GraphQLError, Undefined, coerce_input_value
from graphql.utilities import validate_input_value
from strawberry.types.arguments import convert_argument
from tortoise.models import Model

from doorward.acs.actor import Permission
from doorward.acs.credentials.cards import card_key
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import create_card
from doorward.acs.errors import NotFound, ValidationFailed, under
from doorward.acs.jobs.models import JobKind
from doorward.acs.operation import OPERATIONS, Work
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.people.operations import (
    NewCardholder,
    create_cardholder,
    create_group,
    update_cardholder,
    update_group,
)
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import create_access_rule, update_access_rule
from doorward.graphql.credential_input import CreateCardCredentialInput
from doorward.graphql.groups import CreateGroupInput, UpdateGroupInput, group_changes
from doorward.graphql.people import CreateCardholderInput, UpdateCardholderInput, cardholder_changes
from doorward.graphql.rules import CreateAccessRuleInput, UpdateAccessRuleInput, given_members, rule_changes

T = TypeVar("T")
Fields = dict[str, Any]
_NO_FIELDS = frozenset({"idempotencyKey"})


async def carry_line(work: Work, kind: JobKind, line: Fields) -> str:
    """Do what a line says; the id of what it made or changed. Raises AcsError with the path in the line."""
    return await _KINDS[kind](work, line)


async def _cardholder(work: Work, line: Fields) -> str:
    fields = {**line}
    cards, groups = _objects(fields, "cards"), fields.pop("groups", None)
    if groups is not None:
        fields["groupIds"] = await _group_ids(work, groups)
    row = await _existing(work, Cardholder, fields, "number")
    if row is None:
        given = _input(CreateCardholderInput, fields)
        new: Fields = {**cardholder_changes(given), "group_ids": tuple(given.group_ids)}
        row = await _do(work, create_cardholder, NewCardholder(**new))
    else:
        changes = _input(UpdateCardholderInput, {**fields, "id": row.pk})
        row = await _do(work, update_cardholder, row.pk, cardholder_changes(changes), changes.expected_version)
    for place, card in enumerate(cards):
        with under("cards", str(place)):
            await _card(work, str(row.pk), card)
    return str(row.pk)


async def _card(work: Work, cardholder_id: str, fields: Fields) -> None:
    # Also for one that they hold already: whether it is theirs is not for everybody to find out.
    work.actor.require(Permission.CREDENTIAL_WRITE)
    given = _input(CreateCardCredentialInput, {**fields, "cardholderId": cardholder_id}).of()
    if given.bits is None and given.number is not None:
        key = card_key(given.format, given.facility, given.number)
        held = Credential.filter(cardholder_id=cardholder_id, unique_key=key)
        if await held.using_db(work.connection).exists():
            return
    await _do(work, create_card, given)


async def _group(work: Work, line: Fields) -> str:
    row = await _existing(work, Group, line, "name")
    if row is None:
        given = _input(CreateGroupInput, line)
        row = await _do(work, create_group, given.name, given.initials, given.is_global)
    else:
        changes = _input(UpdateGroupInput, {**line, "id": row.pk})
        row = await _do(work, update_group, row.pk, group_changes(changes), changes.expected_version)
    return str(row.pk)


async def _access_rule(work: Work, line: Fields) -> str:
    row = await _existing(work, AccessRule, line, "name")
    if row is not None:
        changes = _input(UpdateAccessRuleInput, {**line, "id": row.pk})
        await _do(work, update_access_rule, row.pk, rule_changes(changes), changes.expected_version)
        return str(row.pk)
    given = _input(CreateAccessRuleInput, line)
    members = given_members(given)
    row = await _do(
        work,
        create_access_rule,
        given.name,
        members.group_ids,
        members.schedule_ids,
        members.door_sides,
        cardholder_ids=members.cardholder_ids,
        zone_ids=members.zone_ids,
        enabled=given.enabled,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
    )
    return str(row.pk)


_KINDS: dict[JobKind, Callable[[Work, Fields], Awaitable[str]]] = {
    JobKind.CARDHOLDERS: _cardholder,
    JobKind.GROUPS: _group,
    JobKind.ACCESS_RULES: _access_rule,
}


async def _do(work: Work, run: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """An operation as part of this work: its permission and its checks, in the transaction that is open."""
    body = unwrap(run)
    work.actor.require(OPERATIONS[f"{body.__module__}.{body.__name__}"].permission)
    return await body(work, *args, **kwargs)


async def _existing(work: Work, model: type[Model], fields: Fields, key: str) -> Model | None:
    """The row that a line is about, by its id or what names it; None: it is to be created."""
    row_id, name = fields.get("id"), fields.get(key)
    if row_id is not None:
        row = await model.get_or_none(id=str(row_id), using_db=work.connection)
        if row is None:
            raise NotFound("There is nothing with this id.", "id")
        return row
    if not isinstance(name, str) or not name.strip():
        raise ValidationFailed(f"A line needs {key}, or the id of what it changes.", key)
    return await model.filter(**{key: name.strip()}).using_db(work.connection).first()


async def _group_ids(work: Work, names: object) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValidationFailed("Groups are a list of names.", "groups")
    rows = await Group.filter(name__in=names).using_db(work.connection)
    found = {row.name: row.id for row in rows}
    if missing := sorted(set(names) - found.keys()):
        raise NotFound(f"There is no such group: {', '.join(missing)}.", "groups")
    return list(found.values())


def _objects(fields: Fields, name: str) -> list[Fields]:
    found = fields.pop(name, None) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ValidationFailed("This is a list of objects.", name)
    return found


def _input(kind: type[T], fields: Fields) -> T:
    """The fields as the mutation of that input takes them. Raises ValidationFailed with the path of the first fault."""
    schema, registry, config = _schema()
    graphql_type = schema.type_map[kind.__name__]

    def refuse(error: GraphQLError, path: list[str | int]) -> None:
        raise ValidationFailed(error.message, *map(str, path))

    plain = {name: value for name, value in fields.items() if name not in _NO_FIELDS}
    validate_input_value(plain, graphql_type, refuse)
    coerced = coerce_input_value(plain, graphql_type)
    if coerced is Undefined:
        raise ValidationFailed("This line is not what the mutation takes.")
    found: T = convert_argument(coerced, kind, registry, config)  # type: ignore[assignment]
    return found


@cache
def _schema() -> tuple[Any, Any, Any]:
    from doorward.graphql.schema import build_schema  # noqa: PLC0415 - the schema has the mutation that begins imports

    schema = build_schema()
    return schema._schema, schema.schema_converter.scalar_registry, schema.config
