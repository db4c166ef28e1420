"""The test frame itself: databases that nobody shares, and skips that count as failures where none may be."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from tortoise.connection import get_connection

from doorward.acs.database import open_database
from doorward.acs.people.models import Group
from tests.scripts.checkout import ROOT

INNER = """
import pytest

def test_that_passes(): pass

def test_that_is_skipped(): pytest.skip("needs a browser")

@pytest.mark.xfail(reason="known")
def test_that_is_expected_to_fail(): assert False
"""


def inner(folder: Path, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a suite of one module with this project's frame."""
    (folder / "test_inner.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rA"]
    return subprocess.run(
        [*command, "--rootdir", folder, *options, folder],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_a_skip(tmp_path: Path) -> None:
    done = inner(tmp_path, INNER)
    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 skipped, 1 xfailed" in done.stdout


def test_a_skip_fails_with_its_reason_where_none_is_allowed(tmp_path: Path) -> None:
    done = inner(tmp_path, INNER, "--no-skips")
    assert done.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed" in done.stdout
    assert "needs a browser" in done.stdout


def test_a_skipped_module_fails_where_none_is_allowed(tmp_path: Path) -> None:
    source = 'import pytest\npytest.skip("needs a server", allow_module_level=True)\n'
    assert inner(tmp_path, source).returncode == 5  # nothing was run
    done = inner(tmp_path, source, "--no-skips")
    assert done.returncode == 2
    assert "needs a server" in done.stdout


@pytest.mark.parametrize("chosen", ["sqlite", "postgres"])
def test_a_run_can_be_for_one_database_only(tmp_path: Path, chosen: str) -> None:
    source = "def test_storage(database_engine): pass\n"
    one = inner(tmp_path, source, "--database", chosen).stdout
    assert f"test_storage[{chosen}]" in one
    assert "1 passed" in one
    assert "2 passed" in inner(tmp_path, source).stdout


@pytest.mark.anyio
@pytest.mark.parametrize("turn", [1, 2])
async def test_a_database_is_migrated_and_has_no_rows_of_another_test(database_url: str, turn: int) -> None:
    async with open_database(database_url):
        assert await Group.all().count() == 0
        await Group.create(id=f"group-{turn}", name="Staff")
        assert await Group.all().count() == 1


@pytest.mark.anyio
async def test_an_empty_database_has_no_tables_until_it_is_opened(
    empty_database_url: str, database_engine: str
) -> None:
    assert await tables(empty_database_url) == 0
    async with open_database(empty_database_url):
        assert get_connection("default").capabilities.dialect == database_engine
    assert await tables(empty_database_url) > 10


async def tables(url: str) -> int:
    """How many tables there are, asked without Doorward."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as file:
            rows = file.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()
        return int(rows[0])
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    finally:
        await connection.close()
