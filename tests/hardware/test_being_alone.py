"""A controller on its own: its alarms are in its journal, its settings outlive it, and its journal stays in bounds."""

from datetime import timedelta

from doorward.acs.decision.reason import Reason
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import ControllerSettings, JournalLost, TimeCheck, TimeReport
from doorward.hardware.driver import OutputState, SetOutput
from tests.hardware.site import IO, Site

PULSE = SetOutput(IO, 0, OutputState.PULSE, 5_000)


def later(site: Site, hours: float) -> None:
    site.pass_time(round(hours * 3_600_000))


def test_alone_for_three_days_is_an_alarm_that_arrives_with_its_clear(site: Site) -> None:
    stored = site.server.stored
    site.server.close()
    site.badge()
    site.driver.wait_for(PULSE)
    later(site, 71)
    later(site, 2)
    server = site.attach_server(stored)
    alone = server.event(EventType.CONTROLLER_ALONE)
    ended = server.event(EventType.CONTROLLER_ALONE_ENDED)
    assert ended.correlation == alone.correlation
    assert alone.sequence > server.event(EventType.ACCESS_GRANTED).sequence


def test_the_sites_settings_are_kept_over_a_restart_without_the_server(site: Site) -> None:
    settings = ControllerSettings(journal_events=5_000, alone_alarm_s=3_600)
    site.server.send(settings)
    site.server.send(TimeCheck(7))
    site.server.message(TimeReport)
    site.restart()
    stored = site.server.stored
    later(site, 1.1)
    site.attach_server(stored).event(EventType.CONTROLLER_ALONE)


def test_a_clock_that_was_set_is_written_down(site: Site) -> None:
    site.clock.ahead = timedelta(seconds=90)
    site.badge(99)
    assert site.server.event(EventType.CLOCK_STEPPED).data == {"step_ms": 90_000}


def test_a_clock_that_the_server_finds_off_is_written_down_until_it_is_right(site: Site) -> None:
    site.server.send(TimeCheck(1, offset_ms=9_000))
    assert site.server.event(EventType.CLOCK_OFF).data == {"offset_ms": 9_000}
    site.server.send(TimeCheck(2, offset_ms=20))
    site.server.event(EventType.CLOCK_OFF_ENDED)
    reports = [message for message in site.server.heard if isinstance(message, TimeReport)]
    assert [report.number for report in reports] == [1, 2]
    assert reports[0].at == site.clock.now()


def test_a_clock_that_is_known_to_be_wrong_opens_no_door_by_schedules_until_it_is_set(site: Site) -> None:
    site.server.send(TimeCheck(1, offset_ms=-3_600_000))
    site.server.event(EventType.CLOCK_OFF)
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CLOCK_UNRELIABLE
    site.clock.ahead = timedelta(hours=1)
    site.badge(99)  # the controller looks
    site.server.event(EventType.CLOCK_STEPPED)
    site.badge()
    site.driver.wait_for(PULSE)


def test_a_full_journal_gives_up_its_oldest_with_alarms_and_doors_still_open(site: Site) -> None:
    site.server.send(ControllerSettings(journal_events=1_000))
    site.server.send(TimeCheck(1))
    site.server.message(TimeReport)
    stored = site.server.stored
    site.server.close()
    for number in range(1_100):
        site.badge(number + 2_000)
    site.badge()
    site.driver.wait_for(PULSE)
    site.badge(99)
    server = site.attach_server(stored)
    lost = server.message(JournalLost)
    overrun = server.event(EventType.JOURNAL_OVERRUN)
    assert lost.first == overrun.data["first"]
    assert server.event(EventType.JOURNAL_NEARLY_FULL).sequence < overrun.sequence
