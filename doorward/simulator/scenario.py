"""Scenarios: what is done to a simulated site, when, and what must come of it."""

from enum import StrEnum
from typing import Annotated

import msgspec

from doorward.acs.decision.card_format import MAX_CARD_BITS
from doorward.acs.doors.wiring import InputPurpose
from doorward.hardware.simulators.fault import MAX_DELAY_MS, NO_FAULTS, Chance, Faults
from doorward.hardware.simulators.happening import Colour
from doorward.hardware.simulators.site_spec import MAX_NAME, Point

MAX_SECONDS = 7 * 24 * 3600.0
MAX_TIMES = 100_000

Seconds = Annotated[float, msgspec.Meta(ge=0, le=MAX_SECONDS)]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=2 * MAX_NAME)]
CardBitsText = Annotated[str, msgspec.Meta(pattern=rf"^[01]{{1,{MAX_CARD_BITS}}}\Z")]


class Strike(StrEnum):
    """What is expected of a door's lock: to let go, to lock, or to stay locked all the time."""

    RELEASED = "released"
    LOCKED = "locked"
    STAYS_LOCKED = "stays_locked"


class Leaf(StrEnum):
    """What is expected of a door: to open, to close, or to stay closed all the time."""

    OPENED = "opened"
    CLOSED = "closed"
    STAYS_CLOSED = "stays_closed"


class OutputState(StrEnum):
    """What is expected of an auxiliary output: to go on, to go off, or to stay off all the time."""

    ON = "switched_on"
    OFF = "switched_off"
    STAYS_OFF = "stays_off"


class Link(StrEnum):
    """What is expected of a device: that a controller reaches it, loses it, or keeps it all the time."""

    ONLINE = "online"
    OFFLINE = "offline"
    STAYS_ONLINE = "stays_online"


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Expectation(_Strict, frozen=True, kw_only=True):
    """One of `strike`, `leaf`, `light`, `link` and `output`, within so many seconds of its step.

    `output` is about the auxiliary output that `device` names, the others are about a door or a device. Without
    `door` or `device` that is the one of its step (for `strike` and `leaf` the reader's door).
    """

    within: Annotated[float, msgspec.Meta(gt=0, le=MAX_SECONDS)]
    door: Reference | None = None
    device: Reference | None = None
    strike: Strike | None = None
    leaf: Leaf | None = None
    light: Colour | None = None
    link: Link | None = None
    output: OutputState | None = None


class _Step(_Strict, frozen=True, kw_only=True, tag_field="do"):
    """When: `at` so many seconds from the beginning, or `after` the step before (the last time it was done).

    With `every` it is done `times` times, so many seconds apart. `expect` is checked each time.
    """

    at: Seconds | None = None
    after: Seconds | None = None
    every: Annotated[float, msgspec.Meta(gt=0, le=MAX_SECONDS)] | None = None
    times: Annotated[int, msgspec.Meta(ge=1, le=MAX_TIMES)] = 1
    expect: tuple[Expectation, ...] = ()


class Badge(_Step, frozen=True, kw_only=True, tag="badge"):
    """A card is shown at a reader: a 26-bit one by `card` and `facility`, or any by its `bits`.

    Somebody walks through if the door lets them, unless not `walk`. Reader "*": all readers, in turn.
    """

    reader: Reference
    card: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    facility: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    bits: CardBitsText | None = None
    walk: bool = True


class Keys(_Step, frozen=True, kw_only=True, tag="keys"):
    """Keys (0-9, * and #) are pressed at a reader, such as a PIN and #."""

    reader: Reference
    keys: Annotated[str, msgspec.Meta(pattern=r"^[0-9*#]{1,32}\Z")]

    def __repr__(self) -> str:
        """Without the keys, which may be somebody's PIN."""
        return f"Keys({self.reader})"


class Rex(_Step, frozen=True, kw_only=True, tag="rex"):
    """Somebody presses the exit button of a door and leaves."""

    door: Reference


class Force(_Step, frozen=True, kw_only=True, tag="force"):
    """Somebody breaks a door open."""

    door: Reference


class Hold(_Step, frozen=True, kw_only=True, tag="hold"):
    """Somebody keeps a door open; if it is closed, by coming out."""

    door: Reference
    seconds: Seconds


class Unplug(_Step, frozen=True, kw_only=True, tag="unplug"):
    """The cable of a device is cut, or those of all devices of a door, or on a port."""

    device: Reference


class Replug(_Step, frozen=True, kw_only=True, tag="replug"):
    """Cables are mended."""

    device: Reference


class Tamper(_Step, frozen=True, kw_only=True, tag="tamper"):
    """The housing of a device is opened, or shut (not `active`)."""

    device: Reference
    active: bool = True


class PowerCycle(_Step, frozen=True, kw_only=True, tag="power_cycle"):
    """A device loses its power and gets it back."""

    device: Reference
    off_seconds: Seconds = 1.0


class Switch(_Step, frozen=True, kw_only=True, tag="switch"):
    """The emergency or tamper contact of a door becomes active, or not."""

    door: Reference
    contact: InputPurpose = InputPurpose.EMERGENCY
    active: bool = True


class SetInput(_Step, frozen=True, kw_only=True, tag="input"):
    """An input of a device that is on no door closes (`active`), or opens.

    Without `input` it is an auxiliary input by its name, which becomes active, or comes to rest.
    """

    device: Reference
    input: Point | None = None
    active: bool = True


class Fault(_Step, frozen=True, kw_only=True, tag="fault"):
    """Something goes wrong with a device or its line, for good or for `seconds`; see Faults for the words."""

    device: Reference
    noise: Chance = 0.0
    drop: Chance = 0.0
    duplicate: Chance = 0.0
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=MAX_DELAY_MS)] = 0
    dead: bool = False
    wrong_key: bool = False
    install_mode: bool = False
    seconds: Seconds | None = None

    def faults(self) -> Faults:
        """What is wrong from now on."""
        return Faults(
            noise=self.noise,
            drop=self.drop,
            duplicate=self.duplicate,
            delay_ms=self.delay_ms,
            dead=self.dead,
            wrong_key=self.wrong_key,
            install_mode=self.install_mode,
        )


class Mend(_Step, frozen=True, kw_only=True, tag="mend"):
    """All that a fault did to a device is put right."""

    device: Reference

    def faults(self) -> Faults:
        """Nothing is wrong any more."""
        return NO_FAULTS


class Wait(_Step, frozen=True, kw_only=True, tag="wait"):
    """Nothing is done; something may be expected all the same."""


Step = (
    Badge | Keys | Rex | Force | Hold | Unplug | Replug | Tamper | PowerCycle | Switch | SetInput | Fault | Mend | Wait
)


class Scenario(_Strict, frozen=True, kw_only=True):
    """Steps in their order. It begins once a controller has reached every device that can be reached.

    `ready_within`: it fails if that takes longer. `seed` is for the dice of the faults.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    seed: int = 0
    ready_within: Seconds = 60.0
