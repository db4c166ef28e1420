"""The page of parity names tests that exist, and says of every row what Doorward has for it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/parity.md"


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if "The manual says" not in line]


def test_every_row_says_what_there_is() -> None:
    assert len(rows()) > 250
    assert [row for row in rows() if len(row) < 2 or not row[0] or not row[1]] == []


def test_every_test_that_is_named_exists() -> None:
    files = list((ROOT / "tests").rglob("test_*.py"))
    defined = {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text())}
    page = PAGE.read_text()
    assert set(re.findall(r"::(test_\w+)", page)) <= defined
    assert set(re.findall(r"\b(test_\w+\.py)", page)) <= {path.name for path in files}
