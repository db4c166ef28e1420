"""Why a decision was made: its trace in sentences, the names of that time, and what would be decided now."""

from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.credentials.operations import NewCard, create_card, update_card
from doorward.acs.decision.decision import Decision, Outcome
from doorward.acs.decision.policy import CredentialStatus, Side
from doorward.acs.decision.reason import Reason
from doorward.acs.errors import NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.operations import store_records
from doorward.acs.identity import new_id
from doorward.acs.messages import JournalRecord
from doorward.acs.people.operations import delete_cardholder, update_cardholder
from doorward.acs.questions.explaining import explain
from doorward.acs.questions.passing import would_pass
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import update_access_rule
from tests.acs.questions.scene import door_stands
from tests.world import START, Site, World, make_site, only, open_world

pytestmark = pytest.mark.anyio


async def record(world: World, decision: Decision, **fields: Any) -> str:
    """Store the decision as the controller would; returns the event's id."""
    granted = decision.outcome is Outcome.GRANTED
    sequence = 1 + await Event.filter(controller_id=world.controller.id).count()
    given = {
        "reason": decision.reason.value,
        "door_id": decision.door_id,
        "side": decision.side,
        "cardholder_id": decision.cardholder_id,
        "credential_id": decision.credential_id,
        "rule_id": decision.rule_id,
        "trace": decision.trace,
        **fields,
    }
    kind = fields.pop("type", EventType.ACCESS_GRANTED if granted else EventType.ACCESS_DENIED)
    given.pop("type", None)
    one = JournalRecord(sequence, "boot", START, sequence, kind, new_id(), **given)
    await store_records(world.domain, world.controller.id, [one])
    return (await Event.get(controller_id=world.controller.id, sequence=sequence)).id


async def decided(world: World, site: Site) -> Decision:
    door_stands(world, site.door.id)
    found = await would_pass(world.domain, COMMAND_LINE, site.ada.id, site.door.id, Side.A)
    return found.decision


async def test_a_grant_is_explained_with_the_names_of_its_time(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        event_id = await record(world, await decided(world, site))
        rule = await AccessRule.get()
        await update_access_rule(world.domain, COMMAND_LINE, rule.id, {"name": "Everybody"})
        found = await explain(world.domain, COMMAND_LINE, event_id)
        assert (found.rule_name, found.schedule_name, found.cardholder_name) == ("Staff", "Always", "Ada Lovelace")
        assert found.reason_words == "Access granted."
        assert [step.sentence for step in found.steps] == [
            "It is about Main entrance, side A.",
            "The credential may be used.",
            "The cardholder may pass in general.",
            "It was shown just then.",
            "The door is not in lockdown.",
            "The access rule Staff names the cardholder here.",
            "The schedule Always applies.",
            "Card is accepted here.",
            "The door's device is online.",
        ]
        assert found.now is not None
        assert (found.now.decision.reason, found.now.rule_name) == (Reason.GRANTED, "Everybody")


async def test_beside_it_stands_what_would_be_decided_now_with_the_same_card(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        event_id = await record(world, await decided(world, site))
        await update_card(world.domain, COMMAND_LINE, site.card.id, {"status": CredentialStatus.LOST})
        await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, 17, 99))
        found = await explain(world.domain, COMMAND_LINE, event_id)
        assert found.now is not None
        assert found.now.decision.reason is Reason.CREDENTIAL_LOST
        await delete_cardholder(world.domain, COMMAND_LINE, site.ada.id)
        assert (await explain(world.domain, COMMAND_LINE, event_id)).now is None


async def test_a_denial_says_what_was_in_the_way(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"suspended": True})
        event_id = await record(world, await decided(world, site))
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"suspended": False})
        found = await explain(world.domain, COMMAND_LINE, event_id)
        assert (found.steps[-1].passed, found.steps[-1].sentence) == (False, "The cardholder is suspended.")
        assert (found.reason_words, found.rule_name) == ("The cardholder is suspended.", None)
        assert found.now is not None
        assert found.now.decision.reason is Reason.GRANTED


async def test_of_an_unknown_card_and_of_a_gone_reason_it_says_what_it_can(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        event_id = await record(world, Decision(Outcome.DENIED, Reason.CARD_UNKNOWN, (), site.door.id, Side.A))
        found = await explain(world.domain, COMMAND_LINE, event_id)
        assert (found.reason_words, found.now) == ("This card belongs to nobody.", None)
        event_id = await record(world, Decision(Outcome.DENIED, Reason.CARD_UNKNOWN, ()), reason="of_old")
        assert (await explain(world.domain, COMMAND_LINE, event_id)).reason_words == "of_old"


async def test_who_it_was_and_what_would_be_now_take_their_permissions(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        event_id = await record(world, await decided(world, site))
        found = await explain(world.domain, only(Permission.EVENT_VIEW), event_id)
        assert (found.cardholder_name, found.now, found.rule_name) == (None, None, "Staff")
        found = await explain(world.domain, only(Permission.EVENT_VIEW, Permission.CARDHOLDER_VIEW), event_id)
        assert (found.cardholder_name, found.now) == ("Ada Lovelace", None)
        with pytest.raises(NotPermitted, match=r"event\.view"):
            await explain(world.domain, only(Permission.CARDHOLDER_VIEW), event_id)


async def test_only_access_decisions_can_be_explained(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        with pytest.raises(NotFound, match="no such event"):
            await explain(world.domain, COMMAND_LINE, "none")
        audit = await Event.first()
        assert audit is not None
        with pytest.raises(ValidationFailed, match="no access decision"):
            await explain(world.domain, COMMAND_LINE, audit.id)
