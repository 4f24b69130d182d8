"""Certificates on real TLS servers: what does not hold is used, and marked."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.hosts import HostState, Trust, load_host
from crawler.hosts import host_of
from tests.crawler.loopback import Loopback, captures, column, crawl, pages


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def tls(folder: Path, *, address: str = "127.0.0.1", days: int = 30) -> ssl.SSLContext:
    """A server's context with a certificate that it signed itself, for an address, until so many days on."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"server{address}{days}.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def state(home: Path, url: str) -> HostState:
    catalogue = open_catalogue(sqlite_url(home))
    try:
        return load_host(catalogue, host_of(url))
    finally:
        catalogue.close()


@pytest.mark.parametrize(
    "make",
    [lambda f: tls(f), lambda f: tls(f, days=-1), lambda f: tls(f, address="127.9.9.9")],
    ids=["signed by itself", "expired", "another host's"],
)
def test_a_certificate_that_does_not_hold_is_used_and_marked(
    home: Path, make: Callable[[Path], ssl.SSLContext]
) -> None:
    with Loopback(pages(column(3)), tls=make(home)) as server:
        outcome = crawl(home, server.url)
    assert server.url.startswith("https:")
    assert outcome.problem is None
    assert outcome.found == 3
    assert any("certificate" in note and "unverified" in note for note in outcome.notes)
    assert state(home, server.url).trust is Trust.UNVERIFIED
    assert state(home, server.url).trust_note
    rows = captures(home)
    failed = [c for c in rows if c["verdict"] == "error" and c["status"] is None]
    assert len(failed) == 1, "the attempt that was refused is recorded, once"
    assert all("does not hold" in c["reason"] for c in rows if c["verdict"] == "ok")


def test_a_certificate_that_holds_is_told_from_one_that_does_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = tls(home)
    monkeypatch.setenv("SSL_CERT_FILE", str(next(home.glob("server*.pem"))))
    with Loopback(pages(column(2)), tls=context) as server:
        outcome = crawl(home, server.url)
    assert outcome.notes == ()
    assert state(home, server.url).trust is Trust.VERIFIED


def test_a_host_that_speaks_only_http_is_used_and_marked(home: Path) -> None:
    with Loopback(pages(column(2))) as server:
        secure = server.url.replace("http:", "https:")
        outcome = crawl(home, secure)
        assert outcome.problem is None
        assert outcome.found == 2
        assert any("http is tried" in note for note in outcome.notes)
        assert state(home, server.url).trust is Trust.PLAIN


def test_a_host_that_is_not_there_is_still_told_as_such(home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outcome = crawl(home, f"https://127.0.0.1:{port}/")
    assert outcome.problem is not None
    assert "refused the connection" in outcome.problem
