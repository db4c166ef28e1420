"""Who we are to a device: a user name and a password, and the token that WS-Security makes of them."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from doorward.video.onvif.message import Markup, element
from doorward.video.onvif.names import BASE64, PASSWORD_DIGEST


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account on the device. The password never shows in a `repr`."""

    user: str
    password: str = field(repr=False)


def password_digest(nonce: bytes, created: str, password: str) -> str:
    """Base64 of SHA-1 over nonce, time and password (WSS UsernameToken Profile 1.0, section 3.1)."""
    digest = hashlib.sha1(nonce + created.encode() + password.encode()).digest()  # noqa: S324 - the standard's
    return base64.b64encode(digest).decode()


def username_token(credentials: Credentials, device_time: datetime) -> Markup:
    """The security header of one message, good for some seconds around `device_time` (the device's own clock, UTC)."""
    nonce = secrets.token_bytes(16)
    created = device_time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return Markup(
        element(
            "wsse:Security",
            element(
                "wsse:UsernameToken",
                element("wsse:Username", credentials.user),
                element("wsse:Password", password_digest(nonce, created, credentials.password), Type=PASSWORD_DIGEST),
                element("wsse:Nonce", base64.b64encode(nonce).decode(), EncodingType=BASE64),
                element("wsu:Created", created),
            ),
        )
    )
