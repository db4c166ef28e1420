"""What must come of a step, and judging it by what happens. Times are seconds of one clock."""

from dataclasses import dataclass, field
from enum import StrEnum

from doorward.hardware.simulators.happening import Colour, Happening, What
from doorward.simulator.deed import Deed
from doorward.simulator.errors import SimulatorError
from doorward.simulator.scenario import Expectation, Leaf, Link, OutputState, Strike
from doorward.simulator.site_names import SiteNames


@dataclass(frozen=True, slots=True)
class Awaited:
    """`what` must happen to `subject` within `within_s`; if `never`, it must not.

    `standing`: that it is so already counts like that it happens.
    """

    said: str
    what: What
    subject: str
    within_s: float
    never: bool = False
    standing: bool = True
    colour: Colour | None = None


class Verdict(StrEnum):
    """What came of an expectation."""

    MET = "met"
    FAILED = "failed"


_STRIKES = {
    Strike.RELEASED: (What.STRIKE_RELEASED, False, True),
    Strike.LOCKED: (What.STRIKE_LOCKED, False, False),
    Strike.STAYS_LOCKED: (What.STRIKE_RELEASED, True, True),
}
_LEAVES = {
    Leaf.OPENED: (What.DOOR_OPENED, False, True),
    Leaf.CLOSED: (What.DOOR_CLOSED, False, False),
    Leaf.STAYS_CLOSED: (What.DOOR_OPENED, True, True),
}
_LINKS = {
    Link.ONLINE: (What.DEVICE_ONLINE, False, True),
    Link.OFFLINE: (What.DEVICE_OFFLINE, False, True),
    Link.STAYS_ONLINE: (What.DEVICE_OFFLINE, True, True),
}


_OUTPUTS = {
    OutputState.ON: (What.OUTPUT_ON, False, True),
    OutputState.OFF: (What.OUTPUT_OFF, False, False),
    OutputState.STAYS_OFF: (What.OUTPUT_ON, True, True),
}


def awaited_of(expected: Expectation, deed: Deed, names: SiteNames) -> Awaited:
    """What an expectation of a step waits for. Raises SimulatorError."""
    asked = [expected.strike, expected.leaf, expected.light, expected.link, expected.output]
    if sum(one is not None for one in asked) != 1:
        raise SimulatorError(
            "Expect one of strike, leaf, light, link and output. Another expectation is another list item."
        )
    if expected.light is not None or expected.link is not None:
        return _of_device(expected, _device(expected, deed, names))
    if expected.output is not None:
        return _of_output(expected.output, expected, names)
    door = _door(expected, deed, names)
    if expected.strike is not None:
        if not names.has_lock(door):
            raise SimulatorError(f"{door} has no lock, so nothing can be expected of its strike.")
        what, never, standing = _STRIKES[expected.strike]
        said = f"strike of {door} {_plain(expected.strike)}"
        return Awaited(said, what, door, expected.within, never, standing)
    leaf = expected.leaf or Leaf.OPENED
    what, never, standing = _LEAVES[leaf]
    return Awaited(f"{door} {_plain(leaf)}", what, door, expected.within, never, standing)


def _of_output(wanted: OutputState, expected: Expectation, names: SiteNames) -> Awaited:
    if expected.device is None:
        raise SimulatorError("Say of which auxiliary output this is expected (device).")
    output = names.aux_output(expected.device)
    what, never, standing = _OUTPUTS[wanted]
    return Awaited(f"{output} {_plain(wanted)}", what, output, expected.within, never, standing)


def _of_device(expected: Expectation, device: str) -> Awaited:
    if expected.link is not None:
        what, never, standing = _LINKS[expected.link]
        return Awaited(f"{device} {_plain(expected.link)}", what, device, expected.within, never, standing)
    colour = expected.light or Colour.OTHER
    said = f"light of {device} {colour.value}"
    return Awaited(said, What.LIGHT, device, expected.within, standing=False, colour=colour)


def _door(expected: Expectation, deed: Deed, names: SiteNames) -> str:
    if expected.door is not None:
        return names.door(expected.door)
    if deed.door is None:
        raise SimulatorError("Say of which door this is expected (door).")
    return deed.door


def _device(expected: Expectation, deed: Deed, names: SiteNames) -> str:
    if expected.device is not None:
        return names.device(expected.device).name
    if deed.device is None:
        raise SimulatorError("Say of which device this is expected (device).")
    return deed.device


def _plain(word: StrEnum) -> str:
    return word.value.replace("_", " ")


@dataclass(slots=True)
class SiteState:
    """How the site stands, by what happened: the last of each pair of happenings, by subject."""

    _last: dict[tuple[str, str], What] = field(default_factory=dict)

    def note(self, happening: Happening) -> None:
        """Something happened."""
        self._last[_family(happening.what), happening.subject] = happening.what

    def stands(self, what: What, subject: str) -> bool:
        """Whether this was the last of its kind to happen; what never was reached is offline."""
        last = self._last.get((_family(what), subject))
        return last is what or (last is None and what is What.DEVICE_OFFLINE)


def _family(what: What) -> str:
    return what.value.split("_")[0]


@dataclass(slots=True)
class Watch:
    """One expectation from the moment that its step was done."""

    awaited: Awaited
    line: int
    begun: float
    verdict: Verdict | None = None
    at: float | None = None

    @property
    def deadline(self) -> float:
        """Until when it can be met."""
        return self.begun + self.awaited.within_s

    def begin(self, state: SiteState) -> None:
        """How it stands at the beginning."""
        if self.awaited.standing and state.stands(self.awaited.what, self.awaited.subject):
            self._come(self.begun)

    def judge(self, happening: Happening) -> None:
        """Something happened; it counts if it is what is waited for, in time."""
        awaited = self.awaited
        wanted = awaited.what, awaited.subject, awaited.colour
        in_time = self.begun <= happening.at <= self.deadline
        if self.verdict is None and in_time and (happening.what, happening.subject, happening.colour) == wanted:
            self._come(happening.at)

    def expire(self) -> None:
        """Its time is over."""
        if self.verdict is None:
            self.verdict = Verdict.MET if self.awaited.never else Verdict.FAILED

    def _come(self, at: float) -> None:
        self.verdict = Verdict.FAILED if self.awaited.never else Verdict.MET
        self.at = at
