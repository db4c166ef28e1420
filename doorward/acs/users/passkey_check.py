"""What a device answers to a challenge, verified (WebAuthn level 3). No I/O."""

import json
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    encode_cbor,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE_BYTES = 32
TIMEOUT_MS = 300_000
LONGEST_ANSWER = 20_000
"""Characters of JSON: an attestation with certificates has a few thousand."""
RP_NAME = "Doorward"


class NotVerified(Exception):
    """The answer is not one to this challenge, by this device, from this site."""


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey that a device may be asked for."""

    credential_id: str
    transports: tuple[str, ...] = ()

    def descriptor(self) -> PublicKeyCredentialDescriptor:
        """As the library wants it."""
        kinds = [AuthenticatorTransport(each) for each in self.transports if each in _TRANSPORTS]
        return PublicKeyCredentialDescriptor(base64url_to_bytes(self.credential_id), transports=kinds)


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a device has made."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device says of itself before anything is verified. `json` is the answer as it came."""

    credential_id: str
    handle: bytes | None
    json: dict[str, object]


_TRANSPORTS = frozenset(each.value for each in AuthenticatorTransport)


def registration_options(rp_id: str, user_name: str, handle: bytes, challenge: bytes, known: list[Known]) -> str:
    """What a browser is told to make a passkey with (JSON): one that is found without a name and verifies its user."""
    options = generate_registration_options(
        rp_id=rp_id,
        rp_name=RP_NAME,
        user_id=handle,
        user_name=user_name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[each.descriptor() for each in known],
    )
    return options_to_json(options)


def request_options(rp_id: str, challenge: bytes, known: list[Known], *, verifies_user: bool) -> str:
    """What a browser is told to ask a device with (JSON). None `known`: any passkey of this site."""
    need = UserVerificationRequirement.REQUIRED if verifies_user else UserVerificationRequirement.PREFERRED
    options = generate_authentication_options(
        rp_id=rp_id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=[each.descriptor() for each in known],
        user_verification=need,
    )
    return options_to_json(options)


def made_passkey(answer: str, challenge: bytes, rp_id: str, origin: str) -> Made:
    """The passkey that a device has made for this challenge. Raises NotVerified."""
    try:
        credential = parse_registration_credential_json(_object(answer))
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise NotVerified(str(error)) from error
    given = credential.response.transports or []
    return Made(
        bytes_to_base64url(verified.credential_id),
        verified.credential_public_key,
        verified.sign_count,
        tuple(each.value for each in given),
        verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def parsed(answer: str) -> Answer:
    """What a device says of itself. Raises NotVerified when it is no answer of one."""
    found = _object(answer)
    try:
        credential = parse_authentication_credential_json(found)
    except _WRONG as error:
        raise NotVerified(str(error)) from error
    return Answer(credential.id, credential.response.user_handle, found)


def verified_count(
    answer: Answer, public_key: bytes | None, challenge: bytes, rp_id: str, origin: str, *, verifies_user: bool
) -> int:
    """The sign count of an answer that is right. Raises NotVerified.

    Without a public key (nobody knows the passkey) the same work is done, and the answer is wrong.
    """
    try:
        verified = verify_authentication_response(
            credential=answer.json,
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=public_key or _nobodys_key(),
            credential_current_sign_count=0,
            require_user_verification=verifies_user,
        )
    except _WRONG as error:
        raise NotVerified(str(error)) from error
    if public_key is None:
        raise NotVerified("nobody knows this passkey")
    return verified.new_sign_count


def went_back(stored: int, given: int) -> bool:
    """Whether a device counts less than it did: there is a copy of it. 0 and 0: it does not count."""
    return (stored > 0 or given > 0) and given <= stored


# The library raises more than it says of what is no CBOR, no base64, no key or of an unknown kind.
_WRONG = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, EOFError)


def _object(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise NotVerified("the answer is too long")
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise NotVerified("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise NotVerified("the answer is not an object")
    return found


@cache
def _nobodys_key() -> bytes:
    """A key (COSE, ES256) that nobody has."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
