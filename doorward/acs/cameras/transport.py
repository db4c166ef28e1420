"""How a camera's pictures travel."""

from enum import StrEnum


class Transport(StrEnum):
    """How the pictures of an rtsp:// camera travel. Over UDP nothing is sent again: what is lost is lost."""

    TCP = "tcp"
    UDP = "udp"
