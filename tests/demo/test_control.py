"""Reaching the running simulation: only with its token, and with clear words when it cannot be reached."""

import asyncio
import socket
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from doorward.acs.decision.policy import Side
from doorward.demo.acts import Act, Badge, DoorAct, Force, Traffic
from doorward.demo.control_client import send
from doorward.demo.control_file import CONTROL_PATH, ControlAddress, save_control
from doorward.demo.control_server import LONGEST_ACT, control_route
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import ActRefused, NoSimulation

TOKEN = "a-token"


class Simulation:
    """What stands behind the control."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    def perform(self, act: DoorAct) -> str:
        self.acts.append(act)
        if act.door == "Cellar":
            raise ActRefused("There is no door called Cellar.")
        return f"{act.door} did it."

    def direct_traffic(self, order: Traffic) -> str:
        self.acts.append(order)
        return "People begin to come."

    def post(self, body: bytes, token: str = TOKEN) -> httpx.Response:
        route = control_route(TOKEN, self.perform, self.direct_traffic)

        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(Starlette(routes=[route]))
            async with httpx.AsyncClient(transport=transport, base_url="http://simulation") as client:
                headers = {b"Authorization": f"Bearer {token}".encode()} if token else {}
                return await client.post(CONTROL_PATH, content=body, headers=headers)

        return asyncio.run(request())


@pytest.mark.parametrize("token", ["", "another-token", "é"])
def test_without_the_token_nothing_is_done(token: str) -> None:
    simulation = Simulation()
    response = simulation.post(msgspec.json.encode(Force("Office")), token)
    assert response.status_code == 401
    assert simulation.acts == []


@pytest.mark.parametrize("act", [Badge("Office", Side.A, 17, 1042), Force("Office"), Traffic(True, 3)])
def test_an_act_arrives_as_it_was_sent_and_is_answered_in_words(act: Act) -> None:
    simulation = Simulation()
    response = simulation.post(msgspec.json.encode(act))
    assert response.status_code == 200
    assert set(response.json()) == {"done"}
    assert simulation.acts == [act]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"type":"explode","door":"Office"}', b'{"type":"force"}', b"[" * (LONGEST_ACT + 1)],
)
def test_what_is_no_act_is_refused(body: bytes) -> None:
    simulation = Simulation()
    response = simulation.post(body)
    assert response.status_code == 400
    assert response.json()["refused"]
    assert simulation.acts == []


def test_a_refusal_keeps_its_words() -> None:
    response = Simulation().post(msgspec.json.encode(Force("Cellar")))
    assert (response.status_code, response.json()) == (400, {"refused": "There is no door called Cellar."})


def test_without_a_running_simulation_it_is_said_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(NoSimulation, match="doorward demo --data"):
        send(DemoDirectory.at(tmp_path), Force("Office"))


def test_a_simulation_that_was_killed_is_not_running(tmp_path: Path) -> None:
    directory = DemoDirectory.at(tmp_path)
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        save_control(directory, ControlAddress(f"http://127.0.0.1:{port}{CONTROL_PATH}", TOKEN))
        with pytest.raises(NoSimulation, match="No simulation is running"):
            send(directory, Force("Office"))
