"""Cardholders, their groups, photos and custom fields."""

from enum import StrEnum

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
    """A person who may hold credentials. `number` is the site's own id for them, unique.

    `valid_to` is the first moment they are no longer valid. `directory` names the outside directory that owns
    `directory_fields` ("" for none) and knows the person as `directory_id`. `search_text` is what a search looks at.
    `forgiven_at`: where they were before no longer counts for anti-passback.
    """

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
    phone = fields.CharField(32, default="", db_default="")
    notes = fields.TextField(default="", db_default="")
    long_access = fields.BooleanField(default=False, db_default=False)
    double_swipe = fields.BooleanField(default=False, db_default=False)
    exempt_lockdown = fields.BooleanField(default=False, db_default=False)
    exempt_antipassback = fields.BooleanField(default=False, db_default=False)
    is_global = fields.BooleanField(default=False, db_default=False)
    visitor = fields.BooleanField(default=False, db_default=False)
    escort_required = fields.BooleanField(default=False, db_default=False)
    host: fields.ForeignKeyNullableRelation["Cardholder"] = fields.ForeignKeyField(
        "acs.Cardholder", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    host_id: str | None
    forgiven_at = fields.DatetimeField(null=True)
    directory = fields.CharField(100, default="", db_default="")
    directory_id = fields.CharField(200, null=True)
    directory_fields: fields.Field[list[str] | None] = fields.JSONField(null=True)
    search_text = fields.TextField(default="", db_default="")

    class Meta:
        table = "cardholder"
        unique_together = (("directory", "directory_id"),)

    @property
    def display_name(self) -> str:
        """First and last name, as events show them."""
        return f"{self.first_name} {self.last_name}".strip()


class Group(Model):
    """Cardholders who share access rules."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    initials = fields.CharField(3, default="", db_default="")
    is_global = fields.BooleanField(default=False, db_default=False)
    version = fields.IntField(default=1, db_default=1)

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


class CustomFieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    """Any text."""
    NUMBER = "number"
    """A decimal number."""
    DATE = "date"
    """A day, such as 2026-01-31."""
    CHOICE = "choice"
    """One of the field's choices."""


class CustomField(Model):
    """A field of cardholders that the site has added. Fields are shown in the order of `position`, from 0.

    Values of one that is `personal` are for those with personal.view.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    kind = fields.CharEnumField(CustomFieldKind, max_length=16)
    choices: fields.Field[list[str]] = fields.JSONField()
    required = fields.BooleanField(default=False)
    personal = fields.BooleanField(default=False, db_default=False)
    position = fields.IntField()
    version = fields.IntField(default=1)

    class Meta:
        table = "custom_field"


class CustomFieldValue(Model):
    """What a cardholder has in a custom field, in canonical form (see `canonical`), and folded for searching."""

    id = fields.BigIntField(primary_key=True)
    cardholder: fields.ForeignKeyRelation[Cardholder] = fields.ForeignKeyField(
        "acs.Cardholder", related_name=False, on_delete=fields.RESTRICT
    )
    cardholder_id: str
    field: fields.ForeignKeyRelation[CustomField] = fields.ForeignKeyField(
        "acs.CustomField", related_name=False, on_delete=fields.RESTRICT
    )
    field_id: str
    value = fields.CharField(500)
    search_text = fields.CharField(1500)

    class Meta:
        table = "custom_field_value"
        unique_together = (("cardholder_id", "field_id"),)
        indexes = (("field_id", "value"),)
