"""What may be done to the fields that a site adds to its cardholders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from tortoise.expressions import F, Subquery

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.people.models import Cardholder, CustomField, CustomFieldKind, CustomFieldValue

MAX_FIELDS = 50
MAX_CHOICES = 100


@dataclass(frozen=True, slots=True)
class NewCustomField:
    """A custom field to create, after all others. `choices` are for the kind CHOICE, and then at least one."""

    name: str
    kind: CustomFieldKind
    choices: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False


class CustomFieldChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. `position` counts from 0 and moves the others along."""

    name: str
    kind: CustomFieldKind
    choices: Sequence[str]
    required: bool
    personal: bool
    position: int


@operation(Permission.CONFIGURATION_WRITE)
async def create_custom_field(work: Work, given: NewCustomField) -> CustomField:
    """A new field, empty for everybody. One that is required must be filled in for new cardholders only."""
    position = await CustomField.all().using_db(work.connection).count()
    if position >= MAX_FIELDS:
        raise ValidationFailed(f"There are {MAX_FIELDS} custom fields already, which are the most.", "name")
    field = CustomField(
        id=new_id(),
        kind=given.kind,
        choices=[],
        required=given.required,
        personal=given.personal,
        position=position,
    )
    await _apply(work, field, {"name": given.name, "choices": given.choices})
    await field.save(using_db=work.connection, force_create=True)
    work.audit(EventType.CUSTOM_FIELD_CREATED, of=field, after={"id": field.id, **_snapshot(field)})
    return field


@operation(Permission.CONFIGURATION_WRITE)
async def update_custom_field(
    work: Work, field_id: str, changes: CustomFieldChanges, expected_version: int | None = None
) -> CustomField:
    """Change a field. Its kind changes only while nobody has a value, a choice goes only while nobody has it."""
    field = await _locked(work, field_id)
    check.version(field.version, expected_version)
    before = _snapshot(field)
    if "kind" in changes and changes["kind"] is not field.kind:
        await _change_kind(work, field, changes["kind"])
    await _apply(work, field, changes)
    if "position" in changes:
        await _move(work, field, changes["position"])
    after = _snapshot(field)
    if before == after:
        return field
    field.version += 1
    await field.save(using_db=work.connection)
    work.audit(EventType.CUSTOM_FIELD_UPDATED, of=field, before=before, after=after)
    return field


@operation(Permission.CONFIGURATION_WRITE)
async def delete_custom_field(
    work: Work, field_id: str, confirm: int | None = None, expected_version: int | None = None
) -> CustomField:
    """Remove a field with its values. While anybody has one, `confirm` must be how many; else raises Conflict."""
    field = await _locked(work, field_id)
    check.version(field.version, expected_version)
    values = CustomFieldValue.filter(field_id=field.id).using_db(work.connection)
    used = await values.count()
    if used and confirm != used:
        raise Conflict(
            f"{_cardholders(used)} a value in {field.name}, which would be lost. "
            f"To delete it all the same, send confirm: {used}.",
            "confirm",
        )
    # The values are part of the cardholders: forms that were opened before are outdated.
    holders = Subquery(CustomFieldValue.filter(field_id=field.id).values("cardholder_id"))
    await Cardholder.filter(id__in=holders).using_db(work.connection).update(version=F("version") + 1)
    await values.delete()
    await field.delete(using_db=work.connection)
    later = CustomField.filter(position__gt=field.position).using_db(work.connection)
    await later.update(position=F("position") - 1)
    before = {"id": field.id, **_snapshot(field), "values": used}
    work.audit(EventType.CUSTOM_FIELD_DELETED, of=field, before=before)
    return field


async def _locked(work: Work, field_id: str) -> CustomField:
    found = await CustomField.select_for_update().using_db(work.connection).get_or_none(id=field_id)
    if found is None:
        raise NotFound("There is no such custom field.", "id")
    return found


async def _apply(work: Work, field: CustomField, changes: CustomFieldChanges) -> None:
    if "name" in changes:
        field.name = check.text(changes["name"], "name", longest=100)
        message = f"There is a custom field called {field.name} already."
        await check.unique(CustomField, work.connection, message, "name", but=field.id, name=field.name)
    if "choices" in changes:
        choices = _choices(changes["choices"])
        await _refuse_loss(work, field, set(field.choices) - set(choices))
        field.choices = choices
    if field.kind is CustomFieldKind.CHOICE and not field.choices:
        raise ValidationFailed("Name at least one choice.", "choices")
    if field.kind is not CustomFieldKind.CHOICE and field.choices:
        raise ValidationFailed("Only a field of the kind choice has choices.", "choices")
    if "required" in changes:
        field.required = changes["required"]
    field.personal = changes.get("personal", field.personal)


async def _change_kind(work: Work, field: CustomField, kind: CustomFieldKind) -> None:
    used = await CustomFieldValue.filter(field_id=field.id).using_db(work.connection).count()
    if used:
        raise Conflict(
            f"{_cardholders(used)} a value in {field.name}. Empty it for them first, or make another field.", "kind"
        )
    field.kind = kind
    if kind is not CustomFieldKind.CHOICE:
        field.choices = []


def _choices(given: Sequence[str]) -> list[str]:
    if len(given) > MAX_CHOICES:
        raise ValidationFailed(f"A field has at most {MAX_CHOICES} choices.", "choices")
    choices = [check.text(choice, "choices", longest=100) for choice in given]
    if len(set(choices)) < len(choices):
        raise ValidationFailed("Each choice must be there only once.", "choices")
    return choices


async def _refuse_loss(work: Work, field: CustomField, gone: set[str]) -> None:
    rows = CustomFieldValue.filter(field_id=field.id, value__in=list(gone)).using_db(work.connection)
    used = await rows.count() if gone else 0
    if used:
        raise Conflict(f"{_cardholders(used)} one of the choices that would go: {', '.join(sorted(gone))}.", "choices")


async def _move(work: Work, field: CustomField, position: int) -> None:
    others = await CustomField.exclude(id=field.id).using_db(work.connection).order_by("position")
    if not 0 <= position <= len(others):
        raise ValidationFailed(f"The position is 0 to {len(others)}.", "position")
    field.position = position
    for place, other in enumerate(others[:position] + others[position:]):
        moved = place + (place >= position)
        if other.position != moved:
            await CustomField.filter(id=other.id).using_db(work.connection).update(position=moved)


def _cardholders(count: int) -> str:
    return "1 cardholder has" if count == 1 else f"{count} cardholders have"


def _snapshot(field: CustomField) -> dict[str, Any]:
    return {
        "name": field.name,
        "kind": field.kind.value,
        "choices": list(field.choices),
        "required": field.required,
        "personal": field.personal,
        "position": field.position,
    }
