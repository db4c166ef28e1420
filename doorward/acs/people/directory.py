"""Fields that an outside directory owns: only the directory changes them."""

from dataclasses import dataclass, replace

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import Conflict, ValidationFailed
from doorward.acs.operation import Work, operation
from doorward.acs.people.change import change_cardholder, locked
from doorward.acs.people.details import CardholderChanges, snapshot
from doorward.acs.people.models import Cardholder

OWNABLE = frozenset(CardholderChanges.__annotations__) | {"photo"}
"""What a directory may own: any field of a cardholder, the custom fields (all or none), and the photo."""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A person as a directory knows them: its name, its id for them, and which fields it owns (of `OWNABLE`)."""

    directory: str
    id: str
    fields: tuple[str, ...]


@operation(Permission.CARDHOLDER_WRITE)
async def apply_directory(
    work: Work, cardholder_id: str, entry: DirectoryEntry, changes: CardholderChanges
) -> Cardholder:
    """Let a directory own a cardholder's fields, and set them. Raises ValidationFailed for fields it does not own.

    Raises Conflict if another directory owns them, or if the directory's entry is another cardholder's.
    """
    work.actor = replace(work.actor, means="directory")
    cardholder = await locked(work, cardholder_id)
    name = check.text(entry.directory, "directory", longest=100)
    entry_id = check.text(entry.id, "directoryId", longest=200)
    if unknown := sorted(set(entry.fields) - OWNABLE):
        raise ValidationFailed(f"A directory cannot own {', '.join(unknown)}.", "directoryFields")
    if foreign := sorted(set(changes) - set(entry.fields)):
        raise ValidationFailed(f"The directory {name} does not own {', '.join(foreign)}.", "directoryFields")
    if cardholder.directory and cardholder.directory != name:
        raise Conflict(f"This cardholder comes from the directory {cardholder.directory}.", "directory")
    await check.unique(
        Cardholder,
        work.connection,
        f"Another cardholder is {entry_id} in the directory {name} already.",
        "directoryId",
        but=cardholder.id,
        directory=name,
        directory_id=entry_id,
    )
    before = await snapshot(work, cardholder)
    cardholder.directory, cardholder.directory_id = name, entry_id
    cardholder.directory_fields = sorted(set(entry.fields))
    await change_cardholder(work, cardholder, changes, before, by_owner=True)
    return cardholder


@operation(Permission.CARDHOLDER_WRITE)
async def release_from_directory(work: Work, cardholder_id: str, expected_version: int | None = None) -> Cardholder:
    """Make a cardholder's fields our own again; they keep their values. A later sync may take them back."""
    cardholder = await locked(work, cardholder_id)
    check.version(cardholder.version, expected_version)
    before = await snapshot(work, cardholder)
    cardholder.directory, cardholder.directory_id, cardholder.directory_fields = "", None, None
    await change_cardholder(work, cardholder, {}, before)
    return cardholder
