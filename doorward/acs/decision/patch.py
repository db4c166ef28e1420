"""A policy as dictionaries that take changes: what a delta is applied to. Pure, and one thread's at a time."""

from collections.abc import Mapping
from typing import Any

import msgspec

from doorward.acs.decision.card_format import CardFormat
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    BorderPolicy,
    CardholderPolicy,
    CredentialPolicy,
    DoorPolicy,
    InterlockPolicy,
    Policy,
    ProfilePolicy,
    ReaderPolicy,
    ZonePolicy,
)
from doorward.acs.decision.schedule import Schedule
from doorward.acs.policy_part import PolicyPart

FIELDS: dict[PolicyPart, str] = {
    PolicyPart.DOOR: "doors",
    PolicyPart.READER: "readers",
    PolicyPart.CREDENTIAL: "credentials",
    PolicyPart.CARDHOLDER: "cardholders",
    PolicyPart.SCHEDULE: "schedules",
    PolicyPart.RULE: "rules",
    PolicyPart.FORMAT: "formats",
    PolicyPart.PROFILE: "profiles",
    PolicyPart.ZONE: "zones",
    PolicyPart.BORDER: "borders",
    PolicyPart.INTERLOCK: "interlocks",
}
"""The field of a Policy that holds the entities of each part. Devices are not in it; the rest are its settings."""

UNORDERED = frozenset({PolicyPart.CARDHOLDER, PolicyPart.CREDENTIAL})
"""Parts whose order says nothing and that are too large to sort; the others are in order of their ids."""


class PolicyChanges(msgspec.Struct, frozen=True):
    """Entities that were created or changed, whole, and the ids of those that are gone.

    `settings` is a Policy without entities: its other fields are the new ones (None: they stay).
    """

    doors: tuple[DoorPolicy, ...] = ()
    readers: tuple[ReaderPolicy, ...] = ()
    credentials: tuple[CredentialPolicy, ...] = ()
    cardholders: tuple[CardholderPolicy, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    rules: tuple[AccessRulePolicy, ...] = ()
    formats: tuple[CardFormat, ...] = ()
    profiles: tuple[ProfilePolicy, ...] = ()
    zones: tuple[ZonePolicy, ...] = ()
    borders: tuple[BorderPolicy, ...] = ()
    interlocks: tuple[InterlockPolicy, ...] = ()
    removed: dict[PolicyPart, tuple[str, ...]] = {}
    settings: Policy | None = None


def key_of(entity: Any) -> str:
    """The id that an entity has in its part."""
    return f"{entity.zone_id}/{entity.door_id}" if type(entity) is BorderPolicy else entity.id


def settings_of(policy: Policy) -> Policy:
    """The policy without its entities, version and content."""
    empty: dict[str, Any] = dict.fromkeys(FIELDS.values(), ())
    return msgspec.structs.replace(policy, version=0, content="", **empty)


class PolicyStore:
    """A policy that changes in place; `policy()` gives what it is now, for good."""

    __slots__ = ("content", "parts", "settings", "version")

    def __init__(self, policy: Policy) -> None:
        self.version = policy.version
        self.content = policy.content
        self.settings = settings_of(policy)
        self.parts: dict[PolicyPart, dict[str, Any]] = {
            part: {key_of(entity): entity for entity in getattr(policy, field)} for part, field in FIELDS.items()
        }

    def __len__(self) -> int:
        return sum(map(len, self.parts.values()))

    def apply(self, changes: PolicyChanges, version: int, content: str) -> None:
        """Take the changes in. What is removed and was never there is no matter."""
        for part, ids in changes.removed.items():
            for entity_id in ids:
                self.parts[part].pop(entity_id, None)
        for part, field in FIELDS.items():
            self.parts[part].update((key_of(entity), entity) for entity in getattr(changes, field))
        if changes.settings is not None:
            self.settings = changes.settings
        self.version, self.content = version, content

    def policy(self) -> Policy:
        """The policy as a value."""
        return self._of(self.parts)

    def places(self) -> Policy:
        """The policy without its people and what they carry."""
        return self._of({part: held for part, held in self.parts.items() if part not in UNORDERED})

    def _of(self, parts: Mapping[PolicyPart, dict[str, Any]]) -> Policy:
        fields: dict[str, Any] = {FIELDS[part]: _in_order(part, held) for part, held in parts.items()}
        return msgspec.structs.replace(self.settings, version=self.version, content=self.content, **fields)


def _in_order(part: PolicyPart, held: Mapping[str, Any]) -> tuple[Any, ...]:
    if part in UNORDERED:
        return tuple(held.values())
    return tuple(entity for _, entity in sorted(held.items()))


def apply(policy: Policy, changes: PolicyChanges, version: int, content: str) -> Policy:
    """The policy after the changes, under its new version."""
    store = PolicyStore(policy)
    store.apply(changes, version, content)
    return store.policy()
