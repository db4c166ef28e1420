"""Passing together: the two-person rule, escorts, and zones that are entered and left by several at once."""

from datetime import timedelta

from doorward.acs.decision.compiled import CompiledPolicy, Place
from doorward.acs.decision.decision import Conditions, Draft
from doorward.acs.decision.memory import Change, Table, Waiter, Waiting
from doorward.acs.decision.passage import full_zone, people_needed
from doorward.acs.decision.policy import CardholderPolicy, TwoPersonRule
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.standing import cardholder_denial


def group_denial(policy: CompiledPolicy, conditions: Conditions, place: Place, draft: Draft) -> Reason | None:
    """Whether this cardholder, with those who wait at this door side, is company enough.

    If not, they wait with the others, and the reason says what is missing. Those who then pass along are put into
    the draft as companions.
    """
    me = draft.cardholder
    if me is None:
        return None
    waiting = conditions.memory.waiting.get(place.key)
    rule = _two_person_rule(policy, place, draft)
    timeout = timedelta(milliseconds=rule.timeout_ms if rule is not None else policy.escort_timeout_ms)
    all_waiting = _still_waiting(policy, conditions, place, waiting, draft) if waiting is not None else ()
    others = all_waiting
    if rule is None and not needs_escort(place, me) and people_needed(policy, conditions, place, 1) == 1:
        # Nobody else is needed: those who only lack an escort come along, if this is one.
        others = () if me.visitor else tuple(one for one in others if _lacks_escort(policy, place, one))
    group = [me, *(policy.cardholders[one.cardholder_id] for one in others)]
    zone = full_zone(policy, conditions, place, [one.id for one in group])
    if zone is not None:
        return draft.denied("occupancy", Reason.ZONE_FULL, zone.name)
    reason = _missing(policy, conditions, place, rule, group)
    if reason is not None:
        people = (*others, Waiter(me.id, draft.used[0].id, draft.used[0].relative is not None))
        draft.changes += (Change(Table.WAITING, place.key, Waiting(people, draft.now + timeout)),)
        return draft.waits("together", reason, f"{len(group)} of them here")
    if waiting is not None:
        left = tuple(one for one in all_waiting if one not in others)
        draft.changes += (Change(Table.WAITING, place.key, Waiting(left, waiting.until) if left else None),)
    draft.companions = others
    if others:
        draft.passed("together", f"{len(group)} people")
    return None


def _still_waiting(
    policy: CompiledPolicy, conditions: Conditions, place: Place, waiting: Waiting, draft: Draft
) -> tuple[Waiter, ...]:
    """Those who wait, as far as their time is not over and they still may pass here.

    A clock that was set back cannot make them wait longer than they may: a time further off has no effect.
    """
    two_person = place.door.two_person
    longest_ms = max(policy.escort_timeout_ms, two_person.timeout_ms if two_person is not None else 0)
    if not timedelta() < waiting.until - draft.now <= timedelta(milliseconds=longest_ms):
        return ()
    condition = conditions.doors.get(place.door.id)
    lockdown = place.door.lockdown or (condition is not None and condition.lockdown)
    return tuple(one for one in waiting.people if _may_come_along(policy, one, lockdown, draft))


def _may_come_along(policy: CompiledPolicy, waiter: Waiter, lockdown: bool, draft: Draft) -> bool:
    """Whether somebody who waits is another than the one who has come now, and still may pass."""
    cardholder = policy.cardholders.get(waiter.cardholder_id)
    if cardholder is None or cardholder is draft.cardholder or cardholder_denial(cardholder, draft.now) is not None:
        return False
    return cardholder.exempt_lockdown or not lockdown


def _two_person_rule(policy: CompiledPolicy, place: Place, draft: Draft) -> TwoPersonRule | None:
    """The two-person rule, if it holds here and now."""
    rule = place.door.two_person
    if rule is None or place.side not in rule.sides:
        return None
    if not rule.schedules or policy.applies(rule.schedules, draft.now):
        return rule
    # A schedule that is not known must not make one person enough.
    return rule if any(one not in policy.schedules for one in rule.schedules) else None


def _missing(
    policy: CompiledPolicy,
    conditions: Conditions,
    place: Place,
    rule: TwoPersonRule | None,
    group: list[CardholderPolicy],
) -> Reason | None:
    if rule is not None and len(group) < 2:
        return Reason.SECOND_PERSON_REQUIRED
    if rule is not None and rule.groups and not any(set(rule.groups) & set(one.groups) for one in group):
        return Reason.GROUP_REQUIRED
    if len(group) < people_needed(policy, conditions, place, len(group)):
        return Reason.OCCUPANTS_REQUIRED
    escorted = [one for one in group if needs_escort(place, one)]
    if escorted and not any(not one.visitor and one not in escorted for one in group):
        return Reason.ESCORT_REQUIRED
    return None


def _lacks_escort(policy: CompiledPolicy, place: Place, waiter: Waiter) -> bool:
    return needs_escort(place, policy.cardholders[waiter.cardholder_id])


def needs_escort(place: Place, cardholder: CardholderPolicy) -> bool:
    """Whether the cardholder passes here only with an escort."""
    return cardholder.escort_required or (cardholder.visitor and place.door.escort_required)
