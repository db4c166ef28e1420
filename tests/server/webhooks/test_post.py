"""Requests go where they may, by the name that was meant, and nowhere else."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.acs.webhooks.live import Outgoing
from doorward.server.webhooks.guard import Resolve, Resolver
from doorward.server.webhooks.post import Poster
from tests.server.webhooks.receiver import LOOPBACK, Receiver, receiver, reply, resolve

pytestmark = pytest.mark.anyio


def known(**hosts: list[str]) -> Resolve:
    async def look_up(host: str, port: int) -> list[str]:
        return hosts[host.replace(".", "_")]

    return look_up


@asynccontextmanager
async def poster(resolver: Resolve = resolve, allowed: bool = True, trust: str | None = None) -> AsyncIterator[Poster]:
    context = ssl.create_default_context(cadata=trust) if trust else None
    one = Poster(resolver, LOOPBACK if allowed else (), context, timeout_s=2)
    try:
        yield one
    finally:
        await one.close()


def to(url: str) -> Outgoing:
    return Outgoing(url, {"webhook-id": "1"}, b'{"type": "x"}')


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "localhost", "0.0.0.0", "[::]"],
)
async def test_however_it_is_written_loopback_is_refused(host: str) -> None:
    async with receiver() as there:
        resolver = Resolver()
        async with poster(resolver, allowed=False) as post:
            answer = await post(to(f"http://{host}:{there.port}/"))
        resolver.close()
        assert answer.status is None
        assert "not a public address" in (answer.error or "")
        assert there.connections == 0


@pytest.mark.parametrize("address", ["10.0.0.7", "169.254.169.254", "fd00::7", "fe80::7%1", "224.0.0.1"])
async def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    async with poster(known(inside_example=[address]), allowed=False) as post:
        answer = await post(to("https://inside.example/"))
    assert "not a public address" in (answer.error or "")


async def test_one_address_inside_among_others_is_enough_to_refuse() -> None:
    async with receiver() as there, poster(known(two_example=["127.0.0.1", "10.0.0.1"])) as post:
        answer = await post(to(f"http://two.example:{there.port}/"))
        assert "10.0.0.1, which is not a public address" in (answer.error or "")
        assert there.connections == 0


async def test_a_name_is_looked_up_once_and_that_address_is_connected_to() -> None:
    """A name server that gives another address each time: what was looked at is what is used."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with receiver() as there, poster(rebinding) as post:
        assert (await post(to(f"http://rebound.example:{there.port}/hook"))).status == 204
        assert asked == ["rebound.example"]
        assert there.got[0].headers["host"] == f"rebound.example:{there.port}"


async def test_an_answer_that_changes_to_the_inside_is_refused_on_the_next_connection() -> None:
    addresses = ["127.0.0.1", "10.0.0.1"]

    async def rebinding(host: str, port: int) -> list[str]:
        return [addresses.pop(0)]

    async def close(writer: asyncio.StreamWriter) -> None:
        await reply(200, connection="close")(writer)
        writer.close()

    async with receiver() as there, poster(rebinding) as post:
        there.replies = [close]
        assert (await post(to(f"http://rebound.example:{there.port}/"))).status == 200
        assert "10.0.0.1" in ((await post(to(f"http://rebound.example:{there.port}/"))).error or "")


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async with receiver() as there, poster(known(two_example=["127.0.0.9", "127.0.0.1"])) as post:
        assert (await post(to(f"http://two.example:{there.port}/"))).status == 204


async def test_the_environment_s_proxies_are_not_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver() as there, receiver() as proxy, poster() as post:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await post(to(there.url))).status == 204
        assert not proxy.got


async def test_a_body_is_not_unpacked() -> None:
    async with receiver() as there, poster() as post:
        there.replies = [reply(200, b"\x1f\x8bpacked", content_encoding="gzip")]
        answer = await post(to(there.url))
        assert (answer.status, answer.body) == (200, b"\x1f\x8bpacked")
        assert there.got[0].headers["accept-encoding"] == "identity"


async def test_what_is_no_http_is_an_error_in_words() -> None:
    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()

    async with receiver() as there, poster() as post:
        there.replies = [nonsense]
        assert (await post(to(there.url))).error
    async with poster() as post:
        assert "could be sent" in ((await post(to("http://127.0.0.1:9/"))).error or "")


class Authority:
    """A certificate for one name, signed by itself."""

    def __init__(self, directory: Path, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(named)
            .issuer_name(named)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        both = directory / "both.pem"
        plain = serialization.NoEncryption()
        both.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain) + self.pem.encode()
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(both)
        self.asked_for: list[str | None] = []
        self.context.sni_callback = lambda _, asked, __: self.asked_for.append(asked)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "hooks.example")


@asynccontextmanager
async def tls_receiver(authority: Authority) -> AsyncIterator[Receiver]:
    one = Receiver()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, ssl=authority.context)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


async def test_tls_goes_by_the_name_although_the_connection_goes_to_the_address(authority: Authority) -> None:
    hosts = known(hooks_example=["127.0.0.1"], other_example=["127.0.0.1"])
    async with tls_receiver(authority) as there, poster(hosts, trust=authority.pem) as post:
        assert (await post(to(f"https://hooks.example:{there.port}/"))).status == 204
        assert authority.asked_for == ["hooks.example"]
        wrong = await post(to(f"https://other.example:{there.port}/"))
        assert "certificate is not valid for 'other.example'" in (wrong.error or "")
    async with tls_receiver(authority) as there, poster(hosts) as post:
        assert "certificate" in ((await post(to(f"https://hooks.example:{there.port}/"))).error or "")
        assert not there.got
