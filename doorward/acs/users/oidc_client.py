"""Asking OpenID Connect providers: discovery, keys, tokens. Bounded in time, in size, and in whom is asked."""

import asyncio
import json
import ssl
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import httpx
from joserfc.jwk import KeySet

from doorward.acs.users.oidc_check import NotBelieved, algorithms_of, keys_in, may_be_asked

DISCOVERY_PATH = "/.well-known/openid-configuration"
TIMEOUT_S = 5.0
IN_ALL_S = 10.0
MAX_BYTES = 512 * 1024
FRESH_S = 3600.0
KEYS_AGAIN_S = 60.0
"""A token with an unknown key has the keys asked for anew, but no more often than this."""
DOWN_S = 5.0
"""So long nobody asks again who did not answer."""
MOST_KEPT = 50


class Unreachable(Exception):
    """A provider did not answer as one does; the message says what it did, for an administrator."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whom to ask: the issuer, and the hosts besides its own that may be asked."""

    issuer: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a provider says of itself. Every address in it is one that may be asked; None: it has none."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    algorithms: tuple[str, ...]
    token_methods: tuple[str, ...]
    tells_issuer: bool


@dataclass(frozen=True, slots=True)
class Client:
    """What a provider knows this site as."""

    client_id: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for."""

    id_token: str
    access_token: str | None


@dataclass(slots=True)
class _Kept:
    discovery: Discovery
    at_s: float
    keys: KeySet | None = None
    keys_at_s: float = float("-inf")


@dataclass(slots=True)
class OidcClient:
    """Asks providers, and keeps for an hour what they say of themselves."""

    transport: httpx.AsyncBaseTransport | None = None
    _kept: "OrderedDict[Issuer, _Kept]" = field(default_factory=OrderedDict)
    _down: dict[Issuer, tuple[float, str]] = field(default_factory=dict)

    async def discover(self, whom: Issuer, *, anew: bool = False) -> Discovery:
        """What a provider says of itself. Raises Unreachable."""
        now = time.monotonic()
        kept = self._kept.get(whom)
        if kept is not None and not anew and now - kept.at_s < FRESH_S:
            return kept.discovery
        until, why = self._down.get(whom, (0.0, ""))
        if not anew and now < until:
            raise Unreachable(why)
        try:
            found = await self._ask(whom, "GET", whom.issuer.rstrip("/") + DISCOVERY_PATH)
            discovery = _discovery(whom, found)
        except Unreachable as error:
            if len(self._down) >= MOST_KEPT:
                self._down.clear()
            self._down[whom] = (time.monotonic() + DOWN_S, str(error))
            raise
        self._down.pop(whom, None)
        self._kept[whom] = _Kept(discovery, now)
        self._kept.move_to_end(whom)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return discovery

    async def keys(self, whom: Issuer, *, anew: bool = False) -> KeySet:
        """A provider's keys. Raises Unreachable."""
        discovery = await self.discover(whom)
        kept = self._kept[whom]
        age = time.monotonic() - kept.keys_at_s
        if kept.keys is None or age >= FRESH_S or (anew and age >= KEYS_AGAIN_S):
            try:
                kept.keys = keys_in(await self._ask(whom, "GET", discovery.jwks_uri))
            except NotBelieved as error:
                raise Unreachable(f"{discovery.jwks_uri}: {error}") from error
            kept.keys_at_s = time.monotonic()
        return kept.keys

    async def exchange(self, whom: Issuer, client: Client, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """The tokens for a code. Raises Unreachable, also when the provider does not take the code."""
        discovery = await self.discover(whom)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        auth = None
        if client.secret is None:
            form["client_id"] = client.client_id
        elif "client_secret_basic" in discovery.token_methods or "client_secret_post" not in discovery.token_methods:
            # RFC 6749, 2.3.1: both are encoded as a form is before they are joined.
            auth = httpx.BasicAuth(quote_plus(client.client_id), quote_plus(client.secret))
        else:
            form |= {"client_id": client.client_id, "client_secret": client.secret}
        found = await self._ask(whom, "POST", discovery.token_endpoint, form=form, auth=auth)
        token, access = found.get("id_token"), found.get("access_token")
        if not isinstance(token, str):
            raise Unreachable("The provider sent no ID token.")
        return Tokens(token, access if isinstance(access, str) else None)

    async def userinfo(self, whom: Issuer, access_token: str) -> dict[str, Any]:
        """What the provider says at its userinfo endpoint; nothing where it has none. Raises Unreachable."""
        endpoint = (await self.discover(whom)).userinfo_endpoint
        if endpoint is None:
            return {}
        return await self._ask(whom, "GET", endpoint, headers={"authorization": f"Bearer {access_token}"})

    async def _ask(
        self,
        whom: Issuer,
        method: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """A JSON object from an address of the provider; redirects are not followed. Raises Unreachable."""
        if not may_be_asked(url, whom.issuer, whom.hosts):
            raise Unreachable(f"{url} is not at the issuer's host, nor at one of the other hosts that are allowed.")
        try:
            async with (
                asyncio.timeout(IN_ALL_S),
                httpx.AsyncClient(
                    transport=self.transport, verify=_trust(), timeout=TIMEOUT_S, trust_env=False
                ) as http,
                http.stream(
                    method, url, data=form, auth=auth, headers={"accept": "application/json", **(headers or {})}
                ) as answer,
            ):
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > MAX_BYTES:
                        raise Unreachable(f"{url} sends more than {MAX_BYTES} bytes.")
        except TimeoutError as error:
            raise Unreachable(f"{url} does not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"{url} cannot be reached: {str(error) or type(error).__name__}") from error
        return _object(url, answer.status_code, body)


def _object(url: str, status: int, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if status != 200:
        why = found.get("error") if isinstance(found, dict) else None
        raise Unreachable(f"{url} answers {status}{f' ({why})' if isinstance(why, str) else ''}.")
    if not isinstance(found, dict):
        raise Unreachable(f"{url} answers no JSON object.")
    return found


def _discovery(whom: Issuer, found: Mapping[str, Any]) -> Discovery:
    if found.get("issuer") != whom.issuer:
        raise Unreachable(f"The provider calls itself {found.get('issuer')!r}, not {whom.issuer!r}. Use its own words.")
    algorithms = algorithms_of(found.get("id_token_signing_alg_values_supported"))
    if not algorithms:
        raise Unreachable("The provider signs with no algorithm that is safe; RS256 and ES256 are.")
    methods = found.get("token_endpoint_auth_methods_supported")
    return Discovery(
        _endpoint(whom, found, "authorization_endpoint"),
        _endpoint(whom, found, "token_endpoint"),
        _endpoint(whom, found, "jwks_uri"),
        _optional(whom, found, "userinfo_endpoint"),
        _optional(whom, found, "end_session_endpoint"),
        tuple(algorithms),
        tuple(_texts(methods)) if methods is not None else ("client_secret_basic",),
        found.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(whom: Issuer, found: Mapping[str, Any], name: str) -> str:
    url = found.get(name)
    if not isinstance(url, str) or not may_be_asked(url, whom.issuer, whom.hosts):
        raise Unreachable(f"Its {name} is {url!r}: not at the issuer's host, nor at one of the other allowed hosts.")
    return url


def _optional(whom: Issuer, found: Mapping[str, Any], name: str) -> str | None:
    url = found.get(name)
    return url if isinstance(url, str) and may_be_asked(url, whom.issuer, whom.hosts) else None


def _texts(found: object) -> Sequence[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that this machine trusts; made once, because it reads all of them."""
    return ssl.create_default_context()
