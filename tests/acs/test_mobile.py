"""Mobile credentials: one invitation pairs one phone, once; a revoked phone opens nothing."""

import asyncio
from datetime import timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.keys import token_key
from doorward.acs.credentials.mobile import INVITATION_LIFETIME, Paired
from doorward.acs.credentials.models import Credential, Mobile
from doorward.acs.credentials.operations import (
    Invitation,
    NewMobile,
    Terms,
    create_mobile,
    delete_credential,
    invite_mobile,
    pair_mobile,
    revoke_mobile,
    update_credential,
)
from doorward.acs.credentials.policy import credential_policies
from doorward.acs.decision.policy import CredentialPolicy, CredentialStatus
from doorward.acs.decision.tokens import mobile_token
from doorward.acs.errors import AcsError, Conflict, Unauthenticated, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from tests.world import START, World, make_site, open_world

pytestmark = pytest.mark.anyio


async def invited(world: World, terms: Terms = Terms("Phone")) -> Invitation:  # noqa: B008 - frozen
    site = await make_site(world)
    return await create_mobile(world.domain, COMMAND_LINE, NewMobile(site.ada.id, terms))


async def pair(world: World, code: str, name: str = "Ada's phone") -> Paired:
    return await pair_mobile(world.domain, code, name, "192.0.2.7")


async def policy_of(world: World, credential_id: str) -> list[CredentialPolicy]:
    return list(await credential_policies(world.domain, [credential_id]))


async def test_a_paired_phone_is_known_to_controllers_by_the_hash_of_its_token(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        assert made.expires_at == START + timedelta(days=7)
        assert await policy_of(world, made.credential.id) == []
        paired = await pair(world, made.code)
        assert len(paired.token) == 32
        (found,) = await policy_of(world, made.credential.id)
        assert found.token == mobile_token(token_key(world.domain), paired.token)
        mobile = await Mobile.get(credential_id=made.credential.id)
        assert (mobile.device_name, mobile.paired_at, mobile.code_hash) == ("Ada's phone", START, None)
        event = await Event.get(type=EventType.MOBILE_PAIRED)
        assert (event.user_name, event.cardholder_name, event.data["address"]) == (
            "invitation", "Ada Lovelace", "192.0.2.7",
        )  # fmt: skip


async def test_a_code_works_once_and_however_it_is_typed(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        code = f" {made.code[:5]}-{made.code[5:].lower()} "
        await pair(world, code)
        for again in (code, made.code):
            with pytest.raises(Unauthenticated):
                await pair(world, again)
        assert await Event.filter(type=EventType.MOBILE_PAIRING_FAILED).count() == 2


async def test_of_two_phones_with_one_code_one_is_paired(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        outcomes = await asyncio.gather(
            *(pair(world, made.code, name) for name in ("one", "two")), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {Paired, Unauthenticated}


async def test_wrong_used_expired_and_suspended_invitations_look_alike(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        messages = set()

        async def refused(code: str) -> None:
            with pytest.raises(Unauthenticated) as caught:
                await pair(world, code)
            messages.add(caught.value.message)

        await refused("A" * 26)
        await refused("")
        await update_credential(world.domain, COMMAND_LINE, made.credential.id, {"status": CredentialStatus.SUSPENDED})
        await refused(made.code)
        await update_credential(world.domain, COMMAND_LINE, made.credential.id, {"status": CredentialStatus.ACTIVE})
        await update_credential(world.domain, COMMAND_LINE, made.credential.id, {"valid_to": START})
        await refused(made.code)
        await update_credential(world.domain, COMMAND_LINE, made.credential.id, {"valid_to": None})
        world.clock.advance(INVITATION_LIFETIME)
        await refused(made.code)
        assert len(messages) == 1
        assert (await Credential.get(id=made.credential.id)).token is None


async def test_an_invitation_before_its_credential_is_valid_can_be_accepted(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world, Terms("Phone", valid_from=START + timedelta(days=1)))
        await pair(world, made.code)


async def test_a_new_invitation_ends_the_one_before(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        again = await invite_mobile(world.domain, COMMAND_LINE, made.credential.id)
        with pytest.raises(Unauthenticated):
            await pair(world, made.code)
        await pair(world, again.code)
        with pytest.raises(Conflict, match="Ada's phone has this credential"):
            await invite_mobile(world.domain, COMMAND_LINE, made.credential.id)


async def test_a_revoked_phone_is_gone_from_the_policy_and_another_can_be_paired(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        first = await pair(world, made.code)
        await revoke_mobile(world.domain, COMMAND_LINE, made.credential.id)
        assert await policy_of(world, made.credential.id) == []
        event = await Event.get(type=EventType.MOBILE_REVOKED)
        assert event.data["before"] == {"device": "Ada's phone"}
        again = await invite_mobile(world.domain, COMMAND_LINE, made.credential.id)
        second = await pair(world, again.code, "New phone")
        assert second.token != first.token
        await delete_credential(world.domain, COMMAND_LINE, made.credential.id)
        assert not await Mobile.exists()


async def test_a_revoked_invitation_pairs_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        await revoke_mobile(world.domain, COMMAND_LINE, made.credential.id)
        with pytest.raises(Unauthenticated):
            await pair(world, made.code)
        before = await Event.all().count()
        await revoke_mobile(world.domain, COMMAND_LINE, made.credential.id)
        assert await Event.all().count() == before


async def test_neither_code_nor_token_is_kept_or_told(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await invited(world)
        waiting = str(await Mobile.all().values())
        with pytest.raises(ValidationFailed, match="must not be empty") as caught:
            await pair(world, made.code, " ")
        paired = await pair(world, made.code)
        kept = waiting + str(await Mobile.all().values()) + str(await Credential.all().values())
        told = str([event.data for event in await Event.all()]) + caught.value.message
        for secret in (made.code, paired.token.hex()):
            assert secret not in kept + told
        assert isinstance(caught.value, AcsError)
