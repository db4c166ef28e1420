from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('acs', '0005_zones')]

    initial = False

    operations = [
        ops.RemoveConstraint(
            model_name='Reader',
            name=None,
            fields=['door_id', 'side'],
        ),
    ]
