"""The access decision: what was shown at one reader, against one policy, at one moment.

The checks and their order (the first that fails is the reason):

1. the controller itself: it has a policy, a clock and recent enough contact;
2. the reader belongs to a door, and the door can be opened at all;
3. what was shown is readable, known, and one person's; a PIN is right and the keypad not locked out;
4. each credential, then the cardholder: status, dates, uses;
5. the read is fresh, and the door is not in lockdown (or the cardholder exempt);
6. an access rule names the cardholder at this door side, and one of its schedules applies;
7. the identification profile accepts what was shown, now; if it wants more, the outcome is WAITING;
8. zones: isolation, anti-passback; interlocks; the door's device is online;
9. occupancy, two-person rule and escorts; if somebody else must come, the outcome is WAITING.

Every check that mattered is in the trace, in order, so that a decision can be explained long after the policy has
changed. A reference that leads nowhere denies.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from doorward.acs.decision.compiled import CARD, CompiledPolicy, Place, ReaderSpot
from doorward.acs.decision.decision import (
    Conditions,
    Decision,
    DoorCondition,
    DoorResponse,
    Draft,
    Notice,
    Outcome,
)
from doorward.acs.decision.identify import PIN, active_ways, identify
from doorward.acs.decision.keypad import NO_LOCKOUT, after_wrong_pin
from doorward.acs.decision.memory import Change, Swipe, Table, Use
from doorward.acs.decision.passage import move_of, zone_denial
from doorward.acs.decision.policy import CardholderPolicy, IdentificationType
from doorward.acs.decision.read import Read
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.standing import cardholder_denial, credential_denial
from doorward.acs.decision.together import group_denial
from doorward.acs.decision.trace import TraceStep

# Members of an enumeration are looked up by a function, each time: a badge should not wait for that.
_GRANTED, _DENIED, _WAITING = Outcome.GRANTED, Outcome.DENIED, Outcome.WAITING
_REASON_GRANTED, _PIN_REQUIRED = Reason.GRANTED, Reason.PIN_REQUIRED
_NO_ACCESS_RULE, _OUTSIDE_SCHEDULE = Reason.NO_ACCESS_RULE, Reason.OUTSIDE_SCHEDULE

_CREDENTIAL_OK = TraceStep("credential", True, "valid")
_CARDHOLDER_OK = TraceStep("cardholder", True, "valid")
_FRESH = TraceStep("read_is_fresh", True, "now")
_NO_LOCKDOWN = TraceStep("lockdown", True, "none")
_NO_RULE = TraceStep("access_rule", False, "none")
_NO_SCHEDULE = TraceStep("schedule", False, "no rule applies now")
_ONLINE = TraceStep("door_online", True, "online")
_UNSEEN = DoorCondition(online=False, closed=None, locked=None)
UNFINISHED = frozenset({Reason.PIN_REQUIRED, Reason.CARD_REQUIRED})
"""Of an attempt that goes on: the same person must show more."""
_WRONG_PIN = frozenset({Reason.PIN_WRONG, Reason.PIN_UNKNOWN, Reason.PIN_LENGTH_WRONG, Reason.PIN_AMBIGUOUS})


def decide(policy: CompiledPolicy, conditions: Conditions, read: Read, now: datetime) -> Decision:
    """Decide one read at a door. `now` is aware UTC. Nothing is changed: what should be is in the decision."""
    spot = policy.spots.get(read.reader_id)
    if spot is None:
        return _nowhere(policy, conditions, read, now)
    return _decide_at(policy, conditions, spot, spot.places[0], read, now)


def decide_floors(policy: CompiledPolicy, conditions: Conditions, read: Read, now: datetime) -> tuple[Decision, ...]:
    """Decide one read in an elevator: a decision for each of its floors. For other readers, their one decision."""
    spot = policy.spots.get(read.reader_id)
    if spot is None:
        return (_nowhere(policy, conditions, read, now),)
    return tuple(_decide_at(policy, conditions, spot, place, read, now) for place in spot.places)


def _nowhere(policy: CompiledPolicy, conditions: Conditions, read: Read, now: datetime) -> Decision:
    draft = Draft(now, [])
    reason = controller_denial(policy, conditions, draft)
    reason = reason or draft.denied("reader", Reason.READER_UNKNOWN, read.reader_id)
    return Decision(_DENIED, reason, tuple(draft.trace))


def _decide_at(
    policy: CompiledPolicy, conditions: Conditions, spot: ReaderSpot, place: Place, read: Read, now: datetime
) -> Decision:
    draft = Draft(now, [place.step])
    reason = (
        controller_denial(policy, conditions, draft)
        or (None if place.usable else place_denial(place, draft))
        or identify(policy, conditions, spot, place, read.shown, draft)
        or judge(policy, conditions, place, draft, read.fresh)
    )
    if draft.types is not CARD and IdentificationType.PIN in draft.types:
        _count_pins(conditions, spot, draft, reason)
    return conclude(place, draft, reason)


def judge(
    policy: CompiledPolicy, conditions: Conditions, place: Place, draft: Draft, fresh: bool = True
) -> Reason | None:
    """Everything after identification: may the owner of the credentials in the draft pass here now?"""
    reason = _standing_denial(policy, conditions, draft)
    cardholder = draft.cardholder
    if reason is not None or cardholder is None:
        return reason
    if not fresh:
        return draft.denied("read_is_fresh", Reason.READER_WAS_OFFLINE, "delivered after reconnection")
    draft.trace.append(_FRESH)
    condition = conditions.doors.get(place.door_id, _UNSEEN)
    reason = (
        _lockdown_denial(place, condition, cardholder, draft)
        or _rule_denial(policy, place, cardholder, draft)
        or _method_denial(policy, place, draft)
    )
    if reason is not None:
        return reason
    for credential in draft.used:
        if credential.starts_lockdown:
            draft.response = DoorResponse.LOCKDOWN
            _note_uses(conditions, draft)
            return None
    guarded = place.guarded or cardholder.visitor or cardholder.escort_required or not conditions.memory.waiting.empty
    if guarded:
        reason = zone_denial(policy, conditions, place, draft) or _interlock_denial(conditions, place, draft)
        if reason is not None:
            return reason
    if not condition.online:
        return draft.denied("door_online", Reason.DOOR_OFFLINE, "offline")
    draft.trace.append(_ONLINE)
    if guarded:
        reason = group_denial(policy, conditions, place, draft)
        if reason is not None:
            return reason
        draft.move = move_of(policy, place)
    _note_grant(conditions, place, cardholder, draft)
    return None


def controller_denial(policy: CompiledPolicy, conditions: Conditions, draft: Draft) -> Reason | None:
    """Why the controller decides nothing now, if so."""
    if not policy.version:
        return draft.denied("controller", Reason.NO_POLICY)
    if not conditions.clock_ok:
        return draft.denied("controller", Reason.CLOCK_UNRELIABLE)
    if policy.stale_after_s is not None and conditions.contact_age_s > policy.stale_after_s:
        return draft.denied("controller", Reason.POLICY_STALE, f"no contact for {conditions.contact_age_s:.0f} s")
    return None


def place_denial(place: Place, draft: Draft) -> Reason | None:
    """Why nothing opens this door, if so: it has no lock, is under maintenance, or its profile is not known."""
    if place.usable:
        return None
    if place.ready:
        return draft.denied("profile", Reason.PROFILE_UNKNOWN, place.door.profile_id or "")
    what = "maintenance" if place.door.maintenance else place.door.kind.value
    return draft.denied("door_ready", Reason.DOOR_NOT_READY, what)


def _standing_denial(policy: CompiledPolicy, conditions: Conditions, draft: Draft) -> Reason | None:
    used, now = draft.used, draft.now
    for credential in used:
        if credential.traced:
            draft.notices += (Notice.TRACED,)
        reason = credential_denial(credential, conditions.memory, now, policy.zone)
        if reason is not None:
            return draft.denied("credential", reason)
    draft.trace.append(_CREDENTIAL_OK)
    draft.cardholder = cardholder = policy.cardholders.get(used[0].cardholder_id)
    reason = cardholder_denial(cardholder, now)
    if reason is not None:
        return draft.denied("cardholder", reason)
    draft.trace.append(_CARDHOLDER_OK)
    return None


def _lockdown_denial(
    place: Place, condition: DoorCondition, cardholder: CardholderPolicy, draft: Draft
) -> Reason | None:
    if not condition.lockdown and not place.lockdown:
        draft.trace.append(_NO_LOCKDOWN)
        return None
    if cardholder.exempt_lockdown:
        draft.passed("lockdown", "exempt")
        return None
    return draft.denied("lockdown", Reason.DOOR_LOCKDOWN, "lockdown")


def _rule_denial(policy: CompiledPolicy, place: Place, cardholder: CardholderPolicy, draft: Draft) -> Reason | None:
    """The first rule, in the order of the policy, that names the cardholder (or a group of theirs) here and applies."""
    numbers = rules_for(policy, place, cardholder)
    if not numbers:
        draft.trace.append(_NO_RULE)
        return _NO_ACCESS_RULE
    rules, now, trace = policy.timed_rules, draft.now, draft.trace
    for number in numbers:
        rule = rules[number]
        timetable = rule.applying(now)
        if timetable is not None:
            draft.rule_id = rule.id
            trace.append(rule.step)
            trace.append(timetable.step)
            return None
    draft.rule_id = rules[numbers[0]].id
    if len(numbers) == 1:
        trace.append(rules[numbers[0]].step)
    else:
        draft.passed("access_rule", ", ".join([rules[number].step.detail for number in numbers]))
    trace.append(_NO_SCHEDULE)
    return _OUTSIDE_SCHEDULE


def rules_for(policy: CompiledPolicy, place: Place, cardholder: CardholderPolicy) -> Sequence[int]:
    """The numbers of the rules that name the cardholder, or a group of theirs, at this door side, in order."""
    rules_of, known = policy.rules_of, place.rules_of_group
    own = rules_of.get(cardholder.id)
    found: Sequence[int] = () if own is None else sorted(own & place.rules)
    for group in cardholder.groups:
        theirs = known.get(group)
        if theirs is None:
            theirs = place.learn(group, rules_of)
        if theirs:
            found = sorted({*found, *theirs}) if found else theirs
    return found


def _method_denial(policy: CompiledPolicy, place: Place, draft: Draft) -> Reason | None:
    """One accepted combination is exactly what was shown; or holds it, and then the rest is waited for."""
    types, longer = draft.types, None
    if place.profile_step is not None:
        draft.trace.append(place.profile_step)
    if types is CARD and place.by_card is not None:
        draft.trace.append(place.by_card.step)
        return None
    for way in active_ways(policy, place, draft):
        if way.types == types:
            draft.trace.append(way.step)
            return None
        if way.types > types:
            longer = way
    if longer is None:
        return draft.denied(
            "method", Reason.METHOD_NOT_ACCEPTED, " and ".join(sorted(kind.value for kind in draft.types))
        )
    missing = longer.types - draft.types
    reason = Reason.PIN_REQUIRED if missing == PIN else Reason.CARD_REQUIRED
    return draft.waits("method", reason, " and ".join(sorted(kind.value for kind in missing)))


def _interlock_denial(conditions: Conditions, place: Place, draft: Draft) -> Reason | None:
    for name, others in place.interlocks:
        for door_id in sorted(others):
            other = conditions.doors.get(door_id, _UNSEEN)
            if other.closed is None or other.locked is None or not other.online:
                return draft.denied("interlock", Reason.INTERLOCK_UNKNOWN, name)
            if not other.closed or not other.locked:
                return draft.denied("interlock", Reason.INTERLOCK_OPEN, name)
        draft.passed("interlock", name)
    return None


def _note_grant(conditions: Conditions, place: Place, cardholder: CardholderPolicy, draft: Draft) -> None:
    """What a grant changes: long access, double swipe, and the uses of credentials that count them."""
    if cardholder.long_access:
        draft.long = True
    swipe = place.door.double_swipe
    if swipe is not None and cardholder.double_swipe:
        door_id = place.door_id
        last = conditions.memory.swipe.get(door_id)
        again = (
            last is not None
            and last.cardholder_id == cardholder.id
            and timedelta() <= draft.now - last.at <= timedelta(milliseconds=swipe.timeout_ms)
        )
        draft.response = DoorResponse.TOGGLE if again else DoorResponse.RELEASE
        draft.changes += (Change(Table.SWIPE, door_id, None if again else Swipe(cardholder.id, draft.now)),)
    _note_uses(conditions, draft)


def _note_uses(conditions: Conditions, draft: Draft) -> None:
    for credential in draft.used:
        if credential.relative is not None:
            draft.changes += (_used(conditions, credential.id, draft.now),)
    for companion in draft.companions:
        if companion.counted:
            draft.changes += (_used(conditions, companion.credential_id, draft.now),)


def _used(conditions: Conditions, credential_id: str, now: datetime) -> Change:
    use = conditions.memory.use.get(credential_id)
    first, count = (use.first, use.count) if use is not None else (now, 0)
    return Change(Table.USE, credential_id, Use(first, now, count + 1))


def _count_pins(conditions: Conditions, spot: ReaderSpot, draft: Draft, reason: Reason | None) -> None:
    """Wrong PINs in a row lock the keypad for a while; a right one begins anew."""
    if reason not in _WRONG_PIN:
        if draft.used and reason is not Reason.READER_LOCKED_OUT and conditions.memory.failures.get(spot.id):
            draft.changes += (Change(Table.FAILURES, spot.id, None),)
        return
    before = conditions.memory.failures.get(spot.id) or NO_LOCKOUT
    after, locked = after_wrong_pin(spot.pin, before, draft.now)
    if locked:
        draft.notices += (Notice.LOCKED_OUT,)
    draft.changes += (Change(Table.FAILURES, spot.id, after),)


def conclude(place: Place, draft: Draft, reason: Reason | None) -> Decision:
    """The decision that the draft has come to; no reason: granted."""
    granted = reason is None
    outcome = _GRANTED if granted else draft.outcome
    changes = draft.changes
    if outcome is _WAITING and reason in UNFINISHED:
        # The code will be shown to `decide` again, together with what else is wanted.
        changes = tuple(change for change in changes if change.table is not Table.QR_STEP)
    used = draft.used
    first = used[0] if used else None
    owner = first.cardholder_id if first is not None else None
    if owner is None and draft.cardholder is not None:
        owner = draft.cardholder.id
    return Decision(
        outcome,
        reason or _REASON_GRANTED,
        tuple(draft.trace),
        place.door_id,
        place.side,
        draft.token,
        first.id if first is not None else None,
        owner,
        draft.rule_id,
        draft.response,
        draft.long,
        draft.notices,
        draft.companions if granted else (),
        draft.move if granted else None,
        changes,
        tuple(credential.id for credential in used) if len(used) > 1 else (),
    )
