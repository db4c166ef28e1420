"""What programs were promised stays, or says beforehand when it goes."""

from pathlib import Path

import pytest

from doorward import __version__
from doorward.cli import main
from doorward.graphql.compatibility import (
    CannotCompare,
    changes_between,
    compared,
    deprecations_without_an_end,
    unannounced,
    version_of,
)
from doorward.graphql.schema import print_schema

RELEASES = Path(__file__).parents[2] / "docs/reference/api/released"
RELEASED = """
type Query {
  doors(first: Int, zone: ID @deprecated(reason: "Use filter. Removed in 0.3.")): [Door!]!
  gates: [Gate!]! @deprecated(reason: "Use doors. Removed in 0.3.")
}
type Door implements Named {
  id: ID!
  name: String!
  mode: Mode!
}
type Gate implements Named {
  name: String!
  latch: Latch
}
type Latch { shut: Boolean! }
interface Named { name: String! }
enum Mode {
  LOCKED
  OPEN
  AJAR @deprecated(reason: "Removed in 0.2.1.")
}
"""
WITHOUT_GATES = """
type Query { doors(first: Int): [Door!]! }
type Door implements Named {
  id: ID!
  name: String!
  mode: Mode!
}
interface Named { name: String! }
enum Mode {
  LOCKED
  OPEN
}
"""


def test_what_was_announced_goes_with_the_version_that_it_named() -> None:
    assert unannounced(RELEASED, WITHOUT_GATES, "0.3.0") == []
    assert unannounced(RELEASED, WITHOUT_GATES, "1.0") == []


def test_before_that_version_it_stays() -> None:
    assert unannounced(RELEASED, WITHOUT_GATES, "0.2.1") == [
        "Gate was removed.",
        "Latch was removed.",
        "Field Query.gates was removed.",
        "Argument Query.doors(zone:) was removed.",
    ]
    assert "Enum value Mode.AJAR was removed." in unannounced(RELEASED, WITHOUT_GATES, "0.2")


@pytest.mark.parametrize(
    "was, now, said",
    [
        ("mode: Mode!", "", "Field Door.mode was removed."),
        ("mode: Mode!", "mode: Mode", "Field Door.mode changed type from Mode! to Mode."),
        ("OPEN", "", "Enum value Mode.OPEN was removed."),
        ("first: Int,", "first: Int!,", "Argument Query.doors(first:) has changed type from Int to Int!."),
        ("type Door implements Named", "type Door", "Door no longer implements interface Named."),
    ],
)
def test_what_nobody_announced_may_not_change(was: str, now: str, said: str) -> None:
    assert unannounced(RELEASED, RELEASED.replace(was, now, 1), "0.2") == [said]


def test_a_deprecation_that_never_ends_is_found() -> None:
    assert deprecations_without_an_end(RELEASED) == []
    vague = RELEASED.replace("Use filter. Removed in 0.3.", "Use filter.").replace("Use doors. Removed in 0.3.", "Old.")
    assert [line.split(":")[0] for line in deprecations_without_an_end(vague)] == ["Query.doors(zone", "Query.gates"]


def test_nothing_in_the_api_is_deprecated_without_an_end() -> None:
    assert deprecations_without_an_end(print_schema()) == []


def test_changes_are_told_by_what_they_mean_for_programs() -> None:
    newer = (
        RELEASED.replace(
            "  mode: Mode!", '  mode: Mode! @deprecated(reason: "See state. Removed in 0.4.")\n  lit: Boolean'
        )
        .replace("  OPEN", "  OPEN\n  HELD")
        .replace("type Latch { shut: Boolean! }", '"Holds a gate." type Latch { shut: Boolean }')
    )
    changes = changes_between(RELEASED, newer)
    assert changes.breaking == ["Field Latch.shut changed type from Boolean! to Boolean."]
    assert changes.changed == ["Enum value Mode.HELD was added."]
    assert changes.deprecated == ["Door.mode: See state. Removed in 0.4."]
    assert changes.added == ["Field Door.lit was added."]
    assert not changes_between(RELEASED, RELEASED)


def test_a_file_that_is_no_schema_is_told_in_words() -> None:
    with pytest.raises(CannotCompare, match="Syntax Error"):
        compared("type {", RELEASED, "0.1")


def test_somebody_with_an_older_copy_learns_what_has_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "schema.graphql"
    copy.write_text(print_schema())
    assert main(["schema", "--since", str(copy)]) == 0
    assert capsys.readouterr().out == "Nothing has changed.\n"
    copy.write_text(print_schema().replace("type Query {", "type Query {\n  moat: Int", 1))
    assert main(["schema", "--since", str(copy)]) == 1
    assert "Field Query.moat was removed." in capsys.readouterr().out
    copy.write_text("moat")
    assert main(["schema", "--since", str(copy)]) == 1
    assert "cannot be compared" in capsys.readouterr().err


def test_programs_written_for_the_last_release_run() -> None:
    """What is to go is deprecated first, saying in which version; a release's schema is never edited."""
    releases = sorted(RELEASES.glob("*.graphql"), key=lambda path: version_of(path.stem))
    assert unannounced(releases[-1].read_text(), print_schema(), __version__) == []
    assert deprecations_without_an_end(print_schema()) == []
