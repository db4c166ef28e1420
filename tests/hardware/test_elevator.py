"""An elevator through its controller: floors are doors, their relays may hang on any device."""

import msgspec
import pytest

from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    DoorKind,
    DoorPolicy,
    DoorSide,
    EmergencyAction,
    ReaderPolicy,
    Side,
)
from doorward.acs.devices import InputLine, LockLine, OsdpDevice, ReaderLine, Wiring
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DoorStatus, PolicyApplied, PolicySnapshot
from doorward.hardware.driver import DeviceOffline, DeviceOnline, Feedback, InputsChanged, OutputState, SetOutput
from tests.hardware.site import READER, Site, snapshot

LOW, HIGH = "relays-low", "relays-high"
FLOORS = {"floor-0": (LOW, 0, 3_000), "floor-1": (LOW, 7, 5_000), "floor-2": (HIGH, 0, 30_000)}
"""Each floor's relay module and relay, and for how long a card frees its button."""


def plan(version: int = 1, long_access: bool = False) -> PolicySnapshot:
    """Three floors on two relay modules, one reader in the cab; Ann may go to floors 0 and 2."""
    made = snapshot(version).policy
    policy = msgspec.structs.replace(
        made,
        doors=tuple(
            DoorPolicy(
                floor, floor, kind=DoorKind.FLOOR, access_time_ms=time_ms, has_position=False,
                long_access_time_ms=2 * time_ms, emergency=EmergencyAction.UNLOCK,
            )
            for floor, (_, _, time_ms) in FLOORS.items()
        ),
        cardholders=(CardholderPolicy("ann", long_access=long_access),),
        readers=(ReaderPolicy("reader-1", "floor-0", Side.A, floors=tuple(FLOORS)),),
        rules=(
            AccessRulePolicy(
                "rule-1", "Ann", (), ("ann",), ("always",),
                (DoorSide("floor-0", Side.A), DoorSide("floor-2", Side.A)),
            ),
        ),
    )  # fmt: skip
    devices = tuple(
        OsdpDevice(device_id, f"/dev/{device_id}", place, b"k" * 16)
        for place, device_id in enumerate((READER, LOW, HIGH), 1)
    )
    wiring = Wiring(
        devices,
        (ReaderLine("reader-1", "floor-0", READER),),
        tuple(LockLine(floor, device_id, relay) for floor, (device_id, relay, _) in FLOORS.items()),
        tuple(InputLine(floor, InputPurpose.EMERGENCY, LOW, 0) for floor in FLOORS),
    )
    return PolicySnapshot(policy, wiring)


@pytest.fixture
def cab(bare_site: Site) -> Site:
    """Everything is online and at rest."""
    server = bare_site.attach_server()
    server.send(plan())
    server.message(PolicyApplied)
    bare_site.tell(DeviceOnline(READER), DeviceOnline(LOW), DeviceOnline(HIGH), InputsChanged(LOW, (False,)))
    for floor in FLOORS:
        bare_site.driver.wait_for(relay(floor, OutputState.OFF))
    return bare_site


def relay(floor: str, state: OutputState, time_ms: int | None = None) -> SetOutput:
    device_id, number, usual_ms = FLOORS[floor]
    return SetOutput(device_id, number, state, (time_ms or usual_ms) if state is OutputState.PULSE else 0)


def pulses(site: Site) -> list[SetOutput]:
    return [one for one in site.driver.commands if isinstance(one, SetOutput) and one.state is OutputState.PULSE]


def test_a_card_frees_all_floors_of_its_owner_each_on_its_device_and_for_its_own_time(cab: Site) -> None:
    cab.badge()
    cab.driver.wait_for(Feedback(READER, True))
    assert pulses(cab) == [relay("floor-0", OutputState.PULSE), relay("floor-2", OutputState.PULSE)]
    granted = cab.server.event(EventType.ACCESS_GRANTED)
    assert granted.data["floors"] == ["floor-0", "floor-2"]


def test_somebody_with_long_access_time_has_it_at_every_floor(cab: Site) -> None:
    cab.server.send(plan(2, long_access=True))
    cab.server.message(PolicyApplied, lambda applied: applied.version == 2)
    cab.badge()
    cab.driver.wait_for(Feedback(READER, True))
    assert pulses(cab) == [
        relay("floor-0", OutputState.PULSE, 6_000),
        relay("floor-2", OutputState.PULSE, 60_000),
    ]


def test_floors_end_their_release_one_by_one(cab: Site) -> None:
    def are_free(*floors: str) -> None:
        def look() -> bool | None:
            latest = {one.door_id: one for one in list(cab.server.heard) if isinstance(one, DoorStatus)}
            return True if {floor for floor in FLOORS if latest[floor].released} == set(floors) else None

        cab.server.wait_for(look)

    cab.badge()
    are_free("floor-0", "floor-2")
    cab.pass_time(3_000)
    are_free("floor-2")
    cab.pass_time(27_000)
    are_free()


def test_a_floor_whose_relay_module_is_away_is_left_out_and_the_others_are_freed(cab: Site) -> None:
    cab.tell(DeviceOffline(HIGH, "cut"))
    assert cab.server.event(EventType.DOOR_OFFLINE).door_id == "floor-2"
    cab.badge()
    cab.driver.wait_for(Feedback(READER, True))
    assert pulses(cab) == [relay("floor-0", OutputState.PULSE)]
    assert cab.server.event(EventType.ACCESS_GRANTED).data["floors"] == ["floor-0"]


def test_an_operator_frees_one_floor_and_no_other(cab: Site) -> None:
    command = cab.command(DoorAction.UNLOCK, "one")
    cab.result("one")
    assert command.door_id not in FLOORS, "the site's own command is for a door that is not here"
    cab.server.send(msgspec.structs.replace(command, id="two", door_id="floor-1"))
    cab.result("two")
    cab.driver.wait_for(relay("floor-1", OutputState.ON))
    assert not pulses(cab)


def test_one_emergency_input_frees_every_floor_and_nothing_stays_free_after_it(cab: Site) -> None:
    cab.tell(InputsChanged(LOW, (True,)))
    for floor in FLOORS:
        cab.driver.wait_for(relay(floor, OutputState.ON))
    cab.tell(InputsChanged(LOW, (False,)))
    for floor in FLOORS:
        cab.driver.wait_for(relay(floor, OutputState.OFF), times=2)
