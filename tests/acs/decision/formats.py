"""Card formats, and cards of them, for Hypothesis."""

from hypothesis import strategies as st

from doorward.acs.decision.card_format import BitField, CardFormat, Parity
from doorward.acs.decision.format_check import MAX_FACILITY_BITS


@st.composite
def card_formats(draw: st.DrawFn, max_bits: int = 256) -> CardFormat:
    """Any format that `check_format` accepts."""
    bits = draw(st.integers(1, max_bits))
    free = set(range(1, bits + 1))
    fields: dict[str, BitField] = {}
    for name in draw(st.sampled_from([("number",), ("facility",), ("number", "facility"), ("facility", "number")])):
        starts = sorted(free)
        if not starts:
            continue
        first = last = draw(st.sampled_from(starts))
        longest = draw(st.integers(1, min(bits, MAX_FACILITY_BITS if name == "facility" else bits)))
        while last + 1 in free and last - first + 1 < longest:
            last += 1
        free -= set(range(first, last + 1))
        fields[name] = BitField(first, last, draw(st.booleans()), draw(st.booleans()))
    positions = draw(st.lists(st.sampled_from(sorted(free)), max_size=4, unique=True)) if free else []
    parities: list[Parity] = []
    for index, position in enumerate(positions):
        coverable = sorted(set(range(1, bits + 1)) - set(positions[index:]))
        if not coverable:
            continue
        mask = draw(st.lists(st.sampled_from(coverable), min_size=1, max_size=12, unique=True))
        parities.append(Parity(position, draw(st.booleans()), tuple(mask)))
    return CardFormat(
        "drawn",
        "Drawn",
        bits,
        fields.get("number"),
        fields.get("facility"),
        tuple(parities),
        draw(st.booleans()),
        bits % 8 == 0 and draw(st.booleans()),
    )


def numbers(field: BitField | None) -> st.SearchStrategy[int | None]:
    """What a field can hold; None where there is none."""
    return st.none() if field is None else st.integers(0, field.largest)
