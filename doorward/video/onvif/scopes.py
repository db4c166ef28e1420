"""Scopes: what a device says of itself in discovery, such as `onvif://www.onvif.org/name/Front%20door`."""

from collections.abc import Iterable
from urllib.parse import unquote

from doorward.video.onvif.node import printable

_ONVIF = "onvif://www.onvif.org/"


def name_in(scopes: Iterable[str]) -> str:
    """The device's name, or empty."""
    return _value(scopes, "name")


def model_in(scopes: Iterable[str]) -> str:
    """The device's hardware, which is its model for most makers; or empty."""
    return _value(scopes, "hardware")


def _value(scopes: Iterable[str], category: str) -> str:
    begins = f"{_ONVIF}{category}/"
    for scope in scopes:
        if scope.lower().startswith(begins):
            return printable(unquote(scope[len(begins) :]).replace("/", " "))
    return ""
