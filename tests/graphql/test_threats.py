"""Manual actions on zones, threat levels and the site's settings as a client of the API meets them."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand, ToController
from doorward.acs.rules.models import AccessRule
from tests.api import Api, serve_api
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio

ERRORS = "errors { code message path }"
LEVEL = "threatLevel { id name rank colour releaseRank version switches { ruleSwitch ruleIds rules { name } lockdowns { doorId zoneId name } profiles { profileId profileName place { name } } } }"  # noqa: E501
CREATE = f"mutation($input: CreateThreatLevelInput!) {{ createThreatLevel(input: $input) {{ {LEVEL} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateThreatLevelInput!) {{ updateThreatLevel(input: $input) {{ {LEVEL} {ERRORS} }} }}"
DELETE = f"mutation($id: ID!) {{ deleteThreatLevel(input: {{id: $id}}) {{ deletedId {ERRORS} }} }}"
THREAT = "threat { levelId name rank colour since userName reason }"
SET = f"mutation($id: ID!, $why: String!) {{ setThreatLevel(input: {{levelId: $id, reason: $why}}) {{ {THREAT} {ERRORS} }} }}"  # noqa: E501
RELEASE = f"mutation {{ releaseThreatLevel(input: {{}}) {{ threat {{ name }} {ERRORS} }} }}"
COMMAND = "command { id confirmed doors { door { name } status detail } skipped { name } }"


def on_zone(action: str) -> str:
    kind = f"{action[0].upper()}{action[1:]}Input"
    return f"mutation($input: {kind}!) {{ {action}(input: $input) {{ {COMMAND} {ERRORS} }} }}"


def on_door(action: str) -> str:
    kind = f"{action[0].upper()}{action[1:]}Input"
    return f"mutation($input: {kind}!) {{ {action}(input: $input) {{ command {{ status }} {ERRORS} }} }}"


async def payload(api: Api, mutation: str, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(iter((await api.data(mutation, **variables)).values()))
    return found


async def done(api: Api, mutation: str, **variables: Any) -> dict[str, Any]:
    """The payload of a mutation that must succeed."""
    found = await payload(api, mutation, **variables)
    assert found["errors"] == []
    return found


async def refusal(api: Api, mutation: str, **variables: Any) -> tuple[str, list[str]]:
    """Code and path of the one error of a mutation that must fail."""
    (error,) = (await payload(api, mutation, **variables))["errors"]
    return error["code"], error["path"]


def confirming(world: World) -> list[DoorCommand]:
    """A controller that does whatever it is told; what it was told."""
    sent: list[DoorCommand] = []

    def receive(message: ToController) -> None:
        if isinstance(message, DoorCommand):
            sent.append(message)
            world.domain.doors.resolve(CommandResult(message.id, CommandStatus.CONFIRMED))

    world.domain.doors.attach(world.controller.id, receive)
    return sent


async def test_a_level_is_made_raised_seen_and_released(database_url: str, tmp_path: Path) -> None:
    roles = (Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER)
    async with open_world(database_url) as world, serve_api(world, tmp_path, *roles) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        given: dict[str, Any] = {
            "name": "Severe",
            "rank": 3,
            "colour": "VERMILION",
            "releaseRank": 100,
            "switches": {"ruleSwitch": "ONLY", "lockdowns": [{"zoneId": site.zones[0]}]},
        }
        level = (await done(api, CREATE, input=given))["threatLevel"]
        assert level["switches"] == {
            "ruleSwitch": "ONLY",
            "ruleIds": [],
            "rules": [],
            "lockdowns": [{"doorId": None, "zoneId": site.zones[0], "name": "Inside"}],
            "profiles": [],
        }
        changed = (await done(api, UPDATE, input={"id": level["id"], "name": "Worst"}))["threatLevel"]
        assert (changed["name"], changed["rank"], changed["version"]) == ("Worst", 3, 2)
        assert changed["switches"] == level["switches"]
        rule = await AccessRule.get(name="Staff")
        profile = (await api.data("{ identificationProfiles(first: 100) { nodes { id name } } }"))[
            "identificationProfiles"
        ]["nodes"][0]
        told = {"place": {"doorId": site.door.id}, "profileId": profile["id"]}
        wider = {**given["switches"], "ruleIds": [rule.id], "profiles": [told]}
        named = (await done(api, UPDATE, input={"id": level["id"], "switches": wider}))["threatLevel"]["switches"]
        assert named["rules"] == [{"name": "Staff"}]
        assert named["profiles"][0]["profileName"] == profile["name"]
        assert named["profiles"][0]["place"] == {"name": "Main entrance"}

        await api.sign_in(Role.OPERATOR)
        raised = (await done(api, SET, id=level["id"], why="intruder"))["threat"]
        assert raised == {
            "levelId": level["id"],
            "name": "Worst",
            "rank": 3,
            "colour": "VERMILION",
            "since": "2026-11-23T12:00:00+00:00",
            "userName": "operator",
            "reason": "intruder",
        }
        assert await refusal(api, RELEASE) == ("PERMISSION", [])
        await api.sign_in(Role.VIEWER)
        assert (await api.data("{ threat { name } }"))["threat"] == {"name": "Worst"}
        assert await refusal(api, SET, id=level["id"], why="") == ("PERMISSION", [])
        await api.sign_in(Role.ADMINISTRATOR)
        assert await refusal(api, DELETE, id=level["id"]) == ("CONFLICT", ["id"])
        assert (await done(api, RELEASE))["threat"] is None
        assert (await done(api, DELETE, id=level["id"]))["deletedId"] == level["id"]
        assert (await api.data("{ threatLevels(first: 100) { nodes { name } } }"))["threatLevels"]["nodes"] == []


@pytest.mark.parametrize("action", ["grantZoneAccess", "unlockZone", "lockZone", "lockdownZone", "resetZone"])
async def test_each_action_on_a_zone_answers_door_by_door(database_url: str, tmp_path: Path, action: str) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        where = {"zoneId": site.zones[0], "includeNested": True, "reason": "drill"}
        away = (await done(api, on_zone(action), input=where))["command"]
        assert (away["confirmed"], away["doors"][0]["status"]) == (False, "FAILED")
        sent = confirming(world)
        found = (await done(api, on_zone(action), input=where))["command"]
        assert found["confirmed"]
        assert found["doors"] == [{"door": {"name": "Main entrance"}, "status": "CONFIRMED", "detail": ""}]
        assert sent[0].action.value == {"grantZoneAccess": "grant_access"}.get(action, action.removesuffix("Zone"))
        assert await refusal(api, on_zone(action), input={"zoneId": "nowhere"}) == ("NOT_FOUND", ["zoneId"])


async def test_end_times_and_durations_of_manual_actions_are_passed_on_or_refused(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        sent = confirming(world)
        await api.sign_in(Role.OPERATOR)
        door, until = {"doorId": site.door.id}, "2026-11-23T14:00:00+01:00"
        for action in ("unlockDoor", "lockDoor", "lockdownDoor"):
            await done(api, on_door(action), input={**door, "until": until})
        await done(api, on_door("grantAccess"), input={**door, "durationMs": 60_000})
        assert [(one.until and one.until.isoformat(), one.duration_ms) for one in sent] == [
            *[("2026-11-23T13:00:00+00:00", None)] * 3,
            (None, 60_000),
        ]
        for action, extra, path in (
            ("resetDoor", {"until": until}, "until"),
            ("unlockDoor", {"until": "2026-11-23T11:00:00Z"}, "until"),
            ("lockDoor", {"durationMs": 1_000}, "durationMs"),
            ("grantAccess", {"durationMs": 1}, "durationMs"),
        ):
            assert await refusal(api, on_door(action), input={**door, **extra}) == ("VALIDATION", [path])
        zone = {"zoneId": site.zones[0], "until": until}
        assert (await done(api, on_zone("unlockZone"), input=zone))["command"]["confirmed"]
        assert sent[-1].until == sent[0].until


async def test_the_site_s_settings_for_controllers_are_changed_and_cleared(database_url: str, tmp_path: Path) -> None:
    update = f"mutation($input: UpdateSiteInput!) {{ updateSite(input: $input) {{ site {{ name staleAfter qrSkewSteps escortTimeoutMs }} {ERRORS} }} }}"  # noqa: E501
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        given = {"staleAfter": "P1D", "qrSkewSteps": 2, "escortTimeoutMs": 20_000}
        assert (await done(api, update, input=given))["site"] == {"name": "Doorward", **given}
        cleared = (await done(api, update, input={"staleAfter": None, "qrSkewSteps": None}))["site"]
        assert (cleared["staleAfter"], cleared["qrSkewSteps"]) == (None, 2)
        assert await refusal(api, update, input={"staleAfter": "PT1S"}) == ("VALIDATION", ["staleAfter"])
