"""The state of the tables during an upgrade: the same statements as with Tortoise's own, and rows to be read."""

from collections.abc import AsyncIterator, Callable

import pytest
from tortoise import Tortoise, fields
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.connection import get_connection
from tortoise.functions import Lower
from tortoise.indexes import Index
from tortoise.migrations import Migration
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, SqliteSchemaEditor
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.transactions import in_transaction

from doorward.acs.database import MIGRATION_CONFIG, open_database
from doorward.acs.migration_state import no_tables
from doorward.acs.upgrade import _editor

pytestmark = pytest.mark.anyio

CONNECTIONS = {"acs": "default"}


def _key() -> fields.Field[str]:
    return fields.CharField(primary_key=True, max_length=36)


def _points_at(model: str) -> fields.Field[object]:
    return fields.ForeignKeyField(model, related_name=False, on_delete=fields.OnDelete.CASCADE)


def _history() -> list[ops.Operation]:
    """Each kind of step that a migration can have, with references to tables that come later and go again."""
    name = fields.CharField(max_length=100)
    return [
        ops.CreateModel("Door", [("id", _key()), ("name", name), ("zone", _points_at("acs.Zone"))], {"table": "door"}),
        ops.CreateModel("Zone", [("id", _key()), ("site", _points_at("acs.Site"))], {"table": "zone"}),
        ops.CreateModel("Site", [("id", _key()), ("name", name)], {"table": "site"}),
        ops.AddField("Zone", "floor", fields.IntField(db_default=0)),
        ops.AddField("Door", "site", fields.ForeignKeyField("acs.Site", related_name="doors", null=True)),
        ops.AlterField("Door", "name", fields.CharField(max_length=200, null=True, unique=True)),
        ops.AlterField("Zone", "site", _points_at("acs.Site")),
        ops.RenameField("Site", "name", "title"),
        ops.AddIndex("Door", Index(fields=["name", "zone_id"], name="by_name")),
        ops.AddIndex("Door", Index(Lower("name"), name="by_folded_name")),
        ops.RenameIndex("Door", "by_name_and_zone", old_name="by_name"),
        ops.RemoveIndex("Door", name="by_name_and_zone"),
        ops.AddConstraint("Zone", UniqueConstraint(fields=("site", "floor"))),
        ops.AddConstraint("Zone", CheckConstraint(check="floor >= 0", name="above_ground")),
        ops.RemoveConstraint("Zone", name="above_ground"),
        ops.AddConstraint("Site", UniqueConstraint(fields=("title",), name="one_of_a_name")),
        ops.RenameConstraint("Site", "one_of_a_name", "one_title"),
        ops.RemoveConstraint("Site", name="one_title"),
        ops.AlterModelOptions("Site", {"table": "site", "table_description": "A site."}),
        ops.RunSQL("UPDATE site SET title = ''"),
        ops.RemoveField("Door", "site"),
        ops.RenameModel("Zone", "Area"),
        ops.AddField("Area", "note", fields.TextField(default="", db_default="")),
        ops.DeleteModel("Door"),
    ]


def _migration(operations: list[ops.Operation]) -> Migration:
    migration = Migration("0001_all", "acs")
    migration.operations = operations
    return migration


async def _statements(state: State, editor: BaseSchemaEditor) -> list[str]:
    await _migration(_history()).apply(state, schema_editor=editor, collect_sql=True)
    return editor.collected_sql


EDITORS: dict[str, Callable[[], BaseSchemaEditor]] = {
    "sqlite": lambda: SqliteSchemaEditor(get_connection("default"), collect_sql=True),
    "postgres": lambda: AsyncpgSchemaEditor(AsyncpgDBClient(connection_name="default"), collect_sql=True),
}


@pytest.fixture
async def in_memory() -> AsyncIterator[None]:
    await Tortoise.init(config=MIGRATION_CONFIG)
    yield
    await Tortoise.close_connections()


@pytest.mark.usefixtures("in_memory")
@pytest.mark.parametrize("engine", EDITORS)
async def test_each_step_makes_the_statements_that_it_makes_of_the_full_state(engine: str) -> None:
    expected = await _statements(State({}, StateApps(CONNECTIONS)), EDITORS[engine]())
    assert await _statements(no_tables(CONNECTIONS), EDITORS[engine]()) == expected
    for kind in ("CREATE TABLE", "REFERENCES", "CREATE INDEX", "LOWER", "UNIQUE", "CHECK", "RENAME", "DROP TABLE"):
        assert any(kind in statement for statement in expected)


async def test_a_step_in_python_reads_the_rows_through_the_tables_as_they_were(database_url: str) -> None:
    found: list[tuple[str, str]] = []

    async def look(apps: StateApps, _: BaseSchemaEditor) -> None:
        rooms = apps.get_model("acs.Room").filter(house__title="Castle")
        found.extend(await rooms.values_list("id", "house__id"))

    migration = _migration(
        [
            ops.CreateModel("House", [("id", _key()), ("title", fields.TextField())], {"table": "house"}),
            ops.CreateModel("Room", [("id", _key()), ("house", _points_at("acs.House"))], {"table": "room"}),
            ops.RunSQL(
                ["INSERT INTO house VALUES ('h', 'Castle')", "INSERT INTO room (id, house_id) VALUES ('r', 'h')"]
            ),
            ops.RunPython(look),
        ]
    )
    async with open_database(database_url), in_transaction("default") as transaction:
        executor = MigrationExecutor(transaction, MIGRATION_CONFIG["apps"])
        await migration.apply(no_tables(CONNECTIONS), schema_editor=_editor(executor, transaction))
    assert found == [("r", "h")]
