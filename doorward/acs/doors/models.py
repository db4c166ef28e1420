"""Controllers, doors, readers, and the OSDP devices behind them."""

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import RelockOn, Side
from doorward.acs.messages import DeviceRole


class Controller(Model):
    """What owns doors. `stored_sequence` is the last journal record stored here without a gap."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    stored_sequence = fields.BigIntField(default=0)
    applied_version = fields.BigIntField(default=0)

    class Meta:
        table = "controller"


class Door(Model):
    """A door and its times, in milliseconds."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    controller: fields.ForeignKeyRelation[Controller] = fields.ForeignKeyField(
        "acs.Controller", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    controller_id: str
    access_time_ms = fields.IntField()
    held_after_ms = fields.IntField()
    relock_on = fields.CharEnumField(RelockOn, max_length=8)
    relock_delay_ms = fields.IntField()
    forced_alarm = fields.BooleanField()
    held_alarm = fields.BooleanField()
    rex_unlocks = fields.BooleanField()

    class Meta:
        table = "door"


class Reader(Model):
    """A reader at one side of a door."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT
    )
    door_id: str
    side = fields.CharEnumField(Side, max_length=1)

    class Meta:
        table = "reader"
        unique_together = (("door_id", "side"),)


class Device(Model):
    """An OSDP device: where pyserial finds it, and its sealed secure-channel key."""

    id = fields.CharField(36, primary_key=True)
    role = fields.CharEnumField(DeviceRole, max_length=16)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    door_id: str
    reader: fields.ForeignKeyNullableRelation[Reader] = fields.ForeignKeyField(
        "acs.Reader", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    reader_id: str | None
    port = fields.CharField(255)
    baud = fields.IntField()
    address = fields.IntField()
    sealed_key = fields.BinaryField()
    strike_output = fields.IntField(default=0)
    position_input = fields.IntField(default=0)
    rex_input = fields.IntField(default=1)

    class Meta:
        table = "device"
        unique_together = (("port", "address"),)
