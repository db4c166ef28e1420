"""Wiegand readers on converters, as the rows of devices hold them."""

from typing import Any

from doorward.acs.doors.models import Device
from doorward.acs.doors.wiegand import DEFAULT_BAUD, Converter, KeypadMode


def converter_of(device: Device) -> Converter:
    """What is set on the device."""
    settings: dict[str, Any] = device.settings or {}
    return Converter(
        framing=settings.get("framing", ""),
        channel=device.address or 0,
        baud=device.baud or DEFAULT_BAUD,
        keypad=KeypadMode(settings.get("keypad", KeypadMode.NONE)),
        pin_facility=settings.get("pin_facility"),
        pin_digits=settings.get("pin_digits", 4),
    )


def put_converter(device: Device, given: Converter) -> None:
    """Put the settings on the row, without saving it."""
    device.address = given.channel
    device.baud = given.baud
    device.settings = {
        "framing": given.framing,
        "keypad": given.keypad.value,
        "pin_facility": given.pin_facility,
        "pin_digits": given.pin_digits,
    }
