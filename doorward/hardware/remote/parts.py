"""A large policy in parts, and from parts again."""

from collections.abc import Iterator
from typing import Any

import msgspec

from doorward.acs.decision.patch import FIELDS, PolicyChanges
from doorward.acs.decision.sharing import share
from doorward.acs.messages import PolicyDelta, PolicySnapshot, ToController
from doorward.acs.policy_part import PolicyPart
from doorward.hardware.remote.wire import Framed, PartsBegun, PolicyPieces, WireBroken

PART_ENTITIES = 200
MOST_PARTS = 100_000
_NOTHING: dict[str, Any] = dict.fromkeys(FIELDS.values(), ())


def framed(message: ToController) -> Iterator[Framed]:
    """What is sent for a message: itself, unless it is a policy with more entities than one part has."""
    if not isinstance(message, PolicySnapshot | PolicyDelta) or _size(message) <= PART_ENTITIES:
        yield message
        return
    source: Any = message.policy if isinstance(message, PolicySnapshot) else message.changes
    yield PartsBegun(_emptied(message), sum(1 for _ in _parts(source)))
    for changes in _parts(source):
        yield PolicyPieces(changes)


class Assembly:
    """Puts parts together. What comes in between is passed on as it is."""

    def __init__(self) -> None:
        self._begun: PartsBegun | None = None
        self._held: dict[str, list[Any]] = {}
        self._removed: dict[PolicyPart, list[str]] = {}
        self._missing = 0

    @property
    def incomplete(self) -> bool:
        """Whether more parts of a policy are to come."""
        return self._begun is not None

    def take(self, frame: Framed) -> ToController | None:
        """The message that is whole with this frame, if one is. Raises WireBroken when it has no place here."""
        if isinstance(frame, PartsBegun):
            if self._begun is not None:
                raise WireBroken("a policy began before the one before it was whole")
            if not 0 < frame.parts <= MOST_PARTS:
                raise WireBroken(f"a policy of {frame.parts} parts was announced")
            self._begun, self._missing = frame, frame.parts
            self._held = {field: [] for field in FIELDS.values()}
            self._removed = {}
            return None
        if isinstance(frame, PolicyPieces):
            return self._add(frame.changes)
        if isinstance(frame, PolicySnapshot | PolicyDelta) and self._begun is not None:
            raise WireBroken("a policy came before the one before it was whole")
        return frame

    def _add(self, changes: PolicyChanges) -> ToController | None:
        if self._begun is None:
            raise WireBroken("a part of a policy came that was not announced")
        for field, held in self._held.items():
            held.extend(getattr(changes, field))
        for part, ids in changes.removed.items():
            self._removed.setdefault(part, []).extend(ids)
        self._missing -= 1
        if self._missing:
            return None
        begun, self._begun = self._begun.message, None
        fields: dict[str, Any] = {field: tuple(held) for field, held in self._held.items()}
        self._held = {}
        share(fields["cardholders"], fields["credentials"])
        if isinstance(begun, PolicySnapshot):
            return msgspec.structs.replace(begun, policy=msgspec.structs.replace(begun.policy, **fields))
        removed = {part: tuple(ids) for part, ids in self._removed.items()}
        return msgspec.structs.replace(begun, changes=msgspec.structs.replace(begun.changes, removed=removed, **fields))


def _size(message: PolicySnapshot | PolicyDelta) -> int:
    if isinstance(message, PolicySnapshot):
        return sum(len(getattr(message.policy, field)) for field in FIELDS.values())
    entities = sum(len(getattr(message.changes, field)) for field in FIELDS.values())
    return entities + sum(map(len, message.changes.removed.values()))


def _emptied(message: PolicySnapshot | PolicyDelta) -> PolicySnapshot | PolicyDelta:
    if isinstance(message, PolicySnapshot):
        return msgspec.structs.replace(message, policy=msgspec.structs.replace(message.policy, **_NOTHING))
    return msgspec.structs.replace(message, changes=msgspec.structs.replace(message.changes, removed={}, **_NOTHING))


def _parts(source: Any) -> Iterator[PolicyChanges]:
    for field in FIELDS.values():
        held = getattr(source, field)
        for start in range(0, len(held), PART_ENTITIES):
            fields: dict[str, Any] = {field: held[start : start + PART_ENTITIES]}
            yield PolicyChanges(**fields)
    for part, ids in getattr(source, "removed", {}).items():
        for start in range(0, len(ids), 10 * PART_ENTITIES):
            yield PolicyChanges(removed={part: ids[start : start + 10 * PART_ENTITIES]})
