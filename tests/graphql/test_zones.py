"""Zones, interlocks, presences and access rules as clients of the API meet them."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.schedules.models import ScheduleRow
from tests.api import Api, serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

ZONE = "id name parent { name } antiPassback timeout forgiveAt maxOccupancy shared occupancy version doors { door { name } enterSide }"  # noqa: E501
RULE = "id name enabled missing cardholders { name } groups { name } zones { name } schedules { name } doorSides { side door { name } } version"  # noqa: E501


async def change(api: Api, name: str, fields: str, /, **given: Any) -> dict[str, Any]:
    """The payload of a mutation whose input is called after it."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {fields} errors {{ code message path }} }} }}"
    found: dict[str, Any] = (await api.data(document, input=given))[name]
    return found


async def delete(api: Api, name: str, id: str) -> dict[str, Any]:
    """The payload of a deletion."""
    document = f"mutation($id: ID!) {{ {name}(input: {{id: $id}}) {{ deletedId errors {{ code message path }} }} }}"
    found: dict[str, Any] = (await api.data(document, id=id))[name]
    return found


async def test_a_zone_is_made_changed_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        made = await change(
            api, "createZone", f"zone {{ {ZONE} }}", name="Campus", antiPassback="SOFT", timeout="PT90S"
        )
        campus = made["zone"]
        assert (campus["antiPassback"], campus["timeout"], campus["doors"]) == ("SOFT", "PT1M30S", [])
        update = {"id": site.zones[0], "parentId": campus["id"], "forgiveAt": "04:00", "maxOccupancy": 5}
        changed = (await change(api, "updateZone", f"zone {{ {ZONE} }}", **update))["zone"]
        assert (changed["parent"], changed["forgiveAt"], changed["version"]) == ({"name": "Campus"}, "04:00", 2)
        assert changed["doors"] == [{"door": {"name": "Main entrance"}, "enterSide": "A"}]
        refused = await delete(api, "deleteZone", campus["id"])
        assert (refused["deletedId"], refused["errors"][0]["code"]) == (None, "CONFLICT")
        cleared: dict[str, Any] = {"id": site.zones[0], "parentId": None, "maxOccupancy": None, "doors": []}
        changed = (await change(api, "updateZone", f"zone {{ {ZONE} }}", **cleared))["zone"]
        assert (changed["parent"], changed["maxOccupancy"], changed["doors"]) == (None, None, [])
        assert (await delete(api, "deleteZone", campus["id"]))["deletedId"] == campus["id"]
        assert [
            zone["name"] for zone in (await api.data("{ zones(first: 100) { nodes { name } } }"))["zones"]["nodes"]
        ] == ["Inside"]


async def test_a_refused_zone_says_which_door_and_why(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        given = {"name": "Twin", "doors": [{"doorId": site.door.id}]}
        error = (await change(api, "createZone", "zone { id }", **given))["errors"][0]
        assert (error["code"], error["path"]) == ("CONFLICT", ["doors"])
        assert "Main entrance: From side A" in error["message"]


async def test_readers_say_which_zone_they_lead_into(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        await make_site(world)
        await api.sign_in(Role.VIEWER)
        found = await api.data("{ doors(first: 100) { nodes { readers { side entersZone { name } } } } }")
        assert found["doors"]["nodes"][0]["readers"] == [
            {"side": "A", "entersZone": {"name": "Inside"}},
            {"side": "B", "entersZone": None},
        ]


async def test_interlocks_presences_and_forgiving(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        alone = await change(api, "createInterlock", "interlock { id }", name="Airlock", doorIds=[site.door.id])
        assert alone["errors"][0]["path"] == ["doorIds"]
        assert (await api.data("{ interlocks(first: 100) { nodes { name } } }"))["interlocks"]["nodes"] == []
        where = {"cardholderId": site.ada.id, "zoneId": site.zones[0], "reason": "Seen"}
        set_to = await change(api, "setPresence", "presence { zone { name } doorId }", **where)
        assert set_to["presence"] == {"zone": {"name": "Inside"}, "doorId": None}
        query = "query($zone: ID!, $who: ID!) { zones(first: 100) { nodes { occupancy } } occupants(zoneId: $zone, first: 5) { nodes { cardholderName } } whereIs(cardholderId: $who) { zone { id } } }"  # noqa: E501
        found = await api.data(query, zone=site.zones[0], who=site.ada.id)
        assert found == {
            "zones": {"nodes": [{"occupancy": 1}]},
            "occupants": {"nodes": [{"cardholderName": "Ada Lovelace"}]},
            "whereIs": {"zone": {"id": site.zones[0]}},
        }
        for name, given in (
            ("forgiveCardholder", {"cardholderId": site.ada.id}),
            ("forgiveZone", {"zoneId": site.zones[0]}),
            ("forgiveEverybody", {"reason": "Fire drill"}),
        ):
            assert (await change(api, name, "__typename", **given))["errors"] == []


async def test_a_rule_is_completed_step_by_step(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        always = (await ScheduleRow.get()).id
        await api.sign_in(Role.ADMINISTRATOR)
        rule = (await change(api, "createAccessRule", f"accessRule {{ {RULE} }}", name="Night"))["accessRule"]
        assert rule["missing"] == ["WHO", "WHERE", "WHEN"]
        add = {"cardholderIds": [site.ada.id], "doorSides": [{"doorId": site.door.id}], "scheduleIds": [always]}
        steps = {"id": rule["id"], "add": add, "expectedVersion": 1}
        rule = (await change(api, "changeAccessRuleMembers", f"accessRule {{ {RULE} }}", **steps))["accessRule"]
        assert (rule["missing"], rule["cardholders"]) == ([], [{"name": "Ada Lovelace"}])
        assert [place["side"] for place in rule["doorSides"]] == ["A", "B"]
        update = {"id": rule["id"], "zoneIds": site.zones, "doorSides": [], "enabled": False}
        rule = (await change(api, "updateAccessRule", f"accessRule {{ {RULE} }}", **update))["accessRule"]
        assert (rule["zones"], rule["doorSides"], rule["enabled"]) == ([{"name": "Inside"}], [], False)
        stale = {"id": rule["id"], "enabled": True, "expectedVersion": 1}
        assert (await change(api, "updateAccessRule", "accessRule { id }", **stale))["errors"][0]["code"] == "CONFLICT"
        query = "query($on: Boolean, $search: String) { accessRules(first: 9, filter: {enabled: $on}, search: $search) { nodes { name } } }"  # noqa: E501
        assert (await api.data(query, on=False))["accessRules"]["nodes"] == [{"name": "Night"}]
        assert (await api.data(query, search="sta"))["accessRules"]["nodes"] == [{"name": "Staff"}]
        one = await api.data("query($id: ID!) { accessRule(id: $id) { name } }", id=rule["id"])
        assert one["accessRule"] == {"name": "Night"}
        assert (await delete(api, "deleteAccessRule", rule["id"]))["deletedId"] == rule["id"]


async def test_a_viewer_sees_zones_and_may_change_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        site = await make_site(world)
        await api.sign_in(Role.VIEWER)
        assert (await api.data("{ zones(first: 100) { nodes { name } } }"))["zones"]["nodes"] == [{"name": "Inside"}]
        for query in (
            "{ accessRules(first: 1) { nodes { id } } }",
            f'{{ whereIs(cardholderId: "{site.ada.id}") {{ since }} }}',
        ):
            assert (await api.ask(query))["errors"][0]["extensions"]["code"] == "PERMISSION"
        for name, fields, given in (
            ("createZone", "zone { id }", {"name": "New"}),
            ("forgiveEverybody", "__typename", {}),
            ("createAccessRule", "accessRule { id }", {"name": "New"}),
        ):
            assert (await change(api, name, fields, **given))["errors"][0]["code"] == "PERMISSION"
