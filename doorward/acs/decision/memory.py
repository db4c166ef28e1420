"""What decisions remember: who is where, what was used when, who waits. Changed only by `Change`s, as data.

A decision reads a memory and returns the changes it wants; the controller makes them durable together with
the record, and only then applies them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from doorward.acs.decision.by_hand import ByHand
from doorward.acs.decision.keypad import Lockout
from doorward.acs.decision.local_rules import Found
from doorward.acs.decision.policy import Side


class Presence(msgspec.Struct, frozen=True, array_like=True):
    """Where a cardholder is: in a zone (its innermost), or in none (`zone_id` None), since when."""

    zone_id: str | None
    since: datetime


class Use(msgspec.Struct, frozen=True, array_like=True):
    """How a credential with relative validity was used."""

    first: datetime
    last: datetime
    count: int


class Waiter(msgspec.Struct, frozen=True, array_like=True):
    """Somebody who may pass once others have shown theirs. `counted`: the credential's uses are counted."""

    cardholder_id: str
    credential_id: str
    counted: bool = False


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """Who waits at a door side, until when."""

    people: tuple[Waiter, ...]
    until: datetime


class Swipe(msgspec.Struct, frozen=True, array_like=True):
    """The last grant at a door where swiping twice means something."""

    cardholder_id: str
    at: datetime


class Table(StrEnum):
    """What is remembered, and by which key."""

    PRESENCE = "presence"
    """Presence by cardholder id."""
    OCCUPANCY = "occupancy"
    """How many people are in a zone (and the zones inside it), by zone id."""
    USE = "use"
    """Use by credential id."""
    QR_STEP = "qr_step"
    """The last accepted 30 s step of a dynamic QR code, by credential id."""
    FAILURES = "failures"
    """Lockout by reader id."""
    WAITING = "waiting"
    """Waiting by `place_key`."""
    SWIPE = "swipe"
    """Swipe by door id."""
    FIRST_PERSON = "first_person"
    """When somebody whom an unlock schedule waits for last came in, by door id."""
    KEPT_LOCKED = "kept_locked"
    """Until when a double swipe keeps a door locked that its schedule would unlock, by door id."""
    LOCAL_RULE = "local_rule"
    """What a local rule's trigger was, by rule id."""
    OUTPUT = "output"
    """The local rule that switched an output on, by output id."""
    HAND = "hand"
    """How somebody holds an output by hand, by output id."""


TYPES: dict[Table, Any] = {
    Table.PRESENCE: Presence,
    Table.OCCUPANCY: int,
    Table.USE: Use,
    Table.QR_STEP: int,
    Table.FAILURES: Lockout,
    Table.WAITING: Waiting,
    Table.SWIPE: Swipe,
    Table.FIRST_PERSON: datetime,
    Table.KEPT_LOCKED: datetime,
    Table.LOCAL_RULE: Found,
    Table.OUTPUT: str,
    Table.HAND: ByHand,
}
"""What the values of each table are, for whoever keeps them on disk."""


class Change(msgspec.Struct, frozen=True, array_like=True):
    """Remember `value` under `key`; None: forget what was there."""

    table: Table
    key: str
    value: Any


def place_key(door_id: str, side: Side) -> str:
    """The key of a door side."""
    return f"{door_id}/{side.value}"


Value = TypeVar("Value")


class Layer(Generic[Value]):
    """A table with changes of its own over one that it leaves alone; None under a key: forgotten."""

    __slots__ = ("_base", "_own", "empty")

    def __init__(self, base: "Mapping[str, Value] | Layer[Value]") -> None:
        self._base = base
        self._own: dict[str, Value | None] = {}
        self.empty: bool = base.empty if isinstance(base, Layer) else not base
        """Nothing was ever put here: a look is not worth it."""

    def get(self, key: str) -> Value | None:
        """The value, if there is one."""
        return self._own[key] if key in self._own else self._base.get(key)

    def items(self) -> dict[str, Value]:
        """Everything that is remembered, as it is now."""
        merged: dict[str, Value | None] = dict(self._base.items())
        merged |= self._own
        return {key: value for key, value in merged.items() if value is not None}

    def put(self, key: str, value: Value | None) -> None:
        """Remember or forget."""
        self.empty = False
        self._own[key] = value


class Memory:
    """All tables. `fork` gives a copy-on-write version to try changes on."""

    __slots__ = tuple(table.value for table in Table)

    presence: Layer[Presence]
    occupancy: Layer[int]
    use: Layer[Use]
    qr_step: Layer[int]
    failures: Layer[Lockout]
    waiting: Layer[Waiting]
    swipe: Layer[Swipe]
    first_person: Layer[datetime]
    kept_locked: Layer[datetime]
    local_rule: Layer[Found]
    output: Layer[str]
    hand: Layer[ByHand]

    def __init__(self, base: "Memory | None" = None) -> None:
        for name in self.__slots__:
            setattr(self, name, Layer(getattr(base, name) if base is not None else {}))

    def fork(self) -> "Memory":
        """A memory that begins like this one; what it learns stays its own."""
        return Memory(self)

    def apply(self, changes: Iterable[Change]) -> None:
        """Make the changes."""
        for change in changes:
            getattr(self, change.table.value).put(change.key, change.value)
