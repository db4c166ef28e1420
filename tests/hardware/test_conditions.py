"""A controller that is alone, whose clock is off, or whose journal fills: alarms, once, with their clears."""

from datetime import UTC, datetime, timedelta

from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import ControllerSettings
from doorward.hardware.conditions import LOOK_EVERY_MS, Conditions, Notice
from doorward.hardware.situation import Contact, Moment

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HERE, GONE = Contact(True, NOON), Contact(False, NOON)


def at(seconds: float, step_s: float = 0) -> Moment:
    return Moment("boot", NOON + timedelta(seconds=seconds + step_s), round(seconds * 1000))


def conditions(**settings: int | None) -> Conditions:
    return Conditions(ControllerSettings(**settings), 0, at(0))  # type: ignore[arg-type]


def kinds(notice: Notice) -> list[EventType]:
    return [record.type for record in notice.records]


def test_alone_for_longer_than_the_site_wants_is_an_alarm_until_the_server_is_back() -> None:
    watched = conditions(alone_alarm_s=3600)
    assert kinds(watched.look(at(3599), GONE, 0)) == []
    raised = watched.look(at(3600), GONE, 0)
    assert kinds(raised) == [EventType.CONTROLLER_ALONE]
    assert kinds(watched.look(at(9000), GONE, 0)) == []
    ended = watched.look(at(9001), HERE, 0)
    assert kinds(ended) == [EventType.CONTROLLER_ALONE_ENDED]
    assert ended.records[0].correlation == raised.records[0].correlation


def test_a_controller_that_never_had_a_server_counts_from_its_start() -> None:
    watched = conditions(alone_alarm_s=60)
    assert kinds(watched.look(at(59), Contact(), 0)) == []
    assert kinds(watched.look(at(60), Contact(), 0)) == [EventType.CONTROLLER_ALONE]


def test_the_alarm_has_its_deadline() -> None:
    assert conditions(alone_alarm_s=60).deadline(GONE, at(50)) == 60_000
    assert conditions(alone_alarm_s=3600).deadline(GONE, at(50)) == 50_000 + LOOK_EVERY_MS
    assert conditions(alone_alarm_s=None).deadline(GONE, at(0)) == LOOK_EVERY_MS


def test_a_clock_that_was_set_is_noticed_and_one_that_is_slewed_is_not() -> None:
    watched = conditions()
    assert kinds(watched.look(at(100, step_s=1.9), HERE, 0)) == []
    stepped = watched.look(at(200, step_s=-58.1), HERE, 0)
    assert kinds(stepped) == [EventType.CLOCK_STEPPED]
    assert stepped.records[0].data == {"step_ms": -60_000}
    slewed = conditions()
    assert kinds(slewed.look(at(86_400, step_s=40), HERE, 0)) == []


def test_a_clock_that_is_off_is_a_warning_until_it_is_right() -> None:
    watched = conditions()
    watched.measured(5_000)
    assert kinds(watched.look(at(1), HERE, 0)) == []
    watched.measured(-5_001)
    assert kinds(watched.look(at(2), HERE, 0)) == [EventType.CLOCK_OFF]
    watched.measured(-4_500)
    assert kinds(watched.look(at(3), HERE, 0)) == []
    watched.measured(300)
    assert kinds(watched.look(at(4), HERE, 0)) == [EventType.CLOCK_OFF_ENDED]


def test_a_journal_that_fills_is_an_alarm_and_gives_up_its_oldest_only_with_another() -> None:
    watched = conditions(journal_events=1_000)
    assert watched.look(at(1), GONE, 899) == Notice()
    assert kinds(watched.look(at(2), GONE, 900)) == [EventType.JOURNAL_NEARLY_FULL]
    assert watched.look(at(3), GONE, 1_000).give_up_to == 0
    full = watched.look(at(4), GONE, 1_001)
    assert kinds(full) == [EventType.JOURNAL_OVERRUN]
    assert (full.records[0].data, full.give_up_to) == ({"first": 1, "last": 11}, 11)
    assert watched.look(at(5), GONE, 1_011) == Notice()
    watched.stored(1_011)
    assert kinds(watched.look(at(6), HERE, 1_012)) == [EventType.JOURNAL_NEARLY_FULL_ENDED]
