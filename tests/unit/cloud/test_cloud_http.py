"""The cloud's face: who may ask, what is refused and how it looks, rules with their tags."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from kit import cloud_world as cw

from cloud.app import application
from cloud.serving import Address, Serving
from pos_agent.sync.client import CloudClient
from pos_agent.sync.faults import UnreachableError

EPOCH = "ab" * 16


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cw.CloudServer]:
    server = cw.CloudServer(tmp_path_factory.mktemp("cloud"))
    yield server
    server.close()


@pytest.fixture
def http(cloud: cw.CloudServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.endpoint, trust_env=False, timeout=10) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def refusal(response: httpx.Response) -> str:
    """The code; the shape is the same for every refusal."""
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert {"code", "trace"} <= set(error) <= {"code", "trace", "detail"}
    assert len(error["trace"]) == 16
    return error["code"]


def test_anybody_may_ask_whether_it_lives(http) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/v1/ledger/till-1/head", "/v1/rules"])
@pytest.mark.parametrize("header", [{}, bearer("x" * 43), {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}])
def test_without_a_token_there_is_nothing(http, path, header) -> None:
    response = http.get(path, headers=header)
    assert (response.status_code, refusal(response)) == (401, "not_admitted")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_another_register_and_another_path_look_alike(http, cloud) -> None:
    other = http.get("/v1/ledger/till-2/head", headers=bearer(cloud.token))
    nowhere = http.get("/v1/nowhere", headers=bearer(cloud.token))
    method = http.delete("/v1/rules", headers=bearer(cloud.token))
    publishing = http.post("/v1/rules", headers=bearer(cloud.token), content=b"{}")
    assert [(one.status_code, refusal(one)) for one in (other, nowhere, method, publishing)] == [
        (403, "forbidden"),
        (404, "not_found"),
        (405, "not_allowed"),
        (403, "forbidden"),
    ]
    assert set(other.json()["error"]) == set(nowhere.json()["error"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"[" * 50_000, 400),
        (b'{"events": []}', 400),
        (b'{"events": [{}], "first_seq": 0}', 400),
        (b'{"events": [1], "first_seq": 1}', 400),
        (b"\xff\xfe", 400),
        (b'{"pad": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_what_is_no_batch_is_refused(http, cloud, body, status) -> None:
    response = http.post("/v1/ledger/till-1", headers=bearer(cloud.token), content=body)
    assert response.status_code == status
    refusal(response)


def test_only_plain_json_is_read(http, cloud) -> None:
    for headers in ({"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}):
        response = http.post("/v1/ledger/till-1", headers=bearer(cloud.token) | headers, content=b"{}")
        assert (response.status_code, refusal(response)) == (415, "not_json")


def test_rules_are_published_by_the_owner_and_fetched_with_a_tag(http, cloud) -> None:
    assert http.get("/v1/rules", headers=bearer(cloud.token)).status_code == 204
    bad = http.post("/v1/rules", headers=bearer(cloud.owner), json={"content": "[program]\nid = 1"})
    assert (bad.status_code, refusal(bad)) == (422, "not_valid")
    assert "program" in bad.json()["error"]["detail"]
    for wrong in ({"content": 5}, {"content": cw.RULES, "format": "yaml"}, [], {"content": cw.RULES, "format": []}):
        assert http.post("/v1/rules", headers=bearer(cloud.owner), json=wrong).status_code == 400
    first = http.post("/v1/rules", headers=bearer(cloud.owner), json={"content": cw.RULES}).json()
    assert first == {"version": 1, "hash": hashlib.sha256(cw.RULES.encode()).hexdigest()}
    assert http.post("/v1/rules", headers=bearer(cloud.owner), json={"content": cw.RULES}).json() == first
    got = http.get("/v1/rules", headers=bearer(cloud.token))
    assert got.json() == {**first, "format": "toml", "content": cw.RULES}
    tag = {"If-None-Match": got.headers["ETag"]}
    assert http.get("/v1/rules", headers=bearer(cloud.token) | tag).status_code == 304
    second = http.post("/v1/rules", headers=bearer(cloud.owner), json={"content": cw.RULES + "\n"}).json()
    assert second["version"] == 2
    assert http.get("/v1/rules", headers=bearer(cloud.token) | tag).json()["version"] == 2


def test_a_slow_body_does_not_hold_others(http, cloud) -> None:
    with socket.create_connection(("127.0.0.1", int(cloud.endpoint.rpartition(":")[2]))) as slow:
        slow.sendall(f"POST /v1/ledger/till-1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {cloud.token}\r\n".encode())
        slow.sendall(b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        assert http.get("/v1/ledger/till-1/head", headers=bearer(cloud.token)).status_code == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Signed by itself: a client trusts it only when told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem", folder / "key.pem"


def test_a_certificate_that_nobody_vouches_for_is_refused(cloud, certificate) -> None:
    serving = Serving(application(cloud.database), Address("127.0.0.1", 0), *certificate)
    ready = threading.Event()
    thread = threading.Thread(target=serving.run, args=[ready.set], daemon=True)
    thread.start()
    assert ready.wait(10)
    port = serving.endpoint.rpartition(":")[2]
    assert serving.endpoint.startswith("https://")

    def client(url: str, trusted: ssl.SSLContext | None = None) -> CloudClient:
        return CloudClient(url, "till-1", lambda: cloud.token, time.monotonic, deadline_s=5, certificates=trusted)

    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        client(f"https://localhost:{port}").rules("")
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        client(f"https://127.0.0.1:{port}", trusting).rules("")
    good = client(f"https://localhost:{port}", trusting)
    known = good.rules("")
    assert known is None or "version" in known
    good.close()
    serving.stop()
    thread.join(10)


def test_answers_carry_no_secret(http, cloud) -> None:
    text = json.dumps([http.get("/v1/ledger/x/head", headers=bearer(cloud.token)).text, http.get("/openapi.json").text])
    assert cloud.token not in text
    assert cloud.owner not in text
