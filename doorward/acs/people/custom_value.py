"""What a custom field takes, in the one form in which it is stored and compared."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from doorward.acs import check
from doorward.acs.errors import ValidationFailed
from doorward.acs.people.models import CustomFieldKind

LONGEST = 500
_NUMBER = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def canonical(kind: CustomFieldKind, choices: Sequence[str], text: str, *path: str) -> str:
    """The stored form of what was entered; "" if nothing was. Raises ValidationFailed with what would be accepted.

    Numbers are decimal without exponent, sign of zero or needless zeros (`+01.50` is `1.5`); dates are ISO 8601.
    """
    text = check.text(text, *path, longest=LONGEST, empty=True)
    if not text:
        return ""
    if kind is CustomFieldKind.NUMBER:
        return _number(text, *path)
    if kind is CustomFieldKind.DATE:
        return _date(text, *path)
    if kind is CustomFieldKind.CHOICE and text not in choices:
        raise ValidationFailed(f"Choose one of: {', '.join(choices)}.", *path)
    return text


def _number(text: str, *path: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValidationFailed("This is not a number: use digits and a decimal point, for example -12.5.", *path)
    whole, _, fraction = f"{Decimal(text):f}".partition(".")
    fraction = fraction.rstrip("0")
    shown = f"{whole}.{fraction}" if fraction else whole
    return "0" if shown == "-0" else shown


def _date(text: str, *path: str) -> str:
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise ValidationFailed("This is not a date: write it as year-month-day, for example 2026-01-31.", *path)
