"""The holidays of a country or a part of one, from the library `holidays`. Slow at first: call it in a thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import holidays

from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules.holiday import Filling, filling, merged, window
from doorward.acs.schedules.models import CalendarSource


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 code, with the codes of its subdivisions."""

    code: str
    subdivisions: tuple[str, ...]


def countries() -> list[Country]:
    """Every country there are holidays for."""
    known = holidays.list_supported_countries(include_aliases=False)
    return [Country(code, tuple(subdivisions)) for code, subdivisions in sorted(known.items())]


def from_country(country: str, subdivision: str | None, categories: Sequence[str], today: date) -> Filling:
    """The holidays of whole years around today. `categories`: such as public, bank, half_day; none: public."""
    country = country.strip().upper()
    known = {found.code: found.subdivisions for found in countries()}
    if country not in known:
        raise ValidationFailed(f"There are no holidays for {country}. Give an ISO 3166 code such as DE.", "country")
    if subdivision is not None and subdivision not in known[country]:
        choices = ", ".join(known[country]) or "none"
        raise ValidationFailed(f"{country} has no part {subdivision}. There are: {choices}.", "subdivision")
    offered = holidays.country_holidays(country).supported_categories
    if unknown := [category for category in categories if category not in offered]:
        raise ValidationFailed(
            f"{country} has no category {unknown[0]}. There are: {', '.join(sorted(offered))}.", "categories"
        )
    first, last = window(today)
    years = range(first.year, last.year + 1)
    found = holidays.country_holidays(
        country, subdiv=subdivision, years=years, categories=tuple(categories) or None, language="en_US"
    )
    named = merged([(day, name) for day, name in sorted(found.items()) if first <= day <= last])
    return replace(
        filling(CalendarSource.COUNTRY, named),
        country=country,
        subdivision=subdivision,
        categories=tuple(categories),
        covers_to=last,
    )
