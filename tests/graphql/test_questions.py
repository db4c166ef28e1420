"""Questions about access as clients of the API meet them."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.policy import Side
from doorward.acs.events.models import Event
from doorward.acs.people.models import Cardholder
from doorward.acs.questions.passing import would_pass
from doorward.acs.rules.models import AccessRule
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.threats.models import ThreatColour
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level
from tests.acs.questions.scene import add_person, door_stands
from tests.acs.questions.test_explaining import record
from tests.api import Api, serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

LATER = "2026-11-24T12:00:00Z"
WOULD = """query($who: ID!, $door: ID!, $at: DateTime, $shown: [ID!]) {
  wouldPass(cardholderId: $who, doorId: $door, side: A, at: $at, credentialIds: $shown) {
  at outcome reason reasonText ruleName steps { check name passed saw sentence about { kind id name } }
  assumptions { code text }
  cardholder { name } door { name } side credential { id kind name } } }"""
WHO = """query($door: ID!, $outcome: AccessOutcome, $reason: String, $after: String, $size: Int, $search: String) {
  whoCanPass(doorId: $door, side: A, at: "2026-11-24T12:00:00Z", outcome: $outcome, reason: $reason, first: $size,
    after: $after, search: $search) {
  at door { name } side unnamed counts { outcome reason reasonText people } assumptions { code }
  people { nodes { cardholder { name } outcome reason reasonText credentialId ruleId ruleName scheduleName }
    pageInfo { hasNextPage endCursor } } } }"""
COMPARE = """query($draft: [DraftChangeInput!]!, $days: Int! = 7) {
  compareDraft(draft: $draft, days: $days, first: 10) {
  errors { code message path } comparison { start end gaining losing total differences { nodes {
  cardholder { name } door { name } side gained { startsAt endsAt } lost { startsAt endsAt } before { startsAt }
  after { startsAt } } } } } }"""


async def test_would_they_pass_with_everything_it_takes_to_understand(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        asked = {"who": site.ada.id, "door": site.door.id}
        found = (await api.data(WOULD, **asked, at=LATER))["wouldPass"]
        assert (found["outcome"], found["reason"], found["ruleName"]) == ("GRANTED", "granted", "Staff")
        assert (found["credential"]["id"], found["credential"]["kind"]) == (site.card.id, "CARD")
        assert {one["code"] for one in found["assumptions"]} >= {"DOORS_READY", "ALONE"}
        step = step_of(found, "schedule")
        assert (step["name"], step["sentence"], step["passed"]) == ("Schedule", "The schedule Always applies.", True)
        assert step["about"] == [{"kind": "SCHEDULE", "id": (await ScheduleRow.get()).id, "name": "Always"}]
        assert step_of(found, "access_rule")["about"][0]["id"] == (await AccessRule.get()).id
        shown = (await api.data(WOULD, **asked, at=LATER, shown=[site.card.id]))["wouldPass"]
        assert shown["outcome"] == "GRANTED"
        other = (await api.ask(WOULD, **asked, at=LATER, shown=[site.ada.id]))["errors"][0]
        assert other["extensions"]["code"] == "NOT_FOUND"
        found = (await api.data(WOULD, **asked))["wouldPass"]
        assert (found["outcome"], found["reason"]) == ("DENIED", "door_offline")
        assert found["reasonText"].startswith("The door's input and output device is offline")
        (about,) = step_of(found, "reader")["about"]
        assert about == {"kind": "DOOR", "id": site.door.id, "name": "Main entrance"}
        gone = (await api.ask(WOULD, who="nobody", door=site.door.id))["errors"][0]
        assert gone["extensions"]["code"] == "NOT_FOUND"


def step_of(answer: dict[str, Any], check: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in answer["steps"] if one["check"] == check)
    return found


async def test_who_can_pass_is_counted_and_paged(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await add_person(world, site, "Bob", 1)
        await add_person(world, site, "Cid")
        await add_person(world, site, "Dan", groups=())
        await api.sign_in(Role.OPERATOR)
        found = (await api.data(WHO, door=site.door.id, size=2))["whoCanPass"]
        assert [(one["reason"], one["people"]) for one in found["counts"]] == [
            ("granted", 2),
            ("method_not_accepted", 1),
        ]
        assert (found["unnamed"], found["door"]["name"]) == (1, "Main entrance")
        assert [node["cardholder"]["name"] for node in found["people"]["nodes"]] == ["Ada Lovelace", "Bob Person"]
        after = found["people"]["pageInfo"]["endCursor"]
        page = (await api.data(WHO, door=site.door.id, size=2, after=after))["whoCanPass"]["people"]
        assert [node["cardholder"]["name"] for node in page["nodes"]] == ["Cid Person"]
        denied = (await api.data(WHO, door=site.door.id, size=5, outcome="DENIED"))["whoCanPass"]["people"]["nodes"]
        assert [(node["outcome"], node["credentialId"]) for node in denied] == [("DENIED", None)]
        granted = (await api.data(WHO, door=site.door.id, size=5, reason="granted"))["whoCanPass"]["people"]["nodes"]
        assert len(granted) == 2
        assert (granted[0]["ruleName"], granted[0]["scheduleName"]) == ("Staff", "Always")
        assert granted[0]["ruleId"] == (await AccessRule.get()).id
        for search, names in (("pers cid", ["Cid Person"]), ("ada", ["Ada Lovelace"]), ("cid ada", []), (" ", None)):
            named = (await api.data(WHO, door=site.door.id, size=5, search=search))["whoCanPass"]["people"]["nodes"]
            assert names is None or [node["cardholder"]["name"] for node in named] == names
        assert len(named) == 3
        wrong = (await api.ask(WHO, door=site.door.id, size=5, reason="of_tomorrow"))["errors"][0]
        assert wrong["extensions"]["code"] == "VALIDATION"


async def test_a_decision_is_explained(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR, Role.VIEWER) as api:
        site = await make_site(world)
        door_stands(world, site.door.id)
        answer = await would_pass(world.domain, COMMAND_LINE, site.ada.id, site.door.id, Side.A)
        event_id = await record(world, answer.decision)
        query = """query($id: ID!) { explainDecision(eventId: $id) { eventId outcome reason reasonText doorName side
          cardholderName ruleName scheduleName steps { check sentence about { name } } now { outcome ruleName } } }"""
        await api.sign_in(Role.OPERATOR)
        found = (await api.data(query, id=event_id))["explainDecision"]
        assert (found["outcome"], found["reasonText"], found["side"]) == ("GRANTED", "Access granted.", "A")
        assert (found["cardholderName"], found["ruleName"], found["scheduleName"]) == (
            "Ada Lovelace",
            "Staff",
            "Always",
        )
        assert found["now"] == {"outcome": "GRANTED", "ruleName": "Staff"}
        assert step_of(found, "access_rule")["about"] == [{"name": "Staff"}]
        await api.sign_in(Role.VIEWER)
        assert (await api.ask(query, id=event_id))["errors"][0]["extensions"]["code"] == "PERMISSION"


async def drafted(api: Api, *changes: dict[str, Any]) -> list[tuple[str, str, bool, bool]]:
    """Who gains and loses at which door side, under each change for itself."""
    found = (await api.data(COMPARE, draft=list(changes)))["compareDraft"]
    assert found["errors"] == [], found
    return [
        (node["cardholder"]["name"].split()[0], node["side"], bool(node["gained"]), bool(node["lost"]))
        for node in found["comparison"]["differences"]["nodes"]
    ]


async def test_each_kind_of_change_can_be_drafted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        bob = await add_person(world, site, "Bob", groups=())
        rule, always = (await AccessRule.get()).id, (await ScheduleRow.get()).id
        await api.sign_in(Role.ADMINISTRATOR)
        events = await Event.all().count()
        loses, gains = [("Ada", "A", False, True)], [("Bob", "A", True, False)]
        new = {
            "name": "New", "cardholderIds": [bob], "scheduleIds": [always],
            "doorSides": [{"doorId": site.door.id, "side": "A"}],
        }  # fmt: skip
        assert await drafted(api, {"createAccessRule": new}) == gains
        assert await drafted(api, {"updateAccessRule": {"id": rule, "enabled": False}}) == loses
        add = {"id": rule, "add": {"cardholderIds": [bob]}}
        assert await drafted(api, {"changeAccessRuleMembers": add}) == gains
        assert await drafted(api, {"deleteAccessRule": {"id": rule}}) == loses
        assert await drafted(api, {"updateCardholder": {"id": site.ada.id, "suspended": True}}) == loses
        assert await drafted(api, {"deleteCardholder": {"id": site.ada.id}}) == loses
        assert await drafted(api, {"addGroupMembers": {"id": site.group.id, "cardholderIds": [bob]}}) == gains
        members = {"id": site.group.id, "cardholderIds": [site.ada.id]}
        assert await drafted(api, {"removeGroupMembers": members}) == loses
        assert await drafted(api, {"updateSchedule": {"id": always, "days": []}}) == loses
        by_zone = {"id": rule, "zoneIds": site.zones, "doorSides": []}
        emptied = {"setZoneDoors": {"id": site.zones[0], "doors": []}}
        assert await drafted(api, {"updateAccessRule": by_zone}, emptied) == loses
        given = NewThreatLevel("High", 1, ThreatColour.ORANGE, 0)
        level = (await create_threat_level(world.domain, COMMAND_LINE, given)).id
        events = await Event.all().count()
        off = {"id": level, "switches": {"ruleSwitch": "DISABLE", "ruleIds": [rule]}}
        raised = {"setThreatLevel": {"levelId": level}}
        assert await drafted(api, {"updateThreatLevel": off}, raised) == loses
        assert await drafted(api, raised) == []
        assert await drafted(api, {"updateThreatLevel": off}, raised, {"releaseThreatLevel": True}) == []
        assert await Event.all().count() == events
        assert not (await Cardholder.get(id=site.ada.id)).suspended


async def test_a_draft_that_cannot_be_made_says_which_change_and_why(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR) as api,
    ):
        site = await make_site(world)
        delete = {"deleteAccessRule": {"id": (await AccessRule.get()).id}}
        await api.sign_in(Role.ADMINISTRATOR)

        async def error(*draft: dict[str, Any], days: int = 7) -> dict[str, Any]:
            found = (await api.data(COMPARE, draft=list(draft), days=days))["compareDraft"]
            assert found["comparison"] is None
            first: dict[str, Any] = found["errors"][0]
            return first

        found = await error(delete, delete)
        assert (found["code"], found["path"]) == ("NOT_FOUND", ["draft", "1", "id"])
        assert found["message"] == "Change 2 of the draft: There is no such access rule."
        slots = [{"weekday": 9, "intervals": []}]
        found = await error({"updateSchedule": {"id": "x", "days": slots}})
        assert found["path"] == ["draft", "0", "days"]
        assert (await error(delete, days=32))["path"] == ["days"]
        both = {**delete, "deleteCardholder": {"id": site.ada.id}}
        assert "errors" in await api.ask(COMPARE, draft=[both])
        await api.sign_in(Role.OPERATOR)
        assert (await error(delete))["code"] == "PERMISSION"


async def test_viewers_may_not_ask_about_people(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        site = await make_site(world)
        await api.sign_in(Role.VIEWER)
        for query, variables in ((WOULD, {"who": site.ada.id}), (WHO, {"size": 1})):
            error = (await api.ask(query, door=site.door.id, **variables))["errors"][0]
            assert error["extensions"]["code"] == "PERMISSION"
        found = await api.data(COMPARE, draft=[{"deleteCardholder": {"id": site.ada.id}}])
        assert found["compareDraft"]["errors"][0]["code"] == "PERMISSION"
