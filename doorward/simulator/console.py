"""The console: a person plays with the site, one line at a time, and sees what happens."""

import shlex
from collections.abc import Callable

import msgspec

from doorward.hardware.simulators.happening import Happening
from doorward.hardware.simulators.site import SimulatedSite
from doorward.simulator.deed import deed_of
from doorward.simulator.errors import SimulatorError
from doorward.simulator.inbox import Inbox, Line, Say, Stop
from doorward.simulator.scenario import Step
from doorward.simulator.site_names import SiteNames

HELP = """\
Type one of these; names with spaces go in quotes. Every field of a scenario's step may follow as name=value.
  badge READER CARD [FACILITY]     show a 26-bit card, and walk through if the door lets you
  keys READER KEYS                 press keys of a keypad, for example 1234#
  rex DOOR                         press the exit button and leave
  force DOOR                       break the door open
  hold DOOR SECONDS                keep the door open
  switch DOOR CONTACT [true|false] the emergency or tamper contact of a door
  input DEVICE NUMBER [true|false] an input that is on no door
  input NAME [active=false]        an auxiliary input becomes active, or comes to rest
  unplug NAME, replug NAME         cut or mend the cable of a device, of a whole door, or of a port
  tamper NAME [true|false]         open or shut a housing
  power_cycle NAME [SECONDS]       take the power away for a while
  fault NAME WHAT=HOW ...          noise=0.1 drop=0.01 duplicate=0.1 delay_ms=100 dead=true wrong_key=true
                                   install_mode=true, and seconds=10 for a while only
  mend NAME                        put right what a fault did
  status                           which devices a controller reaches
  help, quit"""

_FORMS: dict[str, tuple[str, ...]] = {
    "badge": ("reader", "card", "facility"),
    "keys": ("reader", "keys"),
    "rex": ("door",),
    "force": ("door",),
    "hold": ("door", "seconds"),
    "switch": ("door", "contact", "active"),
    "input": ("device", "input", "active"),
    "unplug": ("device",),
    "replug": ("device",),
    "tamper": ("device", "active"),
    "power_cycle": ("device", "off_seconds"),
    "fault": ("device",),
    "mend": ("device",),
}
_TIMING = frozenset({"at", "after", "every", "times", "expect"})


class Console:
    """Does what is typed to a started site."""

    def __init__(self, site: SimulatedSite, say: Say, monotonic: Callable[[], float]) -> None:
        self._site = site
        self._names = SiteNames(site.spec)
        self._say = say
        self._begun = monotonic()

    def run(self, inbox: Inbox) -> None:
        """Until somebody says so."""
        while True:
            for item in inbox.wait(None):
                match item:
                    case Happening():
                        self._say(f"{item.at - self._begun:8.1f} s  {_told(item)}")
                    case Stop():
                        return
                    case Line(text):
                        if text.strip().casefold() in ("quit", "exit"):
                            return
                        self._take(text)

    def _take(self, line: str) -> None:
        try:
            words = shlex.split(line, comments=True)
            if words:
                self._say(self._answer(words))
        except SimulatorError as error:
            self._say(str(error))
        except ValueError as error:
            self._say(f"This line cannot be read: {error}.")

    def _answer(self, words: list[str]) -> str:
        match words:
            case ["help"]:
                return HELP
            case ["status"]:
                return self._status()
        deed = deed_of(step_of(words), self._names)
        deed.do(self._site)
        return f"{deed.said}."

    def _status(self) -> str:
        online = self._site.online()
        return "\n".join(
            f"{device.name}: {'online' if device.name in online else 'offline'} "
            f"({device.port}, address {device.address})"
            for device in self._site.spec.devices
        )


def step_of(words: list[str]) -> Step:
    """The step that a line asks for. Raises SimulatorError."""
    command, rest = words[0].casefold(), words[1:]
    form = _FORMS.get(command)
    if form is None:
        raise SimulatorError(f"There is no command {words[0]}. Type help to see them all.")
    given: dict[str, str] = {"do": command}
    plain = [word for word in rest if not _names_a_field(word)]
    if len(plain) > len(form):
        raise SimulatorError(f"{command} takes {', '.join(form)}. Put names with spaces in quotes.")
    given.update(zip(form, plain, strict=False))
    for word in rest:
        if _names_a_field(word):
            name, _, value = word.partition("=")
            given[name] = value
    if _TIMING & given.keys():
        raise SimulatorError(f"{', '.join(sorted(_TIMING))} are for scenarios; here everything is done at once.")
    try:
        step: Step = msgspec.convert(given, Step, strict=False)
    except msgspec.ValidationError as error:
        raise SimulatorError(f"{command} cannot be done: {error}. It takes {', '.join(form)}; type help.") from error
    return step


def _names_a_field(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


def _told(happening: Happening) -> str:
    colour = f" {happening.colour.value}" if happening.colour else ""
    return f"{happening.subject}: {happening.what.value.replace('_', ' ')}{colour}"
