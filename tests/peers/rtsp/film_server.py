"""GStreamer's RTSP server as a camera that shows a film once, in real time, to each client, for Debian's own Python.

    film_server.py FILM.mkv h264|hevc|mjpeg PORT [--digest USER PASSWORD] [--certificate PEM]
                   [--quiet-sets] [--udp-only]

PORT 0 picks one. `--quiet-sets` leaves parameter sets out of the stream: they are in the session description only.
Writes the port on standard output when it listens, and ends when standard input ends.
"""

import argparse
import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402

PAYLOADERS = {
    "h264": "h264parse ! video/x-h264,stream-format={format},alignment=au ! rtph264pay config-interval={interval}",
    "hevc": "h265parse ! video/x-h265,stream-format={format},alignment=au ! rtph265pay config-interval={interval}",
    "mjpeg": "jpegparse ! rtpjpegpay",
}
FORMATS = {"h264": "avc", "hevc": "hvc1", "mjpeg": ""}


def main() -> None:
    """Serve rtsp(s)://127.0.0.1:PORT/door."""
    parser = argparse.ArgumentParser()
    parser.add_argument("film")
    parser.add_argument("codec", choices=sorted(PAYLOADERS))
    parser.add_argument("port")
    parser.add_argument("--digest", nargs=2)
    parser.add_argument("--certificate")
    parser.add_argument("--quiet-sets", action="store_true")
    parser.add_argument("--udp-only", action="store_true")
    chosen = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(chosen.port)
    server.get_mount_points().add_factory("/door", _factory(chosen))
    if chosen.digest or chosen.certificate:
        server.set_auth(_auth(chosen))
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


def _factory(chosen: argparse.Namespace) -> GstRtspServer.RTSPMediaFactory:
    payloader = PAYLOADERS[chosen.codec].format(
        format=FORMATS[chosen.codec] if chosen.quiet_sets else "byte-stream",
        interval=0 if chosen.quiet_sets else -1,
    )
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={chosen.film} ! matroskademux ! {payloader} name=pay0 pt=96 )")
    factory.set_shared(False)
    if chosen.udp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    factory.set_permissions(permissions)
    return factory


def _auth(chosen: argparse.Namespace) -> GstRtspServer.RTSPAuth:
    auth = GstRtspServer.RTSPAuth()
    viewer = GstRtspServer.RTSPToken()
    viewer.set_string("media.factory.role", "viewer")
    if chosen.digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(*chosen.digest, viewer)
    else:
        auth.set_default_token(viewer)
    if chosen.certificate:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(chosen.certificate))
    return auth


main()
