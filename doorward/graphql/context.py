"""What a resolver can reach: the domain, who is asking, and the reply on its way out."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.types import Info

from doorward.acs.actor import Actor
from doorward.acs.domain import Domain
from doorward.acs.users.sessions import Caller, actor_of_session

SESSION_COOKIE = "doorward_session"


@dataclass(slots=True)
class ApiContext:
    """One request, or one WebSocket connection."""

    domain: Domain
    actor: Actor
    connection: Request | WebSocket
    response: Response | WebSocket

    @property
    def token(self) -> str | None:
        """The session token that the caller sent."""
        return self.connection.cookies.get(SESSION_COOKIE)

    @property
    def caller(self) -> Caller:
        """Where the request comes from."""
        return Caller(address_of(self.connection), self.connection.headers.get("user-agent"))

    async def refresh_actor(self) -> Actor:
        """Look again who is asking: a session may have ended while a subscription was open."""
        self.actor = await actor_of_session(self.domain, self.token, address_of(self.connection), used=False)
        return self.actor


ApiInfo = Info[ApiContext, None]


def address_of(connection: Request | WebSocket) -> str | None:
    """The caller's network address."""
    return connection.client.host if connection.client else None


async def context_for(domain: Domain, connection: Request | WebSocket, response: Response | WebSocket) -> ApiContext:
    """The context of a request, with whoever its session cookie speaks for."""
    actor = await actor_of_session(domain, connection.cookies.get(SESSION_COOKIE), address_of(connection))
    return ApiContext(domain, actor, connection, response)
