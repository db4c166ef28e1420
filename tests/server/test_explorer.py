"""The explorer of the API: for those who may, under a policy that runs no script but its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from doorward.acs.actor import PERMISSIONS, Permission, Role
from doorward.server.app import build_app
from doorward.server.dashboard import CONTENT_SECURITY_POLICY, SecurityHeaders
from doorward.server.explorer import Explorer
from tests.api import serve_api
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
SCRIPT = "/explorer/assets/explorer-1234.js"


def built(folder: Path) -> Path:
    """A folder as the build leaves it."""
    (folder / "explorer" / "assets").mkdir(parents=True)
    (folder / "explorer" / "explorer.html").write_text("<title>API explorer</title>")
    (folder / "explorer" / "assets" / "explorer-1234.js").write_text("start();")
    (folder / "beside.txt").write_text("not for you")
    return folder / "explorer"


@asynccontextmanager
async def browser(world: World, folder: Path, role: Role | None) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has signed in with that role, or has not, before a server with these files."""
    app = Starlette(routes=Explorer(world.domain, folder).routes(), middleware=[Middleware(SecurityHeaders)])
    async with serve_api(world, folder, *(() if role is None else (role,))) as api:
        if role is not None:
            await api.sign_in(role)
        transport, cookies = httpx.ASGITransport(app), dict(api.http.cookies)
        async with httpx.AsyncClient(transport=transport, base_url="http://door", cookies=cookies) as client:
            yield client


def test_only_administrators_may_explore_unless_the_site_says_otherwise() -> None:
    assert [role for role in Role if Permission.API_EXPLORE in PERMISSIONS[role]] == [Role.ADMINISTRATOR]


async def test_who_may_explore_gets_the_page_and_its_files(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, browser(world, built(tmp_path), Role.ADMINISTRATOR) as client:
        page = await client.get("/explorer")
        assert (page.status_code, page.text) == (200, "<title>API explorer</title>")
        assert page.headers["cache-control"] == "no-store"
        script = await client.get(SCRIPT)
        assert (script.status_code, script.text) == (200, "start();")
        assert script.headers["cache-control"] == "private, max-age=31536000, immutable"
        for path in ("/explorer/assets/none.js", "/explorer/assets/%2e%2e", "/explorer/assets/%2e%2e%2fexplorer.html"):
            assert (await client.get(path)).status_code in (307, 404), path


async def test_only_styles_are_let_loose_and_only_on_the_page(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, browser(world, built(tmp_path), Role.ADMINISTRATOR) as client:
        policy = (await client.get("/explorer")).headers["content-security-policy"]
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
        assert rules.pop("style-src") == ["'self'", "'unsafe-inline'"]
        assert rules == {rule.split()[0]: rule.split()[1:] for rule in CONTENT_SECURITY_POLICY.split(";")}
        assert rules["default-src"] == ["'self'"], "which holds for scripts and workers"
        assert (await client.get(SCRIPT)).headers["content-security-policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
async def test_who_may_not_explore_gets_nothing_of_it(database_url: str, tmp_path: Path, role: Role) -> None:
    async with open_world(database_url) as world, browser(world, built(tmp_path), role) as client:
        for path in ("/explorer", SCRIPT):
            refused = await client.get(path)
            assert (refused.status_code, "api.explore" in refused.text) == (403, True), path


async def test_who_has_not_signed_in_is_led_to_where_they_can(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, browser(world, built(tmp_path), None) as client:
        page = await client.get("/explorer")
        assert (page.status_code, page.headers["location"]) == (303, "/#/account")
        assert (await client.get(SCRIPT)).status_code == 401


async def test_a_server_without_the_built_files_says_how_to_build_them(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, browser(world, tmp_path, Role.ADMINISTRATOR) as client:
        page = await client.get("/explorer")
        assert (page.status_code, "scripts/dashboard" in page.text) == (503, True)


async def test_the_server_has_it_at_both_names(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        transport = httpx.ASGITransport(build_app(world.domain, tmp_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            for path in ("/graphiql", "/explorer/", "/explorer/explorer.html"):
                led = await client.get(path)
                assert (led.status_code, led.headers["location"]) == (307, "/explorer"), path
            assert (await client.get("/explorer")).status_code == 303
            for path in ("/%2e/explorer/explorer.html", "/assets/%2e%2e/explorer/explorer.html"):
                assert "API explorer" not in (await client.get(path)).text, path
