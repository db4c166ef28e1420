"""Signing in at a real OpenID Connect provider: the npm package oidc-provider, over loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.users.models import OidcLink, OidcProvider, Session, User
from doorward.acs.users.oidc_providers import (
    CALLBACK_PATH,
    NewProvider,
    ProviderChanges,
    create_oidc_provider,
    try_oidc_provider,
    update_oidc_provider,
)
from doorward.acs.users.operations import update_user
from doorward.acs.users.web_addresses import WebAddresses
from tests.api import HEADERS, PASSWORD, Api, serve_api
from tests.node import MODULES, node_with
from tests.world import World, open_world

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

SECRET = "a secret: with & odd % characters +"
VIEWER = "{ viewer { name role hasPassword } }"
READY_S = 60


@dataclass
class Peer:
    """The provider's process."""

    process: asyncio.subprocess.Process
    issuer: str = ""

    async def tell(self, **given: Any) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(given).encode() + b"\n")
        return (await asyncio.wait_for(self.process.stdout.readline(), READY_S)).decode().strip()

    async def claims(self, account: str, **claims: Any) -> None:
        """Somebody sits down at the browser, of whom this is true."""
        assert await self.tell(account=account, claims={account: claims}) == "ok"


@asynccontextmanager
async def a_peer(redirect: str, **more: Any) -> AsyncIterator[Peer]:
    script = Path(__file__).with_name("provider.mjs")
    process = await asyncio.create_subprocess_exec(
        node_with("oidc-provider"),
        str(script),
        str(MODULES.parent),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    peer = Peer(process)
    try:
        origin = redirect.removesuffix(CALLBACK_PATH)
        peer.issuer = await peer.tell(
            client_id="doorward",
            client_secret=SECRET,
            redirect_uris=[redirect],
            post_logout_redirect_uris=[f"{origin}/"],
            **more,
        )
        yield peer
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.wait_for(process.wait(), READY_S)


@dataclass
class Scene:
    """A site and the provider that its people sign in at."""

    world: World
    api: Api
    peer: Peer
    provider: OidcProvider

    async def change(self, **changes: Any) -> None:
        given: ProviderChanges = changes  # type: ignore[assignment]
        await update_oidc_provider(self.world.domain, COMMAND_LINE, self.provider.id, given)

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.api.http.base_url)

    async def walk(self, browser: httpx.AsyncClient, url: str = "") -> httpx.URL:
        """Follow the browser from the sign-in page to the provider and back, until it stays; where that is."""
        at = browser.base_url.join(url or f"/sign-in/oidc/start/{self.provider.id}")
        for _ in range(12):
            answer = await browser.get(at)
            if answer.next_request is None:
                assert answer.status_code == 200, answer.text
                return answer.url
            at = answer.next_request.url
            if at.path == "/" and at.port == self.api.port:
                return at
        raise AssertionError("redirected without end")

    async def enter(self, browser: httpx.AsyncClient) -> dict[str, Any] | None:
        """Sign in; the viewer then, or None where the sign-in page says why not."""
        end = await self.walk(browser)
        assert (end.port, end.path) == (self.api.port, "/"), end
        answer = await browser.post("/graphql", json={"query": VIEWER}, headers=HEADERS)
        viewer: dict[str, Any] | None = answer.json()["data"]["viewer"]
        assert (viewer is None) == ("sign-in" in end.params), end
        return viewer

    async def refused(self) -> str | None:
        """Sign in with a new browser; the problem that the sign-in page is told."""
        async with self.browser() as browser:
            problem: str | None = (await self.walk(browser)).params.get("sign-in")
            return problem


@asynccontextmanager
async def a_scene(database_url: str, tmp_path: Path, **more: Any) -> AsyncIterator[Scene]:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        origin = f"http://127.0.0.1:{api.port}"
        world.domain.web = WebAddresses((origin,))
        async with a_peer(origin + CALLBACK_PATH, **more) as peer:
            new = NewProvider(
                "Company",
                peer.issuer,
                "doorward",
                SECRET,
                ("openid", "profile", "groups"),
                group_claim="groups",
                groups={"guards": Role.OPERATOR, "watchers": Role.VIEWER, "admins": Role.ADMINISTRATOR},
                creates_users=True,
            )
            # The provider's tokens are of the real now.
            world.clock.now = datetime.now(UTC)
            provider = await create_oidc_provider(world.domain, COMMAND_LINE, new)
            yield Scene(world, api, peer, provider)


@pytest.mark.parametrize("in_id_token", [True, False], ids=["claims in the ID token", "claims at userinfo"])
async def test_a_group_gives_a_role_and_its_loss_takes_it(database_url: str, tmp_path: Path, in_id_token: bool) -> None:
    async with a_scene(database_url, tmp_path, conformIdTokenClaims=not in_id_token) as scene:
        await scene.peer.claims("ada-1", preferred_username="ada", groups=["guards", "watchers", "others"])
        async with scene.browser() as browser:
            assert await scene.enter(browser) == {"name": "ada", "role": "OPERATOR", "hasPassword": False}
        signed_in = await Event.get(type=EventType.USER_SIGNED_IN)
        assert (signed_in.user_name, signed_in.data["by"]) == ("ada", "oidc:Company")
        created = await Event.filter(type=EventType.USER_CREATED, user_name="Company").get()
        assert created.data["means"] == "oidc"
        await scene.peer.claims("ada-1", preferred_username="ada renamed", groups=["watchers"])
        async with scene.browser() as browser:
            assert await scene.enter(browser) == {"name": "ada", "role": "VIEWER", "hasPassword": False}
        assert await User.filter(name__startswith="ada").count() == 1
        await scene.peer.claims("ada-1", preferred_username="ada", groups=["others"])
        assert await scene.refused() == "no_group"
        refused = await Event.get(type=EventType.OIDC_REFUSED)
        assert refused.data["problem"] == "no_group"
        await scene.peer.claims("ada-1", preferred_username="ada", groups=["guards"])
        async with scene.browser() as browser:
            assert await scene.enter(browser) == {"name": "ada", "role": "OPERATOR", "hasPassword": False}


async def test_whoever_is_unknown_disabled_or_called_like_somebody_does_not_get_in(
    database_url: str, tmp_path: Path
) -> None:
    async with a_scene(database_url, tmp_path) as scene:
        await scene.peer.claims("thief", preferred_username="Administrator", groups=["guards"])
        assert await scene.refused() == "name_taken"
        await scene.peer.claims("nameless", groups=["guards"])
        assert await scene.refused() == "no_name"
        await scene.change(creates_users=False)
        await scene.peer.claims("ada-1", preferred_username="ada", groups=["guards"])
        assert await scene.refused() == "unknown"
        await scene.change(creates_users=True)
        async with scene.browser() as browser:
            assert await scene.enter(browser) is not None
            ada = await User.get(name="ada")
            await update_user(scene.world.domain, COMMAND_LINE, ada.id, {"enabled": False})
            answer = await browser.post("/graphql", json={"query": VIEWER}, headers=HEADERS)
            assert answer.json()["data"]["viewer"] is None
        assert await scene.refused() == "disabled"
        await scene.peer.claims("cancel")
        assert await scene.refused() == "cancelled"
        assert not await Session.exists()


async def test_what_comes_back_counts_once_and_only_in_the_browser_that_began(
    database_url: str, tmp_path: Path
) -> None:
    async with a_scene(database_url, tmp_path) as scene:
        await scene.peer.claims("ada-1", preferred_username="ada", groups=["guards"])
        async with scene.browser() as browser, scene.browser() as other:
            back = await _back(scene, browser)
            for changed in ({"state": "x"}, {"state": ""}, {"code": "x"}):
                found = await browser.get(_with(back, **changed))
                assert found.headers["location"].startswith("/?sign-in="), changed
                back = await _back(scene, browser)
            for stranger in (other, scene.api.http):
                assert (await stranger.get(back)).headers["location"] == "/?sign-in=expired"
            assert not await Session.exists()
            cookies = dict(browser.cookies)
            assert (await browser.get(back)).headers["location"] == "/"
            replayed = await other.get(back, headers={"cookie": f"doorward_errand={cookies['doorward_errand']}"})
            assert replayed.headers["location"] == "/?sign-in=expired"
            other_issuer = _with(await _back(scene, browser), iss="https://elsewhere.example")
            assert (await browser.get(other_issuer)).headers["location"] == "/?sign-in=not_believed"
            without = _with(await _back(scene, browser), iss="")
            assert (await browser.get(without)).headers["location"] == "/?sign-in=not_believed"
            assert await Session.all().count() == 1


async def _back(scene: Scene, browser: httpx.AsyncClient) -> str:
    """Sign in at the provider, and stop before the browser goes back."""
    at = browser.base_url.join(f"/sign-in/oidc/start/{scene.provider.id}")
    for _ in range(12):
        answer = await browser.get(at)
        assert answer.next_request is not None, answer.text
        at = answer.next_request.url
        if at.path == CALLBACK_PATH:
            return str(at)
    raise AssertionError("redirected without end")


def _with(url: str, **changed: str) -> str:
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return parts._replace(query=urlencode(asked)).geturl()


async def test_one_s_own_account_is_connected_and_then_there_may_be_no_other_way(
    database_url: str, tmp_path: Path
) -> None:
    async with a_scene(database_url, tmp_path) as scene:
        await scene.change(creates_users=False)
        await scene.peer.claims("root-1", preferred_username="whoever", groups=["admins"])
        await scene.api.sign_in(Role.ADMINISTRATOR)
        begin = "mutation($input: BeginOidcLinkInput!) { beginOidcLink(input: $input) { url errors { message } } }"
        wrong = await scene.api.data(begin, input={"providerId": scene.provider.id, "password": "not this"})
        assert wrong["beginOidcLink"]["errors"][0]["message"] == "This is not your password."
        begun = await scene.api.data(begin, input={"providerId": scene.provider.id, "password": PASSWORD})
        end = await scene.walk(scene.api.http, begun["beginOidcLink"]["url"])
        assert (end.path, end.fragment) == ("/", "/account")
        link = await OidcLink.get().prefetch_related("user")
        assert (link.user.name, link.subject) == ("administrator", "root-1")
        async with scene.browser() as browser:
            viewer = await scene.enter(browser)
            assert viewer == {"name": "administrator", "role": "ADMINISTRATOR", "hasPassword": True}
        await scene.change(exclusive=True)
        sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { user { name } errors { message } } }"
        given = {"name": "administrator", "password": PASSWORD}
        found = await scene.api.data(sign_in, input=given)
        assert found["signIn"]["errors"] == [{"message": "You sign in with Company only."}]
        await scene.peer.claims("root-1", preferred_username="whoever", groups=["guards"])
        assert await scene.refused() == "last_administrator"


async def test_signing_out_here_leads_to_the_end_of_the_session_there(database_url: str, tmp_path: Path) -> None:
    async with a_scene(database_url, tmp_path) as scene:
        await scene.peer.claims("ada-1", preferred_username="ada", groups=["guards"])
        async with scene.browser() as browser:
            await scene.enter(browser)
            query = {"query": "mutation { signOut(input: {}) { signedOut continueAt } }"}
            answer = await browser.post("/graphql", json=query, headers=HEADERS)
            ended = answer.json()["data"]["signOut"]
            assert ended["signedOut"] is True
            assert ended["continueAt"].startswith(f"{scene.peer.issuer}/session/end?id_token_hint=")
            page = await browser.get(ended["continueAt"])
            assert page.status_code == 200, page.text
            assert "op.logoutForm" in page.text
            assert not await Session.exists()


async def test_the_test_of_a_provider_says_what_is_wrong(database_url: str, tmp_path: Path) -> None:
    async with a_scene(database_url, tmp_path) as scene:
        domain = scene.world.domain
        tested = await try_oidc_provider(domain, COMMAND_LINE, scene.provider.id)
        assert tested.problem is None
        assert tested.keys >= 1
        assert tested.discovery is not None
        assert tested.discovery.tells_issuer
        await scene.change(issuer=f"{scene.peer.issuer}/", client_secret=SECRET)
        problem = (await try_oidc_provider(domain, COMMAND_LINE, scene.provider.id)).problem
        assert problem is not None
        assert "calls itself" in problem


async def test_a_provider_that_is_down_keeps_nobody_else_out(database_url: str, tmp_path: Path) -> None:
    async with a_scene(database_url, tmp_path) as scene:
        await scene.change(issuer="http://127.0.0.1:9", client_secret=SECRET)
        assert await scene.refused() == "unreachable"
        await scene.api.sign_in(Role.ADMINISTRATOR)
        choices = await scene.api.data("{ signInChoices { name startPath } }")
        assert choices["signInChoices"][0]["name"] == "Company"
