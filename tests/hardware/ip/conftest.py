"""A listener with an intercom and a plate camera."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.ip.world import World, open_listener


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_listener(tmp_path) as world:
        yield world
