"""What may be done to cardholders; what may be done to groups, custom fields and directory entries is at hand here."""

from collections.abc import Mapping
from typing import cast

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.credentials.models import Credential
from doorward.acs.errors import Conflict, NotPermitted
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.people.change import change_cardholder, locked, refuse_owned, save, subjects
from doorward.acs.people.custom_field_operations import (
    CustomFieldChanges,
    NewCustomField,
    create_custom_field,
    delete_custom_field,
    update_custom_field,
)
from doorward.acs.people.custom_values import require_custom_values
from doorward.acs.people.details import (
    PERSONAL_KEYS,
    CardholderChanges,
    NewCardholder,
    api_name,
    put_columns,
    put_relations,
    snapshot,
    visitors_of,
)
from doorward.acs.people.directory import DirectoryEntry, apply_directory, release_from_directory
from doorward.acs.people.group_operations import (
    GroupChanges,
    add_members,
    create_group,
    delete_group,
    remove_members,
    update_group,
)
from doorward.acs.people.models import Cardholder, CustomFieldValue, GroupMember, Photo
from doorward.acs.people.photo import MEDIA_TYPE, EncodedPhoto
from doorward.acs.people.uses import BEFORE_CARDHOLDER_DELETED
from doorward.acs.policy_part import PolicyPart
from doorward.acs.used_by import listed

__all__ = [
    "CardholderChanges",
    "CustomFieldChanges",
    "DirectoryEntry",
    "GroupChanges",
    "NewCardholder",
    "NewCustomField",
    "add_members",
    "apply_directory",
    "create_cardholder",
    "create_custom_field",
    "create_group",
    "delete_cardholder",
    "delete_custom_field",
    "delete_group",
    "release_from_directory",
    "remove_members",
    "set_photo",
    "update_cardholder",
    "update_custom_field",
    "update_group",
]


def _refuse_personal(work: Work, given: Mapping[str, object]) -> None:
    """Raise if something personal is to be set by somebody who may not see it."""
    found = [key for key in PERSONAL_KEYS if key in given]
    if found and Permission.PERSONAL_VIEW not in work.actor.permissions:
        raise NotPermitted("What is personal is set by those with the permission personal.view.", api_name(found[0]))


@operation(Permission.CARDHOLDER_WRITE)
async def create_cardholder(work: Work, given: NewCardholder) -> Cardholder:
    """A new cardholder, member of the groups named. Required custom fields must have a value."""
    _refuse_personal(work, {name: getattr(given, name) for name in PERSONAL_KEYS if getattr(given, name)})
    cardholder = Cardholder(id=new_id())
    changes = cast(CardholderChanges, {name: getattr(given, name) for name in CardholderChanges.__annotations__})
    await put_columns(work, cardholder, changes)
    await require_custom_values(work, given.custom_fields)
    await save(work, cardholder, create=True)
    await put_relations(work, cardholder.id, changes)
    work.changed(PolicyPart.CARDHOLDER, cardholder.id)
    work.audit(EventType.CARDHOLDER_CREATED, after=await snapshot(work, cardholder), **subjects(cardholder))
    return cardholder


@operation(Permission.CARDHOLDER_WRITE)
async def update_cardholder(
    work: Work, cardholder_id: str, changes: CardholderChanges, expected_version: int | None = None
) -> Cardholder:
    """Change a cardholder. Raises Conflict if it is no longer at `expected_version`."""
    cardholder = await locked(work, cardholder_id)
    check.version(cardholder.version, expected_version)
    _refuse_personal(work, changes)
    await change_cardholder(work, cardholder, changes, await snapshot(work, cardholder))
    return cardholder


@operation(Permission.CARDHOLDER_WRITE)
async def set_photo(
    work: Work, cardholder_id: str, photo: EncodedPhoto | None, expected_version: int | None = None
) -> Cardholder:
    """Give a cardholder a photo (see `encode_photo`), or none. Old photos stay for the events that show them."""
    cardholder = await locked(work, cardholder_id)
    work.actor.require(Permission.PHOTO_VIEW)
    check.version(cardholder.version, expected_version)
    before, after = cardholder.photo_id, photo.id if photo else None
    if before == after:
        return cardholder
    refuse_owned(cardholder, "photo")
    if photo is not None:
        await Photo.get_or_create(
            {"media_type": MEDIA_TYPE, "content": photo.content}, using_db=work.connection, id=photo.id
        )
    cardholder.photo_id = after
    cardholder.version += 1
    await save(work, cardholder)
    work.audit(
        EventType.CARDHOLDER_PHOTO_CHANGED, before={"photo": before}, after={"photo": after}, **subjects(cardholder)
    )
    return cardholder


@operation(Permission.CARDHOLDER_WRITE)
async def delete_cardholder(work: Work, cardholder_id: str, expected_version: int | None = None) -> Cardholder:
    """Remove a cardholder with credentials and memberships; what happened stays, with name and photo.

    Raises Conflict while they are the host of visitors, or come from a directory.
    """
    cardholder = await locked(work, cardholder_id)
    check.version(cardholder.version, expected_version)
    if cardholder.directory:
        raise Conflict(
            f"{cardholder.display_name} comes from the directory {cardholder.directory}. "
            "Remove them there, or release them from it first.",
            "id",
        )
    if visitors := await visitors_of(work, cardholder.id):
        raise Conflict(
            f"{cardholder.display_name} is the host of {listed(visitors)}. Give them another host first.", "id"
        )
    before = await snapshot(work, cardholder)
    for prepare in BEFORE_CARDHOLDER_DELETED:
        await prepare(work, cardholder.id)
    before["credentials"] = await _delete_credentials(work, cardholder.id)
    for rows in (GroupMember, CustomFieldValue):
        await rows.filter(cardholder_id=cardholder.id).using_db(work.connection).delete()
    await cardholder.delete(using_db=work.connection)
    work.changed(PolicyPart.CARDHOLDER, cardholder.id)
    work.audit(EventType.CARDHOLDER_DELETED, before=before, **subjects(cardholder))
    return cardholder


async def _delete_credentials(work: Work, cardholder_id: str) -> list[str]:
    """The names of the credentials that went."""
    rows = Credential.filter(cardholder_id=cardholder_id).using_db(work.connection)
    found = await rows.order_by("id").values_list("id", "name")
    await rows.delete()
    work.changed(PolicyPart.CREDENTIAL, *(str(credential_id) for credential_id, _ in found))
    return [str(name) for _, name in found]
