"""What the log tells of people, by every way in which it is read: to whom it is not for, it says nothing of it."""

import asyncio
import json
from contextlib import aclosing
from typing import Any, cast

import pytest

from doorward.acs.actor import COMMAND_LINE, Actor, Permission
from doorward.acs.credentials.operations import NewPin, change_pin, create_pin
from doorward.acs.events.models import Event
from doorward.acs.people.models import CustomFieldKind
from doorward.acs.people.operations import NewCustomField, create_custom_field, update_cardholder
from doorward.graphql.context import ApiContext
from doorward.graphql.event_data import messages_of
from doorward.graphql.paging import encode_cursor
from tests.graphql.test_walk_permissions import SCHEMA, context
from tests.world import World, make_site, only, open_world

pytestmark = pytest.mark.anyio

CHANGES = """subscription($after: String) { changes(after: $after, entities: [CARDHOLDER, CREDENTIAL]) {
  kind name changedFields fields { name before after }
} }"""
SECRETS = ("555-0199", "keeps bees", "rhesus")
SEES = (Permission.EVENT_VIEW, Permission.AUDIT_VIEW, Permission.CARDHOLDER_VIEW)


async def what_happened(world: World) -> None:
    """Personal fields of Ada are set; she is given a PIN, and then another."""
    ada = (await make_site(world)).ada.id
    blood = await create_custom_field(
        world.domain, COMMAND_LINE, NewCustomField("Blood", CustomFieldKind.TEXT, personal=True)
    )
    values = {"phone": SECRETS[0], "notes": SECRETS[1], "custom_fields": {blood.id: SECRETS[2]}}
    await update_cardholder(world.domain, COMMAND_LINE, ada, cast(Any, values))
    pin = await create_pin(world.domain, COMMAND_LINE, NewPin(ada, "3917"))
    await change_pin(world.domain, COMMAND_LINE, pin.id, "4028")


async def changes_told(world: World, actor: Actor) -> list[dict[str, Any]]:
    """All that the subscription replays."""
    asked = context(world, actor)
    result = await SCHEMA.subscribe(CHANGES, context_value=asked, variable_values={"after": encode_cursor("0")})
    found: list[dict[str, Any]] = []
    async with aclosing(cast(Any, result)) as results:
        while True:
            try:
                async with asyncio.timeout(1.0):
                    found.append((await anext(results)).data["changes"])
            except TimeoutError:
                return found


@pytest.fixture(autouse=True)
def nobody_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is no row: they stay who they are."""

    async def stays(self: ApiContext) -> Actor:
        return self.actor

    monkeypatch.setattr(ApiContext, "_look", stays)


async def test_what_is_personal_is_told_of_no_change_without_its_permission(database_url: str) -> None:
    async with open_world(database_url) as world:
        await what_happened(world)
        stranger, friend = only(*SEES), only(*SEES, Permission.PERSONAL_VIEW)
        rows = await Event.all().order_by("position")
        for actor, personal in ((stranger, False), (friend, True)):
            by_subscription = json.dumps(await changes_told(world, actor))
            by_webhook = b"".join(message.body for message in await messages_of(world.domain, actor, rows)).decode()
            for told in (by_subscription, by_webhook):
                assert [secret in told for secret in SECRETS] == [personal] * 3
            assert "phone" in by_subscription, "that it changed is no secret"


async def test_changes_tell_of_no_pin_without_its_permission(database_url: str) -> None:
    async with open_world(database_url) as world:
        await what_happened(world)
        stranger, manager = only(*SEES), only(*SEES, Permission.PIN_MANAGE)
        of_credentials = [
            sum(one["kind"] == "CREDENTIAL" for one in await changes_told(world, actor))
            for actor in (stranger, manager)
        ]
        assert of_credentials == [1, 3]
