"""The layer's boto3 trusts Amazon's certificate authorities and no others (layers/dependencies/roots.py)."""

import datetime
import ipaddress
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import botocore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.sam import ROOT

CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
BUNDLE = Path(botocore.__file__).parent / "cacert.pem"


def _roots() -> Any:
    spec = spec_from_file_location("roots", ROOT / "layers" / "dependencies" / "roots.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


roots = _roots()


def subjects(bundle: str) -> Iterator[tuple[str, str]]:
    """Organisation and name of each certificate, read by OpenSSL: the comments of botocore's bundle bind nobody."""
    for each in CERTIFICATE.findall(bundle):
        store = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        store.load_verify_locations(cadata=each)
        known: list[Any] = store.get_ca_certs()
        for subject in (certificate["subject"] for certificate in known):
            said = {name: value for part in subject for name, value in part}
            yield said.get("organizationName", ""), said.get("commonName") or said.get("organizationalUnitName", "")


def is_of_amazon(organisation: str, name: str) -> bool:
    """Amazon Trust Services' own roots, the one it bought, and the older one that signed it."""
    return organisation == "Amazon" or name in {
        "Starfield Services Root Certificate Authority - G2",
        "Starfield Class 2 Certification Authority",
    }


def test_the_layer_has_all_of_amazons_roots_that_botocore_has_and_no_others(layer: Path) -> None:
    whole = {each for each in subjects(BUNDLE.read_text()) if is_of_amazon(*each)}
    kept = list(subjects((layer / "botocore" / "cacert.pem").read_text()))
    assert set(kept) == whole
    assert sorted(name for _, name in kept) == sorted(roots.AMAZON.values())


def test_what_was_installed_is_left_as_it_was(tmp_path: Path) -> None:
    """An installer links files of its cache into a layer: writing into them would take the roots out of every environment."""
    cache, layer = tmp_path / "cache", tmp_path / "layer"
    (cache / "data").mkdir(parents=True)
    (layer / "data").mkdir(parents=True)
    for name, text in {"cacert.pem": BUNDLE.read_text(), "data/endpoints.json": '{"partitions": []}\n'}.items():
        (cache / name).write_text(text)
        os.link(cache / name, layer / name)
    script = "import sys; from pathlib import Path; from cut import cut; cut(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-B", "-c", script, layer], cwd=ROOT / "layers" / "dependencies", check=True)
    assert (cache / "cacert.pem").read_text() == BUNDLE.read_text()
    assert (cache / "data" / "endpoints.json").read_text() == '{"partitions": []}\n'
    assert (layer / "cacert.pem").read_text().count("BEGIN CERTIFICATE") == len(roots.AMAZON)


def test_a_bundle_without_one_of_them_ends_the_build() -> None:
    with pytest.raises(SystemExit, match="has no Amazon Root CA 1,"):
        roots.only_amazons("")


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server whose certificate another authority signed (its own), and that authority's bundle."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Another")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle = tmp_path / "another.pem"
    bundle.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = tmp_path / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, private)
    server = HTTPServer(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", bundle
    server.shutdown()
    thread.join()
    server.server_close()


def called(layer: Path, address: str, **environment: str) -> str:
    """What comes of a call by a client of the layer's boto3."""
    script = """
import sys
from botocore.exceptions import SSLError
from latchkey.shared.stores.aws import client_factory
try:
    client_factory()("sqs").send_message(QueueUrl=sys.argv[1], MessageBody="x")
    print("answered")
except SSLError as error:
    print("refused" if "CERTIFICATE_VERIFY_FAILED" in str(error) else error)
"""
    region = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-west-2"}
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", script, address],
        env={
            "PYTHONPATH": f"{ROOT / 'layers' / 'domain'}:{layer}",
            "AWS_ENDPOINT_URL": address,
            "AWS_MAX_ATTEMPTS": "1",
            **region,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_another_authoritys_server_is_not_taken_for_aws(layer: Path, elsewhere: tuple[str, Path]) -> None:
    address, _ = elsewhere
    assert called(layer, address) == "refused"


def test_a_bundle_that_the_environment_names_is_used_in_its_place(layer: Path, elsewhere: tuple[str, Path]) -> None:
    """Where a network looks into TLS, or an endpoint has an authority of its own."""
    address, bundle = elsewhere
    assert called(layer, address, AWS_CA_BUNDLE=str(bundle)) == "answered"
