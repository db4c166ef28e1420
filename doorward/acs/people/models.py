"""Cardholders, groups, photos."""

from tortoise import fields
from tortoise.models import Model


class Photo(Model):
    """A re-encoded picture, named by the SHA-256 of its bytes and never changed, so events may point at it."""

    id = fields.CharField(64, primary_key=True)
    media_type = fields.CharField(32)
    content = fields.BinaryField()

    class Meta:
        table = "photo"


class Cardholder(Model):
    """A person who may hold credentials. `number` is the site's own id for them, unique."""

    id = fields.CharField(36, primary_key=True)
    number = fields.CharField(64, unique=True)
    first_name = fields.CharField(100)
    last_name = fields.CharField(100)
    email = fields.CharField(254, default="")
    suspended = fields.BooleanField(default=False)
    valid_from = fields.DatetimeField(null=True)
    valid_to = fields.DatetimeField(null=True)
    photo: fields.ForeignKeyNullableRelation[Photo] = fields.ForeignKeyField(
        "acs.Photo", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    photo_id: str | None
    sort_name = fields.CharField(202, db_index=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "cardholder"

    @property
    def display_name(self) -> str:
        """First and last name, as events show them."""
        return f"{self.first_name} {self.last_name}".strip()


class Group(Model):
    """Cardholders who share access rules."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)

    class Meta:
        table = "cardholder_group"


class GroupMember(Model):
    """A cardholder's membership of a group."""

    id = fields.BigIntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "acs.Group", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    group_id: str
    cardholder: fields.ForeignKeyRelation[Cardholder] = fields.ForeignKeyField(
        "acs.Cardholder", related_name=False, on_delete=fields.RESTRICT
    )
    cardholder_id: str

    class Meta:
        table = "cardholder_group_member"
        unique_together = (("cardholder_id", "group_id"),)
