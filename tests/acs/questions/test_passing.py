"""Would they pass: the answer is that of the deciding code, for now or for another time, and says what it assumes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.credentials.models import Credential
from doorward.acs.credentials.operations import NewCard, NewPin, create_card, create_pin, update_card
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.door import DoorMode
from doorward.acs.decision.policy import (
    CredentialStatus,
    IdentificationType,
    RelativeValidity,
    Side,
    TwoPersonRule,
    ValidityStart,
    ValidityUnit,
)
from doorward.acs.decision.reason import Reason
from doorward.acs.doors.changes import set_maintenance, update_door
from doorward.acs.doors.operations import create_door
from doorward.acs.doors.settings import NewDoor
from doorward.acs.errors import NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.models import Event
from doorward.acs.people.operations import CardholderChanges, update_cardholder
from doorward.acs.questions import site_policy as module
from doorward.acs.questions.conditions import Assumption
from doorward.acs.questions.passing import Answer, told_to, would_pass
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import delete_access_rule
from doorward.acs.threats.models import ThreatColour
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level
from doorward.acs.threats.posture import Place, Switches
from doorward.acs.threats.setting import set_threat_level
from doorward.acs.zones.models import AntiPassbackMode
from doorward.acs.zones.operations import update_zone
from doorward.acs.zones.presence_operations import set_presence
from doorward.acs.zones.settings import ZoneChanges
from tests.acs.questions.scene import add_person, door_stands
from tests.world import START, Site, World, make_site, only, open_world

pytestmark = pytest.mark.anyio

CHRISTMAS = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
ANYTIME = START + timedelta(days=1)


async def ask(world: World, site: Site, at: datetime | None = ANYTIME, side: Side = Side.A) -> Answer:
    return await would_pass(world.domain, COMMAND_LINE, site.ada.id, site.door.id, side, at)


async def test_the_answer_names_rule_credential_and_what_it_assumes(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        found = await ask(world, site)
        assert (found.decision.outcome, found.decision.reason) == (Outcome.GRANTED, Reason.GRANTED)
        assert (found.rule_name, found.door_name, found.at) == ("Staff", "Main entrance", ANYTIME)
        assert found.credential is not None
        assert found.credential.id == site.card.id
        assert set(found.assumptions) == set(Assumption) - {Assumption.NO_READER}
        assert (await ask(world, site, CHRISTMAS)).decision.reason is Reason.OUTSIDE_SCHEDULE
        assert (await ask(world, site, side=Side.B)).decision.reason is Reason.NO_ACCESS_RULE


async def test_now_is_with_the_doors_as_they_stand(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        assert (await ask(world, site, None)).decision.reason is Reason.DOOR_OFFLINE
        door_stands(world, site.door.id)
        found = await ask(world, site, None)
        assert (found.decision.reason, found.at) == (Reason.GRANTED, START)
        assert set(found.assumptions) == {Assumption.ALONE, Assumption.SHOWN_RIGHTLY}
        door_stands(world, site.door.id, DoorMode.LOCKDOWN)
        assert (await ask(world, site, None)).decision.reason is Reason.DOOR_LOCKDOWN
        assert (await ask(world, site)).decision.reason is Reason.GRANTED


async def test_now_is_with_people_where_they_are(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        door_stands(world, site.door.id)
        hard = ZoneChanges(anti_passback=AntiPassbackMode.HARD)
        await update_zone(world.domain, COMMAND_LINE, site.zones[0], hard)
        assert (await ask(world, site, None)).decision.reason is Reason.GRANTED
        await set_presence(world.domain, COMMAND_LINE, site.ada.id, site.zones[0], "Seen")
        assert (await ask(world, site, None)).decision.reason is Reason.ANTI_PASSBACK
        assert (await ask(world, site)).decision.reason is Reason.GRANTED


async def test_a_full_zone_and_one_that_is_entered_together(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        door_stands(world, site.door.id)
        bob = await add_person(world, site, "Bob")
        await update_zone(world.domain, COMMAND_LINE, site.zones[0], {"max_occupancy": 1})
        await set_presence(world.domain, COMMAND_LINE, bob, site.zones[0], "Seen")
        assert (await ask(world, site, None)).decision.reason is Reason.ZONE_FULL
        together = ZoneChanges(max_occupancy=None, min_occupancy=2)
        await update_zone(world.domain, COMMAND_LINE, site.zones[0], together)
        assert (await ask(world, site, None)).decision.reason is Reason.GRANTED
        await set_presence(world.domain, COMMAND_LINE, bob, None, "Left")
        found = (await ask(world, site, None)).decision
        assert (found.outcome, found.reason) == (Outcome.WAITING, Reason.OCCUPANTS_REQUIRED)


async def test_uses_count(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        once = RelativeValidity(ValidityStart.FIRST_USE, 1, ValidityUnit.USES)
        await update_card(world.domain, COMMAND_LINE, site.card.id, {"relative": once})
        assert (await ask(world, site)).decision.reason is Reason.GRANTED
        await Credential.filter(id=site.card.id).update(uses=1, first_used_at=START, last_used_at=START)
        assert (await ask(world, site)).decision.reason is Reason.CREDENTIAL_USED_UP


@pytest.mark.parametrize(
    "status, reason",
    [
        (CredentialStatus.SUSPENDED, Reason.CREDENTIAL_SUSPENDED),
        (CredentialStatus.LOST, Reason.CREDENTIAL_LOST),
        (CredentialStatus.STOLEN, Reason.CREDENTIAL_STOLEN),
    ],
)
async def test_the_status_of_the_credential_counts(database_url: str, status: CredentialStatus, reason: Reason) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await update_card(world.domain, COMMAND_LINE, site.card.id, {"status": status})
        assert (await ask(world, site)).decision.reason is reason


async def test_dates_of_people_and_credentials_count(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await update_card(world.domain, COMMAND_LINE, site.card.id, {"valid_from": ANYTIME, "valid_to": CHRISTMAS})
        assert (await ask(world, site, START)).decision.reason is Reason.CREDENTIAL_NOT_YET_VALID
        assert (await ask(world, site, CHRISTMAS)).decision.reason is Reason.CREDENTIAL_EXPIRED
        dates = CardholderChanges(valid_from=ANYTIME + timedelta(days=1), valid_to=ANYTIME + timedelta(days=2))
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, dates)
        assert (await ask(world, site)).decision.reason is Reason.CARDHOLDER_NOT_YET_VALID
        assert (await ask(world, site, ANYTIME + timedelta(days=2))).decision.reason is Reason.CARDHOLDER_EXPIRED
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"suspended": True})
        assert (await ask(world, site)).decision.reason is Reason.CARDHOLDER_SUSPENDED


async def test_company_that_is_needed_is_waited_for(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await update_door(world.domain, COMMAND_LINE, site.door.id, {"two_person": TwoPersonRule()})
        found = (await ask(world, site)).decision
        assert (found.outcome, found.reason) == (Outcome.WAITING, Reason.SECOND_PERSON_REQUIRED)
        await update_door(world.domain, COMMAND_LINE, site.door.id, {"two_person": None})
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"escort_required": True})
        assert (await ask(world, site)).decision.reason is Reason.ESCORT_REQUIRED


async def test_a_door_out_of_service_and_one_without_readers(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        bare = await create_door(world.domain, COMMAND_LINE, NewDoor("Bare", world.controller.id))
        found = await would_pass(world.domain, COMMAND_LINE, site.ada.id, bare.id, Side.A, ANYTIME)
        assert Assumption.NO_READER in found.assumptions
        await set_maintenance(world.domain, COMMAND_LINE, site.door.id, True, "Repair")
        assert (await ask(world, site)).decision.reason is Reason.DOOR_NOT_READY


async def test_who_holds_nothing_that_is_accepted_is_told(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        bob = await add_person(world, site, "Bob")
        found = await would_pass(world.domain, COMMAND_LINE, bob, site.door.id, Side.A, ANYTIME)
        assert (found.decision.reason, found.credential) == (Reason.METHOD_NOT_ACCEPTED, None)
        assert IdentificationType.CARD.value not in found.decision.trace[-1].detail


async def test_the_policy_is_made_again_only_when_it_has_changed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    read = module._read

    async def counted(*given: object) -> object:
        made.append(1)
        return await read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_read", counted)
    async with open_world(database_url) as world:
        site = await make_site(world)
        assert (await ask(world, site)).decision.reason is Reason.GRANTED
        assert (await ask(world, site, CHRISTMAS)).decision.reason is Reason.OUTSIDE_SCHEDULE
        assert len(made) == 1
        await delete_access_rule(world.domain, COMMAND_LINE, (await AccessRule.get()).id)
        assert (await ask(world, site)).decision.reason is Reason.NO_ACCESS_RULE
        assert len(made) == 2


async def test_asking_takes_both_permissions_and_leaves_no_trace(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        before = await Event.all().count()
        for missing in (Permission.CONFIGURATION_VIEW, Permission.CARDHOLDER_VIEW):
            actor = only(*set(Permission) - {missing})
            with pytest.raises(NotPermitted, match=missing.value):
                await would_pass(world.domain, actor, site.ada.id, site.door.id, Side.A)
        actor = only(Permission.CONFIGURATION_VIEW, Permission.CARDHOLDER_VIEW)
        await would_pass(world.domain, actor, site.ada.id, site.door.id, Side.A)
        assert await Event.all().count() == before


async def test_that_it_would_be_a_pin_is_for_those_who_manage_pins(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        found = await ask(world, site)
        by_pin = replace(found, credential=await create_pin(world.domain, COMMAND_LINE, NewPin(site.ada.id, "3917")))
        asks = (Permission.CONFIGURATION_VIEW, Permission.CARDHOLDER_VIEW)
        assert told_to(only(*asks), found) is found
        assert told_to(only(*asks), by_pin) == replace(found, credential=None)
        assert told_to(only(*asks, Permission.PIN_MANAGE), by_pin) is by_pin


async def test_what_is_not_there_is_said(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(NotFound, match="cardholder"):
            await would_pass(world.domain, COMMAND_LINE, "nobody", site.door.id, Side.A)
        with pytest.raises(NotFound, match="door"):
            await would_pass(world.domain, COMMAND_LINE, site.ada.id, "nowhere", Side.A)
        with pytest.raises(ValidationFailed, match="zone"):
            await ask(world, site, datetime(2026, 1, 1))


async def test_what_the_threat_level_in_force_locks_down_lets_only_the_exempt_pass(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        given = NewThreatLevel("High", 1, ThreatColour.ORANGE, 0, Switches(lockdowns=(Place(door_id=site.door.id),)))
        level = await create_threat_level(world.domain, COMMAND_LINE, given)
        asked = (COMMAND_LINE, site.ada.id, site.door.id, Side.A, START + timedelta(hours=1))
        assert (await would_pass(world.domain, *asked)).decision.outcome is Outcome.GRANTED
        await set_threat_level(world.domain, COMMAND_LINE, level.id, "drill")
        assert (await would_pass(world.domain, *asked)).decision.reason is Reason.DOOR_LOCKDOWN
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"exempt_lockdown": True})
        assert (await would_pass(world.domain, *asked)).decision.outcome is Outcome.GRANTED


async def test_only_what_is_chosen_is_shown(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        lost = await create_card(world.domain, COMMAND_LINE, NewCard(site.ada.id, 17, 77))
        await update_card(world.domain, COMMAND_LINE, lost.id, {"status": CredentialStatus.LOST})
        asked = (COMMAND_LINE, site.ada.id, site.door.id, Side.A, START + timedelta(hours=1))
        found = await would_pass(world.domain, *asked, [lost.id])
        assert (found.decision.reason, found.credential) == (Reason.CREDENTIAL_LOST, lost)
        assert (await would_pass(world.domain, *asked, [site.card.id, lost.id])).decision.outcome is Outcome.GRANTED
        for unknown in ([], ["nothing"], [lost.id, "nothing"]):
            with pytest.raises(NotFound, match="no such credential"):
                await would_pass(world.domain, *asked, unknown)
