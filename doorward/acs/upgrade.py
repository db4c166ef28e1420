"""Upgrading the database: every missing migration and the note that it was applied, in one transaction.

Tortoise's own runner commits a migration and its note one after the other, and lets SQLite delete rows
while it rebuilds a table. Here an upgrade happens whole or not at all, also when the process is killed.
"""

import pkgutil
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.transactions import in_transaction

from doorward.acs import migrations
from doorward.acs.errors import DatabaseUnusable
from doorward.acs.migration_state import no_tables
from doorward.acs.sqlite_rebuild import RebuildingEditor

_UPGRADE_LOCK = 0x75706772
"""PostgreSQL advisory lock: of several servers that start at once, one upgrades and the others find it done."""
_APPLIED = "SELECT name FROM tortoise_migrations"


async def upgrade_database(config: dict[str, Any]) -> None:
    """Apply what is missing. Raises DatabaseUnusable, with the database as it was."""
    connection = get_connection("default")
    known = _known()
    applied = await _applied(connection)
    if unknown := applied - known:
        raise DatabaseUnusable(
            f"The database was written by a newer Doorward (it has {', '.join(sorted(unknown))}). "
            "Install that version, or restore a backup made before the upgrade."
        )
    if applied == known:
        return
    executor = MigrationExecutor(connection, config["apps"])
    await executor.loader.build_graph()
    try:
        if connection.capabilities.dialect == "sqlite":
            await _without_foreign_keys(connection, executor)
        else:
            await _apply(executor)
    except OperationalError as error:
        raise DatabaseUnusable(f"The database cannot be upgraded: {error}. Check its free space and owner.") from error


def _known() -> set[str]:
    """The migrations there are, by the names of their modules: nearly every start needs no more of them."""
    return {module.name for module in pkgutil.iter_modules(migrations.__path__) if not module.ispkg}


async def _applied(connection: BaseDBAsyncClient) -> set[str]:
    try:
        rows = await connection.execute_query_dict(_APPLIED)
    except OperationalError:
        return set()  # A new database has no such table.
    return {row["name"] for row in rows}


async def _without_foreign_keys(connection: BaseDBAsyncClient, executor: MigrationExecutor) -> None:
    """SQLite rebuilds a table by dropping it, which with foreign keys on deletes the rows that point at it."""
    await connection.execute_script("PRAGMA foreign_keys=OFF")
    try:
        await _apply(executor)
    finally:
        await connection.execute_script("PRAGMA foreign_keys=ON")


async def _apply(executor: MigrationExecutor) -> None:
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    async with in_transaction("default") as transaction:
        is_sqlite = transaction.capabilities.dialect == "sqlite"
        if not is_sqlite:
            await transaction.execute_query("SELECT pg_advisory_xact_lock($1)", [_UPGRADE_LOCK])
        recorder = MigrationRecorder(transaction)
        applied = set(await recorder.applied_migrations())
        state = no_tables(dict.fromkeys(executor.loader.apps_config, "default"))
        for key in executor._full_plan():
            migration = executor.loader.disk_migrations[key]
            if key in applied:
                await migration.apply(state, dry_run=True)
            else:
                await migration.apply(state, schema_editor=_editor(executor, transaction))
                await recorder.record_applied(key.app_label, key.name)
        if is_sqlite:
            await _check_references(transaction)


def _editor(executor: MigrationExecutor, transaction: BaseDBAsyncClient) -> BaseSchemaEditor:
    if transaction.capabilities.dialect == "sqlite":
        return RebuildingEditor(transaction, atomic=True)
    editor = executor._schema_editor(atomic=True)
    editor.client = transaction
    return editor


async def _check_references(transaction: BaseDBAsyncClient) -> None:
    broken = await transaction.execute_query_dict("PRAGMA foreign_key_check")
    if broken:
        raise DatabaseUnusable(
            f"The upgrade would leave {len(broken)} broken references (first: {broken[0]}); nothing was changed. "
            "Report this with the version you upgrade from."
        )
