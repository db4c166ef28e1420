"""Auxiliary outputs that somebody switches by hand: above the rules, until they are given back."""

from datetime import datetime, timedelta

from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.local_rules import EventTrigger, InputTrigger, LocalAction
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import AuxOutputLine
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import (
    CommandResult,
    CommandStatus,
    InputStatus,
    JournalRecord,
    OutputCommand,
    OutputStatus,
)
from doorward.hardware.driver import DeviceOffline, DeviceOnline, InputsChanged, OutputState, SetOutput
from tests.hardware.site import IO, READER, Site
from tests.hardware.test_local_io import (
    LAMP,
    MODULE,
    OFF,
    ON,
    SIREN,
    begin,
    fire,
    plan_of,
    rule,
    rules_in,
    sent,
    taken,
    told,
)

FOLLOWS = rule(InputTrigger("fire"), LocalAction.FOLLOW)


def by_hand(
    site: Site,
    action: HandAction,
    command_id: str = "command-1",
    output: AuxOutputLine = SIREN,
    until: datetime | None = None,
    pulse_ms: int = 0,
    expires_in_s: float = 10,
) -> CommandResult:
    """Switch an output by hand, and wait for the controller's answer."""
    expires_at = site.clock.now() + timedelta(seconds=expires_in_s)
    site.server.send(
        OutputCommand(command_id, output.output_id, action, "user-1", "a test", expires_at, until, pulse_ms)
    )
    return site.result(command_id)


def confirmed(result: CommandResult) -> None:
    assert (result.status, result.detail) == (CommandStatus.CONFIRMED, "")


def status(site: Site, output_id: str = "siren") -> OutputStatus:
    """What the server was last told of an output."""
    found = [one for one in list(site.server.heard) if isinstance(one, OutputStatus) and one.output_id == output_id]
    return found[-1]


def is_told(site: Site, on: bool | None, held: HandAction | None, rule_id: str | None = None) -> None:
    site.server.wait_for(
        lambda: (
            True
            if (now := status(site)).on is on
            and (now.held.action if now.held else None) is held
            and now.rule_id == rule_id
            else None
        )
    )


def records(site: Site) -> list[tuple[EventType, bool]]:
    """What was told of outputs since the beginning, and whether it was by hand."""
    taken(site)
    kinds = (EventType.OUTPUT_ON, EventType.OUTPUT_OFF, EventType.OUTPUT_PULSED, EventType.OUTPUT_MISSED)
    return [(one.type, "by_hand" in one.data) for one in told(site, *kinds, EventType.OUTPUT_AUTO)]


def test_an_output_that_is_switched_on_by_hand_stays_on_until_it_is_given_back(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON))
    site.driver.wait_for(ON)
    record = site.server.event(EventType.OUTPUT_ON)
    assert record.data == {"output": "siren", "name": "Siren", "by_hand": True, "reason": "a test"}
    assert (record.user_id, record.correlation) == ("user-1", "command-1")
    is_told(site, True, HandAction.ON)
    fire(site, True)
    fire(site, False)
    taken(site)
    assert sent(site)[-1] is OutputState.ON
    confirmed(by_hand(site, HandAction.AUTO, "command-2"))
    site.driver.wait_for(OFF, times=2)
    given_back, off = site.server.event(EventType.OUTPUT_AUTO), site.server.event(EventType.OUTPUT_OFF)
    assert (given_back.user_id, given_back.correlation, off.correlation) == ("user-1", "command-2", "command-2")
    is_told(site, False, None)


def test_rules_do_not_fight_an_output_that_is_held_off_and_have_it_again_afterwards(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.OFF))
    fire(site, True)
    taken(site)
    assert ON not in site.driver.commands
    is_told(site, False, HandAction.OFF)
    confirmed(by_hand(site, HandAction.AUTO, "command-2"))
    site.driver.wait_for(ON)
    is_told(site, True, None, "rule")
    assert records(site) == [
        (EventType.OUTPUT_OFF, True),
        (EventType.OUTPUT_AUTO, True),
        (EventType.OUTPUT_ON, False),
    ]


def test_a_hold_ends_at_its_time_whatever_becomes_of_the_clock(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON, until=site.clock.now() + timedelta(minutes=10)))
    site.clock.ahead -= timedelta(hours=5)
    rules_in(site, plan_of(FOLLOWS, version=3))
    site.pass_time(599_999)
    taken(site)
    assert sent(site)[-1] is OutputState.ON
    site.pass_time(1)
    site.driver.wait_for(OFF, times=2)
    record = site.server.event(EventType.OUTPUT_AUTO)
    assert record.data["cause"] == "its time is over"
    assert (record.user_id, record.correlation) == (None, "command-1")


def test_a_pulse_by_hand_is_timed_by_the_device_and_ends(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.PULSE, pulse_ms=3_000))
    site.driver.wait_for(SetOutput(MODULE, 3, OutputState.PULSE, 3_000))
    assert site.server.event(EventType.OUTPUT_PULSED).data["pulse_ms"] == 3_000
    is_told(site, True, HandAction.PULSE)
    taken(site)
    assert OutputState.ON not in sent(site)
    site.pass_time(3_000)
    is_told(site, False, None)
    site.driver.wait_for(OFF, times=2)


def test_a_pulse_by_hand_leaves_an_output_on_that_a_rule_has_switched_on(site: Site) -> None:
    begin(site, FOLLOWS)
    fire(site, True)
    site.driver.wait_for(ON)
    confirmed(by_hand(site, HandAction.PULSE, pulse_ms=3_000))
    site.pass_time(3_000)
    site.driver.wait_for(ON, times=2)
    is_told(site, True, None, "rule")
    assert sent(site) == [OutputState.OFF, OutputState.ON, OutputState.PULSE, OutputState.ON]


def test_a_rule_does_not_pulse_what_is_held_and_that_is_told(site: Site) -> None:
    begin(site, rule(EventTrigger(EventType.ACCESS_DENIED), LocalAction.PULSE))
    confirmed(by_hand(site, HandAction.OFF))
    site.badge(number=99)
    assert site.server.event(EventType.OUTPUT_MISSED).data["cause"] == "it is held by hand"
    taken(site)
    assert OutputState.PULSE not in sent(site)


def test_a_pulse_of_a_rule_is_told_as_on_until_it_ends(site: Site) -> None:
    begin(site, rule(EventTrigger(EventType.ACCESS_DENIED), LocalAction.PULSE))
    site.badge(number=99)
    is_told(site, True, None, "rule")
    site.pass_time(3_000)
    is_told(site, False, None)


def test_switching_off_by_hand_ends_the_pulse_of_a_rule(site: Site) -> None:
    begin(site, rule(EventTrigger(EventType.ACCESS_DENIED), LocalAction.PULSE))
    site.badge(number=99)
    site.driver.wait_for(SetOutput(MODULE, 3, OutputState.PULSE, 3_000))
    confirmed(by_hand(site, HandAction.OFF))
    site.driver.wait_for(OFF, times=2)
    is_told(site, False, HandAction.OFF)


def test_what_is_held_is_held_over_a_restart(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON, until=site.clock.now() + timedelta(minutes=10)))
    site.restart()
    site.attach_server(site.server.stored)
    site.clock.ms += 60_000
    site.tell(DeviceOnline(READER), DeviceOnline(IO), DeviceOnline(MODULE), InputsChanged(MODULE, (False, False)))
    site.driver.wait_for(ON)
    is_told(site, True, HandAction.ON)
    site.pass_time(539_999)
    taken(site)
    assert OFF not in site.driver.commands
    site.pass_time(1)
    site.driver.wait_for(OFF)


def test_a_hold_whose_time_was_over_while_the_controller_was_down_is_over(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON, until=site.clock.now() + timedelta(minutes=10)))
    site.restart()
    site.attach_server(site.server.stored)
    site.clock.ms += 600_000
    site.tell(DeviceOnline(MODULE))
    site.driver.wait_for(OFF)
    assert ON not in site.driver.commands


def test_a_device_that_comes_back_within_a_pulse_is_told_what_is_left_of_it(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.PULSE, pulse_ms=10_000))
    site.tell(DeviceOffline(MODULE, "cut"))
    is_told(site, None, HandAction.PULSE)
    site.pass_time(4_000)
    site.tell(DeviceOnline(MODULE))
    site.driver.wait_for(SetOutput(MODULE, 3, OutputState.PULSE, 6_000))
    is_told(site, True, HandAction.PULSE)


def test_the_same_command_acts_once(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON))
    by_hand(site, HandAction.ON)
    taken(site)
    assert records(site) == [(EventType.OUTPUT_ON, True)]
    assert sent(site) == [OutputState.OFF, OutputState.ON]


def test_a_command_is_refused_that_cannot_be_carried_out_and_nothing_is_held(site: Site) -> None:
    lock = AuxOutputLine("lock", "Not a lock", IO, 0)
    begin(site, FOLLOWS, module=False, outputs=(SIREN, LAMP, lock))
    site.tell(DeviceOffline(MODULE, "cut"))
    taken(site)
    for number, (output, action) in enumerate(
        [
            (SIREN, HandAction.ON),
            (lock, HandAction.ON),
            (lock, HandAction.PULSE),
            (AuxOutputLine("none", "None", IO, 5), HandAction.AUTO),
        ]
    ):
        result = by_hand(site, action, f"command-{number}", output, pulse_ms=1_000)
        assert result.status is CommandStatus.FAILED, result
        assert result.detail
    late = by_hand(site, HandAction.ON, "late", LAMP, expires_in_s=-1)
    assert late.status is CommandStatus.EXPIRED
    site.tell(DeviceOnline(MODULE))
    site.driver.wait_for(OFF)
    assert set(sent(site, IO, 0)) == {OutputState.OFF}
    assert not records(site)


def test_a_command_that_the_device_refuses_has_failed(site: Site) -> None:
    begin(site, FOLLOWS)
    site.driver.offline.add(MODULE)
    result = by_hand(site, HandAction.ON)
    assert (result.status, result.detail) == (CommandStatus.FAILED, "The device is offline.")


def test_while_the_journal_cannot_be_written_outputs_are_only_given_back(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON))
    with site.journal_taken():
        refused = by_hand(site, HandAction.OFF, "command-2")
        assert refused.status is CommandStatus.FAILED
        assert "journal" in refused.detail
        confirmed(by_hand(site, HandAction.AUTO, "command-3"))
        site.driver.wait_for(OFF, times=2)
    site.pass_time(1_000)
    site.server.event(EventType.OUTPUT_AUTO)


def test_the_record_is_durable_before_the_output_moves(site: Site) -> None:
    begin(site, FOLLOWS)
    durable: list[list[JournalRecord]] = []
    journal = site.controller._journal  # only its own thread may read it, which submits
    site.driver.on_submit = lambda _: durable.append(journal.read_after(0, 1_000))
    confirmed(by_hand(site, HandAction.ON))
    (found,) = durable
    assert [one.correlation for one in found if one.type is EventType.OUTPUT_ON] == ["command-1"]


def test_an_output_that_is_taken_out_of_the_configuration_is_held_no_longer(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON))
    site.driver.wait_for(ON)
    rules_in(site, plan_of(version=3, outputs=(LAMP,)))
    site.driver.wait_for(OFF, times=2)
    rules_in(site, plan_of(version=4))
    taken(site)
    assert status(site).held is None
    assert sent(site)[-1] is OutputState.OFF


def test_an_output_that_moves_to_another_port_is_held_there(site: Site) -> None:
    begin(site, FOLLOWS)
    confirmed(by_hand(site, HandAction.ON))
    rules_in(site, plan_of(FOLLOWS, version=3, outputs=(AuxOutputLine("siren", "Siren", MODULE, 5), LAMP)))
    site.driver.wait_for(SetOutput(MODULE, 5, OutputState.ON))
    site.driver.wait_for(OFF, times=2)
    taken(site)
    assert sent(site, MODULE, 5) == [OutputState.ON]


def test_inputs_are_told_as_they_are_and_as_unknown_when_their_device_is_away(site: Site) -> None:
    begin(site)

    def is_now(state: InputState, times: int = 1) -> None:
        def look() -> bool | None:
            heard = [one for one in list(site.server.heard) if one == InputStatus("fire", state)]
            return True if len(heard) >= times else None

        site.server.wait_for(look)

    is_now(InputState.NORMAL)
    fire(site, True)
    is_now(InputState.ACTIVE)
    site.tell(DeviceOffline(MODULE, "cut"))
    is_now(InputState.UNKNOWN, times=2)
