"""What may be done to cardholders and groups."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.people.models import Cardholder, Group, GroupMember, Photo
from doorward.acs.people.photo import MEDIA_TYPE, EncodedPhoto

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class NewCardholder:
    """A cardholder to create. `number` is the site's own, unique id for the person."""

    number: str
    first_name: str
    last_name: str
    email: str = ""
    group_ids: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class CardholderChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    number: str
    first_name: str
    last_name: str
    email: str
    group_ids: Sequence[str]
    suspended: bool
    valid_from: datetime | None
    valid_to: datetime | None


@operation(Permission.CONFIGURATION_WRITE)
async def create_group(work: Work, name: str) -> Group:
    """A new group without members."""
    name = check.text(name, "name", longest=100)
    await check.unique(Group, work.connection, f"There is a group called {name} already.", "name", name=name)
    group = await Group.create(using_db=work.connection, id=new_id(), name=name)
    work.audit(EventType.GROUP_CREATED, after={"id": group.id, "name": name})
    return group


@operation(Permission.CARDHOLDER_WRITE)
async def create_cardholder(work: Work, given: NewCardholder) -> Cardholder:
    """A new cardholder, member of the groups named."""
    cardholder = Cardholder(id=new_id())
    await _apply(
        work,
        cardholder,
        {
            "number": given.number,
            "first_name": given.first_name,
            "last_name": given.last_name,
            "email": given.email,
            "valid_from": given.valid_from,
            "valid_to": given.valid_to,
        },
    )
    await cardholder.save(using_db=work.connection, force_create=True)
    await _set_groups(work, cardholder.id, given.group_ids)
    work.policy_changed = True
    work.audit(
        EventType.CARDHOLDER_CREATED,
        after=await _snapshot(work, cardholder),
        cardholder_id=cardholder.id,
        cardholder_name=cardholder.display_name,
    )
    return cardholder


@operation(Permission.CARDHOLDER_WRITE)
async def update_cardholder(
    work: Work, cardholder_id: str, changes: CardholderChanges, expected_version: int | None = None
) -> Cardholder:
    """Change a cardholder. Raises Conflict if it is no longer at `expected_version`."""
    cardholder = await _locked(work, cardholder_id)
    check.version(cardholder.version, expected_version)
    before = await _snapshot(work, cardholder)
    await _apply(work, cardholder, changes)
    if "group_ids" in changes:
        await _set_groups(work, cardholder.id, changes["group_ids"])
    after = await _snapshot(work, cardholder)
    if after == before:
        return cardholder
    cardholder.version += 1
    await cardholder.save(using_db=work.connection)
    work.policy_changed = True
    work.audit(
        EventType.CARDHOLDER_UPDATED,
        before=before,
        after=after,
        cardholder_id=cardholder.id,
        cardholder_name=cardholder.display_name,
        photo_id=cardholder.photo_id,
    )
    return cardholder


@operation(Permission.CARDHOLDER_WRITE)
async def set_photo(work: Work, cardholder_id: str, photo: EncodedPhoto | None) -> Cardholder:
    """Give a cardholder a photo (see `encode_photo`), or none. Old photos stay for the events that show them."""
    cardholder = await _locked(work, cardholder_id)
    if photo is not None:
        await Photo.get_or_create(
            {"media_type": MEDIA_TYPE, "content": photo.content}, using_db=work.connection, id=photo.id
        )
    before, cardholder.photo_id = cardholder.photo_id, photo.id if photo else None
    cardholder.version += 1
    await cardholder.save(using_db=work.connection)
    work.audit(
        EventType.CARDHOLDER_PHOTO_CHANGED,
        before={"photo": before},
        after={"photo": cardholder.photo_id},
        cardholder_id=cardholder.id,
        cardholder_name=cardholder.display_name,
        photo_id=cardholder.photo_id,
    )
    return cardholder


async def _locked(work: Work, cardholder_id: str) -> Cardholder:
    found = await Cardholder.select_for_update().using_db(work.connection).get_or_none(id=cardholder_id)
    if found is None:
        raise NotFound("There is no such cardholder.", "id")
    return found


async def _apply(work: Work, cardholder: Cardholder, changes: CardholderChanges) -> None:
    """Check the changes and put them on the row, without saving it."""
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
    if "email" in changes:
        cardholder.email = check.text(changes["email"], "email", longest=254, empty=True)
        if cardholder.email and not _EMAIL.fullmatch(cardholder.email):
            raise ValidationFailed("This is not an e-mail address.", "email")
    if "suspended" in changes:
        cardholder.suspended = changes["suspended"]
    if "valid_from" in changes:
        cardholder.valid_from = changes["valid_from"]
    if "valid_to" in changes:
        cardholder.valid_to = changes["valid_to"]
    check.period(cardholder.valid_from, cardholder.valid_to)
    cardholder.sort_name = f"{cardholder.last_name} {cardholder.first_name}".casefold()[:202]


async def _set_groups(work: Work, cardholder_id: str, group_ids: Sequence[str]) -> None:
    await check.exist(Group, group_ids, "groupIds", work.connection)
    await GroupMember.filter(cardholder_id=cardholder_id).using_db(work.connection).delete()
    members = [GroupMember(cardholder_id=cardholder_id, group_id=group_id) for group_id in dict.fromkeys(group_ids)]
    await GroupMember.bulk_create(members, using_db=work.connection)


async def _snapshot(work: Work, cardholder: Cardholder) -> dict[str, Any]:
    members = GroupMember.filter(cardholder_id=cardholder.id).using_db(work.connection)
    return {
        "number": cardholder.number,
        "first_name": cardholder.first_name,
        "last_name": cardholder.last_name,
        "email": cardholder.email,
        "suspended": cardholder.suspended,
        "valid_from": cardholder.valid_from,
        "valid_to": cardholder.valid_to,
        "group_ids": sorted(await members.values_list("group_id", flat=True)),
    }
