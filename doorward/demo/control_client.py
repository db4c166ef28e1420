"""Acting on the simulation that runs for a data directory."""

import http.client
import urllib.error
import urllib.request

import msgspec

from doorward.demo.acts import Act
from doorward.demo.control_file import load_control, no_simulation
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import ActRefused

TIMEOUT_S = 10.0


class _Answer(msgspec.Struct, frozen=True):
    done: str = ""
    refused: str = ""


def send(directory: DemoDirectory, act: Act) -> str:
    """Have it done; what was done, as a sentence. Blocks. Raises NoSimulation or ActRefused."""
    control = load_control(directory)
    request = urllib.request.Request(  # noqa: S310 - our own file names the URL: loopback HTTP
        control.url,
        msgspec.json.encode(act),
        {"Authorization": f"Bearer {control.token}", "Content-Type": "application/json"},
    )
    # Never through a proxy that the environment may name: the simulation is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            answer = _read(response.read())
    except urllib.error.HTTPError as error:
        with error:
            answer = _read(error.read())
        raise ActRefused(answer.refused or f"The simulation answered with status {error.code}.") from error
    except (OSError, http.client.HTTPException) as error:
        raise no_simulation(directory) from error
    return answer.done


def _read(body: bytes) -> _Answer:
    try:
        return msgspec.json.decode(body, type=_Answer)
    except msgspec.DecodeError:
        return _Answer()
