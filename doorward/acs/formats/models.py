"""Card formats, the sets of readers, and PIN rules."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from doorward.acs.doors.models import Reader


class CardFormatRow(Model):
    """A card format of the site, or what it changed of a predefined one.

    A predefined format has a row only once it was changed, and of it only the inversions and `active` count. The rest
    is in the code, and so always in step with it.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, null=True, unique=True)
    bits = fields.IntField(null=True)
    layout: Any = fields.JSONField(null=True)
    invert_bits = fields.BooleanField()
    invert_bytes = fields.BooleanField()
    active = fields.BooleanField()
    version = fields.IntField()

    class Meta:
        table = "card_format"


class ReaderCardFormat(Model):
    """A card format in a reader's own set, which replaces the system's. `format_id` may be a predefined one."""

    id = fields.BigIntField(primary_key=True)
    reader: fields.ForeignKeyRelation[Reader] = fields.ForeignKeyField(
        "acs.Reader", related_name=False, on_delete=fields.CASCADE
    )
    reader_id: str
    format_id = fields.CharField(36, db_index=True)

    class Meta:
        table = "reader_card_format"
        unique_together = (("reader_id", "format_id"),)


class PinRulesRow(Model):
    """How keypads take PINs: of the system (id "system"), or of the reader whose id it has.

    `version` counts the changes of the system's. Those of a reader are in the reader's own.
    """

    id = fields.CharField(36, primary_key=True)
    reader: fields.ForeignKeyNullableRelation[Reader] = fields.ForeignKeyField(
        "acs.Reader", related_name=False, on_delete=fields.CASCADE, null=True, unique=True
    )
    reader_id: str | None
    min_length = fields.IntField()
    max_length = fields.IntField()
    end = fields.CharField(1)
    digit_timeout_ms = fields.IntField()
    lockout_after = fields.IntField()
    lockout_ms = fields.IntField()
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "pin_rules"
