"""The second factor: codes of RFC 6238, each taken once, and the recovery codes that stand in for them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from doorward.acs.actor import COMMAND_LINE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, RateLimited, Unauthenticated, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.users.failures import FREE_FAILURES
from doorward.acs.users.models import FailureRun, RecoveryCode, SecondFactor, User
from doorward.acs.users.operations import create_user, remove_second_factor, update_sign_in_rules
from doorward.acs.users.own import (
    begin_second_factor,
    confirm_second_factor,
    drop_own_second_factor,
    make_recovery_codes,
)
from doorward.acs.users.queries import recovery_codes_left
from doorward.acs.users.sessions import Caller, actor_of, actor_of_session
from doorward.acs.users.sign_in import SecondFactorNeeded, sign_in
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.users.totp import STEP_S, code_at, context_of, new_recovery_codes, step_of_code
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
HERE = Caller("192.0.2.1")
STEP = timedelta(seconds=STEP_S)
RFC_SECRET = b"12345678901234567890"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


async def set_up(world: World, name: str = "eve") -> tuple[Actor, bytes, list[str]]:
    """Somebody with a second factor: as an actor, their secret, their recovery codes."""
    user = await create_user(world.domain, COMMAND_LINE, name, PASSWORD, Role.OPERATOR)
    actor = actor_of(user, default_rules(), None)
    made = await begin_second_factor(world.domain, actor, PASSWORD)
    assert made.uri.startswith(f"otpauth://totp/Doorward:{name}?")
    sealed = (await User.get(id=user.id)).sealed_next_totp
    assert sealed is not None
    secret = world.domain.sealer.open(bytes(sealed), context_of(user.id))
    _, codes = await confirm_second_factor(world.domain, actor, code_at(secret, world.clock()))
    return actor, secret, codes


async def enter(domain: Domain, code: str | None) -> str:
    return (await sign_in(domain, "eve", PASSWORD, HERE, code)).token


@pytest.mark.parametrize(
    "seconds, code", [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert code_at(RFC_SECRET, at) == code
    assert step_of_code(RFC_SECRET, code, at, 0) == seconds // STEP_S


@pytest.mark.parametrize("steps, counts", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(steps: int, counts: bool) -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    code = code_at(RFC_SECRET, now + steps * STEP)
    assert (step_of_code(RFC_SECRET, code, now, 0) is not None) == counts


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of_code(RFC_SECRET, code, datetime(2026, 11, 23, tzinfo=UTC), 0) is None


async def test_signing_in_asks_for_a_code_and_takes_each_once(database_url: str) -> None:
    async with open_world(database_url) as world:
        _, secret, _ = await set_up(world)
        with pytest.raises(SecondFactorNeeded):
            await enter(world.domain, None)
        assert not await FailureRun.exists()
        with pytest.raises(Unauthenticated, match="used already"):
            await enter(world.domain, code_at(secret, world.clock()))
        world.clock.advance(STEP)
        code = code_at(secret, world.clock())
        outcomes = await asyncio.gather(*(enter(world.domain, code) for _ in range(3)), return_exceptions=True)
        assert [isinstance(outcome, str) for outcome in outcomes].count(True) == 1
        event = await Event.filter(type=EventType.SECOND_FACTOR_ADDED).get()
        assert event.data["after"] == {"second_factor": True}
        failed = await Event.filter(type=EventType.USER_SIGN_IN_FAILED).first()
        assert failed is not None
        assert failed.data["factor"] == "code"


async def test_wrong_codes_count_although_the_password_is_right_again_and_again(database_url: str) -> None:
    async with open_world(database_url) as world:
        await set_up(world)
        for _ in range(FREE_FAILURES):
            with pytest.raises(SecondFactorNeeded):
                await enter(world.domain, " ")
            with pytest.raises(Unauthenticated):
                await enter(world.domain, "000000")
        with pytest.raises(RateLimited):
            await enter(world.domain, None)


async def test_a_recovery_code_lets_in_once(database_url: str) -> None:
    async with open_world(database_url) as world:
        actor, _, codes = await set_up(world)
        assert len(set(codes)) == 10
        await enter(world.domain, codes[0].upper().replace("-", " "))
        with pytest.raises(Unauthenticated):
            await enter(world.domain, codes[0])
        assert await recovery_codes_left(actor) == 9
        stored = await RecoveryCode.all().values_list("digest", flat=True)
        assert not any(code.replace("-", "") in str(stored) for code in codes)
        fresh = await make_recovery_codes(world.domain, actor, PASSWORD)
        with pytest.raises(Unauthenticated):
            await enter(world.domain, codes[1])
        await enter(world.domain, fresh[0])
        other = await create_user(world.domain, COMMAND_LINE, "mallory", PASSWORD, Role.VIEWER)
        assert await recovery_codes_left(actor_of(other, default_rules(), None)) == 0


async def test_a_factor_counts_only_once_a_code_was_seen(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await create_user(world.domain, COMMAND_LINE, "eve", PASSWORD, Role.OPERATOR)
        actor = actor_of(eve, default_rules(), None)
        with pytest.raises(Conflict, match="Begin anew"):
            await confirm_second_factor(world.domain, actor, "000000")
        with pytest.raises(ValidationFailed, match="not your password"):
            await begin_second_factor(world.domain, actor, "something else")
        await begin_second_factor(world.domain, actor, PASSWORD)
        with pytest.raises(ValidationFailed, match="not the code"):
            await confirm_second_factor(world.domain, actor, "12345")
        await enter(world.domain, None)


async def test_a_site_may_require_one_and_nothing_goes_before_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        await create_user(world.domain, COMMAND_LINE, "eve", PASSWORD, Role.ADMINISTRATOR)
        token = await enter(world.domain, None)
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"second_factor": SecondFactor.ADMINISTRATORS})
        actor = await actor_of_session(world.domain, token, None)
        assert actor.permissions == {Permission.ACCOUNT_OWN}
        made = await begin_second_factor(world.domain, actor, PASSWORD)
        assert len(made.secret.replace(" ", "")) == 32
        sealed = (await User.get(name="eve")).sealed_next_totp
        assert sealed is not None
        secret = world.domain.sealer.open(bytes(sealed), context_of(actor.user_id or ""))
        await confirm_second_factor(world.domain, actor, code_at(secret, world.clock()))
        world.clock.advance(STEP)
        token = await enter(world.domain, code_at(secret, world.clock()))
        actor = await actor_of_session(world.domain, token, None)
        assert actor.permissions == PERMISSIONS[Role.ADMINISTRATOR]
        with pytest.raises(Conflict, match="requires"):
            await drop_own_second_factor(world.domain, actor, PASSWORD)
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"second_factor": SecondFactor.OPTIONAL})
        await drop_own_second_factor(world.domain, actor, PASSWORD)
        await enter(world.domain, None)
        assert not await RecoveryCode.exists()


async def test_an_administrator_removes_a_lost_one(database_url: str) -> None:
    async with open_world(database_url) as world:
        actor, _, _ = await set_up(world)
        await remove_second_factor(world.domain, COMMAND_LINE, actor.user_id or "")
        await enter(world.domain, None)
        event = await Event.get(type=EventType.SECOND_FACTOR_REMOVED)
        assert (event.user_name, event.data["means"]) == ("command line", "command_line")


def test_recovery_codes_have_no_letters_that_look_alike() -> None:
    assert not set("".join(new_recovery_codes())) & set("01ilo")
