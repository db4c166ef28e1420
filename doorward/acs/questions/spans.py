"""Spans of time, one taken from the other."""

from doorward.acs.decision.questions import Span, Spans


def without(spans: Spans, taken: Spans) -> Spans:
    """What of the spans lies outside `taken`. Both in order, each without overlaps; so is what is left."""
    left: list[Span] = []
    for span in spans:
        start = span.start
        for other in taken:
            if other.end <= start or other.start >= span.end:
                continue
            if other.start > start:
                left.append(Span(start, other.start))
            start = other.end
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)
