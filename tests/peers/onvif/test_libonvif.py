"""libonvif, a client that is not ours, finds the simulated camera, signs in to it, and reads and sets it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.video.onvif.conftest import OPERATOR

# It needs a network of its own, which not every machine lets tests have.
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
TYPED = b"get profiles\nget video\nget rtsp\nget imaging\nset brightness 61\nget imaging\nquit\n"


@pytest.fixture(scope="module")
def written() -> str:
    """All that onvif-util wrote."""
    if shutil.which("onvif-util") is None:
        pytest.skip("needs libonvif's client: apt-get install onvif-tools")
    apart = ["unshare", "-rn"]
    if shutil.which("ip") is None or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs a network namespace: unshare of util-linux, ip of iproute2, and leave to use them")
    program = [sys.executable, "-m", "tests.peers.onvif.in_a_namespace", OPERATOR.user, OPERATOR.password]
    done = subprocess.run([*apart, *program], cwd=ROOT, input=TYPED, capture_output=True, timeout=80, check=True)
    return done.stdout.decode()


def test_it_finds_the_camera_by_its_name(written: str) -> None:
    assert "192.0.2.7 simulated(Front door Simulated camera)" in written


def test_it_signs_in_and_reads_profiles_and_streams(written: str) -> None:
    for words in ("successfully connected to host", "serial: SIM-0001", "Token 0: high", "rtsp://127.0.0.1:8554/high"):
        assert words in written


def test_it_sets_the_picture(written: str) -> None:
    assert "Resolution: 1920 x 1080" in written
    assert "61" in written.rpartition("Brightness")[2]
    assert "ERROR" not in written
