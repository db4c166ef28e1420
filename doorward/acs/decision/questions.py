"""Questions that the code which decides answers itself: would somebody pass, who could, and what a change would do.

Nothing here has a rule of its own: what somebody holds is put through the checks of `decide` as if they had shown it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.acs.decision.compiled import CompiledPolicy, Place, Way
from doorward.acs.decision.decide import conclude, controller_denial, judge, place_denial, rules_for
from doorward.acs.decision.decision import Conditions, Decision, Draft, Outcome
from doorward.acs.decision.identify import active_ways
from doorward.acs.decision.people_index import card_token
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialKind,
    CredentialPolicy,
    IdentificationType,
    Side,
)
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.schedule_walk import next_change
from doorward.acs.decision.standing import credential_denial
from doorward.acs.decision.trace import TraceStep

_KINDS = {
    IdentificationType.CARD: CredentialKind.CARD,
    IdentificationType.PIN: CredentialKind.PIN,
    IdentificationType.QR: CredentialKind.QR,
    IdentificationType.DYNAMIC_QR: CredentialKind.DYNAMIC_QR,
    IdentificationType.PLATE: CredentialKind.PLATE,
    IdentificationType.MOBILE_TAP: CredentialKind.MOBILE,
    IdentificationType.MOBILE_TOUCH: CredentialKind.MOBILE,
}
_RANK = {Outcome.GRANTED: 2, Outcome.WAITING: 1, Outcome.DENIED: 0}


def would_pass(
    policy: CompiledPolicy,
    conditions: Conditions,
    cardholder_id: str,
    credentials: Sequence[CredentialPolicy],
    place: tuple[str, Side],
    now: datetime,
) -> Decision:
    """What would be decided if the cardholder came to a door side with all their `credentials`, and showed the best.

    The decision says which credential that is (`credential_id`) and why; nothing is changed by asking.
    """
    found = policy.places.get(place)
    if found is None:
        step = TraceStep("reader", False, f"{place[0]}, side {place[1].value}")
        return Decision(Outcome.DENIED, Reason.READER_UNKNOWN, (step,), cardholder_id=cardholder_id)
    draft = _draft(found, now)
    tried = [
        _try(policy, conditions, found, way, used, now)
        for way in active_ways(policy, found, draft)
        if (used := _holds(policy, conditions, way, credentials, now)) is not None
    ]
    if tried:
        return max(tried, key=lambda decision: (_RANK[decision.outcome], len(decision.trace)))
    reason = controller_denial(policy, conditions, draft) or place_denial(found, draft)
    held = " and ".join(sorted({credential.kind.value for credential in credentials})) or "nothing"
    reason = reason or draft.denied("method", Reason.METHOD_NOT_ACCEPTED, f"holds {held}")
    draft.cardholder = policy.cardholders.get(cardholder_id)
    return conclude(found, draft, reason)


def who_can_pass(
    policy: CompiledPolicy,
    conditions: Conditions,
    credentials_of: Callable[[str], Sequence[CredentialPolicy]],
    place: tuple[str, Side],
    now: datetime,
) -> Iterator[tuple[str, Decision]]:
    """Every cardholder whom some rule names at this door side, with what would be decided if they came."""
    found = policy.places.get(place)
    if found is None:
        return
    for cardholder in policy.cardholders.values():
        if rules_for(policy, found, cardholder):
            credentials = credentials_of(cardholder.id)
            yield cardholder.id, would_pass(policy, conditions, cardholder.id, credentials, place, now)


def _draft(place: Place, now: datetime) -> Draft:
    return Draft(now, [place.step])


def _holds(
    policy: CompiledPolicy, conditions: Conditions, way: Way, credentials: Sequence[CredentialPolicy], now: datetime
) -> tuple[CredentialPolicy, ...] | None:
    """A credential for each type that the way asks for, those that may be used first; PINs last, as they are shown."""
    used = []
    for kind in sorted(way.types, key=lambda one: one is IdentificationType.PIN):
        fitting = [credential for credential in credentials if credential.kind is _KINDS.get(kind)]
        if not fitting:
            return None
        usable = [one for one in fitting if credential_denial(one, conditions.memory, now, policy.zone) is None]
        used.append((usable or fitting)[0])
    return tuple(used)


def _try(
    policy: CompiledPolicy,
    conditions: Conditions,
    place: Place,
    way: Way,
    used: tuple[CredentialPolicy, ...],
    now: datetime,
) -> Decision:
    draft = _draft(place, now)
    draft.used, draft.types = used, way.types
    if used[0].kind is CredentialKind.CARD:
        draft.token = card_token(used[0])
    reason = (
        controller_denial(policy, conditions, draft)
        or place_denial(place, draft)
        or judge(policy, conditions, place, draft)
    )
    return conclude(place, draft, reason)


@dataclass(frozen=True, slots=True)
class Span:
    """[`start`, `end`), aware UTC."""

    start: datetime
    end: datetime


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What a cardholder may do at a door side within the time looked at, before and after."""

    cardholder_id: str
    door_id: str
    side: Side
    before: Spans
    after: Spans

    @property
    def gains(self) -> bool:
        """Whether they may pass at some time at which they might not before."""
        return union((*self.before, *self.after)) != self.before

    @property
    def loses(self) -> bool:
        """Whether they may no longer pass at some time at which they might before."""
        return union((*self.before, *self.after)) != self.after


def compare(
    before: CompiledPolicy, after: CompiledPolicy, start: datetime, length: timedelta = timedelta(days=7)
) -> Iterator[AccessChange]:
    """Whose access differs between two policies, in the time from `start`: by rules, schedules, groups and dates.

    A lockdown that a threat level imposes counts: only the exempt pass such a door. Credentials, profiles and what
    happens at the door (anti-passback, company) do not.
    """
    window = Span(start, start + length)
    old, new = _Access(before, window), _Access(after, window)
    for cardholder_id in {**before.cardholders, **after.cardholders}:
        was, will = old.of(cardholder_id), new.of(cardholder_id)
        if was is will or was == will:
            continue
        for place in sorted({*was, *will}):
            change = AccessChange(cardholder_id, *place, was.get(place, ()), will.get(place, ()))
            if change.before != change.after:
                yield change


class _Access:
    """The times at which people may pass by the rules. People with the same rules are worked out once."""

    def __init__(self, policy: CompiledPolicy, window: Span) -> None:
        self._policy = policy
        self._window = window
        self._schedules: dict[str, Spans] = {}
        self._rules: dict[int, Spans] = {}
        self._classes: dict[tuple[frozenset[int], bool], Mapping[tuple[str, Side], Spans]] = {}

    def of(self, cardholder_id: str) -> Mapping[tuple[str, Side], Spans]:
        cardholder = self._policy.cardholders.get(cardholder_id)
        if cardholder is None or cardholder.suspended:
            return {}
        rules_of = self._policy.rules_of
        numbers: frozenset[int] = frozenset().union(
            *(rules_of.get(holder, ()) for holder in (cardholder.id, *cardholder.groups))
        )
        alike = numbers, cardholder.exempt_lockdown
        if alike not in self._classes:
            self._classes[alike] = self._of_rules(*alike)
        return self._within_dates(cardholder, self._classes[alike])

    def _of_rules(self, numbers: Iterable[int], exempt: bool) -> Mapping[tuple[str, Side], Spans]:
        parts: dict[tuple[str, Side], list[Span]] = {}
        for number in numbers:
            rule = self._policy.rules[number]
            for place in rule.door_sides:
                found = self._policy.places.get((place.door_id, place.side))
                if found is not None and (exempt or not found.door.lockdown):
                    parts.setdefault((place.door_id, place.side), []).extend(self._of_rule(number, rule))
        return {place: union(spans) for place, spans in parts.items() if spans}

    def _of_rule(self, number: int, rule: AccessRulePolicy) -> Spans:
        if number not in self._rules:
            spans = union(span for schedule_id in rule.schedules for span in self._of_schedule(schedule_id))
            self._rules[number] = clip(spans, rule.valid_from, rule.valid_to)
        return self._rules[number]

    def _of_schedule(self, schedule_id: str) -> Spans:
        if schedule_id not in self._schedules:
            self._schedules[schedule_id] = tuple(self._walk(schedule_id))
        return self._schedules[schedule_id]

    def _walk(self, schedule_id: str) -> Iterator[Span]:
        schedule, zone = self._policy.schedules.get(schedule_id), self._policy.zone
        if schedule is None:
            return
        at, end = self._window.start, self._window.end
        while at < end:
            change = next_change(schedule, at, zone, end - at) or end
            if self._policy.applies((schedule_id,), at):
                yield Span(at, min(change, end))
            at = change

    def _within_dates(
        self, cardholder: CardholderPolicy, access: Mapping[tuple[str, Side], Spans]
    ) -> Mapping[tuple[str, Side], Spans]:
        if cardholder.valid_from is None and cardholder.valid_to is None:
            return access
        clipped = {place: clip(spans, cardholder.valid_from, cardholder.valid_to) for place, spans in access.items()}
        return {place: spans for place, spans in clipped.items() if spans}


def union(spans: Iterable[Span]) -> Spans:
    """The same time in as few spans as possible, in order."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def clip(spans: Spans, start: datetime | None, end: datetime | None) -> Spans:
    """What of the spans lies from `start` to `end`, where these are given."""
    cut = (
        Span(
            max(span.start, start) if start is not None else span.start,
            min(span.end, end) if end is not None else span.end,
        )
        for span in spans
    )
    return tuple(span for span in cut if span.start < span.end)
