"""Failed sign-ins: who waits, for how long, and how little the log is told of a flood."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.domain import MOST_RUNS_TOLD, MOST_SIGN_INS_FROM_ONE
from doorward.acs.errors import RateLimited, Unauthenticated
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.users import failures
from doorward.acs.users.failures import (
    FIRST_WAIT,
    FREE_FAILURES,
    LONGEST_WAIT,
    MOST_ENDS_TOLD,
    RUN_ENDS_AFTER,
    attempt_failed,
    begin_attempt,
    end_old_runs,
    wait_after,
)
from doorward.acs.users.models import FailureRun
from doorward.acs.users.operations import create_user, set_password, unlock_user
from doorward.acs.users.sessions import Caller
from doorward.acs.users.sign_in import sign_in
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
HERE = Caller("192.0.2.1", "A browser")


async def fail(world: World, name: str, times: int = 1, address: str = "192.0.2.1") -> None:
    """As `sign_in` with a wrong password does, without the work of hashing."""
    for _ in range(times):
        await attempt_failed(world.domain, name, address, await begin_attempt(world.domain, name, address), "password")


@given(st.integers(0, 10_000))
def test_waits_grow_and_are_capped(number: int) -> None:
    assert wait_after(number) <= wait_after(number + 1) <= LONGEST_WAIT
    assert (wait_after(number) > timedelta(0)) == (number >= FREE_FAILURES)


async def test_a_name_that_is_too_long_for_anybody_is_wrong_like_any_other(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(Unauthenticated, match="name or the password"):
            await sign_in(world.domain, "9" * 400, PASSWORD, HERE)
        (told,) = await Event.filter(type=EventType.USER_SIGN_IN_FAILED)
        assert told.user_name == "9" * 100


@pytest.mark.parametrize("name", ["eve", "nobody"])
async def test_a_name_waits_after_failures_whether_anybody_has_it_or_not(database_url: str, name: str) -> None:
    async with open_world(database_url) as world:
        await create_user(world.domain, COMMAND_LINE, "eve", PASSWORD, Role.VIEWER)
        await fail(world, name, FREE_FAILURES)
        with pytest.raises(RateLimited, match="30 seconds") as caught:
            await sign_in(world.domain, f" {name.upper()} ", PASSWORD, HERE)
        assert caught.value.seconds == 30
        world.clock.advance(FIRST_WAIT)
        await fail(world, name)
        with pytest.raises(RateLimited, match="1 minute"):
            await begin_attempt(world.domain, name, None)


async def test_the_right_password_ends_a_run_and_says_how_long_it_was(database_url: str) -> None:
    async with open_world(database_url) as world:
        await create_user(world.domain, COMMAND_LINE, "eve", PASSWORD, Role.VIEWER)
        with pytest.raises(Unauthenticated):
            await sign_in(world.domain, "eve", "wrong", HERE)
        await fail(world, "eve", FREE_FAILURES - 2)
        await sign_in(world.domain, "eve", PASSWORD, HERE)
        assert not await FailureRun.exists()
        signed_in = await Event.get(type=EventType.USER_SIGNED_IN)
        assert signed_in.data["failures"] == FREE_FAILURES - 1
        assert await Event.filter(type=EventType.USER_SIGN_IN_FAILED).count() == 1


async def test_many_at_once_are_no_more_than_one_after_another(database_url: str) -> None:
    async with open_world(database_url) as world:
        attempts = [begin_attempt(world.domain, "eve", f"192.0.2.{number}") for number in range(12)]
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
        assert sorted(one for one in outcomes if isinstance(one, int)) == list(range(1, FREE_FAILURES + 1))
        assert all(isinstance(one, int | RateLimited) for one in outcomes)


async def test_one_address_may_not_try_name_after_name(database_url: str) -> None:
    async with open_world(database_url) as world:
        for number in range(MOST_SIGN_INS_FROM_ONE):
            await fail(world, f"name {number}", 1, f"2001:db8::{number:x}")
        with pytest.raises(RateLimited):
            await begin_attempt(world.domain, "another", "2001:db8::ffff")
        await begin_attempt(world.domain, "another", "2001:db8:0:1::1")
        assert await Event.filter(type=EventType.SIGN_IN_LIMITED).count() == 1


async def test_a_run_is_told_when_it_begins_when_it_must_wait_and_when_it_has_ended(database_url: str) -> None:
    async with open_world(database_url) as world:
        await fail(world, "eve", FREE_FAILURES)
        for _ in range(3):
            world.clock.advance(LONGEST_WAIT)
            await fail(world, "eve")
        told = await Event.all().order_by("position").values_list("type", "data")
        assert [(kind, data["failures"]) for kind, data in told] == [
            (EventType.USER_SIGN_IN_FAILED, 1),
            (EventType.SIGN_IN_LIMITED, FREE_FAILURES),
        ]
        await end_old_runs(world.domain)
        assert await FailureRun.exists()
        world.clock.advance(RUN_ENDS_AFTER + LONGEST_WAIT + timedelta(seconds=1))
        await end_old_runs(world.domain)
        assert not await FailureRun.exists()
        last = await Event.all().order_by("-position").first()
        assert last is not None
        assert (last.type, last.data["failures"]) == (EventType.USER_SIGN_IN_FAILED, FREE_FAILURES + 3)


async def test_a_flood_of_names_does_not_fill_the_log(database_url: str) -> None:
    names = MOST_RUNS_TOLD + MOST_ENDS_TOLD + 15
    async with open_world(database_url) as world:
        for number in range(names):
            await fail(world, f"name {number}", 1, f"10.0.{number}.1")
        assert await Event.all().count() == MOST_RUNS_TOLD
        world.clock.advance(timedelta(hours=2))
        await end_old_runs(world.domain)
        assert await Event.all().count() == MOST_RUNS_TOLD + MOST_ENDS_TOLD + 1
        last = await Event.all().order_by("-position").first()
        assert last is not None
        assert last.data["names"] == 15


async def test_runs_are_bounded_and_those_that_wait_stay(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "MOST_RUNS", 3)
    async with open_world(database_url) as world:
        await fail(world, "eve", FREE_FAILURES)
        for number in range(6):
            world.clock.advance(timedelta(seconds=1))
            await fail(world, f"name {number}")
        assert await FailureRun.all().count() == 3
        assert await FailureRun.filter(name="eve").exists()


async def test_an_administrator_lifts_the_wait(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await create_user(world.domain, COMMAND_LINE, "eve", PASSWORD, Role.VIEWER)
        await fail(world, "eve", FREE_FAILURES)
        await unlock_user(world.domain, COMMAND_LINE, eve.id)
        await begin_attempt(world.domain, "eve", None)
        event = await Event.get(type=EventType.USER_UNLOCKED)
        assert event.data["before"] == {"failures": FREE_FAILURES}
        await fail(world, "eve", FREE_FAILURES - 1)
        await set_password(world.domain, COMMAND_LINE, "eve", "another good one")
        await begin_attempt(world.domain, "eve", None)
