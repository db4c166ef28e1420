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


@strawberry.type(description="A lock on an output of a device (null: of the controller).")
class DoorLock:
    """A lock."""

    rank: LockRank
    device_id: strawberry.ID | None
    output: int

    @classmethod
    def of(cls, wire: wiring.LockWire) -> "DoorLock":
        """The lock as the API shows it."""
        return cls(rank=wire.rank, device_id=_id(wire.device_id), output=wire.output)


@strawberry.type(description="A contact on an input of a device (null: of the controller).")
class DoorInput:
    """A contact and how it is read."""

    purpose: InputPurpose
    side: Side | None = strawberry.field(description="Where a REX device stands.")
    device_id: strawberry.ID | None
    port: int
    active_when: Circuit
    debounce_ms: int
    supervision: Supervision
    resistor_ohm: int | None
    rex: RexAction | None
    emergency: EmergencyAction | None

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
    controller_id: strawberry.ID | None = strawberry.field(description="Null: a provisioned door without one.")
    elevator_id: strawberry.ID | None
    floor_name: str
    hub_address: str
    lock_address: str
    access_time_ms: int
    long_access_time_ms: int
    held_after_ms: int
    long_held_after_ms: int
    pre_alarm_ms: int = strawberry.field(description="How long before the open-too-long time ends it warns; 0: not.")
    relock_on: RelockOn
    relock_delay_ms: int
    forced_alarm: bool
    held_alarm: bool
    rex_unlocks: bool = strawberry.field(description="False: every REX of the door only shunts.")
    has_position: bool
    maintenance: bool
    profile_id: strawberry.ID | None = strawberry.field(description="Null: a card, always, on both sides.")
    two_person: TwoPersonRule | None
    double_swipe_timeout_ms: int | None = strawberry.field(description="Null: off.")
    escort_required: bool
    unlock_schedule_ids: list[strawberry.ID]
    first_person: FirstPersonIn | None
    locks: list[DoorLock]
    inputs: list[DoorInput]
    readers: list[ReaderConfiguration]
    warnings: list[str] = strawberry.field(description="What the profile asks for and no reader can take.")
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
