"""The receivers of docs/guide/webhooks.md, as they stand there, against a live server that sends to them."""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook as Signer

from tests.e2e.process import Running, started
from tests.node import node_with
from tests.peers.live_site import Site, live_site, write_programs

CREATE = (
    "mutation($input: CreateWebhookInput!) "
    "{ createWebhook(input: $input) { webhook { id } secret errors { message } } }"
)
ENABLE = "mutation($id: ID!) { enableWebhook(input: {id: $id}) { errors { message } } }"
ROTATE = (
    "mutation($id: ID!, $grace: Duration!) { rotateWebhookSecret(input: {id: $id, grace: $grace}) "
    "{ secret errors { message } } }"
)
REPLAY = "mutation($id: ID!) { replayWebhookDelivery(input: {id: $id}) { errors { message } } }"
STATE = """
    query($id: ID!) {
      webhook(id: $id) { enabled stopReason pending }
      webhookDeliveries(webhookId: $id, last: 1) { nodes { id status lastAttemptAt responseStatus } }
    }
"""
WITHIN_S = 30.0

pytestmark = pytest.mark.timeout(200)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    arguments = ["--webhook-network", "127.0.0.0/8", "--webhook-http"]
    with live_site(tmp_path_factory.mktemp("webhooks"), *arguments) as site:
        yield site


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(what: str, found: Callable[[], bool]) -> None:
    """Ask until it is so."""
    deadline = time.monotonic() + WITHIN_S
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@dataclass
class Hook:
    """A webhook, and the program that it sends to."""

    site: Site
    folder: Path
    command: list[str]
    port: int
    id: str
    secret: str
    token: str

    @contextmanager
    def receiving(self) -> Iterator[Running]:
        """The receiver of the guide runs, and listens."""
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "WEBHOOK_SECRET": self.secret,
            "DOORWARD_URL": str(self.site.http.base_url).rstrip("/"),
            "DOORWARD_TOKEN": self.token,
            "WEBHOOK_ID": self.id,
        }
        with started(self.command, self.folder / "log", folder=self.folder, environment=environment) as program:
            until("it listens", lambda: self.listens(program))
            yield program

    def listens(self, program: Running) -> bool:
        assert program.process.poll() is None, program.log.read_text()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def state(self) -> dict[str, Any]:
        answer = self.site.http.post("/graphql", json={"query": STATE, "variables": {"id": self.id}}).json()
        return dict(answer["data"])

    def last(self) -> dict[str, Any]:
        """The last delivery."""
        (delivery,) = self.state()["webhookDeliveries"]["nodes"]
        return dict(delivery)

    def sent_again(self, taken: dict[str, Any]) -> bool:
        """Whether what was taken once has been taken another time."""
        last = self.last()
        return bool(last["status"] == "DELIVERED" and last["lastAttemptAt"] > taken["lastAttemptAt"])

    def hire(self, name: str) -> None:
        """Something that the webhook tells of."""
        self.site.hire(f"{self.port} {name}")

    def hear(self, program: Running, *names: str) -> None:
        """These come, in this order, and nothing before them."""
        for name in names:
            line = program.lines.get(timeout=WITHIN_S)
            assert line is not None, program.log.read_text()
            assert line.split() == ["audit.cardholder.created", "Number", str(self.port), name]

    def post(self, secret: str, made_at: datetime) -> int:
        """The answer to a message that somebody else sends."""
        body = '{"type": "webhook.test", "timestamp": "2026-11-21T21:43:00+00:00", "data": {}}'
        headers = {
            "webhook-id": "msg_forged",
            "webhook-timestamp": str(int(made_at.timestamp())),
            "webhook-signature": Signer(secret).sign("msg_forged", made_at, body),
        }
        return httpx.post(f"http://127.0.0.1:{self.port}/hook", content=body, headers=headers).status_code


@contextmanager
def answering_gone(port: int) -> Iterator[None]:
    """Somebody who wants nothing any more."""

    class Gone(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(410)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing of it is written."""

    server = HTTPServer(("127.0.0.1", port), Gone)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def python() -> list[str]:
    return [sys.executable, "receiver.py"]


def typescript() -> list[str]:
    return [node_with("typescript"), "receiver.ts"]


@pytest.fixture(params=[python, typescript], ids=["python", "typescript"])
def hook(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Hook:
    write_programs("webhooks.md", request.param.__name__, tmp_path)
    port = free_port()
    wanted = {"types": ["audit.cardholder.created"]}
    asked = {"name": f"receiver {port}", "url": f"http://127.0.0.1:{port}/hook", "filter": wanted}
    made = site.ask(CREATE, input=asked)
    return Hook(site, tmp_path, request.param(), port, made["webhook"]["id"], made["secret"], site.make_token()[0])


def test_the_receiver_takes_each_message_once_through_rotation_and_loss(hook: Hook) -> None:
    with hook.receiving() as program:
        hook.site.ask(ENABLE, id=hook.id)
        hook.hire("one")
        hook.hear(program, "one")
        until("it was taken", lambda: hook.last()["status"] == "DELIVERED")
        taken = hook.last()
        hook.site.ask(REPLAY, id=taken["id"])
        until("it was sent again", lambda: hook.sent_again(taken))
        tells_forged_from_true(hook, program)
        new = hook.site.ask(ROTATE, id=hook.id, grace="P1D")["secret"]
        hook.hire("two")
        hook.hear(program, "two")
    hook.secret = new
    with hook.receiving() as program:
        hook.hire("three")
        hook.hear(program, "three")
        newest = hook.site.ask(ROTATE, id=hook.id, grace="PT0S")["secret"]
        hook.hire("four")
        until("it was refused", lambda: hook.last()["responseStatus"] == 401)
    hook.secret = newest
    with hook.receiving() as program:
        hook.hear(program, "four")
        until("it was taken all the same", lambda: hook.last()["status"] == "DELIVERED")
    with answering_gone(hook.port):
        hook.hire("five")
        until("the webhook is disabled", lambda: hook.state()["webhook"]["stopReason"] == "GONE")
    hook.hire("six")
    with hook.receiving() as program:
        hook.hear(program, "five", "six")
        hook.site.ask(ENABLE, id=hook.id)
        hook.hire("seven")
        hook.hear(program, "seven")


def tells_forged_from_true(hook: Hook, program: Running) -> None:
    """Nothing is taken that was signed by another secret, or long ago, or not at all."""
    now = datetime.now(UTC)
    assert hook.post("whsec_" + "QUJD" * 8, now) == 401
    assert hook.post(hook.secret, now - timedelta(minutes=6)) == 401
    assert httpx.post(f"http://127.0.0.1:{hook.port}/hook", content="{}").status_code == 401
    assert hook.post(hook.secret, now) == 204
    assert (program.lines.get(timeout=WITHIN_S) or "").strip() == "webhook.test"
