"""What a webhook is sent, when again, and when no more. The clock is the test's: nothing waits."""

import asyncio
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from doorward.acs.actor import Permission, Role
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.queries import EventFilter
from doorward.acs.users.models import User
from doorward.acs.webhooks.handshake import enable_webhook
from doorward.acs.webhooks.models import DeliveryStatus, StopReason, Webhook, WebhookDelivery
from doorward.acs.webhooks.operations import disable_webhook, rotate_webhook_secret
from doorward.acs.webhooks.replay import replay_delivery, replay_since, send_test
from doorward.acs.webhooks.retries import BACK_OFF, CALM, FAILING_FOR
from tests.server.webhooks.receiver import courier, happen, jobs, make, posting, receiver, reply, somebody, verified
from tests.world import open_world

pytestmark = pytest.mark.anyio


async def deliveries() -> list[WebhookDelivery]:
    return await WebhookDelivery.all().order_by("number")


async def statuses() -> list[DeliveryStatus]:
    return [row.status for row in await deliveries()]


async def test_events_arrive_in_order_signed_and_as_the_standard_wants(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        await happen(world.domain, "before")
        made = await make(world, await somebody(), there.url)
        await happen(world.domain, "one", "two", "three")
        assert await courier(world, made).work() == (True, None)
        assert jobs(there) == ["one", "two", "three"]
        first = verified(made.secret, there.messages[0])
        assert first["type"] == "server.job_failed"
        assert first["timestamp"] == world.clock().isoformat()
        assert first["data"]["title"] == "Daily work of the server failed"
        assert there.messages[0].headers["content-type"] == "application/json"
        assert there.messages[0].headers["user-agent"].startswith("Doorward/")
        assert len({got.id for got in there.messages}) == 3
        rows = await deliveries()
        assert [row.message_id for row in rows] == [got.id for got in there.messages]
        assert {(row.status, row.attempts, row.last_status) for row in rows} == {(DeliveryStatus.DELIVERED, 1, 204)}
        assert there.connections == 1, "one connection for them all"


async def test_another_secret_or_another_byte_does_not_verify(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        await happen(world.domain, "one")
        await courier(world, made).work()
        (got,) = there.messages
        with pytest.raises(WebhookVerificationError):
            verified("whsec_" + "A" * 43 + "=", got)
        got.body += b" "
        with pytest.raises(WebhookVerificationError):
            verified(made.secret, got)


async def test_both_secrets_sign_until_the_grace_ends(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        actor = await somebody(name="Grace")
        after = await rotate_webhook_secret(world.domain, actor, made.webhook.id, timedelta(hours=1))
        await happen(world.domain, "one")
        sender = courier(world, made)
        await sender.work()
        for secret in (made.secret, after.secret):
            assert verified(secret, there.messages[0])
        # The library goes by this machine's clock: with it, an hour more is still now.
        await Webhook.all().update(previous_until=world.clock())
        await happen(world.domain, "two")
        await sender.work()
        assert verified(after.secret, there.messages[1])
        with pytest.raises(WebhookVerificationError):
            verified(made.secret, there.messages[1])


async def test_what_fails_is_tried_again_under_the_same_id_until_it_arrives(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.replies = [reply(500, b"no\0t now" + b"x" * 3000), reply(200, b"thanks")]
        await happen(world.domain, "one")
        sender = courier(world, made)
        assert await sender.work() == (True, world.clock() + BACK_OFF[0])
        (row,) = await deliveries()
        assert (row.status, row.last_status, row.attempts) == (DeliveryStatus.PENDING, 500, 1)
        assert row.response == "no\ufffdt now" + "x" * (1024 - 8)
        assert row.error == "It answered 500 Internal Server Error."
        await sender.work()
        assert len(there.messages) == 1, "not before it is due"
        world.clock.advance(BACK_OFF[0])
        assert await sender.work() == (True, None)
        assert there.messages[0].id == there.messages[1].id
        assert there.messages[0].body == there.messages[1].body
        (row,) = await deliveries()
        assert (row.status, row.attempts, row.response) == (DeliveryStatus.DELIVERED, 2, "thanks")
        assert (await Webhook.get()).failing_since is None


async def test_a_failure_does_not_hold_up_what_comes_after(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.replies = [reply(500)]
        await happen(world.domain, "one", "two", "three")
        await courier(world, made).work()
        assert jobs(there) == ["one", "two", "three"]
        assert await statuses() == [DeliveryStatus.PENDING, DeliveryStatus.DELIVERED, DeliveryStatus.DELIVERED]


async def test_after_a_day_of_attempts_a_delivery_has_failed(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.always = reply(503)
        await happen(world.domain, "one")
        sender = courier(world, made)
        begun = world.clock()
        while (due := (await sender.work())[1]) is not None:
            world.clock.now = due
        assert len(there.messages) == len(BACK_OFF) + 1
        assert timedelta(hours=24) < world.clock() - begun < timedelta(hours=36)
        assert await statuses() == [DeliveryStatus.FAILED]
        assert (await Webhook.get()).enabled


async def test_a_receiver_that_says_gone_is_disabled_at_once(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.always = reply(410)
        await happen(world.domain, "one", "two")
        assert await courier(world, made).work() == (False, None)
        assert len(there.messages) == 1
        row = await Webhook.get()
        assert (row.enabled, row.stop_reason) == (False, StopReason.GONE)
        told = await Event.filter(type__in=[EventType.WEBHOOK_DISABLED, EventType.WEBHOOK_STOPPED]).order_by("position")
        assert [(event.category.value, event.severity.value) for event in told] == [
            ("audit", "notice"),
            ("system", "alarm"),
        ]


async def test_a_webhook_that_fails_for_days_is_disabled_with_an_alarm(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.always = reply(500)
        await happen(world.domain, "one")
        sender = courier(world, made)
        await sender.work()
        world.clock.advance(FAILING_FOR - timedelta(minutes=1))
        await happen(world.domain, "two")
        assert (await sender.work())[0]
        world.clock.advance(timedelta(hours=1))
        assert not (await sender.work())[0]
        row = await Webhook.get()
        assert row.stop_reason is StopReason.FAILING
        assert "Nothing could be delivered since" in (row.stop_words or "")
        assert await Event.filter(type=EventType.WEBHOOK_STOPPED).count() == 1


async def test_one_success_makes_the_failing_days_start_anew(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        sender = courier(world, made)
        for _ in range(3):
            there.replies = [reply(500)]
            await happen(world.domain, "one")
            await sender.work()
            world.clock.advance(FAILING_FOR - timedelta(hours=1))
            assert await sender.work() == (True, None)
        assert (await Webhook.get()).enabled


@pytest.mark.parametrize(
    "asked, waited",
    [("120", 120), ("9999999999", 3600), ("-3", 5), ("soon", 5), ("Wed, 21 Oct 2015 07:28:00 GMT", 5)],
)
async def test_a_receiver_may_ask_for_time_within_bounds(database_url: str, asked: str, waited: int) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.replies = [reply(429, retry_after=asked)]
        await happen(world.domain, "one", "two")
        sender = courier(world, made)
        _, due = await sender.work()
        assert due == world.clock() + timedelta(seconds=waited)
        assert len(there.messages) == (1 if waited > 5 else 2), "nothing else is sent meanwhile"
        world.clock.now = due
        await sender.work()
        assert set(await statuses()) == {DeliveryStatus.DELIVERED}


async def test_a_redirect_is_not_followed(database_url: str) -> None:
    async with (
        open_world(database_url) as world,
        receiver() as there,
        receiver() as elsewhere,
        posting(world),
    ):
        made = await make(world, await somebody(), there.url)
        there.replies = [reply(307, location=elsewhere.url)]
        await happen(world.domain, "one")
        await courier(world, made).work()
        assert not elsewhere.got
        (row,) = await deliveries()
        assert row.status is DeliveryStatus.PENDING
        assert "Redirects are not followed" in (row.error or "")


async def test_an_answer_in_drips_ends_with_the_time_out(database_url: str) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with open_world(database_url) as world, receiver() as there, posting(world, timeout_s=0.2):
        made = await make(world, await somebody(), there.url)
        there.replies = [drip]
        await happen(world.domain, "one")
        await asyncio.wait_for(courier(world, made).work(), 10)
        (row,) = await deliveries()
        assert row.error == "There was no whole answer within 0.2 seconds."
        assert (row.last_ms or 0) < 5000


async def test_of_an_endless_answer_only_the_beginning_is_read(database_url: str) -> None:
    sent = 0

    async def flood(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        for _ in range(2000):
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.replies = [flood]
        await happen(world.domain, "one", "two")
        await courier(world, made).work()
        assert await statuses() == [DeliveryStatus.DELIVERED] * 2
        assert sent < 20_000_000


async def test_after_failures_in_a_row_a_dead_receiver_is_left_alone_for_a_while(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.always = reply(500)
        await happen(world.domain, *map(str, range(30)))
        sender = courier(world, made)
        goes_on, due = await sender.work()
        assert goes_on
        assert due is not None
        assert len(there.messages) == CALM
        there.always = None
        world.clock.now = due
        while (due := (await sender.work())[1]) is not None:
            world.clock.now = due
        assert set(await statuses()) == {DeliveryStatus.DELIVERED}
        assert len(set(jobs(there))) == 30


async def test_killed_between_sending_and_writing_down_it_repeats_the_same_message(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def die(*_: object) -> None:
        raise Killed

    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        await happen(world.domain, "one", "two")
        with monkeypatch.context() as patch:
            patch.setattr("doorward.server.webhooks.courier.note", die)
            with pytest.raises(Killed):
                await courier(world, made).work()
        await courier(world, made).work()
        assert jobs(there) == ["one", "one", "two"]
        assert there.messages[0].id == there.messages[1].id != there.messages[2].id


async def test_killed_while_queueing_nothing_is_lost_or_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        await happen(world.domain, "one", "two")
        with monkeypatch.context() as patch:
            patch.setattr(Webhook, "save", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("killed")))
            with pytest.raises(RuntimeError):
                await courier(world, made).work()
        assert not await deliveries()
        await courier(world, made).work()
        assert jobs(there) == ["one", "two"]


async def test_only_what_the_filter_wants_is_sent(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        only = EventFilter(types=(EventType.WEBHOOK_TESTED,))
        made = await make(world, await somebody(), there.url, only)
        await happen(world.domain, "one")
        await send_test(world.domain, await somebody(name="Grace"), made.webhook.id)
        await courier(world, made).work()
        assert [got.said["type"] for got in there.messages] == ["webhook.test", "audit.webhook.tested"]
        assert verified(made.secret, there.messages[0])["data"] == {}


async def test_it_sees_what_its_owner_may_see_at_the_moment(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url, EventFilter())
        sender = courier(world, made)
        await sender.work()
        assert [got.said["type"] for got in there.messages] == ["audit.webhook.enabled"]
        await replay_since(world.domain, await somebody(name="Grace"), made.webhook.id, after=0)
        await sender.work()
        assert "audit.webhook.created" in [got.said["type"] for got in there.messages]
        there.got.clear()
        await User.filter(name="Ada").update(role=Role.OPERATOR)
        await replay_since(world.domain, await somebody(name="Alan"), made.webhook.id, after=0)
        await happen(world.domain, "one")
        await sender.work()
        assert {got.said["type"] for got in there.messages} == {"server.job_failed"}


async def test_what_its_owner_may_not_see_any_more_is_skipped(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url, EventFilter())
        there.always = reply(500)
        await send_test(world.domain, await somebody(name="Grace"), made.webhook.id)
        sender = courier(world, made)
        await sender.work()
        await User.filter(name="Ada").update(role=Role.OPERATOR)
        world.clock.advance(timedelta(days=1))
        await sender.work()
        ended = {row.type: row.status for row in await deliveries()}
        assert ended["webhook.test"] is DeliveryStatus.PENDING
        assert ended["audit.webhook.tested"] is DeliveryStatus.SKIPPED


async def test_it_pauses_while_its_owner_is_disabled(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        await happen(world.domain, "one")
        await User.all().update(enabled=False)
        sender = courier(world, made)
        goes_on, due = await sender.work()
        assert goes_on
        assert due is not None
        assert not there.messages
        await User.all().update(enabled=True)
        await sender.work()
        assert jobs(there) == ["one"]


async def test_a_token_s_webhook_sees_no_more_than_the_token(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        person = await somebody()
        seen = frozenset({Permission.WEBHOOK_WRITE, Permission.EVENT_VIEW})
        token = type(person)(person.user_id, person.name, seen, "token", token=("t", "Token"))
        made = await make(world, token, there.url, EventFilter())
        await happen(world.domain, "one")
        await send_test(world.domain, person, made.webhook.id)
        await courier(world, made).work()
        assert sorted(got.said["type"] for got in there.messages) == ["server.job_failed", "webhook.test"]


async def test_a_webhook_that_is_disabled_gets_nothing_and_goes_on_where_it_was(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url)
        await disable_webhook(world.domain, actor, made.webhook.id)
        await happen(world.domain, "one")
        assert await courier(world, made).work() == (False, None)
        await enable_webhook(world.domain, actor, made.webhook.id)
        await courier(world, made).work()
        assert jobs(there) == ["one"]
        await disable_webhook(world.domain, actor, made.webhook.id)
        await happen(world.domain, "two")
        await enable_webhook(world.domain, actor, made.webhook.id, from_now=True)
        await happen(world.domain, "three")
        await courier(world, made).work()
        assert jobs(there) == ["one", "three"]


async def test_replays_are_the_same_messages_again(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        actor = await somebody()
        made = await make(world, actor, there.url)
        begun = world.clock()
        world.clock.advance(timedelta(seconds=1))
        await happen(world.domain, "one", "two")
        sender = courier(world, made)
        await sender.work()
        first, second = [got.id for got in there.messages]
        await replay_delivery(world.domain, actor, (await deliveries())[1].id)
        await sender.work()
        assert [got.id for got in there.messages] == [first, second, second]
        await WebhookDelivery.filter(message_id=first).delete()
        await replay_since(world.domain, actor, made.webhook.id, since=begun)
        await sender.work()
        assert sorted(got.id for got in there.messages[3:]) == sorted([first, second])


async def test_no_more_wait_than_the_most_and_the_rest_follows(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.webhooks.queue.MOST_PENDING", 3)
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        there.always = reply(500)
        await happen(world.domain, *map(str, range(10)))
        sender = courier(world, made)
        await sender.work()
        assert await WebhookDelivery.all().count() == 3
        there.always = None
        while (due := (await sender.work())[1]) is not None:
            world.clock.now = due
        assert len(set(jobs(there))) == 10
        assert await statuses() == [DeliveryStatus.DELIVERED] * 10


async def test_the_position_follows_a_log_of_which_nothing_is_wanted(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.webhooks.queue._STRIDE", 4)
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url, EventFilter(types=(EventType.DOOR_FORCED,)))
        sender = courier(world, made)
        before = (await Webhook.get()).position
        await happen(world.domain, "one")
        await sender.work()
        assert (await Webhook.get()).position == before
        await happen(world.domain, "two", "three", "four")
        await sender.work()
        assert (await Webhook.get()).position == (await Event.all().order_by("-position").first()).position  # type: ignore[union-attr]


async def test_what_was_sent_is_not_sent_again_by_the_next_server(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        await happen(world.domain, "one", "two")
        await courier(world, made).work()
        assert await courier(world, made).work() == (True, None)
        await happen(world.domain, "three")
        await courier(world, made).work()
        assert jobs(there) == ["one", "two", "three"]


async def test_only_failures_in_a_row_make_it_rest(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        made = await make(world, await somebody(), there.url)
        few = [reply(500)] * (CALM - 1)
        there.replies = [*few, reply(200), *few, reply(200)]
        await happen(world.domain, *map(str, range(2 * CALM)))
        await courier(world, made).work()
        assert len(there.messages) == 2 * CALM
