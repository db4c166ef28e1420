"""Opening the database: SQLite by default, PostgreSQL by URL; migrated before it is used."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from importlib import import_module
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.exceptions import DBConnectionError

from doorward.acs.errors import DatabaseUnusable
from doorward.acs.upgrade import upgrade_database

AREAS = (
    "site",
    "people",
    "credentials",
    "schedules",
    "zones",
    "profiles",
    "doors",
    "controllers",
    "formats",
    "rules",
    "threats",
    "local_io",
    "users",
    "cameras",
    "events",
    "policy",
    "webhooks",
    "requests",
    "jobs",
)
_POSTGRES_POOL = 10


def sqlite_url(path: str) -> str:
    """The URL of a SQLite file."""
    return f"sqlite://{quote(path)}"


def database_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for `sqlite://path` or `postgres://user:password@host:port/name`."""
    scheme = urlsplit(url).scheme
    if scheme in {"postgres", "postgresql"}:
        separator = "&" if "?" in url else "?"
        connection = f"asyncpg{url[len(scheme) :]}{separator}minsize=1&maxsize={_POSTGRES_POOL}"
    elif scheme == "sqlite":
        separator = "&" if "?" in url else "?"
        connection = f"{url}{separator}synchronous=FULL&busy_timeout=5000"
    else:
        raise DatabaseUnusable(
            f"The database URL begins with {scheme or 'nothing'}://. "
            "Use sqlite:///path/to/file or postgres://user:password@host:5432/name."
        )
    return {
        "connections": {"default": connection},
        "apps": {
            "acs": {
                "models": [f"doorward.acs.{area}.models" for area in AREAS],
                "default_connection": "default",
                "migrations": "doorward.acs.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


MIGRATION_CONFIG = database_config("sqlite://:memory:")
"""For `tortoise makemigrations`, which compares the models with the migrations and needs no database."""


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[None]:
    """The migrated database, for this task and those it starts. Raises DatabaseUnusable with what to do."""
    config = database_config(url)
    try:
        try:
            _probe_sqlite(url)
            await Tortoise.init(config=config)
            import_module("doorward.acs.cross_area")
            await upgrade_database(config)
        except (DBConnectionError, OSError, sqlite3.Error) as error:
            raise DatabaseUnusable(_advice(url, error)) from error
        yield
    finally:
        await Tortoise.close_connections()
        # Tortoise keeps its statements by connection name: the next database may speak another dialect.
        EXECUTOR_CACHE.clear()


def _probe_sqlite(url: str) -> None:
    """Open the file once before Tortoise does: its driver waits for ever on a file that cannot be opened."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        with closing(sqlite3.connect(unquote(parts.path), timeout=5)) as connection:
            connection.execute("PRAGMA schema_version")


def _advice(url: str, error: Exception) -> str:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return (
            f"The database file {parts.path} cannot be opened: {error}. Check the folder, its owner and its free space."
        )
    place = f"{parts.hostname}:{parts.port or 5432}{parts.path}"
    return (
        f"PostgreSQL at {place} cannot be used: {error}. "
        "Check that it runs, and the user, password and database name in --database."
    )
