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
    all_waiting = _still_waiting(policy, waiting, me.id, draft) if waiting is not None else ()
    others = all_waiting
    rule = _two_person_rule(policy, place, draft)
    if rule is None and not needs_escort(place, me) and people_needed(policy, conditions, place, 1) == 1:
        # Nobody else is needed: those who only lack an escort come along, if this is one.
        others = () if me.visitor else tuple(one for one in others if _lacks_escort(policy, place, one))
    group = [me, *(policy.cardholders[one.cardholder_id] for one in others)]
    zone = full_zone(policy, conditions, place, [one.id for one in group])
    if zone is not None:
        return draft.denied("occupancy", Reason.ZONE_FULL, zone.name)
    reason = _missing(policy, conditions, place, rule, group)
    if reason is not None:
        timeout_ms = rule.timeout_ms if rule is not None else policy.escort_timeout_ms
        people = (*others, Waiter(me.id, draft.used[0].id, draft.used[0].relative is not None))
        until = draft.now + timedelta(milliseconds=timeout_ms)
        draft.changes += (Change(Table.WAITING, place.key, Waiting(people, until)),)
        return draft.waits("together", reason, f"{len(group)} of them here")
    if waiting is not None:
        left = tuple(one for one in all_waiting if one not in others)
        draft.changes += (Change(Table.WAITING, place.key, Waiting(left, waiting.until) if left else None),)
    draft.companions = others
    if others:
        draft.passed("together", f"{len(group)} people")
    return None


def _still_waiting(policy: CompiledPolicy, waiting: Waiting, me: str, draft: Draft) -> tuple[Waiter, ...]:
    """Those who wait, as far as their time is not over and they still may pass anywhere."""
    if draft.now >= waiting.until:
        return ()
    return tuple(
        one
        for one in waiting.people
        if one.cardholder_id != me and cardholder_denial(policy.cardholders.get(one.cardholder_id), draft.now) is None
    )


def _two_person_rule(policy: CompiledPolicy, place: Place, draft: Draft) -> TwoPersonRule | None:
    """The two-person rule, if it holds here and now."""
    rule = place.door.two_person
    if rule is None or place.side not in rule.sides:
        return None
    return rule if not rule.schedules or policy.applies(rule.schedules, draft.now) else None


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
