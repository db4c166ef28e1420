"""The GraphQL-over-HTTP specification, as npm's `graphql-http` audits it."""

import json
from pathlib import Path

import pytest

from doorward.acs.actor import Role
from tests.api import serve_api
from tests.node import run_node
from tests.world import open_world

pytestmark = pytest.mark.anyio
AUDITS = 61
"""As many as the installed version has. A new version that has more is to be looked at."""


async def test_all_audits_of_graphql_http_pass(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        await api.sign_in(Role.VIEWER)  # some of the audits ask for a type of the schema
        cookie = "; ".join(f"{name}={value}" for name, value in api.http.cookies.items())
        script, address = Path(__file__).parent / "audit.mjs", f"http://127.0.0.1:{api.port}/graphql"
        printed = await run_node(script, address, cookie, needs="graphql-http")
    audits = json.loads(printed)
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == AUDITS
