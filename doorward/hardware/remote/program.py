"""The controller as a program of its own: its disk, its doors, and a server somewhere."""

import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from doorward.acs.controllers.enrolment_code import NoCode, parse_code
from doorward.acs.sealing import load_or_create_key
from doorward.hardware.controller import Controller, DriverFactory
from doorward.hardware.errors import HardwareError
from doorward.hardware.remote.dialer import Dialer
from doorward.hardware.remote.enrol import EnrolmentFailed, enrol, server_url
from doorward.hardware.remote.identity import Identity, NotEnrolled


class ControllerUnusable(HardwareError):
    """The controller cannot start; says what to do."""


@dataclass(frozen=True, slots=True)
class ControllerPlace:
    """What a controller is told when it starts: `server` is wss://host:port."""

    server: str
    data: Path

    @property
    def journal(self) -> Path:
        """Its journal; the policy is beside it."""
        return self.data / "journal.db"

    @property
    def data_key(self) -> Path:
        """The key that seals the policy on this disk."""
        return self.data / "secret.key"


async def enrol_controller(place: ControllerPlace, code: str) -> str:
    """Enrol with a code; returns the controller's id. Raises HardwareError with what to do."""
    _prepare(place)
    identity = Identity(place.data)
    must_be = _id_of(identity) if place.journal.exists() else None
    try:
        parsed = parse_code(code)
    except NoCode as error:
        raise EnrolmentFailed(str(error)) from error
    await enrol(place.server, parsed, identity, must_be)
    return identity.controller_id


def run_controller(place: ControllerPlace, driver_factory: DriverFactory) -> None:
    """Be the controller until SIGINT or SIGTERM. Raises HardwareError and SealBroken before it serves doors."""
    _prepare(place)
    url = server_url(place.server)
    identity = Identity(place.data)
    controller_id = identity.controller_id
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    controller = Controller(controller_id, place.journal, load_or_create_key(place.data_key), driver_factory)
    controller.start()
    dialer = Dialer(url, identity, controller.attach)
    try:
        dialer.start()
        sys.stdout.write(f"Controller {controller_id} is ready; its server is {url}\n")
        sys.stdout.flush()
        while not stopping.wait(1.0):
            if not controller.running:
                raise ControllerUnusable("The controller stopped by itself; its error is in the log. Start it again.")
    finally:
        dialer.stop()
        controller.stop()


def _id_of(identity: Identity) -> str | None:
    try:
        return identity.controller_id
    except NotEnrolled:
        return None


def _prepare(place: ControllerPlace) -> None:
    try:
        place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ControllerUnusable(
            f"The data directory {place.data} cannot be used: {error.strerror or error}. Choose another with --data."
        ) from error
