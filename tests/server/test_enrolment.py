"""Enrolment over real TLS: who gets a certificate, who does not, and which certificates count."""

import asyncio
import ssl
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.exceptions import InvalidStatus

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.controllers.attempts import MOST_FROM_ONE
from doorward.acs.controllers.authority import fingerprint, make_authority
from doorward.acs.controllers.enrolment import UNUSED_FOR, EnrolmentRefused
from doorward.acs.controllers.enrolment import enrol as give_certificate
from doorward.acs.controllers.enrolment_code import EnrolmentCode, new_code, parse_code
from doorward.acs.controllers.models import ControllerAuthority, ControllerCertificate, ControllerCode
from doorward.acs.controllers.operations import create_controller, issue_enrolment_code, revoke_controller
from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import CertificateDue, CertificateIssued, CertificateRequest, Welcome
from doorward.hardware.remote.enrol import EnrolmentFailed, enrol
from doorward.hardware.remote.identity import Identity, NotEnrolled, new_key, trusting
from doorward.server.controller_listener import listen_for_controllers
from tests.server.link_world import LinkWorld, listening

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.server.controller_listener.WRONG_CODE_S", 0)


async def annexe(links: LinkWorld) -> str:
    return (await create_controller(links.world.domain, COMMAND_LINE, "Annexe")).id


async def test_a_controller_enrols_once_by_its_code_and_is_let_in(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        assert identity.controller_id == row.id
        (enrolled,) = await links.events(EventType.CONTROLLER_ENROLLED)
        assert (enrolled.controller_id, enrolled.data["address"]) == (row.id, "127.0.0.1")
        async with links.peer(identity, row.id) as peer:
            await peer.greet()
            assert (await peer.next(Welcome)).stored_sequence == 0


async def test_the_port_is_known_for_as_long_as_controllers_may_come(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        known = links.world.domain.controllers
        assert known.port == links.port
    assert known.port is None


async def test_the_private_key_is_for_its_owner_alone(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, _ = await links.enrolled()
        own = tmp_path / row.name / "controller.pem"
        assert stat.S_IMODE(own.stat().st_mode) == 0o600
        assert b"PRIVATE KEY" in own.read_bytes()


async def test_a_code_works_once(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        code = parse_code(await links.code(await annexe(links)))
        await enrol(links.url, code, Identity(tmp_path))
        with pytest.raises(EnrolmentFailed, match="wrong, was used"):
            await enrol(links.url, code, Identity(tmp_path))


async def test_a_newer_code_ends_the_older_one(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        controller_id = await annexe(links)
        older = parse_code(await links.code(controller_id))
        newer = parse_code(await links.code(controller_id))
        with pytest.raises(EnrolmentFailed, match="replaced by a newer one"):
            await enrol(links.url, older, Identity(tmp_path))
        await enrol(links.url, newer, Identity(tmp_path))


async def test_a_code_expires(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        code = parse_code(await links.code(await annexe(links)))
        links.world.clock.advance(timedelta(minutes=15))
        with pytest.raises(EnrolmentFailed, match="has expired"):
            await enrol(links.url, code, Identity(tmp_path))
        (failed,) = await links.events(EventType.CONTROLLER_ENROLMENT_FAILED)
        assert failed.data["address"] == "127.0.0.1"


async def test_a_wrong_code_is_refused_audited_and_soon_not_even_heard(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        right = parse_code(await links.code(await annexe(links)))
        wrong = EnrolmentCode("0" * len(right.secret), right.authority)
        for _ in range(MOST_FROM_ONE):
            with pytest.raises(EnrolmentFailed, match="is wrong"):
                await enrol(links.url, wrong, Identity(tmp_path))
        with pytest.raises(EnrolmentFailed, match="Too many attempts"):
            await enrol(links.url, right, Identity(tmp_path))
        failures = await links.events(EventType.CONTROLLER_ENROLMENT_FAILED)
        assert [event.data["failures"] for event in failures] == [1, MOST_FROM_ONE]
        links.world.clock.advance(timedelta(minutes=14))
        with pytest.raises(EnrolmentFailed, match="Too many attempts"):
            await enrol(links.url, right, Identity(tmp_path))


async def test_many_wrong_codes_at_once_are_still_few(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        right = parse_code(await links.code(await annexe(links)))
        wrong = EnrolmentCode("0" * len(right.secret), right.authority)
        attempts = [enrol(links.url, wrong, Identity(tmp_path)) for _ in range(3 * MOST_FROM_ONE)]
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
        assert all(isinstance(outcome, EnrolmentFailed) for outcome in outcomes)
        told = await Event.filter(type=EventType.CONTROLLER_ENROLMENT_FAILED)
        assert {event.data["failures"] for event in told} == {1, MOST_FROM_ONE}


async def test_nothing_is_said_to_a_server_that_the_code_is_not_of(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        code = parse_code(await links.code(await annexe(links)))
        impostor = make_authority(links.world.clock())
        other = EnrolmentCode(code.secret, new_code(fingerprint(impostor.certificate)).authority)
        with pytest.raises(EnrolmentFailed, match="somebody between"):
            await enrol(links.url, other, Identity(tmp_path))
        assert await ControllerCode.all().count() == 1, "the code was not shown to anybody"
        assert not await Event.filter(type=EventType.CONTROLLER_ENROLMENT_FAILED).exists()


async def test_an_impostor_that_shows_the_right_authority_has_no_certificate_of_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may repeat the authority's certificate, which is no secret; TLS then asks for the key behind it."""
    async with listening(database_url, tmp_path) as links:
        code = parse_code(await links.code(await annexe(links)))
        real = (await the_authority(links.world.domain)).certificate
        false = make_authority(links.world.clock())

        async def impostor(domain: object) -> object:
            return false

        monkeypatch.setattr("doorward.server.own_certificate.the_authority", impostor)
        monkeypatch.setattr("doorward.hardware.remote.enrol._authority_of", lambda url: real)
        async with listen_for_controllers(links.world.domain, links.hub, "127.0.0.1", 0) as port:
            with pytest.raises(EnrolmentFailed, match="certificate"):
                await enrol(f"wss://127.0.0.1:{port}", code, Identity(tmp_path))
        assert await ControllerCode.all().count() == 1


async def test_neither_code_nor_key_is_readable_in_the_database(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        controller_id = await annexe(links)
        issued = await issue_enrolment_code(links.world.domain, COMMAND_LINE, controller_id)
        secret = parse_code(issued.code).secret
        code = await ControllerCode.get()
        assert secret not in code.digest
        authority = await ControllerAuthority.get()
        assert (await the_authority(links.world.domain)).key not in bytes(authority.sealed_key)
        told = [str(event.data) for event in await Event.all()]
        assert not [text for text in told if secret in text or issued.code in text]
        assert secret not in repr(issued) + repr(parse_code(issued.code))


@pytest.mark.parametrize("key", ["rsa", "p384", "unsigned", "rubbish", "endless"])
async def test_a_request_for_another_kind_of_key_is_refused_and_the_code_stays(
    database_url: str, key: str, tmp_path: Path
) -> None:
    async with listening(database_url, tmp_path) as links:
        secret = parse_code(await links.code(await annexe(links))).secret
        builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
        match key:
            case "rsa":
                private = rsa.generate_private_key(65537, 2048)
                csr = builder.sign(private, SHA256()).public_bytes(Encoding.DER)
            case "p384":
                csr = builder.sign(ec.generate_private_key(ec.SECP384R1()), SHA256()).public_bytes(Encoding.DER)
            case "unsigned":
                good = new_key().csr
                csr = good[:-4] + bytes(4)
            case "endless":
                csr = b"0" * 100_000
            case _:
                csr = b"no request"
        with pytest.raises(EnrolmentRefused, match="request"):
            await give_certificate(links.world.domain, secret, csr, "10.0.0.1")
        assert await ControllerCode.all().count() == 1


async def test_without_a_certificate_there_is_no_link(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, _ = await links.enrolled()
        bare = Identity(tmp_path / "nobody")
        with pytest.raises(NotEnrolled):
            bare.tls()

        class NoCertificate(Identity):
            def tls(self) -> ssl.SSLContext:
                return trusting((tmp_path / row.name / "authority.pem").read_bytes())

        with pytest.raises(InvalidStatus, match="401"):
            async with links.peer(NoCertificate(tmp_path), row.id):
                pass


async def test_a_revoked_controller_loses_its_link_at_once_and_gets_none(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        async with links.peer(identity, row.id) as peer:
            await peer.greet()
            await peer.next(Welcome)
            await revoke_controller(links.world.domain, COMMAND_LINE, row.id)
            assert await peer.closed() == "revoked"
        with pytest.raises(InvalidStatus, match="403"):
            async with links.peer(identity, row.id):
                pass
        (revoked,) = await links.events(EventType.CONTROLLER_REVOKED)
        assert revoked.controller_id == row.id


async def test_an_expired_certificate_is_refused(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        links.world.clock.advance(timedelta(days=90))
        with pytest.raises(InvalidStatus, match="403"):
            async with links.peer(identity, row.id):
                pass


async def test_a_certificate_for_another_controller_is_of_no_use(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        _, identity = await links.enrolled()
        other, _ = await links.enrolled("Barn")
        async with links.peer(identity, other.id) as peer:
            await peer.greet()
            assert "another controller's name" in await peer.closed()
        assert not links.world.domain.controllers.of(other.id).connected


async def test_a_certificate_is_renewed_over_the_link_and_the_old_one_counts_until_the_new_one_is_used(
    database_url: str, tmp_path: Path
) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        old = await ControllerCertificate.get()
        links.world.clock.advance(timedelta(days=61))
        key = new_key()
        async with links.peer(identity, row.id) as peer:
            await peer.greet()
            await peer.next(CertificateDue)
            await peer.say(CertificateRequest(key.csr))
            issued = await peer.next(CertificateIssued)
        async with links.peer(identity, row.id):
            pass  # The old one still counts.
        elsewhere = tmp_path / "renewed"
        elsewhere.mkdir()
        renewed = Identity(elsewhere)
        renewed.keep(key, issued.certificate, issued.authority)
        async with links.peer(renewed, row.id):
            pass
        with pytest.raises(InvalidStatus, match="403"):
            async with links.peer(identity, row.id):
                pass
        await old.refresh_from_db()
        assert old.ended_at is not None


async def test_a_certificate_counts_though_another_was_issued_before_it_was_used(
    database_url: str, tmp_path: Path
) -> None:
    """A slow controller is reminded while its answer is on the way, and has one certificate only: the first it got."""
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        links.world.clock.advance(timedelta(days=61))
        key = new_key()
        async with links.peer(identity, row.id) as peer:
            await peer.greet()
            await peer.say(CertificateRequest(key.csr))
            first = await peer.next(CertificateIssued)
            links.world.clock.advance(timedelta(minutes=1))
            await peer.say(CertificateRequest(key.csr))
            await peer.next(CertificateIssued)
        identity.keep(key, first.certificate, first.authority)
        async with links.peer(identity, row.id):
            pass


async def test_a_certificate_that_was_never_used_ends_with_the_next_renewal(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        async with links.peer(identity, row.id) as peer:
            await peer.greet()
            for _ in range(3):
                await peer.say(CertificateRequest(new_key().csr))
                await peer.next(CertificateIssued)
                links.world.clock.advance(UNUSED_FOR + timedelta(seconds=1))
        assert await ControllerCertificate.filter(first_used_at=None, ended_at=None).count() == 1


async def test_a_controller_that_asks_for_certificates_without_end_is_refused(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.controllers.enrolment.MOST_UNUSED", 3)
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        async with links.peer(identity, row.id) as peer:
            await peer.greet()
            for _ in range(4):
                await peer.say(CertificateRequest(new_key().csr))
            assert "again and again" in await peer.closed()


async def test_enrolling_anew_ends_the_old_computer_once_the_new_one_has_connected(
    database_url: str, tmp_path: Path
) -> None:
    async with listening(database_url, tmp_path) as links:
        row, old = await links.enrolled()
        new_folder = tmp_path / "new computer"
        new_folder.mkdir()
        links.world.clock.advance(timedelta(days=1))
        new = Identity(new_folder)
        await enrol(links.url, parse_code(await links.code(row.id)), new)
        async with links.peer(old, row.id):
            pass
        async with links.peer(new, row.id):
            pass
        with pytest.raises(InvalidStatus, match="403"):
            async with links.peer(old, row.id):
                pass


async def test_a_folder_with_another_controllers_journal_is_not_taken_over(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        other = await create_controller(links.world.domain, COMMAND_LINE, "Barn")
        with pytest.raises(EnrolmentFailed, match="journal of another"):
            await enrol(links.url, parse_code(await links.code(other.id)), identity, must_be=row.id)
        assert identity.controller_id == row.id
