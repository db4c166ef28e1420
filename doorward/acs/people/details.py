"""What a cardholder consists of: what each field accepts, and what the audit shows of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.operation import Work
from doorward.acs.people.custom_values import custom_values, set_custom_values
from doorward.acs.people.models import Cardholder, Group, GroupMember
from doorward.acs.used_by import listed

LONGEST_NOTES = 2_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9()][0-9 ()./-]*[0-9]( ?x ?[0-9]+)?")
_FLAGS = (
    "suspended",
    "long_access",
    "double_swipe",
    "exempt_lockdown",
    "exempt_antipassback",
    "is_global",
    "visitor",
    "escort_required",
)
POLICY_KEYS = frozenset(_FLAGS) - {"is_global"} | {"valid_from", "valid_to", "group_ids", "host_id"}
"""The keys of a snapshot that controllers decide by."""


@dataclass(frozen=True, slots=True)
class NewCardholder:
    """A cardholder to create. `number` is the site's own, unique id for the person.

    `custom_fields`: values as text by the ids of their fields. `host_id`: who receives this visitor.
    """

    number: str
    first_name: str
    last_name: str
    email: str = ""
    group_ids: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    phone: str = ""
    notes: str = ""
    suspended: bool = False
    long_access: bool = False
    double_swipe: bool = False
    exempt_lockdown: bool = False
    exempt_antipassback: bool = False
    is_global: bool = False
    visitor: bool = False
    host_id: str | None = None
    escort_required: bool = False
    custom_fields: Mapping[str, str | None] = field(default_factory=dict)


class CardholderChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. Of custom fields only those named change."""

    number: str
    first_name: str
    last_name: str
    email: str
    group_ids: Sequence[str]
    suspended: bool
    valid_from: datetime | None
    valid_to: datetime | None
    phone: str
    notes: str
    long_access: bool
    double_swipe: bool
    exempt_lockdown: bool
    exempt_antipassback: bool
    is_global: bool
    visitor: bool
    host_id: str | None
    escort_required: bool
    custom_fields: Mapping[str, str | None]


PERSONAL_KEYS = ("email", "phone", "notes")
"""What is for those with personal.view, besides custom fields that are marked so."""


def is_personal(key: str) -> bool:
    """Whether the audit's field of this name is; which custom fields are marked is not known of the past."""
    return key in PERSONAL_KEYS or key.startswith("custom_fields")


def api_name(key: str) -> str:
    """The name that a field of a cardholder has in the API: camel case."""
    first, *others = key.split("_")
    return first + "".join(map(str.capitalize, others))


async def put_columns(work: Work, cardholder: Cardholder, changes: CardholderChanges) -> None:
    """Check the changes and put them on the row, without saving it."""
    await _put_identity(work, cardholder, changes)
    _put_contact(cardholder, changes)
    given: Mapping[str, Any] = changes
    for key in (*_FLAGS, "valid_from", "valid_to"):
        if key in given:
            setattr(cardholder, key, given[key])
    check.period(cardholder.valid_from, cardholder.valid_to)
    await _put_host(work, cardholder, changes)
    cardholder.sort_name = f"{cardholder.last_name} {cardholder.first_name}".casefold()[:202]
    cardholder.search_text = _search_text(cardholder)


async def _put_identity(work: Work, cardholder: Cardholder, changes: CardholderChanges) -> None:
    if "number" in changes:
        cardholder.number = check.text(changes["number"], "number", longest=64)
        await check.unique(
            Cardholder,
            work.connection,
            f"Another cardholder has the id {cardholder.number}.",
            "number",
            but=cardholder.id,
            number=cardholder.number,
        )
    if "first_name" in changes:
        cardholder.first_name = check.text(changes["first_name"], "firstName", longest=100)
    if "last_name" in changes:
        cardholder.last_name = check.text(changes["last_name"], "lastName", longest=100)


def _put_contact(cardholder: Cardholder, changes: CardholderChanges) -> None:
    if "email" in changes:
        cardholder.email = check.text(changes["email"], "email", longest=254, empty=True)
        if cardholder.email and not _EMAIL.fullmatch(cardholder.email):
            raise ValidationFailed("This is not an e-mail address.", "email")
    if "phone" in changes:
        cardholder.phone = check.text(changes["phone"], "phone", longest=32, empty=True)
        if cardholder.phone and not _PHONE.fullmatch(cardholder.phone):
            raise ValidationFailed("This is not a telephone number, such as +49 30 1234-567.", "phone")
    if "notes" in changes:
        cardholder.notes = check.lines(changes["notes"], "notes", longest=LONGEST_NOTES)


async def _put_host(work: Work, cardholder: Cardholder, changes: CardholderChanges) -> None:
    if changes.get("visitor") and (visitors := await visitors_of(work, cardholder.id)):
        raise ValidationFailed(
            f"A host cannot be a visitor: {cardholder.display_name} is the host of {listed(visitors)}.", "visitor"
        )
    if "host_id" in changes:
        cardholder.host_id = changes["host_id"]
    elif not cardholder.visitor:
        cardholder.host_id = None
    if cardholder.host_id is None or "host_id" not in changes:
        return
    if not cardholder.visitor:
        raise ValidationFailed("Only a visitor has a host.", "hostId")
    if cardholder.host_id == cardholder.id:
        raise ValidationFailed("Visitors cannot be their own host.", "hostId")
    # Locked, so that the host neither goes nor becomes a visitor meanwhile.
    host = await Cardholder.select_for_update().using_db(work.connection).get_or_none(id=cardholder.host_id)
    if host is None:
        raise NotFound("There is no such cardholder.", "hostId")
    if host.visitor:
        raise ValidationFailed(f"{host.display_name} is a visitor and cannot be a host.", "hostId")


def _search_text(cardholder: Cardholder) -> str:
    digits = "".join(filter(str.isdecimal, cardholder.phone))
    parts = (
        cardholder.first_name,
        cardholder.last_name,
        cardholder.number,
        cardholder.email,
        cardholder.phone,
        digits,
    )
    return " ".join(filter(None, parts)).casefold()


async def visitors_of(work: Work, cardholder_id: str) -> list[str]:
    """The names of the visitors whose host this cardholder is."""
    rows = Cardholder.filter(host_id=cardholder_id).using_db(work.connection).order_by("sort_name", "id")
    return [row.display_name for row in await rows]


async def put_relations(work: Work, cardholder_id: str, changes: CardholderChanges) -> None:
    """Store the groups and the custom fields among the changes."""
    if "group_ids" in changes:
        await _set_groups(work, cardholder_id, changes["group_ids"])
    if changes.get("custom_fields"):
        await set_custom_values(work, cardholder_id, changes["custom_fields"])


async def _set_groups(work: Work, cardholder_id: str, group_ids: Sequence[str]) -> None:
    await check.exist(Group, group_ids, "groupIds", work.connection)
    members = GroupMember.filter(cardholder_id=cardholder_id).using_db(work.connection)
    present = {str(group_id) for group_id in await members.values_list("group_id", flat=True)}
    if gone := present - set(group_ids):
        await members.filter(group_id__in=list(gone)).delete()
    added = [group_id for group_id in dict.fromkeys(group_ids) if group_id not in present]
    rows = [GroupMember(cardholder_id=cardholder_id, group_id=group_id) for group_id in added]
    await GroupMember.bulk_create(rows, using_db=work.connection)


async def snapshot(work: Work, cardholder: Cardholder) -> dict[str, Any]:
    """What the audit shows: ids for programs, names for people, a key `custom_fields.<name>` for each value."""
    members = GroupMember.filter(cardholder_id=cardholder.id).using_db(work.connection)
    groups = await members.order_by("group__name").values_list("group_id", "group__name")
    host = await Cardholder.get_or_none(id=cardholder.host_id, using_db=work.connection) if cardholder.host_id else None
    custom = await custom_values(work.connection, cardholder.id)
    return {
        "number": cardholder.number,
        "first_name": cardholder.first_name,
        "last_name": cardholder.last_name,
        "email": cardholder.email,
        "phone": cardholder.phone,
        "notes": cardholder.notes,
        **{flag: getattr(cardholder, flag) for flag in _FLAGS},
        "valid_from": cardholder.valid_from,
        "valid_to": cardholder.valid_to,
        "host_id": cardholder.host_id,
        "host": host.display_name if host else None,
        "group_ids": sorted(group_id for group_id, _ in groups),
        "groups": [name for _, name in groups],
        "directory": cardholder.directory,
        "directory_id": cardholder.directory_id,
        "directory_fields": cardholder.directory_fields or [],
        **{f"custom_fields.{name}": value for name, value in custom.items()},
    }
