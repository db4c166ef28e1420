"""Keyset pages: which rows to fetch for first/after or last/before, and whether there are more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from doorward.acs.errors import ValidationFailed

MAX_PAGE = 100
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Exactly one of `first` and `last` (1-100), with the cursors that bound the page."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def __post_init__(self) -> None:
        if (self.first is None) == (self.last is None):
            raise ValidationFailed(f"Say how many: either first or last, 1 to {MAX_PAGE}.", "first")
        if not 1 <= self.size <= MAX_PAGE:
            raise ValidationFailed(
                f"A page has 1 to {MAX_PAGE} rows, not {self.size}.",
                "first" if self.first is not None else "last",
            )

    @property
    def size(self) -> int:
        """How many rows the page may have."""
        return self.first if self.first is not None else self.last or 0

    @property
    def backward(self) -> bool:
        """Whether the page is counted from its end."""
        return self.last is not None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in ascending order of their key, and whether there are more on either side."""

    rows: list[Row]
    has_previous: bool
    has_next: bool


def page_of(request: PageRequest, found: Sequence[Row]) -> Page[Row]:
    """The page from up to `size + 1` rows fetched in its direction, in ascending order."""
    extra = len(found) > request.size
    if request.backward:
        return Page(list(found[-request.size :]), extra, request.before is not None)
    return Page(list(found[: request.size]), request.after is not None, extra)
