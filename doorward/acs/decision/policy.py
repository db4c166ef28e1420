"""The policy snapshot: everything a controller needs to decide alone, and its compiled form.

The structs cross processes (msgspec). `CompiledPolicy` adds the indexes that make a decision a
few dictionary look-ups; build it once per version.
"""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from doorward.acs.decision.card_format import CardToken
from doorward.acs.decision.schedule import Schedule
from doorward.acs.decision.trace import TraceStep


class Side(StrEnum):
    """A side of a door: a reader on side A is passed going from side A to side B."""

    A = "A"
    B = "B"


class RelockOn(StrEnum):
    """When a released strike locks again before its access time is over."""

    OPEN = "open"
    CLOSE = "close"


class CredentialStatus(StrEnum):
    """Whether a credential may be used. Expiry is a matter of its dates, not of its status."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LOST = "lost"
    STOLEN = "stolen"


class DoorPolicy(msgspec.Struct, frozen=True):
    """One door. All times in milliseconds."""

    id: str
    name: str
    access_time_ms: int = 7_000
    held_after_ms: int = 20_000
    relock_on: RelockOn = RelockOn.CLOSE
    relock_delay_ms: int = 0
    forced_alarm: bool = True
    held_alarm: bool = True
    rex_unlocks: bool = True


class ReaderPolicy(msgspec.Struct, frozen=True):
    """A reader at one side of a door."""

    id: str
    door_id: str
    side: Side


class CredentialPolicy(msgspec.Struct, frozen=True):
    """A card and its owner. Dates are aware UTC; `valid_to` is the first moment it is no longer valid."""

    id: str
    cardholder_id: str
    format: str
    facility: int
    number: int
    status: CredentialStatus = CredentialStatus.ACTIVE
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class CardholderPolicy(msgspec.Struct, frozen=True):
    """A person, as far as a decision needs to know them."""

    id: str
    groups: tuple[str, ...] = ()
    suspended: bool = False
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class DoorSide(msgspec.Struct, frozen=True):
    """One side of one door, as a rule names it."""

    door_id: str
    side: Side


class AccessRulePolicy(msgspec.Struct, frozen=True):
    """Members of `groups`, and `cardholders` themselves, may pass `door_sides` while any of `schedules` applies."""

    id: str
    name: str
    groups: tuple[str, ...]
    cardholders: tuple[str, ...]
    schedules: tuple[str, ...]
    door_sides: tuple[DoorSide, ...]


class Policy(msgspec.Struct, frozen=True):
    """All that one controller decides by. `version` grows with every change."""

    version: int
    time_zone: str
    doors: tuple[DoorPolicy, ...] = ()
    readers: tuple[ReaderPolicy, ...] = ()
    credentials: tuple[CredentialPolicy, ...] = ()
    cardholders: tuple[CardholderPolicy, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    rules: tuple[AccessRulePolicy, ...] = ()


class CompiledPolicy:
    """A policy with its indexes. Immutable by convention: a new version is a new object."""

    __slots__ = (
        "cardholders",
        "credentials",
        "doors",
        "places",
        "readers",
        "rule_steps",
        "rules_of_side",
        "schedules",
        "version",
        "zone",
    )

    def __init__(self, policy: Policy) -> None:
        self.version = policy.version
        self.zone = ZoneInfo(policy.time_zone)
        self.doors = {door.id: door for door in policy.doors}
        self.readers = {reader.id: reader for reader in policy.readers}
        self.places = {
            reader.id: (
                reader.door_id,
                reader.side,
                TraceStep("reader", True, f"{self.doors[reader.door_id].name}, side {reader.side.value}"),
            )
            for reader in policy.readers
            if reader.door_id in self.doors
        }
        self.cardholders = {cardholder.id: cardholder for cardholder in policy.cardholders}
        self.schedules = {schedule.id: schedule for schedule in policy.schedules}
        self.credentials = {
            CardToken(credential.format, credential.facility, credential.number): credential
            for credential in policy.credentials
        }
        self.rule_steps = {
            rule.id: (TraceStep("access_rule", True, rule.name), TraceStep("schedule", True, rule.name))
            for rule in policy.rules
        }
        self.rules_of_side: dict[tuple[str, Side], dict[str, list[AccessRulePolicy]]] = {}
        for rule in policy.rules:
            for place in rule.door_sides:
                by_holder = self.rules_of_side.setdefault((place.door_id, place.side), {})
                for holder in (*rule.groups, *rule.cardholders):
                    by_holder.setdefault(holder, []).append(rule)
