"""Databases as the first release or a later migration left them, to be upgraded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest.mock import patch

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey

from doorward.acs import upgrade
from doorward.acs.database import open_database

RELEASED = "0001_initial"
"""All that the first release had."""


@asynccontextmanager
async def first_version(url: str) -> AsyncIterator[BaseDBAsyncClient]:
    """A new database with the tables of the first release, open to be filled. What is opened later upgrades it."""
    async with as_of(RELEASED, url) as old:
        yield old


@asynccontextmanager
async def as_of(last: str, url: str) -> AsyncIterator[BaseDBAsyncClient]:
    """A new database as the migration `last` left it, open to be filled."""

    class Earlier(MigrationExecutor):
        def _full_plan(self) -> list[MigrationKey]:
            plan = super()._full_plan()
            return plan[: [key.name for key in plan].index(last) + 1]

    with patch.object(upgrade, "MigrationExecutor", Earlier):
        async with open_database(url):
            yield get_connection("default")


async def insert(connection: BaseDBAsyncClient, table: str, **columns: object) -> None:
    """A row, whatever the present models say."""
    values = ", ".join(_literal(connection, value) for value in columns.values())
    await connection.execute_query(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})")  # noqa: S608


def _literal(connection: BaseDBAsyncClient, value: object) -> str:
    if isinstance(value, bytes):
        is_sqlite = connection.capabilities.dialect == "sqlite"
        return f"X'{value.hex()}'" if is_sqlite else f"decode('{value.hex()}', 'hex')"
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value)
