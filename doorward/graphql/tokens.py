"""Tokens and service accounts in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from doorward.acs.actor import Permission
from doorward.acs.errors import ValidationFailed
from doorward.acs.users import models
from doorward.acs.users import models as users_rows
from doorward.acs.users.grants import read_places
from doorward.acs.users.operations import create_service_account
from doorward.acs.users.tokens import (
    MadeToken,
    NewToken,
    create_own_token,
    create_service_token,
    own_tokens,
    page_tokens,
    revoke_own_token,
    revoke_token,
)
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder, Role
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import Node, by_actor, by_domain, listed
from doorward.graphql.roles import Names, Place, PlaceInput, given_places, names_in, shown_places
from doorward.graphql.users import UserPayload, user_shown


@strawberry.type(description="What lets a program in for a user; its text is shown once.")
class Token(Node):
    """A token."""

    id: strawberry.ID
    user_id: strawberry.ID
    user_name: str
    name: str
    permissions: list[str] = strawberry.field(description="What it may, as far as its user may at the moment.")
    places: list[Place] | None = strawberry.field(description="Where it may that; null: wherever its user may.")
    networks: list[str] = strawberry.field(description="From where it counts (CIDR); none: from everywhere.")
    created_at: datetime
    expires_at: datetime
    """From when it lets nobody in any more."""
    last_used_at: datetime | None = strawberry.field(description="To the minute; null: never.")
    last_address: str | None
    """The network address of its last use; null: never used, or not known."""


def _token(row: models.Token, names: Names) -> Token:
    return Token(
        id=strawberry.ID(row.id),
        user_id=strawberry.ID(row.user_id),
        user_name=row.user.name,
        name=row.name,
        permissions=list(row.permissions),
        places=shown_places(read_places(row.places), names),
        networks=list(row.networks),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        last_address=row.last_address,
    )


async def tokens_shown(_: ApiInfo, rows: Sequence[models.Token]) -> list[Token]:
    """Tokens with the names of their places."""
    names = await names_in(read_places(row.places) for row in rows)
    return [_token(row, names) for row in rows]


@strawberry.input(description="A token to create.")
class TokenInput:
    """See Token."""

    name: str
    permissions: list[str] = strawberry.field(
        description="Of its user's permissions; account.own is for nobody but whoever signs in."
    )
    expires_at: datetime = strawberry.field(description="At most as far away as signInRules.longestToken.")
    places: list[PlaceInput] | None = strawberry.field(
        default=None, description="Where it is to have them; null: wherever its user has."
    )
    networks: list[str] = strawberry.field(default_factory=list, description="Such as 192.0.2.0/24; at most 20.")

    def given(self) -> NewToken:
        """The token to make. Raises ValidationFailed."""
        try:
            permissions = [Permission(each) for each in self.permissions]
        except ValueError as error:
            raise ValidationFailed(f"There is no such permission: {error}.", "permissions") from error
        return NewToken(self.name, permissions, self.expires_at, self.networks, given_places(self.places))


@strawberry.type(description="A token with its text, which is shown this once, or why there is none.")
class TokenPayload:
    """Result of making a token."""

    token: Token | None = None
    text: str | None = strawberry.field(default=None, description="Send it as Authorization: Bearer and this text.")
    errors: list[OperationError] = strawberry.field(default_factory=list)

    @classmethod
    async def of(cls, made: MadeToken) -> "TokenPayload":
        """The payload of a token that was made."""
        return cls(token=_token(made.token, await names_in([read_places(made.token.places)])), text=made.text)


@strawberry.input(description="Which tokens; what is left out, or null, does not restrict.")
class TokenFilter:
    """See Token."""

    user_id: strawberry.ID | None = None
    """Those of this user."""
    expired: bool | None = None
    """Only those that are over, or only those that are not."""


@strawberry.type
class TokenQuery:
    """Queries about tokens."""

    own_tokens = listed(
        Token,
        by_actor(own_tokens),
        tokens_shown,
        "One's own tokens, by name. Permission: account.own.",
        order=NameOrder,
    )

    tokens = listed(
        Token,
        by_domain(page_tokens),
        tokens_shown,
        "Tokens, by name. Permission: user.write.",
        filter=TokenFilter,
        order=NameOrder,
        rows=users_rows.Token,
    )


@strawberry.type
class TokenMutation:
    """Changes to tokens and service accounts."""

    @mutation(
        description="Make a token for oneself; the password is asked for. Permission: account.own, and each of those "
        "that the token is to have."
    )
    async def create_own_token(self, info: ApiInfo, password: str, input: TokenInput) -> TokenPayload:
        made = await create_own_token(info.context.domain, info.context.actor, password, input.given())
        return await TokenPayload.of(made)

    @mutation(
        description="Make a token for a service account. Permission: user.write, and each of those that the token is "
        "to have."
    )
    async def create_service_token(
        self,
        info: ApiInfo,
        user_id: Annotated[strawberry.ID, strawberry.argument(description="The service account that gets it.")],
        input: TokenInput,
    ) -> TokenPayload:
        made = await create_service_token(info.context.domain, info.context.actor, user_id, input.given())
        return await TokenPayload.of(made)

    @mutation(description="A token of one's own counts no more. Permission: account.own.")
    async def revoke_own_token(self, info: ApiInfo, id: strawberry.ID) -> DeletedPayload:
        await revoke_own_token(info.context.domain, info.context.actor, id)
        return DeletedPayload(deleted_id=id)

    @mutation(description="A token counts no more, whosever it is. Permission: user.write.")
    async def revoke_token(self, info: ApiInfo, id: strawberry.ID) -> DeletedPayload:
        await revoke_token(info.context.domain, info.context.actor, id)
        return DeletedPayload(deleted_id=id)

    @mutation(
        description="An account for a program, which comes with tokens and cannot sign in. Permission: user.write."
    )
    async def create_service_account(
        self,
        info: ApiInfo,
        name: str,
        role: Annotated[
            Role, strawberry.argument(description="What it may everywhere; NONE: what further roles give.")
        ],
    ) -> UserPayload:
        context = info.context
        row = await create_service_account(context.domain, context.actor, name, role)
        return UserPayload(user=await user_shown(context, row))
