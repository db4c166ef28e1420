"""The frame of every change to one cardholder: lock, change, refuse what is not ours to change, save, audit."""

from collections.abc import Mapping
from typing import Any

from tortoise.exceptions import IntegrityError

from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work
from doorward.acs.people.details import (
    POLICY_KEYS,
    CardholderChanges,
    api_name,
    put_columns,
    put_relations,
    snapshot,
)
from doorward.acs.people.models import Cardholder
from doorward.acs.policy_part import PolicyPart


async def locked(work: Work, cardholder_id: str) -> Cardholder:
    """The cardholder, locked until the operation ends. Raises NotFound."""
    found = await Cardholder.select_for_update().using_db(work.connection).get_or_none(id=cardholder_id)
    if found is None:
        raise NotFound("There is no such cardholder.", "id")
    return found


async def change_cardholder(
    work: Work, cardholder: Cardholder, changes: CardholderChanges, before: Mapping[str, Any], *, by_owner: bool = False
) -> None:
    """Make the changes to a locked cardholder, of whom `before` was the snapshot; nothing if nothing differs.

    Raises ValidationFailed for a field that a directory owns, unless it is the owner who changes it.
    """
    await put_columns(work, cardholder, changes)
    await put_relations(work, cardholder.id, changes)
    after = await snapshot(work, cardholder)
    different = {key for key in {**before, **after} if before.get(key) != after.get(key)}
    if not different:
        return
    if not by_owner:
        for key in different:
            refuse_owned(cardholder, key.partition(".")[0])
    cardholder.version += 1
    await save(work, cardholder)
    if different & POLICY_KEYS:
        work.changed(PolicyPart.CARDHOLDER, cardholder.id)
    work.audit(EventType.CARDHOLDER_UPDATED, before=dict(before), after=after, **subjects(cardholder))


def refuse_owned(cardholder: Cardholder, key: str) -> None:
    """Raise ValidationFailed if a directory owns this field of the cardholder."""
    if cardholder.directory and key in (cardholder.directory_fields or ()):
        raise ValidationFailed(f"This comes from the directory {cardholder.directory}. Change it there.", api_name(key))


async def save(work: Work, cardholder: Cardholder, *, create: bool = False) -> None:
    """Store the row. Somebody may have taken the number, or the entry in a directory, since it was checked."""
    try:
        await cardholder.save(using_db=work.connection, force_create=create)
    except IntegrityError as error:
        taken = f"the id {cardholder.number}" + (", or the same entry in its directory" if cardholder.directory else "")
        raise Conflict(f"Another cardholder has {taken}.", "number") from error


def subjects(cardholder: Cardholder) -> dict[str, Any]:
    """The columns of an event about this cardholder."""
    return {
        "cardholder_id": cardholder.id,
        "cardholder_name": cardholder.display_name,
        "photo_id": cardholder.photo_id,
    }
