"""Passkeys: each lets its user in, as often as its device counts up, and nobody else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from doorward.acs.actor import COMMAND_LINE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.errors import (
    AcsError,
    Conflict,
    NotFound,
    NotPermitted,
    RateLimited,
    Unauthenticated,
    ValidationFailed,
)
from doorward.acs.events.catalogue import CATALOGUE, EventType, Severity
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.users.failures import FREE_FAILURES
from doorward.acs.users.models import FailureRun, Passkey, RecoveryCode, SecondFactor, Session, User
from doorward.acs.users.operations import create_user, remove_second_factor, update_sign_in_rules, update_user
from doorward.acs.users.own import FRESH
from doorward.acs.users.passkeys import (
    AddedPasskey,
    begin_passkey,
    begin_passkey_as_second,
    begin_passkey_sign_in,
    finish_passkey,
    own_passkeys,
    page_passkeys,
    remove_own_passkey,
    remove_passkey,
    rename_passkey,
)
from doorward.acs.users.pending import LIFETIME
from doorward.acs.users.sessions import Caller, actor_of, actor_of_session, token_hash
from doorward.acs.users.sign_in import PasskeyAnswer, SecondFactorNeeded, SignedIn, sign_in, sign_in_with_passkey
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.users.web_addresses import WebAddresses
from tests.fake_authenticator import FakeAuthenticator
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
ALL = PageRequest(first=100)
HERE = Caller("192.0.2.1")
ORIGIN = "https://doors.example"
UNKNOWN = "not known here"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


@asynccontextmanager
async def a_world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        world.domain.web = WebAddresses((ORIGIN, "http://localhost:8080", "https://192.0.2.9"))
        yield world


async def somebody(world: World, name: str = "eve", role: Role = Role.OPERATOR) -> Actor:
    user = await create_user(world.domain, COMMAND_LINE, name, PASSWORD, role)
    return actor_of(user, default_rules(), "192.0.2.1")


async def add(world: World, actor: Actor, device: FakeAuthenticator, name: str = "Phone") -> AddedPasskey:
    begun = await begin_passkey(world.domain, actor, PASSWORD, device.origin)
    return await finish_passkey(world.domain, actor, begun.handle, name, device.register(begun.options))


async def enter(world: World, device: FakeAuthenticator, **instead: Any) -> SignedIn:
    begun = begin_passkey_sign_in(world.domain, device.origin, "192.0.2.1")
    return await sign_in_with_passkey(
        world.domain, PasskeyAnswer(begun.handle, device.sign(begun.options, **instead)), HERE
    )


async def enter_second(world: World, device: FakeAuthenticator, name: str = "eve") -> SignedIn:
    """With the password, and then the passkey."""
    with pytest.raises(SecondFactorNeeded) as needed:
        await sign_in(world.domain, name, PASSWORD, HERE)
    begun = await begin_passkey_as_second(world.domain, needed.value.user, device.origin, "192.0.2.1")
    assert begun is not None
    answer = PasskeyAnswer(begun.handle, device.sign(begun.options))
    return await sign_in(world.domain, name, PASSWORD, HERE, passkey=answer)


async def test_a_passkey_lets_its_user_in_without_name_or_password(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, device = await somebody(world), FakeAuthenticator(ORIGIN)
        begun = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        asked = json.loads(begun.options)
        assert asked["rp"]["id"] == "doors.example"
        assert asked["user"]["id"] != eve.user_id
        assert asked["authenticatorSelection"] == {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }
        added = await finish_passkey(world.domain, eve, begun.handle, " Phone ", device.register(begun.options))
        assert (added.passkey.name, added.user.passkeys, len(added.recovery_codes)) == ("Phone", 1, 10)
        signed_in = await enter(world, device)
        actor = await actor_of_session(world.domain, signed_in.token, None)
        assert (actor.user_id, actor.permissions) == (eve.user_id, PERMISSIONS[Role.OPERATOR])
        event = await Event.get(type=EventType.USER_SIGNED_IN)
        assert event.data["by"] == "passkey"
        added_event = await Event.get(type=EventType.PASSKEY_ADDED)
        assert added_event.data["subject"]["name"] == "Phone"
        assert (await own_passkeys(eve, ALL)).rows[0].last_used_at == world.clock()
        await enter(world, device)


async def test_whoever_has_one_is_asked_for_a_second_factor_after_the_password(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, device = await somebody(world), FakeAuthenticator(ORIGIN, verifies=True)
        codes = (await add(world, eve, device)).recovery_codes
        device.verifies = False
        signed_in = await enter_second(world, device)
        assert signed_in.user.id == eve.user_id
        await sign_in(world.domain, "eve", PASSWORD, HERE, codes[0])
        with pytest.raises(Unauthenticated, match="code is wrong"):
            await sign_in(world.domain, "eve", PASSWORD, HERE, codes[0])
        by = [event.data["by"] for event in await Event.filter(type=EventType.USER_SIGNED_IN).order_by("id")]
        assert by == ["password+passkey", "password+recovery_code"]
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await enter(world, device)


async def test_another_s_passkey_is_no_second_factor(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, mallory = await somebody(world), await somebody(world, "mallory")
        hers, his = FakeAuthenticator(ORIGIN), FakeAuthenticator(ORIGIN)
        await add(world, eve, hers)
        await add(world, mallory, his)
        his.passkeys[0].id, (hers.passkeys[0].id) = hers.passkeys[0].id, his.passkeys[0].id
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await enter_second(world, his)
        his.passkeys[0].id, (hers.passkeys[0].id) = hers.passkeys[0].id, his.passkeys[0].id
        user = await User.get(name="eve")
        begun = await begin_passkey_as_second(world.domain, user, ORIGIN, None)
        assert begun is not None
        answer = PasskeyAnswer(begun.handle, his.sign(begun.options, his.passkeys[0]))
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await sign_in(world.domain, "eve", PASSWORD, HERE, passkey=answer)
        begun = await begin_passkey_as_second(world.domain, user, ORIGIN, None)
        assert begun is not None
        answer = PasskeyAnswer(begun.handle, his.sign(begun.options, his.passkeys[0]))
        with pytest.raises(Unauthenticated, match="Begin again"):
            await sign_in(world.domain, "mallory", PASSWORD, HERE, passkey=answer)


async def test_a_challenge_counts_once_for_minutes_and_for_what_it_was_made(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, device = await somebody(world), FakeAuthenticator(ORIGIN)
        await add(world, eve, device)
        begun = begin_passkey_sign_in(world.domain, ORIGIN, None)
        answer = device.sign(begun.options)
        for handle in ("", None, "another browser", begun.handle + "x"):
            with pytest.raises(Unauthenticated, match="Begin again"):
                await sign_in_with_passkey(world.domain, PasskeyAnswer(handle, answer), HERE)
        await sign_in_with_passkey(world.domain, PasskeyAnswer(begun.handle, answer), HERE)
        with pytest.raises(Unauthenticated, match="Begin again"):
            await sign_in_with_passkey(world.domain, PasskeyAnswer(begun.handle, answer), HERE)
        other = begin_passkey_sign_in(world.domain, ORIGIN, None)
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await sign_in_with_passkey(world.domain, PasskeyAnswer(other.handle, answer), HERE)
        late = begin_passkey_sign_in(world.domain, ORIGIN, None)
        world.clock.advance(LIFETIME)
        with pytest.raises(Unauthenticated, match="Begin again"):
            await sign_in_with_passkey(world.domain, PasskeyAnswer(late.handle, device.sign(late.options)), HERE)
        adding = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        with pytest.raises(Unauthenticated, match="Begin again"):
            await sign_in_with_passkey(world.domain, PasskeyAnswer(adding.handle, answer), HERE)
        mallory = await somebody(world, "mallory")
        adding = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        with pytest.raises(Conflict, match="Begin again"):
            await finish_passkey(world.domain, mallory, adding.handle, "Mine", device.register(adding.options))


@pytest.mark.parametrize(
    "change",
    [
        lambda device: replace(device, origin="https://doors.example.evil"),
        lambda device: replace(device, origin="http://doors.example"),
        lambda device: replace(device, origin="http://localhost:8080"),
        lambda device: replace(device, verifies=False),
    ],
    ids=["another site", "without TLS", "another address of ours", "user not verified"],
)
async def test_a_signature_for_elsewhere_or_without_its_user_is_refused(database_url: str, change: object) -> None:
    async with a_world(database_url) as world:
        device = FakeAuthenticator(ORIGIN)
        await add(world, await somebody(world), device)
        begun = begin_passkey_sign_in(world.domain, ORIGIN, None)
        changed = change(device)  # type: ignore[operator]
        answer = PasskeyAnswer(begun.handle, changed.sign(begun.options))
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await sign_in_with_passkey(world.domain, answer, HERE)
        failed = await Event.get(type=EventType.USER_SIGN_IN_FAILED)
        assert (failed.user_name, failed.data["factor"]) == ("eve", "passkey")


@pytest.mark.parametrize(
    "instead",
    [
        {"signature": "AAAA"},
        {"userHandle": "AAAA"},
        {"userHandle": None},
        {"authenticatorData": "AAAA"},
        {"clientDataJSON": "e30"},
    ],
    ids=str,
)
async def test_what_was_tampered_with_is_refused(database_url: str, instead: dict[str, str]) -> None:
    async with a_world(database_url) as world:
        device = FakeAuthenticator(ORIGIN)
        await add(world, await somebody(world), device)
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await enter(world, device, **instead)


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id": 1}', "x" * 30_000, "[" * 10_000, '{"id":"é","rawId":"é"}']
)
async def test_what_is_no_answer_is_refused(database_url: str, answer: str) -> None:
    async with a_world(database_url) as world:
        begun = begin_passkey_sign_in(world.domain, ORIGIN, None)
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await sign_in_with_passkey(world.domain, PasskeyAnswer(begun.handle, answer), HERE)
        eve = await somebody(world)
        adding = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        with pytest.raises(ValidationFailed, match="no passkey"):
            await finish_passkey(world.domain, eve, adding.handle, "Phone", answer)


async def test_a_counter_that_goes_back_is_refused_and_an_alarm(database_url: str) -> None:
    async with a_world(database_url) as world:
        device = FakeAuthenticator(ORIGIN)
        await add(world, await somebody(world), device)
        await enter(world, device)
        device.passkeys[0].count -= 1
        with pytest.raises(Unauthenticated, match="copy"):
            await enter(world, device)
        event = await Event.get(type=EventType.PASSKEY_COPIED)
        assert (event.user_name, event.data["stored"], event.data["given"]) == ("eve", 2, 2)
        assert CATALOGUE[EventType.PASSKEY_COPIED].severity is Severity.ALARM
        await enter(world, device)


async def test_a_device_that_does_not_count_is_taken(database_url: str) -> None:
    async with a_world(database_url) as world:
        device = FakeAuthenticator(ORIGIN, counts=False)
        await add(world, await somebody(world), device)
        await enter(world, device)
        await enter(world, device)
        assert not await Event.filter(type=EventType.PASSKEY_COPIED).exists()


async def test_failures_count_like_those_of_passwords_for_known_and_unknown_passkeys(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, device, stranger = await somebody(world), FakeAuthenticator(ORIGIN), FakeAuthenticator(ORIGIN)
        await add(world, eve, device)
        begun = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        stranger.register(begun.options)
        for each in (stranger, device):
            for _ in range(FREE_FAILURES):
                with pytest.raises(Unauthenticated, match=UNKNOWN):
                    await enter(world, each, signature="AAAA")
            with pytest.raises(RateLimited):
                await enter(world, each)
        assert await FailureRun.filter(name="eve").exists()
        with pytest.raises(RateLimited):
            await sign_in(world.domain, "eve", PASSWORD, HERE)


async def test_whoever_is_disabled_or_has_removed_it_does_not_get_in(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, device = await somebody(world), FakeAuthenticator(ORIGIN)
        added = await add(world, eve, device)
        await update_user(world.domain, COMMAND_LINE, eve.user_id or "", {"enabled": False})
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await enter(world, device)
        await update_user(world.domain, COMMAND_LINE, eve.user_id or "", {"enabled": True})
        await enter(world, device)
        with pytest.raises(ValidationFailed, match="not your password"):
            await remove_own_passkey(world.domain, eve, "something else", added.passkey.id)
        user = await remove_own_passkey(world.domain, eve, PASSWORD, added.passkey.id)
        assert (user.passkeys, await RecoveryCode.all().count()) == (0, 0)
        with pytest.raises(Unauthenticated, match=UNKNOWN):
            await enter(world, device)
        await sign_in(world.domain, "eve", PASSWORD, HERE)


async def test_one_s_own_are_one_s_own_and_administrators_remove_another_s(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, mallory, device = await somebody(world), await somebody(world, "mallory"), FakeAuthenticator(ORIGIN)
        added = await add(world, eve, device)
        for refused in (
            rename_passkey(world.domain, mallory, added.passkey.id, "Mine"),
            remove_own_passkey(world.domain, mallory, PASSWORD, added.passkey.id),
        ):
            with pytest.raises(NotFound):
                await refused
        await rename_passkey(world.domain, eve, added.passkey.id, "Key ring")
        assert [row.name for row in (await own_passkeys(eve, ALL)).rows] == ["Key ring"]
        assert (await own_passkeys(mallory, ALL)).rows == []
        assert [row.user.name for row in (await page_passkeys(COMMAND_LINE, ALL)).rows] == ["eve"]
        await enter(world, device)
        lesser = Actor("m", "Manager", frozenset({Permission.USER_WRITE}), "api")
        with pytest.raises(NotPermitted, match="may more than you"):
            await remove_passkey(world.domain, lesser, added.passkey.id)
        assert await Session.exists()
        await remove_passkey(world.domain, COMMAND_LINE, added.passkey.id)
        assert not await Session.exists()
        assert (await User.get(name="eve")).passkeys == 0
        with pytest.raises(Unauthenticated):
            await enter(world, device)


async def test_a_passkey_is_added_with_the_password_or_soon_after_signing_in(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve = await somebody(world)
        for password in (None, "something else"):
            with pytest.raises(ValidationFailed):
                await begin_passkey(world.domain, eve, password, ORIGIN)
        token = (await sign_in(world.domain, "eve", PASSWORD, HERE)).token
        fresh = await actor_of_session(world.domain, token, None)
        await begin_passkey(world.domain, fresh, None, ORIGIN)
        world.clock.advance(FRESH + timedelta(seconds=1))
        with pytest.raises(ValidationFailed, match="last 5 minutes"):
            await begin_passkey(world.domain, fresh, None, ORIGIN)


async def test_it_satisfies_the_site_s_rule_and_the_last_one_stays_then(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, device = await somebody(world), FakeAuthenticator(ORIGIN)
        token = (await sign_in(world.domain, "eve", PASSWORD, HERE)).token
        other = (await sign_in(world.domain, "eve", PASSWORD, HERE)).token
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"second_factor": SecondFactor.EVERYBODY})
        begun = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        added = await finish_passkey(
            world.domain, eve, begun.handle, "Phone", device.register(begun.options), token_hash(token)
        )
        actor = await actor_of_session(world.domain, token, None)
        assert actor.permissions == PERMISSIONS[Role.OPERATOR]
        assert (await actor_of_session(world.domain, other, None)).user_id is None
        with pytest.raises(Conflict, match="requires"):
            await remove_own_passkey(world.domain, eve, PASSWORD, added.passkey.id)
        second = await add(world, eve, device, "Key ring")
        assert second.recovery_codes == []
        handles = await Passkey.all().values_list("handle", flat=True)
        assert len({bytes(handle) for handle in handles}) == 1
        await remove_own_passkey(world.domain, eve, PASSWORD, second.passkey.id)
        await remove_second_factor(world.domain, COMMAND_LINE, eve.user_id or "")
        assert (await User.get(name="eve")).has_second_factor is False
        assert not await Passkey.exists()


async def test_a_credential_belongs_to_one_user(database_url: str) -> None:
    async with a_world(database_url) as world:
        eve, mallory, device = await somebody(world), await somebody(world, "mallory"), FakeAuthenticator(ORIGIN)
        await add(world, eve, device)
        begun = await begin_passkey(world.domain, mallory, PASSWORD, ORIGIN)
        fresh = device.register(begun.options)
        await finish_passkey(world.domain, mallory, begun.handle, "Phone", fresh)
        begun = await begin_passkey(world.domain, eve, PASSWORD, ORIGIN)
        known = [each["id"] for each in json.loads(begun.options)["excludeCredentials"]]
        assert known == [json.loads(await _id_of("eve"))]
        await Passkey.filter(user__name="mallory").update(credential_id=await _taken(device, begun.options))
        with pytest.raises(Conflict, match="known here already"):
            await finish_passkey(world.domain, eve, begun.handle, "Phone", device.last)


async def _id_of(name: str) -> str:
    return json.dumps((await Passkey.get(user__name=name)).credential_id)


async def _taken(device: FakeAuthenticator, options: str) -> str:
    device.last = device.register(options)
    found: str = json.loads(device.last)["id"]
    return found


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example", "https://192.0.2.9"])
async def test_there_are_none_at_an_address_that_is_not_ours_or_has_no_name(
    database_url: str, origin: str | None
) -> None:
    async with a_world(database_url) as world:
        with pytest.raises(Conflict, match=r"Open https://doors\.example or http://localhost:8080 instead"):
            begin_passkey_sign_in(world.domain, origin, None)
        eve = await somebody(world)
        with pytest.raises(Conflict, match="cannot be used at this address"):
            await begin_passkey(world.domain, eve, PASSWORD, origin)
        world.domain.web = WebAddresses()
        with pytest.raises(AcsError, match="--public-url"):
            begin_passkey_sign_in(world.domain, origin, None)
