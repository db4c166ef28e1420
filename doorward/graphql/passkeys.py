"""Passkeys in the API. What travels between browser and server is JSON as WebAuthn level 3 has it, in a string."""

from datetime import datetime

import strawberry

from doorward.acs.users import models
from doorward.acs.users.passkeys import (
    Begun,
    begin_passkey,
    begin_passkey_sign_in,
    finish_passkey,
    own_passkeys,
    page_passkeys,
    remove_own_passkey,
    remove_passkey,
    rename_passkey,
)
from doorward.acs.users.sessions import SESSION_LIFETIME, token_hash
from doorward.acs.users.sign_in import PasskeyAnswer, sign_in_with_passkey
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed
from doorward.graphql.users import (
    SignInPayload,
    User,
    UserPayload,
    set_ceremony_cookie,
    set_session_cookie,
    user_shown,
)


@strawberry.type(description="A key that a device or a password store keeps for a user, and signs in with (WebAuthn).")
class Passkey(Node):
    """A passkey."""

    id: strawberry.ID
    user_id: strawberry.ID
    user_name: str
    name: str
    site: str = strawberry.field(description="The host that it is for (the relying party id).")
    backed_up: bool = strawberry.field(description="Whether it may be on several devices of the user.")
    created_at: datetime
    last_used_at: datetime | None = strawberry.field(description="Null: never.")


def _passkey(row: models.Passkey) -> Passkey:
    return Passkey(
        id=strawberry.ID(row.id),
        user_id=strawberry.ID(row.user_id),
        user_name=row.user.name,
        name=row.name,
        site=row.rp_id,
        backed_up=row.backed_up,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


@strawberry.type(description="What the browser is to ask a device with, or why it cannot.")
class PasskeyOptionsPayload:
    """The challenge in it counts once, for five minutes, and in the browser that asked for it."""

    options: str | None = strawberry.field(
        default=None,
        description="PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON of WebAuthn.",
    )
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The passkey as it now is, or why nothing was done.")
class PasskeyPayload:
    """Result of adding or renaming a passkey."""

    passkey: Passkey | None = None
    user: User | None = None
    recovery_codes: list[str] = strawberry.field(
        default_factory=list,
        description="Where it is the first second factor: each lets its user in once without it. Shown this once.",
    )
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Who asks: the password, or nothing within five minutes of signing in.")
class BeginPasskeyInput(Keyed):
    """See beginPasskey."""

    password: str | None = None
    """One's own. Null: only within five minutes of signing in."""


@strawberry.input(description="What the browser answered to beginPasskey.")
class AddPasskeyInput(Keyed):
    """See addPasskey."""

    name: str = strawberry.field(description="What its user calls it.")
    credential: str = strawberry.field(description="RegistrationResponseJSON of WebAuthn.")


@strawberry.input(description="Another name for a passkey of one's own.")
class RenamePasskeyInput(Keyed):
    """See renamePasskey."""

    id: strawberry.ID
    name: str


@strawberry.input(description="A passkey of one's own, and the password, or nothing within five minutes of signing in.")
class RemoveOwnPasskeyInput(Keyed):
    """See removeOwnPasskey."""

    id: strawberry.ID
    password: str | None = None
    """One's own password; not needed within five minutes of signing in."""


@strawberry.input(description="A passkey of somebody else.")
class RemovePasskeyInput(Keyed):
    """See removePasskey."""

    id: strawberry.ID


@strawberry.input(description="What the browser answered to beginPasskeySignIn.")
class SignInWithPasskeyInput:
    """See signInWithPasskey."""

    credential: str = strawberry.field(description="AuthenticationResponseJSON of WebAuthn.")


def _begun(context: ApiContext, begun: Begun) -> PasskeyOptionsPayload:
    set_ceremony_cookie(context, begun.handle)
    return PasskeyOptionsPayload(options=begun.options)


@strawberry.input(description="Which passkeys; what is left out, or null, does not restrict.")
class PasskeyFilter:
    """See Passkey."""

    user_id: strawberry.ID | None = None


@strawberry.type
class PasskeyQuery:
    """Queries about passkeys."""

    own_passkeys = listed(
        Passkey,
        by_actor(own_passkeys),
        each(_passkey),
        "One's own passkeys, by name. Permission: account.own.",
        order=NameOrder,
    )

    passkeys = listed(
        Passkey,
        by_actor(page_passkeys),
        each(_passkey),
        "Everybody's passkeys, by name. Permission: user.write.",
        filter=PasskeyFilter,
        order=NameOrder,
        rows=models.Passkey,
    )


@strawberry.type
class PasskeyMutation:
    """Signing in with passkeys, and changes to them."""

    @mutation(
        description="Ask for a new passkey of one's own; addPasskey takes what the browser answers. "
        "Permission: account.own."
    )
    async def begin_passkey(self, info: ApiInfo, input: BeginPasskeyInput) -> PasskeyOptionsPayload:
        context = info.context
        begun = await begin_passkey(context.domain, context.actor, input.password, context.origin)
        return _begun(context, begun)

    @mutation(
        description="Add a passkey of one's own. With the first second factor all other sessions end. "
        "Permission: account.own."
    )
    async def add_passkey(self, info: ApiInfo, input: AddPasskeyInput) -> PasskeyPayload:
        context = info.context
        here = token_hash(context.token) if context.token else None
        added = await finish_passkey(
            context.domain, context.actor, context.ceremony, input.name, input.credential, here
        )
        set_ceremony_cookie(context, "")
        return PasskeyPayload(
            passkey=_passkey(added.passkey),
            user=await user_shown(context, added.user),
            recovery_codes=added.recovery_codes,
        )

    @mutation(description="Rename a passkey of one's own. Permission: account.own.")
    async def rename_passkey(self, info: ApiInfo, input: RenamePasskeyInput) -> PasskeyPayload:
        row = await rename_passkey(info.context.domain, info.context.actor, input.id, input.name)
        return PasskeyPayload(passkey=_passkey(row))

    @mutation(
        description="A passkey of one's own counts no more; refused where it is the last second factor and the site "
        "requires one, or the last way in. Permission: account.own."
    )
    async def remove_own_passkey(self, info: ApiInfo, input: RemoveOwnPasskeyInput) -> UserPayload:
        context = info.context
        row = await remove_own_passkey(context.domain, context.actor, input.password, input.id)
        return UserPayload(user=await user_shown(context, row))

    @mutation(description="A passkey of somebody else counts no more; their sessions end. Permission: user.write.")
    async def remove_passkey(self, info: ApiInfo, input: RemovePasskeyInput) -> UserPayload:
        context = info.context
        row = await remove_passkey(context.domain, context.actor, input.id)
        return UserPayload(user=await user_shown(context, row))

    @mutation(
        description="Ask for any passkey of this site; signInWithPasskey takes what the browser answers. Needs no "
        "permission."
    )
    async def begin_passkey_sign_in(self, info: ApiInfo) -> PasskeyOptionsPayload:
        context = info.context
        begun = begin_passkey_sign_in(context.domain, context.origin, context.caller.address)
        return _begun(context, begun)

    @mutation(
        description="Begin a session (12 hours) with a passkey alone: no name, no password, no code, because the "
        "device has verified who holds it. Too many failures: RATE_LIMITED. Needs no permission.",
        keyed=False,
    )
    async def sign_in_with_passkey(self, info: ApiInfo, input: SignInWithPasskeyInput) -> SignInPayload:
        context = info.context
        given = PasskeyAnswer(context.ceremony, input.credential)
        signed_in = await sign_in_with_passkey(context.domain, given, context.caller)
        set_ceremony_cookie(context, "")
        set_session_cookie(context, signed_in.token, int(SESSION_LIFETIME.total_seconds()))
        return SignInPayload(user=await user_shown(context, signed_in.user))
