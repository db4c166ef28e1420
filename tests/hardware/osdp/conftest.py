"""Each test has keys, lines and an ear of its own."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard


@pytest.fixture
def key() -> bytes:
    """A site's secure-channel key for one device."""
    return secrets.token_bytes(16)


@pytest.fixture
def told() -> Heard:
    """What the driver tells."""
    return Heard()


@pytest.fixture
def new_line(tmp_path: Path) -> Callable[[str], SerialLine]:
    """Makes serial lines by name."""
    return lambda name: SerialLine(tmp_path / "dev" / name)
