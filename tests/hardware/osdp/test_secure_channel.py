"""Only a device that holds the site's key is ever online, and the key is never given away."""

import secrets
from collections.abc import Callable

import osdp_sys
import pytest

from doorward.hardware.driver import DeviceOffline, DeviceOnline
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard, Power, Received, driving, wired

NewLine = Callable[[str], SerialLine]


def test_a_device_with_another_key_never_comes_online(key: bytes, told: Heard, new_line: NewLine) -> None:
    stranger = SimulatedDevice(new_line("reader"), 1, secrets.token_bytes(16), READER_CAPABILITIES)
    with Power(stranger) as power, driving([wired("reader", stranger.line, key)], told):
        assert "no secure channel" in told.next(DeviceOffline, "reader").reason
        assert not told.of(DeviceOnline)
        assert not power.commands.of(Received)


def test_an_impostor_in_install_mode_never_comes_online_and_is_never_given_the_key(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    """It answers to the published default key, as a reader out of its box does."""
    impostor = SimulatedDevice(new_line("reader"), 1, None, READER_CAPABILITIES, flags=osdp_sys.FLAG_INSTALL_MODE)
    with Power(impostor) as power, driving([wired("reader", impostor.line, key)], told):
        assert "no secure channel" in told.next(DeviceOffline, "reader").reason
        assert not told.of(DeviceOnline)
        assert not power.commands.of(Received)


@pytest.mark.parametrize("bad_key", [b"", b"short", bytes(17)], ids=len)
def test_a_key_of_the_wrong_length_is_reported_and_never_replaced_by_a_default(
    bad_key: bytes, told: Heard, new_line: NewLine
) -> None:
    fresh_from_the_box = SimulatedDevice(
        new_line("reader"), 1, None, READER_CAPABILITIES, flags=osdp_sys.FLAG_INSTALL_MODE
    )
    with Power(fresh_from_the_box), driving([wired("reader", fresh_from_the_box.line, bad_key)], told):
        assert f"has {len(bad_key)} bytes" in told.next(DeviceOffline, "reader").reason
        assert not told.of(DeviceOnline)
