"""Users and their sessions."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.actor import Role


class User(Model):
    """Somebody who can sign in."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    password_hash = fields.CharField(255)
    role = fields.CharEnumField(Role, max_length=16)
    enabled = fields.BooleanField(default=True)

    class Meta:
        table = "user_account"


class Session(Model):
    """A signed-in browser. Only the SHA-256 of its token is kept."""

    token_hash = fields.CharField(64, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    user_id: str
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "user_session"
