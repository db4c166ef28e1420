"""One picture as JPEG, in a process of its own: a decoder that fails on what a camera sent takes nothing with it.

`python -m doorward.video.snapshot` reads fMP4 from standard input, decodes its first picture and writes it to standard
output as JPEG. The exit status is 1 where that cannot be done.
"""

import asyncio
import io
import sys
from fractions import Fraction

import av
from av.video.reformatter import ColorRange

from doorward.video.errors import NoPicture

WITHIN_S = 10.0
QUALITY = 3
"""Of libavcodec's scale from 2 (best) to 31."""


async def snapshot(fragments: bytes) -> bytes:
    """The first picture of an fMP4 as JPEG. Raises NoPicture."""
    command = (sys.executable, "-m", "doorward.video.snapshot")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(WITHIN_S):
            jpeg, _ = await process.communicate(fragments)
    except TimeoutError as error:
        raise NoPicture("The camera's picture takes too long to decode. Try again.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not jpeg:
        raise NoPicture("The camera's picture cannot be decoded. Check its codec settings.")
    return jpeg


def jpeg_of(fragments: bytes) -> bytes:
    """The first picture of an fMP4 as JPEG. Raises av.FFmpegError, and ValueError where there is none."""
    with av.open(io.BytesIO(fragments), "r") as container:
        frame = next(container.decode(video=0), None)
        if frame is None:
            raise ValueError("there is no picture")
        encoder = av.CodecContext.create("mjpeg", "w")
        if not isinstance(encoder, av.VideoCodecContext):
            raise TypeError("mjpeg is not a video codec")
        encoder.width, encoder.height = frame.width, frame.height
        encoder.pix_fmt = "yuvj420p"
        encoder.time_base = Fraction(1, 25)
        encoder.options = {"qmin": str(QUALITY), "qmax": str(QUALITY)}
        picture = frame.reformat(format="yuvj420p", dst_color_range=ColorRange.JPEG)
        picture.pts, picture.time_base = 0, encoder.time_base
        return b"".join(map(bytes, [*encoder.encode(picture), *encoder.encode(None)]))


if __name__ == "__main__":
    av.logging.set_level(None)
    try:
        sys.stdout.buffer.write(jpeg_of(sys.stdin.buffer.read()))
    except (av.FFmpegError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
