"""Builds the XML of requests. Values are escaped; what is XML already is a `Markup`."""

from xml.sax.saxutils import escape, quoteattr

from doorward.video.onvif.names import NAMESPACES


class Markup(str):
    """Text that is XML already."""

    __slots__ = ()


Content = Markup | str | int | float | bool | None


def element(name: str, *content: Content, **attributes: Content) -> Markup:
    """`<prefix:Name attribute="...">...</...>`; None is left out. Prefixes are those of `names`."""
    written = "".join(
        f" {key}={quoteattr(_text(value), {chr(10): ' '})}" for key, value in attributes.items() if value is not None
    )
    inside = "".join(each if isinstance(each, Markup) else escape(_text(each)) for each in content if each is not None)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def optional(name: str, value: Content) -> Markup | None:
    """An element with this value, or None where there is none."""
    return None if value is None else element(name, value)


def joined(*parts: Markup | None) -> Markup:
    """Elements one after the other."""
    return Markup("".join(part for part in parts if part is not None))


def envelope(header: Markup, body: Markup) -> bytes:
    """A whole SOAP 1.2 message; declares only the prefixes that are used in it."""
    inside = joined(element("s:Header", header) if header else None, element("s:Body", body))
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items() if _uses(inside, prefix))
    return f'<?xml version="1.0" encoding="utf-8"?><s:Envelope{declared}>{inside}</s:Envelope>'.encode()


def _uses(markup: str, prefix: str) -> bool:
    # A topic expression or a type may use a prefix in its text.
    return prefix == "s" or any(f"{before}{prefix}:" in markup for before in ("<", ">", " ", '"', "|"))


def _text(value: Content) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # Digits only: some devices read no exponents.
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
