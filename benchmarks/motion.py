"""Looking for motion in a camera's stream, beside libavfilter's scene detection on the same packets.

One stream of 1920 x 1080 at 25 pictures a second with a keyframe every second, and a low one of 640 x 360 at 15, both
H.264 that this makes: a wall with a pattern and a square that walks over it. Each is looked at as the recorder does it
(keyframes; a low stream with rare keyframes whole), and by a decoder with `select='gt(scene,0.1)'` behind it, which
says when a scene changes but not where, has no areas, and keeps nothing. The figure is the share of one core that one
camera takes, decoder included, on one thread.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np

from doorward.acs.cameras.motion_settings import MotionSettings
from doorward.video.index import Index
from doorward.video.motion.decoder import SmallPictures
from doorward.video.motion.detector import MotionDetector
from doorward.video.motion.heat import HeatLog
from doorward.video.motion.taker import MotionTaker
from doorward.video.muxer import MediaPacket
from doorward.video.parameter_sets import Codec, template_of
from doorward.video.session import SourcePacket

TICKS = 90_000
BEGIN_US = 1_700_000_000_000_000
HIGH, LOW = (1920, 1080, 25), (640, 360, 15)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="length of each stream (default: 20)")
    seconds: int = parser.parse_args().seconds
    av.logging.set_level(None)
    high, low = film(HIGH, seconds, 1), film(LOW, seconds, 4)
    ways: list[tuple[str, list[SourcePacket], int, bool]] = [
        ("1080p25, keyframes", high, HIGH[2], True),
        ("1080p25, whole (peer only)", high, HIGH[2], False),
        ("360p15, whole", low, LOW[2], False),
    ]
    sys.stdout.write(
        f"CPU of one camera, % of one core, {seconds} s of video\n{'':<28}{'doorward':>10}{'libavfilter':>13}\n"
    )
    found: dict[str, dict[str, float]] = {}
    for name, packets, fps, keyframes in ways:
        peer = cpu_percent(lambda: scenes(packets, keyframes=keyframes), seconds)  # noqa: B023 - called at once
        found[name] = {"peer": peer}
        if "peer only" not in name:
            found[name]["ours"] = cpu_percent(lambda: ours(packets, fps), seconds)  # noqa: B023 - called at once
        shown = f"{found[name]['ours']:.2f}" if "ours" in found[name] else "-"
        sys.stdout.write(f"{name:<28}{shown:>10}{peer:>13.2f}\n")
    both = {name: each for name, each in found.items() if "ours" in each}
    result = {
        "name": "motion",
        "unit": "percent of one core per camera",
        "ours": {name: round(each["ours"], 3) for name, each in both.items()},
        "peer": {name: round(each["peer"], 3) for name, each in found.items()},
        "ratio": {name: round(each["peer"] / each["ours"], 2) for name, each in both.items()},
        "ratio_unit": "peer / ours (above 1: ours takes less)",
    }
    sys.stdout.write(json.dumps(result) + "\n")


def cpu_percent(work: Callable[[], int], seconds: int) -> float:
    """The processor time of the work as a share of the video's length; the best of three."""
    times = []
    for _ in range(3):
        began = time.thread_time()
        assert work() > 0, "nothing was found"
        times.append(time.thread_time() - began)
    return 100 * min(times) / seconds


def ours(packets: list[SourcePacket], fps: int) -> int:
    """What the recorder's thread does, with its rows written; returns the pictures that moved."""
    taker, pictures, detector, moved = MotionTaker(), SmallPictures(), MotionDetector(MotionSettings(enabled=True)), 0
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder))
        heat = HeatLog(index)
        for number, item in enumerate(packets):
            taker.offer(item, BEGIN_US + number * 1_000_000 // fps)
            while (offered := taker.take()) is not None:
                for picture in pictures.decode(offered.item, wanted=offered.wanted):
                    motion = detector.look(picture, offered.at_us / 1_000_000)
                    heat.add("camera", offered.at_us, motion)
                    moved += motion.moving
            if number % (5 * fps) == 0:
                heat.flush()
        heat.flush()
        index.close()
    return moved


def scenes(packets: list[SourcePacket], *, keyframes: bool) -> int:
    """Decode (all, or keyframes) and let libavfilter compare each picture with the one before; returns how many."""
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    graph: av.filter.Graph | None = None
    seen = 0
    for item in packets:
        if keyframes and not item.packet.keyframe:
            continue
        for frame in decoder.decode(av.Packet(item.packet.data)):
            frame.pts, frame.time_base = seen, Fraction(1, 25)
            graph = graph or scene_graph(frame)
            graph.push(frame)
            seen += 1
            with suppress(av.BlockingIOError):
                graph.pull()
    return seen


def scene_graph(frame: av.VideoFrame) -> av.filter.Graph:
    """The filter that lets pass the pictures that differ from the ones before them."""
    graph = av.filter.Graph()
    graph.threads = 1
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25))
    select = graph.add("select", "gt(scene,0.1)")
    sink = graph.add("buffersink")
    source.link_to(select)
    select.link_to(sink)
    graph.configure()
    return graph


def film(shape: tuple[int, int, int], seconds: int, gop_s: int) -> list[SourcePacket]:
    """Packets as a camera would send them, at about 4 Mbit/s for 1080p."""
    width, height, fps = shape
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, TICKS), Fraction(fps)
    encoder.bit_rate = 2 * width * height
    encoder.gop_size = fps * gop_s
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "x264-params": "scenecut=0"}
    coded = [packet for frame in pictures_of(shape, seconds) for packet in encoder.encode(frame)]
    coded += encoder.encode(None)
    template = template_of(Codec.H264, bytes(coded[0]))
    return [
        SourcePacket(MediaPacket(bytes(packet), packet.dts or 0, packet.dts or 0, packet.is_keyframe), template, False)
        for packet in coded
    ]


def pictures_of(shape: tuple[int, int, int], seconds: int) -> Iterator[av.VideoFrame]:
    """A wall with a pattern, a square that walks, and some noise."""
    width, height, fps = shape
    dice = np.random.default_rng(1)
    wall = dice.integers(60, 160, (height // 40, width // 40), np.uint8).repeat(40, 0).repeat(40, 1)
    noise = dice.integers(0, 6, (4, *wall.shape), np.uint8)
    for number in range(fps * seconds):
        grey = wall + noise[number % 4]
        left = number * width // (fps * 8) % (width * 3 // 4)
        grey[height // 4 : height // 2, left : left + width // 8] = 230
        frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
        frame.pts, frame.time_base = number * TICKS // fps, Fraction(1, TICKS)
        yield frame


if __name__ == "__main__":
    main()
