from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("acs", "0014_signals")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuditLink",
            fields=[
                ("event_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=36)),
                ("number", fields.BigIntField(unique=True)),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={
                "table": "audit_link",
                "app": "acs",
                "pk_attr": "event_id",
                "table_description": "A link of the chain over the audit events. Its digest binds its event and the link before, see chain.py.",
            },
            bases=["Model"],
        ),
    ]
