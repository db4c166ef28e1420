"""The access decision: one card read against one policy, at one moment.

Every check that was made is in the trace, in order, so that a decision can be explained long
after the policy has changed. A reference that leads nowhere denies.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from doorward.acs.decision.card_format import CardBits, CardToken, decode
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CompiledPolicy,
    CredentialPolicy,
    CredentialStatus,
    Side,
)
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import is_active


class Outcome(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    DENIED = "denied"


class TraceStep(msgspec.Struct, frozen=True, array_like=True):
    """One check: its name, whether it let the read go on, and what it saw."""

    check: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Read:
    """A card shown at a reader. `fresh` is False when it may have waited in an unreachable reader."""

    reader_id: str
    bits: CardBits
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class DoorCondition:
    """What a decision must know of the door's present state."""

    lockdown: bool = False
    online: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, why, for whom and where (as far as that became known), and the trace."""

    outcome: Outcome
    reason: Reason
    trace: tuple[TraceStep, ...]
    door_id: str | None = None
    side: Side | None = None
    token: CardToken | None = None
    credential_id: str | None = None
    cardholder_id: str | None = None
    rule_id: str | None = None


_STATUS_REASONS = {
    CredentialStatus.SUSPENDED: Reason.CREDENTIAL_SUSPENDED,
    CredentialStatus.LOST: Reason.CREDENTIAL_LOST,
    CredentialStatus.STOLEN: Reason.CREDENTIAL_STOLEN,
}


def decide(policy: CompiledPolicy, door: DoorCondition, read: Read, now: datetime) -> Decision:
    """Decide one read. `now` is aware UTC; `door` is the condition of the reader's own door."""
    steps: list[TraceStep] = []

    reader = policy.readers.get(read.reader_id)
    if reader is None or reader.door_id not in policy.doors:
        steps.append(TraceStep("reader", False, read.reader_id))
        return Decision(Outcome.DENIED, Reason.READER_UNKNOWN, tuple(steps))
    door_id, side = reader.door_id, reader.side
    steps.append(TraceStep("reader", True, f"{policy.doors[door_id].name}, side {side.value}"))

    token = decode(read.bits)
    if isinstance(token, Reason):
        steps.append(TraceStep("card_format", False, f"{read.bits.bit_count} bits"))
        return Decision(Outcome.DENIED, token, tuple(steps), door_id, side)
    steps.append(TraceStep("card_format", True, token.format))

    credential = policy.credentials.get(token)
    if credential is None:
        steps.append(TraceStep("credential", False, "unknown"))
        return Decision(Outcome.DENIED, Reason.CARD_UNKNOWN, tuple(steps), door_id, side, token)
    cardholder = policy.cardholders.get(credential.cardholder_id)

    reason, rule_id = _denial(policy, door, read, now, credential, cardholder, (door_id, side), steps)
    return Decision(
        Outcome.DENIED if reason else Outcome.GRANTED,
        reason or Reason.GRANTED,
        tuple(steps),
        door_id,
        side,
        token,
        credential.id,
        credential.cardholder_id,
        rule_id,
    )


def _denial(
    policy: CompiledPolicy,
    door: DoorCondition,
    read: Read,
    now: datetime,
    credential: CredentialPolicy,
    cardholder: CardholderPolicy | None,
    place: tuple[str, Side],
    steps: list[TraceStep],
) -> tuple[Reason | None, str | None]:
    """The first reason to deny a known card (None: grant), and the rule that granted or came nearest."""
    reason = _credential_denial(credential, now)
    steps.append(TraceStep("credential", reason is None, reason or credential.status.value))
    if reason:
        return reason, None
    reason = _cardholder_denial(cardholder, now)
    steps.append(TraceStep("cardholder", reason is None, reason or "valid"))
    if reason or cardholder is None:
        return reason, None
    steps.append(
        TraceStep("read_is_fresh", read.fresh, "now" if read.fresh else "delivered after reconnection")
    )
    if not read.fresh:
        return Reason.READER_WAS_OFFLINE, None
    steps.append(TraceStep("lockdown", not door.lockdown, "lockdown" if door.lockdown else "none"))
    if door.lockdown:
        return Reason.DOOR_LOCKDOWN, None
    rules = _rules_for(policy, cardholder, place)
    steps.append(TraceStep("access_rule", bool(rules), ", ".join(rule.name for rule in rules) or "none"))
    if not rules:
        return Reason.NO_ACCESS_RULE, None
    rule = _rule_in_time(policy, rules, now)
    steps.append(TraceStep("schedule", rule is not None, rule.name if rule else "no rule applies now"))
    if rule is None:
        return Reason.OUTSIDE_SCHEDULE, rules[0].id
    steps.append(TraceStep("door_online", door.online, "online" if door.online else "offline"))
    return (None if door.online else Reason.DOOR_OFFLINE), rule.id


def _credential_denial(credential: CredentialPolicy, now: datetime) -> Reason | None:
    if credential.status is not CredentialStatus.ACTIVE:
        return _STATUS_REASONS[credential.status]
    if credential.valid_from is not None and now < credential.valid_from:
        return Reason.CREDENTIAL_NOT_YET_VALID
    if credential.valid_to is not None and now >= credential.valid_to:
        return Reason.CREDENTIAL_EXPIRED
    return None


def _cardholder_denial(cardholder: CardholderPolicy | None, now: datetime) -> Reason | None:
    if cardholder is None:
        return Reason.CARDHOLDER_UNKNOWN
    if cardholder.suspended:
        return Reason.CARDHOLDER_SUSPENDED
    if cardholder.valid_from is not None and now < cardholder.valid_from:
        return Reason.CARDHOLDER_NOT_YET_VALID
    if cardholder.valid_to is not None and now >= cardholder.valid_to:
        return Reason.CARDHOLDER_EXPIRED
    return None


def _rules_for(
    policy: CompiledPolicy, cardholder: CardholderPolicy, place: tuple[str, Side]
) -> list[AccessRulePolicy]:
    """The rules that name the cardholder, or a group of theirs, at this side of this door; each once."""
    by_holder = policy.rules_of_side.get(place)
    if not by_holder:
        return []
    found = {
        rule.id: rule for holder in (cardholder.id, *cardholder.groups) for rule in by_holder.get(holder, ())
    }
    return list(found.values())


def _rule_in_time(
    policy: CompiledPolicy, rules: list[AccessRulePolicy], now: datetime
) -> AccessRulePolicy | None:
    for rule in rules:
        for schedule_id in rule.schedules:
            schedule = policy.schedules.get(schedule_id)
            if schedule is not None and is_active(schedule, now, policy.time_zone):
                return rule
    return None
