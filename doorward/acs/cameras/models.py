"""Cameras, what they look at, and bookmarks."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import Side
from doorward.acs.doors.models import Door


class Camera(Model):
    """A camera and its sealed stream URL (URLs carry passwords)."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    sealed_url = fields.BinaryField()

    class Meta:
        table = "camera"


class CameraView(Model):
    """A door side that a camera sees."""

    id = fields.BigIntField(primary_key=True)
    camera: fields.ForeignKeyRelation[Camera] = fields.ForeignKeyField(
        "acs.Camera", related_name=False, on_delete=fields.RESTRICT
    )
    camera_id: str
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT
    )
    door_id: str
    side = fields.CharEnumField(Side, max_length=1)

    class Meta:
        table = "camera_view"
        unique_together = (("door_id", "side", "camera_id"),)


class CameraMotion(Model):
    """How motion is detected in a camera's pictures. A camera without a row is not looked at."""

    id = fields.BigIntField(primary_key=True)
    camera: fields.OneToOneRelation[Camera] = fields.OneToOneField(
        "acs.Camera", related_name=False, on_delete=fields.CASCADE
    )
    camera_id: str
    settings: fields.JSONField[dict[str, Any]] = fields.JSONField()
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "camera_motion"


class Bookmark(Model):
    """An interval of one camera's recording that shows an event."""

    id = fields.CharField(36, primary_key=True)
    event_id = fields.CharField(36, db_index=True)
    camera: fields.ForeignKeyRelation[Camera] = fields.ForeignKeyField(
        "acs.Camera", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    camera_id: str
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "bookmark"
