"""Reason codes: each has words for people, and its row on the page that explains them."""

from pathlib import Path

from doorward.acs.decision.reason import WORDS, Reason

PAGE = Path(__file__).parents[3] / "docs/reference/decisions.md"


def test_the_page_lists_every_reason_with_its_words_and_no_other() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert rows == [f"| `{reason.value}` | {WORDS[reason]} |" for reason in Reason]
