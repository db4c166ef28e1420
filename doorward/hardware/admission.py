"""Letting people in, within a turn: what they show is put together, decided, written down, and followed up.

One per turn. It keeps nothing of its own between turns: attempts, keypads and what decisions remember begin as the
situation has them, and end as the turn's next situation.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from doorward.acs.decision.card_format import CardBits
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import UNFINISHED, decide_floors
from doorward.acs.decision.decision import Conditions, Decision, DoorCondition, DoorResponse, Notice, Outcome
from doorward.acs.decision.door import (
    Acted,
    CardGranted,
    DoorAction,
    DoorState,
    Input,
    Step,
)
from doorward.acs.decision.keypad import EMPTY, EnteredPin, Keypad, press
from doorward.acs.decision.memory import Change, Table, Use
from doorward.acs.decision.passage import moved
from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.decision.read import PinEntry, Read, Shown
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.trace import TraceStep
from doorward.acs.devices import ReaderLine
from doorward.acs.doors.condition import door_condition
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import QR_STEPS, CredentialNews, Presences
from doorward.hardware.driver import Feedback
from doorward.hardware.occupancy import Level, crossed, everybody
from doorward.hardware.situation import Attempt, Moment, Situation, Subject

if TYPE_CHECKING:
    from doorward.hardware.turn import Turn

ATTEMPT_MS = 15_000
"""So long a reader waits for what else must be shown, after each thing that was."""
_MOST_EXACT = 2**53
"""Whole numbers beyond it are not exact in JSON: they are written as text."""
_OUTCOMES = {
    Outcome.GRANTED: EventType.ACCESS_GRANTED,
    Outcome.DENIED: EventType.ACCESS_DENIED,
    Outcome.WAITING: EventType.ACCESS_WAITING,
}
_TELLING = {Outcome.GRANTED: 0, Outcome.WAITING: 1, Outcome.DENIED: 2}
"""Of the decisions for the floors of an elevator the first of these is told."""
_NOTICES = {
    Notice.DURESS: EventType.ACCESS_DURESS,
    Notice.TRACED: EventType.ACCESS_TRACED,
    Notice.ANTI_PASSBACK: EventType.ACCESS_PASSBACK,
    Notice.LOCKED_OUT: EventType.READER_LOCKED_OUT,
}


@dataclass(frozen=True, slots=True)
class _Decided:
    """A decision, and where its record stands among the turn's."""

    decision: Decision
    record: int


class Admission:
    """The part of a turn that lets people in. `changes` are those of the memory, to be made durable."""

    def __init__(self, turn: "Turn", situation: Situation, moment: Moment, durable: bool) -> None:
        self.memory = situation.memory.fork()
        self.changes: list[Change] = []
        self.attempts: dict[str, Attempt] = dict(situation.attempts)
        self.keypads: dict[str, Keypad] = dict(situation.keypads)
        self._turn = turn
        self._policy = situation.policy
        self._situation = situation
        self._moment = moment
        self._durable = durable

    # What is shown.

    def keys(self, reader: ReaderLine, keys: str, reference: str = "") -> None:
        """Keys pressed at a reader, oldest first."""
        reader_id = reader.reader_id
        spot = self._policy.spots.get(reader_id)
        if spot is None:
            return
        for key in keys:
            before = self.keypads.get(reader_id, EMPTY)
            self.keypads[reader_id], entered = press(spot.pin, before, key, self._moment.now_ms)
            if isinstance(entered, EnteredPin):
                self.show(reader, PinEntry(entered.digits), reference=reference)
            elif entered is not None:
                self.show(reader, PinEntry(before.digits), reference=reference)

    def show(self, reader: ReaderLine, item: Shown, fresh: bool = True, reference: str = "") -> None:
        """Something shown at a reader: decide it with what was shown before it in the same attempt.

        The feedback about it has its `reference`.
        """
        reader_id = reader.reader_id
        attempt = self._attempt(reader_id, item)
        read = Read(reader_id, attempt.shown, fresh)
        decisions = decide_floors(self._policy, self._conditions(), read, self._moment.at)
        if not self._durable:
            decisions = tuple(_not_written(one) if _releases(one) else one for one in decisions)
        main = min(decisions, key=lambda one: _TELLING[one.outcome])
        if any(one.reason in UNFINISHED for one in decisions):
            self.attempts[reader_id] = attempt
        self.remember(change for one in decisions for change in one.changes)
        decided = self._write(reader, attempt, main, decisions)
        self._tell(reader, attempt, decisions)
        granted = [one for one in decisions if one.outcome is Outcome.GRANTED]
        done = [self._respond(attempt.correlation, reader, one) for one in granted]
        if granted and not any(done):
            self._take_back(decided)
        if not fresh and not reference:
            return  # Whoever showed it may be gone; and the reader is to hand over what else it kept without delay.
        waiting, lockdown = main.outcome is Outcome.WAITING, main.reason is Reason.DOOR_LOCKDOWN
        self._turn.feedback(
            Feedback(reader.device_id, any(done), waiting, reader.number, lockdown, reference=reference)
        )

    def _attempt(self, reader_id: str, item: Shown) -> Attempt:
        """The attempt that this item belongs to; showing the same kind of thing again begins anew."""
        until_ms = self._moment.now_ms + ATTEMPT_MS
        before = self.attempts.pop(reader_id, None)
        if before is None or before.until_ms <= self._moment.now_ms:
            return Attempt((item,), until_ms, new_id())
        kept = tuple(one for one in before.shown if type(one) is not type(item))
        return Attempt((*kept, item), until_ms, before.correlation)

    def _conditions(self) -> Conditions:
        contact, at = self._situation.contact, self._moment.at
        return Conditions(
            self.memory,
            _DoorConditions(self._policy.doors, self._turn.doors),
            contact.connected,
            contact.clock_ok,
            contact.age_s(at),
        )

    # What is written down.

    def _write(self, reader: ReaderLine, attempt: Attempt, main: Decision, decisions: tuple[Decision, ...]) -> _Decided:
        data = _unknown_card(main, attempt)
        if len(main.credentials) > 1:
            data["credential_ids"] = list(main.credentials)
        if main.companions:
            data["companions"] = [one.cardholder_id for one in main.companions]
        if len(decisions) > 1:
            data["floors"] = [one.door_id for one in decisions if one.outcome is Outcome.GRANTED]
        if steps := {change.key: change.value for change in main.changes if change.table is Table.QR_STEP}:
            data[QR_STEPS] = steps
        place = len(self._turn.records)
        self._turn.record(
            _OUTCOMES[main.outcome],
            attempt.correlation,
            **_subjects(reader, main),
            reason=main.reason.value,
            rule_id=main.rule_id,
            trace=main.trace,
            data=data,
        )
        return _Decided(main, place)

    def _tell(self, reader: ReaderLine, attempt: Attempt, decisions: tuple[Decision, ...]) -> None:
        """What somebody must be told besides the decision. The person at the reader notices nothing of it."""
        told = {notice: one for one in reversed(decisions) for notice in one.notices}
        for notice, one in told.items():
            self._turn.record(_NOTICES[notice], attempt.correlation, **_subjects(reader, one), reason=one.reason.value)

    def _take_back(self, decided: _Decided) -> None:
        """The door itself refused, for a reason that the decision could not see: then nobody was granted anything."""
        record = self._turn.records[decided.record]
        step = TraceStep("door_ready", False, "refused")
        self._turn.records[decided.record] = msgspec.structs.replace(
            record,
            type=EventType.ACCESS_DENIED,
            reason=Reason.DOOR_NOT_READY.value,
            trace=(*decided.decision.trace, step),
        )

    # What follows.

    def _respond(self, correlation: str, reader: ReaderLine, decision: Decision) -> bool:
        """Put a grant to its door. False when the door refuses."""
        door_id = decision.door_id
        if door_id is None or door_id not in self._turn.doors:
            return False
        people = tuple(
            (one, credential)
            for one, credential in (
                (decision.cardholder_id, decision.credential_id),
                *((companion.cardholder_id, companion.credential_id) for companion in decision.companions),
            )
            if one is not None
        )
        subject = Subject(
            correlation,
            door_id,
            decision.side,
            reader.reader_id,
            decision.cardholder_id,
            decision.credential_id,
            people=people,
            move=decision.move,
        )
        self._turn.subjects[correlation, door_id] = subject
        return self._turn.step(door_id, self._input(correlation, decision)).refused is None

    def _input(self, correlation: str, decision: Decision) -> Input:
        if decision.response is DoorResponse.LOCKDOWN:
            return Acted(DoorAction.LOCKDOWN, correlation)
        cardholder = self._policy.cardholders.get(decision.cardholder_id or "")
        exempt = cardholder is not None and cardholder.exempt_lockdown
        toggles = decision.response is DoorResponse.TOGGLE
        return CardGranted(correlation, long=decision.long, exempt=exempt, toggles=toggles)

    def passed(self, door_id: str, taken: Step) -> None:
        """The grants that a door's step used: those people are where the door leads now."""
        for correlation in taken.passed:
            subject = self._turn.subjects.get((correlation, door_id))
            if subject is not None and subject.people:
                self._enter(subject)
                # Whoever passed has passed: an opening later in the same release moves nobody again.
                self._turn.subjects[correlation, door_id] = replace(subject, people=())

    def _enter(self, subject: Subject) -> None:
        people = [person for person, _ in subject.people]
        if subject.move is not None:
            zone_id = subject.move.zone_id
            changes = moved(self._policy, self.memory, people, zone_id, self._moment.at)
            for person, credential in subject.people:
                self._turn.record(
                    EventType.ACCESS_ENTERED,
                    subject.correlation,
                    door_id=subject.door_id,
                    side=subject.side,
                    reader_id=subject.reader_id,
                    cardholder_id=person,
                    credential_id=credential,
                    data={"zone": zone_id, "left": list(subject.move.left)},
                )
            self._count(changes, subject.correlation, subject.door_id)
            self.remember(changes)
        door = self._policy.doors.get(subject.door_id)
        leaves = subject.move is not None and not subject.move.entered
        if door is not None and not leaves and self._is_first_person(door, people):
            self.remember([Change(Table.FIRST_PERSON, door.id, self._moment.at)])

    def _is_first_person(self, door: DoorPolicy, people: Iterable[str]) -> bool:
        rule = door.first_person
        if rule is None:
            return False
        known = [self._policy.cardholders[person] for person in people if person in self._policy.cardholders]
        return not rule.groups or any(set(rule.groups) & set(person.groups) for person in known)

    def _count(self, changes: Iterable[Change], correlation: str, door_id: str | None) -> None:
        """Tell of zones that become full or lonely by these changes, and of those that no longer are."""
        for change in changes:
            zone = self._policy.zones.get(change.key) if change.table is Table.OCCUPANCY else None
            if zone is not None:
                before = Level(zone, self.memory.occupancy.get(zone.id) or 0)
                self._tell_level(before, Level(zone, change.value), correlation, door_id)

    def _tell_level(self, before: Level, after: Level, correlation: str, door_id: str | None) -> None:
        zone = after.zone or before.zone
        if zone is None:
            return
        data = {"zone": zone.name, "occupancy": after.people}
        for kind in crossed(before, after):
            self._turn.record(kind, correlation, door_id=door_id, zone_id=zone.id, data=data)

    def adopt_zones(self, before: CompiledPolicy) -> None:
        """Count anew where zones lie in other zones than before, and tell of those with other limits."""
        zones, recount = self._policy.zones, self._policy.chains != before.chains
        if zones == before.zones:
            return
        known = {zone_id: self.memory.occupancy.get(zone_id) or 0 for zone_id in {**before.zones, **zones}}
        found = everybody(self._policy, self.memory) if recount else known
        for zone_id, count in known.items():
            after = Level(zones.get(zone_id), found[zone_id])
            self._tell_level(Level(before.zones.get(zone_id), count), after, new_id(), None)
        self.remember(
            Change(Table.OCCUPANCY, zone_id, found[zone_id]) for zone_id in known if found[zone_id] != known[zone_id]
        )

    # What others saw, and time.

    def learn(self, news: Presences) -> None:
        """Where people went through doors of other controllers, which tell of their zones themselves."""
        for person in news.people:
            known = self.memory.presence.get(person.cardholder_id)
            if known is None or person.since > known.since:
                changes = moved(self._policy, self.memory, [person.cardholder_id], person.zone_id, person.since)
                if news.by_hand:
                    self._count(changes, new_id(), None)
                self.remember(changes)

    def learn_uses(self, news: CredentialNews) -> None:
        """How credentials were used at other controllers: as if it had been here."""
        for use in news.uses:
            known = self.memory.use.get(use.credential_id) or Use(use.first, use.last, 0)
            sum_of_all = Use(min(known.first, use.first), max(known.last, use.last), max(known.count, use.count))
            if sum_of_all != known:
                self.remember([Change(Table.USE, use.credential_id, sum_of_all)])
        for credential_id, step in news.qr_steps.items():
            taken = self.memory.qr_step.get(credential_id)
            if taken is None or step > taken:
                self.remember([Change(Table.QR_STEP, credential_id, step)])

    def pass_time(self) -> None:
        """Forget attempts that nobody finished, and end lockouts that are over."""
        now_ms, at = self._moment.now_ms, self._moment.at
        self.attempts = {key: attempt for key, attempt in self.attempts.items() if attempt.until_ms > now_ms}
        if self.memory.failures.empty:
            return
        for spot in self._policy.spots.values():
            lockout = self.memory.failures.get(spot.id)
            if lockout is not None and lockout.until is not None and lockout.until <= at:
                self.remember([Change(Table.FAILURES, spot.id, None)])
                door = spot.places[0].door
                self._turn.record(
                    EventType.READER_LOCKOUT_ENDED,
                    new_id(),
                    door_id=door.id,
                    side=spot.places[0].side,
                    reader_id=spot.id,
                )

    def remember(self, changes: Iterable[Change]) -> None:
        """Make changes of the memory, which will be made durable."""
        made = list(changes)
        self.memory.apply(made)
        self.changes += made


class _DoorConditions(Mapping[str, DoorCondition]):
    """The conditions of all doors as they stand, made when one is asked for: most decisions look at one."""

    __slots__ = ("_doors", "_states")

    def __init__(self, doors: Mapping[str, DoorPolicy], states: Mapping[str, DoorState]) -> None:
        self._doors = doors
        self._states = states

    def __getitem__(self, door_id: str) -> DoorCondition:
        return _condition(self._doors[door_id], self._states[door_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)


def _condition(door: DoorPolicy, state: DoorState) -> DoorCondition:
    released = state.release is not None
    return door_condition(door, state.mode, state.position, online=state.online, released=released)


def _releases(decision: Decision) -> bool:
    """A card that puts the door in lockdown is granted, but releases nothing."""
    return decision.outcome is Outcome.GRANTED and decision.response is not DoorResponse.LOCKDOWN


def _not_written(decision: Decision) -> Decision:
    return msgspec.structs.replace(
        decision,
        outcome=Outcome.DENIED,
        reason=Reason.JOURNAL_UNAVAILABLE,
        trace=(*decision.trace, TraceStep("journal", False, "cannot be written")),
        changes=(),
    )


def _subjects(reader: ReaderLine, decision: Decision) -> dict[str, Any]:
    return {
        "door_id": decision.door_id,
        "side": decision.side,
        "reader_id": reader.reader_id,
        "cardholder_id": decision.cardholder_id,
        "credential_id": decision.credential_id,
    }


def _unknown_card(decision: Decision, attempt: Attempt) -> dict[str, Any]:
    """The bits of a card that belongs to nobody, so that it can be enrolled. Those of others stay secret."""
    bits = next((one for one in attempt.shown if isinstance(one, CardBits)), None)
    if decision.credential_id is not None or bits is None:
        return {}
    data: dict[str, Any] = {"bits": bits.as_text()}
    if decision.token is not None:
        data |= {"facility": decision.token.facility, "number": _exact(decision.token.number)}
    return data


def _exact(number: int) -> int | str:
    return number if number < _MOST_EXACT else str(number)
