"""Refusals, as SOAP 1.2 has them (ONVIF Core Specification, section 5.8)."""

from doorward.video.onvif.message import Markup, element, envelope


class Refusal(Exception):
    """A request that the device answers with a fault."""

    def __init__(self, subcode: str, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.subcode = subcode
        self.status = status

    def message(self) -> bytes:
        """The answer."""
        subcode = element(
            "s:Subcode",
            Markup(f'<s:Value xmlns:ter="http://www.onvif.org/ver10/error">ter:{self.subcode}</s:Value>'),
        )
        reason = Markup(f'<s:Text xml:lang="en">{self}</s:Text>')
        fault = element(
            "s:Fault",
            element("s:Code", element("s:Value", "s:Sender"), subcode),
            element("s:Reason", reason),
        )
        return envelope(Markup(), Markup(fault))
