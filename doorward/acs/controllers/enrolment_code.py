"""The one-time code that makes two machines trust each other: typed once, on paper for a quarter of an hour at most.

Half of it proves to the server that this is the controller that was meant. The other half is the beginning of the
authority's fingerprint, by which the controller knows the server before it shows the first half to anybody.
Thirty-two characters of Crockford's base32 in groups of four: no I, L, O or U, and it forgives those who read them.
"""

import secrets
from dataclasses import dataclass, field

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORGIVEN = str.maketrans("OIL", "011")
SECRET_CHARACTERS = 12
"""60 bits: guessing is limited to some tries a minute, and the code lives for minutes."""
FINGERPRINT_CHARACTERS = 20
"""100 bits: nobody finds another authority with the same beginning."""
_BITS = 5
_GROUP = 4


class NoCode(ValueError):
    """This is not an enrolment code."""


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code. `secret` is for the server alone."""

    secret: str = field(repr=False)
    authority: str

    def __str__(self) -> str:
        text = self.secret + self.authority
        return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))

    def fits(self, fingerprint: bytes) -> bool:
        """Whether this is the code of the authority with this SHA-256 fingerprint."""
        return secrets.compare_digest(self.authority, _beginning(fingerprint))


def new_code(fingerprint: bytes) -> EnrolmentCode:
    """A code of the authority with this SHA-256 fingerprint."""
    return EnrolmentCode("".join(secrets.choice(_ALPHABET) for _ in range(SECRET_CHARACTERS)), _beginning(fingerprint))


def parse_code(text: str) -> EnrolmentCode:
    """The code that somebody typed; spaces, hyphens and case do not matter. Raises NoCode."""
    plain = "".join(text.upper().split()).replace("-", "").translate(_FORGIVEN)
    if len(plain) != SECRET_CHARACTERS + FINGERPRINT_CHARACTERS or not set(plain) <= set(_ALPHABET):
        raise NoCode(
            f"An enrolment code has {SECRET_CHARACTERS + FINGERPRINT_CHARACTERS} letters and digits in groups of "
            f"{_GROUP}. Copy it again from the server."
        )
    return EnrolmentCode(plain[:SECRET_CHARACTERS], plain[SECRET_CHARACTERS:])


def is_secret(text: str) -> bool:
    """Whether this could be the secret half of a code."""
    return len(text) == SECRET_CHARACTERS and set(text) <= set(_ALPHABET)


def _beginning(fingerprint: bytes) -> str:
    number = int.from_bytes(fingerprint, "big") >> (len(fingerprint) * 8 - FINGERPRINT_CHARACTERS * _BITS)
    return "".join(
        _ALPHABET[number >> shift & (1 << _BITS) - 1]
        for shift in range((FINGERPRINT_CHARACTERS - 1) * _BITS, -1, -_BITS)
    )
