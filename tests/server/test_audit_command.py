"""`doorward audit`, as an administrator types it."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest


def doorward(*arguments: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doorward.cli", *map(str, arguments)], input=typed, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two users, and so two audit events at least."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("ann", "bob"):
        created = doorward(
            "user", "create", "--data", folder, "--name", name, "--role", "viewer", typed="a long password\n"
        )
        assert created.returncode == 0, created.stderr
    return folder


def change(data: Path, sql: str) -> None:
    (database,) = data.glob("*.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(sql)


def test_a_sound_trail_is_said_to_be_and_its_head_is_held_against_the_next_run(data: Path) -> None:
    first = doorward("audit", "verify", "--data", data)
    assert first.returncode == 0, first.stdout + first.stderr
    head = (data / "audit-head").read_text().strip()
    assert head in first.stdout
    assert doorward("audit", "verify", "--data", data, "--expect", head).returncode == 0
    other = doorward("audit", "verify", "--data", data, "--expect", f"1:{'0' * 64}")
    assert (other.returncode, "without the head that was noted" in other.stdout) == (1, True)
    assert "is a number, a colon" in doorward("audit", "verify", "--data", data, "--expect", "x").stderr


def test_an_export_has_every_event_with_its_link(data: Path) -> None:
    lines = [json.loads(line) for line in doorward("audit", "export", "--data", data).stdout.splitlines()]
    created = [line for line in lines if line["type"] == "audit.user.created"]
    assert [line["data"]["after"]["name"] for line in created] == ["ann", "bob"]
    assert [line["link"]["number"] for line in lines] == list(range(1, len(lines) + 1))
    later = doorward("audit", "export", "--data", data, "--since", "2100-01-01")
    assert (later.returncode, later.stdout) == (0, "")
    assert "is no time" in doorward("audit", "export", "--data", data, "--until", "soon").stderr


def test_a_trail_that_was_tampered_with_is_said_to_be_with_what_to_do(data: Path) -> None:
    change(data, "UPDATE event SET user_name = 'x' WHERE position = (SELECT max(position) FROM event)")
    broken = doorward("audit", "verify", "--data", data)
    assert broken.returncode == 1
    assert "is not as it was written" in broken.stdout
    assert "compare with a backup" in broken.stderr
