"""A device that a search has found, before anybody has signed in to it."""

from dataclasses import dataclass

from doorward.video.onvif.address import DeviceAddress


@dataclass(frozen=True, slots=True)
class Found:
    """A device, what it said of itself in discovery (name and model may be empty), and its id if it gave one."""

    address: DeviceAddress
    name: str = ""
    model: str = ""
    endpoint: str = ""
