"""Imports as clients meet them: a file, a job, and what became of each line."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.credentials.models import Credential
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.jobs import batch
from doorward.acs.jobs.batch import KEPT, clean_files
from doorward.acs.jobs.files import LONGEST_LINE, append
from doorward.acs.jobs.models import Job, JobState
from doorward.acs.people.models import Cardholder, Group, GroupMember
from doorward.acs.rules.models import AccessRule
from doorward.acs.site.models import Site
from doorward.acs.users.grants import Grant
from doorward.acs.users.models import User
from doorward.acs.users.operations import update_user
from doorward.acs.users.role_operations import Assigned, NewRole, assign_roles, create_role
from doorward.graphql.importing import carry_line
from doorward.server.importer import Importer
from tests.api import HEADERS, Api, serve_api
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio

JOB = "job { id state total done failed message resultUrl version } errors { code message path }"
IMPORT = f"mutation($input: ImportInput!) {{ import(input: $input) {{ {JOB} }} }}"


async def upload(api: Api, kind: str, content: bytes, **more: Any) -> dict[str, Any]:
    """The reply to a GraphQL multipart request."""
    operations = {"query": IMPORT, "variables": {"input": {"kind": kind, "file": None, **more}}}
    form = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.file"]})}
    reply = await api.http.post("/graphql", data=form, files={"0": ("lines.jsonl", content)}, headers=HEADERS)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    assert "errors" not in found, found
    payload: dict[str, Any] = found["data"]["import"]
    return payload


def files(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob("jobs/*"))


def jsonl(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


async def worked_off(world: World) -> None:
    """All jobs, without the server's own task."""
    importer = Importer(world.domain)
    while await importer.step():
        pass


async def result(api: Api, job: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await api.http.get(f"/jobs/{job['id']}/result")
    assert reply.status_code == 200
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_cardholders_with_groups_and_cards_are_made_and_changed(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        grace = {"number": "E-2", "firstName": "Grace", "lastName": "Hopper", "groups": ["Staff"]}
        lines = jsonl(
            {**grace, "cards": [{"facilityCode": "17", "number": "2000"}]},
            {"number": "E-1", "phone": "123"},
            {"number": "E-3", "firstName": "No", "lastName": "Body", "groups": ["Nowhere"]},
            {"number": "E-4", "firstName": 5, "lastName": "Wrong"},
            {"number": "E-5", "firstName": "A", "lastName": "B", "cards": [{"facilityCode": "17", "number": "1042"}]},
        ) + b"not json\n\n{\"id\": \"nobody\"}"  # fmt: skip
        made = await upload(api, "CARDHOLDERS", lines)
        assert made["errors"] == []
        job = made["job"]
        assert (job["state"], job["total"], job["done"]) == ("QUEUED", 8, 0)
        before = (await Site.get()).policy_version
        await worked_off(world)
        row = await Job.get()
        assert (row.state, row.done, row.failed) == (JobState.DONE, 8, 5)
        told = await result(api, job)
        assert [(each["line"], each["ok"]) for each in told] == [
            (1, True), (2, True), (3, False), (4, False), (5, False), (6, False), (8, False),
        ]  # fmt: skip
        assert [each["errors"][0]["path"] for each in told if not each["ok"]] == [
            ["groups"], ["firstName"], ["cards", "0", "number"], [], ["id"],
        ]  # fmt: skip
        hopper = await Cardholder.get(number="E-2")
        assert told[0]["id"] == hopper.id
        assert await GroupMember.filter(cardholder_id=hopper.id, group_id=site.group.id).exists()
        assert await Credential.filter(cardholder_id=hopper.id).count() == 1
        assert (await Cardholder.get(id=site.ada.id)).phone == "123"
        assert not await Cardholder.filter(number__in=["E-3", "E-4", "E-5"]).exists()
        assert (await Site.get()).policy_version == before + 1
        created = await Event.filter(type=EventType.CARDHOLDER_CREATED, cardholder_id=hopper.id).get()
        assert (created.user_name, created.data["means"]) == ("operator", "job")
        await upload(api, "CARDHOLDERS", lines)
        await worked_off(world)
        assert await Credential.filter(cardholder_id=hopper.id).count() == 1


async def test_groups_and_access_rules_are_made_and_changed(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        await upload(api, "GROUPS", jsonl({"name": "Guests"}, {"name": "Staff", "initials": "ST"}))
        await worked_off(world)
        guests = await Group.get(name="Guests")
        rule = {"name": "Guests", "groupIds": [guests.id], "doorSides": [{"doorId": site.door.id, "side": "A"}]}
        await upload(api, "ACCESS_RULES", jsonl(rule, {"name": "Staff", "enabled": False}))
        await worked_off(world)
        assert (await Group.get(id=site.group.id)).initials == "ST"
        assert await AccessRule.filter(name="Guests").count() == 1
        assert not (await AccessRule.get(name="Staff")).enabled


async def test_a_dry_run_tells_what_would_become_of_the_lines_and_changes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        made = await upload(api, "GROUPS", jsonl({"name": "Guests"}, {"name": " "}), dryRun=True)
        await worked_off(world)
        assert [each["ok"] for each in await result(api, made["job"])] == [True, False]
        assert not await Group.exists()
        assert not await Event.filter(type=EventType.GROUP_CREATED).exists()
        assert (await Job.get()).state is JobState.DONE


async def test_a_job_goes_on_after_the_last_whole_batch_and_does_no_line_twice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LINES", 3)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        lines = [{"name": f"Group {number}"} for number in range(8)]
        job = (await upload(api, "GROUPS", jsonl(*lines)))["job"]
        assert await Importer(world.domain).step()
        written = append

        def cut(path: Path, begin: int, content: bytes) -> int:
            written(path, begin, content)
            raise SystemError("the machine lost power after the file was written, and before the commit")

        row = await Job.get()
        with monkeypatch.context() as broken:
            broken.setattr(batch, "append", cut)
            with pytest.raises(SystemError):
                await batch.work_off(world.domain, row, carry_line)
        assert await Group.all().count() == 3
        await worked_off(world)
        assert await Group.all().count() == 8
        assert await Event.filter(type=EventType.GROUP_CREATED).count() == 8
        assert [each["line"] for each in await result(api, job)] == list(range(1, 9))


async def test_whoever_may_no_longer_imports_no_further(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LINES", 1)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR, Role.VIEWER) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.VIEWER)
        refused = await upload(api, "CARDHOLDERS", b"{}\n")
        assert refused["errors"][0]["code"] == "PERMISSION"
        await api.sign_in(Role.OPERATOR)
        assert (await upload(api, "GROUPS", b"{}\n"))["errors"][0]["code"] == "PERMISSION"
        assert not files(tmp_path)
        people = [{"number": f"P-{number}", "firstName": "A", "lastName": "B"} for number in range(3)]
        job = (await upload(api, "CARDHOLDERS", jsonl(*people)))["job"]
        await Importer(world.domain).step()
        operator = await User.get(name="operator")
        await update_user(world.domain, COMMAND_LINE, operator.id, {"role": Role.VIEWER})
        await worked_off(world)
        row = await Job.get()
        assert (row.state, row.done) == (JobState.FAILED, 1)
        assert "cardholder.write" in row.message
        assert await Cardholder.all().count() == 1
        assert (await api.http.get(f"/jobs/{job['id']}/result")).status_code == 403
        await update_user(world.domain, COMMAND_LINE, operator.id, {"role": Role.OPERATOR})
        assert (await api.http.get(f"/jobs/{job['id']}/result")).status_code == 200


async def test_an_import_goes_by_all_the_roles_of_whoever_asked(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LINES", 1)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        world.domain.job_files = tmp_path / "jobs"
        viewer = await User.get(name="viewer")
        clerk = await create_role(world.domain, COMMAND_LINE, NewRole("Clerk", [Grant(Permission.CARDHOLDER_WRITE)]))
        await assign_roles(world.domain, COMMAND_LINE, viewer.id, [Assigned(clerk.id)])
        await api.sign_in(Role.VIEWER)
        people = [{"number": f"P-{number}", "firstName": "A", "lastName": "B"} for number in range(4)]
        await upload(api, "CARDHOLDERS", jsonl(*people))
        importer = Importer(world.domain)
        await importer.step()
        await importer.step()
        assert await Cardholder.all().count() == 2
        await assign_roles(world.domain, COMMAND_LINE, viewer.id, [])
        await worked_off(world)
        row = await Job.get()
        assert (row.state, row.done) == (JobState.FAILED, 2)
        assert await Cardholder.all().count() == 2


async def test_an_import_tells_nobody_whose_card_it_is_who_may_give_none(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        world.domain.job_files = tmp_path / "jobs"
        site = await make_site(world)
        viewer = await User.get(name="viewer")
        clerk = await create_role(world.domain, COMMAND_LINE, NewRole("Clerk", [Grant(Permission.CARDHOLDER_WRITE)]))
        await assign_roles(world.domain, COMMAND_LINE, viewer.id, [Assigned(clerk.id)])
        await api.sign_in(Role.VIEWER)
        cards = [[{"facilityCode": "17", "number": number}] for number in ("1042", "1043")]
        job = (await upload(api, "CARDHOLDERS", jsonl(*({"id": site.ada.id, "cards": each} for each in cards))))["job"]
        await worked_off(world)
        hers, nobodys = [each["errors"] for each in await result(api, job)]
        assert hers == nobodys
        assert hers[0]["code"] == "PERMISSION"


async def test_a_job_is_cancelled_and_seen_by_its_owner_and_those_who_may(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LINES", 1)
    cancel = f"mutation($id: ID!) {{ cancelJob(input: {{id: $id}}) {{ {JOB} }} }}"
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        job = (await upload(api, "GROUPS", jsonl({"name": "A"}, {"name": "B"})))["job"]
        await Importer(world.domain).step()
        await api.sign_in(Role.OPERATOR)
        assert (await api.data("{ jobs(first: 9) { nodes { id } } }"))["jobs"]["nodes"] == []
        assert (await api.data(cancel, id=job["id"]))["cancelJob"]["errors"][0]["code"] == "NOT_FOUND"
        assert (await api.http.get(f"/jobs/{job['id']}/result")).status_code == 404
        await api.sign_in(Role.ADMINISTRATOR)
        assert (await api.data(cancel, id=job["id"]))["cancelJob"]["job"]["state"] == "CANCELLED"
        assert (await api.data(cancel, id=job["id"]))["cancelJob"]["errors"][0]["code"] == "CONFLICT"
        await worked_off(world)
        assert await Group.all().count() == 1
        assert (world.domain.jobs.versions.count, world.domain.jobs.versions.since(0)) == (3, [job["id"]])
        assert [each["line"] for each in await result(api, job)] == [1]


async def test_a_file_has_its_limits_and_nobody_sends_one_unasked(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        form = {"operations": "{}", "map": "{}"}
        unasked = await api.http.post("/graphql", data=form, files={"0": ("x", b"{}")}, headers=HEADERS)
        assert unasked.status_code == 401
        await api.sign_in(Role.ADMINISTRATOR)
        for content, words in ((b"", "empty"), (b"x" * (LONGEST_LINE + 1), "Line 1"), (b"\n" * 1_000_001, "1000000")):
            (error,) = (await upload(api, "GROUPS", content))["errors"]
            assert (error["code"], error["path"]) == ("VALIDATION", ["file"])
            assert words in error["message"]
        assert not files(tmp_path)
        assert not await Job.exists()


async def test_the_same_upload_under_one_key_is_one_job(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        first, again = [
            (await upload(api, "GROUPS", jsonl({"name": "A"}), idempotencyKey="k"))["job"] for _ in range(2)
        ]
        assert first == again
        assert [path.name for path in files(tmp_path)] == [f"{first['id']}.jsonl"]
        other = await upload(api, "GROUPS", jsonl({"name": "B"}), idempotencyKey="k")
        assert other["errors"][0]["path"] == ["idempotencyKey"]
        assert await Job.all().count() == 1


async def test_the_files_of_a_job_are_private_and_go_a_week_after_it_ended(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        job = (await upload(api, "GROUPS", jsonl({"name": "A"})))["job"]
        await worked_off(world)
        paths = files(tmp_path)
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
        assert (tmp_path / "jobs").stat().st_mode & 0o777 == 0o700
        await clean_files(world.domain)
        assert files(tmp_path) == paths
        ended = (await Job.get(id=job["id"])).ended_at
        assert ended is not None
        await Job.all().update(ended_at=ended - KEPT * 2)
        for path in paths:
            os.utime(path, (0, 0))
        await clean_files(world.domain)
        assert not files(tmp_path)
