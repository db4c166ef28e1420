"""Sites that can be built, and the mistakes of those that cannot."""

from pathlib import Path

import pytest

from doorward.simulator.errors import SimulatorError
from doorward.simulator.site_file import parse_site
from doorward.simulator.site_names import SiteNames, UnknownName
from tests.simulator.world import site_text

FILE = Path("a.yaml")
TWO_DOORS = """\
name: x
devices:
  - {name: io, port: p, address: 1, outputs: 1, inputs: 1}
  - {name: r, port: p, address: 2, reader: true}
doors:
  - name: D
    locks: [{device: io, output: 0}]
    contacts: [{purpose: position, device: io, input: 0}]
    readers: [{side: A, device: r}]
  - name: E
"""


@pytest.mark.parametrize(
    "before, after, line, words",
    [
        ("name: r,", "name: IO,", 4, "Two devices are called IO"),
        ("address: 2", "address: 1", 4, "Two devices on p have address 1"),
        ("name: E", "name: d", 10, "name of something else"),
        ("name: E", "name: R", 10, "name of something else"),
        ("output: 0", "output: 1", 7, "io has 1 outputs, numbered from 0"),
        ("{device: io, output", "{device: oi, output", 7, "needs a device called oi"),
        ("side: A, device: r", "side: A, device: io", 9, "reader: true"),
        ("port: p, address: 2", "port: ../p, address: 2", 4, "regex"),
        ("port: p, address: 2", 'port: ".p", address: 2', 4, "regex"),
        ("name: E\n", "name: E\n    locks: [{device: io, output: 0}]\n", 11, "used by D already"),
        ("name: E\n", "name: E\n    readers: [{side: B, device: r}]\n", 11, "used by D already"),
        ("  - name: E\n", "", 0, ""),
    ],
)
def test_each_thing_serves_one_purpose_and_has_its_own_name(before: str, after: str, line: int, words: str) -> None:
    assert before in TWO_DOORS
    text = TWO_DOORS.replace(before, after, 1).encode()
    if not words:
        assert [door.name for door in parse_site(FILE, text).doors] == ["D"]
        return
    with pytest.raises(SimulatorError) as caught:
        parse_site(FILE, text)
    assert str(caught.value).startswith(f"a.yaml:{line}: ")
    assert words in str(caught.value)


WIEGAND = """\
name: x
devices:
  - {name: io, port: p, address: 1}
wiegand_readers:
  - {name: a, port: w, framing: channel-lines, channel: 1}
  - {name: b, port: w, framing: channel-lines, channel: 2}
doors:
  - name: D
    readers: [{side: A, device: a}]
"""


@pytest.mark.parametrize(
    "before, after, line, words",
    [
        ("name: b,", "name: IO,", 6, "Two devices are called IO"),
        ("channel: 2", "channel: 1", 6, "Two readers are on channel 1 of w"),
        ("channel-lines, channel: 2", "hex-count", 6, "different framings"),
        ("w, framing: channel-lines, channel: 2", "v, framing: hex-count, channel: 1", 6, "has 1 channels"),
        ("w, framing: channel-lines, channel: 2", "v, framing: morse", 6, "no such framing"),
        ("b, port: w", "b, port: p", 6, "p has OSDP devices"),
        ("name: D", "name: A", 8, "name of something else"),
        ("device: a}", "device: c}", 9, "needs a device called c"),
        ("device: a}]", "device: a}, {side: B, device: a}]", 9, "used by D already"),
        ("device: a}", "device: b}", 0, ""),
    ],
)
def test_wiegand_readers_have_channels_of_their_own(before: str, after: str, line: int, words: str) -> None:
    assert before in WIEGAND
    text = WIEGAND.replace(before, after, 1).encode()
    if not words:
        names = SiteNames(parse_site(FILE, text))
        assert (names.readers, names.reader("d a"), names.devices("w")) == (("a", "b"), "b", ("a", "b"))
        assert names.devices("D") == ("b",)
        with pytest.raises(UnknownName, match="b is a Wiegand reader"):
            names.osdp_devices("D")
        return
    with pytest.raises(SimulatorError) as caught:
        parse_site(FILE, text)
    assert str(caught.value).startswith(f"a.yaml:{line}: ")
    assert words in str(caught.value)


def test_a_site_without_devices_is_refused() -> None:
    with pytest.raises(SimulatorError, match="has no devices"):
        parse_site(FILE, b"name: x\n")


def test_more_readers_than_one_simulator_plays_are_refused() -> None:
    devices = "\n".join(f"  - {{name: r{n}, port: p{n}, address: 1, reader: true}}" for n in range(257))
    with pytest.raises(SimulatorError, match="257 readers; one simulator plays 256"):
        parse_site(FILE, f"name: x\ndevices:\n{devices}\n".encode())


def test_things_are_found_by_what_people_call_them() -> None:
    names = SiteNames(parse_site(FILE, site_text().encode()))
    assert names.reader("main ENTRANCE a") == names.reader("reader") == "Reader"
    assert names.devices("Main entrance") == ("I/O", "Reader")
    assert names.devices("door") == ("I/O",), "by its port"
    assert names.door_of_reader("Reader") == "Main entrance"
    with pytest.raises(UnknownName, match="The doors are: Main entrance"):
        names.door("Cellar")
    with pytest.raises(UnknownName, match=r"I/O is not a reader\. The readers are: Reader"):
        names.reader("I/O")
    with pytest.raises(UnknownName, match="The devices are: I/O, Reader"):
        names.devices("Cellar")
