"""The simulation's side of its control: acts as JSON over loopback HTTP, behind a random token."""

import secrets
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from doorward.demo.acts import Act, DoorAct, Traffic
from doorward.demo.control_file import CONTROL_PATH
from doorward.demo.errors import ActRefused

LONGEST_ACT = 4096
"""Bytes of one act as JSON."""


def control_route(token: str, perform: Callable[[DoorAct], str], direct_traffic: Callable[[Traffic], str]) -> Route:
    """`POST /control` with `Authorization: Bearer <token>`: does the act in its body.

    Answers `{"done": sentence}`, or `{"refused": sentence}` with status 401 or 400.
    """
    expected = f"Bearer {token}".encode()

    async def control(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, expected):
            return _refuse("The token is missing or wrong: another simulation has started since.", 401)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_ACT:
                return _refuse(f"An act has at most {LONGEST_ACT} bytes.", 400)
        try:
            act: Act = msgspec.json.decode(body, type=Act)
        except msgspec.DecodeError as error:
            return _refuse(f"This is no act: {error}.", 400)
        try:
            done = direct_traffic(act) if isinstance(act, Traffic) else perform(act)
        except ActRefused as error:
            return _refuse(str(error), 400)
        return JSONResponse({"done": done})

    return Route(CONTROL_PATH, control, methods=["POST"])


def _refuse(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"refused": sentence}, status)
