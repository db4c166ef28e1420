"""The access decision: one card read against one policy, at one moment.

Every check that was made is in the trace, in order, so that a decision can be explained long
after the policy has changed. A reference that leads nowhere denies.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from doorward.acs.decision.card_format import H10301, CardBits, CardToken, decode
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialPolicy,
    CredentialStatus,
    Side,
)
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule import is_active
from doorward.acs.decision.trace import TraceStep


class Outcome(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    DENIED = "denied"


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


class Decision(msgspec.Struct, frozen=True):
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

# Steps that say the same every time are made once: this is the hot path of every badge.
_H10301 = TraceStep("card_format", True, H10301)
_CREDENTIAL_OK = TraceStep("credential", True, CredentialStatus.ACTIVE.value)
_CREDENTIAL_UNKNOWN = TraceStep("credential", False, "unknown")
_CARDHOLDER_OK = TraceStep("cardholder", True, "valid")
_FRESH = TraceStep("read_is_fresh", True, "now")
_NOT_FRESH = TraceStep("read_is_fresh", False, "delivered after reconnection")
_NO_LOCKDOWN = TraceStep("lockdown", True, "none")
_LOCKDOWN = TraceStep("lockdown", False, "lockdown")
_NO_RULE = TraceStep("access_rule", False, "none")
_NO_SCHEDULE = TraceStep("schedule", False, "no rule applies now")
_ONLINE = TraceStep("door_online", True, "online")
_OFFLINE = TraceStep("door_online", False, "offline")


def decide(policy: CompiledPolicy, door: DoorCondition, read: Read, now: datetime) -> Decision:
    """Decide one read. `now` is aware UTC; `door` is the condition of the reader's own door."""
    place = policy.places.get(read.reader_id)
    if place is None:
        step = TraceStep("reader", False, read.reader_id)
        return Decision(Outcome.DENIED, Reason.READER_UNKNOWN, (step,))
    door_id, side, reader_step = place
    steps = [reader_step]

    token = decode(read.bits)
    if isinstance(token, Reason):
        steps.append(TraceStep("card_format", False, f"{read.bits.bit_count} bits"))
        return Decision(Outcome.DENIED, token, tuple(steps), door_id, side)
    steps.append(_H10301 if token.format == H10301 else TraceStep("card_format", True, token.format))

    credential = policy.credentials.get(token)
    if credential is None:
        steps.append(_CREDENTIAL_UNKNOWN)
        return Decision(Outcome.DENIED, Reason.CARD_UNKNOWN, tuple(steps), door_id, side, token)

    reason, rule_id = _denial(policy, door, read, now, credential, (door_id, side), steps)
    return Decision(
        Outcome.GRANTED if reason is None else Outcome.DENIED,
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
    place: tuple[str, Side],
    steps: list[TraceStep],
) -> tuple[Reason | None, str | None]:
    """The first reason to deny a known card (None: grant), and the rule that granted or came nearest."""
    reason = _credential_denial(credential, now)
    steps.append(TraceStep("credential", False, reason) if reason else _CREDENTIAL_OK)
    if reason:
        return reason, None
    cardholder = policy.cardholders.get(credential.cardholder_id)
    reason = _cardholder_denial(cardholder, now)
    steps.append(TraceStep("cardholder", False, reason) if reason else _CARDHOLDER_OK)
    if reason or cardholder is None:
        return reason, None
    steps.append(_FRESH if read.fresh else _NOT_FRESH)
    if not read.fresh:
        return Reason.READER_WAS_OFFLINE, None
    steps.append(_LOCKDOWN if door.lockdown else _NO_LOCKDOWN)
    if door.lockdown:
        return Reason.DOOR_LOCKDOWN, None
    rules = _rules_for(policy, cardholder, place)
    if not rules:
        steps.append(_NO_RULE)
        return Reason.NO_ACCESS_RULE, None
    if len(rules) == 1:
        steps.append(policy.rule_steps[rules[0].id][0])
    else:
        steps.append(TraceStep("access_rule", True, ", ".join([rule.name for rule in rules])))
    rule = _rule_in_time(policy, rules, now)
    if rule is None:
        steps.append(_NO_SCHEDULE)
        return Reason.OUTSIDE_SCHEDULE, rules[0].id
    steps.append(policy.rule_steps[rule.id][1])
    steps.append(_ONLINE if door.online else _OFFLINE)
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


def _rules_for(policy: CompiledPolicy, cardholder: CardholderPolicy, place: tuple[str, Side]) -> list[AccessRulePolicy]:
    """The rules that name the cardholder, or a group of theirs, at this side of this door; each once."""
    by_holder = policy.rules_of_side.get(place)
    if not by_holder:
        return []
    found = list(by_holder.get(cardholder.id, ()))
    for group in cardholder.groups:
        for rule in by_holder.get(group, ()):
            if rule not in found:
                found.append(rule)
    return found


def _rule_in_time(policy: CompiledPolicy, rules: list[AccessRulePolicy], now: datetime) -> AccessRulePolicy | None:
    for rule in rules:
        for schedule_id in rule.schedules:
            schedule = policy.schedules.get(schedule_id)
            if schedule is not None and is_active(schedule, now, policy.zone):
                return rule
    return None
