"""Users and their sessions, what they failed at, and the site's rules for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from doorward.acs.actor import Role


class SecondFactor(StrEnum):
    """Who must have a second factor besides the password."""

    OPTIONAL = "optional"
    """Nobody; whoever has set one up is asked for it."""
    ADMINISTRATORS = "administrators"
    """Those who may manage users."""
    EVERYBODY = "everybody"
    """Every user who signs in."""


class UserKind(StrEnum):
    """Who has an account: a person, who signs in, or a program, which comes with a token only."""

    PERSON = "person"
    """A person, who signs in."""
    SERVICE = "service"
    """A program: it cannot sign in, and comes with tokens only."""


class User(Model):
    """Somebody who can sign in, or a program that comes with tokens.

    Who has `must_change_password` may do nothing before they have. `sealed_totp` is the secret of the second factor
    (NULL: none), `totp_step` the last step of 30 s whose code was taken. `sealed_next_totp` is one that is being set
    up and does not count yet. `passkeys` is how many they have. Without a password (an empty hash) a person signs in
    by passkey or elsewhere only.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    password_hash = fields.CharField(255)
    role = fields.CharEnumField(Role, max_length=16)
    enabled = fields.BooleanField(default=True)
    kind = fields.CharEnumField(UserKind, max_length=16, default=UserKind.PERSON, db_default=UserKind.PERSON.value)
    must_change_password = fields.BooleanField(default=False, db_default=False)
    last_sign_in_at: datetime | None = fields.DatetimeField(null=True)
    sealed_totp: bytes | None = fields.BinaryField(null=True)
    sealed_next_totp: bytes | None = fields.BinaryField(null=True)
    totp_step = fields.BigIntField(default=0, db_default=0)
    passkeys = fields.IntField(default=0, db_default=0)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "user_account"

    @property
    def has_second_factor(self) -> bool:
        """Whether something is asked for besides the password."""
        return self.sealed_totp is not None or self.passkeys > 0


class Session(Model):
    """A signed-in browser. Only the SHA-256 of its token is kept, which also names the session."""

    token_hash = fields.CharField(64, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    user_id: str
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)
    address: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    client: str | None = fields.CharField(200, null=True)  # type: ignore[assignment]

    class Meta:
        table = "user_session"


class Token(Model):
    """Lets a program in for a user. Only its SHA-256 is kept. It may what is in `permissions`, as far as its user may.

    `places` (NULL: all of its user's) are as in RoleAssignment. `networks` are those (CIDR) from which it counts, all
    of them when there are none.
    """

    id = fields.CharField(36, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: str
    name = fields.CharField(100)
    token_hash = fields.CharField(64, unique=True)
    permissions: list[str] = fields.JSONField()
    places: list[str] | None = fields.JSONField(null=True)
    networks: list[str] = fields.JSONField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)
    last_address: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]

    class Meta:
        table = "user_token"


class Passkey(Model):
    """A WebAuthn credential of a user: the public key that their device signs with, for the host `rp_id`.

    `handle` is random, the same for all passkeys of a user, and all that a device learns of who the user is here.
    `sign_count` is the last one that the device told (0: it does not count).
    """

    id = fields.CharField(36, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: str
    name = fields.CharField(100)
    credential_id = fields.CharField(1400, unique=True)
    handle = fields.BinaryField()
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    transports: list[str] = fields.JSONField()
    backed_up = fields.BooleanField()
    rp_id = fields.CharField(255)
    created_at = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "user_passkey"


class OidcProvider(Model):
    """Somewhere else where people of this site sign in: an OpenID Connect provider.

    `groups` are the roles of those in a group of `group_claim` (NULL: roles are given here). `name_claim` names people
    who are made when they first come, if `creates_users`. Its people sign in no other way if `exclusive`. `hosts` are
    those besides the issuer's that the server may ask.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    issuer = fields.CharField(500)
    client_id = fields.CharField(200)
    sealed_secret: bytes | None = fields.BinaryField(null=True)
    scopes: list[str] = fields.JSONField()
    hosts: list[str] = fields.JSONField()
    name_claim = fields.CharField(100)
    group_claim: str | None = fields.CharField(100, null=True)  # type: ignore[assignment]
    groups: dict[str, str] = fields.JSONField()
    creates_users = fields.BooleanField()
    exclusive = fields.BooleanField()
    enabled = fields.BooleanField()
    version = fields.IntField(default=1)

    class Meta:
        table = "user_oidc_provider"


class OidcLink(Model):
    """Who a subject of an issuer is here. Nobody is ever found by a name or an e-mail address."""

    id = fields.CharField(36, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: str
    provider: fields.ForeignKeyRelation[OidcProvider] = fields.ForeignKeyField(
        "acs.OidcProvider", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    provider_id: str
    issuer = fields.CharField(500)
    subject = fields.CharField(255)
    created_at = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "user_oidc_link"
        unique_together = (("provider", "issuer", "subject"),)


class OidcSession(Model):
    """A session that began at a provider, with the sealed ID token that its end is told there with."""

    id = fields.CharField(36, primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "acs.Session", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    session_id: str
    provider: fields.ForeignKeyRelation[OidcProvider] = fields.ForeignKeyField(
        "acs.OidcProvider", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    provider_id: str
    sealed_id_token: bytes = fields.BinaryField()

    class Meta:
        table = "user_oidc_session"


class RecoveryCode(Model):
    """Lets its user in once without the second factor. Only a keyed digest is kept, and the row ends with its use."""

    digest = fields.CharField(64, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: str

    class Meta:
        table = "user_recovery_code"


class FailureRun(Model):
    """Failed sign-ins under one name, whether anybody has it or not, since the last that succeeded.

    `told` of the `failures` are in the log. None is tried before `waits_until`.
    """

    key = fields.CharField(64, primary_key=True)
    name = fields.CharField(100)
    failures = fields.IntField()
    told = fields.IntField(default=0)
    address: str | None = fields.CharField(64, null=True)  # type: ignore[assignment]
    last_at = fields.DatetimeField(db_index=True)
    waits_until: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "user_failure_run"


class SignInRules(Model):
    """One row, `id` "site", made by the first change: what holds for every password, second factor and session."""

    id = fields.CharField(8, primary_key=True)
    name = "Signing in"
    min_password_length = fields.IntField(default=10)
    second_factor = fields.CharEnumField(SecondFactor, max_length=16, default=SecondFactor.OPTIONAL)
    idle_timeout_s: int | None = fields.IntField(null=True)
    longest_token_days = fields.IntField(default=365)
    version = fields.IntField(default=1)

    class Meta:
        table = "user_sign_in_rules"


class RoleRow(Model):
    """A role that the site has made. `grants` are as `grants.py` writes them.

    `clearance` (0 to 100) is how high a threat level it may release.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    description = fields.CharField(500, default="")
    grants: list[dict[str, Any]] = fields.JSONField()
    clearance = fields.IntField(default=0)
    version = fields.IntField(default=1)

    class Meta:
        table = "user_role"


class UserGroup(Model):
    """Users who have roles in common."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    description = fields.CharField(500, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "user_group"


class UserGroupMember(Model):
    """A user's membership of a group of users."""

    id = fields.BigIntField(primary_key=True)
    group: fields.ForeignKeyRelation[UserGroup] = fields.ForeignKeyField(
        "acs.UserGroup", related_name=False, on_delete=fields.CASCADE
    )
    group_id: str
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: str

    class Meta:
        table = "user_group_member"
        unique_together = (("group_id", "user_id"),)


class RoleAssignment(Model):
    """A role that a user or a group of users has, at the `places` (NULL: everywhere), each as "kind:id".

    `role_id` names a built-in role ("operator") or a row of user_role. A place that is gone gives nothing.
    """

    id = fields.BigIntField(primary_key=True)
    role_id = fields.CharField(36, db_index=True)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.CASCADE, null=True, db_index=True
    )
    user_id: str | None
    group: fields.ForeignKeyNullableRelation[UserGroup] = fields.ForeignKeyField(
        "acs.UserGroup", related_name=False, on_delete=fields.CASCADE, null=True, db_index=True
    )
    group_id: str | None
    places: list[str] | None = fields.JSONField(null=True)

    class Meta:
        table = "user_role_assignment"
