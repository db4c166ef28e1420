"""From an operation to what a controller is sent: the list of changes, whole policies, deltas, one moment's state."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tortoise.transactions import in_transaction

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.patch import PolicyStore, apply
from doorward.acs.decision.policy import CardholderPolicy, Policy
from doorward.acs.devices import Wiring
from doorward.acs.doors.models import Controller, Device, Door
from doorward.acs.messages import PolicyDelta, PolicySnapshot
from doorward.acs.operation import SITE_ID, Work, finish
from doorward.acs.people.models import Cardholder, GroupMember
from doorward.acs.people.operations import create_group
from doorward.acs.policy import changes as changes_module
from doorward.acs.policy.changes import changes_since
from doorward.acs.policy.content import content_of
from doorward.acs.policy.models import PolicyChange
from doorward.acs.policy.pipeline import PolicyFeed
from doorward.acs.policy.reading import aside, consistent
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.models import AccessRule
from doorward.acs.schedules.operations import create_schedule
from doorward.acs.site.models import Site as SiteRow
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio

Change = Callable[[Work], Awaitable[object]]


async def change(world: World, what: Change, *parts: tuple[PolicyPart, str]) -> None:
    """What an operation does that changes these parts of the policy."""
    async with in_transaction("default") as connection:
        work = Work(world.domain, COMMAND_LINE, world.clock(), connection)
        await what(work)
        for part, entity_id in parts:
            work.changed(part, entity_id)
        await finish(work)


async def give_away(work: Work, door_id: str) -> None:
    """Let another controller have a door and what stands at it."""
    await Door.filter(id=door_id).using_db(work.connection).update(controller_id="other")
    await Device.filter(door_id=door_id).using_db(work.connection).update(controller_id="other")


async def nothing(_: Work) -> None:
    pass


async def suspend(world: World, site: Site, suspended: bool = True) -> None:
    """One cardholder changes."""
    await change(
        world,
        lambda work: Cardholder.filter(id=site.ada.id).using_db(work.connection).update(suspended=suspended),
        (PolicyPart.CARDHOLDER, site.ada.id),
    )


async def present_version() -> int:
    site = await SiteRow.get(id=SITE_ID)
    return int(site.policy_version)


class Follower:
    """A controller that takes in whatever the feed sends, as a real one does."""

    def __init__(self, world: World, controller_id: str | None = None) -> None:
        self.world = world
        self.controller_id = controller_id or world.controller.id
        self.policy = Policy(0, "UTC")
        self.wiring = Wiring()
        self.feed = PolicyFeed(world.domain, self.controller_id)
        self.feed.begin(0, "")

    async def follow(self) -> PolicySnapshot | PolicyDelta | None:
        """Take the next message in, and check that it leads to what a whole policy would be now."""
        message = await self.feed.next()
        match message:
            case PolicySnapshot(policy, wiring):
                self.policy, self.wiring = policy, wiring
            case PolicyDelta():
                assert (message.base_version, message.base_content) == (self.policy.version, self.policy.content)
                self.policy = apply(self.policy, message.changes, message.version, message.content)
                self.wiring = self.wiring if message.wiring is None else message.wiring
        whole = await compile_policy(self.world.domain, self.controller_id)
        assert PolicyStore(self.policy).parts == PolicyStore(whole.policy).parts
        assert (self.policy.version, self.policy.content, self.wiring) == (
            whole.policy.version,
            whole.policy.content,
            whole.wiring,
        )
        return message


async def test_every_change_is_listed_under_its_version_in_its_transaction(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        before = await present_version()
        await suspend(world, site)
        after = await present_version()
        assert await changes_since(before, after) == {PolicyPart.CARDHOLDER: {site.ada.id}}
        with pytest.raises(ZeroDivisionError):
            await change(world, lambda work: 1 // 0, (PolicyPart.CARDHOLDER, "x"))  # type: ignore[arg-type, return-value]
        assert await present_version() == after
        assert await changes_since(before, after) == {PolicyPart.CARDHOLDER: {site.ada.id}}


async def test_an_operation_that_does_not_say_what_it_changed_makes_a_whole_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        before = await present_version()

        async def something(work: Work) -> None:
            work.policy_changed = True

        await change(world, something)
        assert await changes_since(before, await present_version()) is None
        assert await changes_since(before, before) == {}


async def test_an_operation_that_changes_no_policy_lists_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        await create_group(world.domain, COMMAND_LINE, "Staff")
        assert not await PolicyChange.exists()


async def test_an_operation_that_changes_too_much_makes_a_whole_policy(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_module, "MOST_AT_ONCE", 3)
    async with open_world(database_url) as world:
        await make_site(world)
        before = await present_version()
        await change(world, nothing, *[(PolicyPart.CARDHOLDER, f"{number}") for number in range(4)])
        assert await changes_since(before, await present_version()) is None
        before = await present_version()
        for number in range(4):
            await change(world, nothing, (PolicyPart.CARDHOLDER, f"{number}"))
        assert await changes_since(before, await present_version()) is None
        assert await changes_since(before + 1, await present_version()) is not None


async def test_old_changes_are_forgotten_and_who_needs_them_gets_a_whole_policy(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_module, "TRIM_EVERY", 1)
    monkeypatch.setattr(changes_module, "KEEP_CHANGES", 4)
    async with open_world(database_url) as world:
        start = await present_version()
        for number in range(6):
            await change(world, nothing, (PolicyPart.DOOR, f"{number}"), (PolicyPart.DOOR, f"{number}b"))
        present = await present_version()
        assert present == start + 6
        assert await changes_since(start, present) is None
        assert await changes_since(present - 3, present) is None
        assert await changes_since(present - 2, present) == {PolicyPart.DOOR: {"4", "4b", "5", "5b"}}
        assert await PolicyChange.all().count() == 4


@pytest.mark.parametrize("version", [0, 99_999])
async def test_a_version_from_nowhere_gets_a_whole_policy(database_url: str, version: int) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await suspend(world, site)
        assert await changes_since(version, await present_version()) is None


async def test_a_controller_without_a_policy_gets_it_whole_and_then_only_what_changes(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        follower = Follower(world)
        whole = await follower.follow()
        assert isinstance(whole, PolicySnapshot)
        assert whole.policy.content == content_of(whole.policy, whole.wiring)
        assert await follower.follow() is None
        await suspend(world, site)
        delta = await follower.follow()
        assert isinstance(delta, PolicyDelta)
        assert delta.changes.cardholders == (CardholderPolicy(site.ada.id, (site.group.id,), suspended=True),)
        assert (delta.changes.credentials, delta.changes.removed, delta.wiring) == ((), {}, None)
        assert await follower.follow() is None


async def test_what_is_deleted_is_removed(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        follower = Follower(world)
        await follower.follow()

        async def leaves(work: Work) -> None:
            await Credential.filter(id=site.card.id).using_db(work.connection).delete()
            await GroupMember.filter(cardholder_id=site.ada.id).using_db(work.connection).delete()
            await Cardholder.filter(id=site.ada.id).using_db(work.connection).delete()

        await change(world, leaves, (PolicyPart.CREDENTIAL, site.card.id), (PolicyPart.CARDHOLDER, site.ada.id))
        delta = await follower.follow()
        assert isinstance(delta, PolicyDelta)
        assert delta.changes.removed == {
            PolicyPart.CREDENTIAL: (site.card.id,),
            PolicyPart.CARDHOLDER: (site.ada.id,),
        }
        assert follower.policy.cardholders == ()


async def test_a_door_that_moves_to_another_controller_takes_its_readers_devices_and_rules_along(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        other = await Controller.create(id="other", name="Other")
        here, there = Follower(world), Follower(world, other.id)
        await here.follow()
        await there.follow()
        assert (there.policy.doors, there.policy.rules, there.wiring) == ((), (), Wiring())
        await change(
            world,
            lambda work: give_away(work, site.door.id),
            (PolicyPart.DOOR, site.door.id),
        )
        assert isinstance(await here.follow(), PolicyDelta)
        assert isinstance(await there.follow(), PolicyDelta)
        assert (here.policy.doors, here.policy.readers, here.policy.rules, here.wiring) == ((), (), (), Wiring())
        assert (len(there.policy.doors), len(there.policy.readers), len(there.policy.rules)) == (1, 2, 1)
        assert len(there.wiring.devices) == 2


async def test_settings_of_the_site_come_as_a_delta(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        follower = Follower(world)
        await follower.follow()
        await change(
            world,
            lambda work: SiteRow.all().using_db(work.connection).update(time_zone="Asia/Tokyo"),
            (PolicyPart.SITE, "site"),
        )
        assert isinstance(await follower.follow(), PolicyDelta)
        assert follower.policy.time_zone == "Asia/Tokyo"


async def test_who_comes_back_gets_only_what_changed_meanwhile_also_from_a_server_that_was_restarted(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        follower = Follower(world)
        await follower.follow()
        await suspend(world, site)
        for _ in range(2):
            follower.feed = PolicyFeed(world.domain, world.controller.id)
            follower.feed.begin(follower.policy.version, follower.policy.content)
            message = await follower.follow()
        assert message is None, "the second time there is nothing new"
        assert follower.policy.cardholders[0].suspended


async def test_who_comes_back_with_another_content_of_the_same_version_gets_a_whole_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        follower = Follower(world)
        await follower.follow()
        follower.feed.begin(follower.policy.version, "0" * 32)
        assert isinstance(await follower.follow(), PolicySnapshot)


async def test_a_version_that_changed_nothing_for_the_controller_only_counts(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        follower = Follower(world)
        await follower.follow()
        content = follower.policy.content
        await change(world, nothing, (PolicyPart.CARDHOLDER, "of-no-controller"))
        delta = await follower.follow()
        assert isinstance(delta, PolicyDelta)
        assert (delta.version, delta.content) == (delta.base_version + 1, content)


async def test_unsaid_changes_come_as_a_whole_policy_and_deltas_go_on_after_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        follower = Follower(world)
        await follower.follow()
        await create_schedule(world.domain, COMMAND_LINE, "Night", [[(0, 60)]] * 7, {})

        async def unsaid(work: Work) -> None:
            await AccessRule.all().using_db(work.connection).update(name="Renamed")
            work.policy_changed = True

        await change(world, unsaid)
        assert isinstance(await follower.follow(), PolicySnapshot)
        await suspend(world, site)
        assert isinstance(await follower.follow(), PolicyDelta)


async def test_a_long_reading_sees_one_moment_and_holds_up_no_writer(database_url: str) -> None:
    """Two rows always change together; a reading that begins before and goes on after the change sees neither."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        begun, changed = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        async def read() -> tuple[bool, str]:
            async with consistent():
                cardholder = await Cardholder.get(id=site.ada.id)
                loop.call_soon_threadsafe(begun.set)
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(changed.wait(), loop))
                return cardholder.suspended, (await Door.get(id=site.door.id)).name

        reading = asyncio.create_task(aside(read))
        await asyncio.wait_for(begun.wait(), 10)

        async def both(work: Work) -> None:
            await Cardholder.filter(id=site.ada.id).using_db(work.connection).update(suspended=True)
            await Door.filter(id=site.door.id).using_db(work.connection).update(name="Side entrance")

        await asyncio.wait_for(change(world, both, (PolicyPart.CARDHOLDER, site.ada.id)), 10)
        changed.set()
        assert await asyncio.wait_for(reading, 10) == (False, "Main entrance")
        assert (await Cardholder.get(id=site.ada.id)).suspended


async def test_work_aside_reads_by_a_connection_of_its_own_and_its_errors_come_out(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)

        async def fails() -> None:
            await Door.get(id="no such door")

        async with in_transaction("default") as connection:
            await Cardholder.filter(id=site.ada.id).using_db(connection).update(suspended=True)
            assert not (await asyncio.wait_for(aside(lambda: Cardholder.get(id=site.ada.id)), 10)).suspended
        with pytest.raises(Exception, match="does not exist"):
            await aside(fails)


async def test_work_aside_ends_before_whoever_waits_for_it_is_cancelled(database_url: str) -> None:
    async with open_world(database_url):
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()
        ended: list[bool] = []

        async def endless() -> None:
            loop.call_soon_threadsafe(begun.set)
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)

        waiting = asyncio.create_task(aside(endless))
        await asyncio.wait_for(begun.wait(), 10)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(waiting, 10)
        assert ended == [True]
