"""A scenario laid out in time: every step as often as it is done, at its second, with what must come of it."""

from dataclasses import dataclass
from pathlib import Path

from doorward.simulator.awaited import Awaited, awaited_of
from doorward.simulator.deed import Deed, deed_of
from doorward.simulator.errors import SimulatorError
from doorward.simulator.scenario import MAX_TIMES, Scenario, Step
from doorward.simulator.site_names import SiteNames
from doorward.simulator.strict_yaml import Read, parse_yaml, read_yaml


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a step is done, `at_s` after the beginning; `line` is the step's in the file."""

    at_s: float
    line: int
    deed: Deed
    awaited: tuple[Awaited, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A scenario that can be played; `occurrences` in the order of time."""

    scenario: Scenario
    occurrences: tuple[Occurrence, ...]


def read_timeline(path: Path, names: SiteNames) -> Timeline:
    """The scenario in a file, for a site. Raises SimulatorError with file, line and what to do."""
    return lay_out(read_yaml(path, Scenario), names)


def parse_timeline(path: Path, data: bytes, names: SiteNames) -> Timeline:
    """The scenario in some bytes that `path` holds. Raises SimulatorError."""
    return lay_out(parse_yaml(path, data, Scenario), names)


def lay_out(read: Read[Scenario], names: SiteNames) -> Timeline:
    """Give every step its times. Raises SimulatorError."""
    found: list[Occurrence] = []
    last_s = 0.0
    for position, step in enumerate(read.document.steps):
        mistake = _mistake(step)
        if mistake:
            raise read.mistake(mistake, "steps", position)
        first_s = step.at if step.at is not None else last_s + (step.after or 0.0)
        line = read.line("steps", position)
        if len(found) + step.times > MAX_TIMES:
            raise read.mistake(f"All steps together are done more than {MAX_TIMES} times. Do less.", "steps", position)
        for turn in range(step.times):
            try:
                deed = deed_of(step, names, turn)
            except SimulatorError as error:
                raise read.mistake(str(error), "steps", position) from error
            found.append(
                Occurrence(first_s + turn * (step.every or 0.0), line, deed, _awaited(read, position, deed, names))
            )
        last_s = found[-1].at_s
    return Timeline(read.document, tuple(sorted(found, key=lambda occurrence: occurrence.at_s)))


def _mistake(step: Step) -> str:
    if step.at is not None and step.after is not None:
        return "Say at (from the beginning) or after (the step before), one of them."
    if step.every is None and step.times > 1:
        return "Say with every how many seconds lie between the times."
    if step.every is not None and step.times == 1:
        return "Say with times how often, for every."
    return ""


def _awaited(read: Read[Scenario], position: int, deed: Deed, names: SiteNames) -> tuple[Awaited, ...]:
    found = []
    for number, expectation in enumerate(read.document.steps[position].expect):
        try:
            found.append(awaited_of(expectation, deed, names))
        except SimulatorError as error:
            raise read.mistake(str(error), "steps", position, "expect", number) from error
    return tuple(found)
