from tortoise import migrations
from tortoise.migrations import operations as ops
from doorward.acs.policy_part import PolicyPart
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0007_schedules")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PolicyChange",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("version", fields.BigIntField(db_index=True)),
                (
                    "part",
                    fields.CharEnumField(
                        description="DOOR: door\nREADER: reader\nDEVICE: device\nCREDENTIAL: credential\nCARDHOLDER: cardholder\nSCHEDULE: schedule\nRULE: rule\nFORMAT: format\nPROFILE: profile\nZONE: zone\nBORDER: border\nINTERLOCK: interlock\nSITE: site",
                        enum_type=PolicyPart,
                        max_length=16,
                    ),
                ),
                ("entity_id", fields.CharField(max_length=80)),
            ],
            options={
                "table": "policy_change",
                "app": "acs",
                "pk_attr": "id",
                "table_description": 'An entity that was created, changed or deleted at a policy version. "site" with "*": anything may have.',
            },
            bases=["Model"],
        ),
    ]
