"""PIN rules of the system and of readers: bounds, audit, and what controllers get."""

from typing import Any

import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.policy import PinRules
from doorward.acs.errors import NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.formats.pin_operations import set_pin_rules, set_reader_pin_rules
from doorward.acs.formats.policy import pin_rules, reader_pin_rules
from doorward.acs.formats.queries import page_reader_settings, system_pin_rules
from doorward.acs.operation import SITE_ID
from doorward.acs.paging import PageRequest
from doorward.acs.site.models import Site
from tests.world import make_site, open_world, user

pytestmark = pytest.mark.anyio

STRICT = PinRules(6, 6, "", 3_000, 3, 120_000)


async def policy_version() -> int:
    site = await Site.get(id=SITE_ID)
    return int(site.policy_version)


async def test_the_system_s_rules_are_changed_and_audited(database_url: str) -> None:
    async with open_world(database_url) as world:
        assert await pin_rules() == PinRules()
        before = await policy_version()
        await set_pin_rules(world.domain, COMMAND_LINE, STRICT)
        assert await pin_rules() == STRICT
        assert await policy_version() == before + 1
        event = await Event.get()
        assert event.type is EventType.PIN_RULES_CHANGED
        assert (event.data["before"]["max_length"], event.data["after"]["max_length"]) == (8, 6)
        await set_pin_rules(world.domain, COMMAND_LINE, PinRules())
        assert await pin_rules() == PinRules()


async def test_setting_the_same_rules_changes_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        before = await policy_version()
        await set_pin_rules(world.domain, COMMAND_LINE, PinRules())
        assert await policy_version() == before
        assert not await Event.exists()


async def test_a_reader_has_rules_of_its_own_until_they_are_taken_away(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        reader_id = site.reader_a.id
        await set_reader_pin_rules(world.domain, COMMAND_LINE, reader_id, STRICT)
        assert await reader_pin_rules() == {reader_id: STRICT}
        assert await reader_pin_rules([site.reader_b.id]) == {}
        assert await pin_rules() == PinRules()
        event = (await Event.all().order_by("-position").limit(1))[0]
        assert (event.type, event.reader_id) == (EventType.READER_PIN_RULES_CHANGED, reader_id)
        await set_reader_pin_rules(world.domain, COMMAND_LINE, reader_id, msgspec.structs.replace(STRICT, end="*"))
        await set_reader_pin_rules(world.domain, COMMAND_LINE, reader_id, None)
        assert await reader_pin_rules() == {}
        with pytest.raises(NotFound, match="no such reader"):
            await set_reader_pin_rules(world.domain, COMMAND_LINE, "nobody", STRICT)


async def test_a_reader_whose_pins_differ_says_so(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await set_reader_pin_rules(world.domain, COMMAND_LINE, site.reader_a.id, STRICT)
        entry, leave = (await page_reader_settings(COMMAND_LINE, PageRequest(100))).rows
        (warning,) = entry.warnings
        assert warning == (
            "This reader takes PINs of 6 digits without an end key (3 s between digits, 120 s lockout after 3 wrong "
            "ones); the system takes PINs of 4 to 8 digits ended with # (5 s between digits, 30 s lockout after 5 "
            "wrong ones)."
        )
        assert leave.pin is None


@pytest.mark.parametrize(
    "change, path, words",
    [
        ({"min_length": 2}, "minLength", "at least 3 digits"),
        ({"min_length": 17, "max_length": 17}, "minLength", "at most 16"),
        ({"max_length": 3}, "maxLength", r"from the minimum length \(4\) to 16"),
        ({"max_length": 17}, "maxLength", "to 16"),
        ({"end": "5"}, "endKey", "one of # "),
        ({"end": "##"}, "endKey", "one of # "),
        ({"end": ""}, "endKey", "nobody could end a short PIN"),
        ({"digit_timeout_ms": 999}, "digitTimeoutMs", "1 to 60 seconds"),
        ({"digit_timeout_ms": 60_001}, "digitTimeoutMs", "1 to 60 seconds"),
        ({"lockout_after": 21}, "lockoutAfter", "1 to 20"),
        ({"lockout_after": -1}, "lockoutAfter", "1 to 20"),
        ({"lockout_ms": 999}, "lockoutMs", "1 to 3600 seconds"),
        ({"lockout_ms": 3_600_001}, "lockoutMs", "1 to 3600 seconds"),
    ],
)
async def test_rules_out_of_bounds_are_refused(
    database_url: str, change: dict[str, Any], path: str, words: str
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        rules = msgspec.structs.replace(PinRules(), **change)
        with pytest.raises(ValidationFailed, match=words) as caught:
            await set_pin_rules(world.domain, COMMAND_LINE, rules)
        assert caught.value.path == (path,)
        with pytest.raises(ValidationFailed, match=words):
            await set_reader_pin_rules(world.domain, COMMAND_LINE, site.reader_a.id, rules)


@pytest.mark.parametrize(
    "rules",
    [
        PinRules(3, 3, ""),
        PinRules(16, 16),
        PinRules(3, 16, "*", 60_000, 20, 3_600_000),
        PinRules(4, 8, "D", 1_000, 0, 1_000),
    ],
)
async def test_rules_at_their_bounds_are_accepted(database_url: str, rules: PinRules) -> None:
    async with open_world(database_url) as world:
        assert await set_pin_rules(world.domain, COMMAND_LINE, rules) == rules
        assert await pin_rules() == rules


async def test_rules_are_shown_to_those_who_may_see_the_configuration(database_url: str) -> None:
    async with open_world(database_url):
        assert await system_pin_rules(user(Role.OPERATOR)) == (PinRules(), 1)
        with pytest.raises(NotPermitted):
            await system_pin_rules(user(Role.VIEWER))
