"""The command line on bad days: each says what to do, and exits with a status."""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.ip.world import write_certificate

START_S = 100.0
"""For a server to start and to fail on a machine that does much else."""
pytestmark = pytest.mark.timeout(3 * START_S)


def doorward(*arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doorward.cli", *map(str, arguments)],
        input=text,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


def test_help_explains_every_command() -> None:
    result = doorward("--help")
    assert result.returncode == 0
    for command in ("serve", "controller", "migrate", "user", "audit", "recorder", "demo", "simulate", "schema"):
        assert command in result.stdout
        assert doorward(command, "--help").returncode == 0


def test_a_busy_port_says_so_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        result = doorward("serve", "--data", tmp_path / "site", "--port", str(busy.getsockname()[1]))
    assert result.returncode == 1
    assert "choose another with --port" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_database_url_says_what_to_do(tmp_path: Path) -> None:
    result = doorward("serve", "--data", tmp_path, "--port", "0", "--database", "postgres://a:b@127.0.0.1:1/c")
    assert result.returncode == 1
    assert "Check that it runs" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_certificate_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    missing = ("--certificate", tmp_path / "none.pem", "--private-key", tmp_path / "none.key")
    result = doorward("serve", "--data", tmp_path / "site", "--port", "0", *missing)
    assert result.returncode == 1
    assert "two PEM files" in result.stderr
    assert doorward("serve", "--data", tmp_path / "site", "--certificate", tmp_path / "x").returncode == 1


def test_readers_on_the_network_need_a_certificate_and_a_free_port(tmp_path: Path) -> None:
    serve = ("serve", "--data", tmp_path / "site", "--port", "0", "--peripherals-port")
    without = doorward(*serve, "0")
    assert without.returncode == 1
    assert "need TLS" in without.stderr
    certificate, key = write_certificate(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = doorward(*serve, port, "--certificate", certificate, "--private-key", key)
    assert result.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used for readers on the network" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_server_on_the_same_data_says_so(tmp_path: Path) -> None:
    (tmp_path / "journal.db.lock").touch()
    with (tmp_path / "journal.db.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = doorward("serve", "--data", tmp_path, "--port", "0")
    assert result.returncode == 1
    assert "in use by another controller" in result.stderr


def test_a_data_directory_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = doorward("serve", "--data", tmp_path / "file" / "site", "--port", "0")
    assert result.returncode == 1
    assert "Choose another with --data" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs: run as root")
    with (disk / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_says_so(full_disk: Path) -> None:
    result = doorward("serve", "--data", full_disk / "site", "--port", "0")
    assert result.returncode == 1
    assert "make room" in result.stderr
    assert "Traceback" not in result.stderr
    (full_disk / "ballast").write_bytes(bytes(28 * 1024))
    result = doorward("serve", "--data", full_disk / "site", "--port", "0")
    assert result.returncode == 1
    assert "free space" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("port", ["x", "-1", "70000"])
def test_a_senseless_port_is_wrong_usage(tmp_path: Path, port: str) -> None:
    assert doorward("serve", "--data", tmp_path, "--port", port).returncode == 2


def test_a_user_is_created_and_refused_twice(tmp_path: Path) -> None:
    arguments = ("user", "create", "--data", tmp_path, "--name", "admin", "--role", "administrator")
    assert doorward(*arguments, text="correct horse battery\n").returncode == 0
    again = doorward(*arguments, text="correct horse battery\n")
    assert (again.returncode, "already" in again.stderr) == (1, True)
    short = doorward("user", "set-password", "--data", tmp_path, "--name", "admin", text="short\n")
    assert (short.returncode, "at least" in short.stderr) == (1, True)
    missing = doorward("user", "set-password", "--data", tmp_path, "--name", "nobody", text="long enough here\n")
    assert (missing.returncode, "no user" in missing.stderr) == (1, True)


def test_a_controller_that_is_not_enrolled_says_how_to_do_it(tmp_path: Path) -> None:
    result = doorward("controller", "--server", "wss://127.0.0.1:1", "--data", tmp_path / "box")
    assert result.returncode == 1
    assert "--enrol CODE" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_enrolment_that_fails_says_why_and_shows_no_code(tmp_path: Path) -> None:
    code = "7Q2M-4VKD-9XJT-0000-1111-2222-3333-4444"
    box = ("--data", tmp_path / "box")
    unreachable = doorward("controller", "--server", "wss://127.0.0.1:1", *box, "--enrol", "-", text=f"{code}\n")
    mistyped = doorward("controller", "--server", "wss://127.0.0.1:1", *box, "--enrol", code[:20])
    no_address = doorward("controller", "--server", "http://127.0.0.1", *box, "--enrol", code)
    for result, words in (
        (unreachable, "cannot be used"),
        (mistyped, "Copy it again"),
        (no_address, "wss://host:port"),
    ):
        assert result.returncode == 1
        assert words in result.stderr
        assert code[:14] not in result.stderr
        assert "Traceback" not in result.stderr
