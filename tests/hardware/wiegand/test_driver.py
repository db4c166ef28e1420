"""The driver on real terminals: what comes down the line is told, what is shown goes back, and nothing else happens."""

import fcntl
import random
import threading
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.door import Annunciation, DoorMode, Sound
from doorward.acs.devices import WiegandDevice
from doorward.acs.doors.wiegand import KeypadMode
from doorward.acs.doors.wiring import LedControl
from doorward.hardware.driver import (
    CardRead,
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    DriverEvent,
    Feedback,
    FloodChanged,
    KeysPressed,
    OutputState,
    SetOutput,
    ShowDoor,
    TamperChanged,
)
from doorward.hardware.wiegand.codec import Burst, Heartbeat, TamperInput, Wires
from doorward.hardware.wiegand.codecs import CODECS
from tests.hardware.osdp.world import Heard, JumpingClock
from tests.hardware.wiegand.world import FRESH_MS, Converter, converter, driving, wait_until

CARD = encode_h10301(17, 1042)
OTHER = encode_h10301(17, 2)


@pytest.fixture
def told() -> Heard:
    return Heard()


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "dev" / "converter"


def beat(far: Converter, told: Heard, device_id: str = "r", after: int = 0) -> None:
    """Until the reader is online. What is sent before the port is opened is lost."""
    beats = [Heartbeat()] if far.framing == "channel-frames" else []
    wait_until(lambda: len(told.of(DeviceOnline, device_id)) > after, lambda: far.send(*beats))


@pytest.mark.parametrize("name", [name for name in CODECS if name != "channel-frames"])
def test_a_card_is_told_and_fresh_only_after_the_first_second(
    name: str, link: Path, told: Heard, clock: JumpingClock
) -> None:
    card = CardBits(bytes(5), 40) if name == "hex-xor" else CARD
    with converter(link, name) as far, driving([far.device("r")], told, clock):
        told.next(DeviceOnline, "r")
        far.send(Burst(card))
        assert told.next(CardRead, "r") == CardRead("r", card, False)
        clock.jump(FRESH_MS)
        far.send(Burst(card))
        assert told.next(CardRead, "r", after=1) == CardRead("r", card, True)


def test_readers_on_one_line_are_told_apart_and_unknown_channels_are_nobody_s(
    link: Path, told: Heard, clock: JumpingClock
) -> None:
    with converter(link, "channel-lines") as far:
        devices = [far.device("a", 0), far.device("b", 7, keypad=KeypadMode.BURST_4)]
        with driving(devices, told, clock):
            told.next(DeviceOnline, "b")
            clock.jump(FRESH_MS)
            far.send(Burst(CARD, 3), Burst(CARD, 0), Burst(CardBits.from_int(11, 4), 7), TamperInput(False, 7))
            told.next(TamperChanged, "b")
    assert told.of(CardRead) == [CardRead("a", CARD, True)]
    assert told.of(KeysPressed) == [KeysPressed("b", "#")]
    assert told.of(TamperChanged) == [TamperChanged("b", True)]


def test_a_port_pulled_and_put_back_is_told_and_used_again(link: Path, told: Heard, clock: JumpingClock) -> None:
    with driving([WiegandDevice("r", str(link), "bits")], told, clock):
        assert "Plug its adapter in" in told.next(DeviceOffline, "r").reason
        for count in range(2):
            with converter(link, "bits") as far:
                told.next(DeviceOnline, "r", after=count)
                far.send(Burst(CARD))
                assert not told.next(CardRead, "r", after=2 * count).fresh
                clock.jump(FRESH_MS)
                far.send(Burst(CARD))
                assert told.next(CardRead, "r", after=2 * count + 1).fresh
            told.next(DeviceOffline, "r", after=1 + count)


def test_a_frame_that_does_not_end_is_given_up_and_its_tail_opens_nothing(
    link: Path, told: Heard, clock: JumpingClock, caplog: pytest.LogCaptureFixture
) -> None:
    with converter(link, "hex-24") as far, driving([far.device("r")], told, clock):
        told.next(DeviceOnline, "r")
        clock.jump(FRESH_MS)
        far.raw(b"1104")
        wait_until(lambda: "line cut short" in caplog.text)
        far.raw(b"110412\r")
        clock.jump(FRESH_MS)
        far.send(Burst(OTHER))
        assert told.next(CardRead, "r") == CardRead("r", OTHER, True)


def test_noise_makes_the_next_reads_doubtful(link: Path, told: Heard, clock: JumpingClock) -> None:
    with converter(link, "hex-count") as far, driving([far.device("r")], told, clock):
        told.next(DeviceOnline, "r")
        clock.jump(FRESH_MS)
        far.raw(b"\xff\x00?\r\n" + CODECS["hex-count"].encode(Burst(CARD)))
        assert not told.next(CardRead, "r").fresh


def test_a_converter_with_heartbeats_is_there_while_they_come(link: Path, told: Heard, clock: JumpingClock) -> None:
    with converter(link, "channel-frames") as far, driving([far.device("r", 1)], told, clock) as driver:
        for outage in range(2):
            beat(far, told, after=outage)
            clock.jump(3_500)
            far.raw(b"\xff")  # noise is no heartbeat; it only wakes the driver after the jump
            assert "does not answer" in told.next(DeviceOffline, "r", after=outage).reason
            with pytest.raises(CommandRefused, match="offline"):
                driver.submit(Feedback("r", True))


def test_a_converter_that_never_answers_is_told_once(link: Path, told: Heard, clock: JumpingClock) -> None:
    with converter(link, "channel-frames") as far, driving([far.device("r", 1)], told, clock):
        for _ in range(3):
            clock.jump(4_000)
            far.raw(b"\xff")
            told.next(DeviceOffline, "r")
        beat(far, told)
    assert [event.reason.split(".")[0] for event in told.of(DeviceOffline)] == [
        "The converter does not answer",
        "The reader is no longer driven by this controller",
    ]


@pytest.mark.parametrize("name", ["channel-lines", "channel-frames"])
def test_light_and_buzzer_are_driven_and_fall_back_by_themselves(
    name: str, link: Path, told: Heard, clock: JumpingClock
) -> None:
    command = CODECS[name].command
    assert command is not None
    with converter(link, name) as far:
        devices = [far.device("dual", 1, led_control=LedControl.DUAL), far.device("single", 2)]
        with driving(devices, told, clock) as driver:
            beat(far, told, "single")
            far.receive(command(1, Wires(red=True)))
            driver.submit(Feedback("dual", True))
            far.receive(command(1, Wires(green=True, buzzer=True)))
            far.receive(command(1, Wires(green=True)))
            clock.jump(2_000)
            far.send(TamperInput(True, 1))
            far.receive(command(1, Wires(red=True)))
            driver.submit(ShowDoor("single", Annunciation(mode=DoorMode.UNLOCKED, sound=Sound.QUIET)))
            far.receive(command(2, Wires(green=True)))


def test_a_framing_without_lights_ignores_them_and_no_reader_has_outputs(
    link: Path, told: Heard, clock: JumpingClock
) -> None:
    with converter(link, "bits") as far, driving([far.device("r")], told, clock) as driver:
        told.next(DeviceOnline, "r")
        driver.submit(Feedback("r", True))
        with pytest.raises(CommandRefused, match="no outputs"):
            driver.submit(SetOutput("r", 0, OutputState.ON))
        with pytest.raises(CommandRefused, match="not configured"):
            driver.submit(Feedback("nobody", True))


def test_a_framing_that_this_controller_does_not_know_is_told(link: Path, told: Heard, clock: JumpingClock) -> None:
    with converter(link, "bits") as far:
        device = WiegandDevice("r", far.port, "of-tomorrow")
        with driving([device], told, clock):
            assert "does not know the framing of-tomorrow" in told.next(DeviceOffline, "r").reason


def test_a_listener_that_fails_does_not_stop_the_port(link: Path, told: Heard, clock: JumpingClock) -> None:
    failures = iter([True])

    def fail_once(event: DriverEvent) -> None:
        told(event)
        if isinstance(event, DeviceOnline) and next(failures, False):
            raise RuntimeError("the listener failed")

    with converter(link, "bits") as far, driving([far.device("r")], fail_once, clock):
        told.next(DeviceOnline, "r", after=1)


def test_stop_ends_every_thread_tells_the_end_and_frees_the_port(link: Path, told: Heard, clock: JumpingClock) -> None:
    with converter(link, "bits") as far:
        with driving([far.device("r")], told, clock):
            told.next(DeviceOnline, "r")
        assert "no longer driven" in told.of(DeviceOffline, "r")[-1].reason
        assert not [thread for thread in threading.enumerate() if "wiegand" in thread.name]
        with link.open("rb", buffering=0) as port:
            fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_flooding_reader_is_silenced_and_its_neighbour_is_not(link: Path, told: Heard, clock: JumpingClock) -> None:
    with converter(link, "channel-lines") as far:
        devices = [far.device("loud", 0), far.device("quiet", 1)]
        with driving(devices, told, clock):
            told.next(DeviceOnline, "quiet")
            clock.jump(FRESH_MS)
            for _ in range(5):
                far.send(*[Burst(CARD, 0)] * 20, Burst(OTHER, 1))
            told.next(CardRead, "quiet", after=4)
            assert told.of(FloodChanged) == [FloodChanged("loud", True)]
            assert len(told.of(CardRead, "loud")) == 20
            assert all(read.fresh for read in told.of(CardRead, "quiet"))
            clock.jump(3_000)
            far.send(Burst(CARD, 0))
            assert told.next(FloodChanged, "loud", after=1) == FloodChanged("loud", False)
            far.send(Burst(CARD, 0))
            told.next(CardRead, "loud", after=20)


@pytest.mark.parametrize("name", CODECS)
def test_garbage_opens_nothing_and_does_not_deafen(name: str, link: Path, told: Heard, clock: JumpingClock) -> None:
    dice = random.Random(name)
    card = CardBits(bytes(5), 40) if name == "hex-xor" else CARD
    with converter(link, name) as far, driving([far.device("r", 0)], told, clock):
        beat(far, told)
        clock.jump(FRESH_MS)
        for _ in range(20):
            far.raw(dice.randbytes(1_000))
        far.raw(b"\r\n")

        def try_again() -> None:
            clock.jump(FRESH_MS)
            far.send(Burst(card))

        wait_until(lambda: CardRead("r", card, True) in told.of(CardRead), try_again)
    assert {read for read in told.of(CardRead) if read.fresh} == {CardRead("r", card, True)}
