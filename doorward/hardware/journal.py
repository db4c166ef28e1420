"""The journal: what happened at the doors, durable before anything moves.

One SQLite file per controller (WAL, synchronous=FULL), with gap-free sequence numbers from 1. The
same file keeps what must survive a restart: door modes and answers to commands. The policy has a file of its own.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

import msgspec

from doorward.acs.decision.door import DoorSetting
from doorward.acs.decision.memory import TYPES, Change, Table
from doorward.acs.messages import CommandResult, ControllerSettings, JournalRecord, PolicySnapshot
from doorward.acs.sealing import SealBroken, Sealer
from doorward.hardware.errors import JournalUnavailable
from doorward.hardware.journal_lock import JournalLock

logger = logging.getLogger(__name__)

FORGET_AT_ONCE = 2_000
"""So many old records are deleted in one transaction at most: the doors wait for it."""
KEEP_ANSWERS = timedelta(days=1)
BUSY_TIMEOUT_S = 0.2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    sequence INTEGER PRIMARY KEY, boot_id TEXT NOT NULL, at TEXT NOT NULL,
    monotonic_ms INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS modes (door_id TEXT PRIMARY KEY, mode TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, expires_at REAL NOT NULL, result BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS memory (
    part TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (part, key)
) STRICT;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
"""
_POLICY_CONTEXT = "controller policy"


@dataclass(frozen=True, slots=True)
class Entry:
    """All that one batch makes durable, in one transaction. Records come with sequence 0 and get theirs."""

    records: Sequence[JournalRecord] = ()
    modes: Mapping[str, DoorSetting] = field(default_factory=dict)
    answers: Sequence[tuple[CommandResult, datetime]] = ()
    memory: Sequence[Change] = ()
    give_up_to: int = 0
    """Records up to this sequence go, though the server has not stored them."""


class Journal:
    """An opened journal, locked against other processes. One thread uses it at a time.

    Every method raises JournalUnavailable when the file cannot be read or written; the next call
    opens it anew, so that it works again as soon as its disk does.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        """Open or create it. `key` is the 32-byte data key under which an older version sealed its policy here."""
        self._path = path
        self._sealer = Sealer(key)
        self._lock = JournalLock(path)
        self._connection: sqlite3.Connection | None = None
        self.last_sequence = 0
        """The sequence of the newest record ever written; 0 for a new journal."""
        try:
            with self._reading() as connection:
                self.last_sequence = _last_sequence(connection)
        except JournalUnavailable:
            self._lock.release()
            raise

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._drop_connection()
        self._lock.release()

    def append(self, entry: Entry) -> list[JournalRecord]:
        """Make an entry durable; returns its records with their sequence numbers."""
        with self._transaction() as connection:
            last = _last_sequence(connection)
            numbered = [
                msgspec.structs.replace(record, sequence=last + 1 + offset)
                for offset, record in enumerate(entry.records)
            ]
            connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", map(_row, numbered))
            connection.executemany(
                "INSERT OR REPLACE INTO modes VALUES (?, ?)",
                [(door_id, mode.value) for door_id, mode in entry.modes.items()],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                [
                    (result.command_id, expires_at.timestamp(), msgspec.msgpack.encode(result))
                    for result, expires_at in entry.answers
                ],
            )
            last_changes = {(change.table.value, change.key): change.value for change in entry.memory}
            connection.executemany(
                "INSERT OR REPLACE INTO memory VALUES (?, ?, ?)",
                [(*key, msgspec.msgpack.encode(value)) for key, value in last_changes.items() if value is not None],
            )
            connection.executemany(
                "DELETE FROM memory WHERE part = ? AND key = ?",
                [key for key, value in last_changes.items() if value is None],
            )
            if entry.give_up_to:
                connection.execute("DELETE FROM records WHERE sequence <= ?", (entry.give_up_to,))
        self.last_sequence = last + len(numbered)
        return numbered

    def read_after(self, sequence: int, limit: int) -> list[JournalRecord]:
        """At most `limit` records that follow `sequence`, in order."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT body FROM records WHERE sequence > ? ORDER BY sequence LIMIT ?", (sequence, limit)
            ).fetchall()
        return [msgspec.msgpack.decode(body, type=JournalRecord) for (body,) in rows]

    def of_last_boot(self) -> list[JournalRecord]:
        """The records since the controller was last started, in order."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT body FROM records WHERE boot_id = (SELECT boot_id FROM records ORDER BY sequence DESC LIMIT 1) "
                "ORDER BY sequence"
            ).fetchall()
        return [msgspec.msgpack.decode(body, type=JournalRecord) for (body,) in rows]

    def acknowledged(self) -> int:
        """Every record up to and including this one is stored by the server."""
        with self._reading() as connection:
            return _kept_number(connection, "acknowledged")

    def acknowledge(self, sequence: int, keep: int, not_before: datetime | None = None) -> None:
        """Remember what the server stored. Of that, some records beyond the newest `keep`, or older, are forgotten."""
        with self._transaction() as connection:
            acknowledged = max(sequence, _kept_number(connection, "acknowledged"))
            last = _last_sequence(connection)
            _keep_number(connection, "acknowledged", acknowledged)
            connection.execute(
                "DELETE FROM records WHERE sequence IN (SELECT sequence FROM "
                "(SELECT sequence, at FROM records WHERE sequence <= ? ORDER BY sequence LIMIT ?) "
                "WHERE sequence <= ? OR at < ?)",
                (acknowledged, FORGET_AT_ONCE, last - keep, not_before.isoformat() if not_before else ""),
            )

    def settings(self) -> ControllerSettings:
        """What the site wants of this controller, as it last said."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM kept WHERE name = 'settings'").fetchone()
        try:
            return msgspec.msgpack.decode(row[0], type=ControllerSettings) if row else ControllerSettings()
        except msgspec.MsgspecError:
            return ControllerSettings()

    def keep_settings(self, settings: ControllerSettings) -> None:
        """Remember them."""
        with self._transaction() as connection:
            value = msgspec.msgpack.encode(settings)
            connection.execute("INSERT OR REPLACE INTO kept VALUES ('settings', ?)", (value,))

    def oldest_sequence(self) -> int:
        """The sequence of the oldest record that is kept; 0 when there is none."""
        with self._reading() as connection:
            return int(connection.execute("SELECT coalesce(min(sequence), 0) FROM records").fetchone()[0])

    def renumber_after(self, sequence: int, boot_id: str) -> None:
        """Go on after `sequence`, which the server has stored although this file never wrote it.

        That happens when the file was lost or replaced. The records of the boot `boot_id` follow there;
        a number that was once given is never given again.
        """
        with self._transaction() as connection:
            last = _last_sequence(connection)
            rows = connection.execute(
                "SELECT body FROM records WHERE boot_id = ? ORDER BY sequence", (boot_id,)
            ).fetchall()
            records = [msgspec.msgpack.decode(body, type=JournalRecord) for (body,) in rows]
            shift = sequence + 1 - records[0].sequence if records else 0
            connection.execute("DELETE FROM records WHERE boot_id = ?", (boot_id,))
            moved = [msgspec.structs.replace(record, sequence=record.sequence + shift) for record in records]
            connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", map(_row, moved))
            _keep_number(connection, "acknowledged", sequence)
            _keep_number(connection, "last", max(last, sequence))
            newest = _last_sequence(connection)
        self.last_sequence = newest

    def modes(self) -> dict[str, DoorSetting]:
        """What operators last set every door to that they ever set."""
        with self._reading() as connection:
            return {
                door_id: DoorSetting(mode) for door_id, mode in connection.execute("SELECT door_id, mode FROM modes")
            }

    def memory(self) -> list[Change]:
        """All that decisions remembered, as the changes that bring it about. What cannot be read is forgotten."""
        with self._reading() as connection:
            rows = connection.execute("SELECT part, key, value FROM memory").fetchall()
        return [change for row in rows if (change := _remembered(*row)) is not None]

    def last_contact(self) -> datetime | None:
        """When the server was last known to be in reach."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM kept WHERE name = 'contact'").fetchone()
        return msgspec.msgpack.decode(row[0], type=datetime) if row else None

    def note_contact(self, at: datetime) -> None:
        """The server is in reach."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO kept VALUES ('contact', ?)", (msgspec.msgpack.encode(at),))

    def last_record_at(self) -> datetime | None:
        """The time of the newest record."""
        with self._reading() as connection:
            row = connection.execute("SELECT at FROM records ORDER BY sequence DESC LIMIT 1").fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def answers(self, now: datetime) -> dict[str, CommandResult]:
        """The answers to commands, by command id; those that expired more than a day ago are forgotten."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM answers WHERE expires_at < ?", ((now - KEEP_ANSWERS).timestamp(),))
            rows = connection.execute("SELECT id, result FROM answers").fetchall()
        return {command_id: msgspec.msgpack.decode(result, type=CommandResult) for command_id, result in rows}

    def policy(self) -> PolicySnapshot | None:
        """The policy as journals kept it before it had a file of its own. Raises SealBroken under another key."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM kept WHERE name = 'policy'").fetchone()
        if row is None:
            return None
        try:
            return msgspec.msgpack.decode(self._sealer.open(row[0], _POLICY_CONTEXT), type=PolicySnapshot)
        except msgspec.MsgspecError as error:
            raise SealBroken(f"the policy in {self._path} was written by another version: {error}") from error

    def forget_policy(self) -> None:
        """It is in its own file: the one here must not come back should that be lost."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM kept WHERE name = 'policy'")

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            # Before SQLite would make it: records name people, so the file is for its owner alone.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            connection = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            self._connection = connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connect()
        except (sqlite3.Error, OSError) as error:
            self._drop_connection()
            raise JournalUnavailable(_explain(self._path, error)) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _remembered(part: str, key: str, value: bytes) -> Change | None:
    try:
        table = Table(part)
        return Change(table, key, msgspec.msgpack.decode(value, type=TYPES[table]))
    except (ValueError, msgspec.MsgspecError):
        logger.warning("what was remembered of %s %s is of another version and is forgotten", part, key)
        return None


def _row(record: JournalRecord) -> tuple[int, str, str, int, bytes]:
    return (
        record.sequence,
        record.boot_id,
        record.at.isoformat(),
        record.monotonic_ms,
        msgspec.msgpack.encode(record),
    )


def _last_sequence(connection: sqlite3.Connection) -> int:
    (newest,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM records").fetchone()
    return max(int(newest), _kept_number(connection, "last"), _kept_number(connection, "acknowledged"))


def _kept_number(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
    return int(msgspec.msgpack.decode(row[0], type=int)) if row else 0


def _keep_number(connection: sqlite3.Connection, name: str, number: int) -> None:
    connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, msgspec.msgpack.encode(number)))


def _explain(path: Path, error: Exception) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code == "SQLITE_FULL":
        return f"The journal {path} cannot grow: the disk is full. Make room on it."
    if code.startswith("SQLITE_READONLY"):
        return f"The journal {path} is read-only. Let the user that runs Doorward write to it and to its folder."
    if code in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return f"The journal {path} is locked by another program. Close it."
    if code in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
        return f"The journal {path} is damaged. Move it away and start again; the server keeps what it has stored."
    if code.startswith("SQLITE_CANTOPEN"):
        return f"The journal {path} cannot be opened. Check that its folder exists and may be written to."
    return f"The journal {path} cannot be used: {error}. Check its disk."
