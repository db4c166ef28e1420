"""What goes wrong on a line: declared, and then done by dice with a seed, frame by frame."""

import random
from typing import Annotated

import msgspec

Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]
MAX_DELAY_MS = 10_000
MAX_NOISE_BYTES = 12


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with a device and its line; everything is right unless said otherwise.

    `noise` (before a frame come bytes that nobody sent) and `duplicate` (a frame comes twice) are chances per frame,
    `drop` is one per byte; all three in either direction. `delay_ms` holds back each answer of the device.
    `dead`: it hears and says nothing. `wrong_key`: it has another key than the controller thinks.
    `install_mode`: it has no key at all, and takes the default one.
    """

    noise: Chance = 0.0
    drop: Chance = 0.0
    duplicate: Chance = 0.0
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=MAX_DELAY_MS)] = 0
    dead: bool = False
    wrong_key: bool = False
    install_mode: bool = False


NO_FAULTS = Faults()


class Tally(msgspec.Struct):
    """What was done to a device's frames so far. `frames` counts those of both directions."""

    frames: int = 0
    noise_bytes: int = 0
    dropped_bytes: int = 0
    duplicated_frames: int = 0
    delayed_frames: int = 0


class Disturbance:
    """The faults of one device's line. With the same dice and frames it does the same again."""

    __slots__ = ("_dice", "faults", "tally")

    def __init__(self, dice: random.Random) -> None:
        self.faults = NO_FAULTS
        self.tally = Tally()
        self._dice = dice

    def pass_on(self, frame: bytes) -> list[bytes]:
        """What becomes of a frame: pieces to send one after the other, none if nothing is left of it."""
        self.tally.frames += 1
        faults = self.faults
        if faults.dead:
            return []
        pieces = [self._dropping(frame, faults.drop)]
        if self._dice.random() < faults.duplicate:
            pieces.append(self._dropping(frame, faults.drop))
            self.tally.duplicated_frames += 1
        if self._dice.random() < faults.noise:
            noise = self._dice.randbytes(self._dice.randint(1, MAX_NOISE_BYTES))
            pieces.insert(0, noise)
            self.tally.noise_bytes += len(noise)
        return [piece for piece in pieces if piece]

    def delay_s(self) -> float:
        """How long the device's answer of now is held back."""
        if self.faults.delay_ms:
            self.tally.delayed_frames += 1
        return self.faults.delay_ms / 1000

    def _dropping(self, frame: bytes, chance: float) -> bytes:
        if not chance:
            return frame
        kept = bytes(byte for byte in frame if self._dice.random() >= chance)
        self.tally.dropped_bytes += len(frame) - len(kept)
        return kept
