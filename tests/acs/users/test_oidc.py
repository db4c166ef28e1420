"""Signing in elsewhere: what is believed, who is asked, and what an administrator may set; against a fake issuer."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from doorward.acs.actor import COMMAND_LINE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.errors import AcsError, Conflict, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.users.grants import Grant
from doorward.acs.users.models import OidcLink, OidcProvider, OidcSession, Session, User
from doorward.acs.users.oidc_check import claim, groups_in, may_be_asked, role_for
from doorward.acs.users.oidc_client import KEYS_AGAIN_S, MAX_BYTES, OidcClient, Unreachable
from doorward.acs.users.oidc_providers import (
    NewProvider,
    create_oidc_provider,
    delete_oidc_provider,
    issuer_of,
    page_oidc_providers,
    secret_of,
    try_oidc_provider,
    update_oidc_provider,
)
from doorward.acs.users.oidc_sign_in import (
    CameBack,
    OidcProblem,
    OidcRefused,
    begin_oidc,
    begin_oidc_link,
    create_oidc_user,
    finish_oidc,
    remove_oidc_link,
    unlink_oidc,
)
from doorward.acs.users.operations import create_user, set_password, update_user
from doorward.acs.users.role_operations import Assigned, NewRole, assign_roles, create_role
from doorward.acs.users.sessions import Caller, actor_of, actor_of_session
from doorward.acs.users.sign_in import SignedIn
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.users.web_addresses import WebAddresses
from tests.fake_issuer import CLIENT, ISSUER, FakeIssuer, parameters
from tests.world import START, World, open_world

pytestmark = pytest.mark.anyio

HERE = Caller("192.0.2.1")
SECRET = "s3cret"
NEW = NewProvider(
    "Company", ISSUER, CLIENT, SECRET, group_claim="groups", groups={"guards": Role.OPERATOR}, creates_users=True
)
NOW_S = int(START.timestamp())


@dataclass
class Scene:
    """A site with a provider that is a fake."""

    world: World
    issuer: FakeIssuer
    provider: OidcProvider

    async def begin(self) -> tuple[str, dict[str, str]]:
        begun = await begin_oidc(self.world.domain, self.provider.id, HERE.address)
        asked = parameters(begun.url)
        self.issuer.nonce = asked["nonce"]
        return begun.handle, asked

    async def enter(self) -> SignedIn:
        handle, asked = await self.begin()
        back = CameBack(asked["state"], "code", None, None)
        signed_in = await finish_oidc(self.world.domain, handle, back, HERE)
        assert signed_in is not None
        return signed_in

    async def problem(self) -> OidcProblem:
        with pytest.raises(OidcRefused) as refused:
            await self.enter()
        assert not await Session.exists()
        return refused.value.problem


@asynccontextmanager
async def a_scene(database_url: str) -> AsyncIterator[Scene]:
    async with open_world(database_url) as world:
        world.domain.web = WebAddresses(("https://doors.example",))
        issuer = FakeIssuer(NOW_S)
        world.domain.oidc = OidcClient(issuer.transport())
        yield Scene(world, issuer, await create_oidc_provider(world.domain, COMMAND_LINE, NEW))


async def test_the_browser_is_sent_with_pkce_and_what_came_back_is_exchanged(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        _, asked = await scene.begin()
        assert asked["redirect_uri"] == "https://doors.example/sign-in/oidc/callback"
        assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (
            "code",
            "openid profile",
            "S256",
        )
        signed_in = await scene.enter()
        assert (signed_in.user.name, signed_in.user.role, signed_in.user.password_hash) == ("ada", Role.OPERATOR, "")
        form = scene.issuer.forms[0]
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert len(urlsafe_b64encode(digest).rstrip(b"=")) == len(asked["code_challenge"])
        assert form["grant_type"] == "authorization_code"
        assert "client_secret" not in form
        kept = await OidcSession.get()
        assert b"eyJ" not in bytes(kept.sealed_id_token)
        assert (await OidcLink.get()).last_used_at == scene.world.clock()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody else"},
        {"aud": ["somebody else"]},
        {"aud": [CLIENT, "somebody else"]},
        {"aud": [CLIENT, "somebody else"], "azp": "somebody else"},
        {"azp": "somebody else"},
        {"aud": None},
        {"iss": "https://id.example/"},
        {"iss": None},
        {"exp": NOW_S - 61},
        {"exp": None},
        {"iat": None},
        {"nbf": NOW_S + 120},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 1},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_here_and_now_is_not_believed(database_url: str, claims: dict[str, Any]) -> None:
    async with a_scene(database_url) as scene:
        scene.issuer.claims = claims
        assert await scene.problem() is OidcProblem.NOT_BELIEVED
        refused = await Event.get(type=EventType.OIDC_REFUSED)
        assert refused.data["problem"] == "not_believed"
        assert not await User.exists()


@pytest.mark.parametrize(
    "claims", [{"exp": NOW_S - 50}, {"aud": [CLIENT]}, {"aud": [CLIENT, "x"], "azp": CLIENT}, {"azp": CLIENT}], ids=str
)
async def test_clocks_may_be_a_minute_apart_and_several_audiences_named(
    database_url: str, claims: dict[str, Any]
) -> None:
    async with a_scene(database_url) as scene:
        scene.issuer.claims = claims
        await scene.enter()


async def test_only_the_provider_s_own_signature_counts(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        issuer, good = scene.issuer, scene.issuer.key
        published = [good.as_dict(private=False)]
        issuer.published = published
        issuer.key = ECKey.generate_key("P-256", {"kid": "1"})
        assert await scene.problem() is OidcProblem.NOT_BELIEVED
        issuer.header = {"alg": "HS256", "kid": "1"}
        for secret in (SECRET, json.dumps(published[0])):
            issuer.key = OctKey.import_key(secret.ljust(32, "x"), {"kid": "1"})
            assert await scene.problem() is OidcProblem.NOT_BELIEVED
        issuer.key, issuer.header = good, {"alg": "ES256", "kid": "1"}
        handle, asked = await scene.begin()
        issuer.token = issuer.unsigned()
        with pytest.raises(OidcRefused) as refused:
            await finish_oidc(scene.world.domain, handle, CameBack(asked["state"], "code", None, None), HERE)
        assert refused.value.problem is OidcProblem.NOT_BELIEVED
        for token in ("", "a.b.c", "x" * 70_000, "....", "é"):
            issuer.token = token
            assert await scene.problem() in {OidcProblem.NOT_BELIEVED, OidcProblem.UNREACHABLE}
        issuer.token = None
        await scene.enter()


async def test_keys_that_were_changed_are_asked_for_anew_but_not_again_and_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_scene(database_url) as scene:
        await scene.enter()
        scene.issuer.key = RSAKey.generate_key(2048, {"kid": "2"})
        scene.issuer.header = {"alg": "RS256", "kid": "2"}
        with pytest.raises(OidcRefused):
            await scene.enter()
        assert sum(url.endswith("/keys") for url in scene.issuer.asked) == 1
        monkeypatch.setattr("doorward.acs.users.oidc_client.KEYS_AGAIN_S", 0.0)
        await scene.enter()
        assert sum(url.endswith("/keys") for url in scene.issuer.asked) == 2
        assert KEYS_AGAIN_S >= 60
        assert sum("well-known" in url for url in scene.issuer.asked) == 1


async def test_claims_that_are_missing_are_asked_for_at_userinfo_and_are_of_the_same_subject(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        scene.issuer.claims = {"groups": None}
        scene.issuer.userinfo = {"sub": "mallory", "groups": ["guards"]}
        assert await scene.problem() is OidcProblem.NO_GROUP
        scene.issuer.userinfo = {"sub": "ada-1", "groups": ["guards"], "preferred_username": "other"}
        assert (await scene.enter()).user.name == "ada"


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "https://other.example/token"},
        {"token_endpoint": "http://id.example/token"},
        {"token_endpoint": "https://id.example@other.example/token"},
        {"token_endpoint": "https://id.example.other.example/token"},
        {"token_endpoint": "https://id.example:8443/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ],
    ids=str,
)
async def test_a_provider_that_leads_elsewhere_is_not_followed(database_url: str, discovery: dict[str, Any]) -> None:
    async with a_scene(database_url) as scene:
        scene.issuer.discovery = discovery
        assert await scene.problem() is OidcProblem.UNREACHABLE
        assert (await try_oidc_provider(scene.world.domain, COMMAND_LINE, scene.provider.id)).problem
        assert all(url.startswith(f"{ISSUER}/.well-known/") for url in scene.issuer.asked)


async def test_hosts_that_were_allowed_are_asked(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        scene.issuer.discovery = {"jwks_uri": "https://keys.example/keys"}
        hosts = {"hosts": [" Keys.Example "], "client_secret": SECRET}
        await update_oidc_provider(scene.world.domain, COMMAND_LINE, scene.provider.id, hosts)  # type: ignore[arg-type]
        await scene.enter()
        assert "https://keys.example/keys" in scene.issuer.asked


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(200, text="not JSON"),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(500, json={"error": "server_error"}),
        lambda _: httpx.Response(302, headers={"location": "https://other.example/"}),
        lambda _: httpx.Response(200, content=b" " * (MAX_BYTES + 1)),
        lambda _: httpx.Response(200, content=b"[" * 100_000),
    ],
    ids=["no JSON", "no object", "error", "redirect", "endless", "deep"],
)
async def test_what_is_no_answer_is_told_in_plain_words(answer: Any) -> None:
    client = OidcClient(httpx.MockTransport(answer))
    with pytest.raises(Unreachable, match=ISSUER):
        await client.discover(issuer_of(OidcProvider(issuer=ISSUER, hosts=[])))


async def test_who_did_not_answer_is_not_asked_at_once_again() -> None:
    asked = []

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        raise httpx.ConnectError("refused")

    client, whom = OidcClient(httpx.MockTransport(fail)), issuer_of(OidcProvider(issuer=ISSUER, hosts=[]))
    for _ in range(3):
        with pytest.raises(Unreachable, match="refused"):
            await client.discover(whom)
    assert len(asked) == 1
    with pytest.raises(Unreachable):
        await client.discover(whom, anew=True)
    assert len(asked) == 2


async def test_a_secret_goes_to_no_other_host_unless_it_is_given_anew(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        domain, provider = scene.world.domain, scene.provider
        for changes in ({"issuer": "https://mallory.example"}, {"hosts": ["mallory.example"]}):
            with pytest.raises(ValidationFailed, match="anew"):
                await update_oidc_provider(domain, COMMAND_LINE, provider.id, changes)  # type: ignore[arg-type]
        row = await update_oidc_provider(domain, COMMAND_LINE, provider.id, {"name": "Firm"}, 1)
        assert secret_of(domain, row) == SECRET
        assert SECRET.encode() not in bytes(row.sealed_secret or b"")
        with pytest.raises(Conflict):
            await update_oidc_provider(domain, COMMAND_LINE, provider.id, {"name": "Other"}, 1)
        row = await update_oidc_provider(domain, COMMAND_LINE, provider.id, {"client_secret": None})
        assert secret_of(domain, row) is None
        events = await Event.filter(type=EventType.OIDC_PROVIDER_UPDATED).order_by("id")
        assert events[1].data["before"] == {"client_secret": "old"}
        assert SECRET not in str([event.data for event in await Event.all()])


@pytest.mark.parametrize(
    "wrong, path",
    [
        ({"issuer": "http://id.example"}, "issuer"),
        ({"issuer": "https://id.example/?x"}, "issuer"),
        ({"issuer": "https://a@id.example"}, "issuer"),
        ({"issuer": "id.example"}, "issuer"),
        ({"name": " "}, "name"),
        ({"scopes": ["a b"]}, "scopes"),
        ({"hosts": ["https://x"]}, "hosts"),
        ({"hosts": ["a/b"]}, "hosts"),
        ({"groups": {}}, "createsUsers"),
        ({"groups": {}, "creates_users": False}, "groups"),
        ({"group_claim": None}, "createsUsers"),
        ({"client_id": ""}, "clientId"),
    ],
    ids=str,
)
async def test_what_is_no_provider_is_refused_at_its_field(database_url: str, wrong: dict[str, Any], path: str) -> None:
    async with a_scene(database_url) as scene:
        with pytest.raises(ValidationFailed) as refused:
            await update_oidc_provider(scene.world.domain, COMMAND_LINE, scene.provider.id, wrong)  # type: ignore[arg-type]
        assert refused.value.path == (path,)
        with pytest.raises(Conflict, match="already"):
            await create_oidc_provider(scene.world.domain, COMMAND_LINE, NEW)


async def test_a_provider_goes_once_nobody_depends_on_it(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        domain = scene.world.domain
        await scene.enter()
        with pytest.raises(Conflict, match="ada could not sign in"):
            await delete_oidc_provider(domain, COMMAND_LINE, scene.provider.id)
        await set_password(domain, COMMAND_LINE, "ada", "a password of her own")
        await delete_oidc_provider(domain, COMMAND_LINE, scene.provider.id)
        assert (await page_oidc_providers(COMMAND_LINE, PageRequest(first=9))).rows == []
        assert not await OidcLink.exists()
        with pytest.raises(OidcRefused):
            await begin_oidc(domain, scene.provider.id, None)


async def test_another_issuer_makes_nobody_who_they_were(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        await scene.enter()
        moved = {"issuer": "https://id.example/other", "client_secret": SECRET}
        await update_oidc_provider(scene.world.domain, COMMAND_LINE, scene.provider.id, moved)  # type: ignore[arg-type]
        assert not await OidcLink.filter(issuer="https://id.example/other").exists()


async def test_a_role_follows_the_groups_at_every_sign_in_and_other_roles_stay(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        domain, eve = scene.world.domain, (await scene.enter()).user
        groups = {"guards": Role.OPERATOR, "guests": Role.VIEWER}
        await update_oidc_provider(domain, COMMAND_LINE, scene.provider.id, {"groups": groups})
        doors = await create_role(domain, COMMAND_LINE, NewRole("Doors", [Grant(Permission.CONFIGURATION_WRITE)]))
        await assign_roles(domain, COMMAND_LINE, eve.id, [Assigned(doors.id)])
        for group, role in (("guests", Role.VIEWER), ("guards", Role.OPERATOR)):
            scene.issuer.claims = {"groups": [group]}
            signed_in = await scene.enter()
            assert signed_in.user.role is role
            actor = await actor_of_session(domain, signed_in.token, None)
            assert actor.permissions == PERMISSIONS[role] | {Permission.CONFIGURATION_WRITE}
        told = await Event.filter(type=EventType.USER_UPDATED).order_by("position")
        assert [(row.user_name, row.data["means"]) for row in told] == [("Company", "oidc")] * 2


async def test_nobody_maps_a_group_to_more_than_they_may_themselves(database_url: str) -> None:
    """Who looks after users and nothing else makes no provider of their own that makes them an administrator."""
    lesser = Actor("m", "Manager", PERMISSIONS[Role.VIEWER] | {Permission.USER_WRITE}, "api")
    async with a_scene(database_url) as scene:
        domain = scene.world.domain
        for mapped in (Role.ADMINISTRATOR, Role.OPERATOR):
            with pytest.raises(NotPermitted) as refused:
                await create_oidc_provider(domain, lesser, replace(NEW, name="Mine", groups={"all": mapped}))
            assert refused.value.path == ("groups",)
        mine = await create_oidc_provider(domain, lesser, replace(NEW, name="Mine", groups={"all": Role.VIEWER}))
        for mapped in (Role.ADMINISTRATOR, Role.OPERATOR):
            with pytest.raises(NotPermitted):
                await update_oidc_provider(domain, lesser, mine.id, {"groups": {"all": mapped}})
        for changes in ({"enabled": False}, {"groups": {"guards": Role.VIEWER}}, {"issuer": "https://other.example"}):
            with pytest.raises(NotPermitted):
                await update_oidc_provider(domain, lesser, scene.provider.id, changes)  # type: ignore[arg-type]
        eve = (await scene.enter()).user
        link = await OidcLink.get(user_id=eve.id)
        with pytest.raises(NotPermitted, match="may more than you"):
            await remove_oidc_link(domain, lesser, link.id)


async def somebody(world: World, name: str) -> Actor:
    user = await create_user(world.domain, COMMAND_LINE, name, "correct horse battery", Role.OPERATOR)
    return actor_of(user, default_rules(), "192.0.2.1", signed_in_at=world.clock())


async def connect(scene: Scene, actor: Actor) -> None:
    begun = await begin_oidc_link(scene.world.domain, actor, None, scene.provider.id)
    asked = parameters(begun.url)
    scene.issuer.nonce = asked["nonce"]
    back = CameBack(asked["state"], "code", None, None)
    assert await finish_oidc(scene.world.domain, begun.handle, back, HERE) is None


async def test_a_subject_is_one_user_and_is_let_go_by_its_own_or_an_administrator(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        domain, world = scene.world.domain, scene.world
        eve, mallory = await somebody(world, "eve"), await somebody(world, "mallory")
        await connect(scene, eve)
        await connect(scene, eve)
        with pytest.raises(OidcRefused, match="another user"):
            await connect(scene, mallory)
        link = await OidcLink.get()
        with pytest.raises(AcsError):
            await unlink_oidc(domain, mallory, link.id)
        await unlink_oidc(domain, eve, link.id)
        assert not await OidcLink.exists()
        await connect(scene, mallory)
        await remove_oidc_link(domain, COMMAND_LINE, (await OidcLink.get()).id)
        kinds = [EventType.OIDC_LINKED, EventType.OIDC_UNLINKED]
        told = await Event.filter(type__in=kinds).order_by("id")
        assert [(event.user_name, event.data["subject"]["name"]) for event in told] == [
            ("eve", "eve"),
            ("eve", "eve"),
            ("mallory", "mallory"),
            ("command line", "mallory"),
        ]
        world.clock.advance(timedelta(minutes=6))
        with pytest.raises(ValidationFailed, match="last 5 minutes"):
            await connect(scene, eve)


async def test_who_was_disabled_meanwhile_is_not_connected(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        eve = await somebody(scene.world, "eve")
        begun = await begin_oidc_link(scene.world.domain, eve, None, scene.provider.id)
        asked = parameters(begun.url)
        scene.issuer.nonce = asked["nonce"]
        await update_user(scene.world.domain, COMMAND_LINE, eve.user_id or "", {"enabled": False})
        back = CameBack(asked["state"], "code", None, None)
        with pytest.raises(OidcRefused):
            await finish_oidc(scene.world.domain, begun.handle, back, HERE)
        assert not await OidcLink.exists()


async def test_two_who_come_for_the_first_time_at_once_are_one(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        await scene.enter()
        with pytest.raises(Conflict):
            await create_oidc_user(scene.world.domain, COMMAND_LINE, "other", Role.VIEWER, scene.provider.id, "ada-1")
        assert await User.all().count() == 1


@pytest.mark.parametrize(
    "claims, name, found",
    [
        ({"groups": ["a", 1, None, "b"]}, "groups", {"a", "b"}),
        ({"groups": "a"}, "groups", {"a"}),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        ({"https://x.example/groups": ["a"]}, "https://x.example/groups", {"a"}),
        ({"groups": {"a": 1}}, "groups", set()),
        ({}, "groups", set()),
        ({"a": ["b"]}, "a.b", set()),
    ],
    ids=range(7),
)
def test_groups_are_read_from_an_array_a_text_or_deeper(claims: dict[str, Any], name: str, found: set[str]) -> None:
    assert groups_in(claims, name) == found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "é"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("ab"), below, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "a.b"]), JSON), st.sampled_from(["a", "b", "a.b", "a.b.a", "."]))
def test_no_claim_is_too_odd_to_read(claims: dict[str, Any], name: str) -> None:
    claim(claims, name)
    assert all(isinstance(group, str) for group in groups_in(claims, name))


@given(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(["viewer", "operator", "administrator"])),
    st.frozensets(st.sampled_from("abcd")),
)
def test_the_highest_role_of_all_groups_is_given(mapping: dict[str, str], groups: frozenset[str]) -> None:
    given_roles = {mapping[group] for group in groups & set(mapping)}
    role = role_for(mapping, groups)
    assert (role is None) == (not given_roles)
    if role is not None:
        order = [Role.VIEWER, Role.OPERATOR, Role.ADMINISTRATOR]
        assert order.index(role) == max(order.index(Role(each)) for each in given_roles)


@pytest.mark.parametrize(
    "url, may",
    [
        ("https://id.example/x", True),
        ("https://ID.example/x", True),
        ("https://keys.example/x", True),
        ("http://keys.example/x", False),
        ("https://keys.example:8443/x", False),
        ("https://id.example:x/", False),
        ("https://[::1", False),
        ("//id.example/x", False),
        ("", False),
        (None, False),
    ],
)
def test_only_hosts_that_were_named_are_asked(url: str | None, may: bool) -> None:
    assert may_be_asked(url, ISSUER, ["keys.example"]) is may
