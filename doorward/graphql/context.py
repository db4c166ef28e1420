"""What a resolver can reach: the domain, who is asking, and the reply on its way out."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.types import Info

from doorward.acs.actor import Actor
from doorward.acs.bell import Bell
from doorward.acs.domain import Domain
from doorward.acs.users.sessions import Caller, actor_of_session
from doorward.acs.users.standing import Standing
from doorward.acs.users.tokens import actor_of_token
from doorward.graphql.meter import Meter

SESSION_COOKIE = "doorward_session"
CEREMONY_COOKIE = "doorward_ceremony"
"""Binds the challenge of a passkey to the browser."""
ERRAND_COOKIE = "doorward_errand"
"""Binds a sign-in elsewhere to the browser."""
ERRAND_PATH = "/sign-in/oidc"
ERRAND_S = 600
_SCHEME = "bearer "


@dataclass(slots=True)
class ApiContext:
    """One request, or one WebSocket connection. `connection_params` is what a WebSocket's connection_init brought."""

    domain: Domain
    actor: Actor
    connection: Request | WebSocket
    response: Response | WebSocket
    connection_params: dict[str, Any] = field(default_factory=dict)
    meter: Meter | None = None
    """What is spent is told to it; None: nothing is counted."""

    @property
    def token(self) -> str | None:
        """The session token that counts; None where an Authorization was sent."""
        if authorization_of(self.connection, self.connection_params) is not None:
            return None
        return self.connection.cookies.get(SESSION_COOKIE)

    @property
    def caller(self) -> Caller:
        """Where the request comes from."""
        return Caller(address_of(self.connection), self.connection.headers.get("user-agent"))

    @property
    def origin(self) -> str | None:
        """The origin of the page that asks, as its browser says it."""
        return self.connection.headers.get("origin")

    @property
    def ceremony(self) -> str | None:
        """The handle of what was begun with this browser."""
        return self.connection.cookies.get(CEREMONY_COOKIE)

    def set_cookie(
        self, name: str, value: str, max_age_s: int, path: str = "/", *, from_elsewhere: bool = False
    ) -> None:
        """Give the browser a cookie, or take it away (an empty value, 0 seconds); pages cannot read it.

        `from_elsewhere`: it also comes when another site sends the browser here.
        """
        if isinstance(self.response, Response):
            give_cookie(self.connection, self.response, name, value, max_age_s, path, from_elsewhere=from_elsewhere)

    def standing(self, bell: Bell) -> AbstractAsyncContextManager[Standing]:
        """Who is asking, for as long as something is open; the bell rings when that changes."""
        authorization = authorization_of(self.connection, self.connection_params)
        key = (authorization, self.token, address_of(self.connection))
        return self.domain.standings.of(key, self.actor, self._look, bell)

    async def _look(self) -> Actor:
        return await actor_behind(self.domain, self.connection, self.connection_params, used=False)

    async def refresh_actor(self) -> Actor:
        """Look again who is asking: a session may have ended while a subscription was open."""
        self.actor = await self._look()
        return self.actor


ApiInfo = Info[ApiContext, None]


def address_of(connection: Request | WebSocket) -> str | None:
    """The caller's network address."""
    return connection.client.host if connection.client else None


def authorization_of(connection: Request | WebSocket, params: dict[str, Any] | None = None) -> str | None:
    """What was sent as Authorization, as a header or in connection_init; None: nothing, so that the cookie counts."""
    header = connection.headers.get("authorization")
    if header is not None:
        return header
    given = next((value for key, value in (params or {}).items() if key.lower() == "authorization"), None)
    return None if given is None else str(given)


async def actor_behind(
    domain: Domain, connection: Request | WebSocket, params: dict[str, Any] | None = None, *, used: bool = True
) -> Actor:
    """Whom the request's token speaks for, or without one its session cookie."""
    authorization = authorization_of(connection, params)
    address = address_of(connection)
    if authorization is None:
        return await actor_of_session(domain, connection.cookies.get(SESSION_COOKIE), address, used=used)
    is_bearer = authorization.lower().startswith(_SCHEME)
    text = authorization[len(_SCHEME) :].strip() if is_bearer else ""
    return await actor_of_token(domain, text, address, used=used)


def give_cookie(
    connection: Request | WebSocket,
    response: Response,
    name: str,
    value: str,
    max_age_s: int,
    path: str = "/",
    *,
    from_elsewhere: bool = False,
) -> None:
    """Give a browser a cookie, or take it away; see `ApiContext.set_cookie`."""
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=path,
        httponly=True,
        samesite="lax" if from_elsewhere else "strict",
        secure=connection.url.scheme in {"https", "wss"},
    )


async def context_for(
    domain: Domain, connection: Request | WebSocket, response: Response | WebSocket, meter: Meter | None = None
) -> ApiContext:
    """The context of a request, with whoever its token or its session cookie speaks for."""
    return ApiContext(domain, await actor_behind(domain, connection), connection, response, meter=meter)
