"""Passing between zones: where it leads, anti-passback, occupancy. Nothing moves before the door has opened."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

from doorward.acs.decision.compiled import CompiledPolicy, Place
from doorward.acs.decision.decision import Conditions, Draft, Move, Notice
from doorward.acs.decision.memory import Change, Memory, Presence, Table
from doorward.acs.decision.policy import AntiPassback, CardholderPolicy, WhenIsolated, ZonePolicy
from doorward.acs.decision.reason import Reason


def move_of(policy: CompiledPolicy, place: Place) -> Move | None:
    """Where passing here leads, or None where no zone begins or ends."""
    if place.enters:
        innermost = max(place.enters, key=lambda zone_id: len(policy.chains[zone_id]))
        return Move(innermost, place.enters, place.leaves)
    if place.leaves:
        outermost = min(place.leaves, key=lambda zone_id: len(policy.chains[zone_id]))
        return Move(policy.zones[outermost].parent, (), place.leaves)
    return None


def zone_denial(policy: CompiledPolicy, conditions: Conditions, place: Place, draft: Draft) -> Reason | None:
    """Why the zones here do not take (or let go) this cardholder, if so. Notes a soft violation."""
    for zone_id in (*place.enters, *place.leaves):
        zone = policy.zones[zone_id]
        isolated = zone.shared and not conditions.connected
        if isolated and zone.when_isolated is WhenIsolated.DENY and zone_id in place.enters:
            return draft.denied("zone", Reason.ZONE_ISOLATED, zone.name)
        if isolated and zone.when_isolated is not WhenIsolated.LOCAL:
            draft.passed("zone", f"{zone.name}: not checked, the other controllers cannot be reached")
        elif reason := _anti_passback(policy, conditions.memory, place, zone, draft):
            return reason
    return None


def full_zone(policy: CompiledPolicy, conditions: Conditions, place: Place, people: Sequence[str]) -> ZonePolicy | None:
    """A zone that cannot take these people as well."""
    for zone_id in place.enters:
        for around in policy.chains[zone_id]:
            zone = policy.zones[around]
            if zone.max_occupancy is None or _unchecked(zone, conditions):
                continue
            coming = sum(not _is_in(policy, conditions.memory, person, around) for person in people)
            if coming and (conditions.memory.occupancy.get(around) or 0) + coming > zone.max_occupancy:
                return zone
    return None


def people_needed(policy: CompiledPolicy, conditions: Conditions, place: Place, group: int) -> int:
    """How many must pass together, because a zone may not be left with fewer than its minimum in it.

    An empty zone is entered by at least the minimum at once, and the last of the minimum leave it together.
    """
    needed = 1
    for zone_id, entering in [(one, True) for one in place.enters] + [(one, False) for one in place.leaves]:
        zone = policy.zones[zone_id]
        if zone.min_occupancy < 2 or _unchecked(zone, conditions):
            continue
        inside = conditions.memory.occupancy.get(zone_id) or 0
        if entering:
            needed = max(needed, zone.min_occupancy - inside)
        elif 0 < inside - group < zone.min_occupancy:
            needed = max(needed, inside)
    return needed


def _unchecked(zone: ZonePolicy, conditions: Conditions) -> bool:
    return zone.shared and not conditions.connected and zone.when_isolated is WhenIsolated.IGNORE


def _anti_passback(
    policy: CompiledPolicy, memory: Memory, place: Place, zone: ZonePolicy, draft: Draft
) -> Reason | None:
    rule, cardholder = zone.anti_passback, draft.cardholder
    if rule is None or cardholder is None:
        return None
    if cardholder.exempt_antipassback:
        draft.passed("anti_passback", f"{zone.name}: exempt")
        return None
    presence = memory.presence.get(cardholder.id)
    if presence is None or _forgiven(policy, zone, rule, cardholder, presence.since, draft):
        draft.passed("anti_passback", f"{zone.name}: whereabouts not known or forgiven")
        return None
    inside = zone.id in policy.chains.get(presence.zone_id or "", ())
    if zone.id in place.enters:
        over = rule.timeout_s and draft.now - presence.since >= timedelta(seconds=rule.timeout_s)
        reason = Reason.ANTI_PASSBACK if inside and not over else None
    else:
        reason = Reason.ANTI_PASSBACK_EXIT if rule.check_exit and not inside else None
    if reason is None:
        draft.passed("anti_passback", f"{zone.name}: {'inside' if inside else 'outside'}")
        return None
    if Notice.ANTI_PASSBACK not in draft.notices:
        draft.notices += (Notice.ANTI_PASSBACK,)
    if rule.hard:
        return draft.denied("anti_passback", reason, f"{zone.name}, since {presence.since.isoformat()}")
    draft.passed("anti_passback", f"{zone.name}: violated, only reported")
    return None


def _forgiven(
    policy: CompiledPolicy,
    zone: ZonePolicy,
    rule: AntiPassback,
    cardholder: CardholderPolicy,
    since: datetime,
    draft: Draft,
) -> bool:
    """Whether a presence that began at `since` no longer counts."""
    if any(moment is not None and since <= moment for moment in (zone.forgiven_at, cardholder.forgiven_at)):
        return True
    if rule.forgive_at is None:
        return False
    return since <= last_shown(rule.forgive_at, draft.now, policy.zone)


def last_shown(minute: int, now: datetime, zone: tzinfo) -> datetime:
    """When a wall clock in the zone last showed this minute of the day: a day that skips it does not count."""
    today = now.astimezone(zone).date()
    for days in range(3):
        wall = datetime.combine(today - timedelta(days=days), time(minute // 60, minute % 60))
        for fold in (1, 0):
            moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if moment <= now and moment.astimezone(zone).replace(tzinfo=None) == wall:
                return moment
    return now - timedelta(days=3)


def _is_in(policy: CompiledPolicy, memory: Memory, cardholder_id: str, zone_id: str) -> bool:
    presence = memory.presence.get(cardholder_id)
    return presence is not None and zone_id in policy.chains.get(presence.zone_id or "", ())


def moved(
    policy: CompiledPolicy, memory: Memory, people: Iterable[str], zone_id: str | None, at: datetime
) -> tuple[Change, ...]:
    """The changes that put people into a zone (None: into none): their presence, and the counts of every zone
    that they leave or enter by it."""
    presences: list[Change] = []
    counts: dict[str, int] = {}
    there = policy.chains.get(zone_id or "", ())
    for person in people:
        known = memory.presence.get(person)
        before = policy.chains.get(known.zone_id or "", ()) if known is not None else ()
        for zone in before:
            if zone not in there:
                counts[zone] = counts.get(zone, memory.occupancy.get(zone) or 0) - 1
        for zone in there:
            if zone not in before:
                counts[zone] = counts.get(zone, memory.occupancy.get(zone) or 0) + 1
        presences.append(Change(Table.PRESENCE, person, Presence(zone_id, at)))
    return (*presences, *(Change(Table.OCCUPANCY, zone, max(0, count)) for zone, count in counts.items()))
