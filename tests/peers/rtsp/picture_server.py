"""GStreamer's RTSP server showing a picture file, as it is at each moment: `picture_server.py FILE.png`, on any port.

Writes the port on standard output when it listens, and ends when standard input ends.
"""

import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402 - versions first

PIPELINE = (
    "( multifilesrc location={file} loop=true caps=image/png,framerate=10/1 ! pngdec ! videoconvert"
    " ! identity sync=true ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=2000"
    " ! rtph264pay name=pay0 pt=96 )"
)


def main() -> None:
    """Serve rtsp://127.0.0.1:PORT/code."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE.format(file=sys.argv[1]))
    factory.set_shared(False)
    server.get_mount_points().add_factory("/code", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


main()
