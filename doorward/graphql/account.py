"""One's own account, and sessions, in the API."""

from datetime import datetime
from typing import Annotated

import strawberry

from doorward.acs.credentials.qr_image import qr_svg
from doorward.acs.users import models
from doorward.acs.users.operations import end_session, end_sessions_of
from doorward.acs.users.own import (
    begin_second_factor,
    change_password,
    confirm_second_factor,
    drop_own_second_factor,
    end_other_sessions,
    end_own_session,
    make_recovery_codes,
)
from doorward.acs.users.queries import all_sessions, own_sessions, recovery_codes_left
from doorward.acs.users.sessions import session_id, token_hash
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import SessionOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import by_domain, in_context, listed
from doorward.graphql.users import User, UserPayload, user_shown


@strawberry.type(description="A signed-in browser.")
class Session:
    """A session that is not over."""

    id: strawberry.ID
    user_id: strawberry.ID
    user_name: str
    address: str | None = strawberry.field(description="The network address where it began; null: not known.")
    client: str | None = strawberry.field(description="What the browser calls itself; null: nothing.")
    created_at: datetime
    last_used_at: datetime = strawberry.field(description="To the minute.")
    expires_at: datetime
    """When it ends at the latest."""
    current: bool = strawberry.field(description="Whether it is the one that asks.")


def _session(context: ApiContext, row: models.Session) -> Session:
    return Session(
        id=strawberry.ID(session_id(row.token_hash)),
        user_id=strawberry.ID(row.user_id),
        user_name=row.user.name,
        address=row.address,
        client=row.client,
        created_at=row.created_at,
        last_used_at=row.last_used_at or row.created_at,
        expires_at=row.expires_at,
        current=row.token_hash == _here(context),
    )


def _here(context: ApiContext) -> str | None:
    """The id of the session that asks."""
    return token_hash(context.token) if context.token else None


@strawberry.input(description="The old password and the new one.")
class ChangePasswordInput(Keyed):
    """See changePassword."""

    old_password: str
    """The present one."""
    new_password: str
    """The one to sign in with from now on; the error says what a password must be like."""


@strawberry.type(description="What to give to an authenticator, or why nothing was done.")
class SecondFactorPayload:
    """Result of beginning to set up a second factor."""

    uri: str | None = strawberry.field(default=None, description="An otpauth:// address (RFC 6238).")
    secret: str | None = strawberry.field(default=None, description="The same to type: base32, in groups of four.")
    svg: str | None = strawberry.field(default=None, description="The address as a QR code: one svg element.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="Recovery codes, shown this once, or why nothing was done.")
class RecoveryCodesPayload:
    """Each lets its user in once without the authenticator."""

    codes: list[str] = strawberry.field(default_factory=list)
    """Ten codes; each lets its user in once in place of a code of the authenticator. Empty with errors."""
    user: User | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="How many sessions ended, or why none did.")
class SessionsEndedPayload:
    """Result of ending sessions."""

    ended: int = 0
    """How many ended."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Which sessions; what is left out, or null, does not restrict.")
class SessionFilter:
    """See Session."""

    user_id: strawberry.ID | None = None


async def _sessions(context: ApiContext, rows: list[models.Session]) -> list[Session]:
    return [_session(context, row) for row in rows]


@strawberry.type
class AccountQuery:
    """Queries about one's own account, and about sessions."""

    own_sessions = listed(
        Session,
        by_domain(own_sessions),
        in_context(_sessions),
        "One's own sessions, the last used first. Permission: account.own.",
        order=SessionOrder,
        search=None,
    )

    sessions = listed(
        Session,
        by_domain(all_sessions),
        in_context(_sessions),
        "Sessions, the last used first. Permission: user.write.",
        filter=SessionFilter,
        order=SessionOrder,
        search=None,
    )

    @strawberry.field(description="How many recovery codes one has left. Permission: account.own.")
    async def recovery_codes_left(self, info: ApiInfo) -> int:
        return await recovery_codes_left(info.context.actor)


_Code = Annotated[str, strawberry.argument(description="The six digits that the authenticator shows now.")]


@strawberry.type
class AccountMutation:
    """Changes to one's own account, and to sessions."""

    @mutation(
        description="Change one's own password; all other sessions end. A wrong old password counts as a failed "
        "sign-in. Permission: account.own."
    )
    async def change_password(self, info: ApiInfo, input: ChangePasswordInput) -> UserPayload:
        context = info.context
        row = await change_password(
            context.domain, context.actor, input.old_password, input.new_password, _here(context)
        )
        return UserPayload(user=await user_shown(context, row))

    @mutation(
        description="Begin to set up a second factor: a secret for an authenticator, which counts once "
        "confirmSecondFactor has seen a code. Permission: account.own."
    )
    async def begin_second_factor(self, info: ApiInfo, password: str) -> SecondFactorPayload:
        made = await begin_second_factor(info.context.domain, info.context.actor, password)
        return SecondFactorPayload(uri=made.uri, secret=made.secret, svg=qr_svg(made.uri))

    @mutation(
        description="The authenticator shows this code: from now on signing in asks for one; all other sessions end. "
        "Permission: account.own."
    )
    async def confirm_second_factor(self, info: ApiInfo, code: _Code) -> RecoveryCodesPayload:
        context = info.context
        user, codes = await confirm_second_factor(context.domain, context.actor, code, _here(context))
        return RecoveryCodesPayload(codes=codes, user=await user_shown(context, user))

    @mutation(description="Ten new recovery codes in place of the old ones. Permission: account.own.")
    async def make_recovery_codes(self, info: ApiInfo, password: str) -> RecoveryCodesPayload:
        codes = await make_recovery_codes(info.context.domain, info.context.actor, password)
        return RecoveryCodesPayload(codes=codes)

    @mutation(
        description="Sign in without an authenticator again; refused where it is the last second factor and the site "
        "requires one. "
        "Permission: account.own."
    )
    async def drop_second_factor(self, info: ApiInfo, password: str) -> UserPayload:
        context = info.context
        row = await drop_own_second_factor(context.domain, context.actor, password)
        return UserPayload(user=await user_shown(context, row))

    @mutation(description="End one of one's own sessions. Permission: account.own.")
    async def end_own_session(self, info: ApiInfo, id: strawberry.ID) -> SessionsEndedPayload:
        await end_own_session(info.context.domain, info.context.actor, id)
        return SessionsEndedPayload(ended=1)

    @mutation(description="End all of one's own sessions but this one. Permission: account.own.")
    async def end_other_sessions(self, info: ApiInfo) -> SessionsEndedPayload:
        context = info.context
        ended = await end_other_sessions(context.domain, context.actor, _here(context))
        return SessionsEndedPayload(ended=ended)

    @mutation(description="End a session, whosever it is. Permission: user.write.")
    async def end_session(self, info: ApiInfo, id: strawberry.ID) -> SessionsEndedPayload:
        await end_session(info.context.domain, info.context.actor, id)
        return SessionsEndedPayload(ended=1)

    @mutation(description="End every session of a user. Permission: user.write.")
    async def end_sessions_of(self, info: ApiInfo, user_id: strawberry.ID) -> SessionsEndedPayload:
        ended = await end_sessions_of(info.context.domain, info.context.actor, user_id)
        return SessionsEndedPayload(ended=ended)
