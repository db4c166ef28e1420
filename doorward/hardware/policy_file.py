"""The controller's policy on disk, for a start without a server.

A SQLite file beside the journal, not in it: writing a whole policy takes seconds, and a journal that is locked for
so long refuses cards. Entities are sealed by buckets of some 64, so that a delta rewrites little and a start opens
little. A whole policy is a new file that takes the old one's name; a delta is one transaction: after a crash there
is the old policy or the new one.
"""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, get_args

import msgspec

from doorward.acs.decision.patch import FIELDS, PolicyChanges, PolicyStore, key_of
from doorward.acs.decision.policy import Policy
from doorward.acs.decision.sharing import share
from doorward.acs.devices import Wiring
from doorward.acs.policy_part import PolicyPart
from doorward.acs.sealing import SealBroken, Sealer
from doorward.hardware.errors import PolicyUnkept

BUCKET_ENTITIES = 64

_SCHEMA = """
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), value BLOB NOT NULL) STRICT;
CREATE TABLE buckets (
    part TEXT NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (part, number)
) STRICT;
"""
_SUM_BYTES = 16
_DECODERS: dict[PolicyPart, msgspec.msgpack.Decoder[list[Any]]] = {
    part: msgspec.msgpack.Decoder(list[get_args(PolicyChanges.__annotations__[field])[0]])  # type: ignore[misc]
    for part, field in FIELDS.items()
}


class Head(msgspec.Struct, frozen=True):
    """What there is once: `settings` is a Policy without entities.

    `buckets` says how many each part has; `seals` is the sum of the digests of them all as they are on disk, so
    that none can be lost, or put back as it once was.
    """

    version: int
    content: str
    settings: Policy
    wiring: Wiring
    buckets: dict[PolicyPart, int]
    seals: bytes


class PolicyFile:
    """One controller's policy file. One thread uses it at a time."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Nothing is opened yet. `key` is the 32-byte data key under which everything in it is sealed."""
        self._path = path
        self._sealer = Sealer(key)
        self._head: Head | None = None

    def load(self) -> tuple[PolicyStore, Wiring] | None:
        """The policy and wiring that were saved last, if any. Raises SealBroken, and PolicyUnkept if damaged."""
        if not self._path.exists():
            return None
        with self._open() as connection:
            row = connection.execute("SELECT value FROM head").fetchone()
            rows = connection.execute("SELECT part, number, value FROM buckets").fetchall()
        if row is None:
            return None
        head = self._unseal_head(row[0])
        if _seals(value for _, _, value in rows) != int.from_bytes(head.seals, "big"):
            raise SealBroken(f"the policy in {self._path} is not whole, or parts of it were put back")
        held: dict[str, list[Any]] = {field: [] for field in FIELDS.values()}
        for part, number, value in rows:
            held[FIELDS[PolicyPart(part)]] += self._unseal(PolicyPart(part), number, value)
        fields: dict[str, Any] = {field: tuple(entities) for field, entities in held.items()}
        share(fields["cardholders"], fields["credentials"])
        self._head = head
        policy = msgspec.structs.replace(head.settings, version=head.version, content=head.content, **fields)
        return PolicyStore(policy), head.wiring

    def save(self, store: PolicyStore, wiring: Wiring) -> None:
        """Keep a whole policy instead of any that was kept. Raises PolicyUnkept."""
        numbers = {part: max(1, len(held) // BUCKET_ENTITIES) for part, held in store.parts.items()}
        new = self._path.with_name(self._path.name + ".new")
        with self._failing():
            new.unlink(missing_ok=True)
            os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(new, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(_SCHEMA)
                connection.execute("BEGIN")
                seals = 0
                for part, number in numbers.items():
                    rows = list(self._sealed_buckets(part, store.parts[part], number))
                    seals += _seals(value for _, _, value in rows)
                    connection.executemany("INSERT INTO buckets VALUES (?, ?, ?)", rows)
                head = self._write_head(connection, store, wiring, numbers, seals)
                connection.execute("COMMIT")
            _sync(new)
            new.replace(self._path)
            _sync(self._path.parent)
        self._head = head

    def save_changes(self, store: PolicyStore, changes: PolicyChanges, wiring: Wiring) -> None:
        """Keep what has changed; `store` has taken it in already. Raises PolicyUnkept."""
        if self._head is None:
            self.save(store, wiring)
            return
        numbers = self._head.buckets
        seals = int.from_bytes(self._head.seals, "big")
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for part, number, touched in _touched(changes, numbers):
                    seals += self._rewrite(connection, store, part, number, touched)
                head = self._write_head(connection, store, wiring, numbers, seals)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        self._head = head

    def _rewrite(
        self, connection: sqlite3.Connection, store: PolicyStore, part: PolicyPart, number: int, ids: set[str]
    ) -> int:
        """Seal a bucket anew; returns by how much that changes the sum of the seals."""
        row = connection.execute(
            "SELECT value FROM buckets WHERE part = ? AND number = ?", (part.value, number)
        ).fetchone()
        others = [] if row is None else self._unseal(part, number, row[0])
        held = {key_of(entity): entity for entity in others if key_of(entity) not in ids}
        held |= {entity_id: store.parts[part][entity_id] for entity_id in ids if entity_id in store.parts[part]}
        new = self._seal(part, number, list(held.values()))
        connection.execute("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)", (part.value, number, new))
        return _seals([new]) - (0 if row is None else _seals([row[0]]))

    def _sealed_buckets(self, part: PolicyPart, held: dict[str, Any], numbers: int) -> Iterator[tuple[str, int, bytes]]:
        buckets: list[list[Any]] = [[] for _ in range(numbers)]
        for entity_id, entity in held.items():
            buckets[_bucket(entity_id, numbers)].append(entity)
        for number, entities in enumerate(buckets):
            yield part.value, number, self._seal(part, number, entities)

    def _write_head(
        self,
        connection: sqlite3.Connection,
        store: PolicyStore,
        wiring: Wiring,
        numbers: dict[PolicyPart, int],
        seals: int,
    ) -> Head:
        total = (seals % (1 << 8 * _SUM_BYTES)).to_bytes(_SUM_BYTES, "big")
        head = Head(store.version, store.content, store.settings, wiring, numbers, total)
        sealed = self._sealer.seal(msgspec.msgpack.encode(head), "policy head")
        connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?)", (sealed,))
        return head

    def _seal(self, part: PolicyPart, number: int, entities: list[Any]) -> bytes:
        return self._sealer.seal(msgspec.msgpack.encode(entities), f"policy {part.value} {number}")

    def _unseal(self, part: PolicyPart, number: int, value: bytes) -> list[Any]:
        with _of_this_version(self._path):
            return _DECODERS[part].decode(self._sealer.open(value, f"policy {part.value} {number}"))

    def _unseal_head(self, value: bytes) -> Head:
        with _of_this_version(self._path):
            return msgspec.msgpack.decode(self._sealer.open(value, "policy head"), type=Head)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._failing(), closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            yield connection

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise PolicyUnkept(
                f"The policy file {self._path} cannot be used: {error}. Check its disk and that it may be written to; "
                "until then a restart without the server goes by the policy before."
            ) from error


@contextmanager
def _of_this_version(path: Path) -> Iterator[None]:
    try:
        yield
    except msgspec.MsgspecError as error:
        raise SealBroken(f"the policy in {path} was written by another version: {error}") from error


def _touched(changes: PolicyChanges, numbers: dict[PolicyPart, int]) -> Iterator[tuple[PolicyPart, int, set[str]]]:
    """The buckets to rewrite, each with the ids in it that changed or are gone."""
    for part, field in FIELDS.items():
        buckets: dict[int, set[str]] = {}
        changed = map(key_of, getattr(changes, field))
        for entity_id in (*changed, *changes.removed.get(part, ())):
            buckets.setdefault(_bucket(entity_id, numbers.get(part, 1)), set()).add(entity_id)
        for number, ids in buckets.items():
            yield part, number, ids


def _bucket(entity_id: str, numbers: int) -> int:
    return zlib.crc32(entity_id.encode()) % numbers


def _seals(values: Iterable[bytes]) -> int:
    total = sum(int.from_bytes(hashlib.blake2b(value, digest_size=_SUM_BYTES).digest(), "big") for value in values)
    return total % (1 << 8 * _SUM_BYTES)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
