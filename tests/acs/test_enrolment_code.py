"""Enrolment codes: what people type, and how often they may."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.attempts import WINDOW
from doorward.acs.controllers.attempts import MOST_FROM_ONE, MOST_IN_ALL, enrolment_attempts
from doorward.acs.controllers.enrolment_code import SECRET_CHARACTERS, NoCode, new_code, parse_code
from tests.world import Clock


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_read_back_however_it_was_typed(fingerprint: bytes) -> None:
    code = new_code(fingerprint)
    text = str(code)
    assert len(text) == 39
    for typed in (text, text.lower(), text.replace("-", " "), f" {text}\n", text.replace("0", "o").replace("1", "l")):
        assert parse_code(typed) == code
    assert code.fits(fingerprint)
    assert not code.fits(bytes([fingerprint[0] ^ 1]) + fingerprint[1:])


@given(st.text(max_size=60))
def test_anything_else_is_no_code(text: str) -> None:
    with suppress(NoCode):
        assert len(parse_code(text).secret) == SECRET_CHARACTERS


def test_secrets_differ() -> None:
    assert len({new_code(bytes(32)).secret for _ in range(100)}) == 100


def test_an_address_has_so_many_attempts_in_a_quarter_of_an_hour() -> None:
    clock = Clock()
    attempts = enrolment_attempts(clock)
    for _ in range(MOST_FROM_ONE):
        assert attempts.allowed("a")
        attempts.failed("a")
    assert not attempts.allowed("a")
    assert attempts.allowed("b")
    clock.advance(WINDOW - timedelta(seconds=1))
    assert not attempts.allowed("a")
    clock.advance(timedelta(seconds=1))
    assert attempts.allowed("a")


def test_many_addresses_have_so_many_attempts_together() -> None:
    attempts = enrolment_attempts(Clock())
    for number in range(MOST_IN_ALL):
        assert attempts.allowed(f"address-{number}")
        attempts.failed(f"address-{number}")
    assert not attempts.allowed("another")


def test_the_right_code_forgives() -> None:
    attempts = enrolment_attempts(Clock())
    for _ in range(MOST_FROM_ONE):
        attempts.failed("a")
    attempts.succeeded("a")
    assert attempts.allowed("a")


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 32, "é" * 32])
def test_what_is_no_code_is_said_in_words(text: str) -> None:
    with pytest.raises(NoCode, match="Copy it again"):
        parse_code(text)
