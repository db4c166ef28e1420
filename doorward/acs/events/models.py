"""The event log's table."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from doorward.acs.decision.policy import Side
from doorward.acs.events.catalogue import Category, EventType, Severity


class AuditLink(Model):
    """A link of the chain over the audit events. Its digest binds its event and the link before, see chain.py."""

    event_id = fields.CharField(36, primary_key=True)
    number = fields.BigIntField(unique=True)
    digest = fields.CharField(64)

    class Meta:
        table = "audit_link"


class Event(Model):
    """One thing that happened. Never changed. No foreign keys: an event outlives what it is about.

    `position` is the order of storage and the cursor of every reader of the log: rows become
    visible in its order. (`controller_id`, `sequence`) is the identity of what a controller wrote.
    Names and photo are those of the moment it happened.
    """

    position = fields.BigIntField(primary_key=True)
    id = fields.CharField(36, unique=True)
    at = fields.DatetimeField()
    stored_at = fields.DatetimeField()
    source = fields.CharField(16)
    controller_id = fields.CharField(36, null=True)
    sequence = fields.BigIntField(null=True)
    category = fields.CharEnumField(Category, max_length=16)
    # Described by hand: the description made from the members would rebuild the table with every new type.
    type = fields.CharEnumField(EventType, max_length=64, description="as the catalogue of event types declares it")
    severity = fields.CharEnumField(Severity, max_length=16)
    reason = fields.CharField(64, null=True)
    door_id = fields.CharField(36, null=True)
    door_name = fields.CharField(100, null=True)
    side = fields.CharEnumField(Side, max_length=1, null=True)
    reader_id = fields.CharField(36, null=True)
    zone_id = fields.CharField(36, null=True)
    cardholder_id = fields.CharField(36, null=True)
    cardholder_name = fields.CharField(202, null=True)
    photo_id = fields.CharField(64, null=True)
    credential_id = fields.CharField(36, null=True)
    camera_id = fields.CharField(36, null=True)
    camera_name = fields.CharField(100, null=True)
    user_id = fields.CharField(36, null=True)
    user_name = fields.CharField(100, null=True)
    correlation = fields.CharField(36, db_index=True)
    trace: Any = fields.JSONField()
    data: Any = fields.JSONField()

    class Meta:
        table = "event"
        unique_together = (("controller_id", "sequence"),)
        indexes = (
            Index(fields=("at",)),
            Index(fields=("category", "position")),
            Index(fields=("type", "position")),
            Index(fields=("door_id", "position")),
            Index(fields=("cardholder_id", "position")),
        )
