"""A fake issuer of the tests: it signs ID tokens that a real provider would not, and answers in memory."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from doorward.acs.users.oidc_client import DISCOVERY_PATH

ISSUER = "https://id.example"
CLIENT = "doorward"


@dataclass
class FakeIssuer:
    """Answers of a provider. `claims` and `header` go over those of a good token, `discovery` over a good discovery."""

    now_s: int
    key: RSAKey | ECKey | OctKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    published: list[dict[str, Any]] | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "ES256", "kid": "1"})
    discovery: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    token: str | None = None
    userinfo: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    def transport(self) -> httpx.MockTransport:
        """Reaches the fake instead of a network."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the provider answers."""
        self.asked.append(str(request.url))
        path = request.url.path
        if path == DISCOVERY_PATH:
            return httpx.Response(self.status, json=self._discovery())
        if path == "/keys":
            keys = [self.key.as_dict(private=False)] if self.published is None else self.published
            return httpx.Response(200, json={"keys": keys})
        if path == "/token":
            form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
            self.forms.append(form)
            token = self.signed() if self.token is None else self.token
            return httpx.Response(200, json={"id_token": token, "access_token": "access"})
        if path == "/userinfo":
            return httpx.Response(200, json=self.userinfo)
        return httpx.Response(404)

    def signed(self) -> str:
        """An ID token as the claims and the header want it."""
        good = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "ada-1",
            "exp": self.now_s + 300,
            "iat": self.now_s,
            "nonce": self.nonce,
            "preferred_username": "ada",
            "groups": ["guards"],
        }
        claims = {name: value for name, value in {**good, **self.claims}.items() if value is not None}
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])

    def unsigned(self) -> str:
        """A token of the algorithm `none`."""
        good = json.loads(_decoded(self.signed().split(".")[1]))
        return f"{_encoded({'alg': 'none'})}.{_encoded(good)}."

    def _discovery(self) -> dict[str, Any]:
        good = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        }
        return {**good, **self.discovery}


def parameters(url: str) -> dict[str, str]:
    """What a browser is sent to a provider with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
