"""Local rules: when they act, on which outputs, and what they remember of it."""

from collections.abc import Mapping

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from doorward.acs.decision.door.state import Cause, DoorMode, DoorState, Position, Release
from doorward.acs.decision.local_rules import (
    DoorFact,
    DoorTrigger,
    EventTrigger,
    Facts,
    Found,
    Happening,
    InputTrigger,
    LocalAction,
    LocalRule,
    Plan,
    ScheduleTrigger,
    ThreatTrigger,
    Trigger,
    holds,
    plan,
)
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType

FIRE = InputTrigger("fire")
QUIET, BURNING = Facts({"fire": InputState.NORMAL}), Facts({"fire": InputState.ACTIVE})
BROKEN = Facts({"fire": InputState.OPEN})


def rule(action: LocalAction, trigger: Trigger = FIRE, name: str = "rule", version: int = 1) -> LocalRule:
    return LocalRule(name, name, trigger, action, "siren", 1_000, version)


class Running:
    """Rules that are asked again and again, with what they remember."""

    def __init__(self, *rules: LocalRule) -> None:
        self.rules = rules
        self.found: dict[str, Found] = {}
        self.switched: dict[str, str] = {}

    def see(self, facts: Facts) -> Plan:
        wanted = plan(self.rules, facts, self.found, self.switched)
        self.found.update(wanted.found)
        latched: dict[str, str | None] = {**self.switched, **wanted.switched}
        self.switched = {output: by for output, by in latched.items() if by is not None}
        return wanted


@pytest.mark.parametrize(
    "state, active, expected",
    [
        (InputState.ACTIVE, True, True),
        (InputState.NORMAL, True, False),
        (InputState.ACTIVE, False, False),
        (InputState.NORMAL, False, True),
        (InputState.OPEN, True, None),
        (InputState.SHORT, False, None),
        (InputState.UNKNOWN, True, None),
    ],
)
def test_an_input_is_active_or_at_rest_and_a_broken_line_is_neither(
    state: InputState, active: bool, expected: bool | None
) -> None:
    assert holds(InputTrigger("fire", active), Facts({"fire": state})) is expected


@pytest.mark.parametrize(
    "fact, state",
    [
        (DoorFact.OPEN, DoorState(position=Position.OPEN, online=True)),
        (DoorFact.RELEASED, DoorState(release=Release(Cause.CARD, 1, "c"), online=True)),
        (DoorFact.RELEASED, DoorState(mode=DoorMode.UNLOCKED, online=True)),
        (DoorFact.UNLOCKED, DoorState(mode=DoorMode.UNLOCKED, online=True)),
        (DoorFact.LOCKDOWN, DoorState(mode=DoorMode.LOCKDOWN, online=True)),
        (DoorFact.FORCED, DoorState(forced=True, online=True)),
        (DoorFact.HELD, DoorState(held=True, online=True)),
        (DoorFact.EMERGENCY, DoorState(emergency=True, online=True)),
        (DoorFact.TAMPERED, DoorState(tampered=True, online=True)),
        (DoorFact.OFFLINE, DoorState()),
    ],
)
def test_each_fact_about_a_door(fact: DoorFact, state: DoorState) -> None:
    at_rest = DoorState(position=Position.CLOSED, online=True)
    trigger = DoorTrigger("door", fact)
    assert holds(trigger, Facts(doors={"door": state})) is True
    assert holds(trigger, Facts(doors={"door": at_rest})) is False
    assert holds(trigger, Facts()) is None


def test_a_door_whose_sensor_is_not_known_is_neither_open_nor_closed() -> None:
    assert holds(DoorTrigger("door", DoorFact.OPEN), Facts(doors={"door": DoorState(online=True)})) is None


def test_a_threat_level_is_one_or_any() -> None:
    assert [holds(ThreatTrigger("Red"), Facts(threat_level=level)) for level in ("", "Red", "Amber")] == [
        False, True, False,
    ]  # fmt: skip
    assert [holds(ThreatTrigger(), Facts(threat_level=level)) for level in ("", "Red")] == [False, True]


def test_a_schedule_that_is_not_known_is_not_known() -> None:
    assert holds(ScheduleTrigger("s"), Facts()) is None
    assert holds(ScheduleTrigger("s"), Facts(schedules={"s": True})) is True


def test_an_output_follows_and_holds_through_a_broken_line() -> None:
    running = Running(rule(LocalAction.FOLLOW))
    assert [("siren" in running.see(facts).on) for facts in (QUIET, BURNING, BROKEN, BURNING, QUIET, BROKEN)] == [
        False, True, True, True, False, False,
    ]  # fmt: skip


def test_a_pulse_is_for_a_change_that_was_seen() -> None:
    running = Running(rule(LocalAction.PULSE))
    seen = (BURNING, QUIET, BURNING, BURNING, BROKEN, BURNING)
    assert [("siren" in running.see(facts).pulses) for facts in seen] == [
        False, False, True, False, False, False,
    ]  # fmt: skip


def test_a_rule_that_was_changed_begins_as_a_new_one() -> None:
    running = Running(rule(LocalAction.PULSE))
    running.see(QUIET)
    running.rules = (rule(LocalAction.PULSE, version=2),)
    assert not running.see(BURNING).pulses


def test_what_was_switched_on_stays_on_until_it_is_switched_off_and_off_comes_last() -> None:
    off = rule(LocalAction.OFF, InputTrigger("bell"), "off")
    running = Running(rule(LocalAction.ON), off)
    assert running.see(BURNING).on["siren"].rule.action is LocalAction.ON
    assert "siren" in running.see(QUIET).on
    both = Facts({"fire": InputState.ACTIVE, "bell": InputState.ACTIVE})
    wanted = running.see(both)
    assert not wanted.on
    assert wanted.off["siren"].rule is off


def test_an_output_whose_rule_is_gone_or_switches_another_is_not_on() -> None:
    running = Running(rule(LocalAction.ON))
    running.see(BURNING)
    moved = msgspec.structs.replace(running.rules[0], output_id="lamp")
    running.rules = (moved,)
    assert running.see(QUIET).switched == {"siren": None}
    running.rules = ()
    assert not running.see(QUIET).on


def test_an_event_acts_each_time_and_brings_its_correlation() -> None:
    running = Running(rule(LocalAction.PULSE, EventTrigger(EventType.DOOR_FORCED, "door")))
    forced = Facts(events=[Happening(EventType.DOOR_FORCED, "door", "c-1")])
    assert running.see(forced).pulses["siren"].correlation == "c-1"
    assert running.see(forced).pulses
    assert not running.see(Facts(events=[Happening(EventType.DOOR_FORCED, "other", "c-2")])).pulses
    assert not running.see(Facts(events=[Happening(EventType.DOOR_HELD, "door", "c-2")])).pulses


def test_an_output_that_is_on_is_not_pulsed() -> None:
    running = Running(rule(LocalAction.FOLLOW, name="follow"), rule(LocalAction.PULSE, name="pulse"))
    running.see(QUIET)
    wanted = running.see(BURNING)
    assert "siren" in wanted.on
    assert not wanted.pulses


STATES = st.sampled_from([InputState.ACTIVE, InputState.NORMAL, InputState.FAULT])
TRIGGERS = st.one_of(
    st.builds(InputTrigger, st.sampled_from("ab"), st.booleans()),
    st.builds(ScheduleTrigger, st.just("s")),
    st.builds(ThreatTrigger, st.sampled_from(["", "Red"])),
    st.builds(EventTrigger, st.just(EventType.DOOR_FORCED)),
)


@st.composite
def rule_sets(draw: st.DrawFn) -> list[LocalRule]:
    made = draw(st.lists(st.tuples(TRIGGERS, st.sampled_from(LocalAction), st.sampled_from("xy")), max_size=6))
    return [
        LocalRule(str(place), str(place), trigger, action, output, 500)
        for place, (trigger, action, output) in enumerate(made)
        if not (isinstance(trigger, EventTrigger) and action is LocalAction.FOLLOW)
    ]


FACTS = st.builds(
    lambda inputs, schedule, threat, forced: Facts(
        inputs,
        schedules={} if schedule is None else {"s": schedule},
        threat_level=threat,
        events=[Happening(EventType.DOOR_FORCED, "door", "c")] if forced else [],
    ),
    st.dictionaries(st.sampled_from("ab"), STATES),
    st.sampled_from([None, True, False]),
    st.sampled_from(["", "Red"]),
    st.booleans(),
)


@given(rule_sets(), st.lists(FACTS, min_size=1, max_size=6))
def test_the_laws_of_outputs(rules: list[LocalRule], seen: list[Facts]) -> None:
    running = Running(*rules)
    for facts in seen:
        wanted = running.see(facts)
        outputs = {one.output_id for one in rules}
        assert {*wanted.on, *wanted.off, *wanted.pulses} <= outputs
        assert not wanted.on.keys() & (wanted.off.keys() | wanted.pulses.keys())
        assert running.switched.keys() <= wanted.on.keys()
        follows = _following(rules, running.found)
        assert wanted.on.keys() == running.switched.keys() | follows
        quiet = Facts(facts.inputs, facts.doors, facts.schedules, facts.threat_level)
        again = plan(rules, quiet, running.found, running.switched)
        assert (again.found, again.switched, again.off, again.pulses) == ({}, {}, {}, {})
        assert again.on.keys() == wanted.on.keys(), "asked again, nothing moves"


def _following(rules: list[LocalRule], found: Mapping[str, Found]) -> set[str]:
    return {
        one.output_id for one in rules if one.action is LocalAction.FOLLOW and one.id in found and found[one.id].holds
    }
