"""Whether a device is in install mode: it answers to the default key that the standard publishes.

The question is a challenge, nothing more: eight random bytes, from which nobody learns anything. A device that
proves that it uses the default key is in install mode; whoever holds it can be given a key by anybody.
(OSDP 2.2, annex D: CHLNG and CCRYPT with SCBK-D.)
"""

import secrets
import select
import time

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from doorward.hardware.osdp.frame import (
    CHALLENGE,
    CHECK_IS_CRC,
    CLIENT_CRYPTOGRAM,
    HAS_SECURITY_BLOCK,
    SCS_CHALLENGE,
    SCS_CRYPTOGRAM,
    START_OF_MESSAGE,
    Frame,
    Framer,
    with_check,
)
from doorward.hardware.osdp.port import Port

DEFAULT_KEY = bytes(range(0x30, 0x40))
ANSWER_S = 0.2
_UID_BYTES, _RANDOM_BYTES, _CRYPTOGRAM_BYTES = 8, 8, 16
_WITH_DEFAULT_KEY = 0


def in_install_mode(port: Port, address: int) -> bool:
    """Ask the device at `address`, which takes at most 0.2 s. Nothing else may be under way on the line."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    port.discard()
    port.write(b"\xff" + challenge(address, random))
    framer = Framer()
    deadline = time.monotonic() + ANSWER_S
    poller = select.poll()
    poller.register(port.fileno, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if not poller.poll(left * 1000):
            break
        for frame in framer.feed(port.read(256)):
            if frame.intact and frame.is_reply and frame.address == address:
                return proves_default_key(frame, random)
        port.check(0)
    return False


def challenge(address: int, random: bytes) -> bytes:
    """The frame that challenges a device under the default key. Sequence 0 begins anew."""
    body = bytes((CHALLENGE,)) + random
    block = bytes((3, SCS_CHALLENGE, _WITH_DEFAULT_KEY))
    length = 5 + len(block) + len(body) + 2
    header = bytes((START_OF_MESSAGE, address, length & 0xFF, length >> 8, CHECK_IS_CRC | HAS_SECURITY_BLOCK))
    return with_check(header + block + body)


def proves_default_key(frame: Frame, random: bytes) -> bool:
    """Whether a reply is a client cryptogram that only the default key makes."""
    data = frame.data
    if frame.code != CLIENT_CRYPTOGRAM or frame.security != bytes((SCS_CRYPTOGRAM, _WITH_DEFAULT_KEY)):
        return False
    if len(data) != _UID_BYTES + _RANDOM_BYTES + _CRYPTOGRAM_BYTES:
        return False
    its_random, cryptogram = data[_UID_BYTES : _UID_BYTES + _RANDOM_BYTES], data[-_CRYPTOGRAM_BYTES:]
    session = _encrypt(DEFAULT_KEY, bytes((0x01, 0x82)) + random[:6] + bytes(8))
    return secrets.compare_digest(_encrypt(session, random + its_random), cryptogram)


def _encrypt(key: bytes, block: bytes) -> bytes:
    """One block of AES-128, as the standard's key derivation has it."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - one block, by the standard
    return encryptor.update(block) + encryptor.finalize()
