"""The first administrator: made once, by whoever has the token, whoever else tries at the same moment."""

import asyncio
import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, RateLimited, Unauthenticated, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.users.models import User
from doorward.acs.users.operations import create_first_user, create_user
from doorward.acs.users.sessions import Caller, actor_of_session
from doorward.acs.users.setup import is_set_up_due, prepare_set_up, set_up
from doorward.acs.users.sign_in import SignedIn
from tests.world import open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
HERE = Caller("192.0.2.1")


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


async def test_the_token_makes_one_administrator_and_signs_them_in(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "setup-token"
    async with open_world(database_url) as world:
        assert not await is_set_up_due(world.domain)
        token = await prepare_set_up(world.domain, file)
        assert token is not None
        assert file.read_text().strip() == token
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with pytest.raises(ValidationFailed):
            await set_up(world.domain, token, "root", "short", HERE)
        assert await is_set_up_due(world.domain)
        signed_in = await set_up(world.domain, f" {token}\n", "root", PASSWORD, HERE)
        actor = await actor_of_session(world.domain, signed_in.token, None)
        assert (actor.name, signed_in.user.role) == ("root", Role.ADMINISTRATOR)
        assert not await is_set_up_due(world.domain)
        with pytest.raises(Conflict, match="is set up"):
            await set_up(world.domain, token, "mallory", PASSWORD, HERE)
        created = await Event.get(type=EventType.USER_CREATED)
        assert (created.user_name, created.data["means"]) == ("first set-up", "set_up")
        assert await prepare_set_up(world.domain, file) is None
        assert not file.exists()


async def test_two_set_ups_at_once_make_one_administrator(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        token = await prepare_set_up(world.domain, tmp_path / "setup-token") or ""
        tries = [set_up(world.domain, token, f"root {number}", PASSWORD, HERE) for number in range(6)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert [isinstance(outcome, SignedIn) for outcome in outcomes].count(True) == 1
        assert all(isinstance(outcome, SignedIn | Conflict) for outcome in outcomes)
        assert await User.all().count() == 1


async def test_two_servers_on_one_database_make_one_administrator(database_url: str) -> None:
    """Past the check that there is nobody, each with a token of its own: the transaction decides."""
    async with open_world(database_url) as world:
        other = Domain(world.domain.sealer, world.clock)
        tries = [create_first_user(each, COMMAND_LINE, "root", PASSWORD) for each in (world.domain, other) * 3]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert [isinstance(outcome, User) for outcome in outcomes].count(True) == 1


async def test_the_token_cannot_be_guessed_at_length(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        token = await prepare_set_up(world.domain, tmp_path / "setup-token") or ""
        for _ in range(30):
            with pytest.raises(Unauthenticated):
                await set_up(world.domain, "a guess", "mallory", PASSWORD, HERE)
        with pytest.raises(RateLimited):
            await set_up(world.domain, token, "mallory", PASSWORD, HERE)
        await set_up(world.domain, token, "root", PASSWORD, Caller("192.0.2.2"))


async def test_a_user_of_the_command_line_ends_it(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        token = await prepare_set_up(world.domain, tmp_path / "setup-token") or ""
        await create_user(world.domain, COMMAND_LINE, "eve", PASSWORD, Role.VIEWER)
        assert not await is_set_up_due(world.domain)
        with pytest.raises(Conflict):
            await set_up(world.domain, token, "root", PASSWORD, HERE)
