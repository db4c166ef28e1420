"""Controllers, doors, elevators, readers, and what is wired to them."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from doorward.acs.decision.policy import DoorKind, EmergencyAction, RelockOn, Side
from doorward.acs.devices import DeviceKind, DeviceRole
from doorward.acs.doors.settings import DoorGroupUse, DoorScheduleUse
from doorward.acs.doors.wiring import (
    Circuit,
    InputPurpose,
    LedControl,
    LockRank,
    ReaderType,
    RexAction,
    Supervision,
)
from doorward.acs.people.models import Group
from doorward.acs.profiles.models import Profile
from doorward.acs.schedules.models import ScheduleRow


class Controller(Model):
    """What owns doors. `stored_sequence` is the last journal record stored here without a gap.

    `stored_ahead` has the ranges [first, last] stored ahead of it, in order (NULL: none). `absent_since` is set once
    it was said that the controller is not connected.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    stored_sequence = fields.BigIntField(default=0)
    applied_version = fields.BigIntField(default=0)
    stored_ahead: Any = fields.JSONField(null=True)
    last_contact_at = fields.DatetimeField(null=True)
    absent_since = fields.DatetimeField(null=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "controller"


class Elevator(Model):
    """An elevator. Its floors are doors, and the readers in its cab serve them all."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    controller: fields.ForeignKeyRelation[Controller] = fields.ForeignKeyField(
        "acs.Controller", related_name=False, on_delete=fields.RESTRICT
    )
    controller_id: str
    version = fields.IntField(default=1)

    class Meta:
        table = "elevator"


class Door(Model):
    """A door and its settings, times in milliseconds. Only a provisioned door may lack a controller.

    `rex_unlocks` False: every REX of the door only shunts. `two_person_sides`: "" (off), "A", "B" or "AB".
    `profile_id` None: a card, always, on both sides.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    kind = fields.CharEnumField(DoorKind, max_length=16, default=DoorKind.DOOR, db_default=DoorKind.DOOR.value)
    controller: fields.ForeignKeyNullableRelation[Controller] = fields.ForeignKeyField(
        "acs.Controller", related_name=False, on_delete=fields.RESTRICT, db_index=True, null=True
    )
    controller_id: str | None
    elevator: fields.ForeignKeyNullableRelation[Elevator] = fields.ForeignKeyField(
        "acs.Elevator", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    elevator_id: str | None
    floor_name = fields.CharField(100, default="", db_default="")
    hub_address = fields.CharField(255, default="", db_default="")
    lock_address = fields.CharField(64, default="", db_default="")
    access_time_ms = fields.IntField()
    held_after_ms = fields.IntField()
    long_access_time_ms = fields.IntField(default=30_000, db_default=30_000)
    long_held_after_ms = fields.IntField(default=60_000, db_default=60_000)
    pre_alarm_ms = fields.IntField(default=0, db_default=0)
    relock_on = fields.CharEnumField(RelockOn, max_length=8)
    relock_delay_ms = fields.IntField()
    forced_alarm = fields.BooleanField()
    held_alarm = fields.BooleanField()
    rex_unlocks = fields.BooleanField()
    has_position = fields.BooleanField(default=True, db_default=True)
    maintenance = fields.BooleanField(default=False, db_default=False)
    profile: fields.ForeignKeyNullableRelation[Profile] = fields.ForeignKeyField(
        "acs.Profile", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    profile_id: str | None
    two_person_sides = fields.CharField(2, default="", db_default="")
    two_person_timeout_ms = fields.IntField(default=30_000, db_default=30_000)
    double_swipe_timeout_ms = fields.IntField(null=True)
    escort_required = fields.BooleanField(default=False, db_default=False)
    first_person = fields.BooleanField(default=False, db_default=False)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "door"


class DoorSchedule(Model):
    """A schedule that a door unlocks by, or during which its two-person rule applies."""

    id = fields.BigIntField(primary_key=True)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.CASCADE
    )
    door_id: str
    schedule: fields.ForeignKeyRelation[ScheduleRow] = fields.ForeignKeyField(
        "acs.ScheduleRow", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    schedule_id: str
    purpose = fields.CharEnumField(DoorScheduleUse, max_length=16)

    class Meta:
        table = "door_schedule"
        unique_together = (("door_id", "purpose", "schedule_id"),)


class DoorGroup(Model):
    """A group that a door's two-person rule or first-person-in asks for."""

    id = fields.BigIntField(primary_key=True)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.CASCADE
    )
    door_id: str
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "acs.Group", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    group_id: str
    purpose = fields.CharEnumField(DoorGroupUse, max_length=16)

    class Meta:
        table = "door_group"
        unique_together = (("door_id", "purpose", "group_id"),)


class SignalSet(Model):
    """Signals with a name, for the readers that show these instead of the site's."""

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    signals: Any = fields.JSONField()
    version = fields.IntField(default=1)

    class Meta:
        table = "signal_set"


class Reader(Model):
    """A reader at one side of a door.

    In an elevator (`elevator_id`) it serves every floor; `door_id` is the one it was added at. `port` numbers the
    reader terminal of the controller (Wiegand), `address` finds a reader or camera on the network.
    `has_keypad` None: not known. `muster`: reads there are a roll call and open nothing. `signal_set_id` None: it
    shows the site's signals.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT
    )
    door_id: str
    side = fields.CharEnumField(Side, max_length=1)
    elevator: fields.ForeignKeyNullableRelation[Elevator] = fields.ForeignKeyField(
        "acs.Elevator", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    elevator_id: str | None
    type = fields.CharEnumField(ReaderType, max_length=16, default=ReaderType.OSDP, db_default=ReaderType.OSDP.value)
    port = fields.IntField(null=True)
    address = fields.CharField(255, default="", db_default="")
    has_keypad = fields.BooleanField(null=True)
    pairs_mobile = fields.BooleanField(default=False, db_default=False)
    muster = fields.BooleanField(default=False, db_default=False)
    led_control = fields.CharEnumField(
        LedControl, max_length=8, default=LedControl.SINGLE, db_default=LedControl.SINGLE.value
    )
    tamper_when = fields.CharEnumField(Circuit, max_length=8, default=Circuit.OPEN, db_default=Circuit.OPEN.value)
    tamper_debounce_ms = fields.IntField(default=0, db_default=0)
    supervision = fields.CharEnumField(
        Supervision, max_length=8, default=Supervision.NONE, db_default=Supervision.NONE.value
    )
    resistor_ohm = fields.IntField(null=True)
    signal_set: fields.ForeignKeyNullableRelation[SignalSet] = fields.ForeignKeyField(
        "acs.SignalSet", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    signal_set_id: str | None
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "reader"


class Device(Model):
    """A device on a controller: where it is reached, and the sealed key of its channel.

    `door_id` is the door that it stands at (NULL: none), `settings` what only its kind has (NULL: nothing). A device
    on a serial line has a port, an address and a baud rate. `sealed_next_key` is what an OSDP device is to get, or
    has got unheard. Keys of a device are numbered. `next_address` and `next_baud` are where an OSDP device is to go, or
    went unheard.
    """

    id = fields.CharField(36, primary_key=True)
    kind = fields.CharEnumField(
        DeviceKind,
        max_length=16,
        default=DeviceKind.OSDP,
        db_default=DeviceKind.OSDP.value,
        description="How it is reached",
    )
    name = fields.CharField(100, default="", db_default="")
    controller: fields.ForeignKeyNullableRelation[Controller] = fields.ForeignKeyField(
        "acs.Controller", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    controller_id: str | None
    role = fields.CharEnumField(DeviceRole, max_length=16)
    door: fields.ForeignKeyNullableRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.RESTRICT, db_index=True, null=True
    )
    door_id: str | None
    reader: fields.ForeignKeyNullableRelation[Reader] = fields.ForeignKeyField(
        "acs.Reader", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    reader_id: str | None
    port = fields.CharField(255, null=True)
    baud = fields.IntField(null=True)
    address = fields.IntField(null=True)
    sealed_key = fields.BinaryField(null=True)
    key_number = fields.IntField(default=0, db_default=0)
    sealed_next_key = fields.BinaryField(null=True)
    next_key_number = fields.IntField(null=True)
    next_address = fields.IntField(null=True)
    next_baud = fields.IntField(null=True)
    settings: Any = fields.JSONField(null=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "device"
        unique_together = (("controller_id", "port", "address"),)


class DoorLock(Model):
    """A lock of a door, on an output of a device or (no device) of the controller."""

    id = fields.CharField(36, primary_key=True)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.CASCADE
    )
    door_id: str
    rank = fields.CharEnumField(LockRank, max_length=16)
    device: fields.ForeignKeyNullableRelation[Device] = fields.ForeignKeyField(
        "acs.Device", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    device_id: str | None
    output = fields.IntField()

    class Meta:
        table = "door_lock"
        unique_together = (("door_id", "rank"), ("device_id", "output"))


class DoorInput(Model):
    """A contact of a door, on an input of a device or (no device) of the controller."""

    id = fields.CharField(36, primary_key=True)
    door: fields.ForeignKeyRelation[Door] = fields.ForeignKeyField(
        "acs.Door", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    door_id: str
    purpose = fields.CharEnumField(InputPurpose, max_length=16)
    side = fields.CharEnumField(Side, max_length=1, null=True)
    device: fields.ForeignKeyNullableRelation[Device] = fields.ForeignKeyField(
        "acs.Device", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    device_id: str | None
    port = fields.IntField()
    active_when = fields.CharEnumField(Circuit, max_length=8)
    debounce_ms = fields.IntField()
    supervision = fields.CharEnumField(Supervision, max_length=8)
    resistor_ohm = fields.IntField(null=True)
    rex = fields.CharEnumField(RexAction, max_length=8, null=True)
    emergency = fields.CharEnumField(EmergencyAction, max_length=8, null=True)

    class Meta:
        table = "door_input"
