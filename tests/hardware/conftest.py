"""A site whose controller runs its policy, with everything online and a server attached."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import PolicyApplied
from tests.hardware.site import Site, snapshot


@pytest.fixture
def bare_site(tmp_path: Path) -> Iterator[Site]:
    """A controller that was never told a policy, and no server."""
    site = Site(tmp_path)
    site.controller.start()
    yield site
    site.close()


@pytest.fixture
def site(bare_site: Site) -> Site:
    server = bare_site.attach_server()
    server.send(snapshot())
    server.message(PolicyApplied)
    bare_site.power_up()
    server.event(EventType.DOOR_ONLINE)
    return bare_site
