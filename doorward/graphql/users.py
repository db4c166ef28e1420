"""Signing in and out, and who is asking."""

import strawberry
from starlette.responses import Response

from doorward.acs.errors import AcsError
from doorward.acs.users import models
from doorward.acs.users.operations import SESSION_LIFETIME, actor_of, sign_in, sign_out
from doorward.acs.users.queries import acting_user
from doorward.graphql.context import SESSION_COOKIE, ApiContext, ApiInfo, address_of
from doorward.graphql.enums import Role
from doorward.graphql.errors import OperationError


@strawberry.type(description="Somebody who can sign in.")
class User:
    """A user with the permissions of their role."""

    id: strawberry.ID
    name: str
    role: Role
    permissions: list[str]
    clearance: int = strawberry.field(description="0 to 100: how high a threat level the user may lower.")


def _user(row: models.User) -> User:
    actor = actor_of(row, None)
    return User(
        id=strawberry.ID(row.id),
        name=row.name,
        role=row.role,
        permissions=sorted(actor.permissions),
        clearance=actor.clearance,
    )


@strawberry.input(description="A name and its password.")
class SignInInput:
    """What the sign-in page asks for."""

    name: str
    password: str


@strawberry.type(description="Who is signed in now, or why nobody is.")
class SignInPayload:
    """Result of signing in; the session travels in an HttpOnly cookie."""

    user: User | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="Whether there was a session to end.")
class SignOutPayload:
    """Result of signing out."""

    signed_out: bool


def _set_cookie(context: ApiContext, token: str, max_age: int) -> None:
    if isinstance(context.response, Response):
        context.response.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=max_age,
            httponly=True,
            samesite="strict",
            secure=context.connection.url.scheme in {"https", "wss"},
        )


@strawberry.type
class UserQuery:
    """Queries about users."""

    @strawberry.field(description="Who is asking, or null when not signed in.")
    async def viewer(self, info: ApiInfo) -> User | None:
        row = await acting_user(info.context.actor)
        return _user(row) if row else None


@strawberry.type
class UserMutation:
    """Signing in and out."""

    @strawberry.mutation(description="Begin a session (12 hours). Needs no permission.")
    async def sign_in(self, info: ApiInfo, input: SignInInput) -> SignInPayload:
        context = info.context
        try:
            signed_in = await sign_in(context.domain, input.name, input.password, address_of(context.connection))
        except AcsError as error:
            return SignInPayload(errors=[OperationError.of(error)])
        _set_cookie(context, signed_in.token, int(SESSION_LIFETIME.total_seconds()))
        return SignInPayload(user=_user(signed_in.user))

    @strawberry.mutation(description="End the session. Needs no permission.")
    async def sign_out(self, info: ApiInfo) -> SignOutPayload:
        context = info.context
        ended = bool(context.token) and await sign_out(context.domain, context.token or "")
        _set_cookie(context, "", 0)
        return SignOutPayload(signed_out=ended)
