"""From what was shown to whose it is: every item must be known, and all must belong to one person."""

import hmac
from collections.abc import Sequence

from doorward.acs.decision.card_format import CardBits, CardToken, raw_token
from doorward.acs.decision.compiled import CARD, CompiledPolicy, Place, ReaderSpot, Way
from doorward.acs.decision.decision import Conditions, Draft, Notice
from doorward.acs.decision.keypad import is_locked_out
from doorward.acs.decision.memory import Change, Table
from doorward.acs.decision.people_index import Token, several
from doorward.acs.decision.policy import CredentialKind, CredentialPolicy, IdentificationType
from doorward.acs.decision.read import MobileTap, PinEntry, PlateRead, QrCode, Shown
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.tokens import (
    DYNAMIC_QR_PREFIX,
    mobile_token,
    normalise_plate,
    pin_token,
    qr_token,
    read_dynamic_qr,
    step_of,
    verify,
)
from doorward.acs.decision.trace import TraceStep

PIN = frozenset({IdentificationType.PIN})

# Steps that say the same every time are made once: this is the hot path of every badge.
_FORMATS: dict[str, TraceStep] = {}
_UNKNOWN = TraceStep("credential", False, "unknown")

Found = CredentialPolicy | Reason


def identify(
    policy: CompiledPolicy,
    conditions: Conditions,
    spot: ReaderSpot,
    place: Place,
    shown: tuple[Shown, ...],
    draft: Draft,
) -> Reason | None:
    """Put the credentials shown, their kinds and their owner into the draft, or return why that cannot be."""
    if len(shown) == 1 and type(shown[0]) is CardBits:  # what nearly always comes, without ceremony
        card = _card(policy, spot, place, shown[0], draft)
        if isinstance(card, CredentialPolicy):
            draft.used, draft.types = (card,), CARD
            return None
        return card
    pins: list[PinEntry] = []
    for item in shown:
        if isinstance(item, PinEntry):
            pins.append(item)
            continue
        kind, found = _credential(policy, conditions, spot, place, item, draft)
        if isinstance(found, Reason):
            return found
        if draft.used and draft.used[0].cardholder_id != found.cardholder_id:
            return draft.denied("credential", Reason.CREDENTIALS_DIFFER)
        draft.used = (*draft.used, found)
        draft.types = kind if not draft.types else draft.types | kind
    for pin in pins:
        draft.types = draft.types | PIN
        reason = _pin(policy, conditions, spot, place, pin, draft)
        if reason is not None:
            return reason
    return None


def _credential(
    policy: CompiledPolicy, conditions: Conditions, spot: ReaderSpot, place: Place, item: Shown, draft: Draft
) -> tuple[frozenset[IdentificationType], Found]:
    """The kind of an item that is no PIN, and the credential that it is."""
    match item:
        case CardBits():
            return CARD, _card(policy, spot, place, item, draft)
        case QrCode(text) if text.startswith(DYNAMIC_QR_PREFIX):
            return _DYNAMIC_QR, _dynamic_qr(policy, conditions, text, draft)
        case QrCode(text):
            return _QR, _lookup(policy, CredentialKind.QR, qr_token(policy.token_key, text), Reason.QR_UNKNOWN, draft)
        case MobileTap(secret, touched):
            token = mobile_token(policy.token_key, secret)
            kind = _TOUCH if touched else _TAP
            return kind, _lookup(policy, CredentialKind.MOBILE, token, Reason.MOBILE_UNKNOWN, draft)
        case PlateRead(text):
            token = normalise_plate(text).encode()
            return _PLATE, _lookup(policy, CredentialKind.PLATE, token, Reason.PLATE_UNKNOWN, draft)
    raise TypeError(f"nothing that a reader reads: {item!r}")


_QR = frozenset({IdentificationType.QR})
_DYNAMIC_QR = frozenset({IdentificationType.DYNAMIC_QR})
_TAP = frozenset({IdentificationType.MOBILE_TAP})
_TOUCH = frozenset({IdentificationType.MOBILE_TOUCH})
_PLATE = frozenset({IdentificationType.PLATE})


def _card(policy: CompiledPolicy, spot: ReaderSpot, place: Place, bits: CardBits, draft: Draft) -> Found:
    """By the reader's formats; a card that was enrolled by its bare bits, by those."""
    token = spot.cards.read(bits)
    if isinstance(token, CardToken):
        draft.token = token
        draft.trace.append(_FORMATS.get(token.format) or _format_step(token.format))
        found = policy.by_token.get(token)
        if found is None and not place.facility:
            found = policy.by_number.get((token.format, token.number))
        if isinstance(found, CredentialPolicy):
            return found
        if found is not None:
            return draft.denied("credential", Reason.CARD_AMBIGUOUS)
    bare = raw_token(bits)
    raw = policy.by_token.get(bare)
    if isinstance(raw, CredentialPolicy):
        if draft.token is None:
            draft.trace.append(_format_step(bare.format))
        draft.token = bare
        return raw
    if isinstance(token, Reason):
        return draft.denied("card_format", token, f"{bits.bit_count} bits")
    draft.trace.append(_UNKNOWN)
    return Reason.CARD_UNKNOWN


def _format_step(name: str) -> TraceStep:
    step = _FORMATS[name] = TraceStep("card_format", True, name)
    return step


def _lookup(policy: CompiledPolicy, kind: CredentialKind, secret: bytes, unknown: Reason, draft: Draft) -> Found:
    token: Token = (kind, secret)
    found = policy.by_token.get(token)
    if isinstance(found, CredentialPolicy):
        draft.passed("identified_by", kind.value)
        return found
    draft.trace.append(_UNKNOWN)
    return unknown


def _dynamic_qr(policy: CompiledPolicy, conditions: Conditions, text: str, draft: Draft) -> Found:
    """A dynamic code proves itself: signed with the credential's secret, of this half minute, and new."""
    code = read_dynamic_qr(text)
    if code is None:
        return draft.denied("qr", Reason.QR_INVALID)
    credential = policy.dynamic_qr.get(code.credential_id)
    if not isinstance(credential, CredentialPolicy):
        return draft.denied("qr", Reason.QR_UNKNOWN)
    if not verify(credential.token, code):
        return draft.denied("qr", Reason.QR_INVALID, "the signature is wrong")
    drift = code.step - step_of(draft.now)
    if abs(drift) > policy.qr_skew_steps:
        return draft.denied("qr", Reason.QR_OUT_OF_TIME, f"{drift:+d} steps of 30 s")
    last = conditions.memory.qr_step.get(credential.id)
    if last is not None and code.step <= last:
        return draft.denied("qr", Reason.QR_REPLAYED)
    draft.changes += (Change(Table.QR_STEP, credential.id, code.step),)
    draft.passed("identified_by", CredentialKind.DYNAMIC_QR.value)
    return credential


def _pin(
    policy: CompiledPolicy, conditions: Conditions, spot: ReaderSpot, place: Place, entry: PinEntry, draft: Draft
) -> Reason | None:
    """Check the PIN against the person who was identified, or identify by it alone where that is accepted."""
    lockout = conditions.memory.failures.get(spot.id)
    if lockout is not None and is_locked_out(spot.pin, lockout, draft.now):
        return draft.denied("pin", Reason.READER_LOCKED_OUT, f"until {lockout.until}")
    if not draft.used and not any(way.types == PIN for way in active_ways(policy, place, draft)):
        if any(way.types > PIN for way in active_ways(policy, place, draft)):
            return draft.waits("method", Reason.CARD_REQUIRED)
        return draft.denied("method", Reason.METHOD_NOT_ACCEPTED, "pin")
    if not spot.pin.min_length <= len(entry.digits) <= spot.pin.max_length:
        return draft.denied("pin", Reason.PIN_LENGTH_WRONG)
    token = pin_token(policy.token_key, entry.digits)
    found = _pin_of(policy, draft.used[0].cardholder_id, token) if draft.used else _pin_alone(policy, token)
    if isinstance(found, Reason):
        return draft.denied("pin", found)
    draft.used = (*draft.used, found)
    if found.duress and hmac.compare_digest(found.duress, token):
        draft.notices += (Notice.DURESS,)
    draft.passed("pin", "right")
    return None


def _pin_of(policy: CompiledPolicy, cardholder_id: str, token: bytes) -> Found:
    for credential in several(policy.pins_of.get(cardholder_id)):
        if hmac.compare_digest(credential.token, token) or hmac.compare_digest(credential.duress, token):
            return credential
    return Reason.PIN_WRONG


def _pin_alone(policy: CompiledPolicy, token: bytes) -> Found:
    found = policy.by_token.get((CredentialKind.PIN, token))
    if found is None:
        return Reason.PIN_UNKNOWN
    return found if isinstance(found, CredentialPolicy) else Reason.PIN_AMBIGUOUS


def active_ways(policy: CompiledPolicy, place: Place, draft: Draft) -> Sequence[Way]:
    """The combinations that this door side accepts now."""
    if place.always:
        return place.ways
    return [way for way in place.ways if not way.schedules or policy.applies(way.schedules, draft.now)]
