"""Users as administrators make, change and delete them; sessions; the rules of signing in."""

import asyncio
import hashlib
import tempfile
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.acs.actor import COMMAND_LINE, PERMISSIONS, Permission, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, Unauthenticated, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.operation import Work
from doorward.acs.paging import PageRequest
from doorward.acs.users.breached import Breached
from doorward.acs.users.escalation import somebody_administers
from doorward.acs.users.models import SecondFactor, Session, User
from doorward.acs.users.operations import (
    UserChanges,
    create_user,
    delete_user,
    end_session,
    end_sessions_of,
    reset_password,
    update_sign_in_rules,
    update_user,
)
from doorward.acs.users.own import change_password, end_other_sessions, end_own_session
from doorward.acs.users.password import is_outdated
from doorward.acs.users.queries import all_sessions, own_sessions
from doorward.acs.users.sessions import Caller, actor_of, actor_of_session, session_id, token_hash
from doorward.acs.users.sign_in import sign_in
from doorward.acs.users.standing_rules import default_rules
from tests.world import open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
HERE = Caller("192.0.2.1", "A browser\x00 of somebody")


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is not how long a password takes to check."""
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


async def make(domain: Domain, name: str, role: Role = Role.ADMINISTRATOR) -> User:
    return await create_user(domain, COMMAND_LINE, name, PASSWORD, role)


async def test_the_last_administrator_stays(database_url: str) -> None:
    async with open_world(database_url) as world:
        root = await make(world.domain, "root")
        for change in ({"enabled": False}, {"role": Role.VIEWER}):
            with pytest.raises(Conflict, match="last administrator"):
                await update_user(world.domain, COMMAND_LINE, root.id, change)  # type: ignore[arg-type]
        with pytest.raises(Conflict, match="last administrator"):
            await delete_user(world.domain, COMMAND_LINE, root.id)
        other = await make(world.domain, "other")
        await update_user(world.domain, COMMAND_LINE, root.id, {"enabled": False})
        with pytest.raises(Conflict, match="last administrator"):
            await delete_user(world.domain, COMMAND_LINE, other.id)
        await delete_user(world.domain, COMMAND_LINE, root.id)


@pytest.mark.parametrize("change", [{"enabled": False}, {"role": Role.OPERATOR}])
async def test_two_administrators_who_end_each_other_at_once_do_not_both_succeed(
    database_url: str, change: UserChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has looked whether another is left before either is done, unless the second must wait for the first."""
    both_looked, looked = asyncio.Event(), 0

    async def look_and_wait(work: Work) -> None:
        nonlocal looked
        await somebody_administers(work)
        looked += 1
        if looked == 2:
            both_looked.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(both_looked.wait(), 0.5)

    monkeypatch.setattr("doorward.acs.users.operations.somebody_administers", look_and_wait)
    async with open_world(database_url) as world:
        one, two = await make(world.domain, "first"), await make(world.domain, "second")
        actors = [actor_of(user, default_rules(), None) for user in (one, two)]
        outcomes = await asyncio.gather(
            update_user(world.domain, actors[0], two.id, change),
            update_user(world.domain, actors[1], one.id, change),
            return_exceptions=True,
        )
        assert [isinstance(outcome, Conflict) for outcome in outcomes].count(True) == 1
        assert await User.filter(enabled=True, role=Role.ADMINISTRATOR).count() == 1


async def test_nobody_deletes_or_demotes_themselves(database_url: str) -> None:
    async with open_world(database_url) as world:
        root = await make(world.domain, "root")
        await make(world.domain, "other")
        actor = actor_of(root, default_rules(), None)
        with pytest.raises(Conflict, match="delete yourself"):
            await delete_user(world.domain, actor, root.id)
        with pytest.raises(Conflict, match="your own rights"):
            await update_user(world.domain, actor, root.id, {"role": Role.OPERATOR})
        renamed = await update_user(world.domain, actor, root.id, {"name": "chief"})
        assert (renamed.name, renamed.version) == ("chief", 2)


async def test_disabling_a_user_ends_their_sessions_and_is_audited(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make(world.domain, "root")
        eve = await make(world.domain, "eve", Role.OPERATOR)
        signed_in = await sign_in(world.domain, "eve", PASSWORD, HERE)
        await update_user(world.domain, COMMAND_LINE, eve.id, {"enabled": False, "role": Role.VIEWER}, 1)
        assert (await actor_of_session(world.domain, signed_in.token, None)).user_id is None
        with pytest.raises(Unauthenticated):
            await sign_in(world.domain, "eve", PASSWORD, HERE)
        event = await Event.get(type=EventType.USER_UPDATED)
        assert event.data["before"] == {"role": "operator", "enabled": True}
        assert event.data["after"] == {"role": "viewer", "enabled": False}
        with pytest.raises(Conflict):
            await update_user(world.domain, COMMAND_LINE, eve.id, {"enabled": True}, 1)


async def test_names_differ_by_more_than_case(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make(world.domain, "Eve")
        with pytest.raises(Conflict, match="Eve") as caught:
            await make(world.domain, "eve")
        assert caught.value.path == ("name",)


async def test_a_reset_password_must_be_changed_before_anything_else(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make(world.domain, "eve", Role.OPERATOR)
        old = await sign_in(world.domain, "eve", PASSWORD, HERE)
        await reset_password(world.domain, COMMAND_LINE, eve.id, "given by somebody")
        assert (await actor_of_session(world.domain, old.token, None)).user_id is None
        given = await sign_in(world.domain, "eve", "given by somebody", HERE)
        other = await sign_in(world.domain, "eve", "given by somebody", HERE)
        actor = await actor_of_session(world.domain, given.token, None)
        assert actor.permissions == {Permission.ACCOUNT_OWN}
        with pytest.raises(ValidationFailed, match="not your password") as caught:
            await change_password(world.domain, actor, "a wrong one", "my own very own")
        assert caught.value.path == ("oldPassword",)
        with pytest.raises(ValidationFailed, match="is the old one"):
            await change_password(world.domain, actor, "given by somebody", "given by somebody")
        await change_password(world.domain, actor, "given by somebody", "my own very own", token_hash(given.token))
        actor = await actor_of_session(world.domain, given.token, None)
        assert actor.permissions == PERMISSIONS[Role.OPERATOR]
        assert (await actor_of_session(world.domain, other.token, None)).user_id is None


@pytest.mark.parametrize(
    "password, words",
    [
        ("short", "at least 10"),
        ("x" * 1025, "at most 1024"),
        ("Margaret-1234", "name in it"),
        ("abababababab", "different characters"),
    ],
)
async def test_poor_passwords_are_refused(database_url: str, password: str, words: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match=words) as caught:
            await create_user(world.domain, COMMAND_LINE, "margaret", password, Role.VIEWER)
        assert caught.value.path == ("password",)


async def test_passwords_of_the_site_s_list_are_refused(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    async with open_world(database_url) as world:
        world.domain.breached = Breached(file)
        await make(world.domain, "while there is no list")
        file.write_text(f"password\n{PASSWORD}\nqwerty\n")
        with pytest.raises(ValidationFailed, match="known to attackers"):
            await make(world.domain, "eve")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sets(st.text("abcdef", min_size=1, max_size=6), min_size=1, max_size=40), st.text("abcdef", max_size=7))
def test_a_password_is_in_a_list_of_either_kind_exactly_when_it_is(known: Collection[str], asked: str) -> None:
    def digest(text: str) -> str:
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()

    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "list"
        kinds = {
            "plain": "\n".join(known),
            "hashes": "\n".join(sorted(f"{digest(each)}:{number}" for number, each in enumerate(known))) + "\r\n",
            "prefixes": "\n".join(sorted(digest(each)[:20] for each in known)),
        }
        for kind, content in kinds.items():
            file.write_bytes(content.encode())
            assert Breached(file)._has(asked) == (asked in known), kind
            assert all(Breached(file)._has(each) for each in known), kind


async def test_a_hash_grows_with_its_parameters_when_its_owner_signs_in(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url) as world:
        eve = await make(world.domain, "eve")
        monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(2, 16, 1))
        assert is_outdated(eve.password_hash)
        await sign_in(world.domain, "eve", PASSWORD, HERE)
        grown = await User.get(id=eve.id)
        assert not is_outdated(grown.password_hash)
        await sign_in(world.domain, "eve", PASSWORD, HERE)


async def test_sessions_are_listed_and_ended(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve, mallory = await make(world.domain, "eve"), await make(world.domain, "mallory", Role.VIEWER)
        first = await sign_in(world.domain, "eve", PASSWORD, HERE)
        world.clock.advance(timedelta(minutes=1))
        second = await sign_in(world.domain, "eve", PASSWORD, HERE)
        third = await sign_in(world.domain, "mallory", PASSWORD, HERE)
        actor = await actor_of_session(world.domain, second.token, "192.0.2.1")
        other = await actor_of_session(world.domain, third.token, "192.0.2.1")
        mine = (await own_sessions(world.domain, actor, PageRequest(100))).rows
        assert [session.token_hash for session in mine] == [token_hash(second.token), token_hash(first.token)]
        assert (mine[0].address, mine[0].client) == ("192.0.2.1", "A browser of somebody")
        assert len((await all_sessions(world.domain, actor, PageRequest(100))).rows) == 3
        with pytest.raises(NotFound):
            await end_own_session(world.domain, other, session_id(token_hash(first.token)))
        for unknown in ("", "%", "0" * 31 + "%"):
            with pytest.raises(NotFound):
                await end_session(world.domain, COMMAND_LINE, unknown)
        assert await Session.all().count() == 3
        await end_session(world.domain, actor, session_id(token_hash(third.token)))
        assert (await actor_of_session(world.domain, third.token, None)).user_id is None
        assert await end_other_sessions(world.domain, actor, token_hash(second.token)) == 1
        assert (await actor_of_session(world.domain, second.token, None)).user_id == eve.id
        assert await end_sessions_of(world.domain, COMMAND_LINE, eve.id) == 1
        assert await end_sessions_of(world.domain, COMMAND_LINE, mallory.id) == 0
        assert await Event.filter(type=EventType.USER_SESSIONS_ENDED).count() == 3


async def test_a_session_that_is_not_used_ends_where_the_site_says_so(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make(world.domain, "eve")
        token = (await sign_in(world.domain, "eve", PASSWORD, HERE)).token
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"idle_timeout_s": 600})
        for _ in range(3):
            world.clock.advance(timedelta(seconds=500))
            assert (await actor_of_session(world.domain, token, None)).user_id is not None
        for _ in range(2):
            world.clock.advance(timedelta(seconds=300))
            watching = await actor_of_session(world.domain, token, None, used=False)
        assert watching.user_id is None


async def test_rules_are_bounded_and_audited(database_url: str) -> None:
    async with open_world(database_url) as world:
        for bad in ({"min_password_length": 7}, {"min_password_length": 129}, {"idle_timeout_s": 5}):
            with pytest.raises(ValidationFailed):
                await update_sign_in_rules(world.domain, COMMAND_LINE, bad)  # type: ignore[arg-type]
        rules = await update_sign_in_rules(world.domain, COMMAND_LINE, {"min_password_length": 30})
        assert rules.version == 2
        with pytest.raises(ValidationFailed, match="at least 30"):
            await make(world.domain, "eve")
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"second_factor": SecondFactor.EVERYBODY}, 2)
        with pytest.raises(Conflict):
            await update_sign_in_rules(world.domain, COMMAND_LINE, {"second_factor": SecondFactor.OPTIONAL}, 2)
        assert await Event.filter(type=EventType.SIGN_IN_RULES_UPDATED).count() == 2
