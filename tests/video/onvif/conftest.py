"""A simulated device on loopback, and clients of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.administration import UserLevel
from doorward.video.onvif.credentials import Credentials
from doorward.video.onvif.device import Device
from doorward.video.onvif.simulator import Behaviour, SimulatedDevice
from doorward.video.onvif.simulator.state import DeviceState, StreamState

OPERATOR = Credentials("operator", "p<&>ss wörd")
PICTURE = b"\xff\xd8 a picture \xff\xd9"


@dataclass
class Place:
    """A simulated device and where it is."""

    simulated: SimulatedDevice
    address: DeviceAddress

    def device(self, credentials: Credentials | None = OPERATOR) -> Device:
        return Device(self.address, credentials)


def simulated_device(behaviour: Behaviour | None = None) -> SimulatedDevice:
    """One camera with two streams and one user."""
    streams = [
        StreamState("high", "High", "rtsp://127.0.0.1:8554/high", "H265", 1920, 1080, 25),
        StreamState("low", "Low", "rtsp://127.0.0.1:8554/low", "H264", 640, 360),
    ]
    state = DeviceState("Front door", streams)
    state.users[OPERATOR.user] = (OPERATOR.password, UserLevel.ADMINISTRATOR)
    return SimulatedDevice(state, behaviour, PICTURE)


OpenPlace = Callable[..., AbstractAsyncContextManager[Place]]


@pytest.fixture
def open_place(app_server: Callable[[Starlette], AbstractAsyncContextManager[str]]) -> OpenPlace:
    """`async with open_place(Behaviour(...)) as place`."""

    @asynccontextmanager
    async def opened(behaviour: Behaviour | None = None) -> AsyncIterator[Place]:
        simulated = simulated_device(behaviour)
        async with app_server(Starlette(routes=simulated.routes())) as base:
            yield Place(simulated, DeviceAddress.parse(base))

    return opened
