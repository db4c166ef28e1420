"""What one link remembers, at moments given by the test."""

import osdp_sys

from doorward.acs.devices import OsdpDevice
from doorward.hardware.driver import CardRead, DeviceOffline, KeysPressed, OutputState, SetOutput
from doorward.hardware.osdp.command import MAX_PULSE_MS, Capabilities
from doorward.hardware.osdp.device_link import (
    RENEW_PULSE_S,
    SILENCE_S,
    STALE_AFTER_MISSED_S,
    STALE_AFTER_UP_S,
    DeviceLink,
)
from tests.hardware.osdp.world import Heard

ABLE = Capabilities(outputs=1, timed_outputs=True, inputs=2, leds=False, buzzer=False)
CARD = {"event": osdp_sys.EVENT_CARDREAD, "format": 1, "length": 26, "data": b"\x08\x82\x09\x00"}


def new_link(told: Heard) -> DeviceLink:
    device = OsdpDevice("io", "port", 1, bytes(16))
    link = DeviceLink(device, told, 0.0)
    link.came_up(ABLE, 0.0)
    return link


def read(link: DeviceLink, told: Heard, at: float) -> bool:
    """Whether a card that is told at a moment is fresh."""
    link.take_event(dict(CARD), at)
    return told.of(CardRead)[-1].fresh


def test_reads_in_the_first_moments_are_not_fresh_though_the_device_kept_nothing(told: Heard) -> None:
    link = new_link(told)
    link.kept_nothing()
    assert not read(link, told, STALE_AFTER_UP_S - 0.01)
    link.kept_nothing()
    assert read(link, told, STALE_AFTER_UP_S)


def test_reads_are_not_fresh_until_the_device_keeps_nothing_however_long_that_takes(told: Heard) -> None:
    link = new_link(told)
    assert not read(link, told, 60.0)
    assert not read(link, told, 120.0)
    link.kept_nothing()
    assert read(link, told, 120.1)
    assert read(link, told, 120.2)


def test_a_reply_that_was_missed_makes_the_next_reads_old_until_the_device_keeps_nothing(told: Heard) -> None:
    link = new_link(told)
    link.kept_nothing()
    link.missed()
    link.heard(10.0)
    assert not read(link, told, 10.0 + 2 * STALE_AFTER_MISSED_S)
    link.missed()
    link.heard(20.0)
    link.kept_nothing()
    assert not read(link, told, 20.0 + STALE_AFTER_MISSED_S - 0.01)
    link.kept_nothing()
    assert read(link, told, 20.0 + STALE_AFTER_MISSED_S)


def test_keys_that_the_device_may_have_kept_are_dropped(told: Heard) -> None:
    link = new_link(told)
    press = {"event": osdp_sys.EVENT_KEYPRESS, "reader_no": 0, "data": b"1"}
    link.take_event(dict(press), 60.0)
    assert not told.of(KeysPressed)
    link.kept_nothing()
    link.take_event(dict(press), 60.1)
    assert [pressed.keys for pressed in told.of(KeysPressed)] == ["1"]


def test_a_read_that_arrives_while_the_link_is_down_is_not_fresh(told: Heard) -> None:
    link = new_link(told)
    link.went_down("gone")
    link.take_event(dict(CARD), 100.0)
    assert [read.fresh for read in told.of(CardRead)] == [False]


def test_a_card_without_bits_is_left_out(told: Heard) -> None:
    new_link(told).take_event({**CARD, "length": 0, "data": b""}, 5.0)
    assert not told.of(CardRead)


def test_a_pulse_longer_than_a_command_can_carry_is_renewed_until_its_end(told: Heard) -> None:
    link = new_link(told)
    link.output_commanded(SetOutput("io", 0, OutputState.PULSE, 60_000), 0.0)
    assert link.due_pulses(RENEW_PULSE_S - 0.1) == []
    now, renewals = RENEW_PULSE_S, []
    while due := link.due_pulses(now):
        (renewal,) = due
        renewals.append((now, renewal.duration_ms))
        link.output_commanded(renewal, now)
        now += RENEW_PULSE_S
    assert renewals == [(20.0, 40_000), (40.0, 20_000)]
    assert RENEW_PULSE_S * 1000 < MAX_PULSE_MS


def test_another_command_ends_a_long_pulse(told: Heard) -> None:
    link = new_link(told)
    link.output_commanded(SetOutput("io", 0, OutputState.PULSE, 60_000), 0.0)
    link.output_commanded(SetOutput("io", 0, OutputState.OFF), 1.0)
    assert link.due_pulses(RENEW_PULSE_S) == []


def test_a_lost_link_forgets_its_pulses_and_tells_each_reason_once_an_outage(told: Heard) -> None:
    link = new_link(told)
    link.output_commanded(SetOutput("io", 0, OutputState.PULSE, 60_000), 0.0)
    for reason in ("silent", "stranger", "silent"):
        link.went_down(reason)
    assert link.due_pulses(RENEW_PULSE_S) == []
    link.came_up(ABLE, 1.0)
    link.went_down("silent")
    assert [event.reason for event in told.of(DeviceOffline)] == ["silent", "stranger", "silent"]


def test_a_device_is_silent_when_it_said_nothing_for_a_while(told: Heard) -> None:
    link = new_link(told)
    assert link.silent(0.0)
    link.heard(1.0)
    assert not link.silent(1.0 + SILENCE_S)
    assert link.silent(1.01 + SILENCE_S)
