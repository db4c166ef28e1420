"""Lengths of time and the bits of cards, as they are written and read."""

from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.errors import ValidationFailed
from doorward.graphql.scalars import LONGEST, SCALARS, CardBits, days_of, duration_of, duration_text, seconds_of
from doorward.graphql.schema import build_schema


@given(st.timedeltas(-LONGEST, LONGEST))
def test_a_length_of_time_is_read_as_it_was_written(length: timedelta) -> None:
    assert duration_of(duration_text(length)) == length


@pytest.mark.parametrize(
    "text, seconds, shortest",
    [
        ("PT7S", 7, "PT7S"), ("PT0.5S", 0.5, "PT0.5S"), ("P30D", 30 * 86_400, "P30D"), ("PT0S", 0, "PT0S"),
        ("P2W", 14 * 86_400, "P14D"), ("PT90M", 5_400, "PT1H30M"), ("P1DT1H1M1.25S", 90_061.25, "P1DT1H1M1.25S"),
        ("PT0,5S", 0.5, "PT0.5S"), ("P0D", 0, "PT0S"), ("-PT1S", -1, "-PT1S"),
    ],
)  # fmt: skip
def test_lengths_of_time_are_as_iso_8601_has_them(text: str, seconds: float, shortest: str) -> None:
    length = duration_of(text)
    assert (length.total_seconds(), duration_text(length)) == (seconds, shortest)


@pytest.mark.parametrize(
    "given",
    ["", "P", "PT", "P1DT", "P1M", "P1Y", "--PT1S", "PT-1S", "PT1", "7", 7, 7.5, None, True, "PT1S ",
     "PT1.1234567S", "pt1s",
     "P1H", "PT1S1M", "P36501D", "P999999W", "PT9999999999S", "PT\u0661S"],
)  # fmt: skip
def test_what_is_no_length_of_time_is_refused(given: Any) -> None:
    with pytest.raises(GraphQLError, match="Duration cannot represent"):
        duration_of(given)


def test_only_whole_seconds_and_days_are_taken_where_no_others_are_kept() -> None:
    assert (seconds_of(timedelta(minutes=2), "x"), days_of(timedelta(days=3), "x")) == (120, 3)
    for whole in (seconds_of, days_of):
        with pytest.raises(ValidationFailed) as refused:
            whole(timedelta(milliseconds=1500), "timeout")
        assert refused.value.path == ("timeout",)


def test_the_bits_of_a_card_are_0_and_1_and_at_most_256() -> None:
    parse = SCALARS[CardBits].parse_value
    assert parse is not None
    assert parse("0110 1") == "01101"
    assert parse("1" * 256) == "1" * 256
    for wrong in ("", " ", "2", "1" * 257, 1, None, "\u0661"):
        with pytest.raises(GraphQLError, match="1 to 256 characters 0 and 1"):
            parse(wrong)


@pytest.mark.parametrize("name", ["Date", "DateTime", "Duration", "CardBits"])
def test_scalars_say_how_they_are_written(name: str) -> None:
    description = build_schema()._schema.type_map[name].description
    assert description is not None
    assert "01" in description or "PT7S" in description or "0 and 1" in description


def test_no_field_has_a_unit_of_seconds_or_days_in_its_name() -> None:
    fields = {
        name
        for kind in build_schema()._schema.type_map.values()
        for name, field in getattr(kind, "fields", {}).items()
        if name.endswith(("S", "Seconds", "Days", "Minutes", "Hours")) and not name.endswith("Ms")
    }
    assert fields == set()
