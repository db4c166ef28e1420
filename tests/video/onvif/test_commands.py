"""`doorward camera` lists what it finds, and says what to do."""

import asyncio
import io
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from doorward.cli import main
from doorward.video.onvif.simulator import Behaviour
from tests.video.onvif.conftest import OPERATOR, OpenPlace

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`await run(*arguments)`: the command beside this event loop; its status and all that it wrote."""

    async def ran(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{OPERATOR.password}\n"))
        status = await asyncio.to_thread(main, ["camera", *arguments])
        written = capsys.readouterr()
        return status, written.out, written.err

    return ran


async def test_a_range_is_listed_with_what_to_do(open_place: OpenPlace, run: Run) -> None:
    async with open_place() as place:
        at = ("127.0.0.1", "--ports", str(place.address.port))
        status, out, _ = await run("discover", *at)
        assert status == 0
        assert "--user" in out
        status, out, _ = await run("discover", *at, "--user", OPERATOR.user)
    heading, row = out.splitlines()
    assert heading.split() == ["NAME", "MODEL", "ADDRESS", "PROFILES", "CODEC", "WHAT", "TO", "DO"]
    assert row.split("  ")[0] == "Front door"
    for words in ("Doorward Simulated camera", str(place.address), "High, Low", "H265, H264"):
        assert words in row


async def test_one_camera_is_shown_with_its_streams(open_place: OpenPlace, run: Run) -> None:
    async with open_place(Behaviour(clock_ahead=timedelta(hours=2))) as place:
        where = f"127.0.0.1:{place.address.port}"
        status, out, _ = await run("probe", where, "--user", OPERATOR.user)
        assert status == 0
        # A device tells whole seconds only.
        assert re.search(r"Its clock is (1:59:59|2:00:0[01]) fast. Set it\.", out)
        assert "rtsp://127.0.0.1:8554/high" in out
        assert OPERATOR.password not in out
        status, out, err = await run("probe", where, "--user", "nobody")
        assert (status, out) == (1, "")
        assert "does not accept" in err


async def test_a_camera_without_a_known_codec_is_not_supported(open_place: OpenPlace, run: Run) -> None:
    async with open_place() as place:
        for stream in place.simulated.state.streams:
            stream.codec = "MPEG4"
        status, out, _ = await run("probe", f"127.0.0.1:{place.address.port}", "--user", OPERATOR.user)
    assert status == 1
    assert "no H.264, H.265 or Motion JPEG" in out


@pytest.mark.parametrize(
    "arguments,words",
    [
        (("discover", "10.*.*.*"), "smaller range"),
        (("discover", "127.0.0.1", "--ports", "9"), "No ONVIF camera answers there"),
        (("discover", "--interface", "camera"), "camera"),
        (("discover", "--interface", "192.0.2.1"), "Check --interface"),
        (("probe", "ftp://camera"), "is no address"),
        (("probe", "127.0.0.1:9"), "Nobody answers there"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(run: Run, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = await run(*arguments)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert words in err
