"""What cold starts are measured on: the functions and layers as the build makes them, for this machine and, where it is here, for
the Python that Lambda runs (3.13); and beside them a bare stack of the same versions, whole.

Each side's bundles of certificate authorities know one more: the one that signed the local cloud's certificate.
"""

import datetime
import hashlib
import ipaddress
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.bench.peers import Missing
from tests.support import sam

ROOT = Path(__file__).parents[2]
DEPLOYED = "3.13"
_BEGIN = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class Build:
    """Where everything is."""

    folder: Path
    python: str
    version: str

    def ours(self, function: str) -> str:
        """PYTHONPATH of a function, by its logical id: its own package, then its layers."""
        return ":".join(str(self.folder / name) for name in (function, "domain/python", "dependencies/python"))

    @property
    def bare(self) -> str:
        """PYTHONPATH of the bare stack."""
        return str(self.folder / "bare")


@dataclass(frozen=True)
class Authority:
    """A certificate authority of this machine alone, and the certificate of 127.0.0.1 that it has signed."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """The certificate of the local cloud with its key."""
        return self.folder / "server.pem"

    @property
    def root(self) -> bytes:
        """The authority's own."""
        return (self.folder / "root.pem").read_bytes()


def build() -> tuple[Build, Authority]:
    """Made anew where anything that goes in has changed; raises Missing where it cannot be made."""
    sys.path.insert(0, str(ROOT / "layers"))
    from find_python import find_python  # type: ignore[import-not-found]

    uv = str(Path(sys.executable).with_name("uv"))
    python = find_python(DEPLOYED, uv) or sys.executable
    version = _run([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]).strip()
    folder = ROOT / ".local" / "bench" / f"cold-{version}"
    made, wanted = folder / ".made", _fingerprint(python)
    authority = Authority(ROOT / ".local" / "bench" / "authority")
    if not authority.certificate.exists():
        _make_authority(authority)
    if not made.exists() or made.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _make(folder, python, uv)
        _trust(folder, authority)
        made.write_text(wanted)
    return Build(folder, python, version), authority


def _make(folder: Path, python: str, uv: str) -> None:
    settings = ["LATCHKEY_PLATFORM=here", f"LATCHKEY_PYTHON={python}", f"LATCHKEY_COMPILER={python}", f"UV={uv}"]
    for layer in ("dependencies", "domain"):
        goal = f"build-{layer.title()}Layer"
        _run(["make", "-C", str(ROOT / "layers" / layer), goal, f"ARTIFACTS_DIR={folder / layer}", *settings])
    for function in sam.functions():
        (folder / function).mkdir()
        _run(["make", "-C", str(ROOT / "functions"), f"build-{function}", f"ARTIFACTS_DIR={folder / function}", *settings])
    lock = ROOT / "layers" / "dependencies"
    files = ["-r", str(lock / "requirements.txt"), "-r", str(lock / "chalice.txt")]
    _run([uv, "pip", "install", "--quiet", "--no-deps", "--python", python, "--target", str(folder / "bare"), *files])
    _run([python, "-I", str(ROOT / "layers" / "compile.py"), str(folder / "bare")])


def _trust(folder: Path, authority: Authority) -> None:
    """Add the local authority to each bundle of certificates on either side."""
    for path in folder.rglob("*"):
        if path.suffix in {".pem", ".crt"} and path.is_file() and _BEGIN in path.read_bytes():
            with path.open("ab") as bundle:
                bundle.write(b"\n" + authority.root)


def _fingerprint(python: str) -> str:
    """Of everything that goes in."""
    found = hashlib.sha256(python.encode() + Path(__file__).read_bytes())
    for folder in ("functions", "layers"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                found.update(f"{path} {path.stat().st_size}".encode() + path.read_bytes())
    return found.hexdigest()


def _run(command: list[str]) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if ran.returncode:
        raise Missing(f"{Path(command[0]).name} failed: {(ran.stderr.strip().splitlines() or ['without a word'])[-1]}")
    return ran.stdout


def _make_authority(authority: Authority) -> None:
    authority.folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Latchkey's benchmarks")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    root = (
        _certificate(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    signed = (
        _certificate(name, root_name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (authority.folder / "root.pem").write_bytes(root.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    authority.certificate.write_bytes(private + signed.public_bytes(pem))


def _certificate(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3_650))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
