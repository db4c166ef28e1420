"""Opening the database: what a wrong URL says, what a newer or foreign file says, and that data survives reopening."""

import os
import signal
import sys
from pathlib import Path

import pytest
from anyio import run_process
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.recorder import MigrationRecorder

import doorward
from doorward.acs.database import MIGRATION_CONFIG, database_config, open_database, sqlite_url
from doorward.acs.errors import DatabaseUnusable
from doorward.acs.people.models import Cardholder
from doorward.acs.sealing import SealBroken, Sealer, load_or_create_key
from doorward.acs.site.operations import ensure_site
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio


async def test_a_database_keeps_what_was_written_and_opens_again(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
    async with open_world(database_url) as again:
        assert again.controller.id == world.controller.id
        assert (await Cardholder.get()).id == site.ada.id


async def test_the_models_and_the_migrations_agree() -> None:
    await Tortoise.init(config=MIGRATION_CONFIG, init_connections=False)
    detector = MigrationAutodetector(Tortoise.apps, MIGRATION_CONFIG["apps"])
    assert not await detector.changes()
    await Tortoise.close_connections()


async def test_an_upgrade_that_is_cut_off_leaves_nothing_behind(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def power_fails(*_: object) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as patch:
        patch.setattr(MigrationRecorder, "record_applied", power_fails)
        with pytest.raises(RuntimeError, match="power"):
            async with open_database(empty_database_url):
                pass
    async with open_world(empty_database_url) as world:
        await make_site(world)


KILLED_IN_THE_MIDDLE = """
import asyncio, os, signal, sys
from tortoise.migrations.recorder import MigrationRecorder
from doorward.acs.database import open_database
record, noted = MigrationRecorder.record_applied, []
async def record_or_die(self, app, name):
    await record(self, app, name)
    noted.append(name)
    if len(noted) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
MigrationRecorder.record_applied = record_or_die
async def main():
    async with open_database(sys.argv[1]):
        pass
asyncio.run(main())
"""


async def test_a_server_killed_while_it_makes_a_database_begins_anew_at_the_next_start(
    empty_database_url: str,
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(doorward.__file__).parent.parent)}
    command = [sys.executable, "-c", KILLED_IN_THE_MIDDLE, empty_database_url]
    assert (await run_process(command, check=False, env=environment)).returncode == -signal.SIGKILL
    async with open_world(empty_database_url) as world:
        await make_site(world)


async def test_an_error_in_whoever_uses_the_database_is_not_blamed_on_it(database_url: str) -> None:
    with pytest.raises(FileNotFoundError):
        async with open_database(database_url):
            raise FileNotFoundError("something else")


async def test_foreign_keys_hold_after_the_migrations(tmp_path: Path) -> None:
    async with open_database(sqlite_url(str(tmp_path / "t.db"))):
        rows = await get_connection("default").execute_query_dict("PRAGMA foreign_keys")
        assert rows[0]["foreign_keys"] == 1


async def _shape(connection: BaseDBAsyncClient) -> dict[str, object]:
    """Of each table: its columns, the column sets of its indexes (True: unique), and where it refers to."""
    tables = await connection.execute_query_dict(
        "SELECT name FROM sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'tortoise_%'"
    )
    shape: dict[str, object] = {}
    for name in (table["name"] for table in tables):
        columns = await connection.execute_query_dict(f"PRAGMA table_info({name})")
        references = await connection.execute_query_dict(f"PRAGMA foreign_key_list({name})")
        indexes = set()
        for index in await connection.execute_query_dict(f"PRAGMA index_list({name})"):
            parts = await connection.execute_query_dict(f'PRAGMA index_info("{index["name"]}")')
            indexes.add((tuple(part["name"] for part in parts), bool(index["unique"])))
        shape[name] = (
            {(column["name"], column["notnull"]) for column in columns},
            indexes,
            {(one["from"], one["table"], one["on_delete"]) for one in references},
        )
    return shape


async def test_a_migrated_sqlite_database_has_every_index_and_reference_that_the_models_have(tmp_path: Path) -> None:
    async with open_database(sqlite_url(str(tmp_path / "migrated.db"))):
        migrated = await _shape(get_connection("default"))
    await Tortoise.init(config=database_config(sqlite_url(str(tmp_path / "new.db"))))
    await Tortoise.generate_schemas()
    generated = await _shape(get_connection("default"))
    await Tortoise.close_connections()
    EXECUTOR_CACHE.clear()
    assert migrated == generated


async def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    async with open_database(database_url):
        await get_connection("default").execute_script(
            "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('acs', '9999_future', '2030-01-01')"
        )
    with pytest.raises(DatabaseUnusable, match="newer Doorward"):
        async with open_database(database_url):
            pass


@pytest.mark.parametrize(
    "url, words",
    [
        ("mysql://localhost/x", "Use sqlite:///path/to/file or postgres://"),
        ("nonsense", "Use sqlite:///path/to/file or postgres://"),
        ("postgres://nobody:wrong@127.0.0.1:1/none", "Check that it runs"),
        ("sqlite:///nowhere/at/all/doorward.db", "Check the folder"),
    ],
)
async def test_a_wrong_url_says_what_to_do(url: str, words: str) -> None:
    with pytest.raises(DatabaseUnusable, match=words):
        async with open_database(url):
            await ensure_site()


async def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "doorward.db"
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(DatabaseUnusable):
        async with open_database(sqlite_url(str(path))):
            pass


def test_sqlite_commits_are_durable() -> None:
    assert "synchronous=FULL" in database_config("sqlite:///x.db")["connections"]["default"]


def test_a_sealed_value_opens_only_where_it_was_sealed(tmp_path: Path) -> None:
    sealer = Sealer(load_or_create_key(tmp_path / "secret.key"))
    sealed = sealer.seal(b"osdp key", "device:1")
    assert sealer.open(sealed, "device:1") == b"osdp key"
    assert b"osdp key" not in sealed
    for other, context, value in (
        (sealer, "device:2", sealed),
        (Sealer(b"x" * 32), "device:1", sealed),
        (sealer, "device:1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(SealBroken):
            other.open(value, context)


def test_the_data_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    assert load_or_create_key(path) == load_or_create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(SealBroken, match="restore it"):
        load_or_create_key(path)
