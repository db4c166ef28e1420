"""Fields that an outside directory owns: it alone changes them, until they are released."""

from dataclasses import replace
from typing import cast

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.errors import Conflict, ValidationFailed
from doorward.acs.events.models import Event
from doorward.acs.people.models import Cardholder, CustomFieldKind
from doorward.acs.people.operations import (
    CardholderChanges,
    DirectoryEntry,
    NewCardholder,
    NewCustomField,
    add_members,
    apply_directory,
    create_cardholder,
    create_custom_field,
    create_group,
    delete_cardholder,
    release_from_directory,
    remove_members,
    set_photo,
    update_cardholder,
)
from doorward.acs.people.photo import EncodedPhoto
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

ENTRY = DirectoryEntry(
    "ldap.example.org", "uid=ada", ("first_name", "last_name", "suspended", "group_ids", "photo", "custom_fields")
)


async def owned(world: World) -> Cardholder:
    ada = await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("1", "Ada", "Byron"))
    return await apply_directory(world.domain, COMMAND_LINE, ada.id, ENTRY, {"last_name": "Lovelace"})


async def test_the_directory_sets_what_it_owns_and_the_audit_says_who_it_was(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await owned(world)
        stored = await Cardholder.get(id=ada.id)
        assert (stored.last_name, stored.directory, stored.directory_id) == ("Lovelace", ENTRY.directory, ENTRY.id)
        event = await Event.all().order_by("-position").first()
        assert event is not None
        assert event.data["means"] == "directory"
        assert event.data["after"]["last_name"] == "Lovelace"
        again = await apply_directory(world.domain, COMMAND_LINE, ada.id, ENTRY, {"last_name": "Lovelace"})
        assert again.version == stored.version


@pytest.mark.parametrize(
    "changes, field",
    [({"last_name": "Byron"}, "lastName"), ({"suspended": True}, "suspended")],
)
async def test_nobody_else_changes_what_the_directory_owns(
    database_url: str, changes: dict[str, object], field: str
) -> None:
    async with open_world(database_url) as world:
        ada = await owned(world)
        with pytest.raises(ValidationFailed, match=r"directory ldap\.example\.org") as caught:
            await update_cardholder(world.domain, COMMAND_LINE, ada.id, cast(CardholderChanges, changes))
        assert caught.value.path == (field,)
        stored = await Cardholder.get(id=ada.id)
        assert (stored.last_name, stored.suspended, stored.version) == ("Lovelace", False, 2)


async def test_owned_groups_photos_and_custom_fields_are_closed_too(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await owned(world)
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        field = await create_custom_field(world.domain, COMMAND_LINE, NewCustomField("Desk", CustomFieldKind.TEXT))
        with pytest.raises(ValidationFailed, match="groups of Ada Lovelace come from a directory"):
            await add_members(world.domain, COMMAND_LINE, group.id, [ada.id])
        with pytest.raises(ValidationFailed, match="directory") as caught:
            await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"custom_fields": {field.id: "1"}})
        assert caught.value.path == ("customFields",)
        with pytest.raises(ValidationFailed, match="directory"):
            await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"group_ids": [group.id]})
        with pytest.raises(ValidationFailed, match="directory"):
            await set_photo(world.domain, COMMAND_LINE, ada.id, EncodedPhoto("a" * 64, b"x"))
        await apply_directory(world.domain, COMMAND_LINE, ada.id, ENTRY, {"group_ids": [group.id]})
        with pytest.raises(ValidationFailed, match="come from a directory"):
            await remove_members(world.domain, COMMAND_LINE, group.id, [ada.id])


async def test_a_form_that_sends_owned_fields_unchanged_is_accepted(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await owned(world)
        changes: CardholderChanges = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"}
        changed = await update_cardholder(world.domain, COMMAND_LINE, ada.id, changes)
        assert changed.email == "ada@example.org"


async def test_a_directory_sets_only_what_it_owns_and_only_its_own_people(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await owned(world)
        other = await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("2", "Bob", "B"))
        run = apply_directory
        with pytest.raises(ValidationFailed, match="does not own email"):
            await run(world.domain, COMMAND_LINE, ada.id, ENTRY, {"email": "a@example.org"})
        with pytest.raises(ValidationFailed, match="cannot own version"):
            await run(world.domain, COMMAND_LINE, ada.id, replace(ENTRY, fields=("version",)), {})
        with pytest.raises(Conflict, match=r"comes from the directory ldap\.example\.org"):
            await run(world.domain, COMMAND_LINE, ada.id, replace(ENTRY, directory="other"), {})
        with pytest.raises(Conflict, match="Another cardholder is uid=ada"):
            await run(world.domain, COMMAND_LINE, other.id, ENTRY, {})


async def test_a_released_cardholder_is_ours_again(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await owned(world)
        with pytest.raises(Conflict, match="release them"):
            await delete_cardholder(world.domain, COMMAND_LINE, ada.id)
        released = await release_from_directory(world.domain, COMMAND_LINE, ada.id, 2)
        assert (released.directory, released.directory_id, released.last_name) == ("", None, "Lovelace")
        await update_cardholder(world.domain, COMMAND_LINE, ada.id, {"last_name": "Byron"})
        await delete_cardholder(world.domain, COMMAND_LINE, ada.id)
