"""What came of a scenario, as JSON and as text."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from doorward.hardware.simulators.fault import Tally
from doorward.simulator.awaited import Verdict
from doorward.simulator.errors import SimulatorError


class Outcome(StrEnum):
    """How it ended: with every expectation met or not, before it began, or before its end."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_READY = "not_ready"
    STOPPED = "stopped"


class Expected(msgspec.Struct, frozen=True):
    """An expectation and its verdict. `after_s`: when it was decided, counted from its step."""

    expected: str
    within_s: float
    verdict: Verdict
    after_s: float | None


class Done(msgspec.Struct):
    """One time that a step was done, at `at_s` from the beginning."""

    at_s: float
    line: int
    did: str
    expectations: list[Expected] = msgspec.field(default_factory=list)


class DeviceReport(msgspec.Struct, frozen=True):
    """What a device went through."""

    name: str
    came_online: int
    went_offline: int
    tally: Tally


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `started_at` is aware UTC; `processor_s` is what the whole program took of it while it played."""

    site: str
    scenario: str
    seed: int
    started_at: datetime
    duration_s: float
    processor_s: float
    outcome: Outcome
    offline: list[str]
    steps: list[Done]
    devices: list[DeviceReport]

    def count(self, verdict: Verdict) -> int:
        """How many expectations ended so."""
        return sum(expected.verdict is verdict for done in self.steps for expected in done.expectations)

    def text(self) -> str:
        """For people, several lines."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        met, failed = self.count(Verdict.MET), self.count(Verdict.FAILED)
        yield f"{self.scenario}: {_SENTENCES[self.outcome]}"
        if self.outcome is Outcome.NOT_READY:
            yield f"No controller reached: {', '.join(self.offline)}. Check its ports, addresses and keys."
        yield f"{len(self.steps)} steps; {met} expectations met, {failed} failed."
        for done in self.steps:
            for expected in done.expectations:
                if expected.verdict is Verdict.FAILED:
                    yield f"  line {done.line}, at {done.at_s:.1f} s, {done.did}: {not_met(expected)}"
        share = self.processor_s / self.duration_s if self.duration_s else 0.0
        frames = sum(device.tally.frames for device in self.devices)
        yield (
            f"{self.duration_s:.1f} s, seed {self.seed}, {len(self.devices)} devices, {frames} frames, "
            f"{share:.0%} of one processor."
        )


_SENTENCES = {
    Outcome.PASSED: "passed.",
    Outcome.FAILED: "FAILED.",
    Outcome.NOT_READY: "FAILED, it could not begin.",
    Outcome.STOPPED: "stopped before its end.",
}


def not_met(expected: Expected) -> str:
    """Words for an expectation that failed."""
    if expected.after_s is not None:
        return f"expected {expected.expected} for {expected.within_s:g} s; it ended after {expected.after_s:.2f} s"
    return f"expected {expected.expected} within {expected.within_s:g} s; it did not come"


def save_report(path: Path, report: Report) -> None:
    """Write it as JSON, whole or not at all. Raises SimulatorError."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
        fresh.replace(path)
    except OSError as error:
        raise SimulatorError(
            f"The report {path} cannot be written: {error.strerror}. Choose another place with --report."
        ) from error
