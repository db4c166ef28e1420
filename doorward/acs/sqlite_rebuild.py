"""Rebuilding a SQLite table without losing anything.

SQLite cannot alter a column, so Tortoise makes a new table and copies the rows, but forgets the old table's indexes
and its unique constraints over several columns. This editor puts them back, and can take such a constraint away.
"""

from dataclasses import dataclass
from typing import Any

from tortoise.migrations.constraints import UniqueConstraint
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor


@dataclass(frozen=True, slots=True)
class _Index:
    """An index as SQLite has it; `sql` is None when it came with its table."""

    columns: tuple[str, ...]
    unique: bool
    sql: str | None


class RebuildingEditor(SqliteSchemaEditor):
    """Tortoise's editor for SQLite, whose rebuilt tables have every index and constraint of the old ones."""

    async def _remake_table(self, model: Any, *args: Any, **kwargs: Any) -> None:
        await self._rebuild(model, None, *args, **kwargs)

    async def _rebuild(self, model: Any, without: tuple[str, ...] | None, *args: Any, **kwargs: Any) -> None:
        table = model._meta.db_table
        before = await self._indexes(table)
        await super()._remake_table(model, *args, **kwargs)
        present = set(await self._names(f'PRAGMA table_info("{table}")'))
        there = {index.columns for index in await self._indexes(table) if index.unique}
        for index in before:
            if not present.issuperset(index.columns):
                continue
            if index.sql is not None:
                await self.client.execute_query(index.sql)
            elif index.columns not in there and index.columns != without:
                await self.add_constraint(model, UniqueConstraint(fields=index.columns))

    async def remove_field(self, model: Any, field: Any) -> None:
        """Also drops the column of a foreign key, which Tortoise's rebuilt table keeps."""
        await super().remove_field(model, field)
        table, column = model._meta.db_table, getattr(field, "source_field", None)
        if column and column in await self._names(f'PRAGMA table_info("{table}")'):
            await self.client.execute_query(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')

    async def remove_constraint(self, model: Any, constraint: Any) -> None:
        """Also takes away a unique constraint that came with its table and is no index of its own."""
        if isinstance(constraint, UniqueConstraint):
            columns = tuple(self._resolve_fields_to_columns(model, constraint.fields))
            own = [index for index in await self._indexes(model._meta.db_table) if index.columns == columns]
            if any(index.unique and index.sql is None for index in own):
                await self._rebuild(model, columns)
                return
        await super().remove_constraint(model, constraint)

    async def _indexes(self, table: str) -> list[_Index]:
        _, rows = await self.client.execute_query(
            'SELECT list.name, list."unique" AS is_unique, master.sql FROM pragma_index_list(?) AS list '
            "JOIN sqlite_master AS master ON master.name = list.name WHERE list.origin <> 'pk'",
            [table],
        )
        return [
            _Index(tuple(await self._names(f'PRAGMA index_info("{row["name"]}")')), bool(row["is_unique"]), row["sql"])
            for row in rows
        ]

    async def _names(self, pragma: str) -> list[str]:
        _, rows = await self.client.execute_query(pragma)
        return [row["name"] for row in rows]
