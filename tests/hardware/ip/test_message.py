"""What a device says is taken exactly as it must be, or not at all."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.read import PinEntry, PlateRead, QrCode
from doorward.hardware.driver import CardRead, KeysPressed, Presented
from doorward.hardware.ip.message import (
    MAX_MESSAGE_BYTES,
    BadMessage,
    CardMessage,
    Heartbeat,
    event_of,
    parse_message,
    parse_read,
)

AT = "2026-03-04T12:00:00Z"


def body(**fields: Any) -> bytes:
    return json.dumps({"id": "r1", "at": AT, **fields}).encode()


@pytest.mark.parametrize(
    "fields, event",
    [
        ({"kind": "pin", "digits": "0042"}, Presented("d", PinEntry("0042"), reference="r1")),
        ({"kind": "keys", "keys": "12#"}, KeysPressed("d", "12#", reference="r1")),
        ({"kind": "qr", "text": "hello"}, Presented("d", QrCode("hello"), reference="r1")),
        ({"kind": "plate", "text": "B-DW 1", "confidence": 0.9}, Presented("d", PlateRead("B-DW 1"), reference="r1")),
    ],
)
def test_each_kind_of_read_becomes_what_it_is(fields: dict[str, Any], event: object) -> None:
    assert event_of(parse_read(body(**fields)), "d", True) == event


@pytest.mark.parametrize(
    "fields",
    [
        {"bits": encode_h10301(17, 1042).as_text()},
        {"hex": f"{encode_h10301(17, 1042).as_int():07x}", "bit_count": 26},
        {"format": "H10301", "facility": 17, "number": 1042},
    ],
)
def test_a_card_can_be_told_in_three_ways(fields: dict[str, Any]) -> None:
    event = event_of(parse_read(body(kind="card", **fields)), "d", False)
    assert event == CardRead("d", encode_h10301(17, 1042), False, reference="r1")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"bits": ""},
        {"bits": "012"},
        {"bits": "1" * 257},
        {"hex": "ff"},
        {"bit_count": 8},
        {"hex": "ff", "bit_count": 4},
        {"hex": "ff", "bit_count": -1},
        {"bits": "1", "hex": "1", "bit_count": 1},
        {"bits": "1", "number": 3},
        {"format": "H10301"},
        {"format": "none", "number": 1},
        {"format": "H10301", "number": 1042},
        {"format": "H10301", "facility": 256, "number": 1},
        {"format": "H10301", "facility": 1, "number": -1},
        {"format": "H10301", "facility": 1, "number": 10**30},
    ],
)
def test_a_card_that_there_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadMessage):
        event_of(parse_read(body(kind="card", **fields)), "d", True)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 4000,
        b'{"kind":"heartbeat"}',
        body(kind="key"),
        body(kind="pin", digits="12a"),
        body(kind="pin", digits=12),
        body(kind="pin", digits="1" * 33),
        body(kind="pin", digits="\N{ARABIC-INDIC DIGIT ONE}234"),
        body(kind="keys", keys="A"),
        body(kind="keys", keys=""),
        body(kind="qr", text=""),
        body(kind="qr", text="x" * 2001),
        body(kind="plate", text="B-DW 1", confidence=1.1),
        body(kind="plate", text="B-DW 1", confidence="high"),
        body(kind="plate", text="B-DW 1", granted=True),
        json.dumps({"id": "1", "at": "2026-03-04T12:00:00", "kind": "qr", "text": "x"}).encode(),
        json.dumps({"id": "", "at": AT, "kind": "qr", "text": "x"}).encode(),
        json.dumps({"id": "1\n", "at": AT, "kind": "qr", "text": "x"}).encode(),
        body(kind="qr", text="x" * MAX_MESSAGE_BYTES),
    ],
)
def test_whatever_is_not_as_it_must_be_is_refused(text: bytes) -> None:
    with pytest.raises(BadMessage):
        parse_read(text)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(BadMessage) as caught:
        parse_read(body(kind="pin", digits="8254x"))
    assert "8254" not in str(caught.value)
    assert "8254" not in repr(event_of(parse_read(body(kind="pin", digits="8254")), "d", True))


def test_a_heartbeat_is_a_message_of_a_websocket() -> None:
    assert parse_message(b'{"kind":"heartbeat"}') == Heartbeat()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(text: bytes) -> None:
    for parse in (parse_read, parse_message):
        with contextlib.suppress(BadMessage):
            parse(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(["card", "pin", "keys", "qr", "plate"]),
    st.dictionaries(
        st.sampled_from(["text", "digits", "keys", "bits", "hex", "bit_count", "format", "number", "confidence"]), _JSON
    ),
)
def test_any_fields_are_a_read_that_can_be_decided_or_refused(kind: str, fields: dict[str, Any]) -> None:
    try:
        message = parse_read(body(kind=kind, **fields))
        event = event_of(message, "d", True)
    except BadMessage:
        return
    assert event.reference == "r1"
    if isinstance(event, Presented) and isinstance(event.item, QrCode):
        event.item.text.encode()  # what is compared is its UTF-8: there must be one
    assert isinstance(message, CardMessage) == isinstance(event, CardRead)
