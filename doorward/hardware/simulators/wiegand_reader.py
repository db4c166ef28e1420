"""Simulated Wiegand readers behind serial converters: what they send, in the framing of their line."""

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.doors.wiegand import KeypadMode
from doorward.hardware.simulators.line import SerialLine
from doorward.hardware.simulators.site_spec import WiegandReaderSpec
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heartbeat, TamperInput
from doorward.hardware.wiegand.keypad import burst_of_key

READ_BYTES = 4_096


class SiteConverter:
    """A converter's end of a serial line. One thread uses it."""

    def __init__(self, line: SerialLine, codec: Codec) -> None:
        self.line = line
        self.codec = codec

    def send(self, frame: Frame) -> None:
        """Write a frame. Raises ValueError for one that the framing cannot carry."""
        self.line.write(self.codec.encode(frame))

    def beat(self) -> None:
        """Say that it is there."""
        self.send(Heartbeat())

    def drain(self) -> None:
        """Take what the controller sends for lights and buzzers, which nobody sees here."""
        self.line.read(READ_BYTES)


class SiteWiegandReader:
    """A reader on a channel of a converter. One thread uses it."""

    def __init__(self, spec: WiegandReaderSpec, converter: SiteConverter) -> None:
        self.spec = spec
        self._converter = converter
        self._plugged = True
        self._typed = ""

    def present(self, bits: CardBits) -> None:
        """A card is held to it; one that the framing cannot carry does not get through, as with a real converter."""
        self._burst(bits)

    def press(self, keys: str) -> None:
        """Keys of its keypad are pressed, one after the other. A keypad that keeps a PIN sends it with #."""
        for key in keys:
            match self.spec.keypad:
                case KeypadMode.NONE:
                    return
                case KeypadMode.BUFFERED_26:
                    self._keep(key)
                case mode:
                    self._burst(burst_of_key(mode, key))

    def plug(self, plugged: bool) -> None:
        """Cut or mend the cable between it and its converter."""
        self._plugged = plugged

    def tamper(self, active: bool) -> None:
        """Its housing is opened or shut: its tamper circuit is closed while it is shut, where the converter has one."""
        if self._converter.codec.framing.tamper and self._plugged:
            self._converter.send(TamperInput(closed=not active, channel=self.spec.channel))

    def _keep(self, key: str) -> None:
        if key.isdigit():
            self._typed += key
            return
        typed, self._typed = self._typed, ""
        if key == "#" and typed and self.spec.pin_facility is not None:
            self._burst(encode_h10301(self.spec.pin_facility, int(typed) & 0xFFFF))

    def _burst(self, bits: CardBits) -> None:
        if not self._plugged:
            return
        try:
            self._converter.send(Burst(bits, self.spec.channel))
        except ValueError:
            return
