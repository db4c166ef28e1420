"""Controllers through the API: who is connected, enrolment codes, and what is refused."""

from pathlib import Path

import pytest

from doorward.acs.actor import Role
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from tests.api import serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

ERRORS = "errors { code message path }"
CREATE = (
    "mutation($name: String!) { createController(input: {name: $name}) { controller { id name enrolled } "
    + ERRORS
    + " } }"
)
ISSUE = "mutation($id: ID!) { issueEnrolmentCode(input: {id: $id}) { code expiresAt port " + ERRORS + " } }"
RENAME = (
    "mutation($id: ID!, $name: String!) { renameController(input: {id: $id, name: $name}) { controller { name } "
    + ERRORS
    + " } }"
)
REVOKE = "mutation($id: ID!) { revokeController(input: {id: $id}) { controller { codeExpiresAt } " + ERRORS + " } }"
DELETE = "mutation($id: ID!) { deleteController(input: {id: $id}) { deletedId " + ERRORS + " } }"
LIST = (
    "{ controllers(first: 100) { nodes { id name embedded enrolled connected address software backlog storedSequence clockOffsetMs "  # noqa: E501
    "certificateExpiresAt codeExpiresAt lastContactAt policyVersion sitePolicyVersion journalProblem } } }"
)


async def test_a_controller_is_created_renamed_given_a_code_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        made = (await api.data(CREATE, name="Annexe"))["createController"]["controller"]
        assert not made["enrolled"]
        taken = (await api.data(CREATE, name="Annexe"))["createController"]
        assert (taken["controller"], taken["errors"][0]["path"]) == (None, ["name"])
        renamed = (await api.data(RENAME, id=made["id"], name="Barn"))["renameController"]
        assert renamed["controller"] == {"name": "Barn"}
        issued = (await api.data(ISSUE, id=made["id"]))["issueEnrolmentCode"]
        assert (len(issued["code"]), issued["port"]) == (39, None)
        shown = {one["name"]: one for one in (await api.data(LIST))["controllers"]["nodes"]}
        assert shown["Barn"]["codeExpiresAt"] == issued["expiresAt"]
        assert (shown["Barn"]["connected"], shown["Barn"]["embedded"], shown["Barn"]["backlog"]) == (False, False, 0)
        assert shown["This server"]["embedded"]
        revoked = (await api.data(REVOKE, id=made["id"]))["revokeController"]
        assert revoked["controller"] == {"codeExpiresAt": None}
        gone = (await api.data(DELETE, id=made["id"]))["deleteController"]
        assert gone["deletedId"] == made["id"]
        told = [event.type async for event in Event.filter(controller_id=made["id"]).order_by("position")]
        assert told == [
            EventType.CONTROLLER_CREATED,
            EventType.CONTROLLER_UPDATED,
            EventType.CONTROLLER_CODE_ISSUED,
            EventType.CONTROLLER_REVOKED,
            EventType.CONTROLLER_DELETED,
        ]
        assert issued["code"] not in str([event.data async for event in Event.all()])


async def test_a_code_comes_with_the_port_where_controllers_connect(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        world.domain.controllers.port = 8443
        made = (await api.data(CREATE, name="Annexe"))["createController"]["controller"]
        assert (await api.data(ISSUE, id=made["id"]))["issueEnrolmentCode"]["port"] == 8443


async def test_the_servers_own_controller_stays_what_it_is(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        own = world.controller.id
        for query, name in ((ISSUE, "issueEnrolmentCode"), (REVOKE, "revokeController"), (DELETE, "deleteController")):
            refused = (await api.data(query, id=own))[name]["errors"]
            assert (refused[0]["code"], refused[0]["path"]) == ("CONFLICT", ["id"])
        renamed = (await api.data(RENAME, id=own, name="Mine"))["renameController"]
        assert renamed["errors"][0]["code"] == "CONFLICT"


async def test_a_controller_with_doors_is_not_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        made = (await api.data(CREATE, name="Annexe"))["createController"]["controller"]
        site = await make_site(world)
        site.door.controller_id = made["id"]
        await site.door.save(update_fields=["controller_id"])
        refused = (await api.data(DELETE, id=made["id"]))["deleteController"]
        assert refused["errors"][0]["code"] == "CONFLICT"
        assert "door Main entrance" in refused["errors"][0]["message"]


async def test_what_controllers_keep_is_a_setting_of_the_site(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        fields = "{ journalEvents journalKeeps aloneAlarm trustsClock }"
        assert (await api.data("{ site " + fields + " }"))["site"] == {
            "journalEvents": 1_000_000, "journalKeeps": "P120D", "aloneAlarm": "P3D", "trustsClock": False,
        }  # fmt: skip
        update = "mutation($input: UpdateSiteInput!) { updateSite(input: $input) { site " + fields + ERRORS + " } }"
        changed = {"journalEvents": 5_000, "journalKeeps": "P7D", "aloneAlarm": None, "trustsClock": True}
        assert (await api.data(update, input=changed))["updateSite"]["site"] == changed
        for name, value in (
            ("journalEvents", 999),
            ("journalKeeps", "PT0S"),
            ("journalKeeps", "PT36H"),
            ("aloneAlarm", "PT59S"),
        ):
            refused = (await api.data(update, input={name: value}))["updateSite"]["errors"]
            assert refused[0]["path"] == [name]
