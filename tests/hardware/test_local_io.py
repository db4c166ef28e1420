"""What a controller does by itself: auxiliary inputs are told, and local rules switch auxiliary outputs."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import msgspec

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.local_rules import (
    DoorFact,
    DoorTrigger,
    EventTrigger,
    InputTrigger,
    LocalAction,
    LocalRule,
    ScheduleTrigger,
    ThreatTrigger,
    Trigger,
)
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.devices import AuxInputLine, AuxOutputLine, OsdpDevice
from doorward.acs.doors.wiring import Circuit, Supervision
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord, PolicyApplied, PolicySnapshot
from doorward.hardware.driver import (
    DeviceOffline,
    DeviceOnline,
    InputsChanged,
    OutputState,
    SetOutput,
    TamperChanged,
)
from doorward.hardware.situation import Moment, ScheduleNow, Situation
from doorward.hardware.turn import Turn
from doorward.hardware.wiring import Wiring
from tests.hardware.site import DOOR, IO, NOON, READER, Site, policy, snapshot

MODULE = "module"
FIRE, BELL = AuxInputLine("fire", "Fire panel", MODULE, 0), AuxInputLine("bell", "Bell", MODULE, 1)
SIREN, LAMP = AuxOutputLine("siren", "Siren", MODULE, 3), AuxOutputLine("lamp", "Lamp", IO, 2)
ON, OFF = SetOutput(MODULE, 3, OutputState.ON), SetOutput(MODULE, 3, OutputState.OFF)
LAMP_ON, LAMP_OFF = SetOutput(IO, 2, OutputState.ON), SetOutput(IO, 2, OutputState.OFF)
OFFICE = Schedule("office", "Office", tuple((Interval(12 * 60, 13 * 60),) for _ in range(7)))
"""From noon, when the test's clock begins, until one."""


def rule(
    trigger: Trigger, action: LocalAction, output: AuxOutputLine = SIREN, name: str = "rule", version: int = 1
) -> LocalRule:
    pulse_ms = 3_000 if action is LocalAction.PULSE else 0
    return LocalRule(name, name.capitalize(), trigger, action, output.output_id, pulse_ms, version)


def plan_of(
    *rules: LocalRule,
    version: int = 2,
    inputs: tuple[AuxInputLine, ...] = (FIRE, BELL),
    outputs: tuple[AuxOutputLine, ...] = (SIREN, LAMP),
    threat_level: str = "",
) -> PolicySnapshot:
    """The site with a module beside the door, its inputs and outputs, and these rules."""
    made = snapshot(version)
    devices = (*made.wiring.devices, OsdpDevice(MODULE, "/dev/module", 3, b"m" * 16))
    ruling = msgspec.structs.replace(made.policy, schedules=(*made.policy.schedules, OFFICE), threat_level=threat_level)
    wiring = msgspec.structs.replace(
        made.wiring, devices=devices, aux_inputs=inputs, aux_outputs=outputs, local_rules=rules
    )
    return PolicySnapshot(ruling, wiring)


def rules_in(site: Site, given: PolicySnapshot) -> None:
    site.server.send(given)
    site.server.message(PolicyApplied, lambda applied: applied.version == given.policy.version)


def begin(site: Site, *rules: LocalRule, module: bool = True, **more: object) -> None:
    """The controller goes by the rules, and everything is online and at rest."""
    rules_in(site, plan_of(*rules, **more))  # type: ignore[arg-type]
    site.tell(DeviceOnline(READER), DeviceOnline(IO), InputsChanged(IO, (False, False)))
    if module:
        site.tell(DeviceOnline(MODULE), InputsChanged(MODULE, (False, False)))
        site.driver.wait_for(OFF)
    taken(site)


def last(site: Site) -> int:
    """The last record that the server has."""
    return max(site.server.stored, default=0)


def taken(site: Site) -> int:
    """Wait until the controller has taken everything told so far; returns its last record."""
    before = last(site)
    site.tell(TamperChanged(READER, True))
    return site.server.event(EventType.READER_TAMPER, before).sequence


def sent(site: Site, device_id: str = MODULE, output: int = 3) -> list[OutputState]:
    return [
        command.state
        for command in site.driver.commands
        if isinstance(command, SetOutput) and (command.device_id, command.output) == (device_id, output)
    ]


def told(site: Site, *kinds: EventType) -> list[JournalRecord]:
    return [record for _, record in sorted(site.server.stored.items()) if record.type in kinds]


def fire(site: Site, active: bool, bell: bool = False) -> None:
    site.tell(InputsChanged(MODULE, (active, bell)))


def test_an_auxiliary_input_is_told_when_it_is_active_and_when_it_rests(site: Site) -> None:
    begin(site)
    fire(site, True)
    assert site.server.event(EventType.INPUT_ACTIVE).data == {"input": "fire", "name": "Fire panel"}
    fire(site, False)
    site.server.event(EventType.INPUT_NORMAL)
    assert len(told(site, EventType.INPUT_NORMAL)) == 1


def test_an_auxiliary_input_counts_once_it_has_lasted(site: Site) -> None:
    begin(site, inputs=(msgspec.structs.replace(FIRE, debounce_ms=300), BELL), module=False)
    site.tell(DeviceOnline(MODULE), InputsChanged(MODULE, (False, False)))
    taken(site)
    site.pass_time(300)
    fire(site, True)
    taken(site)
    site.pass_time(299)
    taken(site)
    assert not told(site, EventType.INPUT_ACTIVE)
    site.pass_time(1)
    site.server.event(EventType.INPUT_ACTIVE)


def test_a_press_that_lasted_is_told_though_it_was_over_before_the_controller_came_to_it(site: Site) -> None:
    begin(site, rule(InputTrigger("fire"), LocalAction.PULSE), inputs=(msgspec.structs.replace(FIRE, debounce_ms=300),))
    site.pass_time(300)
    taken(site)
    with site.busy():
        fire(site, True)
        site.clock.ms += 300
        fire(site, False)
        site.clock.ms += 300
    site.server.event(EventType.INPUT_NORMAL)
    taken(site)
    assert [record.type for record in told(site, EventType.INPUT_ACTIVE, EventType.OUTPUT_PULSED)] == [
        EventType.INPUT_ACTIVE,
        EventType.OUTPUT_PULSED,
    ]


def test_a_press_that_did_not_last_is_no_press_however_late_the_controller_comes_to_it(site: Site) -> None:
    begin(site, inputs=(msgspec.structs.replace(FIRE, debounce_ms=300),))
    site.pass_time(300)
    taken(site)
    fire(site, True)
    taken(site)
    with site.busy():
        site.clock.ms += 299
        fire(site, False)
        site.clock.ms += 300
    taken(site)
    site.pass_time(300)
    taken(site)
    assert not told(site, EventType.INPUT_ACTIVE)


def test_a_supervised_auxiliary_line_that_is_cut_is_a_fault_and_changes_no_output(site: Site) -> None:
    supervised = msgspec.structs.replace(FIRE, supervision=Supervision.PARALLEL, active_when=Circuit.OPEN)
    begin(site, rule(InputTrigger("fire"), LocalAction.FOLLOW), inputs=(supervised, BELL), module=False)
    site.tell(DeviceOnline(MODULE), InputsChanged(MODULE, (26_700.0, False)))
    site.driver.wait_for(ON)
    site.tell(InputsChanged(MODULE, (float("inf"), False)))
    assert site.server.event(EventType.INPUT_FAULT).data == {"input": "fire", "name": "Fire panel", "state": "open"}
    taken(site)
    assert sent(site)[-1] is OutputState.ON
    site.tell(InputsChanged(MODULE, (4_700.0, False)))
    site.server.event(EventType.INPUT_FAULT_CLEARED)
    site.server.event(EventType.INPUT_NORMAL)
    site.driver.wait_for(OFF)


def test_an_output_follows_an_input(site: Site) -> None:
    begin(site, rule(InputTrigger("fire"), LocalAction.FOLLOW))
    fire(site, True)
    site.driver.wait_for(ON)
    switched = site.server.event(EventType.OUTPUT_ON)
    assert switched.data == {"output": "siren", "name": "Siren", "rule": "rule", "rule_name": "Rule"}
    fire(site, False)
    site.driver.wait_for(OFF, times=2)
    site.server.event(EventType.OUTPUT_OFF)


def test_an_output_is_switched_only_after_the_record_is_durable(site: Site) -> None:
    begin(site, rule(InputTrigger("fire"), LocalAction.FOLLOW))
    durable: list[int] = []

    def look(_: object) -> None:
        with closing(sqlite3.connect(site.journal)) as journal:
            bodies = journal.execute("SELECT body FROM records").fetchall()
        records = [msgspec.msgpack.decode(body, type=JournalRecord) for (body,) in bodies]
        durable.append([record.type for record in records].count(EventType.OUTPUT_ON))

    site.driver.on_submit = look
    fire(site, True)
    site.driver.wait_for(ON)
    assert durable == [1]


def test_an_output_pulses_once_for_an_event_at_its_door(site: Site) -> None:
    begin(site, rule(EventTrigger(EventType.ACCESS_DENIED, DOOR), LocalAction.PULSE, LAMP))
    site.badge(number=99)
    site.driver.wait_for(SetOutput(IO, 2, OutputState.PULSE, 3_000))
    pulsed = site.server.event(EventType.OUTPUT_PULSED)
    assert pulsed.correlation == site.server.event(EventType.ACCESS_DENIED).correlation
    assert pulsed.data["pulse_ms"] == 3_000
    site.badge()
    taken(site)
    assert len(told(site, EventType.OUTPUT_PULSED)) == 1


def test_an_event_at_another_door_does_nothing(site: Site) -> None:
    begin(site, rule(EventTrigger(EventType.ACCESS_DENIED, "door-2"), LocalAction.PULSE))
    site.badge(number=99)
    taken(site)
    assert not told(site, EventType.OUTPUT_PULSED)


def test_an_output_follows_an_alarm_of_a_door(site: Site) -> None:
    begin(site, rule(DoorTrigger(DOOR, DoorFact.FORCED), LocalAction.FOLLOW))
    site.sense(open=True)
    site.driver.wait_for(ON)
    site.sense(open=False)
    site.driver.wait_for(OFF, times=2)


def test_an_output_follows_a_schedule_until_it_ends(site: Site) -> None:
    begin(site, rule(ScheduleTrigger("office"), LocalAction.FOLLOW), module=False)
    site.tell(DeviceOnline(MODULE))
    site.driver.wait_for(ON)
    site.pass_time(3_599_999)
    taken(site)
    assert sent(site) == [OutputState.ON]
    site.pass_time(1)
    site.driver.wait_for(OFF)


def test_the_controller_wakes_when_a_schedule_of_a_rule_ends() -> None:
    schedules = {"office": ScheduleNow(True, NOON, NOON + timedelta(hours=1))}
    situation = Situation(CompiledPolicy(policy()), Wiring(), schedules=schedules)
    assert [*situation.deadlines(Moment("boot", NOON, 5))] == [3_600_005]


def test_an_output_follows_a_threat_level(site: Site) -> None:
    follows = rule(ThreatTrigger("Red"), LocalAction.FOLLOW)
    begin(site, follows)
    rules_in(site, plan_of(follows, version=3, threat_level="Red"))
    site.driver.wait_for(ON)
    rules_in(site, plan_of(follows, version=4, threat_level="Amber"))
    site.driver.wait_for(OFF, times=2)


def test_an_output_that_was_switched_on_stays_on_until_it_is_switched_off(site: Site) -> None:
    begin(
        site,
        rule(InputTrigger("fire"), LocalAction.ON, name="on"),
        rule(InputTrigger("bell"), LocalAction.OFF, name="off"),
    )
    fire(site, True)
    site.driver.wait_for(ON)
    fire(site, False)
    taken(site)
    assert sent(site)[-1] is OutputState.ON
    fire(site, False, bell=True)
    site.driver.wait_for(OFF, times=2)


def test_rules_go_on_without_a_server_and_without_a_journal(site: Site) -> None:
    begin(site, rule(InputTrigger("fire"), LocalAction.FOLLOW))
    site.server.close()
    with site.journal_taken():
        fire(site, True)
        site.driver.wait_for(ON)
    server = site.attach_server(site.server.stored)
    site.pass_time(1_000)
    server.event(EventType.OUTPUT_ON)


def test_outputs_are_as_they_were_after_a_restart_and_nothing_acts_anew(site: Site) -> None:
    rules = (
        rule(InputTrigger("fire"), LocalAction.ON, name="on"),
        rule(ScheduleTrigger("office"), LocalAction.PULSE, LAMP, name="pulse"),
    )
    begin(site, *rules)
    fire(site, True)
    site.driver.wait_for(ON)
    fire(site, False)
    taken(site)
    site.restart()
    server = site.attach_server(site.server.stored)
    site.tell(DeviceOnline(READER), DeviceOnline(IO), DeviceOnline(MODULE), InputsChanged(MODULE, (False, False)))
    site.driver.wait_for(ON)
    site.driver.wait_for(LAMP_OFF)
    assert sent(site, IO, 2) == [OutputState.OFF]
    cleared = server.event(EventType.INPUT_NORMAL)
    assert cleared.data["input"] == "fire"


def test_a_press_that_is_over_within_one_turn_is_told_and_acted_on() -> None:
    given = plan_of(rule(InputTrigger("fire"), LocalAction.PULSE))
    turn = Turn(Situation(CompiledPolicy(given.policy), Wiring(given.wiring)), {}, Moment("boot", NOON, 5))
    for told_by_module in (
        DeviceOnline(MODULE),
        InputsChanged(MODULE, (False, False)),
        InputsChanged(MODULE, (True, False)),
        InputsChanged(MODULE, (False, False)),
    ):
        turn.take(told_by_module)
    turn.pass_time()
    assert [record.type for record in turn.records] == [
        EventType.DEVICE_ONLINE,
        EventType.INPUT_ACTIVE,
        EventType.OUTPUT_PULSED,
        EventType.INPUT_NORMAL,
    ]


def test_an_input_that_was_active_when_the_controller_died_gets_its_clear(site: Site) -> None:
    begin(site)
    fire(site, True)
    fire(site, True, bell=True)
    fire(site, True)
    site.server.event(EventType.INPUT_NORMAL)
    before = taken(site)
    site.restart()
    server = site.attach_server(site.server.stored)
    cleared = server.event(EventType.INPUT_NORMAL, before)
    assert cleared.data == {"input": "fire", "name": "Fire panel", "cause": "the controller was restarted"}
    assert [record.data["input"] for record in told(site, EventType.INPUT_NORMAL)] == ["bell", "fire"]


def test_a_device_that_comes_back_is_told_how_its_outputs_must_be(site: Site) -> None:
    begin(site, rule(InputTrigger("bell", active=False), LocalAction.FOLLOW), module=False)
    site.tell(DeviceOnline(MODULE), InputsChanged(MODULE, (False, False)))
    site.driver.wait_for(ON)
    site.tell(DeviceOffline(MODULE, "cut"), DeviceOnline(MODULE))
    site.driver.wait_for(ON, times=2)
    site.server.event(EventType.OUTPUT_ON)
    assert len(told(site, EventType.OUTPUT_ON)) == 1


def test_a_pulse_of_a_device_that_is_offline_is_told_and_not_made_up_for(site: Site) -> None:
    begin(site, rule(EventTrigger(EventType.ACCESS_DENIED), LocalAction.PULSE), module=False)
    site.badge(number=99)
    site.server.event(EventType.OUTPUT_MISSED)
    site.tell(DeviceOnline(MODULE))
    site.driver.wait_for(OFF)
    assert sent(site) == [OutputState.OFF]


def test_a_rule_never_moves_a_lock_whatever_the_server_says(site: Site) -> None:
    lock = AuxOutputLine("lock", "Not a lock", IO, 0)
    begin(
        site,
        rule(InputTrigger("fire"), LocalAction.ON, lock, name="on"),
        rule(InputTrigger("bell"), LocalAction.PULSE, lock, name="pulse"),
        outputs=(SIREN, lock),
    )
    fire(site, True, bell=True)
    taken(site)
    assert set(sent(site, IO, 0)) == {OutputState.OFF}
    assert not told(site, EventType.OUTPUT_ON, EventType.OUTPUT_PULSED)


def test_an_output_whose_rule_is_gone_is_switched_off(site: Site) -> None:
    begin(site, rule(InputTrigger("fire"), LocalAction.ON))
    fire(site, True)
    site.driver.wait_for(ON)
    rules_in(site, plan_of(version=3))
    site.driver.wait_for(OFF, times=2)
    site.server.event(EventType.OUTPUT_OFF)


def test_an_output_that_is_taken_out_of_the_configuration_does_not_stay_on(site: Site) -> None:
    follows = rule(InputTrigger("fire"), LocalAction.FOLLOW)
    begin(site, follows)
    fire(site, True)
    site.driver.wait_for(ON)
    rules_in(site, plan_of(version=3, outputs=(LAMP,), inputs=()))
    site.driver.wait_for(OFF, times=2)
    assert site.server.event(EventType.OUTPUT_OFF).data["cause"] == "it was taken out of the configuration"
    assert site.server.event(EventType.INPUT_NORMAL).data["input"] == "fire"


def test_a_rule_by_schedule_waits_for_a_clock_that_can_be_trusted(site: Site) -> None:
    six_hours = int(timedelta(hours=6) / timedelta(milliseconds=1))
    site.clock.ms -= six_hours
    early = Schedule("office", "Early", tuple((Interval(5 * 60, 7 * 60),) for _ in range(7)))
    given = plan_of(rule(ScheduleTrigger("office"), LocalAction.FOLLOW))
    rules_in(site, PolicySnapshot(msgspec.structs.replace(given.policy, schedules=(early,)), given.wiring))
    site.tell(DeviceOnline(READER), DeviceOnline(MODULE))
    site.driver.wait_for(OFF)
    taken(site)
    assert ON not in site.driver.commands
