"""How doors are set up and wired, as the API shows it."""

import strawberry

from doorward.acs.decision import policy
from doorward.acs.doors import models, wiring
from doorward.acs.doors.configuration import DoorSetup
from doorward.acs.doors.configuration import Port as PortLine
from doorward.graphql.enums import (
    Circuit,
    DoorKind,
    EmergencyAction,
    InputPurpose,
    LedControl,
    LockRank,
    PortKind,
    ReaderType,
    RelockOn,
    RexAction,
    Side,
    Supervision,
)


@strawberry.type(description="Two people must show valid credentials within the time-out.")
class TwoPersonRule:
    """See the mutations: `groups` names groups of which one of the two must be a member."""

    sides: list[Side]
    """The sides of the door at which it applies."""
    schedule_ids: list[strawberry.ID] = strawberry.field(description="When it applies; empty: always.")
    timeout_ms: int
    """How long after the first the second may come, 1000 to 600000 ms."""
    group_ids: list[strawberry.ID]
    """One of the two must be in one of these groups; empty: anybody."""

    @classmethod
    def of(cls, rule: policy.TwoPersonRule) -> "TwoPersonRule":
        """The rule as the API shows it."""
        return cls(
            sides=list(rule.sides),
            schedule_ids=[strawberry.ID(one) for one in rule.schedules],
            timeout_ms=rule.timeout_ms,
            group_ids=[strawberry.ID(one) for one in rule.groups],
        )


@strawberry.type(description="Unlock schedules wait until somebody has come in that day.")
class FirstPersonIn:
    """Somebody of these groups, or anybody if none is named."""

    group_ids: list[strawberry.ID]
    """The groups of which somebody must have come in; none: anybody."""


@strawberry.type(description="A lock on an output of a device (null: of the controller).")
class DoorLock:
    """A lock."""

    rank: LockRank
    """Which of the door's two locks it is; both move together."""
    device_id: strawberry.ID | None
    """The device whose output it is on. Null: the controller itself."""
    output: int
    """The number of the output: 0 to 255."""

    @classmethod
    def of(cls, wire: wiring.LockWire) -> "DoorLock":
        """The lock as the API shows it."""
        return cls(rank=wire.rank, device_id=_id(wire.device_id), output=wire.output)


@strawberry.type(description="A contact on an input of a device (null: of the controller).")
class DoorInput:
    """A contact and how it is read."""

    purpose: InputPurpose
    """What it tells."""
    side: Side | None
    """The side at which an exit device stands. Null: it is none."""
    device_id: strawberry.ID | None
    """The device whose input it is. Null: the controller itself."""
    port: int
    """The number of the input: 0 to 255."""
    active_when: Circuit
    """Whether its contact is normally closed or normally open."""
    debounce_ms: int
    """A change counts once it has lasted this long: 0 to 400 ms."""
    supervision: Supervision
    """With which resistors its line is watched."""
    resistor_ohm: int | None
    """Of serial supervision: 1000 to 10000 ohm, both resistors. Null: without it."""
    rex: RexAction | None
    """What an exit device does. Null: it is none."""
    emergency: EmergencyAction | None
    """What an emergency input does. Null: it is none."""

    @classmethod
    def of(cls, wire: wiring.InputWire) -> "DoorInput":
        """The input as the API shows it."""
        return cls(
            purpose=wire.purpose,
            side=wire.side,
            device_id=_id(wire.device_id),
            port=wire.port,
            active_when=wire.active_when,
            debounce_ms=wire.debounce_ms,
            supervision=wire.supervision,
            resistor_ohm=wire.resistor_ohm,
            rex=wire.rex,
            emergency=wire.emergency,
        )


@strawberry.type(description="A reader and all that is set on it.")
class ReaderConfiguration:
    """A reader; one in an elevator's cab is shown at each of its floors."""

    id: strawberry.ID
    name: str
    door_id: strawberry.ID = strawberry.field(description="Of one in a cab: the floor that its devices count to.")
    side: Side
    """The side of the door that it is on."""
    type: ReaderType
    """How it is connected, or what it is."""
    port: int | None = strawberry.field(
        description="The reader port of a Wiegand reader on its controller. Null: it has none."
    )
    address: str = strawberry.field(description="Where a reader or camera is found on the network.")
    has_keypad: bool | None = strawberry.field(description="Null: not known.")
    pairs_mobile: bool
    """Whether phones can be paired at it."""
    muster: bool = strawberry.field(description="Reads there are a roll call and open nothing.")
    led_control: LedControl
    """How its light is wired."""
    tamper_when: Circuit
    """When its tamper circuit is active."""
    tamper_debounce_ms: int
    """How long the tamper circuit must last to count, 0 to 400 ms."""
    supervision: Supervision
    """The end-of-line resistors of its tamper circuit."""
    resistor_ohm: int | None
    """With SERIAL: one of the two equal resistors, 1000 to 10000 ohm; null otherwise."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.Reader) -> "ReaderConfiguration":
        """The reader as the API shows it."""
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            door_id=strawberry.ID(row.door_id),
            side=row.side,
            type=row.type,
            port=row.port,
            address=row.address,
            has_keypad=row.has_keypad,
            pairs_mobile=row.pairs_mobile,
            muster=row.muster,
            led_control=row.led_control,
            tamper_when=row.tamper_when,
            tamper_debounce_ms=row.tamper_debounce_ms,
            supervision=row.supervision,
            resistor_ohm=row.resistor_ohm,
            version=row.version,
        )


@strawberry.type(description="One line of a door's wiring list.")
class Port:
    """Where a wire ends, and what is on it."""

    kind: PortKind
    """What kind of terminal it is."""
    device_id: strawberry.ID | None
    number: str
    """Which port it is; of a device on a bus its line and address, of one on the network its address."""
    what: str
    """What is on it, in words."""

    @classmethod
    def of(cls, line: PortLine) -> "Port":
        """The line as the API shows it."""
        return cls(kind=line.kind, device_id=_id(line.device_id), number=line.number, what=line.what)


@strawberry.type(description="All that is set on a door and wired to it. Times in milliseconds.")
class DoorConfiguration:
    """A door's configuration; its state is in Door."""

    id: strawberry.ID
    name: str
    kind: DoorKind
    """What stands there, which decides what can be wired and set."""
    controller_id: strawberry.ID | None
    """The controller that its hardware is on. Null: a provisioned door without one."""
    elevator_id: strawberry.ID | None
    """The elevator that it is a floor of. Null: it is no floor."""
    floor_name: str
    """A floor's name without the elevator's; empty for other doors."""
    hub_address: str
    """The hub of a wireless lock: serial port and OSDP address (/dev/ttyUSB0:5), or the device's name or id; empty for
    other doors.
    """
    lock_address: str
    """The number of a wireless lock at its hub; empty for other doors."""
    access_time_ms: int
    """How long a grant releases the lock: 100 to 86400000 ms."""
    long_access_time_ms: int
    """The same for cardholders with long access, and no shorter."""
    held_after_ms: int
    """How long it may stand open before that is an alarm: 100 to 86400000 ms."""
    long_held_after_ms: int
    """The same for cardholders with long access, and no shorter."""
    pre_alarm_ms: int = strawberry.field(
        description="So long before it is held open it warns, in milliseconds; 0: not."
    )
    relock_on: RelockOn
    """When it locks again before its access time is over."""
    relock_delay_ms: int
    """How long after that it locks, in milliseconds: 0 to the access time."""
    forced_alarm: bool
    """Whether opening it without a release is an alarm."""
    held_alarm: bool
    """Whether standing open for too long is an alarm."""
    rex_unlocks: bool
    """Whether exit devices can unlock it; false: all of them only keep an opening from being forced."""
    has_position: bool
    """Whether it has a position sensor; without one there is no forced or held door."""
    maintenance: bool
    """Whether it is under maintenance: nothing that is shown opens it, and it is neither forced nor held."""
    profile_id: strawberry.ID | None
    """The identification profile: what must be shown. Null: a card, always, on both sides."""
    two_person: TwoPersonRule | None
    """Whether two people must come, and when. Null: one person is enough."""
    double_swipe_timeout_ms: int | None
    """How soon a second grant must follow to toggle the door: 500 to 60000 ms. Null: off."""
    escort_required: bool
    """Whether visitors pass it only together with an escort."""
    unlock_schedule_ids: list[strawberry.ID]
    """The schedules by which it unlocks; none: it never does by itself."""
    first_person: FirstPersonIn | None
    """Whose coming its unlock schedules wait for. Null: they do not wait."""
    locks: list[DoorLock]
    """What locks it, at most one primary and one secondary."""
    inputs: list[DoorInput]
    """What it is told by its contacts."""
    readers: list[ReaderConfiguration]
    """The readers at both of its sides; of a floor, those in the cab."""
    warnings: list[str]
    """What its profile asks for and no reader can take, a sentence each."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, setup: DoorSetup) -> "DoorConfiguration":
        """The configuration as the API shows it."""
        door, given = setup.door, setup.settings
        return cls(
            id=strawberry.ID(door.id),
            name=given.name,
            kind=given.kind,
            controller_id=_id(given.controller_id),
            elevator_id=_id(door.elevator_id),
            floor_name=door.floor_name,
            hub_address=given.hub_address,
            lock_address=given.lock_address,
            access_time_ms=given.access_time_ms,
            long_access_time_ms=given.long_access_time_ms,
            held_after_ms=given.held_after_ms,
            long_held_after_ms=given.long_held_after_ms,
            pre_alarm_ms=given.pre_alarm_ms,
            relock_on=given.relock_on,
            relock_delay_ms=given.relock_delay_ms,
            forced_alarm=given.forced_alarm,
            held_alarm=given.held_alarm,
            rex_unlocks=given.rex_unlocks,
            has_position=given.has_position,
            maintenance=door.maintenance,
            profile_id=_id(given.profile_id),
            two_person=TwoPersonRule.of(given.two_person) if given.two_person else None,
            double_swipe_timeout_ms=given.double_swipe.timeout_ms if given.double_swipe else None,
            escort_required=given.escort_required,
            unlock_schedule_ids=[strawberry.ID(one) for one in given.unlock_schedule_ids],
            first_person=(
                FirstPersonIn(group_ids=[strawberry.ID(one) for one in given.first_person.groups])
                if given.first_person
                else None
            ),
            locks=[DoorLock.of(wire) for wire in setup.locks],
            inputs=[DoorInput.of(wire) for wire in setup.inputs],
            readers=[ReaderConfiguration.of(reader) for reader in setup.readers],
            warnings=list(setup.warnings),
            version=door.version,
        )


def _id(value: str | None) -> strawberry.ID | None:
    return strawberry.ID(value) if value is not None else None
