"""The network between a server and a controller is cut under traffic: packets vanish, and no end is told."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.acs.events.catalogue import EventType
from tests.e2e.annexe import DOORS, Annexe
from tests.e2e.network import HoldingProxy, Network, network

NOTICED_WITHIN_S = 45.0
BACK_WITHIN_S = 90.0
"""An attempt that began in the cut may take 15 s to fail, and a pause follows on it."""


@contextmanager
def site(tmp_path: Path, between: Network) -> Iterator[Annexe]:
    annexe = Annexe(tmp_path)
    try:
        annexe.furnish(between)
        annexe.open()
        yield annexe
    finally:
        annexe.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_short_cut_is_no_absence_and_loses_nothing(tmp_path: Path) -> None:
    with network() as between, site(tmp_path, between) as annexe:
        with annexe.traffic(random.Random(5)):
            between.cut()
            time.sleep(5)  # The cut itself, under traffic.
            between.mend()
            annexe.works_again(datetime.now(UTC))
        annexe.compare()
        assert not annexe.server_events(EventType.CONTROLLER_OFFLINE)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["namespaces", "proxy"])
def test_a_long_cut_is_noticed_in_45_seconds_said_on_every_door_and_loses_nothing(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with chosen(kind) as between, site(tmp_path, between) as annexe:
        with annexe.traffic(random.Random(6)):
            between.cut()
            cut = datetime.now(UTC)

            def said() -> bool:
                return bool(annexe.server_events(EventType.CONTROLLER_OFFLINE))

            annexe.until(said, NOTICED_WITHIN_S + 10, "the absence is said")
            (offline,) = annexe.server_events(EventType.CONTROLLER_OFFLINE)
            noticed_s = (offline.at - cut).total_seconds()
            assert noticed_s < NOTICED_WITHIN_S
            unreachable = annexe.server_events(EventType.DOOR_UNREACHABLE)
            assert sorted(str(event.door_name) for event in unreachable) == sorted(DOORS)
            time.sleep(20)  # The controller has given its link up, too, and dials in vain.
            before = len(annexe.stored() or ())
            between.mend()
            back_s = annexe.works_again(datetime.now(UTC), BACK_WITHIN_S)
            after = len(annexe.stored() or ())
        annexe.compare()
        reachable = annexe.server_events(EventType.DOOR_REACHABLE)
        assert sorted(str(event.door_name) for event in reachable) == sorted(DOORS)
        assert len(annexe.server_events(EventType.CONTROLLER_OFFLINE)) == 1
        with capsys.disabled():
            print(  # noqa: T201 - the figures are what a slow test is run for
                f"\n{between.name}: noticed after {noticed_s:.0f} s; works {back_s:.0f} s after the return, with "
                f"{after - before} records stored by then"
            )


@contextmanager
def chosen(kind: str) -> Iterator[Network]:
    """The proxy, or the best that the machine has: where namespaces are forbidden that is the proxy again."""
    if kind == "namespaces":
        with network() as between:
            yield between
        return
    proxy = HoldingProxy()
    try:
        yield proxy
    finally:
        proxy.remove()
