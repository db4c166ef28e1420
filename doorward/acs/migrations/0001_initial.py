import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from doorward.acs.actor import Role
from doorward.acs.decision.policy import CredentialStatus, RelockOn, Side
from doorward.acs.events.catalogue import Category, EventType, Severity
from doorward.acs.devices import DeviceRole


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AccessRule",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
            ],
            options={
                "table": "access_rule",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Members of its groups may pass its door sides while any of its schedules applies.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Camera",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("sealed_url", fields.BinaryField()),
            ],
            options={
                "table": "camera",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A camera and its sealed stream URL (URLs carry passwords).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Bookmark",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("event_id", fields.CharField(db_index=True, max_length=36)),
                (
                    "camera",
                    fields.ForeignKeyField(
                        "acs.Camera",
                        source_field="camera_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "bookmark",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "An interval of one camera's recording that shows an event.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Controller",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("stored_sequence", fields.BigIntField(default=0)),
                ("applied_version", fields.BigIntField(default=0)),
            ],
            options={
                "table": "controller",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "What owns doors. `stored_sequence` is the last journal record stored here without a gap.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Door",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                (
                    "controller",
                    fields.ForeignKeyField(
                        "acs.Controller",
                        source_field="controller_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("access_time_ms", fields.IntField()),
                ("held_after_ms", fields.IntField()),
                (
                    "relock_on",
                    fields.CharEnumField(description="OPEN: open\nCLOSE: close", enum_type=RelockOn, max_length=8),
                ),
                ("relock_delay_ms", fields.IntField()),
                ("forced_alarm", fields.BooleanField()),
                ("held_alarm", fields.BooleanField()),
                ("rex_unlocks", fields.BooleanField()),
            ],
            options={
                "table": "door",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A door and its times, in milliseconds.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccessRuleSide",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "acs.AccessRule",
                        source_field="rule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("side", fields.CharEnumField(description="A: A\nB: B", enum_type=Side, max_length=1)),
            ],
            options={
                "table": "access_rule_side",
                "app": "acs",
                "unique_together": (("rule_id", "door_id", "side"),),
                "pk_attr": "id",
                "table_description": "A door side that a rule lets people through.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CameraView",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "camera",
                    fields.ForeignKeyField(
                        "acs.Camera",
                        source_field="camera_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("side", fields.CharEnumField(description="A: A\nB: B", enum_type=Side, max_length=1)),
            ],
            options={
                "table": "camera_view",
                "app": "acs",
                "unique_together": (("door_id", "side", "camera_id"),),
                "pk_attr": "id",
                "table_description": "A door side that a camera sees.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                ("position", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("id", fields.CharField(unique=True, max_length=36)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("stored_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("source", fields.CharField(max_length=16)),
                ("controller_id", fields.CharField(null=True, max_length=36)),
                ("sequence", fields.BigIntField(null=True)),
                (
                    "category",
                    fields.CharEnumField(
                        description="ACCESS: access\nDOOR: door\nDEVICE: device\nVIDEO: video\nSYSTEM: system\nAUDIT: audit",
                        enum_type=Category,
                        max_length=16,
                    ),
                ),
                (
                    "type",
                    fields.CharEnumField(
                        description="ACCESS_GRANTED: access.granted\nACCESS_DENIED: access.denied\nACCESS_NO_ENTRY: access.no_entry\nDOOR_ACCESS_BY_OPERATOR: door.access_by_operator\nDOOR_REX: door.rex\nDOOR_OPENED: door.opened\nDOOR_CLOSED: door.closed\nDOOR_FORCED: door.forced\nDOOR_FORCED_CLEARED: door.forced_cleared\nDOOR_HELD: door.held\nDOOR_HELD_CLEARED: door.held_cleared\nDOOR_LOCKED: door.locked\nDOOR_UNLOCKED: door.unlocked\nDOOR_LOCKDOWN: door.lockdown\nDOOR_RESET: door.reset\nDOOR_ONLINE: door.online\nDOOR_OFFLINE: door.offline\nREADER_ONLINE: reader.online\nREADER_OFFLINE: reader.offline\nREADER_TAMPER: reader.tamper\nREADER_TAMPER_CLEARED: reader.tamper_cleared\nCONTROLLER_STARTED: controller.started\nCONTROLLER_ONLINE: controller.online\nCONTROLLER_OFFLINE: controller.offline\nJOURNAL_FAILED: journal.failed\nJOURNAL_RECOVERED: journal.recovered\nCAMERA_RECORDING: camera.recording\nCAMERA_LOST: camera.lost\nSTORAGE_FULL: storage.full\nRECORDER_LOST: recorder.lost\nSERVER_STARTED: server.started\nUSER_SIGNED_IN: audit.user.signed_in\nUSER_SIGN_IN_FAILED: audit.user.sign_in_failed\nUSER_SIGNED_OUT: audit.user.signed_out\nUSER_CREATED: audit.user.created\nUSER_PASSWORD_CHANGED: audit.user.password_changed\nCARDHOLDER_CREATED: audit.cardholder.created\nCARDHOLDER_UPDATED: audit.cardholder.updated\nGROUP_CREATED: audit.group.created\nCARD_CREATED: audit.card.created\nCARD_UPDATED: audit.card.updated\nZONE_CREATED: audit.zone.created\nDOOR_CREATED: audit.door.created\nDEVICE_CREATED: audit.device.created\nSCHEDULE_CREATED: audit.schedule.created\nACCESS_RULE_CREATED: audit.access_rule.created\nCAMERA_CREATED: audit.camera.created\nCAMERA_UPDATED: audit.camera.updated\nCARDHOLDER_PHOTO_CHANGED: audit.cardholder.photo_changed\nDOOR_COMMANDED: audit.door.commanded\nDOOR_COMMAND_FAILED: audit.door.command_failed\nCLIP_VIEWED: audit.clip.viewed",
                        enum_type=EventType,
                        max_length=64,
                    ),
                ),
                (
                    "severity",
                    fields.CharEnumField(
                        description="INFO: info\nNOTICE: notice\nWARNING: warning\nALARM: alarm",
                        enum_type=Severity,
                        max_length=16,
                    ),
                ),
                ("reason", fields.CharField(null=True, max_length=64)),
                ("door_id", fields.CharField(null=True, max_length=36)),
                ("door_name", fields.CharField(null=True, max_length=100)),
                ("side", fields.CharEnumField(null=True, description="A: A\nB: B", enum_type=Side, max_length=1)),
                ("reader_id", fields.CharField(null=True, max_length=36)),
                ("zone_id", fields.CharField(null=True, max_length=36)),
                ("cardholder_id", fields.CharField(null=True, max_length=36)),
                ("cardholder_name", fields.CharField(null=True, max_length=202)),
                ("photo_id", fields.CharField(null=True, max_length=64)),
                ("credential_id", fields.CharField(null=True, max_length=36)),
                ("camera_id", fields.CharField(null=True, max_length=36)),
                ("camera_name", fields.CharField(null=True, max_length=100)),
                ("user_id", fields.CharField(null=True, max_length=36)),
                ("user_name", fields.CharField(null=True, max_length=100)),
                ("correlation", fields.CharField(db_index=True, max_length=36)),
                ("trace", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("data", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
            ],
            options={
                "table": "event",
                "app": "acs",
                "unique_together": (("controller_id", "sequence"),),
                "indexes": [
                    Index(fields=["at"]),
                    Index(fields=["category", "position"]),
                    Index(fields=["type", "position"]),
                    Index(fields=["door_id", "position"]),
                    Index(fields=["cardholder_id", "position"]),
                ],
                "pk_attr": "position",
                "table_description": "One thing that happened. Never changed. No foreign keys: an event outlives what it is about.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Group",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
            ],
            options={
                "table": "cardholder_group",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Cardholders who share access rules.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccessRuleGroup",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "acs.AccessRule",
                        source_field="rule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "acs.Group",
                        source_field="group_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "access_rule_group",
                "app": "acs",
                "unique_together": (("rule_id", "group_id"),),
                "pk_attr": "id",
                "table_description": "A group that a rule is for.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Photo",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("media_type", fields.CharField(max_length=32)),
                ("content", fields.BinaryField()),
            ],
            options={
                "table": "photo",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A re-encoded picture, named by the SHA-256 of its bytes and never changed, so events may point at it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Cardholder",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("number", fields.CharField(unique=True, max_length=64)),
                ("first_name", fields.CharField(max_length=100)),
                ("last_name", fields.CharField(max_length=100)),
                ("email", fields.CharField(default="", max_length=254)),
                ("suspended", fields.BooleanField(default=False)),
                ("valid_from", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("valid_to", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "photo",
                    fields.ForeignKeyField(
                        "acs.Photo",
                        source_field="photo_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sort_name", fields.CharField(db_index=True, max_length=202)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "cardholder",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A person who may hold credentials. `number` is the site's own id for them, unique.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Card",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "cardholder",
                    fields.ForeignKeyField(
                        "acs.Cardholder",
                        source_field="cardholder_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("format", fields.CharField(max_length=32)),
                ("facility", fields.IntField()),
                ("number", fields.BigIntField()),
                (
                    "status",
                    fields.CharEnumField(
                        default=CredentialStatus.ACTIVE,
                        description="ACTIVE: active\nSUSPENDED: suspended\nLOST: lost\nSTOLEN: stolen",
                        enum_type=CredentialStatus,
                        max_length=16,
                    ),
                ),
                ("valid_from", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("valid_to", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "card",
                "app": "acs",
                "unique_together": (("number", "facility", "format"),),
                "pk_attr": "id",
                "table_description": "A card of one cardholder. Format, facility and number together are its token, unique.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GroupMember",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "acs.Group",
                        source_field="group_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "cardholder",
                    fields.ForeignKeyField(
                        "acs.Cardholder",
                        source_field="cardholder_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "cardholder_group_member",
                "app": "acs",
                "unique_together": (("cardholder_id", "group_id"),),
                "pk_attr": "id",
                "table_description": "A cardholder's membership of a group.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScheduleRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("weekly", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("overrides", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
            ],
            options={
                "table": "schedule",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "A weekly schedule. `weekly`: seven lists of [start, end) minutes. `overrides`: ISO date to such a list.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccessRuleSchedule",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "acs.AccessRule",
                        source_field="rule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "schedule",
                    fields.ForeignKeyField(
                        "acs.ScheduleRow",
                        source_field="schedule_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "access_rule_schedule",
                "app": "acs",
                "unique_together": (("rule_id", "schedule_id"),),
                "pk_attr": "id",
                "table_description": "A schedule during which a rule applies.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Site",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=8)),
                ("name", fields.CharField(max_length=100)),
                ("time_zone", fields.CharField(max_length=64)),
                ("policy_version", fields.BigIntField()),
            ],
            options={
                "table": "site",
                "app": "acs",
                "pk_attr": "id",
                "table_description": 'One row, `id` "site": the site\'s name, its IANA time zone, and the policy version (grows with every change).',
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="User",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("password_hash", fields.CharField(max_length=255)),
                (
                    "role",
                    fields.CharEnumField(
                        description="ADMINISTRATOR: administrator\nOPERATOR: operator\nVIEWER: viewer",
                        enum_type=Role,
                        max_length=16,
                    ),
                ),
                ("enabled", fields.BooleanField(default=True)),
            ],
            options={
                "table": "user_account",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "Somebody who can sign in.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("token_hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "acs.User",
                        source_field="user_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "user_session",
                "app": "acs",
                "pk_attr": "token_hash",
                "table_description": "A signed-in browser. Only the SHA-256 of its token is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Zone",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(unique=True, max_length=100)),
            ],
            options={
                "table": "zone",
                "app": "acs",
                "pk_attr": "id",
                "table_description": "An area that doors lead into and out of.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reader",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("name", fields.CharField(max_length=100)),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("side", fields.CharEnumField(description="A: A\nB: B", enum_type=Side, max_length=1)),
                (
                    "enters_zone",
                    fields.ForeignKeyField(
                        "acs.Zone",
                        source_field="enters_zone_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "reader",
                "app": "acs",
                "unique_together": (("door_id", "side"),),
                "pk_attr": "id",
                "table_description": "A reader at one side of a door. Passing there enters `enters_zone_id` (None: leads outside).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Device",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                (
                    "role",
                    fields.CharEnumField(
                        description="READER: reader\nDOOR_IO: door_io", enum_type=DeviceRole, max_length=16
                    ),
                ),
                (
                    "door",
                    fields.ForeignKeyField(
                        "acs.Door",
                        source_field="door_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reader",
                    fields.ForeignKeyField(
                        "acs.Reader",
                        source_field="reader_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("port", fields.CharField(max_length=255)),
                ("baud", fields.IntField()),
                ("address", fields.IntField()),
                ("sealed_key", fields.BinaryField()),
                ("strike_output", fields.IntField(default=0)),
                ("position_input", fields.IntField(default=0)),
                ("rex_input", fields.IntField(default=1)),
            ],
            options={
                "table": "device",
                "app": "acs",
                "unique_together": (("port", "address"),),
                "pk_attr": "id",
                "table_description": "An OSDP device: where pyserial finds it, and its sealed secure-channel key.",
            },
            bases=["Model"],
        ),
    ]
