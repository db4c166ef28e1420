"""Making, changing and enabling webhooks."""

from datetime import timedelta

import pytest

from doorward.acs.actor import SYSTEM, Role
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import Category, EventType
from doorward.acs.events.models import Event
from doorward.acs.events.queries import EventFilter
from doorward.acs.users.models import User
from doorward.acs.webhooks import filters
from doorward.acs.webhooks.handshake import enable_webhook
from doorward.acs.webhooks.models import DeliveryStatus, StopReason, Webhook, WebhookDelivery
from doorward.acs.webhooks.operations import (
    MOST_WEBHOOKS,
    NewWebhook,
    checked_url,
    create_webhook,
    delete_webhook,
    rotate_webhook_secret,
    update_webhook,
)
from doorward.acs.webhooks.queries import forget_old_deliveries, listed, messages_after
from doorward.acs.webhooks.replay import replay_since, send_test
from tests.server.webhooks.receiver import courier, happen, make, posting, receiver, reply, somebody
from tests.world import only, open_world

pytestmark = pytest.mark.anyio


async def state() -> str:
    return (await listed([await Webhook.get()]))[0].words


async def test_a_new_webhook_has_a_secret_that_only_its_maker_sees(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await create_webhook(world.domain, await somebody(), NewWebhook("Desk", "https://example.org/hook"))
        row = await Webhook.get()
        assert made.secret.startswith("whsec_")
        assert made.secret.encode() not in bytes(row.sealed_secret)
        assert (row.enabled, row.stop_reason) == (False, StopReason.NEW)
        (told,) = await Event.filter(type=EventType.WEBHOOK_CREATED)
        assert made.secret not in str(told.data)
        assert await state() == "Not enabled yet."


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https://user@example.org/", "//example.org",
        "https://user:secret@example.org/", "https://example.org/#part", "https://example.org:99999/", "https://[::1",
        "https://exa mple.org/", "https://exämple.org/", "https://example.org\\@inside/", "https://example.org:0/",
        "https://" + "a" * 2000, "",
    ],
)  # fmt: skip
async def test_only_whole_https_urls_are_taken(database_url: str, url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed) as refused:
            checked_url(world.domain, url)
        assert refused.value.path == ("url",)


async def test_http_is_taken_where_the_server_allows_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        world.domain.webhooks.allow_http = True
        assert checked_url(world.domain, " http://example.org/hook ") == "http://example.org/hook"


async def test_it_is_enabled_once_the_receiver_echoes_the_challenge(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        assert made.webhook.enabled
        (challenge,) = there.got
        assert challenge.said["type"] == "webhook.verification"
        assert await state() == "Works."


@pytest.mark.parametrize(
    "answer, words",
    [
        (reply(200, b"ok"), "data.challenge"),
        (reply(200, b'{"challenge": 7}'), "data.challenge"),
        (reply(200, b'{"challenge": '), "data.challenge"),
        (reply(200, b"\xff\xfe"), "data.challenge"),
        (reply(500), "500 Internal Server Error"),
        (reply(302, location="https://elsewhere.example/"), "Redirects are not followed"),
    ],
)
async def test_otherwise_it_stays_disabled_and_says_why(database_url: str, answer: object, words: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        there.echoes, there.always = False, answer  # type: ignore[assignment]
        with pytest.raises(ValidationFailed, match=words):
            await make(world, await somebody(), there.url)
        assert not (await Webhook.get()).enabled
        assert words in await state()
        assert await Event.filter(type=EventType.WEBHOOK_UNVERIFIED).count() == 1


async def test_echoing_the_whole_request_is_no_consent(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        there.echoes = False

        async def mirror(writer: object) -> None:
            await reply(200, there.got[-1].body)(writer)  # type: ignore[arg-type]

        there.always = mirror
        with pytest.raises(ValidationFailed, match=r"data\.challenge"):
            await make(world, await somebody(), there.url)


async def test_another_url_has_to_be_verified_again(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, receiver() as other, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url)
        row = await update_webhook(world.domain, actor, made.webhook.id, {"name": "Other", "url": other.url})
        assert (row.enabled, row.stop_reason) == (False, StopReason.URL_CHANGED)
        await happen(world.domain, "one")
        assert await courier(world, made).work() == (False, None)
        assert not other.got
        await enable_webhook(world.domain, actor, made.webhook.id)
        await courier(world, made).work()
        assert [got.said["type"] for got in other.got] == ["webhook.verification", "server.job_failed"]


async def test_a_change_of_the_url_while_the_challenge_is_under_way_enables_nothing(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world) as post:
        actor = await somebody()
        made = await create_webhook(world.domain, actor, NewWebhook("Desk", there.url))

        async def meanwhile(outgoing: object) -> object:
            answer = await post(outgoing)  # type: ignore[arg-type]
            await update_webhook(world.domain, actor, made.webhook.id, {"url": "https://inside.example/"})
            return answer

        world.domain.webhooks.post = meanwhile  # type: ignore[assignment]
        with pytest.raises(Conflict):
            await enable_webhook(world.domain, actor, made.webhook.id)
        assert not (await Webhook.get()).enabled


async def test_whoever_saves_it_answers_for_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        first, second = await somebody(), await somebody(name="Grace")
        made = await create_webhook(world.domain, first, NewWebhook("Desk", "https://example.org/"))
        assert (await Webhook.get()).owner_id == first.user_id
        await update_webhook(world.domain, second, made.webhook.id, {})
        assert (await Webhook.get()).owner_id == second.user_id
        await User.filter(id=second.user_id).delete()
        row = await Webhook.get()
        assert row.owner_id is None


async def test_a_paused_webhook_says_why(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        await make(world, await somebody(), there.url)
        await User.all().update(enabled=False)
        assert await state() == "Paused: Ada, who answers for it, is disabled."
        await User.all().delete()
        assert "is deleted" in await state()


async def test_a_filter_is_kept_as_it_was_given_and_a_new_one_is_for_what_comes(database_url: str) -> None:
    wanted = EventFilter((Category.ACCESS,), (EventType.DOOR_FORCED,), (), "door", None, "c")
    assert filters.loaded(filters.stored(wanted)) == wanted
    assert filters.stored(EventFilter()) == {}
    async with open_world(database_url) as world, receiver() as there, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url, EventFilter(types=(EventType.DOOR_FORCED,)))
        await happen(world.domain, "before")
        await update_webhook(
            world.domain, actor, made.webhook.id, {"wanted": EventFilter(types=(EventType.JOB_FAILED,))}
        )
        await happen(world.domain, "after")
        await courier(world, made).work()
        assert [got.said["data"]["data"]["job"] for got in there.messages] == ["after"]


async def test_there_are_bounds(database_url: str) -> None:
    async with open_world(database_url) as world:
        actor = await somebody()
        made = await create_webhook(world.domain, actor, NewWebhook("0", "https://example.org/"))
        with pytest.raises(Conflict, match="another webhook called 0"):
            await create_webhook(world.domain, actor, NewWebhook("0", "https://example.org/"))
        with pytest.raises(Conflict, match="not enabled"):
            await send_test(world.domain, actor, made.webhook.id)
        with pytest.raises(ValidationFailed, match="168"):
            await rotate_webhook_secret(world.domain, actor, made.webhook.id, timedelta(hours=169))
        with pytest.raises(Conflict, match="changed this meanwhile"):
            await delete_webhook(world.domain, actor, made.webhook.id, 7)
        with pytest.raises(NotFound):
            await delete_webhook(world.domain, SYSTEM, "unknown")
        for number in range(1, MOST_WEBHOOKS):
            await create_webhook(world.domain, actor, NewWebhook(str(number), "https://example.org/"))
        with pytest.raises(Conflict, match="the most there may be"):
            await create_webhook(world.domain, actor, NewWebhook("More", "https://example.org/"))


async def test_a_full_queue_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.webhooks.queries.MOST_PENDING", 1)
    async with open_world(database_url) as world, receiver() as there, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url)
        await send_test(world.domain, actor, made.webhook.id)
        assert "the most that are queued" in await state()


async def test_what_was_lost_is_read_by_whoever_answers_for_it(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url)
        await happen(world.domain, "one", "two")
        found = await messages_after(actor, made.webhook.id, None, 10)
        assert [event.data["job"] for event in found.events] == ["one", "two"]
        after = await messages_after(actor, made.webhook.id, found.events[0].position, 10)
        assert [event.data["job"] for event in after.events] == ["two"]
        with pytest.raises(NotPermitted):
            await messages_after(await somebody(name="Grace"), made.webhook.id, None, 10)
        with pytest.raises(NotPermitted):
            await messages_after(only(), made.webhook.id, None, 10)
        await User.filter(name="Ada").update(enabled=False, role=Role.VIEWER)
        with pytest.raises(Conflict, match="is disabled"):
            await messages_after(actor, made.webhook.id, None, 10)


async def test_a_replay_is_from_one_place(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url)
        for given in ({}, {"after": 1, "since": world.clock()}, {"since": world.clock().replace(tzinfo=None)}):
            with pytest.raises(ValidationFailed):
                await replay_since(world.domain, actor, made.webhook.id, **given)
        before = (await Webhook.get()).position
        row = await replay_since(world.domain, actor, made.webhook.id, after=10**15)
        assert row.position == before, "nothing is left out by it"


async def test_the_delivery_log_forgets_what_is_old_and_over(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.replies = [reply(500)]
        await happen(world.domain, "waits", "arrives")
        await courier(world, made).work()
        await forget_old_deliveries(world.domain)
        assert await WebhookDelivery.all().count() == 2
        world.clock.advance(timedelta(days=15))
        await forget_old_deliveries(world.domain)
        (left,) = await WebhookDelivery.all()
        assert left.status is DeliveryStatus.PENDING
