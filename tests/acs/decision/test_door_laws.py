"""What holds of every door, under every policy, whatever happens to it in whatever order."""

from dataclasses import dataclass, field, replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.door import (
    Acted,
    CardGranted,
    Connected,
    DoorAction,
    DoorMode,
    DoorRecord,
    DoorSetting,
    DoorState,
    Input,
    Line,
    Position,
    PowerChanged,
    ScheduleChanged,
    Sensed,
    Source,
    Step,
    Strike,
    TimePassed,
    WithholdingEnded,
    adopt,
    has_lock,
    in_emergency,
    initial,
    next_deadline,
    standing,
    step,
    withheld,
)
from doorward.acs.decision.policy import DoorKind, DoorPolicy, DoubleSwipe, EmergencyAction, RelockOn
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import CATALOGUE, EventType

LONGEST_MS = 6_000
MUCH_LATER_MS = 100 * LONGEST_MS

times = st.integers(0, LONGEST_MS)
policies = st.builds(
    DoorPolicy,
    id=st.just("door"),
    name=st.just("Door"),
    access_time_ms=times,
    held_after_ms=times,
    relock_on=st.sampled_from(RelockOn),
    relock_delay_ms=times,
    forced_alarm=st.booleans(),
    held_alarm=st.booleans(),
    rex_unlocks=st.booleans(),
    kind=st.sampled_from([DoorKind.DOOR, DoorKind.DOOR, DoorKind.FLOOR, DoorKind.MONITORING]),
    long_access_time_ms=times,
    long_held_after_ms=times,
    pre_alarm_ms=times,
    has_position=st.sampled_from([True, True, True, False]),
    emergency=st.sampled_from([None, *EmergencyAction]),
    maintenance=st.sampled_from([False, False, True]),
    lockdown=st.sampled_from([False, False, True]),
    double_swipe=st.sampled_from([None, DoubleSwipe()]),
    unlock_schedules=st.sampled_from([(), ("office",)]),
)

states = st.sampled_from(InputState)
usual = st.sampled_from([InputState.NORMAL, InputState.ACTIVE, InputState.NORMAL, InputState.ACTIVE, InputState.SHORT])
inputs = st.one_of(
    st.builds(CardGranted, st.just(""), long=st.booleans(), exempt=st.booleans(), toggles=st.booleans()),
    st.builds(Acted, st.sampled_from(DoorAction), st.just(""), st.none() | times, st.none() | times),
    st.builds(Sensed, usual, usual, st.just(""), usual, usual),
    st.builds(Sensed, states, states, st.just(""), states, states),
    st.builds(ScheduleChanged, st.booleans(), st.just("")),
    st.builds(PowerChanged, st.booleans(), st.just("")),
    st.builds(Connected, st.sampled_from([True, True, True, False]), st.just("")),
    st.just(WithholdingEnded("")),
    st.just(TimePassed()),
)
happenings = st.lists(
    st.tuples(st.one_of(inputs, inputs, inputs, policies), st.integers(0, 2_500)), min_size=12, max_size=40
)
"""Long enough on average to get somewhere; what does not matter shrinks to time that passes."""


law = settings(max_examples=60)


@dataclass
class World:
    """A door, the strike as its device has it, and what a bystander would have written down."""

    policy: DoorPolicy
    state: DoorState
    now_ms: int = 0
    count: int = 0
    raised: set[EventType] = field(default_factory=set)
    strike: Strike = Strike.LOCK
    strike_until_ms: int = 0
    granted: set[str] = field(default_factory=set)
    unlocked_by_operator: bool = False
    wished: bool = False
    toggled: bool = False
    emergency: bool = False

    @classmethod
    def of(cls, policy: DoorPolicy) -> "World":
        """A door whose device has come online just now."""
        world = cls(policy, initial(policy))
        world.raised = alarms(policy, world.state)
        world.happen(Connected(True, ""), 0)
        return world

    def happen(self, what: Input | DoorPolicy, later_ms: int) -> tuple[Input | DoorPolicy, Step]:
        self.now_ms += later_ms
        self.count += 1
        if isinstance(what, DoorPolicy):
            taken = adopt(self.policy, what, self.state, self.now_ms)
            self.policy = what
        else:
            what = self._own(what)
            taken = step(self.policy, self.state, what, self.now_ms)
        self._watch(what, taken)
        self.state = taken.state
        for record in taken.records:
            ended = {kind for kind in self.raised if CATALOGUE[kind].cleared_by is record.type}
            self.raised -= ended
            if CATALOGUE[record.type].cleared_by is not None:
                self.raised.add(record.type)
        for effect in taken.effects:
            self.strike, self.strike_until_ms = effect.strike, self.now_ms + effect.duration_ms
        pulse_ended = self.strike is Strike.PULSE and self.strike_until_ms <= self.now_ms
        lock_taken_away = not taken.state.online and not has_lock(self.policy)
        if pulse_ended or lock_taken_away:
            self.strike = Strike.LOCK
        return what, taken

    def _own(self, what: Input) -> Input:
        """The same input with a correlation that nothing else has, and an end that lies ahead."""
        if isinstance(what, TimePassed):
            return what
        what = replace(what, correlation=f"c{self.count}")
        if isinstance(what, Acted) and what.until_ms is not None:
            what = replace(what, until_ms=self.now_ms + what.until_ms)
        return what

    def _watch(self, what: Input | DoorPolicy, taken: Step) -> None:
        """What could be a reason to release the door, told from the outside."""
        match what:
            case CardGranted(correlation=correlation, toggles=toggles) if taken.refused is None:
                self.granted.add(correlation)
                self.toggled = self.toggled or toggles
            case Acted(action=action, correlation=correlation) if taken.refused is None:
                if action is DoorAction.GRANT_ACCESS:
                    self.granted.add(correlation)
                else:
                    self.unlocked_by_operator = action is DoorAction.UNLOCK
                    self.toggled = False
            case Sensed(correlation=correlation) if self.state.online:
                if what.rex is InputState.ACTIVE:
                    self.granted.add(correlation)
                if what.emergency in (InputState.ACTIVE, InputState.NORMAL):
                    self.emergency = what.emergency is InputState.ACTIVE
            case ScheduleChanged(unlocked=unlocked):
                self.wished = unlocked


def alarms(policy: DoorPolicy, state: DoorState) -> set[EventType]:
    """Everything that is wrong with, or imposed on, a door in this state."""
    facts = {
        EventType.DOOR_FORCED: state.forced,
        EventType.DOOR_HELD: state.held,
        EventType.DOOR_HELD_WARNING: state.warned,
        EventType.DOOR_LOCKDOWN: state.setting is DoorSetting.LOCKDOWN,
        EventType.DOOR_THREAT_LOCKDOWN: policy.lockdown and has_lock(policy),
        EventType.DOOR_EMERGENCY: in_emergency(policy, state),
        EventType.DOOR_MAINTENANCE: policy.maintenance,
        EventType.DOOR_SENSOR_FAULT: Line.POSITION in state.faults,
        EventType.DOOR_REX_FAULT: Line.REX in state.faults,
        EventType.DOOR_EMERGENCY_FAULT: Line.EMERGENCY in state.faults,
        EventType.DOOR_TAMPER: state.tampered,
        EventType.DOOR_POWER_LOST: state.power_lost,
        EventType.DOOR_OFFLINE: not state.online,
    }
    return {kind for kind, is_so in facts.items() if is_so}


@law
@given(policies, happenings)
def test_every_input_in_every_state_leaves_a_state_that_does_not_contradict_itself(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        world.happen(what, later)
        state = world.state
        assert (state.mode, state.source) == standing(world.policy, state)
        assert state.position is Position.OPEN or not (state.forced or state.held or state.warned)
        assert not (state.held and state.warned)
        assert (state.held_at_ms is None) or state.position is Position.OPEN
        assert world.policy.has_position or state.position is Position.UNKNOWN
        assert Line.POSITION not in state.faults or state.position is Position.UNKNOWN
        assert state.mode is not DoorMode.UNLOCKED or not (state.held or state.held_at_ms)
        assert state.online or (state.release is None and not state.tampered and not state.faults)
        assert has_lock(world.policy) or (state.release is None and state.mode is DoorMode.LOCKED)


@law
@given(policies, happenings)
def test_deadlines_lie_ahead_and_within_the_longest_time_of_the_policy(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        world.happen(what, later)
        deadline = next_deadline(world.state)
        assert deadline is None or world.now_ms < deadline <= world.now_ms + 7_000


@law
@given(policies, happenings)
def test_every_alarm_raised_is_still_true_or_was_cleared(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        world.happen(what, later)
        assert world.raised == alarms(world.policy, world.state)


@law
@given(policies, happenings)
def test_no_strike_is_released_but_by_a_grant_a_rex_a_schedule_an_emergency_or_an_operator(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        _, taken = world.happen(what, later)
        for effect in taken.effects:
            if effect.strike is Strike.PULSE:
                assert taken.state.release is not None
                assert taken.state.release.correlation in world.granted
            elif effect.strike is Strike.RELEASE:
                by_emergency = world.emergency and world.policy.emergency is EmergencyAction.UNLOCK
                assert by_emergency or world.unlocked_by_operator or world.wished or world.toggled


@law
@given(policies, happenings)
def test_nothing_but_an_exempt_cardholder_or_an_exit_releases_a_door_in_lockdown(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        # What lasts is told again when power returns, and longer when the door opens.
        lasted = world.state.mode is DoorMode.LOCKDOWN and world.state.release is not None
        happened, taken = world.happen(what, later)
        if taken.state.mode is not DoorMode.LOCKDOWN:
            continue
        if any(effect.strike is not Strike.LOCK for effect in taken.effects):
            if isinstance(happened, CardGranted):
                assert happened.exempt
            else:
                assert lasted or (isinstance(happened, Sensed) and happened.rex is InputState.ACTIVE)


@law
@given(policies, happenings)
def test_the_strike_is_always_where_the_state_says_and_nothing_is_sent_to_a_device_that_is_away(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        _, taken = world.happen(what, later)
        state = world.state
        if not state.online:
            assert not taken.effects
        elif not has_lock(world.policy):
            assert world.strike is Strike.LOCK
        elif state.mode is DoorMode.UNLOCKED:
            assert world.strike is Strike.RELEASE
        elif state.release is None:
            assert world.strike is Strike.LOCK
        else:
            assert world.strike is Strike.PULSE
            assert world.strike_until_ms >= state.release.until_ms


@law
@given(policies, happenings)
def test_left_alone_every_release_ends(policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]) -> None:
    world = World.of(policy)
    for what, later in given:
        world.happen(what, later)
    world.happen(TimePassed(), MUCH_LATER_MS)
    assert world.state.release is None
    assert world.state.setting_until_ms is None
    assert next_deadline(world.state) is None
    if world.state.online and world.state.mode is not DoorMode.UNLOCKED:
        assert world.strike is Strike.LOCK


@law
@given(policies, happenings)
def test_waking_up_late_loses_nothing(policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]) -> None:
    world = World.of(policy)
    for what, later in given:
        world.happen(what, later)
    late = step(world.policy, world.state, TimePassed(), world.now_ms + MUCH_LATER_MS)
    state = world.state
    records: tuple[DoorRecord, ...] = ()
    while (deadline := next_deadline(state)) is not None:
        taken = step(world.policy, state, TimePassed(), deadline)
        state, records = taken.state, records + taken.records
    assert replace(late.state, grace=None) == replace(state, grace=None)
    assert late.records == records


@law
@given(policies, happenings)
def test_the_same_things_lead_to_the_same_door(policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]) -> None:
    one, other = World.of(policy), World.of(msgspec.json.decode(msgspec.json.encode(policy), type=DoorPolicy))
    for what, later in given:
        assert one.happen(what, later) == other.happen(what, later)


@law
@given(policies, happenings)
def test_adopting_the_policy_that_rules_already_changes_nothing(
    policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]
) -> None:
    world = World.of(policy)
    for what, later in given:
        world.happen(what, later)
    same = adopt(world.policy, world.policy, world.state, world.now_ms)
    assert same == Step(world.state)


@law
@given(policies, happenings)
def test_what_is_refused_changes_nothing(policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]) -> None:
    world = World.of(policy)
    for what, later in given:
        before, ruled_by = world.state, world.policy
        _, taken = world.happen(what, later)
        if taken.refused is not None:
            only_time = step(ruled_by, before, TimePassed(), world.now_ms)
            assert replace(taken, refused=None) == only_time


@law
@given(policies, happenings)
def test_a_grant_counts_as_used_at_most_once(policy: DoorPolicy, given: list[tuple[Input | DoorPolicy, int]]) -> None:
    world = World.of(policy)
    passed: list[str] = []
    for what, later in given:
        _, taken = world.happen(what, later)
        passed += taken.passed
        assert len(passed) == len(set(passed))
        assert set(taken.passed) <= world.granted


@law
@given(policies, happenings, st.integers(0, 10))
def test_nothing_but_an_emergency_unlocks_a_door_while_nothing_can_be_written_down(
    policy: DoorPolicy, course: list[tuple[Input | DoorPolicy, int]], begins: int
) -> None:
    world = World.of(policy)
    for number, (what, later_ms) in enumerate(course):
        if number == begins:
            world.state = withheld(world.state)
        if number >= begins and isinstance(what, WithholdingEnded):
            continue
        before = world.state
        world.happen(what, later_ms)
        stood = before.mode is DoorMode.UNLOCKED and before.source is not Source.EMERGENCY
        if world.state.withheld and world.state.mode is DoorMode.UNLOCKED:
            assert stood or world.state.source is Source.EMERGENCY


@law
@given(policies, happenings)
def test_a_door_stands_in_the_end_as_if_nothing_had_been_withheld(
    policy: DoorPolicy, course: list[tuple[Input | DoorPolicy, int]]
) -> None:
    """Where the same things happen: nobody toggles a door, or refuses to, by how it stands meanwhile."""
    worlds = World.of(policy), World.of(policy)
    worlds[1].state = withheld(worlds[1].state)
    for what, later_ms in course:
        if isinstance(what, WithholdingEnded | CardGranted):
            continue
        for world in worlds:
            world.happen(what, later_ms)
    for world in worlds:
        world.happen(WithholdingEnded(""), 0)
    assert (worlds[0].state.mode, worlds[0].state.source) == (worlds[1].state.mode, worlds[1].state.source)
