"""Webhooks over the API."""

import json
from pathlib import Path

import pytest
from graphql import get_named_type, is_leaf_type

from doorward.acs.actor import COMMAND_LINE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.events.models import Event
from doorward.acs.events.operations import store_records
from doorward.acs.users.models import User
from doorward.acs.webhooks.models import Webhook
from doorward.acs.webhooks.operations import MadeSecret
from doorward.graphql.event_data import messages_of
from doorward.graphql.schema import build_schema
from tests.acs.test_event_log import granted
from tests.api import serve_api
from tests.server.webhooks.receiver import courier, happen, posting, receiver, reply, verified
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

CREATE = """mutation($input: CreateWebhookInput!) { createWebhook(input: $input) {
  webhook { id name url enabled state stopReason ownerName pending filter { types categories } version }
  secret errors { code message path }
} }"""
PULL = """query($id: ID!, $after: String) { webhookMessages(webhookId: $id, first: 2, after: $after) {
  edges { cursor node { messageId type body } } pageInfo { hasNextPage endCursor }
} }"""
LOG = """query($id: ID!) { webhookDeliveries(webhookId: $id, last: 10, statuses: [DELIVERED, PENDING]) {
  nodes { id messageId type status attempts responseStatus response error } pageInfo { hasPreviousPage }
} }"""


def every_field(name: str) -> str:
    """A selection of all that the type has."""
    kind = build_schema()._schema.type_map[name]
    chosen = []
    for key, field in kind.fields.items():  # type: ignore[attr-defined]
        below = get_named_type(field.type)
        chosen.append(key if is_leaf_type(below) else f"{key} {every_field(below.name)}")
    return f"{{ {' '.join(chosen)} }}"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR])
async def test_a_body_has_the_event_as_the_api_has_it(database_url: str, tmp_path: Path, role: Role) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, role) as api:
        site = await make_site(world)
        await store_records(world.domain, world.controller.id, [granted(site, number) for number in range(1, 4)])
        await happen(world.domain, "one")
        await api.sign_in(role)
        shown = await api.data(f"{{ events(first: 100) {{ edges {{ cursor node {every_field('Event')} }} }} }}")
        edges = shown["events"]["edges"]
        user = await User.get(name=role.value)
        actor = Actor(user.id, user.name, PERMISSIONS[role], "webhook")
        rows = await Event.filter(id__in=[edge["node"]["id"] for edge in edges]).order_by("position")
        messages = await messages_of(world.domain, actor, rows)
        assert [json.loads(message.body)["data"] for message in messages] == [edge["node"] for edge in edges]
        assert [message.cursor for message in messages] == [edge["cursor"] for edge in edges]
        assert any(edge["node"]["bookmarks"] for edge in edges)


async def test_a_webhook_from_its_making_to_its_end(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        receiver() as there,
        posting(world),
        serve_api(world, tmp_path, Role.ADMINISTRATOR) as api,
    ):
        await api.sign_in(Role.ADMINISTRATOR)
        wanted = {"types": ["server.job_failed"], "categories": ["SYSTEM"]}
        made = (await api.data(CREATE, input={"name": "Desk", "url": there.url, "filter": wanted}))["createWebhook"]
        assert made["errors"] == []
        assert made["webhook"]["filter"] == wanted
        assert (made["webhook"]["state"], made["webhook"]["stopReason"]) == ("Not enabled yet.", "NEW")
        assert made["webhook"]["ownerName"] == "administrator"
        hook, secret = made["webhook"]["id"], made["secret"]

        enabled = await api.data(
            "mutation($id: ID!) { enableWebhook(input: {id: $id}) { webhook { enabled state } errors { message } } }",
            id=hook,
        )
        assert enabled["enableWebhook"] == {"webhook": {"enabled": True, "state": "Works."}, "errors": []}
        await happen(world.domain, "one", "two", "three")
        there.replies = [reply(200, b"thanks"), reply(500)]
        sender = courier(world, MadeSecret(await Webhook.get(), secret))
        await sender.work()
        assert verified(secret, there.messages[0])["data"]["data"] == {"job": "one"}

        log = (await api.data(LOG, id=hook))["webhookDeliveries"]["nodes"]
        assert [(row["status"], row["responseStatus"]) for row in log] == [
            ("DELIVERED", 200),
            ("PENDING", 500),
            ("DELIVERED", 204),
        ]
        assert log[0]["response"] == "thanks"
        again = await api.data(
            "mutation($id: ID!) { replayWebhookDelivery(input: {id: $id}) { delivery { status } errors { message } } }",
            id=log[0]["id"],
        )
        assert again["replayWebhookDelivery"] == {"delivery": {"status": "PENDING"}, "errors": []}

        page = (await api.data(PULL, id=hook))["webhookMessages"]
        assert [edge["node"]["messageId"] for edge in page["edges"]] == [got.id for got in there.messages[:2]]
        assert page["edges"][0]["node"]["body"].encode() == there.messages[0].body
        assert page["edges"][0]["cursor"] == there.messages[0].headers["doorward-cursor"]
        assert page["pageInfo"]["hasNextPage"]
        rest = (await api.data(PULL, id=hook, after=page["pageInfo"]["endCursor"]))["webhookMessages"]
        assert [edge["node"]["messageId"] for edge in rest["edges"]] == [there.messages[2].id]

        every = await api.data(
            """mutation($id: ID!, $after: String) {
              replayWebhook(input: {id: $id, after: $after}) { webhook { id } errors { message } }
              testWebhook(input: {id: $id}) { delivery { type } errors { message } }
              rotateWebhookSecret(input: {id: $id, grace: "PT1H"}) { secret webhook { previousSecretUntil } }
            }""",
            id=hook,
            after=page["edges"][0]["cursor"],
        )
        assert every["testWebhook"]["delivery"] == {"type": "webhook.test"}
        assert every["rotateWebhookSecret"]["webhook"]["previousSecretUntil"]
        second = every["rotateWebhookSecret"]["secret"]
        there.got.clear()
        await sender.work()
        assert sorted(got.said["type"] for got in there.messages) == ["server.job_failed"] * 3 + ["webhook.test"]
        for one in (secret, second):
            verified(one, there.messages[-1])

        gone = await api.data(
            """mutation($id: ID!) {
              updateWebhook(input: {id: $id, name: "Front desk", filter: null}) { webhook { name filter { types } } }
              disableWebhook(input: {id: $id}) { webhook { state } }
              deleteWebhook(input: {id: $id}) { deletedId errors { message } }
            }""",
            id=hook,
        )
        assert gone["updateWebhook"]["webhook"] == {"name": "Front desk", "filter": {"types": []}}
        assert gone["disableWebhook"]["webhook"]["state"] == "Disabled by hand."
        assert gone["deleteWebhook"] == {"deletedId": hook, "errors": []}
        assert (await api.data("{ webhooks(first: 10) { nodes { id } } }"))["webhooks"]["nodes"] == []


async def test_what_cannot_be_done_says_why(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        refused = (await api.data(CREATE, input={"name": "Desk", "url": "https://example.org/"}))["createWebhook"]
        assert refused["errors"][0]["code"] == "PERMISSION"
        reply_ = await api.ask("{ webhooks(first: 1) { nodes { id } } }")
        assert reply_["errors"][0]["extensions"]["code"] == "PERMISSION"


async def test_pages_of_webhooks_go_by_name(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        for name in ("Beta", "Alpha", "Gamma"):
            await api.data(CREATE, input={"name": name, "url": "https://example.org/"})
        ask = (
            "query($first: Int, $after: String, $last: Int, $before: String) { webhooks(first: $first, after: $after, "
            "last: $last, before: $before) { nodes { name } pageInfo { endCursor startCursor hasNextPage } } }"
        )
        page = (await api.data(ask, first=2))["webhooks"]
        assert [row["name"] for row in page["nodes"]] == ["Alpha", "Beta"]
        after = (await api.data(ask, first=2, after=page["pageInfo"]["endCursor"]))["webhooks"]
        assert [row["name"] for row in after["nodes"]] == ["Gamma"]
        before = (await api.data(ask, last=1, before=page["pageInfo"]["endCursor"]))["webhooks"]
        assert [row["name"] for row in before["nodes"]] == ["Alpha"]


def test_only_administrators_have_the_permission() -> None:
    assert [role for role in Role if Permission.WEBHOOK_WRITE in PERMISSIONS[role]] == [Role.ADMINISTRATOR]
    assert Permission.WEBHOOK_WRITE in COMMAND_LINE.permissions
