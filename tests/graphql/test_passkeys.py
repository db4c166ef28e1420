"""Passkeys over HTTP: the challenge travels in a cookie of the browser that asked, and the session in another."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from doorward.acs.actor import Role
from doorward.acs.users.web_addresses import WebAddresses
from tests.api import HEADERS, PASSWORD, Api, serve_api
from tests.fake_authenticator import FakeAuthenticator
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

BEGIN = "mutation($input: BeginPasskeyInput!) { outcome: beginPasskey(input: $input) { options errors { message } } }"
ADD = """mutation($input: AddPasskeyInput!) { outcome: addPasskey(input: $input) {
    passkey { name site } user { hasSecondFactor passkeyCount } recoveryCodes errors { message } } }"""
BEGIN_SIGN_IN = "mutation { outcome: beginPasskeySignIn(input: {}) { options errors { message code } } }"
SIGN_IN_WITH = """mutation($input: SignInWithPasskeyInput!) { outcome: signInWithPasskey(input: $input) {
    user { name } errors { message code } } }"""
SIGN_IN = """mutation($input: SignInInput!) { outcome: signIn(input: $input) {
    user { name } secondFactorNeeded codePossible passkeyOptions errors { message } } }"""
VIEWER = "{ viewer { name } }"
NAME = Role.OPERATOR.value


class Browser:
    """A browser at the address of the dashboard, which says its origin with every request."""

    def __init__(self, api: Api) -> None:
        self.origin = f"http://localhost:{api.port}"
        self.http = httpx.AsyncClient(base_url=api.http.base_url, headers={**HEADERS, "origin": self.origin})
        self.device = FakeAuthenticator(self.origin)

    async def ask(self, query: str, **given: Any) -> dict[str, Any]:
        reply = await self.http.post("/graphql", json={"query": query, "variables": {"input": given}})
        found: dict[str, Any] = reply.json()
        assert "errors" not in found, found
        data: dict[str, Any] = found["data"]
        outcome: dict[str, Any] = data.get("outcome", data)
        return outcome

    async def add_passkey(self) -> dict[str, Any]:
        await self.ask(SIGN_IN, name=NAME, password=PASSWORD)
        options = (await self.ask(BEGIN, password=PASSWORD))["options"]
        return await self.ask(ADD, name="Phone", credential=self.device.register(options))


def known_at(world: World, api: Api) -> None:
    world.domain.web = WebAddresses((f"http://localhost:{api.port}",))


async def test_a_passkey_is_added_and_signs_in_over_http(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        known_at(world, api)
        browser = Browser(api)
        added = await browser.add_passkey()
        assert added["passkey"] == {"name": "Phone", "site": "localhost"}
        assert added["user"] == {"hasSecondFactor": True, "passkeyCount": 1}
        assert len(added["recoveryCodes"]) == 10
        browser.http.cookies.clear()
        reply = await browser.http.post("/graphql", json={"query": BEGIN_SIGN_IN})
        cookie = reply.headers["set-cookie"]
        for part in ("doorward_ceremony=", "HttpOnly", "Max-Age=300", "Path=/graphql", "SameSite=strict"):
            assert part in cookie
        answer = browser.device.sign(reply.json()["data"]["outcome"]["options"])
        stranger = Browser(api)
        for refused in (await stranger.ask(SIGN_IN_WITH, credential=answer),):
            assert refused["errors"][0]["code"] == "UNAUTHENTICATED"
        assert (await browser.ask(SIGN_IN_WITH, credential=answer))["user"] == {"name": NAME}
        assert (await browser.ask(VIEWER))["viewer"] == {"name": NAME}
        assert (await browser.ask(SIGN_IN_WITH, credential=answer))["user"] is None
        await browser.http.aclose()
        await stranger.http.aclose()


async def test_after_the_password_the_browser_is_given_what_to_ask_for(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        known_at(world, api)
        browser = Browser(api)
        await browser.add_passkey()
        browser.http.cookies.clear()
        needed = await browser.ask(SIGN_IN, name=NAME, password=PASSWORD)
        assert (needed["secondFactorNeeded"], needed["codePossible"], needed["user"]) == (True, False, None)
        assert (await browser.ask(VIEWER))["viewer"] is None
        given = {"name": NAME, "password": PASSWORD, "passkey": browser.device.sign(needed["passkeyOptions"])}
        assert (await browser.ask(SIGN_IN, **given))["user"] == {"name": NAME}
        wrong = await browser.ask(SIGN_IN, name=NAME, password="something else")
        assert (wrong["secondFactorNeeded"], wrong["passkeyOptions"]) == (False, None)
        browser.http.headers["origin"] = "https://elsewhere.example"
        elsewhere = await browser.ask(SIGN_IN, name=NAME, password=PASSWORD)
        assert (elsewhere["secondFactorNeeded"], elsewhere["passkeyOptions"]) == (True, None)
        refused = await browser.ask(BEGIN_SIGN_IN)
        assert f"Open http://localhost:{api.port} instead" in refused["errors"][0]["message"]
        await browser.http.aclose()


async def test_where_a_browser_is_sent_is_never_said_by_its_request(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        known_at(world, api)
        start = "/sign-in/oidc/start/some-id"
        for path in (start, f"{start}?next=https://evil.example", f"{start}?redirect_uri=//evil.example"):
            sent = await api.http.get(path, headers={"host": "evil.example"})
            assert sent.headers["location"] == f"http://localhost:{api.port}{start}?sent"
        sent = await api.http.get("/sign-in/oidc/start/..%2f%2fevil.example%0d%0aX:1")
        assert sent.headers.get("location", "http://localhost").startswith("http://localhost")
        found = await api.http.get(f"{start}?sent")
        assert (found.status_code, found.headers["location"]) == (303, "/?sign-in=expired")
        back = await api.http.get("/sign-in/oidc/callback?state=x&code=y&error=%3Cscript%3E")
        assert (back.status_code, back.headers["location"]) == (303, "/?sign-in=expired")
        assert back.headers["cache-control"] == "no-store"
        assert "doorward_session" not in back.headers["set-cookie"]
