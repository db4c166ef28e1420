"""Reading YAML strictly: what is wrong has a file, a line and words, and nothing crashes."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.simulators.site_spec import SiteSpec
from doorward.simulator.errors import SimulatorError
from doorward.simulator.scenario import Scenario
from doorward.simulator.site_file import parse_site
from doorward.simulator.site_names import SiteNames
from doorward.simulator.strict_yaml import MAX_BYTES, parse_yaml, read_yaml
from doorward.simulator.timeline import parse_timeline
from tests.simulator.world import site_text

FILE = Path("a.yaml")


@pytest.mark.parametrize(
    "text, line, words",
    [
        ("name: x\nsteps: [{do: wait}\n", 3, "This is not YAML"),
        ("name: x\nsteps:\n  - do: dance\n", 3, "Invalid value 'dance' (steps[0].do). Correct the word"),
        ("name: x\nsteps:\n  - do: rex\n", 3, "missing required field `door` (steps[0]). Add it."),
        ("name: x\nsteps:\n  - do: wait\n  - do: keys\n    reader: R\n    keys: 1234\n", 6, "Put it in quotes."),
        ("name: x\nsteps:\n  - do: wait\n    aftr: 1\n", 3, "unknown field `aftr`"),
        ("name: x\nsteps:\n  - do: wait\n    after: -1\n", 4, ">= 0"),
        ("name: x\nsteps:\n  - do: wait\n    after: .nan\n", 4, "Expected `float`"),
        ("name: x\nname: y\nsteps: [{do: wait}]\n", 2, "name is given twice"),
        ("name: &a x\nsteps: [{do: wait}]\n", 1, "Anchors and aliases"),
        ("name: x\nsteps: [{do: wait}]\nseed: *b\n", 3, "Anchors and aliases"),
        ("name: x\nsteps: []\n", 2, "length >= 1"),
        ("", 1, "The file is empty"),
        ("- 1\n", 1, "Expected `object`"),
        ("name: !!python/name:os.system x\n", 1, "This is not YAML"),
        ("name: x\nsteps: 2026-99-99\n", 0, "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_to_do(text: str, line: int, words: str) -> None:
    with pytest.raises(SimulatorError) as caught:
        parse_yaml(FILE, text.encode(), Scenario)
    message = str(caught.value)
    assert message.startswith(f"a.yaml:{line}: " if line else "a.yaml: ")
    assert words in message


def test_what_is_nested_deeply_is_refused_at_once() -> None:
    with pytest.raises(SimulatorError, match=r"^a\.yaml:1: .* nested too deeply"):
        parse_yaml(FILE, b"[" * 1_000_000 + b"]" * 1_000_000, Scenario)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x00", b"[" * 5_000, b"{a: " * 5_000, b" " * (MAX_BYTES + 1), b"name: " + b"9" * 9_000]
)
def test_what_no_person_writes_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(SimulatorError, match=r"^a\.yaml"):
        parse_yaml(FILE, data, Scenario)


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="Check the name"):
        read_yaml(tmp_path / "none.yaml", Scenario)


def test_keys_are_in_no_message_and_no_repr() -> None:
    key = "c0ffee00c0ffee00c0ffee00c0ffee0"
    text = f"name: x\ndevices:\n  - {{name: a, port: p, address: 1, key: {key}}}\n"
    with pytest.raises(SimulatorError) as caught:
        parse_yaml(FILE, text.encode(), SiteSpec)
    assert str(caught.value).startswith("a.yaml:3: ")
    assert key not in str(caught.value)
    assert key not in repr(parse_yaml(FILE, text.replace("e0}", "e00}").encode(), SiteSpec).document)


def mistake(parse: Callable[[], object]) -> str | None:
    """What is wrong with it, if anything; only a SimulatorError may say so."""
    try:
        parse()
    except SimulatorError as error:
        return str(error)
    return None


@given(st.binary(max_size=200) | st.text(alphabet="{}[]:-,&*!|>'\"%@ \nab01.", max_size=80).map(str.encode))
def test_any_bytes_are_a_site_or_a_mistake(data: bytes) -> None:
    assert (mistake(lambda: parse_site(FILE, data)) or "a.yaml").startswith("a.yaml")
    assert (mistake(lambda: parse_yaml(FILE, data, Scenario)) or "a.yaml").startswith("a.yaml")


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | st.sampled_from(["Reader", "I/O", "*", "x", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["within", "strike", "do"]), inner),
    max_leaves=4,
)
FIELDS = "reader door device card bits keys seconds at after every times noise input contact expect"
STEPS = st.fixed_dictionaries(
    {"do": st.sampled_from(["badge", "keys", "rex", "hold", "fault", "wait", "switch", "input", "unplug", "tamper"])},
    optional=dict.fromkeys(FIELDS.split(), PARTS),
)


@given(st.lists(STEPS, max_size=4))
def test_any_steps_are_a_timeline_or_a_mistake(steps: list[dict[str, object]]) -> None:
    names = SiteNames(parse_site(FILE, site_text().encode()))
    text = msgspec.yaml.encode({"name": "x", "steps": steps})
    wrong = mistake(lambda: parse_timeline(FILE, text, names))
    assert (wrong or "a.yaml").startswith("a.yaml")
    if wrong is None:
        times = [occurrence.at_s for occurrence in parse_timeline(FILE, text, names).occurrences]
        assert times == sorted(times)
