"""A simulated site as the real driver meets it: shared lines, doors on several devices, power and keys."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.policy import Side
from doorward.acs.devices import OsdpDevice
from doorward.acs.doors.wiring import Circuit, InputPurpose
from doorward.hardware.driver import (
    CardRead,
    DeviceOffline,
    DeviceOnline,
    Feedback,
    InputsChanged,
    KeysPressed,
    OutputState,
    SetOutput,
    TamperChanged,
)
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.fault import Faults
from doorward.hardware.simulators.happening import Colour, Happening, What
from doorward.hardware.simulators.site import SimulatedSite
from doorward.hardware.simulators.site_spec import (
    ContactSpec,
    DeviceSpec,
    DoorReaderSpec,
    LockSpec,
    SiteDoorSpec,
    SiteSpec,
)
from tests.hardware.osdp.world import Heard, driving

CARD = encode_h10301(17, 1042)


def device(name: str, address: int, port: str = "bus", **given: object) -> DeviceSpec:
    return DeviceSpec(name=name, port=port, address=address, key=secrets.token_hex(16), **given)  # type: ignore[arg-type]


def two_locks() -> SiteSpec:
    """One bus with everything of a door: two locks on two devices, a normally closed position contact, a reader."""
    return SiteSpec(
        name="Two locks",
        devices=(
            device("io", 1, outputs=1, inputs=3),
            device("relay", 2, outputs=2),
            device("reader", 3, reader=True),
        ),
        doors=(
            SiteDoorSpec(
                name="Door",
                locks=(LockSpec(device="io", output=0), LockSpec(device="relay", output=1)),
                contacts=(
                    ContactSpec(purpose=InputPurpose.POSITION, device="io", input=0, active_when=Circuit.OPEN),
                    ContactSpec(purpose=InputPurpose.EMERGENCY, device="io", input=2),
                ),
                readers=(DoorReaderSpec(side=Side.A, device="reader"),),
            ),
        ),
    )


class Place:
    """A started site, the driver on its ports, what that told and what was seen to happen."""

    def __init__(self, site: SimulatedSite, driver: OsdpDriver, told: Heard, seen: Heard) -> None:
        self.site, self.driver, self.told, self._seen = site, driver, told, seen

    def happened(self, what: What, subject: str, times: int = 1) -> None:
        def enough(items: list[object]) -> bool:
            found = [item for item in items if isinstance(item, Happening)]
            return sum((item.what, item.subject) == (what, subject) for item in found) >= times

        self._seen.until(enough)

    def seen(self) -> list[Happening]:
        return self._seen.of(Happening)


@contextmanager
def place(ports: Path, spec: SiteSpec) -> Iterator[Place]:
    told, seen = Heard(), Heard()
    site = SimulatedSite(spec, ports, seen)
    site.start()
    wired = [
        OsdpDevice(device.name, str(ports / device.port), device.address, bytes.fromhex(device.key or ""))
        for device in spec.devices
    ]
    try:
        with driving(wired, told) as driver:
            for device in spec.devices:
                told.next(DeviceOnline, device.name)
            made = Place(site, driver, told, seen)
            for device in spec.devices:
                made.happened(What.DEVICE_ONLINE, device.name)
            yield made
    finally:
        site.stop()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, two_locks()) as made:
        yield made


def test_devices_share_a_line_and_each_answers_for_itself(here: Place) -> None:
    here.site.badge("reader", CARD)
    assert here.told.next(CardRead, "reader").bits.as_text() == CARD.as_text()
    here.site.tamper(["relay"], True)
    assert here.told.next(TamperChanged, "relay").active
    assert here.told.next(InputsChanged, "io").inputs == (True, False, False), "closed: the door is shut"
    assert here.site.online() == {"io", "relay", "reader"}


def test_a_door_with_two_locks_lets_go_when_both_do_and_locks_when_its_power_goes(here: Place) -> None:
    here.driver.submit(SetOutput("io", 0, OutputState.ON))
    here.site.switch("Door", InputPurpose.EMERGENCY, True)
    assert here.told.next(InputsChanged, "io", after=1).inputs == (True, False, True)
    assert here.seen() == [item for item in here.seen() if item.what is What.DEVICE_ONLINE], "one lock is not enough"
    here.driver.submit(SetOutput("relay", 1, OutputState.ON))
    here.happened(What.STRIKE_RELEASED, "Door")
    here.site.badge("reader", CARD)
    here.happened(What.DOOR_OPENED, "Door")
    assert here.told.next(InputsChanged, "io", after=2).inputs == (False, False, True)
    here.site.power_cycle(["relay"], 0.1)
    here.happened(What.STRIKE_LOCKED, "Door")
    here.happened(What.DEVICE_ONLINE, "relay", 2)


def test_what_a_reader_shows_is_seen(here: Place) -> None:
    for count, (granted, colour) in enumerate([(True, Colour.GREEN), (False, Colour.RED)], 1):
        here.driver.submit(Feedback("reader", granted))
        here.happened(What.LIGHT, "reader", count)
        assert here.seen()[-1].colour is colour


def test_a_device_on_no_door_has_keys_and_inputs_of_its_own(tmp_path: Path) -> None:
    with place(tmp_path, SiteSpec(name="x", devices=(device("pad", 1, reader=True, inputs=2),))) as here:
        assert here.told.next(InputsChanged, "pad").inputs == (False, False)
        here.site.set_input("pad", 1, True)
        assert here.told.next(InputsChanged, "pad", after=1).inputs == (False, True)

        # Keys of the first moments of a link are not taken; a tamper contact that moves passes the time.
        moves = 0
        while not here.told.of(KeysPressed):
            moves += 1
            assert moves < 200
            here.site.press("pad", "7")
            here.site.tamper(["pad"], moves % 2 == 1)
            here.told.next(TamperChanged, "pad", after=moves - 1)
        assert {keys.keys for keys in here.told.of(KeysPressed)} == {"7"}


def test_a_site_that_cannot_start_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "second").write_text("mine")
    site = SimulatedSite(
        SiteSpec(name="x", devices=(device("a", 1, "first"), device("b", 1, "second"))), tmp_path, lambda _: None
    )
    with pytest.raises(FileExistsError):
        site.start()
    assert [left.name for left in tmp_path.iterdir()] == ["second"]
    site.stop()


def test_another_key_is_no_key(tmp_path: Path) -> None:
    with place(tmp_path, two_locks()) as here:
        here.site.suffer(["reader"], Faults(wrong_key=True), 0.5)
        here.told.next(DeviceOffline, "reader")
        here.happened(What.DEVICE_OFFLINE, "reader")
        here.told.next(DeviceOnline, "reader", after=1)
