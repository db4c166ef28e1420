"""Who may ask a simulated device: WS-Security's user name token, or HTTP digest."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from doorward.video.onvif.administration import UserLevel
from doorward.video.onvif.credentials import password_digest
from doorward.video.onvif.node import Node

REALM = "simulated"
FRESH = timedelta(seconds=5)
"""A token whose time is further from the device's clock is refused, as devices do."""


class Guard:
    """Remembers tokens, so that no message counts twice. Some clients use a nonce again at another time."""

    def __init__(self, users: Mapping[str, tuple[str, UserLevel]]) -> None:
        self._users = users
        self._seen: set[tuple[str, str]] = set()
        self._challenges: set[str] = set()

    def allows_token(self, header: Node | None, now: datetime) -> bool:
        """Whether the security header is of a user, fresh, and new."""
        token = None if header is None else header.at("Security", "UsernameToken")
        if token is None:
            return False
        known = self._users.get(token.words("Username"))
        nonce, created = token.words("Nonce"), token.words("Created")
        if known is None or (nonce, created) in self._seen or abs(datetime.fromisoformat(created) - now) > FRESH:
            return False
        self._seen.add((nonce, created))
        expected = password_digest(base64.b64decode(nonce), created, known[0])
        return hmac.compare_digest(expected, token.words("Password"))

    def challenge(self) -> str:
        """A `WWW-Authenticate` header."""
        nonce = secrets.token_hex(16)
        self._challenges.add(nonce)
        return f'Digest realm="{REALM}", qop="auth", nonce="{nonce}", algorithm=MD5'

    def allows_digest(self, authorization: str, method: str) -> bool:
        """Whether an `Authorization` header answers one of our challenges (RFC 7616)."""
        said = {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|[^\s,]+)', authorization)}
        known = self._users.get(said.get("username", ""))
        if known is None or said.get("nonce") not in self._challenges:
            return False
        secret = _md5(f"{said['username']}:{REALM}:{known[0]}")
        asked = _md5(f"{method}:{said.get('uri')}")
        expected = _md5(f"{secret}:{said['nonce']}:{said.get('nc')}:{said.get('cnonce')}:{said.get('qop')}:{asked}")
        return hmac.compare_digest(expected, said.get("response", ""))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - the standard's
