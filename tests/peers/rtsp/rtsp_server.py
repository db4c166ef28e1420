"""GStreamer's RTSP server as a camera, for Debian's own Python: `rtsp_server.py PORT` (0 picks one).

Writes the port on standard output when it listens, and ends when standard input ends.
"""

import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402 - versions first

PIPELINE = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=10/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=200"
    " ! rtph264pay name=pay0 pt=96 )"
)


def main() -> None:
    """Serve rtsp://127.0.0.1:PORT/door."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE)
    # A shared medium would keep its pipeline, and its time, from one client to the next.
    factory.set_shared(False)
    server.get_mount_points().add_factory("/door", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


main()
