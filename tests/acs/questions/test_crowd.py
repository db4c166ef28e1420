"""Who can pass: everybody whom a rule names at the door side, counted by outcome and reason, a page at a time."""

from datetime import datetime, timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.decision.decision import Outcome
from doorward.acs.decision.policy import Side
from doorward.acs.decision.reason import Reason
from doorward.acs.errors import NotFound, NotPermitted, ValidationFailed
from doorward.acs.paging import PageRequest
from doorward.acs.people.operations import update_cardholder
from doorward.acs.questions import crowd as module
from doorward.acs.questions.crowd import WhoCanPass, who_can_pass
from doorward.acs.questions.passing import would_pass
from tests.acs.questions.scene import add_person, door_stands
from tests.world import START, Site, World, make_site, only, open_world

pytestmark = pytest.mark.anyio

ANYTIME = START + timedelta(days=1)


async def ask(
    world: World,
    site: Site,
    request: PageRequest | None = None,
    at: datetime | None = ANYTIME,
    outcome: Outcome | None = None,
    reason: Reason | None = None,
) -> WhoCanPass:
    page = request or PageRequest(first=10)
    return await who_can_pass(world.domain, COMMAND_LINE, site.door.id, Side.A, at, page, outcome, reason)


def names(found: WhoCanPass) -> list[str]:
    return [row.first_name for _, row in found.page.rows]


async def crowded(world: World) -> Site:
    """Ada and Bob may pass, Cid is suspended, Dan has no card, Eve is in no rule."""
    site = await make_site(world)
    await add_person(world, site, "Bob", 1)
    cid = await add_person(world, site, "Cid", 2)
    await update_cardholder(world.domain, COMMAND_LINE, cid, {"suspended": True})
    await add_person(world, site, "Dan")
    await add_person(world, site, "Eve", 3, groups=())
    return site


@pytest.mark.parametrize("few", [0, 500])
async def test_everybody_is_counted_by_outcome_and_reason(
    database_url: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEW", few)
    async with open_world(database_url) as world:
        site = await crowded(world)
        found = await ask(world, site)
        assert found.counts == {
            (Outcome.GRANTED, Reason.GRANTED): 2,
            (Outcome.DENIED, Reason.CARDHOLDER_SUSPENDED): 1,
            (Outcome.DENIED, Reason.METHOD_NOT_ACCEPTED): 1,
        }
        assert (found.unnamed, found.at, found.door_name) == (1, ANYTIME, "Main entrance")
        assert names(found) == ["Ada", "Bob", "Cid", "Dan"]
        assert names(await ask(world, site, outcome=Outcome.DENIED)) == ["Cid", "Dan"]
        assert names(await ask(world, site, reason=Reason.CARDHOLDER_SUSPENDED)) == ["Cid"]
        for passer, row in found.page.rows:
            single = await would_pass(world.domain, COMMAND_LINE, row.id, site.door.id, Side.A, ANYTIME)
            assert (single.decision.outcome, single.decision.reason) == (passer.outcome, passer.reason)


async def test_pages_go_through_everybody_once_in_both_directions(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await crowded(world)
        seen: list[str] = []
        request = PageRequest(first=3)
        while True:
            found = await ask(world, site, request)
            seen += names(found)
            if not found.page.has_next:
                break
            request = PageRequest(first=3, after=found.page.cursors[-1])
        assert seen == ["Ada", "Bob", "Cid", "Dan"]
        last = await ask(world, site, PageRequest(last=1, before=found.page.cursors[0]))
        assert (names(last), last.page.has_previous, last.page.has_next) == (["Cid"], True, True)
        with pytest.raises(ValidationFailed, match="cursor"):
            await ask(world, site, PageRequest(first=1, after="nonsense"))


async def test_further_pages_are_of_the_moment_of_the_first_for_a_minute(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await crowded(world)
        door_stands(world, site.door.id)
        first = await ask(world, site, PageRequest(first=1), at=None)
        assert first.counts[Outcome.GRANTED, Reason.GRANTED] == 2
        further = PageRequest(first=1, after=first.page.cursors[0])
        door_stands(world, site.door.id, online=False)
        world.clock.advance(timedelta(seconds=30))
        assert (await ask(world, site, further, at=None)).at == START
        world.clock.advance(timedelta(seconds=31))
        later = await ask(world, site, further, at=None)
        assert (later.at, later.counts[Outcome.DENIED, Reason.DOOR_OFFLINE]) == (world.clock.now, 2)
        door_stands(world, site.door.id)
        anew = await ask(world, site, PageRequest(first=1), at=None)
        assert anew.counts[Outcome.GRANTED, Reason.GRANTED] == 2


async def test_more_people_than_can_be_gone_through_is_said(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PEOPLE", 3)
    async with open_world(database_url) as world:
        site = await crowded(world)
        with pytest.raises(ValidationFailed, match="name 4 people; 3 are the most"):
            await ask(world, site)


async def test_it_takes_both_permissions_and_a_door(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        for missing in (Permission.CONFIGURATION_VIEW, Permission.CARDHOLDER_VIEW):
            actor = only(*set(Permission) - {missing})
            with pytest.raises(NotPermitted, match=missing.value):
                await who_can_pass(world.domain, actor, site.door.id, Side.A, None, PageRequest(first=1))
        with pytest.raises(NotFound, match="door"):
            await who_can_pass(world.domain, COMMAND_LINE, "nowhere", Side.A, None, PageRequest(first=1))
