"""Resistances from an analogue converter, read from a folder that looks like the kernel's."""

from math import inf, isinf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.devices import MeasuredInput
from doorward.hardware.gpio.measured import is_same, measure, resistance

LINE = MeasuredInput("iio:device0", 3, 10_000, 3_300)


def converter(root: Path, **files: str) -> Path:
    folder = root / LINE.converter
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(f"{text}\n")
    return root


def test_the_voltage_over_a_known_resistor_gives_the_resistance_of_the_line(tmp_path: Path) -> None:
    root = converter(tmp_path, in_voltage3_raw="1310", in_voltage_scale="0.805664062")
    assert measure(LINE, root) == pytest.approx(4_700, rel=0.01)


def test_a_channel_s_own_scale_goes_before_the_common_one_and_offsets_count(tmp_path: Path) -> None:
    root = converter(
        tmp_path, in_voltage3_raw="555", in_voltage_scale="9", in_voltage3_scale="2", in_voltage3_offset="-5"
    )
    assert measure(LINE, root) == pytest.approx(10_000 * 1_100 / 2_200)


def test_an_open_line_has_no_end_and_a_short_one_no_resistance(tmp_path: Path) -> None:
    assert measure(LINE, converter(tmp_path, in_voltage3_raw="3299")) == inf
    assert measure(LINE, converter(tmp_path, in_voltage3_raw="0")) == 0


@pytest.mark.parametrize("raw", ["", "nonsense", "-1000", "99999", "nan"])
def test_what_makes_no_sense_is_no_measurement(tmp_path: Path, raw: str) -> None:
    assert measure(LINE, converter(tmp_path, in_voltage3_raw=raw)) is None


def test_a_converter_that_is_not_there_is_no_measurement(tmp_path: Path) -> None:
    assert measure(LINE, tmp_path) is None


@given(st.floats(0, 60_000), st.integers(1_000, 100_000), st.integers(1_000, 24_000))
def test_a_divider_is_turned_back_into_its_resistor(ohms: float, pull_up_ohm: int, supply_mv: int) -> None:
    voltage_mv = supply_mv * ohms / (ohms + pull_up_ohm)
    found = resistance(voltage_mv, supply_mv, pull_up_ohm)
    assert found is not None
    assert isinf(found) if voltage_mv >= 0.995 * supply_mv else found == pytest.approx(ohms, abs=1e-6, rel=1e-6)


def test_readings_are_the_same_within_a_dead_band() -> None:
    assert is_same(4_700.0, 4_780.0)
    assert is_same(0.0, 15.0)
    assert is_same(inf, inf)
    assert is_same(None, None)
    assert not is_same(4_700.0, 4_900.0)
    assert not is_same(4_700.0, inf)
    assert not is_same(0.0, False)
    assert not is_same(None, 0.0)
    assert not is_same(True, False)
