"""Tokens: secrets are compared by keyed hash, plates in every spelling are one, dynamic codes are signed."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.tokens import (
    DYNAMIC_QR_PREFIX,
    DynamicQr,
    dynamic_qr,
    mobile_token,
    normalise_plate,
    pin_token,
    qr_token,
    read_dynamic_qr,
    step_of,
    verify,
)

KEY = b"k" * 32
SECRET = b"s" * 32
ID = "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
ids = st.uuids().map(str)
secrets = st.binary(min_size=32, max_size=32)
steps = st.integers(0, 2**32 - 1)


def test_the_tokens_of_one_value_differ_by_kind_and_by_key() -> None:
    tokens = {pin_token(KEY, "1234"), qr_token(KEY, "1234"), mobile_token(KEY, b"1234"), pin_token(b"x" * 32, "1234")}
    assert len(tokens) == 4
    assert all(len(token) == 32 and b"1234" not in token for token in tokens)
    assert pin_token(KEY, "1234") == pin_token(KEY, "1234")


def test_a_pin_token_is_the_hmac_that_another_program_computes() -> None:
    """printf 'pin\\0004711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:6b6b...6b"""
    assert pin_token(KEY, "4711").hex() == "fff73393a949f9a82883f68bdcae7603e38c6f1afb3dbb98f46c691e4b704d8e"


@pytest.mark.parametrize(
    "seen, plate",
    [
        ("abc-123", "ABC123"),
        (" M·AB 1234 ", "MAB1234"),
        ("\uff21\uff22\uff23\uff11\uff12\uff13", "ABC123"),
        ("mü-x 7", "MÜX7"),
        ("mu\u0308-x 7", "MÜX7"),
        ("١٢٣ أ ب", "123أب"),
        ("O0I1", "O0I1"),
        ("-- ··", ""),
    ],
)
def test_a_plate_is_one_in_every_spelling(seen: str, plate: str) -> None:
    assert normalise_plate(seen) == plate


@given(st.text())
def test_a_normalised_plate_stays_as_it_is(text: str) -> None:
    plate = normalise_plate(text)
    assert normalise_plate(plate) == plate
    assert plate == plate.upper()
    assert all(character.isalnum() for character in plate)


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1), st.sampled_from(" -·.\u00ad\u200b"))
def test_separators_and_case_do_not_matter(plate: str, separator: str) -> None:
    assert normalise_plate(separator.join(plate).lower()) == plate


@given(secrets, ids, steps)
def test_a_dynamic_code_is_read_back_and_verified(secret: bytes, credential_id: str, step: int) -> None:
    shown = read_dynamic_qr(dynamic_qr(secret, credential_id, step))
    assert shown is not None
    assert (shown.credential_id, shown.step) == (credential_id, step)
    assert verify(secret, shown)


@given(secrets, secrets, ids, steps)
def test_another_secret_does_not_verify(secret: bytes, other: bytes, credential_id: str, step: int) -> None:
    shown = read_dynamic_qr(dynamic_qr(secret, credential_id, step))
    assert shown is not None
    assert verify(other, shown) == (other == secret)


@given(st.integers(0, 57), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_no_character_of_a_code_can_be_changed(position: int, character: str) -> None:
    text = dynamic_qr(SECRET, ID, 59_000_000)
    at = len(DYNAMIC_QR_PREFIX) + position
    forged = text[:at] + character + text[at + 1 :]
    shown = read_dynamic_qr(forged)
    assert forged == text or shown is None or not verify(SECRET, shown)


@given(ids, steps, ids, steps)
def test_a_signature_fits_one_credential_and_one_step(own: str, step: int, other: str, later: int) -> None:
    shown = read_dynamic_qr(dynamic_qr(SECRET, own, step))
    assert shown is not None
    assert verify(SECRET, DynamicQr(other, later, shown.mac)) == ((other, later) == (own, step))


@given(st.text() | st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=", min_size=55, max_size=64).map("DW1".__add__))
def test_any_other_text_is_no_dynamic_code(text: str) -> None:
    shown = read_dynamic_qr(text)
    assert shown is None or not verify(SECRET, shown)


def test_a_code_has_one_spelling_only() -> None:
    text = dynamic_qr(SECRET, ID, 1)
    for other in (text.lower(), text + "=", " " + text, text[:-1]):
        assert read_dynamic_qr(other) is None
    # Two bits of the last character mean nothing: three others would stand for the same bytes.
    for last in set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") - {text[-1]}:
        shown = read_dynamic_qr(text[:-1] + last)
        assert shown is None or not verify(SECRET, shown)


def test_a_code_fits_a_small_qr_code_in_its_alphanumeric_mode() -> None:
    text = dynamic_qr(SECRET, ID, step_of(datetime(2026, 11, 23, tzinfo=UTC)))
    assert len(text) == 61  # the most that version 3 with error correction M holds in that mode
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def test_a_dynamic_code_never_changes_its_form() -> None:
    """Phones make these: the form is a contract."""
    assert dynamic_qr(SECRET, ID, 59_641_440) == "DW1AGL2DMWD2R7F7CU3BQOS4P2KLMBY4DTA4YTBJJCS2GWPJXBSNFBOYN4OCM"


def test_steps_are_half_minutes() -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert step_of(noon + timedelta(seconds=29)) == step_of(noon)
    assert step_of(noon + timedelta(seconds=30)) == step_of(noon) + 1
    assert uuid.UUID(ID).version == 7
