"""Following jobs: what runs first, then every batch, to whose they are and those who may see all."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.jobs import batch
from doorward.acs.jobs.live import job_changed
from doorward.acs.jobs.models import Job
from doorward.acs.users.models import User
from doorward.acs.users.operations import update_user
from doorward.server.importer import Importer
from tests.api import Api, serve_api, soon
from tests.graphql.test_import import jsonl, upload, worked_off
from tests.graphql.test_subscriptions import sse
from tests.world import open_world

pytestmark = pytest.mark.anyio

FOLLOW = "subscription($after: String, $id: ID) { jobs(after: $after, id: $id) { cursor node { id state done } } }"


@pytest.fixture(autouse=True)
def one_line_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "LINES", 1)


async def begun(api: Api, *names: str) -> str:
    """An import of groups, begun and not worked off."""
    job: dict[str, str] = (await upload(api, "GROUPS", jsonl(*({"name": name} for name in names))))["job"]
    return job["id"]


async def told(results: Any) -> tuple[str, str, int]:
    """The next job that is told: its id, its state, its lines."""
    node = (await soon(results))["jobs"]["node"]
    return node["id"], node["state"], node["done"]


async def silent(results: Any) -> bool:
    """Whether nothing comes for a moment. The results are of no use afterwards."""
    waiting = asyncio.create_task(soon(results))
    done, _ = await asyncio.wait({waiting}, timeout=0.3)
    waiting.cancel()
    return not done


async def test_what_runs_comes_first_and_then_every_batch_until_the_end(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        await begun(api, "Ended before")
        await worked_off(world)
        job = await begun(api, "A", "B")
        async with api.subscribe(FOLLOW) as results:
            assert await told(results) == (job, "QUEUED", 0)
            await Importer(world.domain).step()
            assert await told(results) == (job, "RUNNING", 1)
            await worked_off(world)
            assert await told(results) == (job, "DONE", 2)
            another = await begun(api, "C")
            assert await told(results) == (another, "QUEUED", 0)


async def test_a_cursor_goes_on_and_one_of_an_earlier_start_misses_no_end(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        job = await begun(api, "A")
        async with api.subscribe(FOLLOW) as results:
            seen = (await soon(results))["jobs"]["cursor"]
        async with api.subscribe(FOLLOW, after=seen) as results:
            assert await silent(results), "nothing has changed since"
        await worked_off(world)
        async with api.subscribe(FOLLOW, after=seen) as results:
            assert await told(results) == (job, "DONE", 1)
        world.domain.jobs.versions.start = "another"
        async with api.subscribe(FOLLOW, after=seen) as results:
            assert await told(results) == (job, "DONE", 1)
        await Job.filter(id=job).update(ended_at=world.clock() - timedelta(days=2))
        async with api.subscribe(FOLLOW, after=seen) as results:
            assert await silent(results), "that was long ago"


async def test_one_job_is_followed_until_it_has_ended(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        job, other = await begun(api, "A", "B"), await begun(api, "C")
        async with api.subscribe(FOLLOW) as all_results, api.subscribe(FOLLOW, id=job) as results:
            assert await told(results) == (job, "QUEUED", 0)
            assert [await told(all_results) for _ in "12"] == [(job, "QUEUED", 0), (other, "QUEUED", 0)]
            job_changed(world.domain, other)
            assert await told(all_results) == (other, "QUEUED", 0)
            await worked_off(world)
            states = [one["jobs"]["node"] async for one in results]
        assert {one["id"] for one in states} == {job}, "the other is not told of"
        assert states[-1]["state"] == "DONE"
        async with api.subscribe(FOLLOW, id=job) as results:
            assert [one["jobs"]["node"]["state"] async for one in results] == ["DONE"]
        async with api.subscribe(FOLLOW, id="nobody") as results:
            with pytest.raises(AssertionError, match="no such job"):
                await soon(results)


async def test_jobs_are_told_to_whose_they_are_and_to_those_who_may_see_all(database_url: str, tmp_path: Path) -> None:
    roles = (Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER)
    async with open_world(database_url) as world, serve_api(world, tmp_path, *roles) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        job = await begun(api, "A")
        await api.sign_in(Role.OPERATOR)
        async with api.subscribe(FOLLOW) as results:
            assert await silent(results), "it is somebody else's"
        async with api.subscribe(FOLLOW, id=job) as results:
            with pytest.raises(AssertionError, match="no such job"):
                await soon(results)
        own: str = (await upload(api, "CARDHOLDERS", jsonl({"number": "1"})))["job"]["id"]
        async with api.subscribe(FOLLOW) as results:
            assert await told(results) == (own, "QUEUED", 0)
            job_changed(world.domain, job)
            job_changed(world.domain, own)
            assert await told(results) == (own, "QUEUED", 0), "and not the one before"
        await api.sign_in(Role.VIEWER)
        async with api.subscribe(FOLLOW) as results:
            with pytest.raises(AssertionError, match=r"cardholder\.write"):
                await soon(results)


async def test_whoever_may_no_longer_is_told_nothing_more(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR) as api,
    ):
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.OPERATOR)
        await upload(api, "CARDHOLDERS", jsonl({"number": "1"}))
        async with api.subscribe(FOLLOW) as results:
            await soon(results)
            operator = await User.get(role=Role.OPERATOR)
            await update_user(world.domain, COMMAND_LINE, operator.id, {"role": Role.VIEWER})
            with pytest.raises(AssertionError, match=r"cardholder\.write"):
                await soon(results)


async def test_jobs_come_as_server_sent_events(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        world.domain.job_files = tmp_path / "jobs"
        await api.sign_in(Role.ADMINISTRATOR)
        job = await begun(api, "A")
        await worked_off(world)
        query = f'subscription {{ jobs(id: "{job}") {{ cursor node {{ state }} }} }}'
        async with sse(api, query) as events:
            found = [event async for event in events]
        assert json.loads(found[0]["data"])["data"]["jobs"]["node"] == {"state": "DONE"}
        assert found[0]["id"]
        assert found[-1]["event"] == "complete"
