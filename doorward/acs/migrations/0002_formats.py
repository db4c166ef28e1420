from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from doorward.acs.events.catalogue import EventType
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('acs', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CardFormatRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ('name', fields.CharField(null=True, unique=True, max_length=100)),
                ('bits', fields.IntField(null=True)),
                ('layout', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('invert_bits', fields.BooleanField()),
                ('invert_bytes', fields.BooleanField()),
                ('active', fields.BooleanField()),
                ('version', fields.IntField()),
            ],
            options={'table': 'card_format', 'app': 'acs', 'pk_attr': 'id', 'table_description': 'A card format of the site, or what it changed of a predefined one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PinRulesRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ('reader', fields.ForeignKeyField('acs.Reader', source_field='reader_id', null=True, unique=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('min_length', fields.IntField()),
                ('max_length', fields.IntField()),
                ('end', fields.CharField(max_length=1)),
                ('digit_timeout_ms', fields.IntField()),
                ('lockout_after', fields.IntField()),
                ('lockout_ms', fields.IntField()),
            ],
            options={'table': 'pin_rules', 'app': 'acs', 'pk_attr': 'id', 'table_description': 'How keypads take PINs: of the system (id "system"), or of the reader whose id it has.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReaderCardFormat',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('reader', fields.ForeignKeyField('acs.Reader', source_field='reader_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('format_id', fields.CharField(db_index=True, max_length=36)),
            ],
            options={'table': 'reader_card_format', 'app': 'acs', 'unique_together': (('reader_id', 'format_id'),), 'pk_attr': 'id', 'table_description': "A card format in a reader's own set, which replaces the system's. `format_id` may be a predefined one."},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Event',
            name='type',
            field=fields.CharEnumField(description='ACCESS_GRANTED: access.granted\nACCESS_DENIED: access.denied\nACCESS_NO_ENTRY: access.no_entry\nDOOR_ACCESS_BY_OPERATOR: door.access_by_operator\nDOOR_REX: door.rex\nDOOR_OPENED: door.opened\nDOOR_CLOSED: door.closed\nDOOR_FORCED: door.forced\nDOOR_FORCED_CLEARED: door.forced_cleared\nDOOR_HELD: door.held\nDOOR_HELD_CLEARED: door.held_cleared\nDOOR_LOCKED: door.locked\nDOOR_UNLOCKED: door.unlocked\nDOOR_LOCKDOWN: door.lockdown\nDOOR_RESET: door.reset\nDOOR_ONLINE: door.online\nDOOR_OFFLINE: door.offline\nREADER_ONLINE: reader.online\nREADER_OFFLINE: reader.offline\nREADER_TAMPER: reader.tamper\nREADER_TAMPER_CLEARED: reader.tamper_cleared\nCONTROLLER_STARTED: controller.started\nCONTROLLER_ONLINE: controller.online\nCONTROLLER_OFFLINE: controller.offline\nJOURNAL_FAILED: journal.failed\nJOURNAL_RECOVERED: journal.recovered\nCAMERA_RECORDING: camera.recording\nCAMERA_LOST: camera.lost\nSTORAGE_FULL: storage.full\nRECORDER_LOST: recorder.lost\nSERVER_STARTED: server.started\nUSER_SIGNED_IN: audit.user.signed_in\nUSER_SIGN_IN_FAILED: audit.user.sign_in_failed\nUSER_SIGNED_OUT: audit.user.signed_out\nUSER_CREATED: audit.user.created\nUSER_PASSWORD_CHANGED: audit.user.password_changed\nCARDHOLDER_CREATED: audit.cardholder.created\nCARDHOLDER_UPDATED: audit.cardholder.updated\nGROUP_CREATED: audit.group.created\nCARD_CREATED: audit.card.created\nCARD_UPDATED: audit.card.updated\nZONE_CREATED: audit.zone.created\nDOOR_CREATED: audit.door.created\nDEVICE_CREATED: audit.device.created\nSCHEDULE_CREATED: audit.schedule.created\nACCESS_RULE_CREATED: audit.access_rule.created\nCAMERA_CREATED: audit.camera.created\nCAMERA_UPDATED: audit.camera.updated\nCARDHOLDER_PHOTO_CHANGED: audit.cardholder.photo_changed\nDOOR_COMMANDED: audit.door.commanded\nDOOR_COMMAND_FAILED: audit.door.command_failed\nCLIP_VIEWED: audit.clip.viewed\nCARD_FORMAT_CREATED: audit.card_format.created\nCARD_FORMAT_UPDATED: audit.card_format.updated\nCARD_FORMAT_RESET: audit.card_format.reset\nCARD_FORMAT_ACTIVATED: audit.card_format.activated\nCARD_FORMAT_DEACTIVATED: audit.card_format.deactivated\nCARD_FORMAT_D', enum_type=EventType, max_length=64),
        ),
    ]
