"""Playing a scenario: doing its steps in time, and judging what comes of them."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from doorward.hardware.simulators.happening import Happening, What
from doorward.hardware.simulators.site import SimulatedSite
from doorward.hardware.simulators.site_spec import DeviceSpec
from doorward.simulator.awaited import SiteState, Verdict, Watch
from doorward.simulator.inbox import Inbox, Say, Stop
from doorward.simulator.report import DeviceReport, Done, Expected, Outcome, Report, not_met
from doorward.simulator.timeline import Occurrence, Timeline

SETTLE_S = 1.5
"""A controller does not trust what a reader says in the first second of a link; the scenario begins after that."""
GRACE_S = 0.2
"""What happened in time may be told so much later."""


class Performance:
    """Plays one timeline on a started site, once."""

    def __init__(
        self,
        site: SimulatedSite,
        timeline: Timeline,
        seed: int,
        inbox: Inbox,
        say: Say,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Happenings of the site, and the word to stop, come through `inbox`. `monotonic` as the site has it."""
        self._site = site
        self._timeline = timeline
        self._seed = seed
        self._inbox = inbox
        self._say = say
        self._monotonic = monotonic
        self._state = SiteState()
        self._watches: list[tuple[Watch, Done]] = []
        self._steps: list[Done] = []
        self._counts: Counter[tuple[What, str]] = Counter()
        self._started_at = datetime.now(UTC)
        self._begun = monotonic()
        self._processor_s = time.process_time()
        self._stopped = False

    def play(self) -> Report:
        """Do all of it; returns what came of it."""
        missing = self._wait_until_ready()
        if missing:
            return self._report(Outcome.STOPPED if self._stopped else Outcome.NOT_READY, missing)
        self._begun = self._monotonic()
        for occurrence in self._timeline.occurrences:
            if not self._wait_until(self._begun + occurrence.at_s):
                return self._report(Outcome.STOPPED)
            self._perform(occurrence)
        while self._watches:
            if not self._wait_until(min(watch.deadline for watch, _ in self._watches) + GRACE_S):
                return self._report(Outcome.STOPPED)
        report = self._report(Outcome.PASSED)
        return report if not report.count(Verdict.FAILED) else self._report(Outcome.FAILED)

    def _wait_until_ready(self) -> list[str]:
        """Wait for a controller to reach every device that it can; those that it did not, in the end."""
        wanted = {device.name for device in self._site.spec.devices if _reachable(device)}
        within_s = self._timeline.scenario.ready_within
        self._say(f"Waiting for a controller to reach {len(wanted)} devices ...")
        deadline = self._monotonic() + within_s
        while missing := wanted - self._site.online():
            left_s = deadline - self._monotonic()
            if left_s <= 0 or self._stopped:
                return sorted(missing)
            self._heed(left_s)
        self._say(f"All {len(wanted)} devices are reached. {self._timeline.scenario.name} begins.")
        return [] if self._wait_until(self._monotonic() + SETTLE_S) else sorted(wanted)

    def _wait_until(self, at: float) -> bool:
        """Whether that time came without anybody stopping it."""
        while not self._stopped:
            now = self._monotonic()
            self._expire(now)
            if now >= at:
                return True
            self._heed(min([at, *(watch.deadline + GRACE_S for watch, _ in self._watches)]) - now)
        return False

    def _heed(self, timeout_s: float) -> None:
        for item in self._inbox.wait(timeout_s):
            match item:
                case Stop():
                    self._stopped = True
                case Happening():
                    self._state.note(item)
                    self._counts[item.what, item.subject] += 1
                    for watch, _ in self._watches:
                        watch.judge(item)
        self._settle()

    def _perform(self, occurrence: Occurrence) -> None:
        self._heed(0)
        now = self._monotonic()
        done = Done(round(now - self._begun, 3), occurrence.line, occurrence.deed.said)
        self._steps.append(done)
        self._say(f"{done.at_s:8.1f} s  line {done.line}: {done.did}")
        for awaited in occurrence.awaited:
            watch = Watch(awaited, occurrence.line, now)
            watch.begin(self._state)
            self._watches.append((watch, done))
        occurrence.deed.do(self._site)
        self._settle()

    def _expire(self, now: float) -> None:
        for watch, _ in self._watches:
            if now >= watch.deadline + GRACE_S:
                watch.expire()
        self._settle()

    def _settle(self) -> None:
        """Write down the verdicts that there are."""
        for watch, done in self._watches:
            if watch.verdict is not None:
                after_s = None if watch.at is None else round(watch.at - watch.begun, 3)
                expected = Expected(watch.awaited.said, watch.awaited.within_s, watch.verdict, after_s)
                done.expectations.append(expected)
                self._tell(watch, expected)
        self._watches = [(watch, done) for watch, done in self._watches if watch.verdict is None]

    def _tell(self, watch: Watch, expected: Expected) -> None:
        at_s = self._monotonic() - self._begun
        if expected.verdict is Verdict.FAILED:
            self._say(f"{at_s:8.1f} s  line {watch.line}: FAILED, {not_met(expected)}")
        else:
            when = "" if expected.after_s is None else f" after {expected.after_s:.2f} s"
            self._say(f"{at_s:8.1f} s  line {watch.line}: ok, {expected.expected}{when}")

    def _report(self, outcome: Outcome, offline: list[str] | None = None) -> Report:
        return Report(
            site=self._site.spec.name,
            scenario=self._timeline.scenario.name,
            seed=self._seed,
            started_at=self._started_at,
            duration_s=round(self._monotonic() - self._begun, 3),
            processor_s=round(time.process_time() - self._processor_s, 3),
            outcome=outcome,
            offline=offline or [],
            steps=self._steps,
            devices=[
                DeviceReport(
                    name, self._counts[What.DEVICE_ONLINE, name], self._counts[What.DEVICE_OFFLINE, name], tally
                )
                for name, tally in self._site.tallies().items()
            ],
        )


def _reachable(device: DeviceSpec) -> bool:
    faults = device.faults
    return device.key is not None and not (faults.dead or faults.wrong_key or faults.install_mode)
