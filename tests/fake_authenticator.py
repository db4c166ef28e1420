"""A fake authenticator: passkeys in memory (ES256, no attestation), and browsers that say what a test wants them to."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class FakePasskey:
    """A key pair that the fake made."""

    id: bytes
    handle: bytes
    key: ec.EllipticCurvePrivateKey
    count: int = 0


@dataclass
class FakeAuthenticator:
    """A device at a page of `origin`. It counts by one each time, unless `counts` is off; `verifies` its user."""

    origin: str
    verifies: bool = True
    counts: bool = True
    passkeys: list[FakePasskey] = field(default_factory=list)
    last: str = ""

    def register(self, options: str) -> str:
        """A new passkey, as the browser answers to creation options."""
        asked = json.loads(options)
        made = FakePasskey(
            secrets.token_bytes(32), base64url_to_bytes(asked["user"]["id"]), ec.generate_private_key(ec.SECP256R1())
        )
        self.passkeys.append(made)
        numbers = made.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = b"\0" * 16 + len(made.id).to_bytes(2, "big") + made.id + public
        data = self._data(asked["rp"]["id"], made, ATTESTED) + attested
        response = {
            "clientDataJSON": self._client_data("webauthn.create", asked["challenge"]),
            "attestationObject": _text(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return _answer(made, response)

    def sign(self, options: str, passkey: FakePasskey | None = None, **instead: Any) -> str:
        """A signature, as the browser answers to request options; `instead` are parts of the response to put there."""
        asked = json.loads(options)
        allowed = {each["id"] for each in asked.get("allowCredentials") or []}
        fitting = [each for each in self.passkeys if not allowed or _text(each.id) in allowed]
        used = passkey or fitting[-1]
        data = self._data(asked["rpId"], used, 0)
        client_data = self._client_data("webauthn.get", asked["challenge"])
        signed = data + hashlib.sha256(base64url_to_bytes(client_data)).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": _text(data),
            "signature": _text(used.key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": _text(used.handle),
            **instead,
        }
        return _answer(used, response)

    def _data(self, rp_id: str, passkey: FakePasskey, flags: int) -> bytes:
        passkey.count += self.counts
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + passkey.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> str:
        return _text(json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode())


def _answer(passkey: FakePasskey, response: dict[str, Any]) -> str:
    name = _text(passkey.id)
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _text(given: bytes) -> str:
    return bytes_to_base64url(given)
